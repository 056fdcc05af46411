"""paging.py - a list cut into pages, and which page numbers a page shows."""

import collections

Paging = collections.namedtuple("Paging", "start size total now count")


def number_of(text):
    return int(text) if text and text.isdigit() else None


def paging_of(query, total, size):
    """Any start is taken as it is; beyond the end it is the last page's."""
    start = number_of(query.get("start")) or 0
    if start >= total:
        start = (total - 1) // size * size if total else 0
    count = max(1, -(-total // size))
    return Paging(start, size, total, start // size + 1, count)


def page_numbers(paging):
    """The page numbers that a pagination lists, None where it leaves some out."""
    near = {1, paging.count} | set(range(paging.now - 2, paging.now + 3))
    pages, before = [], 0
    for number in sorted(n for n in near if 1 <= n <= paging.count):
        if number > before + 1:
            pages.append(None)
        pages.append(number)
        before = number
    return pages

"""What `ekbom grep` must find, by Python's re over an internal export.

    grep_reference.py POSTS.jsonl expect PATTERNS   writes N.i and N.c for the N-th pattern: matches
                                                    with case ignored, and where it matters
    grep_reference.py POSTS.jsonl flat FILE...      rows of grep (jsonl) to FILE.flat, in that form;
                                                    each row's words must be the post's own

A match is a line: id, start, end, words as JSON; lines are sorted.
"""

import json
import re
import sys

CONTEXT = 80


def write(path, found):
    with open(path, "w", encoding="utf-8") as file:
        for row in sorted(found):
            print(*row[:3], json.dumps(row[3]), sep="\t", file=file)


def expect(posts, patterns):
    for number, pattern in enumerate(patterns, 1):
        for case, flags in (("i", re.IGNORECASE), ("c", 0)):
            regex = re.compile(pattern, re.MULTILINE | flags)
            write(f"{number}.{case}", [(id, m.start(), m.end(), m.group()) for id, text in posts.items()
                                       for m in regex.finditer(text) if m.end() > m.start()])


def flat(posts, path):
    rows = []
    with open(path, encoding="utf-8") as file:
        for row in map(json.loads, file):
            text = posts[row["id"]]
            left, right = max(0, row["start"] - CONTEXT), row["end"] + CONTEXT
            if (row["left"], row["match"], row["right"]) != (
                    text[left:row["start"]], text[row["start"]:row["end"]], text[row["end"]:right]):
                sys.exit(f"{path}: not the post's own words: {row}")
            rows.append((row["id"], row["start"], row["end"], row["match"]))
    write(path + ".flat", rows)


with open(sys.argv[1], encoding="utf-8") as exported:
    texts = {post["id"]: post["text"] for post in map(json.loads, exported)}
if sys.argv[2] == "expect":
    with open(sys.argv[3], encoding="utf-8") as lines:
        expect(texts, lines.read().splitlines())
else:
    for name in sys.argv[3:]:
        flat(texts, name)

"""report_check.py - is a report whole, inert, fit for a screen reader, and right?

    report_check.py REPORT.html [TIMELINE.jsonl SHIFT.jsonl]

Reads the page with Python's own parser; the rows are those of the same timeline and shift. Prints
what is wrong, a line each; exit status 1 if anything is.
"""
import json
import re
import sys
from html.parser import HTMLParser

VOID = {"meta", "br", "link", "img", "input", "hr"}
KNOWN = set("""html head meta title style body main h1 h2 h3 p dl dt dd nav ul li a section figure
    figcaption div table caption thead tbody tr th td pre
    svg desc defs pattern rect line path circle text g""".split())
faults = []


class Page(HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.open, self.ids, self.links, self.headings = [], [], [], []
        self.tables, self.labels, self.lang, self.policy = [], [], None, ""
        self.words, self.svgs = [], 0

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        if tag not in KNOWN:
            faults.append(f"an element {tag}")
        for name, value in attrs:
            if name.startswith("on") or name in ("src", "srcset", "action", "background"):
                faults.append(f"an attribute {name}={value}")
            if name == "href" and not value.startswith("#"):
                faults.append(f"a link to {value}")
            if name not in ("xmlns", "content") and re.search(r"url\((?!#)|:/", value or ""):
                faults.append(f"an attribute {name}={value}")
        if tag == "html":
            self.lang = attributes.get("lang")
        if "http-equiv" in attributes:
            self.policy = attributes["content"]
        if "id" in attributes:
            self.ids.append(attributes["id"])
        if "href" in attributes:
            self.links.append(attributes["href"][1:])
        self.labels += attributes.get("aria-labelledby", "").split()
        if tag == "svg":
            self.svgs += 1
            if attributes.get("role") != "img" or "aria-labelledby" not in attributes:
                faults.append("a picture without words")
        if tag == "table":
            self.tables.append({"caption": "", "rows": []})
        if tag == "tr":
            self.tables[-1]["rows"].append([])
        if tag in ("th", "td"):
            self.tables[-1]["rows"][-1].append("")
            if tag == "th" and attributes.get("scope") not in ("col", "row"):
                faults.append("a heading of a table without scope")
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            faults.append(f"</{tag}> ends something else")

    def handle_data(self, data):
        inner = self.open[-1] if self.open else ""
        if inner == "style" and re.search(r"url\((?!#)|@import|@font-face|//", data):
            faults.append("a style that leads elsewhere")
        if inner == "caption":
            self.tables[-1]["caption"] += data
        if inner in ("th", "td"):
            self.tables[-1]["rows"][-1][-1] += data
        if inner in ("h1", "h2", "h3"):
            self.headings.append((int(inner[1]), data))
        if inner not in ("style",):
            self.words.append(data)


def expect(got, expected, what):
    if got != expected:
        faults.append(f"{what}: {got!r}, not {expected!r}")


text = open(sys.argv[1], encoding="utf-8").read()
page = Page()
page.feed(text)
page.close()
expect(page.open, [], "left open")
expect(page.lang, "en", "the language")
if "default-src 'none'" not in page.policy:
    faults.append("no policy against what is not in the file")
expect(len(set(page.ids)), len(page.ids), "ids that are different")
expect([id for id in page.links + page.labels if id not in page.ids], [], "links to nowhere")
expect(page.headings[0][0], 1, "the first heading")
expect(sum(level == 1 for level, _ in page.headings), 1, "first headings")
if any(b[0] > a[0] + 1 for a, b in zip(page.headings, page.headings[1:])):
    faults.append(f"a heading left out: {page.headings}")
expect([t for t in page.tables if not t["caption"].strip()], [], "tables without caption")
for table in page.tables:
    if len({len(row) for row in table["rows"]}) != 1:
        faults.append(f"rows of several widths: {table['caption']}")
expect(page.svgs, 2, "pictures")
for c in text:
    if (c < " " and c != "\n") or c in "\u202a\u202b\u202d\u202e\u2066\u2067\u2068\u200f\x7f":
        faults.append(f"a character {c!r}")


def named(beginning):
    return [table for table in page.tables if table["caption"].startswith(beginning)]


def figure(value):
    return "" if value is None else f"{100 * value:.1f}"


def either(before, after):
    return "→".join("<5" if share is None else figure(share) for share in (before, after))


if len(sys.argv) > 2:
    rows = [json.loads(line) for line in open(sys.argv[2], encoding="utf-8")]
    theories = list(dict.fromkeys(row["theory"] for row in rows))
    tables = [table for theory in theories for table in named(f"{theory}: share of posts")]
    expect(len(tables), len(theories), "tables of figures")
    cells = [row for table in tables for row in table["rows"][1:]]
    expect(len(cells), len(rows), "rows of figures")
    for cell, row in zip(cells, rows):
        tagged = "<5" if row["withheld"] else str(row["posts_tagged"])
        authors = "<5" if row["withheld"] else str(row["authors_tagged"])
        low, high = ("few", "few") if row["few_clusters"] and not row["withheld"] else (
            figure(row["low"]), figure(row["high"]))
        expect(cell[:8], [row["bucket"] + "*" * row["partial"], tagged, str(row["posts"]),
                          figure(row["share"]), low, high, f"{authors}/{row['authors']}",
                          figure(row["author_share"])], f"{row['theory']} {row['bucket']}")
    changes = [json.loads(line) for line in open(sys.argv[3], encoding="utf-8")]
    (table,) = named("Change between two periods")
    expect(len(table["rows"]) - 1, len(changes), "changes")
    for cell, row in zip(table["rows"][1:], changes):
        expect(cell[:2], [row["theory"], either(row["share_before"], row["share_after"])], "a change")
        interval = "<5" if row["withheld"] else f"{100 * row['low']:+.1f} to {100 * row['high']:+.1f}"
        expect(cell[2], interval, f"the interval of {row['theory']}")
        verdict = row["verdict"].replace("cannot-tell", "cannot tell")
        if not cell[5].startswith(verdict.replace("no-change-larger-than", "no change")):
            faults.append(f"the verdict of {row['theory']}: {cell[5]}, not {verdict}")
        if not any(word.startswith(row["theory"] + ": ") for word in page.words):
            faults.append(f"no sentence about {row['theory']}")

print("\n".join(faults[:20]))
sys.exit(1 if faults else 0)

"""plot_check.py - is a timeline's picture right? Reads the SVG and the rows of the same timeline.

    plot_check.py PICTURE.svg ROWS.jsonl

Counts what is drawn against the rows, measures shares and intervals on the scale that the axis
names, and looks for labels that lie on one another or beyond the edge, and for anything that is not
self-contained. Prints what is wrong, a line each; exit status 1 if anything is.
"""
import json
import re
import sys
import xml.etree.ElementTree as ET

from plot_labels import NS, label_faults

picture = open(sys.argv[1], encoding="utf-8").read()
rows = [json.loads(line) for line in open(sys.argv[2], encoding="utf-8")]
root = ET.fromstring(picture.encode())
for row in rows:  # of a split: the panel's name
    row["theory"] += f", {row['split']}" if row.get("split") else ""
width, height = float(root.get("width")), float(root.get("height"))
faults = []


def expect(got, expected, what):
    if got != expected:
        faults.append(f"{what}: {got}, not {expected}")


def inside(name, *classes):
    """Elements of these classes in panels."""
    panels = [g for g in root.iter(NS + "g") if g.get("class") == "panel"]
    return [e for g in panels for e in g.iter(NS + name) if e.get("class") in classes]


# For a screen reader.
expect(root.get("role"), "img", "role")
ids = {e.get("id"): "".join(e.itertext()) for e in root.iter() if e.get("id")}
for label in root.get("aria-labelledby").split():
    if not ids.get(label, "").strip():
        faults.append(f"no words for the label {label}")

# Nothing but what is in the file.
for element in root.iter():
    kind = element.tag.replace(NS, "")
    if kind not in ("svg title desc style defs pattern rect line path text g metadata").split():
        faults.append(f"an element {element.tag}")
    for name, value in element.attrib.items():
        if name.startswith("on") or "href" in name or re.search(r"url\((?!#)|:/", value):
            faults.append(f"an attribute {name}={value}")
style = "".join(root.find(NS + "style").itertext())
if re.search(r"url\((?!#)|@import|@font-face", style):
    faults.append("a style that leads elsewhere")
for c in picture:
    if (c < " " and c not in "\t\n") or c in "\u202a\u202b\u202d\u202e\u2066\u2067\u2068\u200f\x7f":
        faults.append(f"a character {c!r}")

# One thing drawn for each row that has it.
theories = list(dict.fromkeys(row["theory"] for row in rows))
shown = [row for row in rows if row["share"] is not None]
boxed = [row for row in rows if row["low"] is not None]
partial = [row for row in rows if row["partial"]]
lines = inside("line", "share", "share partial")
ribbons = inside("rect", "ribbon", "ribbon partial")
cells = inside("rect", "cell")
expect([e.text for e in inside("text", "name")], theories, "panels")
expect(len(cells), len(rows), "cells")
expect(len(lines), len(shown), "shares")
expect(len(ribbons), len(boxed), "intervals")
expect(len(inside("rect", "withheld")), sum(row["withheld"] for row in rows), "withheld cells")
expect(len(inside("line", "share partial")), sum(row["share"] is not None for row in partial),
       "dashed shares")
columns = len({e.get("x") for e in inside("text", "name")})
posts = [e for e in root.iter(NS + "rect") if e.get("class") in ("posts", "posts partial")]
by_bucket = {row["bucket"]: set() for row in rows}
for row in rows:
    by_bucket[row["bucket"]].add(row["posts"])
shared = all(len(numbers) == 1 for numbers in by_bucket.values())
expect(len(posts), columns * len(by_bucket) if shared else 0, "bars of posts")
for cell, row in zip(cells, rows):
    said = cell.find(NS + "title").text
    if not said.startswith(f"{row['theory']}, {row['bucket']}: "):
        faults.append(f"{row['theory']} {row['bucket']} is said to be {said}")
    if row["withheld"] and "%" in said:
        faults.append(f"withheld, but said: {said}")

# The table has the rows' figures.
table = [line.split("\t") for line in root.find(NS + "metadata").text.strip().split("\n")]
expect(len(table) - 1, len(rows), "lines of the table")
for line, row in zip(table[1:], rows):
    for name, cell in zip(table[0], line):
        value = row[name]
        said = cell if isinstance(value, str) else json.loads(cell or "null")
        close = isinstance(value, float) and abs(said - value) <= 1e-5 * abs(value)
        if said != value and not close:
            faults.append(f"table {row['theory']} {row['bucket']} {name}: {cell}, not {value}")

# The scale: heights on the marks of the first panel, the same in all of them.
marks = {}
for text in root.iter(NS + "text"):
    if text.get("class") == "tick" and text.get("text-anchor") == "end":
        if re.fullmatch(r"[0-9.]+( %)?", text.text):
            marks[float(text.text.removesuffix(" %")) / 100] = float(text.get("y")) - 3.5
        if text.text.endswith(" %"):
            break
top = max((m for m in marks if m < 1.01), default=0)
if 0 not in marks or not top:
    faults.append("no scale")
else:
    per_share = (marks[0] - marks[top]) / top
    bases = {row["theory"]: None for row in rows}
    for cell, row in zip(cells, rows):
        bases[row["theory"]] = float(cell.get("y")) + float(cell.get("height"))
    for line, row in zip(lines, shown):
        y = bases[row["theory"]] - row["share"] * per_share
        if abs(float(line.get("y1")) - y) > 0.2 or line.get("y1") != line.get("y2"):
            faults.append(f"{row['theory']} {row['bucket']}: drawn at {line.get('y1')}, not {y:.1f}")
    for ribbon, row in zip(ribbons, boxed):
        high = bases[row["theory"]] - min(row["high"], top) * per_share
        low = bases[row["theory"]] - row["low"] * per_share
        drawn = float(ribbon.get("y")), float(ribbon.get("y")) + float(ribbon.get("height"))
        if abs(drawn[0] - high) > 0.3 or abs(drawn[1] - low) > 0.3:
            faults.append(f"{row['theory']} {row['bucket']}: interval drawn at {drawn}")

faults += label_faults(root)

print("\n".join(faults[:20]))
sys.exit(1 if faults else 0)

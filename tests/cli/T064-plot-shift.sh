#!/bin/sh
# shift --format svg: shares before and after, the change with its interval, the verdict, as the rows
# have them.
. "$(dirname "$0")/lib.sh"

"$EKBOM" --store s import "$ROOT/sample/sample.warc.gz" >/dev/null

# draws NAME ARGUMENTS...: picture and rows of one shift agree.
draws() {
    draws_name=$1
    shift
    "$EKBOM" --store s shift "$@" --format jsonl >rows.jsonl 2>/dev/null
    ok "$draws_name is drawn" "$EKBOM" --store s shift "$@" --format svg
    stdout >picture.svg
    ok "... as the rows have it" env PYTHONPATH="$ROOT/tests/cli" python3 check.py
}
cat >check.py <<'END'
import json, re
import xml.etree.ElementTree as ET
from plot_labels import NS, label_faults
root = ET.parse("picture.svg").getroot()
rows = [json.loads(line) for line in open("rows.jsonl")]
assert root.get("role") == "img"
ids = {e.get("id"): "".join(e.itertext()) for e in root.iter() if e.get("id")}
assert all(ids[label].strip() for label in root.get("aria-labelledby").split())
for element in root.iter():
    assert element.tag.replace(NS, "") in "svg title desc style defs pattern rect line path circle text g metadata".split()
groups = [g for g in root.iter(NS + "g") if g.get("class") == "row"]
assert len(groups) == len(rows)

def of(group, name, kind):
    return [e for e in group.iter(NS + name) if e.get("class") == kind]

# The scales, from what the axes name: shares with their sign at the last mark, then changes.
ticks = [t for t in root.iter(NS + "text") if t.get("class") == "tick" and t.get("text-anchor") == "middle"]
last = next(i for i, t in enumerate(ticks) if t.text.endswith(" %"))
def scale(marks):
    points = [(float(t.text.removesuffix(" %")) / 100, float(t.get("x"))) for t in marks]
    (a, x), (b, y) = points[0], points[-1]
    assert all(abs(x + (p - a) * (y - x) / (b - a) - at) < 0.2 for p, at in points)
    return lambda value: x + (value - a) * (y - x) / (b - a)
share, change = scale(ticks[:last + 1]), scale(ticks[last + 1:])
for group, row in zip(groups, rows):
    assert of(group, "text", "name")[0].text == row["theory"]
    for name, side in (("before", "before"), ("after", "after")):
        dots, value = of(group, "circle", name), row["share_" + side]
        assert len(dots) == (value is not None), row
        assert not dots or abs(float(dots[0].get("cx")) - share(value)) < 0.2, row
    boxes, values = of(group, "rect", "ribbon"), of(group, "line", "share")
    assert len(boxes) == (row["low"] is not None) and len(values) == (row["difference"] is not None), row
    for box in boxes:
        left, width = float(box.get("x")), float(box.get("width"))
        assert abs(left - change(row["low"])) < 0.2 and abs(left + width - change(row["high"])) < 0.2, row
    for line in values:
        assert abs(float(line.get("x1")) - change(row["difference"])) < 0.2, row
    words = of(group, "text", "verdict")[0].text.replace("cannot tell", "cannot-tell")
    assert words.startswith("no change") if row["verdict"].startswith("no-change") else words == row["verdict"]
    assert ("withheld" in [t.text for t in group.iter(NS + "text")]) == row["withheld"], row
    told = of(group, "rect", "cell")[0].find(NS + "title").text
    assert told.startswith(row["theory"] + ": "), told
    assert told in ids["ekbom-desc"]
table = [line.split("\t") for line in root.find(NS + "metadata").text.strip().split("\n")]
assert len(table) == len(rows) + 1
for line, row in zip(table[1:], rows):
    for name, cell in zip(table[0], line):
        value = row[name]
        if isinstance(value, float):
            assert abs(float(cell) - value) <= 1e-5 * abs(value) + 1e-9, (name, cell, value)
        else:
            assert cell == {None: "", True: "true", False: "false"}.get(value, value), (name, cell, value)

assert not label_faults(root), label_faults(root)
END
draws "a shift of four theories" ppi bid dopamine genetics --before 2008..2012 --after 2020..2024
like "$(cat picture.svg)" "SAMPLE DATA, NOT FINDINGS" "sample data is called so"
like "$(cat picture.svg)" "4 tests were run, p\* is corrected for them \(Holm\)" "and the number of tests said"
draws "the two halves of the time" ppi
like "$(cat picture.svg)" "Change in the share of posts that name ppi<" "one theory stands in the title"
# shellcheck disable=SC2046
draws "all theories" $("$EKBOM" rules list --format jsonl --rules "$ROOT/rules/rls" | sed -n 's/.*"kind":"theory".*"code":"\([^"]*\)".*/\1/p;s/.*"code":"\([^"]*\)".*"kind":"theory".*/\1/p')
draws "periods too short for an interval" bid dopamine --before 2008-01 --after 2020-01
draws "the internal tier" ppi bid --before 2008..2012 --after 2020..2024 --tier internal
like "$(tail -1 s/log)" '"command":"shift"' "a picture is logged as any shift"
exits 2 "a format that it has not" "$EKBOM" --store s compare 2008 2010 --format svg
exits 1 "nothing to draw" "$EKBOM" --store s shift ppi --format svg --before 1999 --after 2000
is "$(stdout)" "" "nothing is drawn"
done_testing

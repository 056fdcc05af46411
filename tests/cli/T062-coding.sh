#!/bin/sh
# From drawn posts to a correction, by the steps of ekbom-shift(1): draw, code by hand, --validated.
. "$(dirname "$0")/lib.sh"

EKBOM_STORE=$WORK/store
export EKBOM_STORE
"$EKBOM" import "$ROOT/sample/sample.warc.gz" >/dev/null 2>&1
mkdir bin
ln -s "$EKBOM" bin/ekbom
PATH=$WORK/bin:$PATH
export PATH

# A drawn post stands for so many of those that it was drawn from.
"$EKBOM" posts --theory bid --sample 60 --format json >drawn.json 2>/dev/null
is "$(python3 -c 'import json
d = json.load(open("drawn.json"))
print(len(d["rows"]), len({row["weight"] for row in d["rows"]}), d["rows"][0]["weight"] == d["matched"] / 60)')" \
    "60 1 True" "the weight is posts drawn from, over posts drawn"
like "$("$EKBOM" posts --sample 7 --format csv 2>/dev/null | head -1)" ",url,weight.?$" "in CSV too"
like "$("$EKBOM" posts --sample 100 --limit 5)" "^weight of each, for --validated: 28.25$" "it is the draw's, however few are shown"
is "$("$EKBOM" posts --theory bid --since 2024 --sample 9999 --format jsonl 2>/dev/null |
    sed 's/.*"weight"://' | sort -u)" "1.0}" "1 where all were drawn"
unlike "$("$EKBOM" posts --format csv 2>/dev/null | head -1)" "weight" "posts that were not drawn have none"

# The steps of the manual. The first is run, then the posts are coded: by the rules, here, but for
# one tagged post in five, which people find wrong, and one untagged in ten, where they find it.
cat >code.py <<'END'
import json
coded, seen = open("coded.jsonl", "w"), {}
for line in open("drawn.jsonl"):
    post = json.loads(line)
    tagged = any(code.startswith(("bid:", "bid/")) for code in post["theories"].split(";"))
    seen[tagged] = seen.get(tagged, 0) + 1
    there = seen[tagged] % 5 != 0 if tagged else seen[tagged] % 10 == 0
    post["labels"] = [{"theory": "bid", "stance": "supports"}] if there else []
    coded.write(json.dumps(post) + "\n")
END
: >coded.jsonl
python3 "$ROOT/tests/cli/manual_commands.py" "$ROOT/packaging/man/ekbom-shift.1" >found || true
like "$(head -1 found)" "^ok	for period" "posts are drawn as the manual has it"
is "$(sort drawn.jsonl | uniq -d | wc -l)" 0 "none is drawn twice"
ok "they are coded" python3 code.py
python3 "$ROOT/tests/cli/manual_commands.py" "$ROOT/packaging/man/ekbom-shift.1" >found || true
is "$(sed 's/\t.*//' found)" "$(printf 'ok\nok')" "and the manual's commands print what it shows"
"$EKBOM" shift bid --before 2008..2012 --after 2020..2024 --validated coded.jsonl --format json >shift.json
ok "the correction is that of the weighted codes" python3 - <<'END'
import json
row = json.load(open("shift.json"))["rows"][0]
assert row["corrected"], row["correction_refused"]
posts = [json.loads(line) for line in open("coded.jsonl")]
for side, first, last in (("before", "2008", "2012"), ("after", "2020", "2024")):
    sums = {}
    for post in posts:
        if not first <= post["time"][:4] <= last:
            continue
        tagged = any(code.startswith(("bid:", "bid/")) for code in post["theories"].split(";"))
        key = tagged, bool(post["labels"])
        sums[key] = sums.get(key, 0) + post["weight"]
    precision = sums[True, True] / (sums[True, True] + sums[True, False])
    missed = sums[False, True] / (sums[False, True] + sums[False, False])
    counted = row["counted_share_" + side]
    share = counted * precision + (1 - counted) * missed
    assert abs(row["precision_" + side] - precision) < 1e-9, side
    assert abs(row["share_" + side] - share) < 1e-9, (side, row["share_" + side], share)
END
done_testing

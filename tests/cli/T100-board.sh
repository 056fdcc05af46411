#!/bin/sh
# A real phpBB 3.3 board, captured, and its oracle: every post, and how the theories move.
. "$(dirname "$0")/lib.sh"
[ -n "$SHARED" ] || skip_all "no ../shared beside the checkout"

ok "the capture goes in" "$EKBOM" --store s import "$SHARED/boards/phpbb-3.3.warc.gz" --format json
like "$(stdout)" '"posts":3574,"changed":3574' "as 3,574 posts"
"$EKBOM" --store s export --tier internal --format jsonl -o - posts >posts.jsonl
ok "they are the oracle's, and every difference has its reason" \
    python3 "$ROOT/tests/extract_oracle.py" posts.jsonl "$SHARED/boards/phpbb-3.3.oracle.jsonl.gz"

"$EKBOM" --store s timeline dopamine bid --stance supports --by year --format jsonl >years
ok "dopamine leads in 2008, falls afterwards, and bid rises" python3 - <<'END'
import json
rows = [json.loads(line) for line in open("years")]
def share(theory, first, last):
    some = [r for r in rows if r["theory"] == theory and first <= int(r["bucket"]) <= last]
    return sum(r["posts_tagged"] or 0 for r in some) / sum(r["posts"] for r in some)
assert share("dopamine", 2008, 2008) > 2 * share("bid", 2008, 2008)
assert share("dopamine", 2019, 2023) < share("dopamine", 2008, 2011)
assert share("bid", 2019, 2023) > share("bid", 2008, 2011)
assert all(r["authors"] > 0 and r["threads"] > 0 for r in rows)
END

# The writers of the board planted more theories in some years than in others: no shift is claimed
# that goes the other way.
"$EKBOM" --store s shift dopamine bid genetics --before 2008..2011 --after 2019..2023 --format json >shift.json
ok "shifts have the sign that was planted, or say why they cannot be told" python3 - "$SHARED/boards/phpbb-3.3.oracle.jsonl.gz" <<'END'
import gzip, json, sys, time
planted = {"dopamine": {"dopamine", "augmentation"}, "bid": {"iron"}, "genetics": {"genetics"}}
posts, tagged = [0, 0], {theory: [0, 0] for theory in planted}
for line in gzip.open(sys.argv[1], "rt", encoding="utf-8"):
    post = json.loads(line)
    year = time.gmtime(post["time"]).tm_year
    if not post["visible_to_guest"] or not (2008 <= year <= 2011 or 2019 <= year <= 2023):
        continue
    window = int(year >= 2019)
    posts[window] += 1
    for theory, names in planted.items():
        tagged[theory][window] += bool(names & set(post["planted"]))
rows = {row["theory"]: row for row in json.load(open("shift.json"))["rows"]}
for theory, k in tagged.items():
    truth = k[1] / posts[1] - k[0] / posts[0]
    row = rows[theory]
    assert [row["posts_before"], row["posts_after"]] == posts, (row, posts)
    assert row["difference"] * truth > 0, (theory, row["difference"], truth)
    assert row["low"] < truth < row["high"], (theory, row["low"], truth, row["high"])
    if row["verdict"] in ("rose", "fell"):
        assert (row["verdict"] == "rose") == (truth > 0), (theory, truth)
    elif row["verdict"] == "cannot-tell":
        assert row["reasons"], theory
    else:
        assert abs(truth) < row["larger_than"], (theory, truth)
assert rows["bid"]["verdict"] == "rose"
END
done_testing

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
done_testing

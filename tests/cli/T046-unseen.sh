#!/bin/sh
# The shipped rules on posts that they were not made from: what ekbom-pack(7) says of them holds.
. "$(dirname "$0")/lib.sh"

ok "eval" "$EKBOM" rules eval --format json "$ROOT/tests/gold/fresh.jsonl"
stdout >eval.json
is "$(python3 - <<'END'
import json
answer = json.load(open("eval.json"))
low = [code for code in ("bid", "inflammation", "genetics", "ppi") if answer["theories"][code]["f1"] < 0.90]
print(answer["posts"], low, answer["micro"]["f1"] >= 0.86,
      answer["micro"]["stance_accuracy"] >= 0.85, answer["treatments"]["f1"] >= 0.90)
END
)" "225 [] True True True" "F1 of the four and of all theories, stance, F1 of treatments"
done_testing

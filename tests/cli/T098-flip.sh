#!/bin/sh
# A byte changed anywhere in a closed store, or a file cut short: no wrong answer, no crash. Some
# changes of many: `make campaign-flip` makes 1,000.
. "$(dirname "$0")/lib.sh"

flips=40 cuts=12
case $EKBOM_BUILD in *asan*) flips=12 cuts=6 ;; esac
fine="0 wrong answers, 0 refusals without words, 0 unseen by verify, 0 signals caught, 0 crashes"

ok "$flips bytes changed" "$ROOT/tests/campaign/flip.sh" --quick --flips "$flips" --seed 1
stdout | sed 's/^/# /'
like "$(stdout)" "^$flips changes: $fine" "give the right answers or clear words"
ok "files cut short" "$ROOT/tests/campaign/flip.sh" --quick --cut --flips "$cuts" --seed 1
stdout | sed 's/^/# /'
like "$(stdout)" "^[1-9][0-9]* changes: $fine" "as well"
done_testing

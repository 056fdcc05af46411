#!/bin/sh
# A retag that is killed leaves the old generation answering, and ends right when it is run again.
. "$(dirname "$0")/lib.sh"

EKBOM_STORE=$WORK/store
export EKBOM_STORE
rounds=50
case $EKBOM_BUILD in *asan*) rounds=6 ;; esac
"$EKBOM" import "$ROOT/sample/sample.warc.gz" 2>/dev/null
cp -r "$ROOT/rules/rls" mine
sed '/^theory diet/,/^  test/s/^  test/  strong  the\n  test/' "$ROOT/rules/rls/theories/diet.rules" \
    >mine/theories/diet.rules

# What the generation in force says: of every theory, by year and stance, and of each post.
answers() {
    "$EKBOM" timeline bid diet ppi genetics --format jsonl 2>/dev/null || return
    "$EKBOM" posts --theory diet --limit 100000 --format jsonl 2>/dev/null
}
rules_of() {
    if [ "$1" = mine ]; then echo "$WORK/mine"; else echo "$ROOT/rules/rls"; fi
}
answers >shipped.jsonl
start=$(date +%s%N)
ok "undisturbed" "$EKBOM" retag --rules mine
took=$((($(date +%s%N) - start) / 1000000))
answers >mine.jsonl
exits 1 "the two rule sets say different things" cmp -s shipped.jsonl mine.jsonl

now=mine
seed=$(date +%N | sed 's/^0*//')
round=0
killed=0
old=0
wrong=0
while [ "$round" -lt "$rounds" ]; do
    round=$((round + 1))
    next=mine
    [ "$now" = mine ] && next=shipped
    seed=$(((seed * 1103515245 + 12345) % 2147483648))
    wait_ms=$((seed % took))
    "$EKBOM" retag --rules "$(rules_of "$next")" >/dev/null 2>&1 &
    pid=$!
    sleep "$(printf '%d.%03d' $((wait_ms / 1000)) $((wait_ms % 1000)))"
    kill -9 "$pid" 2>/dev/null && killed=$((killed + 1))
    wait "$pid" 2>/dev/null || true
    answers >got.jsonl || wrong=$((wrong + 1))
    if cmp -s got.jsonl "$now.jsonl"; then
        old=$((old + 1))
    else # it had swapped before it was killed
        cmp -s got.jsonl "$next.jsonl" || wrong=$((wrong + 1))
    fi
    "$EKBOM" retag --rules "$(rules_of "$next")" >/dev/null 2>&1 || wrong=$((wrong + 1))
    answers >got.jsonl
    cmp -s got.jsonl "$next.jsonl" || wrong=$((wrong + 1))
    now=$next
done
ok "$killed of $rounds retags were killed at a random moment" test "$killed" -gt $((rounds / 3))
ok "after $old of them the old generation answered" test "$old" -gt 0
is "$wrong" 0 "all answers were those of one rule set, and in the end of the new one"
ok "verify finds nothing" "$EKBOM" verify
done_testing

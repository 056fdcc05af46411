#!/bin/sh
# An import that is killed, and run again, leaves what an undisturbed one leaves.
. "$(dirname "$0")/lib.sh"

archive=$ROOT/sample/sample.warc.gz
rounds=30
[ -n "$SHARED" ] && archive=$SHARED/boards/phpbb-3.3.warc.gz
case $EKBOM_BUILD in *asan*) rounds=4 ;; esac

# Everything but when it was seen and where its page lies.
dump() {
    for table in posts quotes threads tags; do
        "$EKBOM" --store "$1" export --tier internal -o - "$table" 2>/dev/null |
            sed -e 's/"first_seen":"[^"]*",//; s/"last_seen":"[^"]*",//; s/"page":"[^"]*",//'
    done
}
start=$(date +%s%N)
ok "undisturbed" "$EKBOM" --store whole import "$archive"
took=$((($(date +%s%N) - start) / 1000000))
dump whole >expected
ok "an export has something to compare" test -s expected

round=0
killed=0
different=0
wrong=0
seed=$(date +%N | sed 's/^0*//')
while [ "$round" -lt "$rounds" ]; do
    round=$((round + 1))
    rm -rf s
    seed=$(((seed * 1103515245 + 12345) % 2147483648))
    wait_ms=$((seed % took))
    "$EKBOM" --store s import "$archive" >/dev/null 2>&1 &
    pid=$!
    sleep "$(printf '%d.%03d' $((wait_ms / 1000)) $((wait_ms % 1000)))"
    kill -9 "$pid" 2>/dev/null && killed=$((killed + 1))
    wait "$pid" 2>/dev/null || true
    "$EKBOM" --store s import "$archive" >/dev/null 2>&1 || wrong=$((wrong + 1))
    dump s >got
    cmp -s expected got || different=$((different + 1))
    "$EKBOM" --store s verify >found 2>&1 || {
        wrong=$((wrong + 1))
        sed 's/^/# /' found | head -5
    }
done
ok "$killed of $rounds imports were killed at a random moment" test "$killed" -gt 0
is "$different" 0 "every export equals the undisturbed one"
is "$wrong" 0 "and verify finds nothing"
done_testing

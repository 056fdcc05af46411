#!/bin/sh
# A crawl whose service is killed, and started again, ends as an undisturbed one ends.
. "$(dirname "$0")/lib.sh"
. "$ROOT/tests/cli/board.sh"

rounds=20
posts=600
case $EKBOM_BUILD in *asan*) rounds=5 posts=300 ;; esac

# Few posts a page, so that threads and boards have several.
head -n "$posts" "$ROOT/sample/posts.jsonl" >posts.jsonl
sed -e 's/"posts_per_page": [0-9]*/"posts_per_page": 4/' \
    -e 's/"threads_per_page": [0-9]*/"threads_per_page": 8/' "$ROOT/sample/board.json" >board.json
serve board --posts posts.jsonl

cat >s.conf <<CONF
store = "$WORK/s";
sources = ( { address = "$(at board)"; allow = "loopback"; delay = 0.0; visit_every = 86400; } );
CONF

milliseconds() { echo "$(($(date +%s%N) / 1000000))"; }

service s.conf
begun=$(milliseconds)
ok "an undisturbed crawl comes to its end" within 60 rests board
took=$(($(milliseconds) - begun))
end_service
dump s >expected
ok "and has something to compare" test "$(grep -c . expected)" -gt "$posts"
asked board >addresses
ok "on many pages" test "$(grep -c viewtopic addresses)" -gt $((posts / 6))
is "$(sort addresses | uniq -d)" "" "each of which was fetched once"

round=0
killed=0
incomplete=0
different=0
wrong=0
too_often=0
again=0
seed=$(date +%N | sed 's/^0*//')
while [ "$round" -lt "$rounds" ]; do
    round=$((round + 1))
    rm -rf s
    order board '{"do":"clear-log"}' >/dev/null
    seed=$(((seed * 1103515245 + 12345) % 2147483648))
    wait_ms=$((seed / 65536 * took / 32768))
    "$EKBOM_BUILD/ekbomd" -c s.conf 2>>ekbomd.log &
    service=$!
    started="$started $service"
    sleep "$(printf '%d.%03d' $((wait_ms / 1000)) $((wait_ms % 1000)))"
    kill -9 "$service" 2>/dev/null && killed=$((killed + 1))
    end_process "$service" KILL
    service s.conf
    within 60 rests board || incomplete=$((incomplete + 1))
    end_service
    dump s >got
    cmp -s expected got || {
        different=$((different + 1))
        diff expected got | head -n 4 | sed "s/^/# killed after $wait_ms ms: /"
    }
    "$EKBOM" --store s verify >found 2>&1 || {
        wrong=$((wrong + 1))
        head -n 5 found | sed 's/^/# /'
    }
    asked board '^/viewtopic' | sort | uniq -c | awk '$1 > 2' >often
    [ ! -s often ] || {
        too_often=$((too_often + 1))
        head -n 3 often | sed 's/^/# fetched more than twice: /'
    }
    again=$((again + $(asked board '^/viewtopic' | sort | uniq -d | grep -c . || true)))
done
is "$killed" "$rounds" "each of $rounds crawls was killed once, at a random moment of $took ms"
is "$incomplete" 0 "each came to its end after the restart"
is "$different" 0 "with an export equal to the undisturbed one's"
is "$wrong" 0 "verify finds nothing"
is "$too_often" 0 "no thread page was fetched more than twice ($again twice in all)"
done_testing

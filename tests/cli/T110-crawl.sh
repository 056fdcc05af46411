#!/bin/sh
# crawl, probe: a whole board in as many requests as it has pages; nothing new costs one.
. "$(dirname "$0")/lib.sh"

board_pid=
stop_board() {
    [ -z "$board_pid" ] || kill "$board_pid" 2>/dev/null || true
    board_pid=
}
# Served on a free port; its address in $address.
start_board() {
    stop_board
    : >board.log
    python3 "$ROOT/tests/board/serve.py" --posts "$ROOT/sample/posts.jsonl" "$@" >board.log 2>&1 &
    board_pid=$!
    tries=0
    while ! grep -q '^http' board.log && [ "$tries" -lt 200 ]; do
        tries=$((tries + 1))
        sleep 0.05
    done
    address=$(grep -m1 '^http' board.log)
}
trap 'stop_board; tap_leave' EXIT
order() {
    python3 -c "
import sys, urllib.request
print(urllib.request.urlopen(urllib.request.Request('${address}_control', sys.argv[1].encode()), timeout=10).read().decode())" "$1"
}
# What was asked since the log was cleared: a line each.
requests() {
    python3 -c "
import json, urllib.request
for r in json.load(urllib.request.urlopen('${address}_log', timeout=10))['requests']: print(r['target'])"
}

for manner in 3.3 3.0; do
    start_board --manner "$manner"
    ok "$manner: a whole board" "$EKBOM" --store "s$manner" crawl "$address"
    requests >asked
    pages=$("$EKBOM" --store "s$manner" status --format json | sed 's/.*"pages":\([0-9]*\),.*/\1/')
    ok "$manner: in at most 1.1 x its pages" test "$(grep -c . asked)" -le "$((pages * 11 / 10))"
    is "$(sort asked | uniq -d)" "" "$manner: none of them twice"
    python3 "$ROOT/tests/board/warc.py" --posts "$ROOT/sample/posts.jsonl" --manner "$manner" \
        --base "$address" -o board.warc.gz --truth truth
    "$EKBOM" --store "s$manner" export --tier internal -o - posts >posts.jsonl 2>/dev/null
    ok "$manner: exactly its visible posts" python3 "$ROOT/tests/board/compare.py" truth posts.jsonl
    order '{"do":"clear-log"}' >/dev/null
    ok "$manner: again" "$EKBOM" --store "s$manner" crawl "$address" --format json
    like "$(stdout)" '"thread_pages":0,"posts":0,"changed":0' "$manner: nothing is new"
    is "$(requests)" "/" "$manner: and that cost one request"
    ok "$manner: nothing is wrong" "$EKBOM" --store "s$manner" verify
done

# What the crawl wrote is a web archive like any other.
"$EKBOM" --store s3.0 export --tier internal -o - posts 2>/dev/null |
    sed -e 's/"first_seen":"[^"]*",//; s/"last_seen":"[^"]*",//' >crawled
ok "the archive goes into a new store" "$EKBOM" --store again import s3.0/archive/*.warc.gz
"$EKBOM" --store again export --tier internal -o - posts 2>/dev/null |
    sed -e 's/"first_seen":"[^"]*",//; s/"last_seen":"[^"]*",//' >imported
ok "as the same posts" cmp crawled imported
if python3 -c "import warcio" 2>/dev/null; then
    ok "warcio finds it sound" python3 -m warcio.cli check s3.0/archive/*.warc.gz
else
    skip "no warcio here"
fi

ok "a thread by its address" "$EKBOM" --store one crawl "${address}viewtopic.php?t=23"
like "$("$EKBOM" --store one threads --format csv)" ",23," "is all that is fetched"
is "$("$EKBOM" --store one threads --format jsonl | grep -c .)" 1 "and nothing beside it"
exits 3 "no more than so many pages" "$EKBOM" --store few crawl --max-pages 10 "$address"
like "$(stderr)" "run again to go on" "and the rest later"
ok "which is then complete" "$EKBOM" --store few crawl "$address"
"$EKBOM" --store few export --tier internal -o - posts 2>/dev/null |
    sed -e 's/"first_seen":"[^"]*",//; s/"last_seen":"[^"]*",//' >resumed
ok "as if it had been one" cmp crawled resumed

order '{"do":"clear-log"}' >/dev/null
ok "probe" "$EKBOM" probe "$address" --format json
like "$(stdout)" '"software":"phpbb","software_version":"3.0"' "names the software"
like "$(stdout)" '"robots":"allowed"' "the verdict of robots.txt"
like "$(stdout)" '"boards":7,' "and the boards"
ok "in at most five requests" test "$(requests | grep -c .)" -le 5

exits 2 "a public address without a contact" "$EKBOM" --store s crawl https://board.example/
like "$(stderr)" "contact" "is refused, and says what is missing"
exits 2 "an address that is none" "$EKBOM" --store s crawl "ftp://127.0.0.1/"
order '{"do":"set","robots":"User-agent: *\nDisallow: /\n"}' >/dev/null
exits 2 "a board that wants no crawlers" "$EKBOM" --store no crawl "$address"
like "$(stderr)" "robots" "is left alone"
exits 1 "and probe says so" "$EKBOM" probe "$address"
like "$(stdout)" "disallowed, by line 2" "with the line"
stop_board
done_testing

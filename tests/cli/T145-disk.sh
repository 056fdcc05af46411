#!/bin/sh
# A disk that runs full: the service warns, stops asking, and goes on by itself; import says so.
. "$(dirname "$0")/lib.sh"
. "$ROOT/tests/cli/board.sh"

[ "$(id -u)" -eq 0 ] || skip_all "only root can mount a small disk"
mkdir small
mount -t tmpfs -o size=64m tmpfs small 2>/dev/null || skip_all "no tmpfs can be mounted here"
trap 'end_service_of_small; end_all' EXIT
end_service_of_small() { # before the folder goes
    [ -z "${service:-}" ] || kill -9 "$service" 2>/dev/null || true
    sleep 0.2
    umount -l "$WORK/small" 2>/dev/null || true
}

free_mb() { df -m small | awk 'NR == 2 { print $4 }'; }
leave() { # MEGABYTES: so many stay free
    rm -f small/ballast
    head -c "$((($(free_mb) - $1) * 1048576))" /dev/zero >small/ballast 2>/dev/null || true
}
says() { grep -q "$1" ekbomd.log; }

# Import and crawl end before the disk is full, and go on when they are run again.
leave 5
exits 2 "an import on a disk that is nearly full" \
    "$EKBOM" --store small/i import "$ROOT/sample/sample.warc.gz"
like "$(stderr)" "small/i: the disk is nearly full \([0-9.]+ MB left\): make room and run again" \
    "says so"
ok "in a store that is whole" "$EKBOM" --store small/i verify
rm small/ballast
ok "with room it goes on" "$EKBOM" --store small/i import "$ROOT/sample/sample.warc.gz"
ok "to its end" test "$("$EKBOM" --store small/i status --format json | grep -c '"posts":2825,')" = 1
rm -r small/i

# The service.
head -n 200 "$ROOT/sample/posts.jsonl" >posts.jsonl
sed -e 's/"posts_per_page": [0-9]*/"posts_per_page": 4/' \
    -e 's/"threads_per_page": [0-9]*/"threads_per_page": 8/' "$ROOT/sample/board.json" >board.json
serve board --posts posts.jsonl
cat >s.conf <<CONF
store = "$WORK/small/s";
keep_free = 12;
sources = ( { address = "$(at board)"; allow = "loopback"; delay = 0.05; visit_every = 86400; } );
CONF
sed 's/keep_free = 12/keep_free = 9/' s.conf >bad.conf
exits 2 "less than 10 MB to be kept free" "$EKBOM_BUILD/ekbomd" --check -c bad.conf
like "$(stderr)" "^bad.conf:2: 'keep_free' is from 10 to 1000000000$" "is refused"

"$EKBOM" --store undisturbed crawl "$(at board)" >/dev/null 2>&1
posts_of() { "$EKBOM" --store "$1" export --tier internal -o - 2>/dev/null | timeless; }
posts_of undisturbed >expected
leave 20
service s.conf
ok "with less than twice keep_free the service warns" within 20 says "the disk runs full: [12][0-9] MB free, 12 are to be kept"
"$EKBOM" --store small/s status >status
like "$(tail -1 status)" "^the disk runs full \([0-9]+ MB free\)" "so does status"
like "$(cat status)" "^disk .* MB free$" "which tells what is free"
leave 10
ok "below it, it says that it stops" within 20 says "nothing is fetched until there is room: 1*[0-9] MB free"
sleep 1
before=$(asked board | grep -c .)
sleep 2
is "$(asked board | grep -c .)" "$before" "and nothing is asked of the board"
like "$("$EKBOM" --store small/s status | tail -1)" "and the service fetches nothing" "status says why"
like "$("$EKBOM" --store small/s ctl status)" '"disk":\{"state":"full","free_bytes":[0-9]+,"keep_free":12000000' \
    "and ctl"
rm small/ballast
ok "when there is room it goes on by itself" within 20 says "there is room again"
sleep 0.5

# Somebody fills it to the last byte.
head -c 100000000 /dev/zero >small/ballast 2>/dev/null || true
ok "a disk that is full to the last byte is said" within 20 \
    says "the disk is nearly full (\|No space left\|until there is room: 0 MB"

sleep 1
ok "the service lives" "$EKBOM" --store small/s ctl status
rm small/ballast
ok "and comes to its end when there is room" within 60 rests board
end_service
is "$service_status" 0 "without an error"
ok "nothing is wrong with the store" "$EKBOM" --store small/s verify
posts_of small/s >got
ok "and it has what a crawl has that met no full disk" cmp expected got

# A limit to the store itself.
sed -e 's/keep_free = 12/store_limit = 1/' s.conf >limit.conf
: >ekbomd.log
service limit.conf
ok "a store beyond its own limit" within 20 says "the store takes [0-9]* MB of 1 (store_limit)"
end_service
done_testing

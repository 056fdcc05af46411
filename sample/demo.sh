#!/bin/sh
# demo.sh - what `make demo` shows: a board, served on loopback, is crawled by the service, tagged and
# dated; then somebody writes there, and the service finds it. Everything happens in the build
# folder; the store stays there to be asked further. It ends by itself.
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
build=${EKBOM_BUILD:-$root/build}
work=$build/demo
store=$work/store
ekbom=$build/ekbom
EKBOM_STORE=$store
PAGER="cat"
export EKBOM_STORE PAGER
board_pid=
service_pid=

title() {
    printf '\n== %s\n\n' "$1"
}

leave() {
    [ -z "$service_pid" ] || kill "$service_pid" 2>/dev/null || true
    [ -z "$service_pid" ] || wait "$service_pid" 2>/dev/null || true
    [ -z "$board_pid" ] || kill "$board_pid" 2>/dev/null || true
}
trap leave EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# until SECONDS COMMAND...: the command succeeds within so many seconds.
until_true() {
    limit=$1
    shift
    while ! "$@" >/dev/null 2>&1; do
        limit=$((limit - 1))
        if [ "$limit" -le 0 ]; then
            echo "demo: gave up waiting for: $*; the service said:" >&2
            tail -n 5 "$work/ekbomd.log" >&2
            exit 1
        fi
        sleep 1
    done
}

# The service rests after a round that found no trouble.
at_rest() {
    "$ekbom" ctl status | grep '"state":"resting","trouble":null,"last_success":"'
}

found() {
    "$ekbom" posts --author Demo_Visitor --format jsonl | grep -q "$1"
}

rm -rf "$work"
mkdir -p "$work"

title "1. A board is served on loopback (tests/board), and the service is started against it"
python3 "$root/tests/board/serve.py" --posts "$root/sample/posts.jsonl" >"$work/board.log" 2>&1 &
board_pid=$!
until_true 20 grep -q '^http' "$work/board.log"
address=$(grep -m1 '^http' "$work/board.log")
cat >"$work/ekbomd.conf" <<END
store = "$store";
sample_data = true;
sources = (
  { address = "$address";
    allow = "loopback";
    delay = 0.0;
    visit_every = 2;
    basis = "our own sample board"; }
);
END
cat "$work/ekbomd.conf"
"$build/ekbomd" -c "$work/ekbomd.conf" 2>"$work/ekbomd.log" &
service_pid=$!
until_true 20 "$ekbom" ctl status
printf '\nwaiting until the crawl is complete ...\n'
until_true 120 at_rest
printf '\n$ ekbom status\n'
"$ekbom" status

title "2. Dopamine and augmentation: how often, by year, with 95 % intervals"
"$ekbom" timeline dopamine --by year

title "3. Brain iron deficiency"
"$ekbom" timeline bid --by year

title "4. Inflammation"
"$ekbom" timeline inflammation --by year

title "5. One post explained: the words, the rules, the cue"
post=$("$ekbom" posts --theory ppi --stance supports --format jsonl 2>/dev/null |
    grep -m1 '"theories":"bid:supports;ppi:supports"' | sed 's/.*"id":"\([^"]*\)".*/\1/')
"$ekbom" show "$post"

title "6. Somebody writes on the board, and the service finds it"
python3 - "$address" <<'END'
import json, sys, urllib.request
body = "My ferritin was 11. Three months of iron later the legs are quiet: it was the iron."
order = {"do": "add", "thread": 23, "author": "Demo_Visitor", "body": body}
request = urllib.request.Request(sys.argv[1] + "_control", json.dumps(order).encode(),
                                 {"Content-Type": "application/json"})
print("added:", urllib.request.urlopen(request, timeout=10).read().decode())
END
until_true 60 found ferritin
"$ekbom" posts --author Demo_Visitor

title "Where to go on"
cat <<END
  export EKBOM_STORE=$store
  $ekbom timeline bid --stance supports --by quarter
  $ekbom posts --theory ppi --stance asks
  $ekbom show --thread 23
  $ekbom export -o dataset.csv --format csv
  $ekbom help
The rules are text files in rules/rls: change one, then \`$ekbom retag\`.
These figures come from sample data; they are not findings.
END

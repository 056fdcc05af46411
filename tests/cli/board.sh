# shellcheck shell=sh
# board.sh - boards of tests/board and the service, for command line tests; sourced after lib.sh.
#
#     serve good --posts posts.jsonl      a board on a free port; it lives until the script ends
#     order good '{"do":"clear-log"}'     one order; what it answers
#     asked good '^/viewtopic'            what was asked of it, a line each, that matches
#     service start.conf                  ekbomd, its pid in $service; what it says in ekbomd.log
#     within 30 rests good                a condition, waited for
#     end_service; hang_up good           ends them
#
# Every wait has its limit, and nothing that was started outlives the script.

started=

# The exit trap of lib.sh, after ending what was started.
end_all() {
    left_with=$?
    set +e
    for pid in $started; do
        kill -9 "$pid" 2>/dev/null
        wait "$pid" 2>/dev/null
    done
    (exit "$left_with")
    tap_leave
}
trap end_all EXIT

end_process() { # PID SIGNAL
    kill "-$2" "$1" 2>/dev/null || true
    wait "$1" 2>/dev/null || true
    started=$(printf '%s' " $started " | sed "s/ $1 / /")
}

# within SECONDS COMMAND...: the command succeeds within so many seconds.
within() {
    within_end=$(($(date +%s) + $1))
    shift
    while ! "$@" >/dev/null 2>&1; do
        if [ "$(date +%s)" -ge "$within_end" ]; then
            return 1
        fi
        sleep 0.1
    done
}

# serve NAME ARGUMENTS OF serve.py...: its address is then in the file NAME.address.
serve() {
    serve_name=$1
    shift
    : >"$serve_name.address"
    python3 "$ROOT/tests/board/serve.py" "$@" >"$serve_name.address" 2>"$serve_name.errors" &
    echo "$!" >"$serve_name.pid"
    started="$started $!"
    within 20 grep -q '^http' "$serve_name.address" || {
        echo "# the board $serve_name did not start: $(head -n 5 "$serve_name.errors")"
        exit 1
    }
}
hang_up() { end_process "$(cat "$1.pid")" KILL; }
at() { cat "$1.address"; }

order() {
    python3 - "$(at "$1")_control" "$2" <<'END_PYTHON'
import sys, urllib.error, urllib.request
try:
    request = urllib.request.Request(sys.argv[1], sys.argv[2].encode())
    print(urllib.request.urlopen(request, timeout=20).read().decode())
except urllib.error.HTTPError as error:
    sys.exit("# an order was refused: %s: %s" % (sys.argv[2], error.read().decode()))
END_PYTHON
}

# log_of NAME EXPRESSION: of what was asked since the log was cleared; prints the value of a Python
# expression, a line for each of a list, in which requests is what /_log lists.
log_of() {
    python3 - "$(at "$1")_log" "$2" <<'END_PYTHON'
import json, re, sys, urllib.request
requests = json.load(urllib.request.urlopen(sys.argv[1], timeout=20))["requests"]
value = eval(sys.argv[2])
for line in value if isinstance(value, list) else [value]:
    print(line)
END_PYTHON
}
# asked NAME [PATTERN]: the addresses that were asked for and that match.
asked() {
    log_of "$1" "[r['target'] for r in requests if re.search(r'${2:-}', r['target'])]"
}

# service CONFIGURATION: the service itself, until its control socket is there.
service() {
    "$EKBOM_BUILD/ekbomd" -c "$1" 2>>ekbomd.log &
    service=$!
    started="$started $service"
    service_store=$(sed -n 's/^store = "\(.*\)";$/\1/p' "$1")
    within 30 "$EKBOM" --store "$service_store" ctl status || {
        echo "# the service did not start: $(tail -n 3 ekbomd.log)"
        exit 1
    }
}
# It drains, and ends with 0: a sanitizer's finding, a leak included, is an error of its own.
end_service() {
    service_status=0
    kill -TERM "$service" 2>/dev/null || true
    wait "$service" || service_status=$?
    end_process "$service" KILL
    [ "$service_status" -eq 0 ] || {
        tap_fail "the service ends well (exit status $service_status)"
        tap_show "it said" "$(tail -n 30 ekbomd.log)"
    }
}

# of_source NAME EXPRESSION: what status says of a source: prints the value of a Python expression,
# in which s is its object, said(PATTERN) looks into its trouble, and now is the time; false if
# that is.
of_source() {
    of_source_status=$("$EKBOM" --store "$service_store" ctl status) || return 1
    STATUS=$of_source_status python3 - "$(at "$1")" "$2" <<'END_PYTHON'
import calendar, json, os, re, sys, time
def said(pattern):
    return re.search(pattern, s["trouble"] or "")
def when(text):
    return calendar.timegm(time.strptime(text, "%Y-%m-%dT%H:%M:%SZ")) if text else 0
now = time.time()
sources = json.loads(os.environ["STATUS"])["sources"]
s = next(s for s in sources if s["source"] == sys.argv[1])
value = eval(sys.argv[2])
print(value)
sys.exit(not value)
END_PYTHON
}
# A round of it has come to its end, and the next is not due yet.
rests() { of_source "$1" 's["state"] == "resting" and when(s["next_visit"]) > now + 1'; }

# Without when it was seen, and where its page lies.
timeless() { sed -e 's/"first_seen":"[^"]*",//; s/"last_seen":"[^"]*",//; s/"page":"[^"]*",//'; }

# dump STORE: what it holds, for comparison.
dump() {
    for dump_table in posts quotes threads tags; do
        "$EKBOM" --store "$1" export --tier internal -o - "$dump_table" 2>/dev/null | timeless
    done
}

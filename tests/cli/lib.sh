# shellcheck shell=sh
# lib.sh - what every command line test begins with: TAP, a folder of its own, the program.
#
# A test script reads like a page of the manual:
#
#     #!/bin/sh
#     # extract: one saved page becomes JSON, and nothing is stored.
#     . "$(dirname "$0")/lib.sh"
#
#     exits 0 "a thread page is read whole" "$EKBOM" extract "$ROOT/tests/pages/thread.html"
#     is "$(stdout)" "$expected" "its JSON is as the contract says"
#     like "$(stderr)" "" "and nothing is said beside it"
#     done_testing
#
# There is no plan to keep up to date: done_testing writes it, and a script that ends before
# done_testing counts as failed. Scripts run with `set -eu` in an empty folder, $WORK, which is
# removed at exit. A failed test shows what was got and what was expected.
#
#   EKBOM, EKBOM_READER  the programs under test, absolute
#   ROOT                 the checkout, absolute; SHARED is ../shared beside it, or empty
#   WORK                 this script's own folder, and its working directory

set -eu

ROOT=$(cd "$(dirname "$0")/../.." && pwd)
EKBOM_BUILD=${EKBOM_BUILD:-$ROOT/build}
EKBOM=$EKBOM_BUILD/ekbom
EKBOM_READER=$EKBOM_BUILD/ekbom-reader
SHARED=
if [ -d "$ROOT/../shared" ]; then
    SHARED=$(cd "$ROOT/../shared" && pwd)
fi
WORK=$(mktemp -d "${TMPDIR:-/tmp}/ekbom-test.XXXXXX")
export ROOT EKBOM_BUILD EKBOM EKBOM_READER SHARED WORK

# The same answers on every machine: no colour, no pager, no store or rules of the person who
# runs the tests, plain sorting, one time zone.
unset EKBOM_STORE EKBOM_RULES EKBOM_PROFILES 2>/dev/null || true
LC_ALL=C.UTF-8
TZ=UTC
NO_COLOR=1
PAGER="cat"
export LC_ALL TZ NO_COLOR PAGER

tap_count=0
tap_failed=0

tap_leave() {
    tap_status=$?
    cd /
    chmod -R u+rwX "$WORK" 2>/dev/null || true
    rm -rf "$WORK"
    exit "$tap_status"
}
trap tap_leave EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM
cd "$WORK"

tap_pass() {
    tap_count=$((tap_count + 1))
    printf 'ok %d - %s\n' "$tap_count" "$1"
}

tap_fail() {
    tap_count=$((tap_count + 1))
    tap_failed=$((tap_failed + 1))
    printf 'not ok %d - %s\n' "$tap_count" "$1"
}

# Text as TAP diagnostics, at most 40 lines under a heading.
tap_show() {
    printf '# %s:\n' "$1"
    printf '%s\n' "$2" | head -n 40 | sed 's/^/#   /'
}

# What the last command that `exits` or `ok` ran wrote.
stdout() { cat "$WORK/.stdout"; }
stderr() { cat "$WORK/.stderr"; }

# ok DESCRIPTION COMMAND...: the command exits with 0.
ok() {
    ok_description=$1
    shift
    exits 0 "$ok_description" "$@"
}

# exits CODE DESCRIPTION COMMAND...: the command exits with exactly this code.
exits() {
    exits_expected=$1
    exits_description=$2
    shift 2
    exits_got=0
    "$@" >"$WORK/.stdout" 2>"$WORK/.stderr" || exits_got=$?
    if [ "$exits_got" -eq "$exits_expected" ]; then
        tap_pass "$exits_description"
        return 0
    fi
    tap_fail "$exits_description"
    printf '# exit status %d, expected %d, of: %s\n' "$exits_got" "$exits_expected" "$*"
    tap_show "standard output" "$(stdout)"
    tap_show "standard error" "$(stderr)"
}

# is GOT EXPECTED DESCRIPTION: the two texts are the same.
is() {
    if [ "$1" = "$2" ]; then
        tap_pass "$3"
        return 0
    fi
    tap_fail "$3"
    tap_show "got" "$1"
    tap_show "expected" "$2"
}

# isnt GOT UNEXPECTED DESCRIPTION: the two texts differ.
isnt() {
    if [ "$1" != "$2" ]; then
        tap_pass "$3"
        return 0
    fi
    tap_fail "$3"
    tap_show "got, and it should have been anything else" "$1"
}

# like TEXT PATTERN DESCRIPTION: a line of the text matches the extended regular expression.
like() {
    if printf '%s\n' "$1" | grep -Eq -e "$2"; then
        tap_pass "$3"
        return 0
    fi
    tap_fail "$3"
    tap_show "got" "$1"
    tap_show "no line of it matches" "$2"
}

# unlike TEXT PATTERN DESCRIPTION: no line of the text matches.
unlike() {
    if ! printf '%s\n' "$1" | grep -Eq -e "$2"; then
        tap_pass "$3"
        return 0
    fi
    tap_fail "$3"
    tap_show "got" "$1"
    tap_show "a line of it matches" "$2"
}

# hold_store STORE: a writer has it until let_go; its process is $holder, the command an import.
hold_store() {
    mkfifo hold
    "$EKBOM" --store "$1" import hold >/dev/null 2>&1 &
    holder=$!
    exec 3>hold
    tap_tries=0
    while [ ! -s "$1/writer" ] && [ "$tap_tries" -lt 100 ]; do
        sleep 0.05
        tap_tries=$((tap_tries + 1))
    done
}

let_go() {
    exec 3>&-
    wait "$holder" || true
}

# skip REASON: one test that cannot be run here.
skip() {
    tap_count=$((tap_count + 1))
    printf 'ok %d # SKIP %s\n' "$tap_count" "$1"
}

# skip_all REASON: the whole script cannot be run here. Before any other test.
skip_all() {
    printf '1..0 # SKIP %s\n' "$1"
    exit 0
}

# The last line of every script.
done_testing() {
    printf '1..%d\n' "$tap_count"
    if [ "$tap_failed" -ne 0 ]; then
        exit 1
    fi
    exit 0
}

#!/bin/sh
# queries.sh - every query through the command line over a large store, from start to output.
#
#   make bench-queries      EKBOM_BENCH_POSTS (else ten million), EKBOM_BENCH_STORE (a store that
#                           make_store made: it is used and kept), TMPDIR
#
# Lines of bench: name, seconds of the clock (median of three, output to a file), the process's own
# start (`ekbom help`), ratio, `-`. One process, one thread, but for grep, which has its
# readers. What comes first in the table makes the store's pages warm.
set -eu

build=${EKBOM_BUILD:-$(cd "$(dirname "$0")/../.." && pwd)/build}
posts=${EKBOM_BENCH_POSTS:-10000000}
folder=$(mktemp -d "${TMPDIR:-/tmp}/ekbom-queries.XXXXXX")
trap 'rm -rf "$folder"' EXIT
trap 'exit 130' INT TERM
store=${EKBOM_BENCH_STORE:-$folder/store}
[ -d "$store" ] || "$build/bench/make_store" "$store" "$posts"

seconds() { # of one run
    began=$(date +%s%N)
    "$build/ekbom" --store "$store" "$@" >"$folder/out" 2>"$folder/err" || {
        status=$?
        [ "$status" -le 1 ] || [ "$status" -eq 3 ] || {
            cat "$folder/err" >&2
            exit 2
        }
    }
    echo $((($(date +%s%N) - began) / 1000))
}

median() {
    for _ in 1 2 3; do seconds "$@" || exit 2; done >"$folder/took"
    sort -n "$folder/took" | sed -n 2p
}

"$build/ekbom" --store "$store" timeline t03 >/dev/null 2>&1 || true
start=$(median help)
printf 'queries of %s posts through the command line, s (beside it: the process, started)\n' "$posts"
while read -r query; do
    # shellcheck disable=SC2086 # a list of words
    took=$(median $query)
    awk -v name="ekbom $query" -v took="$took" -v start="$start" \
        'BEGIN { printf "%s\t%.3f\t%.3f\t%.0f\t-\n", name, took / 1e6, start / 1e6, took / start }'
done <<QUERIES
timeline t03
timeline t03 --by year
timeline t03 t00 t07 --by quarter
timeline t03 --split stance --by year
timeline t03 --split author-cohort --by year
timeline t03 --board 2 --author-first-seen-before 2012 --by year
timeline t03 --format svg
shift t03
shift t03 t00 t07 --before 2008..2011 --after 2019..2023
compare 2008..2011 2019..2023
cooccur --within post
cooccur --within thread
cooccur --within author
first t03 --within thread --limit 20
first t03 --within board
switching
replies
authors --limit 20
posts --theory t03 --limit 20
posts --theory t03 --sample 20 --seed 1
threads
show $((posts / 2))
show $((posts / 2)) --around 5
show --thread $((posts / 25))
grep --sample 20 --seed 1 consta
cite
status
QUERIES

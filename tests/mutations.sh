#!/bin/sh
# mutations.sh - breaks each promise on purpose and expects its test to notice.
#
#   tests/mutations.sh [--filter PATTERN] [TABLE]
#
# tests/mutations.txt has a block for each promise: what is promised, the file, a sed expression
# that breaks it, and the test that must go red (as tests/run --filter names it; the pattern must
# fit one test). Each is applied to a copy of the tree, built without warnings as errors, and its
# test is run. A mutation is caught when the program still builds and the test fails; an
# expression that changes nothing, a program that no longer builds and a test that was red before
# count as failures of the table. --filter picks blocks by promise, file or test. Prints TAP.

set -eu

tree=$(cd "$(dirname "$0")/.." && pwd)
filter=.
if [ "${1-}" = "--filter" ]; then
    filter=$2
    shift 2
fi
table=${1:-$tree/tests/mutations.txt}

work=$(mktemp -d "${TMPDIR:-/tmp}/ekbom-mutations.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
copy=$work/tree
build=$copy/build
mkdir "$copy"
(cd "$tree" && find . -path ./.git -prune -o -path './build*' -prune -o -type f -print0 |
    tar --null --files-from=- -cf -) | tar -xf - -C "$copy"
# Tests that read ../shared find it beside the copy.
if [ -d "$tree/../shared" ]; then
    ln -s "$(cd "$tree/../shared" && pwd)" "$work/shared"
fi

# build_for TEST: only what that test needs.
build_for() {
    targets="all"
    case $1 in
    test_*) targets="$build/tests/$1" ;;
    T072* | T095* | T096* | T097*) targets="all campaign" ;;
    esac
    # shellcheck disable=SC2086
    make --no-print-directory -C "$copy" -j"$(nproc)" BUILD="$build" CFLAGS="-O1 -g -w" $targets >"$work/make.log" 2>&1
}

run_test() {
    EKBOM_BUILD=$build "$copy/tests/run" --filter "^$1\$" >"$work/run.log" 2>&1
}

# field BLOCK NAME: the value after "NAME: " in a block.
field() {
    sed -n "s/^$2: //p" "$1"
}

count=0
failed=0
verdict() {
    count=$((count + 1))
    if [ "$1" = ok ]; then
        printf 'ok %d - %s\n' "$count" "$2"
        return 0
    fi
    failed=$((failed + 1))
    printf 'not ok %d - %s\n# %s\n' "$count" "$2" "$1"
}

# One block, from start to its verdict.
try() {
    promise=$(field "$1" promise)
    file=$(field "$1" file)
    expression=$(field "$1" sed)
    test=$(field "$1" test)
    name="$promise ($file, $test)"
    if [ -z "$promise" ] || [ -z "$file" ] || [ -z "$expression" ] || [ -z "$test" ]; then
        verdict "the block lacks one of promise, file, sed, test" "$name"
        return 0
    fi
    if [ ! -e "$copy/$file" ]; then
        verdict "no such file" "$name"
        return 0
    fi
    if [ ! -e "$work/green.$test" ]; then
        if ! build_for "$test"; then
            verdict "does not build unchanged: $(tail -n 1 "$work/make.log")" "$name"
            return 0
        fi
        if ! run_test "$test"; then
            verdict "$test is red or missing unchanged: $(tail -n 1 "$work/run.log")" "$name"
            return 0
        fi
        touch "$work/green.$test"
    fi
    cp "$copy/$file" "$work/original"
    sed "$expression" "$work/original" >"$copy/$file"
    if cmp -s "$work/original" "$copy/$file"; then
        verdict "the expression changes nothing: has the code moved on?" "$name"
    elif ! build_for "$test"; then
        verdict "does not build: $(grep -m 1 'error' "$work/make.log" || tail -n 1 "$work/make.log")" "$name"
    elif run_test "$test"; then
        verdict "NOT CAUGHT: the test passes with the promise broken" "$name"
    else
        verdict ok "$name"
    fi
    cp "$work/original" "$copy/$file"
}

# Blocks are separated by blank lines; lines with # are remarks.
grep -v '^#' "$table" | awk -v out="$work/block" '
    BEGIN { RS = "" }
    { printf "%s\n", $0 >sprintf("%s.%04d", out, NR) }'
for block in "$work"/block.*; do
    if [ -e "$block" ] && grep -Eq -e "$filter" "$block"; then
        try "$block"
    fi
done

echo "1..$count"
echo "# $((count - failed)) of $count mutations caught"
[ "$failed" -eq 0 ] && [ "$count" -gt 0 ]

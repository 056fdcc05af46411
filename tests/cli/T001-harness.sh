#!/bin/sh
# The harness itself: a test that fails, dies, hangs, ends early or says nothing turns the run red.
. "$(dirname "$0")/lib.sh"

mkdir -p tree/tests/cli
cp "$ROOT/tests/run" tree/tests/
cp "$ROOT/tests/cli/lib.sh" tree/tests/cli/

# script NAME LINES...: the only test of the tree.
script() {
    rm -f tree/tests/cli/T*.sh
    script_file=tree/tests/cli/$1.sh
    shift
    # shellcheck disable=SC2016
    printf '#!/bin/sh\n. "$(dirname "$0")/lib.sh"\n' >"$script_file"
    printf '%s\n' "$@" >>"$script_file"
    chmod +x "$script_file"
}
run() {
    env TEST_TIMEOUT="${limit:-20}" EKBOM_BUILD="$WORK/build" tree/tests/run "$@"
}
last() { stdout | tail -n 1; }

exits 1 "nothing to run is not a success" run
is "$(last)" "0 passed, 0 failed" "and its last line says so"

script T1-good 'ok "true is true" true' 'is a a "a is a"' 'isnt a b "a is not b"' \
    'like "one two" "t.o" "like"' 'unlike one two "unlike"' 'exits 3 "three" sh -c "exit 3"' \
    'skip "no moon"' done_testing
ok "a script whose tests all pass is green" run
is "$(last)" "6 passed, 0 failed, 1 skipped" "and its tests are counted"

for line in 'ok "false" false' 'exits 2 "two" true' 'is a b "differ"' 'isnt a a "same"' \
    'like one two "like"' 'unlike one one "unlike"'; do
    script T1-red 'ok "true" true' "$line" done_testing
    exits 1 "red: $line" run
    is "$(last)" "1 passed, 1 failed" "and counted once"
done

script T1-early 'ok "true" true' 'exit 0' 'ok "never reached" true' done_testing
exits 1 "a script that ends before done_testing is red" run
like "$(stdout)" "ended without a plan" "and the reason is said"

script T1-dies 'ok "true" true' 'false' done_testing
exits 1 "a command that fails outside a test is red" run
is "$(last)" "1 passed, 1 failed" "and counts as one failure"

# shellcheck disable=SC2016
script T1-killed 'ok "true" true' 'kill -SEGV $$'
exits 1 "a script killed by a signal is red" run
like "$(stdout)" "killed by signal 11" "and the signal is named"

script T1-hangs 'ok "true" true' 'sleep 60' done_testing
limit=1
exits 1 "a script that hangs is red" run
limit=
like "$(stdout)" "stopped after 1 s" "and the limit is named"

script T1-short 'ok "true" true' 'echo 1..2' 'exit 0'
exits 1 "fewer results than planned are red" run

script T1-all 'skip_all "no moon"'
ok "a script that cannot run here is skipped" run
is "$(last)" "0 passed, 0 failed, 1 skipped" "and counted as such"

mkdir -p tree/tests/unit
echo 'int main(void) { return 1; }' >tree/tests/unit/test_lost.c
exits 1 "a unit test that was not built is red" run --filter lost
like "$(stdout)" "was not built" "and named"

mkdir -p build/tests
printf '#!/bin/sh\necho 1..2\necho "ok 1 - a"\necho "not ok 2 # SKIP b"\n' >build/tests/test_lost
chmod +x build/tests/test_lost
ok "cmocka says 'not ok' of a skipped test" run --filter lost
is "$(last)" "1 passed, 0 failed, 1 skipped" "and it counts as skipped"

# shellcheck disable=SC2016
script T1-place 'printf "%s" "$WORK" >"$ROOT/place"' 'ok "true" true' done_testing
ok "a script has a folder of its own" run --filter T1
isnt "$(cat tree/place)" "$WORK" "not this one"
ok "and it is gone afterwards" test ! -e "$(cat tree/place)"

done_testing

#!/bin/sh
# The index says what a recount says, after random operations with kills between them: few of them
# here, `make campaign-ops` takes 100,000.
. "$(dirname "$0")/lib.sh"

operations=3000
case $EKBOM_BUILD in *asan*) operations=600 ;; esac
ok "the store is what was done to it" \
    "$ROOT/tests/campaign/ops.sh" --operations "$operations" --seed 4 --within 60
like "$(stdout)" " operations in .* retags, [1-9][0-9]* kills" "and it was killed meanwhile"
done_testing

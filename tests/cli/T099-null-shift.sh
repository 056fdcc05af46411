#!/bin/sh
# Where nothing changes a shift is seldom claimed, clustered as posts are: 200 runs of each kind of
# board, `make campaign-null` takes 2,000. The seed is fixed, so that chance fails no build.
. "$(dirname "$0")/lib.sh"

runs=200
case $EKBOM_BUILD in *asan*) runs=40 ;; esac
ok "intervals and verdicts keep their level" "$EKBOM_BUILD/campaign/null_shift" "$runs" 1945
stdout | sed 's/^/# /'
like "$(stdout)" "^both, many +[0-9.]+ +[0-9.]+ +[0-9]\\.[0-9] .* [1-9][0-9]\\.[0-9]$" \
    "where the naive test would claim one in every fifth run"
done_testing

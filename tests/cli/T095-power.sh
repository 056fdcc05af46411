#!/bin/sh
# A loss of power at any moment of a commit loses nothing that was acknowledged. Some images of many:
# `make campaign-power` takes 10,000.
. "$(dirname "$0")/lib.sh"

images=400
case $EKBOM_BUILD in *asan*) images=60 ;; esac

ok "$images disks that a loss of power can leave" \
    "$ROOT/tests/campaign/power.sh" --images "$images" --seed 1
stdout | grep -E '^image |^  after|images of' | sed 's/^/# /'
like "$(stdout)" "^$images images .*: $images sound, 0 refused, 0 corrupt, 0 acknowledged and lost, 0 dangling" \
    "are sound, and hold what was acknowledged"
like "$(stdout)" "^pages taken back +[0-9]" "in every part of a store's life"
ok "$((images / 3)) of them while pages go behind an archive file that was brought by hand" \
    "$ROOT/tests/campaign/power.sh" --images $((images / 3)) --seed 1 --act "file brought"
stdout | grep -E '^image |^  after|images of' | sed 's/^/# /'
done_testing

#!/bin/sh
# What the system can refuse is refused once: the program says so, what stood in the store is still
# there, and it goes on afterwards. Some faults of many: `make campaign-faults` takes them all.
. "$(dirname "$0")/lib.sh"

sample=8
case $EKBOM_BUILD in *asan*) sample=3 ;; esac

ok "$sample faults in each of the commands that read and write a store" \
    "$ROOT/tests/campaign/faults.sh" --sample "$sample" --seed 1
stdout | grep -E '^[a-z-]+: |injected' | sed 's/^/# /'
like "$(stdout)" "^faults: [0-9]{2,3} injected, 0 defects" "end well"
like "$(stdout)" "^alloc +[0-9]+ +[0-9]+" "memory among them"
like "$(stdout)" "^(pwrite|writev) +[0-9]+ +[1-9]" "and writes that were refused with words"
done_testing

#!/bin/sh
# power.sh - losses of power replayed: a store is made and filled while every change of the disk is
# recorded, and what each loss could have left is opened and checked.
#
#   tests/campaign/power.sh [--images N] [--seed S] [--act NAME] [--keep]
#
# 10,000 images unless told otherwise, of everything that the workload does or of one act. The seed
# is printed: the same seed and build give the same images. An image that is not sound is described with its number; --keep leaves the recording, for
#     power_replay --seed S --images N [--act NAME] --only NUMBER LOG FOLDER
#
#   EKBOM_BUILD  the build folder (default: build/ of the checkout); `make campaign` fills it

set -eu

root=$(cd "$(dirname "$0")/../.." && pwd)
build=${EKBOM_BUILD:-$root/build}
images=10000
seed=$(date +%s)
act=
keep=
while [ $# -gt 0 ]; do
    case $1 in
    --images | --seed | --act)
        [ $# -ge 2 ] || exit 2
        case $1 in
        --images) images=$2 ;;
        --seed) seed=$2 ;;
        --act) act=$2 ;;
        esac
        shift
        ;;
    --keep) keep=1 ;;
    *)
        echo "usage: tests/campaign/power.sh [--images N] [--seed S] [--act NAME] [--keep]" >&2
        exit 2
        ;;
    esac
    shift
done

# In memory where that can be: an image is written and thrown away in milliseconds.
work=$(mktemp -d /dev/shm/ekbom-power.XXXXXX 2>/dev/null) ||
    work=$(mktemp -d "${TMPDIR:-/tmp}/ekbom-power.XXXXXX")
trap '[ -n "$keep" ] || rm -rf "$work"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
mkdir "$work/disk" "$work/inputs"

# The recorder comes before a sanitizer's own functions, and that is meant.
export ASAN_OPTIONS="${ASAN_OPTIONS:+$ASAN_OPTIONS:}verify_asan_link_order=0"
EKBOM_POWER_ROOT=$work/disk EKBOM_POWER_LOG=$work/log EKBOM_POWER_MARKS=$work/marks \
    LD_PRELOAD=$build/campaign/power_record.so \
    "$build/campaign/power_workload" "$work/disk/s" "$work/inputs" "$work/marks" \
    "$build/ekbom-reader" "$root/profiles"
"$build/campaign/power_replay" --images "$images" --seed "$seed" ${act:+--act "$act"} \
    "$work/log" "$work/image"

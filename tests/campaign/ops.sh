#!/bin/sh
# ops.sh - 100,000 random operations of every kind on a store, with kills between; after each kill
# the store is what a recount says. See ops.c.
#
#   tests/campaign/ops.sh [--operations N] [--seed S] [--within MS]
#
# Without a seed, another one each time; it is printed when something differs.

set -eu

root=$(cd "$(dirname "$0")/../.." && pwd)
build=${EKBOM_BUILD:-$root/build}
case " $* " in
*" --seed "*) ;;
*) set -- "$@" --seed "$(date +%s)" ;;
esac
# In memory where that can be: a kill takes nothing from the page cache.
work=$(mktemp -d /dev/shm/ekbom-ops.XXXXXX 2>/dev/null) ||
    work=$(mktemp -d "${TMPDIR:-/tmp}/ekbom-ops.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
"$build/campaign/ops" "$@" "$work"

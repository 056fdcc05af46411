#!/bin/sh
# analyse.sh - static analysis: cppcheck over the C files, shellcheck over the scripts. Prints
# FILE:LINE: what is wrong, and exits 1.
#
#   tests/lint/analyse.sh [TREE]
#
# Only findings of the kinds that are worth an answer are asked for; what is suppressed has its
# reason beside it. A tool that is not installed is said and passed over (packaging/deps.sh lint
# installs both). clang-tidy (bugprone and analyzer checks) was tried and left out: 31 s over the
# first thirty files against 0.5 s for cppcheck, and nearly all of its warnings were false alarms
# about va_list and narrowing to the types of other libraries.

set -eu

tree=${1:-$(dirname "$0")/../..}
cd "$tree"

status=0

if command -v cppcheck >/dev/null 2>&1; then
    # missingInclude: system headers are not parsed.  unknownMacro: macros of those headers.
    find base cli daemon rules store -name '*.c' | LC_ALL=C sort |
        cppcheck --quiet --std=c11 --enable=warning,performance,portability --inline-suppr \
            --error-exitcode=1 -j "$(nproc)" -I include -I . -D_GNU_SOURCE \
            --suppress=missingInclude --suppress=missingIncludeSystem --suppress=unknownMacro \
            --template='{file}:{line}: {severity}: {message} [{id}]' --file-list=- >&2 || status=1
else
    echo "analyse: cppcheck is not installed: passed over" >&2
fi

if command -v shellcheck >/dev/null 2>&1; then
    # SC2016: awk programs stand in single quotes.  SC1091: lib.sh is found at run time.
    # SC2154: and sets WORK, ROOT and the others.  SC2317: functions called by traps.
    find .ci packaging sample tests -type f \( -name '*.sh' -o -name run \) | LC_ALL=C sort |
        tr '\n' '\0' |
        xargs -0 shellcheck --severity=warning --format=gcc --exclude=SC2016,SC1091,SC2154,SC2317 || status=1
else
    echo "analyse: shellcheck is not installed: passed over" >&2
fi

exit "$status"

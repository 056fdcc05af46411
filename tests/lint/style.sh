#!/bin/sh
# style.sh - what the eye should not have to look for. Prints FILE:LINE: what is wrong, exits 1.
#
#   tests/lint/style.sh [TREE]
#
# Checked in every text file that belongs to the project: trailing white space, a missing last
# newline, marks of unfinished work, paths of somebody's machine. In C also: length of files and
# of public headers, tabs, characters beyond ASCII outside comments and strings, and the layout of
# .clang-format where clang-format 14 is installed (other versions lay out differently).

set -eu

tree=${1:-$(dirname "$0")/../..}
cd "$tree"

max_file=500   # lines: a file is one noun
max_header=150 # lines of a header in include/ekbom/: what one room shows another fits two screens

bad=0
list=$(mktemp "${TMPDIR:-/tmp}/ekbom-style.XXXXXX")
trap 'rm -f "$list" "$list".*' EXIT

# Text files of the project: what git tracks or would track; without git, all outside build/.
files() {
    if git rev-parse --is-inside-work-tree >/dev/null 2>&1; then
        git ls-files --cached --others --exclude-standard
    else
        find . -type f ! -path './.git/*' ! -path './build*' | sed 's,^\./,,'
    fi | LC_ALL=C sort | while read -r file; do
        if [ ! -f "$file" ] || [ -L "$file" ]; then continue; fi
        case $file in
        LICENSE | */LICENSE) ;;
        tests/pages/* | tests/data/* | tests/fuzz/seeds/* | sample/*) ;; # as they came, on purpose
        *.c | *.h | *.sh | *.md | *.py | *.awk | *.sed | *.tsv | *.rules | *.profile | *.bash) echo "$file" ;;
        *.[1-8] | *.service | *.conf | *.txt) echo "$file" ;;
        Makefile | .gitignore | .clang-format | tests/run | .ci/run) echo "$file" ;;
        esac
    done
}

files >"$list"
grep -E '\.[ch]$' "$list" >"$list.c" || true
if [ ! -s "$list.c" ]; then
    echo "tests/lint/style.sh: no C files below $(pwd): wrong tree?"
    exit 1
fi

# This script and its test name what they look for.
tr '\n' '\0' <"$list" | xargs -0 awk -v max_file="$max_file" -v max_header="$max_header" '
    function complain(text) {
        printf "%s:%d: %s\n", FILENAME, FNR, text
        bad = 1
    }
    FNR == 1 {
        is_c = FILENAME ~ /\.[ch]$/
        is_header = FILENAME ~ /^include\/ekbom\//
        is_lint = FILENAME ~ /^tests\/lint\//
    }
    /[ \t\r]$/ { complain("white space at the end of the line") }
    is_c && /\t/ { complain("a tab: four spaces") }
    is_c && FNR == max_file + 1 { complain("more than " max_file " lines: is it still one noun?") }
    is_header && FNR == max_header + 1 { complain("a public header of more than " max_header " lines") }
    !is_lint && /(^|[^A-Za-z])(TODO|FIXME|XXX|HACK)([^A-Za-z]|$)/ && !/# *(SKIP|TODO)/ {
        complain("unfinished work: do it, or say in the text what is not done")
    }
    !is_lint && /(^|[^A-Za-z0-9_.$}\/])\/(home|root|work)\// {
        complain("a path of somebody'"'"'s machine")
    }
    END { exit bad }' || bad=1

while read -r file; do
    if [ -s "$file" ] && [ "$(tail -c 1 "$file" | wc -l)" -eq 0 ]; then
        echo "$file:$(wc -l <"$file"): no newline at the end of the file"
        bad=1
    fi
done <"$list"

# Characters beyond ASCII are welcome in comments and strings (they are what is matched), not in
# code. One walk over each file that has any: code, comment, string, character.
tr '\n' '\0' <"$list.c" | LC_ALL=C xargs -0 grep -lP '[^\x00-\x7F]' >"$list.wide" || true
if [ -s "$list.wide" ]; then
    tr '\n' '\0' <"$list.wide" | LC_ALL=C xargs -0 awk '
        FNR == 1 { state = "code" }
        {
            n = length($0)
            if (state == "line") state = "code"
            for (i = 1; i <= n; i++) {
                c = substr($0, i, 1)
                two = substr($0, i, 2)
                if (state == "comment") {
                    if (two == "*/") { state = "code"; i++ }
                } else if (state == "string" || state == "char") {
                    if (c == "\\") i++
                    else if (c == (state == "string" ? "\"" : "\047")) state = "code"
                } else if (two == "/*") { state = "comment"; i++ }
                else if (two == "//") break
                else if (c == "\"") state = "string"
                else if (c == "\047") state = "char"
                else if (c > "\176") {
                    printf "%s:%d: a character beyond ASCII in code\n", FILENAME, FNR
                    bad = 1
                    break
                }
            }
            if (state == "string" || state == "char") state = "code"
        }
        END { exit bad }' || bad=1
fi

if command -v clang-format >/dev/null 2>&1; then
    case $(clang-format --version) in
    *"version 14."*)
        tr '\n' '\0' <"$list.c" | xargs -0 clang-format --dry-run -Werror 2>"$list.format" || {
            grep -E ': (error|warning): ' "$list.format" | awk -F: '!seen[$1]++ {
                print $1 ":" $2 ": not laid out as .clang-format says: clang-format -i " $1
            }'
            bad=1
        }
        ;;
    *) echo "style: clang-format is not version 14: layout not checked" >&2 ;;
    esac
fi

exit "$bad"

#!/bin/sh
# The lint: the tree keeps it, and it goes red for each thing that it is there to find.
#
# Each case adds one line to one file in a copy of the tree, runs one lint there, and expects it
# to name file and reason. A lint that finds everything wrong would pass such a test: so the tree
# itself must be clean, and what is allowed must not be named.
. "$(dirname "$0")/../cli/lib.sh"

lint=$ROOT/tests/lint

ok "the tree keeps its layers" "$lint/layers.sh"
ok "the object files need only what their rooms may know" "$lint/symbols.sh"
ok "the files keep the style" "$lint/style.sh"

mkdir tree
for folder in base cli daemon include rules store; do
    cp -R "$ROOT/$folder" tree/
done
cp "$ROOT/.clang-format" tree/

# found LINT FILE REASON DESCRIPTION: the lint is red and says FILE:LINE: ... REASON.
found() {
    found_status=0
    "$lint/$1.sh" "$WORK/tree" >"$WORK/said" 2>&1 || found_status=$?
    if [ "$found_status" -ne 1 ]; then
        is "exit status $found_status" "exit status 1" "$4"
        return 0
    fi
    like "$(cat "$WORK/said")" "^$2:[0-9]+: .*$3" "$4"
}

# quiet LINT FILE DESCRIPTION: the lint has nothing against this file.
quiet() {
    "$lint/$1.sh" "$WORK/tree" >"$WORK/said" 2>&1 || true
    unlike "$(cat "$WORK/said")" "^$2:" "$3"
}

# add LINT FILE LINE REASON: one forbidden line at the end of a file that is new or not.
add() {
    mkdir -p "$(dirname "tree/$2")"
    kept=
    if [ -e "tree/$2" ]; then
        kept=$WORK/kept
        cp "tree/$2" "$kept"
    fi
    printf '%s\n' "$3" >>"tree/$2"
    found "$1" "$2" "$4" "$1: $2 with '$3'"
    if [ -n "$kept" ]; then
        mv "$kept" "tree/$2"
    else
        rm "tree/$2"
    fi
}

# Includes -------------------------------------------------------------------------------------

touch tree/store/private.h
while IFS='|' read -r file line reason; do
    add layers "$file" "$line" "$reason"
done <<'CASES'
rules/forbidden.c|#include "ekbom/store.h"|rules may not include
rules/forbidden.c|#include "ekbom/extract.h"|rules may not include
rules/forbidden.c|#include "store/private.h"|private to store
rules/forbidden.c|#include "../store/private.h"|private to store
rules/forbidden.c|#include <lmdb.h>|rules may not include <lmdb.h>: only store may
store/query/forbidden.c|#include "ekbom/rules.h"|store may not include
store/forbidden.c|#  include <pcre2.h>|store may not include <pcre2.h>: only rules may
daemon/extract/forbidden.c|#include "ekbom/store.h"|daemon/extract may not include
daemon/forbidden.c|#include <libxml/parser.h>|only daemon/extract may
daemon/reader/forbidden.c|#include "ekbom/pool.h"|daemon/reader may not include
cli/forbidden.c|#include <curl/curl.h>|only daemon/fetch may
cli/forbidden.c|#include <unicode/ucnv.h>|only base may
base/forbidden.c|#include "ekbom/rules.h"|base may not include
base/forbidden.c|#include <syslog.h>|in no table
include/ekbom/text.h|#include <unicode/utypes.h>|only base may
store/forbidden.c|#include STORE_HEADER|include by macro
shelf/forbidden.c|int shelf;|no room of the architecture
CASES
rm -rf tree/shelf
printf '%s\n' '#include <lmdb.h>' '#include "ekbom/store.h"' '#include "private.h"' \
    '#include <string.h>' >tree/store/allowed.c
quiet layers store/allowed.c "layers: what the tables allow is not named"
rm tree/store/private.h tree/store/allowed.c

# Symbols --------------------------------------------------------------------------------------

export EKBOM_BUILD="$WORK/objects"
mkdir -p objects/base
printf 'int allowed;\n' >tree/base/allowed.c
"${CC:-cc}" -c tree/base/allowed.c -o objects/base/allowed.o
ok "symbols: a clean object file stays green" "$lint/symbols.sh" "$WORK/tree"

# Declared by hand: no header is needed to reach for a library, and layers.sh would not see it.
while IFS='|' read -r file call reason; do
    mkdir -p "$(dirname "objects/$file")" "$(dirname "tree/$file")"
    name=${call%%(*}
    case $name in
    std*) printf 'extern void *%s;\nvoid *forbidden(void);\nvoid *forbidden(void)\n{\n    return %s;\n}\n' "$name" "$name" ;;
    *) printf 'void %s();\nvoid forbidden(void);\nvoid forbidden(void)\n{\n    %s;\n}\n' "$name" "$call" ;;
    esac >"tree/$file.c"
    "${CC:-cc}" -w -fno-builtin -c "tree/$file.c" -o "objects/$file.o"
    found symbols "$file.c" "$reason" "symbols: $file.c with $call"
    rm "tree/$file.c" "objects/$file.o"
done <<'CASES'
daemon/forbidden|curl_easy_init()|only daemon/fetch may know libcurl
rules/forbidden|xmlFreeDoc(0)|only daemon/extract may know libxml2
daemon/reader/forbidden|htmlNewParserCtxt()|only daemon/extract may know libxml2
store/forbidden|pcre2_compile_8()|only rules may know PCRE2
cli/forbidden|mdb_env_create(0)|only store may know LMDB
rules/forbidden|printf("x")|never prints
store/query/forbidden|puts("x")|never prints
base/forbidden|stderr|never prints
daemon/extract/forbidden|exit(1)|never exits
rules/forbidden|abort()|never exits
base/forbidden|syslog(1, "x")|never logs
cli/forbidden|system("x")|no shell
daemon/forbidden|strcpy(0, 0)|no bound
daemon/forbidden|fork()|a fork would share
CASES
ok "symbols: green again without them" "$lint/symbols.sh" "$WORK/tree"
rm -rf objects
exits 1 "symbols: a build folder without object files is not taken for a clean one" \
    "$lint/symbols.sh" "$WORK/tree"
rm tree/base/allowed.c

# Style ----------------------------------------------------------------------------------------

tab=$(printf '\t')
while IFS='|' read -r file line reason; do
    line=$(printf '%s' "$line" | sed "s/<tab>/$tab/; s/<space>/ /")
    add style "$file" "$line" "$reason"
done <<'CASES'
rules/forbidden.c|int x;<tab>|white space at the end
rules/forbidden.c|int<tab>x;|a tab
base/forbidden.c|int naïve;|beyond ASCII in code
base/forbidden.c|/* TODO: write this */|unfinished work
cli/forbidden.c|const char *place = "/home/anna/rules";|somebody's machine
cli/forbidden.sh|cd /root/ekbom|somebody's machine
CASES
printf '%s\n' '/* naïve */' 'const char *word = "naïve";' >tree/base/allowed.c
quiet style base/allowed.c "style: characters beyond ASCII may stand in comments and strings"
rm tree/base/allowed.c

yes '/* one more line */' | head -n 501 >tree/base/forbidden.c || true
found style base/forbidden.c "more than 500 lines" "style: a file of 501 lines"
rm tree/base/forbidden.c
yes '/* one more line */' | head -n 151 >tree/include/ekbom/forbidden.h || true
found style include/ekbom/forbidden.h "more than 150 lines" "style: a public header of 151 lines"
rm tree/include/ekbom/forbidden.h

if command -v clang-format >/dev/null 2>&1; then
    case $(clang-format --version) in
    *"version 14."*) add style base/forbidden.c "int  x  ;" "not laid out" ;;
    *) skip "clang-format is not version 14" ;;
    esac
else
    skip "clang-format is not installed"
fi

done_testing

#!/bin/sh
# symbols.sh - what the compiled rooms ask of others. Prints FILE:LINE: what is wrong, and exits 1.
#
#   EKBOM_BUILD=build tests/lint/symbols.sh [TREE]
#
# layers.sh reads what the source says; this reads what the object files need (nm), so that a
# library called through a declaration of one's own, or a libc function that a room must not use,
# is found as well. Object files lie in the build folder as their sources lie in the tree
# (build/rules/list.o from rules/list.c).

set -eu

tree=$(cd "${1:-$(dirname "$0")/../..}" && pwd)
build=${EKBOM_BUILD:-$tree/build}
case $build in
/*) ;;
*) build=$(pwd)/$build ;;
esac

tables() {
    cat <<'TABLES'
# library NAME : PATTERN : folders that may need such a symbol
library libcurl    : ^curl_                        : daemon/fetch
library libxml2    : ^(xml|html)[A-Z]              : daemon/extract
library PCRE2      : ^pcre2_                       : rules
library LMDB       : ^mdb_                         : store
library zstd       : ^ZSTD_                        : base
library zdict      : ^ZDICT_                       : store
library libdeflate : ^libdeflate_[A-Za-z0-9_]*$ : store
library zlib       : ^(deflate|inflate|compress|uncompress|crc32|gz[a-z]+)[A-Za-z0-9_]*$ : store
library xxhash     : ^XXH                          : store
library ICU        : ^u[a-z0-9]*_[A-Za-z0-9]+_[0-9][0-9]+$ : base
library nettle     : ^_?nettle_                    : base
library libseccomp : ^seccomp_                     : daemon/reader
library jansson    : ^json(_|p_)                   : base cli daemon store/export store/dump
library libconfig  : ^config_(read|init|destroy|setting_) : daemon cli
library libsystemd : ^sd_                          : daemon

# banned FOLDERS (less -FOLDER) : PATTERN : what to do instead
banned base rules store daemon/extract : ^_?_?v?(printf|puts|putchar|perror)(_chk)?$ : a library never prints: return the error upwards
banned base rules store daemon/extract : ^(stdout|stderr|stdin)$ : a library never prints: return the error upwards
banned base rules store daemon/extract : ^_?_?v?(warn|warnx|err|errx|error)$ : a library never prints or exits: return the error upwards
banned base rules store daemon/extract : ^(exit|_exit|_Exit|quick_exit|abort|raise)$ : a library never exits: return the error upwards
banned base rules store daemon/extract : ^(__assert_fail)$ : a library never exits, and input is hostile: return an error, or _Static_assert
banned base rules store daemon/extract : ^_?_?v?syslog(_chk)?$ : a library never logs: return the error upwards
banned base rules store daemon/extract daemon cli : ^(strcpy|strcat|sprintf|vsprintf|gets|strtok|tmpnam|mktemp|__(strcpy|strcat|sprintf|vsprintf)_chk)$ : no bound or no thread safety: use the buffer, the arena or snprintf
banned base rules store daemon cli : ^(system|popen|dlopen)$ : no shell and no code loaded at run time: posix_spawn
banned base rules store daemon cli : ^(pthread_create|thrd_create)$ : no threads: parallel work is the readers'
# The reader tries a fork once, to prove that its confinement refuses it.
banned base rules store daemon -daemon/reader cli : ^v?fork$ : a fork would share LMDB's environment: posix_spawn
TABLES
}

# The object files of the rooms: "object<TAB>source". An object whose source is gone is a leftover.
objects() {
    find "$build" -name '*.o' | LC_ALL=C sort | while read -r object; do
        source=${object#"$build"/}
        source=${source%.o}.c
        [ -e "$tree/$source" ] || continue
        case $source in
        tests/*) ;;
        *) printf '%s\t%s\n' "$object" "$source" ;;
        esac
    done
}

list=$(mktemp "${TMPDIR:-/tmp}/ekbom-symbols.XXXXXX")
trap 'rm -f "$list"' EXIT
objects >"$list"
if [ ! -s "$list" ]; then
    echo "tests/lint/symbols.sh: no object files below the build folder: run make first" >&2
    exit 1
fi

# nm -A prints "object: U symbol": one run over all of them.
{
    tables
    echo "--objects--"
    cat "$list"
    echo "--symbols--"
    cut -f 1 "$list" | tr '\n' '\0' | xargs -0 nm -A -u --
} | awk -v tree="$tree" '
    function trim(text) {
        gsub(/^[ \t]+|[ \t]+$/, "", text)
        return text
    }
    function inside(source, folders,    i, n, name, found) {
        n = split(folders, name, " ")
        for (i = 1; i <= n; i++) {
            if (index("-" source, name[i] "/") == 1) return 0
            if (index(source, name[i] "/") == 1) found = 1
        }
        return found
    }
    # Where the source names the symbol; as the compiler may have renamed it (printf to puts,
    # pcre2_match to pcre2_match_8), the longest part that is found.
    function line_of(source, symbol,    path, text, line, found, plain) {
        path = tree "/" source
        plain = symbol
        sub(/^__/, "", plain)
        sub(/_chk$/, "", plain)
        sub(/_[0-9]+$/, "", plain)
        while ((getline text < path) > 0) {
            line++
            if (!found && index(text, plain)) found = line
        }
        close(path)
        return found ? found : 1
    }
    function complain(source, symbol, text) {
        if ((source, symbol, text) in said) return
        said[source, symbol, text] = 1
        printf "%s:%d: needs %s: %s\n", source, line_of(source, symbol), symbol, text
        bad = 1
    }
    /^--objects--$/ { part = 1; next }
    /^--symbols--$/ { part = 2; next }
    part == 0 && /^(library|banned) / {
        n = split($0, field, " : ")
        kind[++rows] = $1
        name[rows] = trim(substr(field[1], length($1) + 1))
        pattern[rows] = trim(field[2])
        rest[rows] = trim(field[3])
        for (i = 4; i <= n; i++) rest[rows] = rest[rows] " : " field[i]
        next
    }
    part == 1 { split($0, field, "\t"); source_of[field[1]] = field[2]; next }
    part == 2 {
        object = $0
        sub(/: +[Uvw] .*$/, "", object)
        source = source_of[object]
        symbol = $NF
        sub(/@.*/, "", symbol)
        if (source == "") next
        for (i = 1; i <= rows; i++) {
            if (symbol !~ pattern[i]) continue
            if (kind[i] == "library" && !inside(source, rest[i]))
                complain(source, symbol, "only " rest[i] " may know " name[i])
            if (kind[i] == "banned" && inside(source, name[i]))
                complain(source, symbol, rest[i])
        }
    }
    END { exit bad }'

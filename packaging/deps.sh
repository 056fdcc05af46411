#!/bin/sh
# deps.sh - installs from Debian what building, testing and linting need, and is silent when
# everything is there (one question to dpkg, a few milliseconds), so that `make demo` and
# `make check` can ask it every time.
#
#   packaging/deps.sh [--check] [build] [check] [bench] [lint]
#
# Without a group: build. --check only says what is missing and exits 1 if anything is. Not root:
# through sudo. Where there is no dpkg and apt-get nothing can be installed: then the libraries
# are looked for with pkg-config, and what is missing is named with its Debian package.
#
# This list is the only one. Columns: group, package, pkg-config module or program (for systems
# without dpkg), reason. The reasons for each library are in README.md.

set -eu

packages() {
    cat <<'LIST'
build gcc                 gcc          the compiler
build libc6-dev           -            the C library's headers
build make                make         the build
build pkg-config          pkg-config   finds the libraries below
build libxml2-dev         libxml-2.0   extract: HTML to a tree
build libpcre2-dev        libpcre2-8   rules: regular expressions
build liblmdb-dev         lmdb         store: the two environments
build libzstd-dev         libzstd      store: compressed texts
build zlib1g-dev          zlib         archive: gzip members of WARC files
build libxxhash-dev       libxxhash    store: checksums of the index's columns, at memory speed
build libdeflate-dev      libdeflate   store: CRC-32 of every record, at memory speed
build libjansson-dev      jansson      JSON in and out
build nettle-dev          nettle       digests and keyed pseudonyms
build libicu-dev          icu-uc       Unicode, charsets, time zones
build libseccomp-dev      libseccomp   the readers' confinement
build libcurl4-openssl-dev libcurl   fetch: HTTP
build libconfig-dev       libconfig    the service's configuration, and selection files
build libsystemd-dev      libsystemd   READY, watchdog, reload under systemd
build python3             python3      the sample board that the demo and the tests serve
check libcmocka-dev       cmocka       unit tests
check openssl             openssl      tests: a server whose certificate nobody signed
check ca-certificates     -            tests: the certificates that it is not among
bench g++                 g++          RE2's set is C++
bench libre2-dev          re2          peer of the tagger
bench libhyperscan-dev    libhs        peer of the tagger
bench anarchism           -            prose for the posts that are tagged
bench fortunes            -            the same
bench fortunes-min        -            the same
bench wget2               wget2        peer of the fetcher
bench python3-venv        -            holds DuckDB and ClickHouse
lint  clang               clang        the second compiler, and its fuzzer
lint  libclang-rt-14-dev  -            clang's sanitizers
lint  cppcheck            cppcheck     static analysis
lint  clang-format        clang-format layout of the C files
lint  shellcheck          shellcheck   static analysis of the scripts
LIST
}

say() {
    echo "deps: $*" >&2
}

usage() {
    echo "usage: packaging/deps.sh [--check] [build] [check] [bench] [lint]" >&2
    exit 2
}

# The rows of the groups asked for.
wanted() {
    packages | awk -v groups="$groups" '
        BEGIN { n = split(groups, names, " "); for (i = 1; i <= n; i++) asked[names[i]] = 1 }
        $1 in asked'
}

# Packages of those rows that dpkg does not have installed.
missing_packages() {
    names=$(wanted | awk '{ print $2 }')
    # shellcheck disable=SC2086
    dpkg-query -W -f '${db:Status-Status} ${Package}\n' $names 2>/dev/null |
        awk -v names="$(echo "$names" | tr '\n' ' ')" '
            $1 == "installed" { have[$2] = 1 }
            END {
                n = split(names, name, " ")
                for (i = 1; i <= n; i++)
                    if (!(name[i] in have)) print name[i]
            }'
}

# The same by pkg-config and PATH, for systems without dpkg.
missing_elsewhere() {
    wanted | while read -r _ package probe _; do
        [ "$probe" != "-" ] || continue
        command -v "$probe" >/dev/null 2>&1 && continue
        pkg-config --exists "$probe" 2>/dev/null && continue
        # gcc stands for any C compiler
        [ "$probe" = gcc ] && command -v cc >/dev/null 2>&1 && continue
        echo "$package"
    done
}

apt() {
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=300 \
        "$@" >>"$log" 2>&1 </dev/null
}

install_missing() {
    log=$(mktemp "${TMPDIR:-/tmp}/ekbom-deps.XXXXXX")
    trap 'rm -f "$log"' EXIT
    say "installing from Debian:" "$@"
    attempt=1
    # An update that fails for a third-party source need not keep Debian's own packages away.
    until { apt update || true; apt install --no-install-recommends "$@"; }; do
        if [ "$attempt" -eq 2 ]; then
            tail -n 30 "$log" >&2
            say "apt-get failed twice. Is the network there, and does /etc/apt name a mirror?"
            say "By hand, as root: apt-get install --no-install-recommends" "$@"
            return 1
        fi
        attempt=2
        sleep 3
    done
    say "done"
}

only_check=
groups=
while [ $# -gt 0 ]; do
    case $1 in
    --check) only_check=1 ;;
    build | check | bench | lint) groups="$groups $1" ;;
    *) usage ;;
    esac
    shift
done
# What is to be tested or linted is to be built first.
groups="build $groups"

if ! command -v dpkg-query >/dev/null 2>&1 || ! command -v apt-get >/dev/null 2>&1; then
    missing=$(missing_elsewhere | tr '\n' ' ')
    [ -n "$missing" ] || exit 0
    say "this system has no apt-get, so nothing can be installed here. Missing, by the names of"
    say "the Debian packages: $missing"
    exit 1
fi

missing=$(missing_packages | tr '\n' ' ')
[ -n "$missing" ] || exit 0
if [ -n "$only_check" ]; then
    say "missing: $missing"
    exit 1
fi

as_root=
if [ "$(id -u)" -ne 0 ]; then
    if ! command -v sudo >/dev/null 2>&1; then
        say "missing: $missing"
        say "Neither root nor sudo here. As root: apt-get install --no-install-recommends $missing"
        exit 1
    fi
    as_root=sudo
fi
# shellcheck disable=SC2086
install_missing $missing

#!/bin/sh
# run.sh - builds one fuzzer with clang, libFuzzer and the sanitizers, and runs it.
#
#   tests/fuzz/run.sh NAME [SECONDS]      NAME of tests/fuzz/fuzz_NAME.c; 60 seconds unless said
#
# New inputs are kept under the build folder and used again; those worth keeping for good are
# copied to tests/fuzz/seeds/NAME by hand, after `-merge=1`. A crash, a leak or an input that takes
# longer than five seconds under the sanitizers (one without them) ends the run with its input
# saved. FUZZ_BUILD names another build folder.

set -eu

cd "$(dirname "$0")/../.."
name=${1:?usage: tests/fuzz/run.sh NAME [SECONDS]}
seconds=${2:-60}
build=${FUZZ_BUILD:-build/fuzz}
source=tests/fuzz/fuzz_$name.c
[ -f "$source" ] || { echo "run.sh: no $source" >&2; exit 2; }

libraries=
for room in $(sed -n 's/.*Rooms: \([a-z ]*\)\..*/\1/p' "$source"); do
    libraries="$libraries $build/lib$room.a"
done
[ -n "$libraries" ] || { echo "run.sh: $source names no rooms" >&2; exit 2; }
# shellcheck disable=SC2086 # a list of files
make -s BUILD="$build" CC=clang SAN=1 CFLAGS='-O1 -g -fsanitize=fuzzer-no-link' $libraries
packages='jansson nettle icu-i18n icu-uc libzstd libxml-2.0 libpcre2-8 libxxhash libdeflate zlib libseccomp
          libcurl libconfig libsystemd'
# shellcheck disable=SC2046,SC2086 # lists of options and files
clang -std=c17 -D_GNU_SOURCE -O1 -g -fsanitize=fuzzer,address,undefined \
    -fno-sanitize-recover=undefined -Iinclude -I. $(pkg-config --cflags $packages) "$source" \
    $libraries $(pkg-config --libs $packages) -llmdb -lm -o "$build/fuzz_$name"

mkdir -p "$build/corpus/$name" "$build/crashes"
seeds=tests/fuzz/seeds/$name
[ -d "$seeds" ] || seeds=
dictionary=tests/fuzz/$name.dict
[ -f "$dictionary" ] || dictionary=
# shellcheck disable=SC2086 # options that may be empty
exec "$build/fuzz_$name" -max_total_time="$seconds" -timeout=5 -max_len=8192 -rss_limit_mb=2048 \
    -artifact_prefix="$build/crashes/" -print_final_stats=1 ${dictionary:+-dict="$dictionary"} \
    "$build/corpus/$name" $seeds

#!/bin/sh
# demo.sh - what `make demo` shows: the sample archive goes in, a tagged and dated discussion comes
# out. Everything happens in the build folder; the store stays there to be asked further.
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
build=${EKBOM_BUILD:-$root/build}
store=$build/demo-store
ekbom=$build/ekbom
PAGER=cat
export PAGER

title() {
    printf '\n== %s\n\n' "$1"
}

case $store in
*/demo-store) rm -rf "$store" ;;
esac

title "1. An archive of forum pages goes in (sample/sample.warc.gz)"
"$ekbom" --store "$store" import "$root/sample/sample.warc.gz"
"$ekbom" --store "$store" status

title "2. Dopamine and augmentation: how often, by year, with 95 % intervals"
"$ekbom" --store "$store" timeline dopamine --by year

title "3. Brain iron deficiency"
"$ekbom" --store "$store" timeline bid --by year

title "4. Inflammation"
"$ekbom" --store "$store" timeline inflammation --by year

title "5. One post explained: the words, the rule, the cue"
post=$("$ekbom" --store "$store" posts --theory bid --theory ppi --stance disputes \
    --format jsonl --limit 1 2>/dev/null | sed -n 's/.*"id":"\([^"]*\)".*/\1/p')
"$ekbom" --store "$store" show "$post"

title "Where to go on"
cat <<END
  export EKBOM_STORE=$store
  $ekbom timeline bid --stance supports --by quarter
  $ekbom posts --theory ppi --stance asks
  $ekbom show --thread 12
  $ekbom export -o dataset.csv --format csv
  $ekbom help
The rules are text files in rules/rls: change one, then \`$ekbom retag\`.
These figures come from sample data; they are not findings.
END

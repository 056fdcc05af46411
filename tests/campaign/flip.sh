#!/bin/sh
# flip.sh - a closed store with a byte changed, anywhere: is any answer wrong without a word, does
# anything crash?
#
#   tests/campaign/flip.sh [--flips N] [--seed S] [--jobs J] [--quick] [--cut] [--only NUMBER] [--verbose]
#
# A store is made by imports, an edit and two rule sets, and closed. Then, N times (1,000): one byte of
# one of its files is changed, what can be asked is asked, `ekbom verify` is asked, a command writes to
# a copy and all is asked again of that. The table counts, by kind of place, what came of it:
#
#   right     all answers were those of the sound store
#     unseen    and verify saw nothing (the byte means nothing), or
#     found     verify found it
#   refused   an answer was refused with words, and verify found it
#   defects   a wrong answer, a refusal without words, one where verify saw nothing, a signal that was
#             caught (HANDLED), a crash; each is described below the table
#
# --quick asks less. --cut cuts files short instead, to several lengths each, N cuts in all at most. The seed is printed: the same seed and build give
# the same changes. --only does one of them, --verbose lists all. Exit 1 when there are defects.
#
#   EKBOM_BUILD  the build folder (default: build/ of the checkout); `make campaign` fills it

set -eu

root=$(cd "$(dirname "$0")/../.." && pwd)
build=${EKBOM_BUILD:-$root/build}
ekbom=$build/ekbom
flips=1000
seed=$(date +%s)
jobs=$(nproc)
cut=
quick=
only=
verbose=
while [ $# -gt 0 ]; do
    case $1 in
    --flips | --seed | --jobs | --only)
        [ $# -ge 2 ] || exit 2
        case $1 in
        --flips) flips=$2 ;;
        --seed) seed=$2 ;;
        --jobs) jobs=$2 ;;
        --only) only=$2 ;;
        esac
        shift
        ;;
    --cut) cut=--cut ;;
    --quick) quick=1 ;;
    --verbose) verbose=1 ;;
    *)
        sed -n 's/^#   tests/usage: tests/p' "$0" >&2
        exit 2
        ;;
    esac
    shift
done
[ -z "$only" ] || jobs=1

work=$(mktemp -d /dev/shm/ekbom-flip.XXXXXX 2>/dev/null) ||
    work=$(mktemp -d "${TMPDIR:-/tmp}/ekbom-flip.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
cd "$work"
EKBOM_RULES=$work/rules
EKBOM_PROFILES=$root/profiles
LC_ALL=C.UTF-8
TZ=UTC
export EKBOM_RULES EKBOM_PROFILES LC_ALL TZ
unset EKBOM_STORE

# The store -------------------------------------------------------------------------------------

# posts FROM TO EDITED: posts of another forum as JSONL; every 50th is long, every 7th undated.
posts() {
    awk -v from="$1" -v to="$2" -v edited="$3" 'BEGIN {
        split("iron ferritin mirapex legs sleep magnesium caffeine dopamine nerve sister doctor", words, " ")
        for (i = from; i <= to; i++) {
            text = "Post " i ": low ferritin causes my RLS, says my doctor."
            for (n = (i % 50 == 0 ? 1500 : 12); n > 0; n--)
                text = text " " words[(i * 7 + n * n) % 11 + 1] (i + n) % 97
            if (edited) text = text " Edited: it was the " words[i % 11 + 1] "."
            printf "{\"forum\":\"https://other.example/\",\"thread_id\":\"%d\",", i / 9 + 1
            printf "\"thread_title\":\"Thread %d\",\"board_id\":\"%d\",", i / 9 + 1, i % 3 + 1
            printf "\"id\":\"%d\",\"author\":\"Name %d\",\"author_id\":\"%d\",", i, i % 17, i % 17 + 1
            if (i % 7) printf "\"time\":\"%d-%02d-03T04:05:06Z\",", 2009 + i % 9, i % 12 + 1
            printf "\"last_seen\":\"2025-0%d-01T00:00:00Z\",", edited ? 3 : 2
            printf "\"language\":\"en\",\"text\":\"%s\"}\n", text
        }
    }'
}

# page DATE TEXT: a web archive of one page with one post of the sample's board.
page() {
    {
        printf 'HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n'
        printf '<!DOCTYPE html><html lang="en"><head><title>t</title></head><body id="phpbb" '
        printf 'class="section-viewtopic ltr"><div id="page-body"><h2 class="topic-title">'
        printf '<a href="./viewtopic.php?t=90001">T</a></h2><div id="p900001" class="post">'
        printf '<p class="author">by <a href="./memberlist.php?mode=viewprofile&amp;u=3" '
        printf 'class="username">Ann</a> <time datetime="2024-03-02T03:04:00+00:00">then</time></p>'
        printf '<div class="content">%s</div></div></div><div id="page-footer"></div></body></html>' "$2"
    } >block
    printf 'WARC/1.1\r\nWARC-Type: response\r\nWARC-Date: %sT00:00:00Z\r\n' "$1"
    printf 'WARC-Target-URI: https://board.example/viewtopic.php?t=90001\r\n'
    printf 'WARC-Record-ID: <urn:uuid:00000000-0000-0000-0000-000000000001>\r\n'
    printf 'Content-Type: application/http;msgtype=response\r\nContent-Length: %d\r\n\r\n' \
        "$(wc -c <block)"
    cat block
    printf '\r\n\r\n'
}

quiet() {
    "$@" >quiet 2>&1 || {
        echo "flip.sh: $*" >&2
        cat quiet >&2
        exit 2
    }
}

mkdir rules others
cat >rules/some.rules <<'END'
theory bid "Brain iron"
  match  iron~
  match  ferritin

theory ppi "Acid drugs"
  match  nexium
  match  lanzoprazole

theory dopamine "Dopamine"
  match  mirapex~
  match  dopamin*

theory genetics "Genes"
  match  sister
  match  family
END
printf 'theory doctors "Doctors"\n  match  doctor~\n' >others/mine.rules
posts 1 500 0 >posts.jsonl
posts 40 90 1 >edits.jsonl
{
    posts 495 530 0
    posts 1 20 1
} >later.jsonl
page 2025-01-20 "low iron, says my family" >later.warc
quiet "$ekbom" --store store import "$root/sample/sample.warc.gz"
quiet "$ekbom" --store store import posts.jsonl
quiet "$ekbom" --store store import edits.jsonl
quiet "$ekbom" --store store retag --rules others
quiet "$ekbom" --store store retag

# The questions -----------------------------------------------------------------------------------

cat >commands <<END
timeline bid ppi --tier internal --format jsonl --by month
timeline dopamine --forum https://other.example/ --format jsonl
timeline genetics --board https://board.example/#7 --format jsonl
timeline bid --author https://other.example/#3 --format jsonl
posts --theory bid --format jsonl
posts --author https://other.example/#5 --format jsonl
threads --format jsonl
show https://other.example/#50 --format jsonl
show https://other.example/#61 --around 2 --format jsonl
show https://board.example/#1201 --format jsonl
show --thread https://board.example/#70 --format jsonl
show https://other.example/#9999
grep sister.*doctor --format jsonl
export --tier internal -o -
export --format csv -o -
status
write import later.jsonl later.warc
END
if [ -n "$quick" ]; then
    grep -E '^(timeline bid ppi|posts --theory|show --thread|export --tier|export --format|status|write)' \
        commands >fewer
    mv fewer commands
fi

# Asking ------------------------------------------------------------------------------------------

echo "seed $seed"
share=0
while [ "$share" -lt "$jobs" ]; do
    mkdir "work$share"
    cp -r --sparse=always store "store$share"
    # shellcheck disable=SC2086
    "$build/campaign/flip" --flips "$flips" --seed "$seed" --share "$share/$jobs" $cut \
        ${only:+--only "$only"} ${quick:+--write 5} "$ekbom" "store$share" "work$share" <commands >"results$share" &
    share=$((share + 1))
done
wait
cat results* | sort -n >results
[ -z "$verbose" ] || cat results

awk -F '\t' '
    {
        kind = $4 == "cut short" ? $5 " " $4 : $4
        if (!(kind in all)) kinds[++count] = kind
        all[kind]++
        total++
        if ($2 == "right") column = $3 == "nothing" ? "unseen" : "found"
        else if ($2 == "refused") column = "refused"
        else column = "defect"
        cell[kind, column]++
        sum[column]++
        if (column == "defect") {
            verdicts[$2]++
            list = list sprintf("%s %s, verify %s: %s, %s byte %s ^ %s: %s: %s\n", $1, $2, $3, $4, $5, $6, $7, $8, $9)
        }
    }
    END {
        printf "%-46s %6s %7s %6s %8s %8s\n", "", "all", "unseen", "found", "refused", "defects"
        fflush()
        for (i = 1; i <= count; i++)
            printf "%-46s %6d %7d %6d %8d %8d\n", kinds[i], all[kinds[i]], cell[kinds[i], "unseen"],
                cell[kinds[i], "found"], cell[kinds[i], "refused"], cell[kinds[i], "defect"] | "sort"
        close("sort")
        printf "%-46s %6d %7d %6d %8d %8d\n", "all", total, sum["unseen"], sum["found"], sum["refused"], sum["defect"]
        printf "%s", list
        printf "%d changes: %d wrong answers, %d refusals without words, %d unseen by verify, %d signals caught, %d crashes\n",
            total, verdicts["WRONG"], verdicts["WORDLESS"], verdicts["UNFOUND"], verdicts["HANDLED"], verdicts["CRASHED"]
        exit total == 0 || sum["defect"] > 0
    }' results

#!/bin/sh
# grep: a regular expression in the texts of a selection.
. "$(dirname "$0")/lib.sh"

reference=$ROOT/tests/cli/grep_reference.py
grep_rows() { "$EKBOM" --store s grep --format jsonl "$@" 2>/dev/null || true; }

"$EKBOM" --store s import "$ROOT/sample/sample.warc.gz" >/dev/null
"$EKBOM" --store s export --tier internal --format jsonl -o posts.jsonl 2>/dev/null

# The matches are those that another engine finds in the exported texts, their words the posts' own.
cat >patterns <<'END'
ferritin
iron|ferritin|anaemia
\bl\w+s\b
\w+itis
^my\b
\bRLS\b
[0-9]{2,}
ferritin.{0,30}[0-9]+
(\w+) \1\b
no+ \w+\.$
legs
END
n=0
while read -r pattern; do
    n=$((n + 1))
    grep_rows "$pattern" >"rows.$n.i" </dev/null
    grep_rows --match-case "$pattern" >"rows.$n.c" </dev/null
done <patterns
python3 "$reference" posts.jsonl expect patterns
ok "each row's words are the post's own, 80 code points around the match" \
    python3 "$reference" posts.jsonl flat rows.*
n=0
while read -r pattern; do
    n=$((n + 1))
    ok "$(wc -l <"$n.i") matches of $pattern" cmp "$n.i" "rows.$n.i.flat"
    ok "$(wc -l <"$n.c") where case matters" cmp "$n.c" "rows.$n.c.flat"
done <patterns

grep_rows iron >rows
is "$(grep_rows --ignore-case iron | cksum)" "$(cksum <rows)" "--ignore-case is the default, said"
is "$(grep_rows -i iron --readers 1 | cksum)" "$(cksum <rows)" "one reader finds the same in the same order"
row_times() { python3 -c 'import json, sys
for line in sys.stdin: print(json.loads(line)["time"])'; }
row_times <rows >newest
ok "the newest posts come first" sh -c "sort -r newest | cmp - newest"
grep_rows iron --order oldest >rows.oldest
row_times <rows.oldest >oldest
ok "or the oldest" sh -c "sort oldest | cmp - oldest"
ok "as JSON" "$EKBOM" --store s grep --format json --limit 1 ferritin
like "$(stdout)" '"forum":"https://board.example/","id":"[0-9]+","time":"20..-.*Z","author":".+","thread_id":".+","thread_title":".+","board_id":".+","state":".+","start":[0-9]+,"end":[0-9]+,"left":".*","match":"[Ff]erritin","right":".*","url":"https:' "with these fields"
like "$(stdout)" '"searched":2825,"posts":178,"matches":196,"match_case":false,"unfinished":\[\],"note":"sample data, not findings"' \
    "and what was searched"
ok "as CSV" "$EKBOM" --store s grep --format csv ferritin
like "$(stdout | head -1)" "^forum,id,time,author,thread_id,thread_title,board_id,state,start,end,left,match,right,url" \
    "with a header line"
ok "counted" "$EKBOM" --store s grep --count ferritin --format tsv
is "$(stdout | sed -n 2p)" "$(printf '2825\t178\t196\t0')" "texts searched, posts, matches, unfinished"

# Selections are those of every query.
select_ids() { "$EKBOM" --store s posts "$@" --format jsonl 2>/dev/null | python3 -c 'import json, sys
for line in sys.stdin: print(json.loads(line)["id"])' | sort; }
among() {
    select_ids "$@" >selected
    awk -F'\t' 'NR == FNR { wanted[$1]; next } $1 in wanted' selected 11.i >expected
    grep_rows legs "$@" >got
    python3 "$reference" posts.jsonl flat got
    ok "$(wc -l <expected) matches with $*" cmp expected got.flat
}
among --theory bid
among --theory bid --stance supports --since 2015
among --until 2008-06
among --board 4
among --author gardengnome
among --state hidden
exits 2 "an unknown theory" "$EKBOM" --store s grep legs --theory biid

# A draw is the same again, and another with another seed.
ok "a draw" "$EKBOM" --store s grep iron --sample 5 --format jsonl
stdout >drawn
is "$(sed 's/.*"id":"\([0-9]*\)".*/\1/' drawn | sort -u | wc -l)" 5 "of five posts"
is "$(grep -cFf drawn rows)" "$(wc -l <drawn)" "of those that match"
is "$(grep_rows iron --sample 5 | cksum)" "$(cksum <drawn)" "the same again"
isnt "$(grep_rows iron --sample 5 --seed 2 | cksum)" "$(cksum <drawn)" "another with another seed"
exits 2 "a seed without a sample" "$EKBOM" --store s grep iron --seed 2

# For people.
ok "a table" "$EKBOM" --store s grep ferritin --limit 5
like "$(stdout)" '^20[0-9-]+ post [0-9]+ by .+ in thread [0-9]+: .' "has a heading a post"
like "$(stdout)" '^  .*«[Ff]erritin»' "and a line a match"
like "$(stdout)" '^5 of 196 matches in 178 of 2825 posts; case is ignored; --limit N shows more$' "says how many there are"
like "$(stdout)" '^sample data, not findings$' "and what they are worth"
ok "aligned" "$EKBOM" --store s grep 'ferritin \w+' --kwic
is "$(stdout | python3 -c 'import sys
print(len({l.index("«") for l in sys.stdin if "«" in l}))')" 1 "every match begins in the same column"
is "$(stdout | python3 -c 'import sys
print(max(len(l.rstrip("\n")) for l in sys.stdin) <= 80)')" True "and lines have 80 columns at most"
ok "in colour" "$EKBOM" --store s grep ferritin --limit 1 --color always
like "$(stdout)" "$(printf '\033')\[1;31m«[Ff]erritin»$(printf '\033')\[0m" "the match is marked"

# Wrong use.
exits 1 "nothing matches" "$EKBOM" --store s grep zzqqj
like "$(stdout)" "no match in 2825 posts; case is ignored" "and says among how many"
exits 2 "a bad regular expression" "$EKBOM" --store s grep '(iron|ferr'
is "$(stderr)" "$(printf 'ekbom: the regular expression is wrong at character 11: missing closing parenthesis\n    (iron|ferr\n              ^')" \
    "is shown with a caret"
exits 2 "one with signs of other widths" "$EKBOM" --store s grep 'ärger 鉄)'
is "$(stderr | tail -1)" "            ^" "too"
exits 2 "a regular expression that is not UTF-8" "$EKBOM" --store s grep "$(printf 'a\377')"
exits 2 "an empty one" "$EKBOM" --store s grep ''
exits 2 "none" "$EKBOM" --store s grep
exits 2 "two" "$EKBOM" --store s grep a b
exits 2 "options that contradict" "$EKBOM" --store s grep -i --match-case a
exits 2 "a limit that is none" "$EKBOM" --store s grep a --limit many
exits 2 "kwic in CSV" "$EKBOM" --store s grep a --kwic --format csv
exits 2 "a store that is not there" "$EKBOM" --store none grep a

# Texts as they are stored: code points, lines, the revision seen last, its own words only.
cat >odd.jsonl <<'END'
{"id":"1","forum":"https://a.example/","thread_id":"1","text":"\ud83e\uddb5 legs \u00e9tat le\u0301ger\nSecond line"}
{"id":"2","forum":"https://a.example/","thread_id":"1","text":"old words","first_seen":"2020-01-01T00:00:00Z","last_seen":"2020-01-01T00:00:00Z"}
{"id":"2","forum":"https://a.example/","thread_id":"1","text":"new words","first_seen":"2020-02-01T00:00:00Z","last_seen":"2020-02-01T00:00:00Z"}
{"id":"3","forum":"https://a.example/","thread_id":"1","text":"mine","quotes":[{"author":"Ida","post_id":"1","inferred":false,"depth":1,"text":"quoted words"}]}
{"id":"4","forum":"https://a.example/","thread_id":"1","text":""}
END
"$EKBOM" --store odd import odd.jsonl >/dev/null
found() { "$EKBOM" --store odd grep --format jsonl "$@" | sed 's/.*"id":"\([^"]*\)".*"start":\([0-9]*\),"end":\([0-9]*\),.*/\1 \2-\3/' | tr '\n' ' '; }
is "$(found 'l\w+')" "1 2-6 1 12-17 1 25-29 " "offsets count code points of the composed text"
is "$(found 'léger')" "1 12-17 " "a composed pattern finds it"
is "$(found "$(printf 'le\314\201ger')")" "1 12-17 " "a decomposed one too"
is "$(found '^second')" "1 18-24 " "^ stands at the beginning of a line"
is "$(found words)" "2 4-9 " "old texts and quotes are not searched"

# Limits: the post is named, the others are answered.
yes 'one two three four five six seven eight nine ten' | head -20 | tr '\n' ' ' >long
printf '{"id":"9","forum":"https://a.example/","thread_id":"1","text":"%sxqx"}\n' "$(cat long)" >>odd.jsonl
printf '{"id":"10","forum":"https://a.example/","thread_id":"1","text":"zqx"}\n' >>odd.jsonl
"$EKBOM" --store odd import odd.jsonl >/dev/null
exits 3 "a pattern that reaches a limit" "$EKBOM" --store odd grep '^(\w+\s*)+zqx|^zqx' --format jsonl
like "$(stderr)" "post https://a.example/#9: match limit reached" "names the post"
like "$(stderr)" "1 post could not be searched to the end: more matches may be there" "and says what that means"
like "$(stdout)" '"id":"10"' "what was found is there"
exits 3 "in JSON" "$EKBOM" --store odd grep '^(\w+\s*)+zqx|^zqx' --format json
like "$(stdout)" '"unfinished":\[\{"forum":"https://a.example/","id":"9","reason":"match limit reached"\}\]' "it is listed"

# A reader that dies is replaced, and the post at fault named.
exits 3 "a text that kills its reader" env EKBOM_READER_CRASH_ON=clonazepam \
    "$EKBOM" --store s grep legs --format jsonl
like "$(stderr)" "post https://board.example/#[0-9]+: its reader crashed" "is named"
stdout >got
python3 "$reference" posts.jsonl flat got
python3 -c 'import json
for line in open("posts.jsonl", encoding="utf-8"):
    post = json.loads(line)
    if "clonazepam" in post["text"]: print(post["id"])' >killers
awk -F'\t' 'NR == FNR { killer[$1]; next } !($1 in killer)' killers 11.i >expected
ok "and alone is not searched" cmp expected got.flat

"$EKBOM" --store s grep '(\w+ ?)+zqx' --count --format tsv >killed 2>/dev/null &
parent=$!
for _ in 1 2 3 4 5 6; do
    reader=$(cut -d' ' -f1 "/proc/$parent/task/$parent/children" 2>/dev/null || true)
    # A leak check that ends its parent is a child as well.
    case $(cat "/proc/$reader/comm" 2>/dev/null) in
    ekbom-reader) kill -9 "$reader" 2>/dev/null || true ;;
    esac
    sleep 0.05
done
wait "$parent" || true
"$EKBOM" --store s grep '(\w+ ?)+zqx' --count --format tsv >quiet 2>/dev/null || true
ok "readers killed meanwhile change nothing" cmp killed quiet

# Hostile words stay words.
printf '%s\n' '{"id":"1","forum":"https://a.example/","thread_id":"1","author":"\u001b]0;x\u0007","thread_title":"\u202eevil","text":"\u001b[31mred iron\u009b \u202eand\u202c =cmd()\ttab\nline"}' >evil.jsonl
"$EKBOM" --store evil import evil.jsonl >/dev/null
{
    "$EKBOM" --store evil grep 'iron.*'
    "$EKBOM" --store evil grep 'iron.*' --kwic
    "$EKBOM" --store evil grep '.' --limit 3
    "$EKBOM" --store evil grep "$(printf '\033[31m(')" 2>&1 || true
} >shown
like "$(cat shown)" 'iron' "hostile posts are shown"
exits 1 "no control character gets through" grep -qP '[\x00-\x08\x0b-\x1f\x7f]|\xc2\x9b|\xe2\x80\xae' shown
done_testing

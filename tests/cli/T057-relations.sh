#!/bin/sh
# cooccur, first, switching, replies, authors: how theories, people and places go together.
. "$(dirname "$0")/lib.sh"

reference=$ROOT/tests/cli/relations_reference.py

# Rules so plain that whoever writes a post decides what it is tagged with.
mkdir mini
for theory in alpha beta gamma delta; do
    printf 'theory %s "%s"\n  version 1.0\n  about   a test\n  match   %sword\n' "$theory" "$theory" "$theory" \
        >"mini/$theory.rules"
done
printf '\ntheory alpha/sub "within alpha"\n  version 1.0\n  about   a test\n  match   subword\n' >>mini/alpha.rules
python3 "$reference" make posts.jsonl
"$EKBOM" --store s import --rules mini posts.jsonl >/dev/null

# agrees COMMAND [OPTION...]: the rows are those that plain counting gives.
agrees() {
    "$EKBOM" --store s "$@" --format jsonl >rows.jsonl 2>err || true
    agrees_question=$1
    shift
    ok "$agrees_question $*: $(wc -l <rows.jsonl) rows as counted independently" \
        python3 "$reference" "$agrees_question" posts.jsonl rows.jsonl "$@"
}

# Theories named together. alpha takes in alpha/sub, which is not set beside it.
"$EKBOM" --store s cooccur --format jsonl >all.jsonl
exits 1 "a theory is not paired with one within it" grep -q '"theory":"alpha","other":"alpha/sub"' all.jsonl
pairs() {
    "$EKBOM" --store s cooccur "$@" --format jsonl 2>/dev/null | grep -v alpha/sub >rows.jsonl || true
    ok "cooccur $*: $(wc -l <rows.jsonl) pairs as counted independently" \
        python3 "$reference" cooccur posts.jsonl rows.jsonl "$@"
}
for within in post thread author; do
    pairs --within "$within" --tier internal
    pairs --within "$within"
    pairs --within "$within" --by quarter
    pairs --within "$within" --by year --tier internal --of any-theory
done
"$EKBOM" --store s cooccur --by quarter --format jsonl >quarters.jsonl
isnt "$(grep -c '"withheld":true' quarters.jsonl)" 0 "small cells are withheld"
exits 1 "with their numbers" grep -q '"both":[0-9][^}]*"withheld":true' quarters.jsonl
ok "one theory beside all others" "$EKBOM" --store s cooccur beta --format csv
is "$(stdout | cut -d, -f2,3 | grep -cv beta)" 1 "has no other pairs"
ok "a table" "$EKBOM" --store s cooccur alpha beta --within thread
like "$(stdout)" "theories named in one thread, every stance;" "names what is counted"
like "$(stdout)" "counted in threads, of all assessable dated posts" "and of what"
is "$(stdout | awk 'length($0) > 80' | wc -l)" 0 "in 80 columns"
exits 1 "a period without posts" "$EKBOM" --store s cooccur --since 2030
exits 2 "an unknown theory" "$EKBOM" --store s cooccur alpa
like "$(stderr)" 'did you mean "alpha"' "is answered with the nearest"
exits 2 "named twice" "$EKBOM" --store s cooccur beta beta
exits 2 "within something else" "$EKBOM" --store s cooccur --within forum
like "$(stderr)" "takes post, thread, author" "is answered with what there is"
exits 2 "theories belong into the arguments" "$EKBOM" --store s cooccur --theory beta

# First mentions.
for within in thread board forum; do
    agrees first alpha beta delta --within "$within" --names
done
ok "first in a table" "$EKBOM" --store s first gamma --within board
like "$(stdout)" '^ +(b[0-9])? +t[0-9]+ .* 200[0-9]-[0-9-]+ +1[0-9]{3} +[0-9a-f]{16} +supports' "authors are pseudonyms there"
unlike "$(stdout)" "writer" "and not named"
like "$(stdout)" "^[0-9]+ of [0-9]+$" "all that there are"
ok "some of them" "$EKBOM" --store s first alpha --limit 3
like "$(stdout)" "^3 of [0-9]+; --limit N shows more" "and of how many"
exits 2 "first of what" "$EKBOM" --store s first
exits 2 "first within something else" "$EKBOM" --store s first alpha --within post
exits 2 "a limit that is none" "$EKBOM" --store s first alpha --limit few
exits 1 "nobody says so" "$EKBOM" --store s first alpha --stance disputes

# Authors.
agrees authors --names
"$EKBOM" --store s authors --format jsonl >rows.jsonl
unlike "$(cat rows.jsonl)" "writer" "pseudonyms unless asked"
is "$(sed 's/.*"posts":\([0-9]*\).*/\1/' rows.jsonl | sort -rnc && echo sorted)" sorted "most posts first"
pseudonym=$(sed -n '1s/.*"author":"\([^"]*\)".*/\1/p' rows.jsonl)
posts=$(sed -n '1s/.*"posts":\([0-9]*\).*/\1/p' rows.jsonl)
is "$("$EKBOM" --store s posts --author "$pseudonym" --format jsonl | wc -l)" "$posts" "a pseudonym leads to the posts"
"$EKBOM" --store s export --format csv -o open.csv 2>/dev/null
is "$(grep "$pseudonym" open.csv | grep -vc hidden)" "$posts" "and is that of an open export"
ok "of one board" "$EKBOM" --store s authors --forum https://a.example/ --board b1 --limit 2
like "$(stdout)" "2 of [0-9]+ authors; --limit N shows more" "says how many there are"
exits 2 "no arguments" "$EKBOM" --store s authors alpha
like "$(stderr)" "--theory CODE" "and what to write instead"
exits 2 "an unknown author" "$EKBOM" --store s authors --author writer33x
like "$(stderr)" 'did you mean "writer3' "is answered with the nearest"
exits 2 "an unknown board" "$EKBOM" --store s authors --board bx --forum https://a.example/
mv s/key key
exits 2 "pseudonyms without the key" "$EKBOM" --store s authors
like "$(stderr)" "pseudonyms need the store's key" "say what is missing"
mv key s/key

# Main theories that changed.
agrees switching
agrees switching --tier internal
agrees switching --by quarter --tier internal
agrees switching alpha beta --by year --tier internal
ok "switching in a table" "$EKBOM" --store s switching --tier internal
like "$(stdout)" "^alpha +\(kept\) +[0-9]+ +[0-9]+ +2002 +200[0-9]$" "those who kept theirs are told"
like "$(stdout)" "^alpha +beta +[0-9]+ " "and those who moved"
like "$(stdout)" "authors have one in two or more; in [0-9]+ cases several led" "and what was left out"
exits 2 "between one theory" "$EKBOM" --store s switching alpha

# Theories that answer theories.
agrees replies
agrees replies --tier internal
agrees replies --tier internal alpha beta delta gamma
ok "replies in a table" "$EKBOM" --store s replies
like "$(stdout)" "answered with +posts +authors +of answers +share%" "with its denominator"
exits 1 "nothing is quoted after the end" "$EKBOM" --store s replies --since 2030
# An answer to somebody's own words, or one level down, is none.
cat >self.jsonl <<'END'
{"id":"1","forum":"https://c.example/","thread_id":"1","author":"ida","time":"2001-01-01T00:00:00Z","text":"alphaword"}
{"id":"2","forum":"https://c.example/","thread_id":"1","author":"ida","time":"2001-01-02T00:00:00Z","text":"betaword","quotes":[{"author":"ida","post_id":"1","inferred":false,"depth":1,"text":"alphaword"}]}
{"id":"3","forum":"https://c.example/","thread_id":"1","author":"ole","time":"2001-01-03T00:00:00Z","text":"betaword","quotes":[{"author":"ida","post_id":"1","inferred":false,"depth":2,"text":"alphaword"}]}
END
"$EKBOM" --store self import --rules mini self.jsonl >/dev/null
exits 1 "neither is counted" "$EKBOM" --store self replies --tier internal

# Every format holds the same, hostile words are inert.
printf '%s\n' '{"id":"1","forum":"https://e.example/","thread_id":"=1+1","board_id":"\u001b[1mb","author":"\u001b]0;x\u0007=cmd()","thread_title":"\u202e<script>","time":"2001-01-01T00:00:00Z","text":"alphaword betaword"}' >evil.jsonl
"$EKBOM" --store evil import --rules mini evil.jsonl >/dev/null
for command in "first alpha --names" "authors --names" "cooccur --tier internal" "switching" "replies"; do
    # shellcheck disable=SC2086
    "$EKBOM" --store evil $command >>shown 2>&1 || true
    # shellcheck disable=SC2086
    "$EKBOM" --store evil $command --format json >>shown.json 2>&1 || true
done
like "$(cat shown)" 'u001b' "hostile words are shown as escapes"
exits 1 "no control character reaches a table" grep -qP '[\x00-\x08\x0b-\x1f\x7f]|\xc2\x9b|\xe2\x80\xae' shown
exits 1 "nor JSON" grep -qP '[\x00-\x08\x0b-\x1f\x7f]' shown.json

# Stores that cannot answer.
for command in cooccur "first alpha" authors switching replies; do
    # shellcheck disable=SC2086
    exits 2 "$command without a store" "$EKBOM" --store none $command
done
cp -r s broken
head -c 200000 /dev/zero | tr '\0' 'x' | dd of=broken/index/data.mdb bs=4096 seek=2 conv=notrunc 2>/dev/null
for command in cooccur "first alpha" authors switching replies; do
    # shellcheck disable=SC2086
    exits 2 "$command of a damaged store" "$EKBOM" --store broken $command
done
: >empty.jsonl
"$EKBOM" --store empty import --rules mini empty.jsonl >/dev/null 2>&1 || true
for command in cooccur "first alpha" authors switching replies; do
    # shellcheck disable=SC2086
    "$EKBOM" --store empty $command >out 2>&1 && status=0 || status=$?
    like "$status $(cat out)" "^[12] " "$command of an empty store: not an answer"
done
done_testing

#!/bin/sh
# shift, compare, watch, log: is it more than noise? Seven theories with changes planted, counted a
# second time by a program of its own.
. "$(dirname "$0")/lib.sh"

reference="$ROOT/tests/cli/shift_reference.py"
python3 "$reference" make
"$EKBOM" --store s import --rules pack posts.jsonl >/dev/null
flat() { stdout | tr -s '\n ' ' '; } # the last output as one line
verdict() { sed -n "s/.*\"theory\":\"$1\",.*\"verdict\":\"\([a-z-]*\)\",\"reasons\":\(\[[^]]*\]\).*/\1 \2/p" "$2"; }

ok "seven theories between two years" "$EKBOM" --store s shift apart born down flat lone rare up \
    --before 2010 --after 2014 --format json
stdout >seven.json
like "$(stdout)" '\{"theory":"up","before":"2010","after":"2014","posts_before":2400,"posts_after":2400,"share_before":[0-9.]+,"share_after":[0-9.]+,"difference":[0-9.]+,"ratio":[0-9.]+,"low":[0-9.]+,"high":[0-9.]+,"p":[0-9.e-]+,"p_corrected":[0-9.e-]+,"author_share_before":[0-9.]+,"author_share_after":[0-9.]+,"verdict":"rose","reasons":\[\],"smallest_visible":[0-9.]+' \
    "with the contract's fields"
ok "every figure is the reference's" python3 "$reference" check seven.json
is "$(verdict up seven.json)" 'rose []' "what rose rose"
is "$(verdict down seven.json)" 'fell []' "what fell fell"
is "$(verdict flat seven.json)" 'no-change-larger-than []' "what stood still did not change by more than half"
is "$(verdict lone seven.json)" 'cannot-tell ["too-small-to-see"]' "one man's hobby is no rise"
is "$(verdict rare seven.json)" 'cannot-tell ["few-authors-name-it"]' "nor can three authors make one"
is "$(verdict born seven.json)" 'rose []' "what three authors began and many took up rose, its figures withheld"
is "$(verdict apart seven.json)" 'cannot-tell ["stances-diverge"]' "support gave way to dispute: no word on the whole"

ok "one stance of it" "$EKBOM" --store s shift apart --stance disputes --before 2010 --after 2014
like "$(stdout)" "^disputes, of all assessable dated posts; 2010 against 2014; one test was run" "names stance, denominator, periods, tests"
like "$(stdout)" "^apart: rose. 2010: [0-9.]+ % \([0-9]+ of 2400 posts, [0-9]+ of 160 authors\)" "and says what became of it, with k and n"
like "$(stdout | tail -1)" "^not corrected for tagging error" "and what it is not"
ok "tests that were run are counted" "$EKBOM" --store s shift up down --before 2010 --after 2014
like "$(stdout)" "2 tests were" "two of two"
like "$(stdout)" "^up  +[0-9.]+→[0-9.]+  +\+[0-9.]+ to \+[0-9.]+ +<0.001 " "a table for people"
is "$(stdout | awk 'length > 90' | grep -c .)" 0 "fits a terminal"
ok "the two halves of the time, if no periods are given" "$EKBOM" --store s shift up
like "$(flat)" "2010-01\.\.2012-06 against 2012-07\.\.2014-12 \(the two halves of the time\)" "the heading says so"
ok "how the figures came about" "$EKBOM" --store s shift up --before 2010 --after 2014 --explain
for part in "design effect" "only test that was" "every post as independent" "supports" "By author: " "By board: " "is left out, it is" "^Verdict: rose"; do
    like "$(stdout)" "$part" "says: $part"
done
ok "in rows too" "$EKBOM" --store s shift up --before 2010 --after 2014 --explain --format csv
like "$(stdout | head -1)" "^theory,before,after,posts_before,.*,explanation" "as a column"
ok "what is withheld" "$EKBOM" --store s shift rare --before 2010 --after 2014
like "$(stdout)" "rare +<5→0.0 +<5" "is shown as withheld"
ok "and shown in the internal tier" "$EKBOM" --store s shift rare --before 2010 --after 2014 --tier internal --format jsonl
like "$(stdout)" '"posts_tagged_before":[1-9][0-9]*,.*"withheld":false' "with its counts"

# A change that must not be missed.
ok "a smaller change is of interest" "$EKBOM" --store s shift flat --before 2010 --after 2014 --smallest-of-interest 1% --format jsonl
stdout >small.json
is "$(verdict flat small.json)" 'cannot-tell ["too-small-to-see"]' "then that cannot be told"
exits 2 "a change that is no share" "$EKBOM" --store s shift flat --smallest-of-interest 12
like "$(stderr)" "2% or 0.02" "is answered with good ones"

# Hand-coded posts.
ok "corrected by a coded sample" "$EKBOM" --store s shift up --before 2010 --after 2014 --validated coded.jsonl --format json
stdout >corrected.json
ok "as the reference corrects" python3 "$reference" corrected corrected.json
is "$(verdict up corrected.json)" 'no-change-larger-than []' "a rise of the rules' eyesight is no rise"
like "$(cat corrected.json)" '"corrected_for_tagging_error":true' "and the claim no longer says that it is uncorrected"
sed 's/, "weight": [0-9.]*//' coded.jsonl >unweighted.jsonl
exits 2 "a sample without weights" "$EKBOM" --store s shift up --validated unweighted.jsonl
like "$(stderr)" "has no weight" "is refused with the reason"
head -40 coded.jsonl >few.jsonl
ok "too few coded posts" "$EKBOM" --store s shift up --before 2010 --after 2014 --validated few.jsonl
like "$(flat)" "Not corrected for tagging error, because of .* fewer than 30 posts" "correct nothing, and say so"
like "$(stdout | tail -1)" "^not corrected for tagging error" "to the end"
echo '{"id":' >broken.jsonl
exits 2 "a broken file" "$EKBOM" --store s shift up --validated broken.jsonl
like "$(stderr)" "broken.jsonl: line 1" "is named with the line"

# All theories at once.
ok "two periods compared" "$EKBOM" --store s compare 2010 2014 --format json
stdout >both.json
ok "parts and log-odds are the reference's" python3 "$reference" compare both.json
like "$(cat both.json)" '"tests":6,"correction":"benjamini-hochberg"' "and the tests are counted"
like "$(cat both.json)" '"apart_is":"descriptive"' "what sets them apart is called what it is"
ok "authors of before and since" "$EKBOM" --store s compare 2014 --groups author-cohort
like "$(flat)" "authors before 2014-01-01 against authors since 2014-01-01, in 2014" "are two groups"
exits 2 "one forum" "$EKBOM" --store s compare --groups forum
like "$(stderr)" "one forum only" "is nothing to compare"
sed 's/board.example/other.example/; s/"time": "2010/"time": "2014/' posts.jsonl >others.jsonl
cp -r s two
"$EKBOM" --store two import --rules pack others.jsonl >/dev/null
ok "two forums" "$EKBOM" --store two compare --groups forum --format jsonl
like "$(stdout)" '"theory":"up","before":"https://board.example/","after":"https://other.example/"' "are"

# Bad input.
exits 2 "no theory" "$EKBOM" --store s shift
like "$(stderr)" "which theory.*ekbom compare" "is asked for"
exits 2 "an unknown theory" "$EKBOM" --store s shift upp
like "$(stderr)" 'did you mean "up"' "is answered with the nearest name"
exits 2 "the later period first" "$EKBOM" --store s shift up --before 2014 --after 2010
like "$(stderr)" "earlier period comes first" "is refused"
exits 2 "a reversed period" "$EKBOM" --store s shift up --before 2012..2010 --after 2014
like "$(stderr)" "^ekbom: --before: " "is named"
exits 2 "no period at all" "$EKBOM" --store s shift up --before last-week --after 2014
like "$(stderr)" "2008-Q1" "is answered with good ones"
exits 2 "two that have days in common" "$EKBOM" --store s shift up --before 2010..2012 --after 2012-06..2014
like "$(stderr)" "days in common" "are refused"
exits 2 "one without the other" "$EKBOM" --store s shift up --before 2010
like "$(stderr)" "without --after" "is refused"
exits 1 "periods before the forum" "$EKBOM" --store s shift up --before 1990 --after 1991
like "$(stderr)" "it has posts of 2010-01 to 2014-12" "are answered with what there is"
ok "one empty period" "$EKBOM" --store s shift up --before 2009 --after 2014 --format jsonl
stdout >empty.json
is "$(verdict up empty.json)" 'cannot-tell ["no-posts"]' "is said in the answer"
ok "a period that is not over" "$EKBOM" --store s shift up --before 2010 --after 2014..2099
like "$(flat)" "2014-01\.\.[0-9]{4}-[0-9]{2} \(up to the last month read to its end\)" "is counted up to where it was read"
exits 2 "three periods" "$EKBOM" --store s compare 2010 2012 2014
like "$(stderr)" "give two periods" "are one too many"
exits 2 "a store that is not there" "$EKBOM" --store none shift up
printf '%s\n' '{"id":"1","forum":"https://a.example/","thread_id":"1","text":"no date"}' >undated.jsonl
"$EKBOM" --store undated import --rules pack undated.jsonl >/dev/null
exits 1 "a store without a dated post" "$EKBOM" --store undated shift up --format json
is "$(stdout)" '{"schema_version":1,"rows":[]}' "has no rows"

# What was asked is kept, and never in the way.
asked=$(grep -c . s/log)
"$EKBOM" --store s shift up down --before 2010 --after 2014 --author author5 >/dev/null
is "$(($(grep -c . s/log) - asked))" 1 "a question is a line of the log"
like "$(tail -1 s/log)" '"command":"shift","selection":"--author \(one\)","of":"all","selection_digest":"sha256:[0-9a-f]{64}","ruleset":"sha256:[0-9a-f]{64}"' "with selection, digest and rules, and no author's name"
printf 'title = "the first board";\nboards = ["0"];\n' >first.selection
ok "a selection that has a name" "$EKBOM" --store s shift up --before 2010 --after 2014 --in ./first.selection
like "$(tail -1 s/log)" "\"in\":\{[^}]*\"digest\":\"sha256:$(sha256sum first.selection | cut -d' ' -f1)\"" "is logged with the digest of its file"
ok "the log" "$EKBOM" --store s log --format jsonl
like "$(stdout | head -1)" '"command":"shift","before":"2010","after":"2014","groups":null,"selection":"","in":null,"of":"all","tests":6,"correction":"holm"' "is rows"
ok "as a table" "$EKBOM" --store s log
like "$(stdout)" "^[0-9]+ questions, [0-9]+ tests in all" "with their sum"
printf '{"command":"shi' >>s/log
ok "after a line that was cut short" "$EKBOM" --store s shift up --before 2010 --after 2014
exits 3 "the log names it" "$EKBOM" --store s log
like "$(stderr)" "line [0-9]+ of the log cannot be read" "and passes it over"
like "$(tail -1 s/log)" '^\{"when".*"theory":"up"' "what came after it is whole"
mv s/log log && mkdir s/log
ok "a log that cannot be written" "$EKBOM" --store s shift up --before 2010 --after 2014
like "$(stderr)" "^ekbom: this was not logged: s/log" "is said"
like "$(stdout)" "^up: rose" "the answer is given"
rmdir s/log && mv log s/log
ok "a backup takes the log along" "$EKBOM" --store s backup copy
ok "as it is" cmp -s s/log copy/log
exits 1 "a store that was asked nothing" "$EKBOM" --store undated log

# A series, tested month by month.
python3 "$reference" series
grep -v '"time": "2016-06' series.jsonl >first.jsonl
"$EKBOM" --store w import --rules pack first.jsonl >/dev/null
exits 1 "months in which nothing happened" "$EKBOM" --store w watch up --by month --since 2014-06
like "$(stdout)" "24 months looked at now, no new shift; 17 tests in this series" "are tested and counted"
exits 1 "again" "$EKBOM" --store w watch up --by month --since 2014-06
like "$(stdout)" "^0 months looked at now" "no month is tested twice"
"$EKBOM" --store w import --rules pack series.jsonl >/dev/null
ok "a month later" "$EKBOM" --store w watch up
like "$(stdout)" "^up: rose. 2015-06: .* 2016-06: " "there is news"
ok "the chance of a false alarm is shared out" python3 "$reference" alphas w/log
exits 1 "a series of other posts" "$EKBOM" --store w watch up --stance disputes
like "$(stdout)" "1 month looked at now" "begins with the last month"
mv w/log log && mkfifo w/log
exits 3 "a test that cannot be written down" "$EKBOM" --store w watch up --by quarter
like "$(stderr)" "not logged" "is incomplete"
done_testing

#!/bin/sh
# timeline, posts, show, threads: asking a store.
. "$(dirname "$0")/lib.sh"

"$EKBOM" --store s import "$ROOT/sample/sample.warc.gz" >/dev/null

ok "a timeline" "$EKBOM" --store s timeline bid --by year
like "$(stdout)" "SAMPLE DATA, NOT FINDINGS" "is marked as sample data"
like "$(stdout)" "of all assessable dated posts, by year" "names its denominator"
ok "as JSON" "$EKBOM" --store s timeline bid dopamine --by quarter --since 2008 --until 2009 --format json
like "$(stdout)" '^\{"schema_version":1,"rows":\[$' "it has a version"
is "$(stdout | grep -c '"theory":"bid","bucket"')" 8 "eight quarters"
like "$(stdout)" '"bucket":"2008-Q1","posts_tagged":.*"posts":.*"share":.*"low":.*"high":.*"authors_tagged":.*"authors":.*"author_share":.*"threads":.*"fetched":null,"partial":false,"withheld":' "with the contract's fields"
like "$(stdout)" '"note":"sample data, not findings"' "and the mark"
ok "as CSV" "$EKBOM" --store s timeline bid --format csv
like "$(stdout | head -1)" "^theory,bucket,posts_tagged,posts,share,low,high,authors_tagged,authors,author_share,threads,fetched,partial,withheld" "with a header line"
like "$(stderr)" "sample data, not findings" "and the mark beside it"

open=$("$EKBOM" --store s timeline ppi --by month --format jsonl 2>/dev/null | grep -c '"withheld":true')
isnt "$open" 0 "cells of one to four authors are withheld"
unlike "$("$EKBOM" --store s timeline ppi --by month --format jsonl 2>/dev/null | grep '"withheld":true')" \
    '"posts_tagged":[0-9]' "their numbers are null"
is "$("$EKBOM" --store s timeline ppi --by month --tier internal --format jsonl 2>/dev/null | grep -c '"withheld":true')" 0 \
    "and shown in the internal tier"

# The numbers of a timeline are the numbers of the posts.
tagged=$("$EKBOM" --store s timeline bid --tier internal --format jsonl 2>/dev/null |
    awk -F'"posts_tagged":' '{ n += $2 } END { print n }')
listed=$("$EKBOM" --store s posts --theory bid --format jsonl 2>/dev/null | grep -c .)
is "$tagged" "$listed" "a timeline counts what posts lists"

ok "posts of a selection" "$EKBOM" --store s posts --theory ppi --stance asks --since 2018 --limit 3
like "$(stdout)" "3 of [0-9]+ posts" "says how many there are"
ok "posts as JSON" "$EKBOM" --store s posts --theory ppi --limit 1 --format json
post=$(stdout | sed -n 's/.*"id":"\([^"]*\)".*/\1/p')

ok "a post is shown" "$EKBOM" --store s show "$post"
like "$(stdout)" "«.*»\[1" "its evidence marked"
like "$(stdout)" '\[[0-9]\] ppi: ' "its theory named"
like "$(stdout)" '"  ppi:[0-9]' "with the rule and the words"
ok "with its neighbours" "$EKBOM" --store s show "$post" --around 1
ok "as JSON, with the fields of an export" "$EKBOM" --store s show "$post" --format json
like "$(stdout)" '"hits":\[\{"start":[0-9]+,"end":[0-9]+,"text":"[^"]+","rule":"' "and the spans"
ok "threads are listed" "$EKBOM" --store s threads --format csv
thread=$(stdout | sed -n 2p | cut -d, -f2)
ok "a thread is shown" "$EKBOM" --store s show --thread "$thread"

exits 1 "a post that is not there" "$EKBOM" --store s show 99999999
exits 1 "a selection without posts" "$EKBOM" --store s posts --since 2030
exits 2 "an unknown theory" "$EKBOM" --store s timeline inflamation
like "$(stderr)" "inflammation" "is answered with the nearest name"
exits 2 "an unknown author" "$EKBOM" --store s posts --author nobody_at_all_here
exits 2 "a bad period" "$EKBOM" --store s timeline bid --since 2008-13
like "$(stderr)" "2008-Q1" "is answered with good ones"
exits 2 "a reversed period" "$EKBOM" --store s timeline bid --since 2012 --until 2008
exits 2 "an option misspelt" "$EKBOM" --store s timeline bid --stanse supports
like "$(stderr)" "did you mean --stance" "is answered with the nearest"
exits 2 "an option of another command" "$EKBOM" --store s timeline bid --around 3
exits 2 "a format that a command does not write" "$EKBOM" --store s show 1 --format csv

# A drawn sample: the same seed draws the same, in the order of the list.
ok "posts drawn at random" "$EKBOM" --store s posts --sample 12 --seed 3 --format jsonl
stdout >drawn
is "$(grep -c . drawn)" 12 "as many as asked for"
is "$(sed 's/.*"time":"\([^"]*\)".*/\1/' drawn | sort -r | cksum)" "$(sed 's/.*"time":"\([^"]*\)".*/\1/' drawn | cksum)" \
    "newest first"
"$EKBOM" --store s posts --sample 12 --seed 3 --format jsonl >again 2>/dev/null
ok "the same again" cmp -s drawn again
"$EKBOM" --store s posts --sample 12 --seed 4 --format jsonl >others 2>/dev/null
exits 1 "and others with another seed" cmp -s drawn others
ok "of a selection" "$EKBOM" --store s posts --theory bid --sample 5
like "$(stdout)" "5 of [0-9]+ posts, drawn with seed 0" "says of how many"
exits 2 "a seed without a sample" "$EKBOM" --store s posts --seed 4
like "$(stderr)" "--sample" "is asked for one"

# What others said is not the author's, and can be asked for.
"$EKBOM" --store s export --tier internal --format jsonl -o all.jsonl >/dev/null
quoted=$(grep -c '"quoted_only":\[[^]]*"dopamine"' all.jsonl)
isnt "$quoted" 0 "the sample has theories that stand in quotes only"
is "$("$EKBOM" --store s posts --quoted --theory dopamine --format jsonl 2>/dev/null | grep -c .)" "$quoted" \
    "posts --quoted lists those"
is "$("$EKBOM" --store s timeline dopamine --quoted --tier internal --format jsonl 2>/dev/null |
    awk -F'"posts_tagged":' '{ n += $2 } END { print n }')" "$quoted" "and a timeline counts them"
exits 2 "what is quoted has no stance" "$EKBOM" --store s posts --quoted --stance supports
like "$(stderr)" "leave out --quoted or the others" "says so"

# Authors by when they first wrote.
before=$(awk '{ match($0, /"author":"[^"]*"/); a = substr($0, RSTART, RLENGTH)
    match($0, /"time":"[^"]*"/); t = substr($0, RSTART + 8, 4); n[a]++
    if (!(a in first) || t < first[a]) first[a] = t }
    END { for (a in n) if (first[a] < 2009) sum += n[a]; print sum }' all.jsonl)
is "$("$EKBOM" --store s posts --author-first-seen-before 2009 --format jsonl 2>/dev/null | grep -c .)" "$before" \
    "posts of authors who first wrote before 2009"
exits 1 "nobody wrote before the forum began" "$EKBOM" --store s posts --author-first-seen-before 1999
exits 2 "a bad period there" "$EKBOM" --store s posts --author-first-seen-before 2009-13
like "$(stderr)" "--author-first-seen-before: .*2008-Q1" "is answered with good ones"

# The tags of an earlier rule set answer until they are dropped.
digest=$("$EKBOM" --store s timeline bid --format json 2>/dev/null | sed -n 's/.*"ruleset":"\(sha256:[0-9a-f]*\)".*/\1/p')
"$EKBOM" --store s timeline bid --format csv >march 2>/dev/null
cp -r "$ROOT/rules/rls" changed
printf '# changed\n' >>"changed/$(cd changed && echo *.rules | cut -d' ' -f1)"
"$EKBOM" --store s retag --rules changed >/dev/null 2>&1
isnt "$("$EKBOM" --store s timeline bid --format json 2>/dev/null | grep -c "$digest")" 1 "after a retag the new rules answer"
ok "the old ones still do" "$EKBOM" --store s timeline bid --rules-version "$digest" --format csv
stdout >june
ok "as they did" cmp -s march june
short=${digest#sha256:}
ok "by the beginning of the digest" "$EKBOM" --store s posts --rules-version "${short%????????????????????????????????????????????????????}" --limit 1
exits 2 "rules that the store never had" "$EKBOM" --store s posts --rules-version 0123456789abcdef
like "$(stderr)" "no tags under rules 0123456789abcdef.*it has sha256:" "are answered with those that it has"

# Two forums with one post id.
printf '%s\n' '{"id":"5","forum":"https://a.example/","thread_id":"1","text":"a"}' \
    '{"id":"5","forum":"https://b.example/","thread_id":"1","text":"b"}' >two.jsonl
"$EKBOM" --store two import two.jsonl >/dev/null
exits 2 "a post that two forums have" "$EKBOM" --store two show 5
like "$(stderr)" "https://a.example/#5" "is asked back with the names to write"
ok "and found by its full name" "$EKBOM" --store two show "https://b.example/#5"

# Hostile text does not reach a terminal as it is.
printf '%s\n' '{"id":"1","forum":"https://a.example/","thread_id":"1","author":"\u001b]0;x\u0007","thread_title":"\u202eevil","text":"\u001b[31mred iron\u009b"}' >evil.jsonl
"$EKBOM" --store evil import evil.jsonl >/dev/null
"$EKBOM" --store evil show 1 >shown
"$EKBOM" --store evil posts >>shown
"$EKBOM" --store evil threads >>shown
exits 1 "no control character gets through" grep -qP '[\x00-\x08\x0b-\x1f\x7f]|\xc2\x9b|\xe2\x80\xae' shown
done_testing

#!/bin/sh
# --as-stored-on: a question is answered as the store stood on an earlier day.
. "$(dirname "$0")/lib.sh"

seen() { # DAY POST STATE TEXT: what was seen of a post on that day
    printf '{"forum":"https://b.example/","thread_id":"1","id":"%s","author":"a%s","time":"2010-03-0%sT03:14:00Z","text":"%s","state":"%s","first_seen":"%sT23:59:59Z","last_seen":"%sT23:59:59Z"}\n' \
        "$2" "$2" "$2" "$4" "$3" "$1" "$1"
}
ids() { # the posts of a day, newest first, with other options
    day=$1
    shift
    "$EKBOM" --store s posts --as-stored-on "$day" --format csv "$@" 2>.said |
        sed 1d | cut -d, -f2 | tr '\n' ' ' | sed 's/ $//'
}

{
    seen 2015-01-10 1 live "My ferritin was 9 and the legs were bad."
    seen 2016-06-01 2 live "Low ferritin here too."
    seen 2017-01-10 3 live "Nothing to add."
    seen 2018-01-10 1 live "Nothing to say any more." # edited
    seen 2019-01-10 2 hidden "Low ferritin here too." # taken away
    seen 2019-01-10 3 gone "Nothing to add."
} >posts.jsonl
"$EKBOM" --store s import posts.jsonl >/dev/null 2>&1

is "$(ids 2014)" "" "before the first post was seen there is none"
is "$(ids 2015-01-09)" "" "nor on the day before"
is "$(ids 2015-01-10)" "1" "on the day it is there"
is "$(ids 2016-05-31)" "1" "the second is not yet"
is "$(ids 2016-06-01)" "2 1" "and then it is"
is "$(ids 2018-12-31)" "3 2 1" "one that is hidden now was to be read then"
is "$(ids 2019-01-10)" "3 1" "and is hidden since"
is "$(ids 2019-01-10 --state hidden)" "2" "as its state says"
is "$(ids 2019-01-10 --state gone)" "3" "a post that went is gone then,"
is "$(ids 2018-12-31 --state gone)" "" "and not before"
is "$(ids 2017-12-31 --state live)" "3 2 1" "nothing was edited then"
is "$(ids 2018-01-10 --state edited)" "1" "one was, when its new text was seen"
is "$(ids 2017-12-31 --author a1)" "1" "it goes with other options"
is "$("$EKBOM" --store s posts --format csv 2>/dev/null | sed 1d | cut -d, -f2 | tr '\n' ' ')" \
    "3 1 " "without it the store is as it is now"
ids 2017-12-31 >/dev/null
like "$(cat .said)" "as stored on 2017-12-31: posts 3, of them 1 with another text since" \
    "posts with another text since are told"

count() { "$EKBOM" --store s timeline bid --by year --tier internal --format csv "$@" 2>/dev/null |
    sed -n 's/^bid,2010,\([0-9]*\),\([0-9]*\),.*/\1 of \2/p'; }
is "$(count)" "0 of 2" "a timeline counts what is there now"
is "$(count --as-stored-on 2018-12-31)" "1 of 3" "or what was there then"
is "$(count --as-stored-on 2015-12-31)" "0 of 1" "by the tags of the text of today"
is "$("$EKBOM" --store s grep ferritin --as-stored-on 2016-12-31 --count --format csv 2>/dev/null |
    sed 1d | cut -d, -f2)" "1" "grep looks through the posts of then"

exits 2 "no day" "$EKBOM" --store s posts --as-stored-on yesterday
like "$(stderr)" "as-stored-on: 'yesterday' is not a period: write 2008" "is answered with good ones"
exits 2 "a day that is to come" "$EKBOM" --store s posts --as-stored-on 2999-01-01
like "$(stderr)" "has not come yet" "is refused"
exits 2 "a command without a selection" "$EKBOM" --store s threads --as-stored-on 2018

# By a recount: the sample's posts in the order in which somebody saw them.
"$EKBOM" --store r import "$ROOT/sample/sample.warc.gz" >/dev/null 2>&1
"$EKBOM" --store r export --tier internal -o - 2>/dev/null |
    sed 's/"first_seen":"[^"]*","last_seen":"[^"]*"/"first_seen":"SEEN"/' |
    awk '{ day = sprintf("20%02d-0%d-11T00:00:00Z", 10 + NR % 10, 1 + NR % 9)
        gsub(/"SEEN"/, "\"" day "\",\"last_seen\":\"" day "\""); print day > "days"; print }' >all.jsonl
"$EKBOM" --store all import all.jsonl >/dev/null 2>&1
awk 'NR == FNR { day[FNR] = $1; next } day[FNR] < "2014-06-30T00:00:00Z"' days all.jsonl >earlier.jsonl
"$EKBOM" --store earlier import earlier.jsonl >/dev/null 2>&1
wrong=0 # without the last column of a timeline: what the forum has, as it is known today
for asked in "timeline --by quarter" "timeline bid --of any-theory --by year" "cooccur" \
    "switching --by year" "authors --names --limit 100" "first bid --within thread --names --limit 500"; do
    # shellcheck disable=SC2086
    "$EKBOM" --store earlier $asked --format csv 2>/dev/null | cut -d, -f1-15 | sort >expected
    # shellcheck disable=SC2086
    "$EKBOM" --store all $asked --as-stored-on 2014-06-29 --format csv 2>/dev/null | cut -d, -f1-15 | sort >got
    if [ ! -s expected ] || ! cmp -s expected got; then
        wrong=$((wrong + 1))
        diff expected got | head -5 | sed 's/^/# /'
    fi
done
is "$wrong" 0 "every question is answered as by a store that has only the posts of then"
ok "a change is tested as of then" "$EKBOM" --store all shift bid --as-stored-on 2014-06-29
like "$("$EKBOM" --store all log --format jsonl 2>/dev/null)" "as-stored-on 2014-06-29" \
    "and the log keeps the day with what was asked"
done_testing

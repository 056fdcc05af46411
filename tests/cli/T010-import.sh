#!/bin/sh
# import: archives and datasets go in, once.
. "$(dirname "$0")/lib.sh"

posts() { "$EKBOM" --store "$1" export --tier internal -o - posts; }
# An export without what depends on when it was seen.
timeless() { sed -e 's/"first_seen":"[^"]*",//; s/"last_seen":"[^"]*",//'; }

exits 2 "without a store there is nothing to ask" "$EKBOM" --store none timeline bid
like "$(stderr)" "no store at .*none.*import" "and it says how to make one"

ok "the sample archive goes in" "$EKBOM" --store s import "$ROOT/sample/sample.warc.gz" --format json
like "$(stdout)" '"posts":2[0-9]{3},"changed":2[0-9]{3}.*"quarantined":0' "with all its posts"
posts s >first

ok "the same archive again" "$EKBOM" --store s import "$ROOT/sample/sample.warc.gz" --format json
like "$(stdout)" '"pages":0,.*"changed":0' "changes nothing"
posts s >second
ok "as its export shows, to the byte" cmp first second
ok "verify finds nothing" "$EKBOM" --store s verify

ok "what the board shows a visitor is what the store holds" sh -c "
    python3 '$ROOT/tests/board/warc.py' --posts '$ROOT/sample/posts.jsonl' --manner 3.3 \
        -o x.warc.gz --truth truth.jsonl &&
    python3 '$ROOT/tests/board/compare.py' truth.jsonl first"
ok "the same board in the manner of phpBB 3.0" sh -c "
    python3 '$ROOT/tests/board/warc.py' --posts '$ROOT/sample/posts.jsonl' --manner 3.0 \
        -o old.warc.gz --truth old-truth.jsonl &&
    '$EKBOM' --store old import old.warc.gz &&
    '$EKBOM' --store old export --tier internal -o - posts >old-posts &&
    python3 '$ROOT/tests/board/compare.py' old-truth.jsonl old-posts"

ok "an internal export goes into a new store" "$EKBOM" --store copy import first
is "$("$EKBOM" --store copy status --format json | grep -o '"posts":[0-9]*' | head -1)" \
    "$("$EKBOM" --store s status --format json | grep -o '"posts":[0-9]*' | head -1)" \
    "as the same number of posts"
posts copy >third
ok "and as the same posts" cmp first third
ok "once more" "$EKBOM" --store copy import first --format json
like "$(stdout)" '"changed":0' "it changes nothing"

ok "our own archive files can be imported" "$EKBOM" --store again import s/archive/*.warc.gz
posts again | timeless >again-posts
timeless <first >first-timeless
ok "and give the same posts" cmp first-timeless again-posts

# Lines that are not posts are named and left out; the rest goes in.
cat >mixed.jsonl <<'END'
{"id":"1","forum":"https://f.example","thread_id":"9","author":"Ann","time":"2010-03-02T03:14:00Z","text":"My ferritin was 9 and the legs were at their worst."}
{"id":"2","forum":"https://f.example/","thread_id":"9","text":"no time"}
not json
{"id":"3","forum":"https://f.example/","thread_id":"9","text":"bad time","time":"last May"}

{"id":4,"forum":"https://f.example/","thread_id":9,"text":"numbers as ids","time":"1969-07-20"}
END
exits 3 "a dataset with bad lines goes in as far as it can" "$EKBOM" --store m import mixed.jsonl
like "$(stderr)" "mixed.jsonl:3: column" "the line that is not JSON is named"
like "$(stderr)" "mixed.jsonl:4: field 'time' is not a UTC time: write 2010" "and the field, with what to write"
is "$(posts m | grep -c .)" 3 "three posts are there"
like "$("$EKBOM" --store m timeline bid --by year --format csv)" "^bid,1969,0,1," \
    "one of them from before 1970"
like "$("$EKBOM" --store m timeline bid --format json)" '"undated":1' "and one undated, beside the rows"

exits 2 "a file that is neither" "$EKBOM" --store m import "$ROOT/LICENSE"
like "$(stderr)" "neither a WARC file nor posts as JSONL" "is refused with what to give instead"
exits 2 "a missing file" "$EKBOM" --store m import nowhere.warc
like "$(stderr)" "nowhere.warc: No such file" "is named"
: >empty
exits 2 "an empty file" "$EKBOM" --store m import empty
exits 2 "a folder" "$EKBOM" --store m import .

head -c 300000 "$ROOT/sample/sample.warc.gz" >cut.warc.gz
exits 3 "an archive that is cut short" "$EKBOM" --store cut import cut.warc.gz
like "$(stderr)" "cut.warc.gz: .*byte" "is read up to the cut, whose place is named"
ok "the whole one afterwards" "$EKBOM" --store cut import "$ROOT/sample/sample.warc.gz"
posts cut >fifth
ok "makes up for it" cmp first fifth
done_testing

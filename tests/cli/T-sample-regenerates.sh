#!/bin/sh
# The sample is made, not edited: its makers write the very files that are shipped.
. "$(dirname "$0")/lib.sh"

make_archive() {
    python3 "$ROOT/tests/board/warc.py" --posts "$ROOT/sample/posts.jsonl" --sample-data \
        --manner 3.3 "$@"
}

mkdir made
ok "the discussion is composed" python3 "$ROOT/sample/make_posts.py" -o made
ok "posts.jsonl comes out byte for byte" cmp "$ROOT/sample/posts.jsonl" made/posts.jsonl
ok "board.json comes out byte for byte" cmp "$ROOT/sample/board.json" made/board.json

ok "the archive is written" make_archive -o made/sample.warc.gz --truth made/truth.jsonl
ok "sample.warc.gz comes out byte for byte" cmp "$ROOT/sample/sample.warc.gz" made/sample.warc.gz
ok "it calls itself sample data" sh -c \
    'gzip -dc made/sample.warc.gz | head -c 600 | grep -a "^sample-data: yes"'

ok "every hand-coded post stands in it once" python3 - <<EOF
import collections, json
gold = [json.loads(line) for line in open("$ROOT/sample/hand-coded.jsonl", encoding="utf-8")]
here = collections.Counter(json.loads(line).get("gold")
                           for line in open("$ROOT/sample/posts.jsonl", encoding="utf-8"))
del here[None]
assert here == collections.Counter(post["id"] for post in gold), "hand-coded posts differ"
EOF
ok "the words of the hand-coded posts are their own words on the board" python3 - <<EOF
import json
gold = {p["id"]: p for p in map(json.loads, open("$ROOT/sample/hand-coded.jsonl", encoding="utf-8"))}
truth = {p["id"]: p for p in map(json.loads, open("made/truth.jsonl", encoding="utf-8"))}
for post in map(json.loads, open("$ROOT/sample/posts.jsonl", encoding="utf-8")):
    if "gold" in post:
        shown = " ".join(truth[str(post["id"])]["text"].split())
        coded = " ".join(gold[post["gold"]]["text_own"].split())
        assert shown == coded, "%s: %r, coded %r" % (post["gold"], shown, coded)
EOF
ok "no two posts are equal" python3 - <<EOF
import json
bodies = [json.loads(line)["body"] for line in open("$ROOT/sample/posts.jsonl", encoding="utf-8")]
assert len(set(bodies)) == len(bodies) >= 2400, "%d of %d" % (len(set(bodies)), len(bodies))
EOF
done_testing

#!/bin/sh
# forget: a person's words leave the store, its archive and its later copies, and stay away.
. "$(dirname "$0")/lib.sh"

rounds=4
case $EKBOM_BUILD in *asan*) rounds=2 ;; esac
who=pumphouse # 31 posts, seven threads begun, quoted nine times
words="Other people inherit a cottage" # began one of the threads

# Does anything below a folder hold these words, in files as they are or unpacked?
holds() {
    grep -r -a -q -F -e "$1" "$2" ||
        find "$2" -name '*.warc.gz' -exec gzip -dcq {} + | grep -a -q -F -e "$1"
}
# What a store answers of everybody else, but for when it was seen.
others() {
    "$EKBOM" --store "$1" export --tier internal -o - 2>/dev/null |
        sed -e 's/"first_seen":"[^"]*",//; s/"last_seen":"[^"]*",//'
}

"$EKBOM" --store s import "$ROOT/sample/sample.warc.gz" >/dev/null 2>&1
"$EKBOM" --store s backup old 2>/dev/null
others s >before
"$EKBOM" --store s dump -o before.dump 2>/dev/null
ok "the words are there to begin with" grep -q "$words" before
ok "and in the archive" holds "$words" s/archive

exits 2 "nobody named" "$EKBOM" --store s forget
like "$(stderr)" "forget whom or what\?" "is asked who"
exits 2 "no store" "$EKBOM" --store none forget "$who"
ok "is not made" test ! -e none
exits 2 "somebody who never wrote" "$EKBOM" --store s forget pumphuose
like "$(stderr)" "no post pumphuose, and no author \"pumphuose\".*did you mean \"pumphouse\"" \
    "is answered with the nearest name"

ok "what would go" "$EKBOM" --store s forget "$who" --dry-run
like "$(stderr)" "would be forgotten: 31 posts with 31 texts, 1 author, 7 titles" "is told"
like "$(stderr)" "9 quotes" "with what others quote"
like "$(stderr)" "archive: [0-9]+ of 667 pages show it and would be blanked" "and where it is archived"
blanked=$(stderr | sed -n 's/.*archive: \([0-9]*\) of .*/\1/p')
others s >still
ok "and stays" cmp before still
ok "to the byte" sh -c "'$EKBOM' --store s dump -o still.dump 2>/dev/null && cmp before.dump still.dump"

# One writer.
hold_store s
exits 2 "beside a writer" "$EKBOM" --store s forget "$who"
like "$(stderr)" "ekbom import.*$holder" "it is told who holds the store"
let_go

ok "forget" "$EKBOM" --store s forget "$who"
like "$(stderr)" "forgotten: 31 posts" "says what went"
like "$(stderr)" "archive: $blanked of 667 pages show it and were blanked" "as it was foretold"
like "$(stderr)" "backups, dumps and datasets made before still hold it" "and what it cannot reach"
isnt "$(holds "$who" s && echo held)" held "no file of the store holds the name"
isnt "$(holds "$words" s && echo held)" held "or the words"
ok "nothing is wrong with the store" "$EKBOM" --store s verify
exits 2 "no question finds the author" "$EKBOM" --store s posts --author "$who"
exits 1 "grep finds none of the words" "$EKBOM" --store s grep "$words"
others s >after
is "$(grep -c . after)" "$(($(grep -c . before) - 31))" "every other post is there"
is "$(grep -c "\"author\":\"$who\"" after)" 0 "and quotes nothing of it"
ok "the index counts as one made anew" sh -c "
    '$EKBOM' --store s timeline --by month --tier internal --format jsonl >counts 2>/dev/null &&
    '$EKBOM' --store s compact --rebuild 2>/dev/null &&
    '$EKBOM' --store s timeline --by month --tier internal --format jsonl 2>/dev/null | cmp - counts"
ok "an empty post is left where it was" sh -c \
    "'$EKBOM' --store s posts --state hidden --format jsonl --limit 100 | grep -c forgotten- | grep -qx 31"

# Copies made from now on.
"$EKBOM" --store s backup new 2>/dev/null
isnt "$(holds "$words" new && echo held)" held "a new backup does not hold it"
ok "an earlier backup is brought up to date" "$EKBOM" --store s backup old
isnt "$(holds "$words" old && echo held)" held "and does not hold it either"
ok "and is sound" "$EKBOM" --store old verify
"$EKBOM" --store s dump -o after.dump 2>/dev/null
is "$(grep -c -F -e "$who" -e "$words" after.dump)" 0 "a dump has none of it"
ok "its archive is read to the end by others" python3 - s/archive/*.warc.gz <<'END'
import gzip, sys
for name in sys.argv[1:]:
    data = gzip.open(name).read()
    assert data.count(b"WARC/1.1\r\n") > 1000 and data.count(b"HTTP/1.1 410 Gone") > 30
END

# It stays away: from the same archive, from another of the same board, from a dataset, from a dump.
ok "the same archive again" "$EKBOM" --store s import "$ROOT/sample/sample.warc.gz"
python3 "$ROOT/tests/board/warc.py" --posts "$ROOT/sample/posts.jsonl" --manner 3.0 -o other.warc.gz
ok "the board as another program shows it" "$EKBOM" --store s import other.warc.gz
grep "\"author\":\"$who\"" before >own.jsonl
ok "a dataset of it" "$EKBOM" --store s import own.jsonl
isnt "$(holds "$who" s/archive && echo held)" held "new pages in the archive do not hold the name"
others s >again
is "$(grep -c "$who" again)" 0 "none of it is back"
is "$(grep -c . again)" "$(grep -c . after)" "all others are there"
ok "verify finds nothing" "$EKBOM" --store s verify
ok "a store of the dump" "$EKBOM" --store l load after.dump --archive s/archive
"$EKBOM" --store l import own.jsonl >/dev/null 2>&1
isnt "$(holds "$words" l && echo held)" held "remembers too"
ok "once more" "$EKBOM" --store s forget "$who"
like "$(stderr)" "was forgotten before" "there is nothing left to do"

# One post of somebody who stays.
post=$(grep -v "\"$who\"" before | grep -o '"id":"[0-9]*"' | sed -n '100{s/[^0-9]//g;p}')
ok "one post" "$EKBOM" --store s forget "$post"
like "$(stderr)" "forgotten: 1 post with 1 text, 0 authors" "goes alone"
exits 1 "it cannot be shown" "$EKBOM" --store s show "$post"
ok "and all is sound" "$EKBOM" --store s verify

# By a pseudonym.
pseudonym=$("$EKBOM" --store s authors --limit 1 --format csv 2>/dev/null | sed 1d | cut -d, -f2)
ok "an author who is known by a pseudonym only" "$EKBOM" --store s forget "$pseudonym"
like "$(stderr)" "forgotten: [0-9]+ posts .*, 1 author" "is forgotten"
ok "the same again" "$EKBOM" --store s forget "$pseudonym"
like "$(stderr)" "was forgotten before" "is known"
ok "and all is sound" "$EKBOM" --store s verify

# Somebody who is called as the forum's own words are.
echo '{"forum":"https://board.example/","thread_id":"48","id":"9999","author":"Board index","text":"hello"}' >odd.jsonl
"$EKBOM" --store s import odd.jsonl >/dev/null 2>&1
pages() { gzip -dcq s/archive/*.warc.gz | grep -a -c "^HTTP/1.1 200 OK"; }
there=$(pages)
exits 3 "a name that stands on every page" "$EKBOM" --store s forget "Board index"
like "$(stderr)" "forgotten: 1 post" "is forgotten"
like "$(stderr)" "[0-9]+ other archived pages show the name alone.*word of the forum's own, and they are left" \
    "but the archive is not emptied"
ok "the pages with posts are there" test "$(pages)" -gt $((there / 2))

# The same name in two forums.
for forum in a b; do
    echo "{\"forum\":\"https://$forum.example/\",\"thread_id\":\"1\",\"id\":\"77\",\"author\":\"Twin\",\"text\":\"of $forum\"}"
done >twins.jsonl
"$EKBOM" --store t import twins.jsonl >/dev/null 2>&1
exits 2 "a name in two forums" "$EKBOM" --store t forget Twin
like "$(stderr)" "several forums: write FORUM#Twin, with one of .*a.example" "has to be told apart"
exits 2 "so has a post" "$EKBOM" --store t forget 77
like "$(stderr)" "77 is a post in several forums: write FORUM#77" "is told how"
ok "with the forum" "$EKBOM" --store t forget "https://a.example/#Twin"
is "$("$EKBOM" --store t export --tier internal -o - 2>/dev/null | grep -o '"text":"[^"]*"')" \
    '"text":"of b"' "the other one stays"
exits 2 "without the forum" "$EKBOM" --store t forget Twin
like "$(stderr)" "forgotten before, and something else: write FORUM#Twin" "the other one is not meant"
ok "the same again" "$EKBOM" --store t forget "https://a.example/#Twin"
like "$(stderr)" "was forgotten before" "is known"
echo '{"forum":"https://c.example/","thread_id":"1","id":"88","author":"88","text":"of c"}' >number.jsonl
"$EKBOM" --store t import number.jsonl >/dev/null 2>&1
exits 2 "a number that is a post and an author" "$EKBOM" --store t forget 88
like "$(stderr)" "a post and an author: write FORUM#ID for the post" "has to be told apart"
ok "the post" "$EKBOM" --store t forget "https://c.example/#88"
like "$(stderr)" "forgotten: 1 post with 1 text, 0 authors" "is the post"
echo '{"forum":"https://c.example/","thread_id":"1","id":"89","author":"88","text":"of c too"}' >number.jsonl
"$EKBOM" --store t import number.jsonl >/dev/null 2>&1
exits 2 "the same again, where an author is called so" "$EKBOM" --store t forget "https://c.example/#88"
like "$(stderr)" "was forgotten before, and is an author as well" "is not meant for the author"
like "$("$EKBOM" --store t export --tier internal -o - 2>/dev/null)" "of c too" "who stays"
for forum in a b; do
    echo "{\"forum\":\"https://$forum.example/\",\"thread_id\":\"1\",\"id\":\"90\",\"author\":\"no#1\",\"text\":\"numbered $forum\"}"
done >hash.jsonl
"$EKBOM" --store t import hash.jsonl >/dev/null 2>&1
ok "a name with a # in one of the forums" "$EKBOM" --store t forget "https://a.example/#no#1"
like "$("$EKBOM" --store t export --tier internal -o - 2>/dev/null)" "numbered b" "the other one stays"

# A subject that answers repeat is not theirs.
cat >subjects.jsonl <<'END'
{"forum":"https://d.example/","thread_id":"1","thread_title":"[solved] Night legs","id":"1","author":"ann","subject":"Night legs","time":"2020-01-01T10:00:00Z","text":"a"}
{"forum":"https://d.example/","thread_id":"1","thread_title":"[solved] Night legs","id":"2","author":"bob","subject":"Re: Night legs","time":"2020-01-02T10:00:00Z","text":"b"}
END
"$EKBOM" --store t import subjects.jsonl >/dev/null 2>&1
ok "who only answered" "$EKBOM" --store t forget "https://d.example/#bob"
like "$("$EKBOM" --store t export --tier internal -o - 2>/dev/null | grep '"ann"')" '"subject":"Night legs"' \
    "takes no subject along"

# Killed at any moment: done or not begun, and the same command goes on with it.
bad=0 round=0
"$EKBOM" --store k import "$ROOT/sample/sample.warc.gz" >/dev/null 2>&1
cp -r k kept
while [ "$round" -lt "$rounds" ]; do
    round=$((round + 1))
    rm -rf k && cp -r kept k
    "$EKBOM" --store k forget "$who" 2>/dev/null &
    victim=$!
    sleep "0.$((round * 11 % 90 + 5))"
    kill -9 "$victim" 2>/dev/null || true
    wait "$victim" 2>/dev/null || true
    tries=0 # its readers hold the lock until they see that it is gone
    until "$EKBOM" --store k forget "$who" >/dev/null 2>said || [ "$tries" -ge 20 ]; do
        tries=$((tries + 1))
        sleep 0.2
    done
    [ "$tries" -lt 20 ] || bad=$((bad + 1))
    "$EKBOM" --store k verify >/dev/null 2>&1 || bad=$((bad + 1))
    if holds "$who" k; then bad=$((bad + 1)); fi
    others k | cmp -s - after || bad=$((bad + 1))
done
is "$bad" 0 "a forgetting that was killed is finished by the next, $rounds times"
done_testing

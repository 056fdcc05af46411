#!/bin/sh
# dump: everything that is true, as text; load: the same store of it, or none.
. "$(dirname "$0")/lib.sh"

rounds=${EKBOM_TEST_KILLS:-6}
case $EKBOM_BUILD in *asan*) rounds=${EKBOM_TEST_KILLS:-2} ;; esac

# answers STORE FILE
answers() {
    {
        "$EKBOM" --store "$1" export --tier internal -o - &&
            "$EKBOM" --store "$1" timeline bid ppi dopamine --by month --tier internal --format jsonl &&
            "$EKBOM" --store "$1" export -o - # with pseudonyms
    } >"$2" 2>answers.said || {
        cat answers.said >&2
        return 1
    }
}

"$EKBOM" --store s import "$ROOT/sample/sample.warc.gz" >/dev/null 2>&1
"$EKBOM" --store s export --tier internal -o old.jsonl 2>/dev/null
# Earlier words of some posts, which a dump keeps as well.
sed -e 's/"text":"/"text":"(edited) /' -e 's/"\(first\|last\)_seen":"[^"]*",//g' old.jsonl |
    head -50 >edited.jsonl
"$EKBOM" --store s import edited.jsonl >/dev/null 2>&1
answers s expected

ok "a dump" "$EKBOM" --store s dump -o d
like "$(stderr)" "2825 posts with 2875 revisions, [0-9]+ lines in d; it holds names, words and the key" \
    "says what it holds"
is "$(stat -c %a d)" 600 "and is as closed as the key"
like "$(head -1 d)" '^{"record":"ekbom-dump","version":1,"store_format":[0-9]+,"program":"ekbom ' \
    "its first line says what it is"
is "$(tail -1 d | sed 's/.*"sha256":"\([0-9a-f]*\)"}$/\1/')" \
    "$(head -n -1 d | sha256sum | cut -d ' ' -f 1)" "its last line has the digest of the rest"
"$EKBOM" --store s dump >out 2>/dev/null
ok "to standard output it is the same" cmp out d
"$EKBOM" --store s dump 2>said | head -c 1000 >/dev/null
is "$(cat said)" "" "a reader who has enough is no error"

ok "a load" "$EKBOM" --store t load --archive s/archive d
like "$(stderr)" "2825 posts with 2875 revisions in t" "says what came"
ok "makes a store in which nothing is wrong" "$EKBOM" --store t verify
answers t got
ok "and which answers the same, pseudonyms included" cmp expected got
is "$("$EKBOM" --store t status | tail -1)" "all well" "all is well"
"$EKBOM" --store t dump >again 2>/dev/null
ok "its own dump is the same, byte for byte" cmp d again
ok "it goes on like the other" "$EKBOM" --store t import "$ROOT/sample/sample.warc.gz"
"$EKBOM" --store t dump 2>/dev/null >again
ok "where the same archive is no news" cmp d again

exits 3 "without the archive" "$EKBOM" --store u load d
like "$(stderr)" "1 of 1 archive files are not here, board.example-2025-01.warc.gz first" \
    "a load says what is missing"
ok "which can be copied later" cp s/archive/board.example-2025-01.warc.gz u/archive/
ok "and then nothing is wrong" "$EKBOM" --store u verify
if command -v zstd >/dev/null; then
    zstd -q d -o d.zst
    zstd -dc d.zst | "$EKBOM" --store z load - >/dev/null 2>&1 || true
else
    gzip -c d | gzip -dc | "$EKBOM" --store z load - >/dev/null 2>&1 || true
fi
"$EKBOM" --store z status --format json >status 2>/dev/null
like "$(cat status)" '"posts":2825,' "a dump comes through a pipe, packed"

# What is wrong is named, and no store is made of it.
refused() { # DESCRIPTION PATTERN: the dump in `bad`
    exits 2 "$1" "$EKBOM" --store v load bad
    like "$(stderr)" "$2" "says: $2"
    exits 2 "and makes no store" "$EKBOM" --store v status
}
head -n 1000 d >bad
refused "a dump that was cut short" "^ekbom: bad ends after line 1000, without"
head -c 100000 d >bad
refused "in the middle of a line" "^ekbom: bad:[0-9]+: column [0-9]+"
sed '500s/"number":/"numbre":/' d >bad
refused "a field that is missing" "^ekbom: bad:500: 'number' is missing"
sed '$d' d >bad
refused "a last line that is missing" "without the line that ends a dump"
sed '700,$s/nexium/nixeum/' d >bad
refused "changed words" "^ekbom: bad:[0-9]+: .* the digest"
echo hello >bad
refused "something else" "^ekbom: bad:1: column 5"
: >bad
refused "nothing" "^ekbom: bad ends after line 0"
exits 2 "a store that is there" "$EKBOM" --store s load d
like "$(stderr)" "s is not empty" "is not loaded into"
exits 2 "a file that is not there" "$EKBOM" --store v load nowhere
like "$(stderr)" "nowhere: No such file" "is named"
exits 2 "load wants one dump" "$EKBOM" --store v load
exits 2 "dump wants none" "$EKBOM" --store s dump d

# What a load leaves that ends while it puts its parts in place: the next one begins anew.
placed() { # DESCRIPTION PART...: these are in place
    rm -rf v
    cp -r t v
    mkdir v/load.unfinished
    mv v/records v/index v/load.unfinished/
    for part in archive key; do
        case " $* " in *" $part "*) ;; *) mv "v/$part" v/load.unfinished/ ;; esac
    done
    exits 0 "$1" "$EKBOM" --store v load --archive s/archive d
    answers v got
    ok "and the store is whole" cmp expected got
}
placed "a load that ended with nothing in place, again"
placed "one that ended with its archive in place" archive
placed "one that ended before its records were" archive key
rm -rf v
mkdir -p v/load.unfinished/archive v/load.unfinished/records
cp t/key v/key
cp t/records/data.mdb v/load.unfinished/records
exits 2 "a key that no load put there" "$EKBOM" --store v load --archive s/archive d
like "$(stderr)" "v is not empty \(key\)" "stays"

# Killed at any moment there is no store, or a whole one.
begun=$(date +%s%N)
rm -rf v
"$EKBOM" --store v load --archive s/archive d 2>/dev/null
took=$((($(date +%s%N) - begun) / 1000000))
round=0 killed=0 wrong=0 whole=0
seed=$(date +%N | sed 's/^0*//')
# goes COMMAND...: whatever fails is shown, and counted.
goes() {
    "$@" >out 2>said && return 0
    printf '# round %d, killed after %d of %d ms: exit status %d of: %s\n' "$round" "$wait_ms" "$took" $? "$*"
    head -n 3 said | sed 's/^/#   /'
    find v | sort | sed 's/^/#   /'
    wrong=$((wrong + 1))
}
while [ "$round" -lt "$rounds" ]; do
    round=$((round + 1))
    rm -rf v
    seed=$(((seed * 1103515245 + 12345) % 2147483648))
    wait_ms=$((seed / 65536 * took / 32768))
    "$EKBOM" --store v load --archive s/archive d 2>/dev/null &
    pid=$!
    sleep "$(printf '%d.%03d' $((wait_ms / 1000)) $((wait_ms % 1000)))"
    kill -9 "$pid" 2>/dev/null && killed=$((killed + 1))
    wait "$pid" 2>/dev/null || true
    if [ -e v/records/data.mdb ]; then
        whole=$((whole + 1))
        goes "$EKBOM" --store v import edited.jsonl
    else
        goes "$EKBOM" --store v load --archive s/archive d
    fi
    goes "$EKBOM" --store v verify
    goes answers v got
    goes cmp expected got
done
is "$wrong" 0 "$killed of $rounds loads killed ($whole when the records were whole): the next one goes on"
done_testing

#!/bin/sh
# A store that cannot lock, may not be written, is cut short or changed: clear words, no wrong answer,
# and what can be read still is.
. "$(dirname "$0")/lib.sh"

"$EKBOM" --store s import "$ROOT/sample/sample.warc.gz" >/dev/null
"$EKBOM" --store s timeline bid --tier internal --format jsonl >expected 2>/dev/null

# answers DESCRIPTION: the timeline is the one of the sound store.
answers() {
    if "$EKBOM" --store "$1" timeline bid --tier internal --format jsonl >got 2>got.said; then
        ok "$2" cmp got expected
    else
        tap_fail "$2"
        tap_show "standard error" "$(cat got.said)"
    fi
}

# A file system without locks.
no_locks() {
    LD_PRELOAD=$EKBOM_BUILD/campaign/no_locks.so \
        ASAN_OPTIONS="${ASAN_OPTIONS:+$ASAN_OPTIONS:}verify_asan_link_order=0" "$@"
}
exits 2 "where nothing can be locked no store is made" no_locks "$EKBOM" --store unlocked import "$ROOT/sample/sample.warc.gz"
like "$(stderr)" "unlocked/writer: this file system cannot lock: keep the store on a local disk" "and the reason is given"
exits 2 "nor written" no_locks "$EKBOM" --store s import "$ROOT/sample/sample.warc.gz"
like "$(stderr)" "s/writer: this file system cannot lock" "for that reason"
exits 2 "nor read" no_locks "$EKBOM" --store s timeline bid
like "$(stderr)" "s/records: this file system cannot lock" "for the same"
answers s "with locks all is as before"

# The key of the pseudonyms.
"$EKBOM" --store s export -o - >open.csv --format csv 2>/dev/null
cp -r s changed
printf 'A' | dd of=changed/key bs=1 seek=7 conv=notrunc 2>/dev/null
exits 2 "with a changed key nothing is exported under pseudonyms" "$EKBOM" --store changed export -o - --format csv
like "$(stderr)" "changed/key is damaged, or of another store" "in so many words"
exits 1 "verify finds it" "$EKBOM" --store changed verify
like "$(stdout)" "changed/key is damaged" "and names it"
ok "what needs no key is exported" "$EKBOM" --store changed export --tier internal -o -
rm changed/key
ok "without a key the next writing command makes one" "$EKBOM" --store changed import "$ROOT/sample/sample.warc.gz"
ok "and nothing is wrong" "$EKBOM" --store changed verify
"$EKBOM" --store changed export -o - >other.csv --format csv 2>/dev/null
exits 1 "other pseudonyms than before are given then" cmp -s open.csv other.csv
printf 'short' >changed/key
exits 2 "a key that is cut short" "$EKBOM" --store changed export -o - --format csv
like "$(stderr)" "changed/key: 32 bytes expected" "is no key"

# The note of the archive's lengths: a smaller number would have good records cut off.
cp -r s noted
archived=$(cat noted/archive/*.warc.gz | wc -c)
sed -i '1s/ \(.\)/ 0/' noted/archive/lengths
exits 1 "a changed length" "$EKBOM" --store noted verify
like "$(stdout)" "noted/archive/lengths is damaged" "is found"
"$EKBOM" --store noted export --tier internal -o - 2>/dev/null | sed '1q' >line
sed 's/^/ /' "$ROOT/tests/pages/phpbb-3.3-thread.html" >page.html
{
    printf 'WARC/1.1\r\nWARC-Type: resource\r\nWARC-Date: 2025-02-01T00:00:00Z\r\n'
    printf 'WARC-Target-URI: https://board.example/viewtopic.php?t=99\r\nWARC-Record-ID: <urn:uuid:1>\r\n'
    printf 'Content-Type: text/html\r\nContent-Length: %d\r\n\r\n' "$(wc -c <page.html)"
    cat page.html
    printf '\r\n\r\n'
} >one.warc
ok "the next import" "$EKBOM" --store noted import one.warc
ok "reads the archive through and cuts nothing" test "$(cat noted/archive/*.warc.gz | wc -c)" -gt "$archived"
ok "and notes it anew" "$EKBOM" --store noted verify
cp -r s short
truncate -s -1000 "$(ls short/archive/*.warc.gz)"
exits 1 "an archive that is cut short" "$EKBOM" --store short verify
like "$(stdout)" "warc.gz: [0-9]+ bytes were on the disk, and [0-9]+ are: restore that file" "is found by its length"
answers short "and answered from all the same"

# A damaged index does not keep verify from the records, nor the records from the index.
cp -r s half
printf 'XXXX' | dd of=half/index/data.mdb bs=1 seek=16 conv=notrunc 2>/dev/null
exits 2 "with a damaged index nothing is counted" "$EKBOM" --store half timeline bid
like "$(stderr)" "half/index is damaged.*remove half/index, and the next writing command makes it anew" "which is said, and what to do"
exits 3 "status says as much" "$EKBOM" --store half status
ok "the records are dumped" "$EKBOM" --store half dump -o dumped
"$EKBOM" --store s dump -o sound 2>/dev/null
ok "whole" cmp sound dumped
ok "and backed up" "$EKBOM" --store half backup rescued
like "$(stderr)" "it has no index, since that of the store cannot be read" "without the index"
exits 1 "verify goes on to the records" "$EKBOM" --store half verify
is "$(stdout | grep -c .)" 1 "with which nothing is wrong"
like "$(stdout)" "half/index is damaged.*remove half/index, and the next writing command makes it anew" "and says what to do"
rm -r half/index
ok "which is done" "$EKBOM" --store half import "$ROOT/sample/sample.warc.gz"
answers half "and all is well"

# Records that are gone are not begun anew beside the index.
cp -r s gone
rm gone/records/data.mdb
exits 2 "an import beside records that are gone" "$EKBOM" --store gone import "$ROOT/sample/sample.warc.gz"
like "$(stderr)" "gone/records/data.mdb is missing, and gone/index/data.mdb is there: restore the records" "says so"
ok "and leaves the index" cmp s/index/data.mdb gone/index/data.mdb
mkfifo gone/records/data.mdb
exits 2 "a pipe in their place" timeout 20 "$EKBOM" --store gone status
like "$(stderr)" "gone/records is damaged: data.mdb is no plain file: restore the records from a backup" "is not waited for"

# A crash is called damage where it is in a file of the store, and nowhere else.
cp -r s crashed
mkfifo words posts
"$EKBOM" --store crashed export --tier internal -o - >words 2>said &
exec 3<words
head -c 5 <&3 >/dev/null
while ! grep -q sample said; do sleep 0.05; done
truncate -s 0 crashed/records/data.mdb
cat <&3 >/dev/null
status=0
wait $! || status=$?
exec 3<&-
is "$status" 2 "records that are cut short while they are read"
like "$(cat said)" "failed in its own pages: it is damaged.*restore STORE/records" "are called damaged"
"$EKBOM" --store s import posts >/dev/null 2>said &
exec 3>posts
while [ ! -s s/writer ]; do sleep 0.05; done
kill -SEGV $!
status=0
wait $! || status=$?
exec 3>&-
isnt "$status" 2 "another crash is a crash"
unlike "$(cat said)" "damaged" "and no damage"

# A damaged author: posts of theirs are refused, and the next file is read.
cp -r s author
for at in $(grep -abo tonic_n_toast author/records/data.mdb | cut -d: -f1); do
    printf 'X' | dd of=author/records/data.mdb bs=1 seek="$at" conv=notrunc 2>/dev/null
done
printf '{"forum":"https://board.example/","thread_id":"1","id":"9000%d","author":"tonic_n_toast","text":"iron"}\n' 1 2 3 >three.jsonl
exits 2 "posts of a damaged author" "$EKBOM" --store author import three.jsonl "$ROOT/sample/sample.warc.gz"
like "$(stderr)" "author/records is damaged: table" "are refused"
unlike "$(stderr)" "failed in its own pages" "in good order"
like "$(stdout)" "669 +0 +667 " "and the next file is read"

if [ "$(id -u)" -eq 0 ]; then
    mkdir readonly
    if mount --bind s readonly 2>/dev/null && mount -o remount,bind,ro readonly 2>/dev/null; then
        answers readonly "a store on a read-only disk is read"
        ok "and verified" "$EKBOM" --store readonly verify
        exits 2 "and not written" "$EKBOM" --store readonly import "$ROOT/sample/sample.warc.gz"
        like "$(stderr)" "readonly.*: Read-only file system" "since it cannot be"
        umount readonly
    else
        umount readonly 2>/dev/null || true
        skip "nothing can be mounted here"
    fi
    chmod -R a+rX "$WORK" && chmod a+w s/records/lock.mdb s/index/lock.mdb
    if su -s /bin/sh nobody -c "test -x '$EKBOM' && test -r s/index/data.mdb" 2>/dev/null; then
        su -s /bin/sh nobody -c "'$EKBOM' --store s timeline bid --tier internal --format jsonl" >got 2>/dev/null
        ok "who may only read, reads" cmp got expected
        rm s/index/lock.mdb
        exits 2 "but not without lock.mdb" su -s /bin/sh nobody -c "'$EKBOM' --store s timeline bid"
        like "$(stderr)" "s/index/lock.mdb is missing, and a reader may not make it" "which is said"
        exits 2 "and writes nothing" su -s /bin/sh nobody -c "'$EKBOM' --store s import '$ROOT/sample/sample.warc.gz'"
        like "$(stderr)" "[Pp]ermission denied" "for want of permission"
    else
        skip "the program cannot be run by nobody here"
    fi
fi
done_testing

#!/bin/sh
# status, verify, retag, and a store in trouble.
. "$(dirname "$0")/lib.sh"

"$EKBOM" --store s import "$ROOT/sample/sample.warc.gz" >/dev/null

ok "status" "$EKBOM" --store s status
is "$(stdout | tail -1)" "all well" "ends with all well"
like "$(stdout)" "^https://board.example/" "and names the forum"
ok "status as JSON" "$EKBOM" --store s status --format json
like "$(stdout)" '"advice":null' "says the same"
ok "verify" "$EKBOM" --store s verify

# Another rule set: the words of one theory only.
mkdir rules
cat >rules/mine.rules <<'END'
theory socks "Socks"
  about  Socks cause it.
  match  sock~
  test
    yes  It is the socks.
    no   It is the shoes.
END
ok "the store is tagged anew" "$EKBOM" --store s retag --rules rules
ok "and answers under the new rules" "$EKBOM" --store s timeline socks --format jsonl
exits 2 "no longer under the old" "$EKBOM" --store s timeline bid
ok "verify agrees" "$EKBOM" --store s verify
ok "and back" "$EKBOM" --store s retag
ok "the old theories are there again" "$EKBOM" --store s timeline bid --format jsonl

# The index is derived.
"$EKBOM" --store s timeline bid --tier internal --format jsonl >before 2>/dev/null
rm -r s/index
ok "without its index a store catches up with the next import" \
    "$EKBOM" --store s import "$ROOT/sample/sample.warc.gz"
"$EKBOM" --store s timeline bid --tier internal --format jsonl >after 2>/dev/null
ok "and counts as before" cmp before after
ok "verify agrees again" "$EKBOM" --store s verify

# Damage is found, and named.
cp -r s broken
printf 'XXXXXXXX' | dd of="$(ls broken/archive/*.warc.gz)" bs=1 seek=200000 conv=notrunc 2>/dev/null
exits 1 "a damaged archive" "$EKBOM" --store broken verify
like "$(stdout)" "warc.gz" "is found and named"
cp -r s broken2
printf 'XXXXXXXXXXXXXXXX' | dd of=broken2/records/data.mdb bs=1 seek=16 conv=notrunc 2>/dev/null
exits 2 "records that are no LMDB any more" "$EKBOM" --store broken2 status
like "$(stderr)" "records" "are named"

# One writer.
hold_store s
exits 2 "a second writer" "$EKBOM" --store s import "$ROOT/sample/sample.warc.gz"
like "$(stderr)" "ekbom import.*$holder" "is told who holds the store"
ok "a reader is not" "$EKBOM" --store s status
let_go

if [ "$(id -u)" -eq 0 ]; then
    chmod -R a+rX "$WORK" && chmod 700 s/records s/key
    if su -s /bin/sh nobody -c "test -x '$EKBOM' && test -r s/index/data.mdb" 2>/dev/null; then
        exits 2 "a store that may not be read" su -s /bin/sh nobody -c "'$EKBOM' --store '$WORK/s' show 101"
        like "$(stderr)" "[Pp]ermission" "is said to be so"
    else
        skip "the program cannot be run by nobody here"
    fi
    mkdir small
    if mount -t tmpfs -o size=4m tmpfs small 2>/dev/null; then
        exits 2 "a full disk" "$EKBOM" --store small/s import "$ROOT/sample/sample.warc.gz"
        like "$(stderr)" "[Nn]o space|full" "is called full"
        mount -o remount,size=64m small
        ok "after room is made the import goes on" "$EKBOM" --store small/s import "$ROOT/sample/sample.warc.gz"
        ok "and nothing is wrong" "$EKBOM" --store small/s verify
        "$EKBOM" --store small/s export --tier internal -o - >small-posts 2>/dev/null
        "$EKBOM" --store s export --tier internal -o - >all-posts 2>/dev/null
        ok "nor missing" cmp small-posts all-posts
        umount small
    else
        skip "no tmpfs can be mounted here"
    fi
fi
done_testing

#!/bin/sh
# backup: the store copied beside its writer; compact: space given back; both survive a kill.
. "$(dirname "$0")/lib.sh"

rounds=8
posts=6000
case $EKBOM_BUILD in *asan*) rounds=3 posts=3000 ;; esac

# What a store answers, but for when things were seen.
answers() {
    "$EKBOM" --store "$1" export --tier internal -o - 2>/dev/null
    "$EKBOM" --store "$1" timeline bid ppi dopamine --by month --tier internal --format jsonl \
        2>/dev/null
}
milliseconds() { echo "$(($(date +%s%N) / 1000000))"; }
seed=$(date +%N | sed 's/^0*//')
wait_up_to() { # milliseconds, at random
    seed=$(((seed * 1103515245 + 12345) % 2147483648))
    wait_ms=$((seed / 65536 * $1 / 32768))
    sleep "$(printf '%d.%03d' $((wait_ms / 1000)) $((wait_ms % 1000)))"
}

"$EKBOM" --store s import "$ROOT/sample/sample.warc.gz" >/dev/null 2>&1
answers s >expected
exits 2 "a backup to nowhere" "$EKBOM" --store s backup
like "$(stderr)" "backup where to\?" "asks where"
exits 2 "of no store" "$EKBOM" --store none backup b
like "$(stderr)" "no store at none" "says so"
ok "and makes nothing" test ! -e b -a ! -e b.unfinished -a ! -e none
ok "a backup" "$EKBOM" --store s backup b
like "$(stderr)" "^ekbom: made b: records .* MB, index .* MB, archive 1.8 MB" "tells what was copied"
answers b >got
ok "it is a store that answers the same" cmp expected got
ok "in which nothing is wrong" "$EKBOM" --store b verify
is "$(stat -c %a b/key)" 600 "its key is as closed as the store's"
ok "the same again" "$EKBOM" --store s backup b
like "$(stderr)" "^ekbom: brought up to date b: .*\(0.0 MB of it new\)" "brings it up to date"

# Selection files go along, as they are now; what else lies beside them does not.
mkdir s/selections elsewhere
echo 'languages = ["en"];' >s/selections/english.selection
echo 'boards = ["4"];' >elsewhere/linked.selection
ln -s "$WORK/elsewhere/linked.selection" s/selections/linked.selection
ln -s nowhere s/selections/.#english.selection
echo notes >s/selections/notes.txt
chmod 750 s/selections
ok "a store with selection files" "$EKBOM" --store s backup b
is "$(ls -A b/selections)" "$(printf 'english.selection\nlinked.selection')" "they are in the backup, nothing else is"
ok "whole, without the place that one is linked from" sh -c \
    "rm elsewhere/linked.selection && '$EKBOM' --store b posts --in linked --limit 1"
is "$(stat -c %a b/selections)" 750 "readable for the same people"
echo 'languages = ["en", "de"];' >s/selections/english.selection
rm s/selections/linked.selection
ok "one changed, one removed" "$EKBOM" --store s backup b
ok "the backup has the change" cmp s/selections/english.selection b/selections/english.selection
is "$(ls -A b/selections)" english.selection "and no more than there is"
mkdir full && echo mine >full/notes
exits 2 "a folder with something else in it" "$EKBOM" --store s backup full
like "$(stderr)" "full is there and is no backup" "is refused"
is "$(cat full/notes)" mine "and left alone"
cp -r b used && "$EKBOM" --store used retag >/dev/null 2>&1
exits 2 "a backup that became a store" "$EKBOM" --store s backup used
like "$(stderr)" "is in use as a store" "is refused"

# Beside an import: every backup is one moment, and some are killed.
awk -v n="$posts" 'BEGIN {
    for (i = 1; i <= n; i++)
        printf "{\"forum\":\"https://board.example/\",\"thread_id\":\"%d\",\"id\":\"%d\",\"author\":" \
            "\"a%d\",\"time\":\"20%02d-03-04T05:06:07Z\",\"text\":\"low ferritin, and nexium made my" \
            " legs worse %d\"}\n", 100000 + i % 500, 100000 + i, i % 300, 5 + i % 18, i
}' >posts.jsonl
"$EKBOM" --store s import posts.jsonl >/dev/null 2>&1 &
writer=$!
begun=$(milliseconds)
"$EKBOM" --store s backup b 2>/dev/null || true
took=$(($(milliseconds) - begun + 20))
done=0 killed=0 wrong=0 least=0
while [ "$done" -lt "$rounds" ] || kill -0 "$writer" 2>/dev/null; do
    done=$((done + 1))
    "$EKBOM" --store s backup b 2>said &
    pid=$!
    if [ $((done % 2)) -eq 0 ]; then
        wait_up_to "$took"
        kill -9 "$pid" 2>/dev/null && killed=$((killed + 1))
        wait "$pid" 2>/dev/null || true
    else
        wait "$pid" || {
            wrong=$((wrong + 1))
            sed 's/^/# /' said
        }
    fi
    "$EKBOM" --store b verify >found 2>&1 || {
        wrong=$((wrong + 1))
        head -3 found | sed 's/^/# /'
    }
    held=$("$EKBOM" --store b status --format json | sed 's/.*"posts":\([0-9]*\),"rev.*/\1/')
    [ "$held" -ge "$least" ] || wrong=$((wrong + 1))
    least=$held
    [ "$done" -lt 200 ] || break
done
wait "$writer"
is "$wrong" 0 "$done backups beside a writer, $killed of them killed: none is wrong"
ok "the last one holds every post" "$EKBOM" --store s backup b
answers s >expected
answers b >got
ok "and answers as the store does" cmp expected got
ok "which is sound too" "$EKBOM" --store s verify
ok "nothing unfinished is left" test ! -e b.unfinished

# Compaction.
exits 2 "compact takes no arguments" "$EKBOM" --store s compact now
exits 2 "no store to compact" "$EKBOM" --store none compact
ok "is not made one" test ! -e none
exits 2 "nor anew" "$EKBOM" --store none compact --rebuild
ok "not then either" test ! -e none
cp -r s t
ok "compact" "$EKBOM" --store t compact
like "$(stderr)" "^ekbom: records [0-9.]+ MB, before [0-9.]+ MB; index [0-9.]+ MB, before" \
    "tells the sizes before and after"
answers t >got
ok "answers stay" cmp expected got
ok "and nothing is wrong" "$EKBOM" --store t verify
ok "the index anew" "$EKBOM" --store t compact --rebuild
like "$(stderr)" "^ekbom: index made anew of [0-9]+ posts" "is told"
answers t >got
ok "answers stay" cmp expected got
ok "and nothing is wrong then" "$EKBOM" --store t verify
hold_store t
for how in "" --rebuild; do
    # shellcheck disable=SC2086
    exits 2 "compact $how beside a writer" "$EKBOM" --store t compact $how
    like "$(stderr)" "is being written by ekbom import \(process $holder\)" "is told who holds it"
done
let_go
# What a writer was starting when it was killed has its lock for another moment.
sh -c 'exec 9<>t/writer; flock -n 9; echo "ekbom import $$" >&9; sleep 1 & exit 0'
exits 1 "a lock is held" flock -n t/writer true
ok "and waited for when its holder is gone" "$EKBOM" --store t compact

# Killed at any moment it is the old store or the new one.
begun=$(milliseconds)
"$EKBOM" --store t compact 2>/dev/null
took=$(($(milliseconds) - begun))
begun=$(milliseconds)
"$EKBOM" --store t compact --rebuild 2>/dev/null
anew=$(($(milliseconds) - begun))
wrong=0 killed=0 round=0
while [ "$round" -lt "$rounds" ]; do
    round=$((round + 1))
    how=
    least=$took
    [ $((round % 3)) -ne 0 ] || how=--rebuild least=$anew
    # shellcheck disable=SC2086
    "$EKBOM" --store t compact $how 2>/dev/null &
    pid=$!
    wait_up_to "$least"
    kill -9 "$pid" 2>/dev/null && killed=$((killed + 1))
    wait "$pid" 2>/dev/null || true
    "$EKBOM" --store t verify >found 2>&1 || {
        wrong=$((wrong + 1))
        head -3 found | sed 's/^/# /'
    }
    "$EKBOM" --store t timeline bid ppi dopamine --by month --tier internal --format jsonl \
        2>/dev/null >timeline
    tail -n "$(wc -l <timeline)" expected | cmp -s - timeline || wrong=$((wrong + 1))
done
is "$wrong" 0 "$killed of $rounds compactions killed: the store is sound and answers the same"
"$EKBOM" --store t import posts.jsonl >/dev/null 2>&1
ok "the next writer leaves nothing unfinished" test ! -e t/records.new -a ! -e t/index.new
answers t >got
ok "and the answers are those of the beginning" cmp expected got

if [ "$(id -u)" -eq 0 ]; then
    mkdir small
    if mount -t tmpfs -o size=1m tmpfs small 2>/dev/null; then
        exits 2 "a backup to a disk without room" "$EKBOM" --store s backup small/b
        like "$(stderr)" "small/b.unfinished: this needs some [0-9.]+ MB there, and the disk has" \
            "is refused in words"
        is "$(ls small)" "" "and leaves nothing"
        umount small
    else
        skip "no tmpfs can be mounted here"
    fi
    chmod a+rX "$WORK" && chmod -R a+rwX b
    if su -s /bin/sh nobody -c "test -x '$EKBOM' && test -r b/key" 2>/dev/null; then
        exits 2 "a backup by somebody who may not write there" \
            su -s /bin/sh nobody -c "'$EKBOM' --store '$WORK/b' backup '$WORK/c'"
        like "$(stderr)" "[Pp]ermission denied" "is refused"
    else
        skip "the program cannot be run by nobody here"
    fi
fi
done_testing

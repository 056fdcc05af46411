#!/bin/sh
# faults.sh - every call that the system can refuse is refused once: each read, write, sync, rename,
# mapping, ... and each place that allocates.
#
#   tests/campaign/faults.sh [--sample N] [--seed S] [--show FAULT] [COMMAND...]
#
# A first run of each command, on a store of its own, counts the calls (fault.c). Then there is one
# run for each call and each way in which it can fail, with a store as it was before. It must end by
# itself, with exit status 2 or 3 and words on standard error, or as if nothing had happened; then
# verify must find nothing, the posts must be those of before or those of after, and the same command
# without the fault must lead to the same store as the first run. --sample takes N faults of each
# command instead of all. --show "pwrite 3 EIO", with the name of a command, injects that one fault and
# shows where it struck and what came of it.
#
# Commands: see `commands` below. The last line is `faults: N injected, N defects`; exit 1 when there
# are any.
#
#   EKBOM_BUILD  the build folder (default: build/ of the checkout); `make campaign` fills it

set -eu

root=$(cd "$(dirname "$0")/../.." && pwd)
build=${EKBOM_BUILD:-$root/build}
ekbom=$build/ekbom
shim=$build/campaign/fault.so
sample=0
show=
seed=$(date +%s)
while [ $# -gt 0 ]; do
    case $1 in
    --sample | --seed | --show)
        [ $# -ge 2 ] || exit 2
        case $1 in
        --sample) sample=$2 ;;
        --seed) seed=$2 ;;
        --show) show=$2 ;;
        esac
        shift
        ;;
    -*)
        sed -n 's/^#   tests/usage: tests/p' "$0" >&2
        exit 2
        ;;
    *) break ;;
    esac
    shift
done

if [ -z "${EKBOM_FAULTS_WORK-}" ]; then
    work=$(mktemp -d /dev/shm/ekbom-faults.XXXXXX 2>/dev/null) ||
        work=$(mktemp -d "${TMPDIR:-/tmp}/ekbom-faults.XXXXXX")
    trap 'rm -rf "$work"' EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM
else
    work=$EKBOM_FAULTS_WORK # one command of a run: see the end
fi
cd "$work"
EKBOM_RULES=$work/rules
EKBOM_PROFILES=$root/profiles
export EKBOM_RULES EKBOM_PROFILES
sanitized=
! nm -D "$ekbom" 2>/dev/null | grep -q __asan_init || sanitized=yes
unset EKBOM_STORE
# The shim comes before a sanitizer, and memory that is refused is what is tried.
ASAN_OPTIONS="${ASAN_OPTIONS:+$ASAN_OPTIONS:}verify_asan_link_order=0:allocator_may_return_null=1"
export ASAN_OPTIONS

# What is imported ------------------------------------------------------------------------------

# line ID TEXT: one post as JSONL.
line() {
    printf '{"forum":"https://board.example/forum/","thread_id":"%d","id":"%d",' $(($1 / 8 + 1)) "$1"
    printf '"author":"author%d","author_id":"%d","time":"2011-%02d-03T04:05:06Z",' \
        $(($1 % 5)) $(($1 % 5 + 1)) $(($1 % 12 + 1))
    printf '"language":"en","text":"%s"}\n' "$2"
}

# page THREAD FIRST COUNT TEXT: a WARC record with a page of posts.
page() {
    {
        printf 'HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n'
        printf '<!DOCTYPE html><html lang="en"><head><title>t</title></head>'
        printf '<body id="phpbb" class="section-viewtopic ltr"><div id="page-body">'
        printf '<h2 class="topic-title"><a href="./viewtopic.php?t=%d">T</a></h2>\n' "$1"
        number=$2
        while [ "$number" -lt $(($2 + $3)) ]; do
            printf '<div id="p%d" class="post"><p class="author">by ' "$number"
            printf '<a href="./memberlist.php?mode=viewprofile&amp;u=3" class="username">Ann</a> '
            printf '<time datetime="2012-03-02T03:%02d:00+00:00">then</time></p>' $((number % 60))
            printf '<div class="content">%s</div></div>\n' "$4"
            number=$((number + 1))
        done
        printf '</div><div id="page-footer"></div></body></html>\n'
    } >block
    printf 'WARC/1.1\r\nWARC-Type: response\r\nWARC-Date: 2012-0%d-01T00:00:00Z\r\n' $(($1 % 9 + 1))
    printf 'WARC-Target-URI: https://board.example/forum/viewtopic.php?t=%d\r\n' "$1"
    printf 'WARC-Record-ID: <urn:uuid:00000000-0000-0000-0000-%012d>\r\n' "$1"
    printf 'Content-Type: application/http;msgtype=response\r\nContent-Length: %d\r\n\r\n' \
        "$(wc -c <block)"
    cat block
    printf '\r\n\r\n'
}

make_inputs() {
    mkdir rules rules-new
    printf 'theory bid "Brain iron"\n  match iron\n' >rules/a.rules
    cat >rules-new/a.rules <<'END'
list metal = iron, ferritin, "serum ferritin"

theory bid "Brain iron"
  about  Too little iron.
  match  {metal}
  regex  /\bFe2\+/
  not    iron curtain
  test
    yes  my ferritin is low
    no   nothing of the kind

treatment iron "Iron"
  match  iron near/3 walking
END
    for number in $(seq 1 30); do
        line "$number" "Post $number speaks of iron and of walking at night."
    done >old.jsonl
    { # edited, new, and one long enough for pages of its own
        line 3 "Post 3 now speaks of ferritin."
        line 4 "Post 4 now speaks of nothing."
        for number in $(seq 31 45); do
            line "$number" "Post $number speaks of ferritin."
        done
        line 46 "$(seq 1 3000 | tr '\n' ' ') and iron"
    } >new.jsonl
    page 20 200 6 "an old page with iron" >old.warc
    { page 20 200 6 "an old page, edited" && page 21 210 6 "a new page with ferritin"; } |
        sed 's/2012-03-01T/2012-08-01T/' >new.warc
    sed 's/"language.*"text"/"text"/' old.jsonl >texts.jsonl
    # Posts without a time of sighting were seen when the file was written.
    touch -d 2012-01-01T00:00:00Z old.jsonl
    touch -d 2013-01-01T00:00:00Z new.jsonl
    "$ekbom" --store base import --readers 1 old.jsonl old.warc >/dev/null
    rm -f block
}

# Commands --------------------------------------------------------------------------------------

# Name, whether it writes, the store before it, and which process the calls are of.
commands="
make-posts   writes none parent
make-pages   writes none parent
posts        writes base parent
pages        writes base parent
retag        writes base parent
timeline     reads  base parent
list         reads  base parent
export       reads  base parent
verify       reads  base parent
status       reads  base parent
tag          reads  base parent
check        reads  base parent
reader-posts writes base reader
reader-pages writes base reader
reader-tag   reads  base reader
"

arguments() {
    case $1 in
    make-posts) echo "--store s import --readers 1 old.jsonl" ;;
    make-pages) echo "--store s import --readers 1 old.warc" ;;
    posts | reader-posts) echo "--store s import --readers 1 new.jsonl" ;;
    pages | reader-pages) echo "--store s import --readers 1 --retry new.warc" ;;
    retag) echo "--store s retag --readers 1 --rules rules-new" ;;
    timeline) echo "--store s timeline bid --by year --format csv" ;;
    list) echo "--store s posts --theory bid --format csv" ;;
    export) echo "--store s export --readers 1 --tier internal -o out.jsonl posts" ;;
    verify) echo "--store s verify" ;;
    status) echo "--store s status --format json" ;;
    tag | reader-tag) echo "tag --readers 1" ;;
    check) echo "rules check --rules rules-new" ;;
    esac
}

# How each kind of call fails. A sanitizer makes some calls of its own, and many of them.
ways() {
    case $sanitized$1 in
    yesopen | yesmmap | yesfcntl | yesdup) return ;;
    esac
    case $1 in
    open) echo EIO EMFILE ;;
    read) echo EIO EINTR short ;;
    pread) echo EIO ;; # LMDB's, of a file's head: short means that the file is
    write | pwrite | writev) echo EIO ENOSPC EINTR short full ;;
    fsync | fdatasync | rename | ftruncate | mkdir) echo EIO ENOSPC ;;
    mmap) echo ENOMEM ;;
    chmod) echo EACCES ;;
    flock | fcntl) echo ENOLCK ;;
    opendir) echo EIO ENOMEM ;;
    socketpair | dup) echo EMFILE ;;
    spawn) echo EAGAIN ENOMEM ;;
    send | recv) echo ECONNRESET EINTR short ;;
    poll) echo EINTR ENOMEM ;;
    *) echo EIO ;; # stat, access, unlink, lseek, readdir, random
    esac
}

before() {
    rm -rf s out.jsonl
    [ "$store" = none ] || cp -R base s
}

# run [VARIABLE=VALUE...]: the command under test.
run() {
    status=0
    # shellcheck disable=SC2046
    timeout --kill-after=5 30 env "$@" "$ekbom" $(arguments "$command") \
        <texts.jsonl >out 2>err || status=$?
    [ ! -e out.jsonl ] || cat out.jsonl >>out
    # How much room the disk has is of the moment.
    [ "$command" != status ] || sed -i 's/"free_bytes":[0-9]*//' out
    # How long a text holds a rule up is of the moment, too.
    [ "$command" != check ] || sed -i '/^longest that a text/d' out
}

# run_with FAULT: the same, with the shim in one of its processes; "" only counts.
run_with() {
    rm -f state
    if [ "$process" = parent ]; then
        run EKBOM_FAULT="$1" EKBOM_FAULT_STATE="$PWD/state" LD_PRELOAD="$shim"
        return
    fi
    cat >reader <<END # a reader gets nothing of the environment
#!/bin/sh
EKBOM_FAULT="$1" EKBOM_FAULT_STATE="$PWD/state" LD_PRELOAD="$shim" exec "$build/ekbom-reader"
END
    chmod +x reader
    run EKBOM_READER="$PWD/reader"
}

posts_now() {
    "$ekbom" --store s export --readers 1 --tier internal -o - posts 2>/dev/null || true
}

sound() {
    "$ekbom" --store s verify >found 2>&1
}

# Judging ---------------------------------------------------------------------------------------

# What is wrong with how the command ended; "" for nothing. Sets `outcome`.
judge_end() {
    outcome=refused
    case $status in
    124 | 137) echo "does not end" && return ;;
    98) echo "the shim refused its orders" && return ;;
    esac
    # libseccomp cannot bear to be refused memory: a reader may die of it, and is replaced.
    if grep -Eq 'Sanitizer|runtime error' err && ! grep -q 'libseccomp.so' err; then
        echo "a sanitizer's finding: $(grep -E -m 1 'Sanitizer|runtime error' err)"
    elif [ "$status" -gt 128 ]; then
        echo "died of signal $((status - 128))"
    elif [ "$status" -eq "$good" ]; then
        cmp -s out "$command.out" || echo "ends as if nothing had happened, with another answer"
    elif [ "$command$status" = verify1 ] && grep -Eq 'Input/output|Too many open|cannot lock' out; then
        : # a file that cannot be read is a finding
    elif [ "$status" -ne 2 ] && [ "$status" -ne 3 ]; then
        echo "exit status $status: $(head -n 1 out err | tr '\n' ' ')"
    elif [ ! -s err ] && ! grep -q '"error":' out; then # tag names a line in its place
        echo "exit status $status without a word"
    elif grep -q 'damaged' err; then
        echo "calls damaged what is not: $(head -n 1 err)"
    fi
}

# What is wrong with the store, now and after the command is run again; "" for nothing.
judge_store() {
    unfinished='no store at|never finished|the next writing command makes it|pseudonyms need the'
    if ! sound && grep -Evq "ekbom: [0-9]+ finding|$unfinished" found; then
        echo "verify: $(grep -Ev "ekbom: [0-9]+ finding|$unfinished" found | head -n 1)"
        return
    fi
    posts_now >now
    if [ "$status" -eq "$good" ]; then
        cmp -s now "$command.posts" || echo "ends as if all were done, and it is not"
    elif [ "$status" -ne 3 ] && ! cmp -s now "$command.posts" && ! cmp -s now "$command.before" &&
        ! grep -q 'index could not follow' err; then
        echo "the posts are neither those of before nor those of after"
    fi
    run
    if [ "$status" -ne "$good" ]; then
        echo "does not go on: $(head -n 1 err)"
    elif ! sound; then
        echo "does not go on well: $(head -n 1 found)"
    else
        posts_now | cmp -s - "$command.posts" || echo "goes on, and ends with other posts"
    fi
}

try() {
    before
    run_with "$1"
    if [ "$(od -A n -t u8 -N 8 state | tr -d ' ')" != 1 ]; then
        echo "$command ${1%% *} unmet" >>results
        return
    fi
    wrong=$(judge_end)
    outcome=refused
    [ "$status" -ne "$good" ] || outcome=harmless
    if [ -z "$wrong" ] && [ "$effect" = writes ]; then
        wrong=$(judge_store | head -n 1)
    fi
    if [ -n "$wrong" ]; then
        outcome=defect
        echo "$command: $1: $wrong"
    fi
    echo "$command ${1%% *} $outcome" >>results
}

# One fault, for a person.
show_fault() {
    try "$show"
    before
    run_with "$show"
    echo "exit status $status, and without it $good"
    diff "$command.out" out | cut -c 1-160 | head -n 20 || true
    head -n 20 err
    sound || cat found
    echo "calls, the innermost first (addr2line -f -e):"
    tail -c +257 state | tr -d '\0' | sed "s,^ ,$ekbom ,"
}

# The calls of a run without faults, and what it leads to.
count() {
    before
    posts_now >"$command.before"
    run_with ""
    good=$status
    cp out "$command.out"
    posts_now >"$command.posts"
    tail -c +257 state | tr -d '\0' | grep -E '^[a-z]+ [0-9a-f]+' >"$command.calls"
    while read -r kind number _; do
        if [ "$kind" = alloc ]; then
            echo "alloc $number 1"
        else
            for way in $(ways "$kind"); do echo "$kind $number $way"; done
        fi
    done <"$command.calls" >"$command.faults"
    if [ "$sample" -gt 0 ]; then
        awk -v seed="$seed" -v sample="$sample" 'BEGIN { srand(seed) } { line[NR] = $0 }
            END { for (i = 0; i < sample && i < NR; i++) {
                j = i + int(rand() * (NR - i)) + 1
                print line[j]; line[j] = line[i + 1] } }' "$command.faults" >drawn
        mv drawn "$command.faults"
    fi
}

# One command, in a folder of its own.
try_command() {
    line=$(echo "$commands" | awk -v name="$1" '$1 == name')
    [ -n "$line" ] || { echo "faults.sh: no command $1 here" >&2 && exit 2; }
    read -r command effect store process <<END
$line
END
    mkdir "$command"
    cd "$command"
    cp -R ../base ../rules-new ../*.jsonl ../*.warc .
    count
    [ -z "$show" ] || { show_fault && return; }
    while read -r fault; do
        try "$fault"
    done <"$command.faults"
}

if [ -n "${EKBOM_FAULTS_WORK-}" ]; then
    try_command "$1"
    exit 0
fi
make_inputs
echo "faults: seed $seed"
export EKBOM_FAULTS_WORK="$work" EKBOM_BUILD="$build"
if [ $# -gt 0 ]; then
    printf '%s\n' "$@"
else
    echo "$commands" | awk '$1 { print $1 }'
fi | xargs -n 1 -P "${JOBS:-$(nproc)}" "$root/tests/campaign/faults.sh" \
    --sample "$sample" --seed "$seed" --show "$show"
cat ./*/results >results 2>/dev/null || true
[ -z "$show" ] || exit 0
awk '{ count[$2, $3]++; kinds[$2] = 1 }
    END {
        for (kind in kinds) {
            refused = count[kind, "refused"] + 0
            harmless = count[kind, "harmless"] + 0
            defects = count[kind, "defect"] + 0
            injected = refused + harmless + defects
            printf "%-12s %8d %8d %8d %8d %8d\n", kind, injected, refused, harmless, defects,
                count[kind, "unmet"]
        }
    }' results | sort >table
printf '\n%-12s %8s %8s %8s %8s %8s\n' "by call" injected refused harmless defects "not met"
cat table
printf '\n%-12s %8s\n' "by command" injected
awk '$3 != "unmet" { count[$1]++ }
    END { for (name in count) printf "%-12s %8d\n", name, count[name] }' results | sort
awk '{ injected += $2; defects += $5 }
    END {
        printf "\nfaults: %d injected, %d defects\n", injected, defects
        exit defects > 0 || injected == 0
    }' table

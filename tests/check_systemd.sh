#!/bin/sh
# check_systemd.sh - the service as it is installed, under a real systemd.
#
#   make check-systemd                (as root; some minutes)
#   tests/check_systemd.sh [--root DIR]
#
# debootstrap makes a minimal Debian 12 with what the programs need to run, `make install` puts them
# there, and systemd-nspawn boots it without a network. In it tests/board serves the sample posts on
# loopback; the unit is started, killed in mid-crawl, reloaded with good and with broken rules,
# stopped in its tracks until the watchdog ends it, killed at rest, restarted; after each the store
# must hold exactly the board's posts. WatchdogSec is the unit's own, so this waits a minute once.
#
# Prints TAP and `N passed, N failed`; exits 1 if any failed, 2 if it cannot be run here. --root
# takes a root made before, as a copy; KEEP=1 keeps the root and says where it is.

set -eu

tree=$(cd "$(dirname "$0")/.." && pwd)
. "$tree/tests/bare_debian.sh"

say() {
    echo "check-systemd: $*" >&2
}

made_before=
case ${1-} in
'') ;;
--root) made_before=${2:?a folder} ;;
*)
    echo "usage: tests/check_systemd.sh [--root DIR]" >&2
    exit 2
    ;;
esac
if [ "$(id -u)" -ne 0 ]; then
    say "needs root, for debootstrap and a container: sudo make check-systemd"
    exit 2
fi
for program in debootstrap:debootstrap systemd-nspawn:systemd-container nsenter:util-linux \
    pgrep:procps python3:python3; do
    if ! command -v "${program%:*}" >/dev/null 2>&1; then
        say "needs ${program%:*}: apt-get install ${program#*:}"
        exit 2
    fi
done

# What the programs are linked with, systemd, and python3 with time zones for the board.
packages=systemd,systemd-sysv,dbus,procps,libconfig9,libcurl4,libicu72,libjansson4,liblmdb0
packages=$packages,libnettle8,libpcre2-8-0,libseccomp2,libsystemd0,libxml2,libzstd1,zlib1g
packages=$packages,python3-minimal,python3,tzdata

# /var/tmp: /tmp may be small, and mounted without devices or programs.
root=$(mktemp -d "${TMPDIR:-/var/tmp}/ekbom-systemd.XXXXXX")
container=
leader=

leave() {
    status=$?
    set +e
    if [ -n "$container" ] && kill -0 "$container" 2>/dev/null; then
        [ -z "$leader" ] || kill -KILL "$leader" 2>/dev/null
        kill "$container" 2>/dev/null
        wait "$container" 2>/dev/null
    fi
    if [ -n "${KEEP-}" ]; then
        say "kept: $root"
    else
        remove_root "$root"
    fi
    exit "$status"
}
trap leave EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

# The root, and what is installed in it ------------------------------------------------------

if [ -n "$made_before" ]; then
    cp -a "$made_before/." "$root/"
else
    say "a bare Debian 12 with systemd"
    bare_debian "$root" "$packages" || {
        say "debootstrap failed"
        exit 2
    }
fi
chmod 755 "$root"
if ! make -C "$tree" --no-print-directory install DESTDIR="$root" PREFIX=/usr >"$root/install.log" 2>&1; then
    tail -n 20 "$root/install.log" >&2
    say "make install failed"
    exit 1
fi
missing=$(chroot "$root" ldd /usr/sbin/ekbomd /usr/bin/ekbom /usr/libexec/ekbom/ekbom-reader |
    grep -E 'not found' || true)
if [ -n "$missing" ]; then
    echo "$missing" >&2
    say "built against other libraries than Debian 12 has: run this on Debian 12"
    exit 2
fi
mkdir "$root/test"
cp -r "$tree/tests/board" "$tree/sample/posts.jsonl" "$tree/sample/board.json" "$root/test/"
board=http://127.0.0.1:8080/
python3 "$tree/tests/board/warc.py" --posts "$tree/sample/posts.jsonl" --base "$board" \
    --truth "$root/test/truth"
posts=$(grep -c . "$root/test/truth")

# Booting it ---------------------------------------------------------------------------------

SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=1 systemd-nspawn --register=no --keep-unit -q -D "$root" -b \
    --console=pipe --private-network --capability=all \
    --system-call-filter='bpf landlock_create_ruleset landlock_add_rule landlock_restrict_self' \
    </dev/null >"$root/boot.log" 2>&1 &
container=$!

# COMMAND... in the container, for at most five minutes.
inside() {
    nsenter -t "$leader" -m -p -u -i -C -n -r -w -- /usr/bin/env -i LANG=C.UTF-8 TERM=dumb \
        NO_COLOR=1 PATH=/usr/sbin:/usr/bin:/sbin:/bin timeout 300 "$@" </dev/null
}

# within SECONDS COMMAND...: until the command succeeds; 1 if it does not in that time.
within() {
    until_then=$(($(date +%s) + $1))
    shift
    while ! "$@" >/dev/null 2>&1; do
        [ "$(date +%s)" -lt "$until_then" ] || return 1
        sleep 0.2
    done
}

booted() {
    leader=$(pgrep -o -P "$container") && [ -n "$leader" ] &&
        inside systemctl is-system-running | grep -Eq 'running|degraded'
}
if ! within 60 booted; then
    cat "$root/boot.log" >&2
    say "systemd did not boot in the container"
    exit 2
fi

# TAP ----------------------------------------------------------------------------------------

passed=0
failed=0
# ok DESCRIPTION COMMAND...: it exits with 0.
ok() {
    ok_description=$1
    shift
    if "$@" >"$root/test/.said" 2>&1; then
        passed=$((passed + 1))
        echo "ok $((passed + failed)) - $ok_description"
    else
        failed=$((failed + 1))
        echo "not ok $((passed + failed)) - $ok_description"
        echo "# of: $*"
        tail -n 20 "$root/test/.said" | sed 's/^/#   /'
    fi
}
# is GOT EXPECTED DESCRIPTION
is() {
    ok "$3 ($2)" test "$1" = "$2"
}
not() {
    ! "$@"
}

# What is asked again and again --------------------------------------------------------------

property() {
    inside systemctl show -P "$1" ekbomd
}
active() {
    [ "$(property ActiveState)" = active ]
}
# signal SIGNAL: to the service, whose number is $pid from then on. Without a service nothing that
# follows would mean anything (and 0 would be ourselves).
signal() {
    pid=$(property MainPID)
    if [ "$pid" -eq 0 ]; then
        echo "Bail out! the service does not run"
        exit 1
    fi
    inside kill "-$1" "$pid"
}
# restarted PID TIMES: another process runs, after so many restarts in all.
restarted() {
    active && [ "$(property MainPID)" != "$1" ] && [ "$(property NRestarts)" = "$2" ]
}
# One field of what the service says of its source.
source_says() {
    inside ekbom ctl status | python3 -c \
        "import json, sys; print(json.load(sys.stdin)['sources'][0]['$1'])"
}
# A round has ended well.
at_rest() {
    [ "$(source_says state)" = resting ] && [ "$(source_says trouble)" = None ] &&
        [ "$(source_says last_success)" != None ]
}
stored() {
    inside ekbom status --format json | python3 -c "import json, sys; print(json.load(sys.stdin)['posts'])"
}
stored_at_least() {
    [ "$(stored)" -ge "$1" ]
}
journal_has() {
    inside journalctl -u ekbomd -o cat "$2" | grep -Eq -e "$1"
}
# Exactly the board's posts, and a sound store.
sound() {
    inside runuser -u ekbom -- ekbom export --tier internal --format jsonl -o - posts \
        >"$root/test/posts.exported" 2>/dev/null
    python3 "$tree/tests/board/compare.py" "$root/test/truth" "$root/test/posts.exported" &&
        inside runuser -u ekbom -- ekbom verify
}
# Digest and number of tagged posts that a timeline answers with.
timeline() {
    inside ekbom timeline bid --format json | python3 -c "
import json, sys
answer = json.load(sys.stdin)
print(answer['ruleset'], sum(row['posts_tagged'] or 0 for row in answer['rows']))"
}
# METHOD PATH [ORDER]: the board's own log and orders.
ask_board() {
    inside python3 -c "
import sys, urllib.request
order = sys.argv[2].encode() if len(sys.argv) > 2 else None
print(urllib.request.urlopen('$board' + sys.argv[1], order, 10).read().decode())" "$@"
}
requests() {
    ask_board _log | python3 -c "
import json, sys
for request in json.load(sys.stdin)['requests']: print(request['target'])"
}

# The board's log is empty from now on, so that it shows what another process asks for.
forget_requests() {
    ask_board _control '{"do":"clear-log"}' >/dev/null
}
# The process has asked the board for news, and has rested again.
made_a_round() {
    [ -n "$(requests)" ] && at_rest
}

# As the manual says: users, folders, a configuration ----------------------------------------

ok "sysusers makes the user" inside systemd-sysusers
ok "tmpfiles makes the folders" inside systemd-tmpfiles --create
is "$(inside stat -c '%U:%G %a' /var/lib/ekbom)" "ekbom:ekbom 750" "the store's folder"
ok "the configuration that was installed is right" inside ekbomd --check
ok "the unit file is sound" inside systemd-analyze verify --man=no ekbomd.service
is "$(inside systemd-analyze verify --man=no ekbomd.service 2>&1)" "" "nothing is to be said of it"
ok "its exposure is 1.1 or less" \
    inside systemd-analyze security --offline=true --threshold=11 ekbomd.service
ok "it starts with nothing to do" inside systemctl start ekbomd
ok "and is active" active
inside systemctl stop ekbomd
is "$(property Result)" success "stopped"

inside useradd -G ekbom colleague
inside useradd stranger
inside cp -r /usr/share/ekbom/rules /etc/ekbom/rules
cat >"$root/etc/ekbom/ekbomd.conf" <<'CONF'
contact = "mailto:test@board.example";
rules = "/etc/ekbom/rules";
sources = (
  { address = "http://127.0.0.1:8080/"; allow = "loopback"; delay = 0.01; visit_every = 3; },
  # A name, so that the confined service resolves one; none is found.
  { address = "http://nowhere.invalid/"; visit_every = 3600; }
);
CONF
ok "the configuration of this test is right" inside ekbomd --check
inside systemd-run -q --unit=board python3 /test/board/serve.py --posts /test/posts.jsonl --port 8080
within 20 ask_board _log

# Start, and a kill in mid-crawl -------------------------------------------------------------

ok "start waits for READY" inside systemctl start ekbomd
ok "active" active
is "$(property StatusText)" "2 sources" "the service says what it does"
pid=$(property MainPID)
is "$(inside ps -o user= -p "$pid")" ekbom "it runs as its user"
is "$(inside grep -c '^Seccomp:.*2$' "/proc/$pid/status")" 1 "confined by seccomp"
ok "the readers run" within 20 inside pgrep -P "$pid" ekbom-reader
ok "posts come in" within 60 stored_at_least 300
signal KILL
at=$(stored)
ok "killed in mid-crawl, with $at of $posts" test "$at" -lt "$posts"
ok "it is started again" within 30 restarted "$pid" 1
ok "the crawl completes" within 120 at_rest
is "$(stored)" "$posts" "all posts"
ok "exactly the board's posts, and a sound store" sound
ok "from its threads" test "$(requests | grep -c viewtopic)" -ge 600
is "$(requests | grep viewtopic | sort | uniq -c | awk '$1 > 2')" "" "no page more than twice"
ok "a name that does not resolve is one line" journal_has "nowhere.invalid/.*does not resolve" -p5
ok "the readers are confined whole" not journal_has "landlock is not available" -p7

# Who may ask --------------------------------------------------------------------------------

is "$(inside runuser -u colleague -- ekbom status --format json | grep -o "\"posts\":$posts" | head -n 1)" \
    "\"posts\":$posts" "a member of the group asks the store"
ok "and the service" inside runuser -u colleague -- ekbom ctl status
ok "the key is not for the group" not inside runuser -u colleague -- cat /var/lib/ekbom/key
ok "another user sees nothing" not inside runuser -u stranger -- ekbom status
is "$(inside find /var/lib/ekbom ! -user ekbom -o -perm /007)" "" "all files are the service's, none the world's"

# Reload -------------------------------------------------------------------------------------

# reload_journal PATTERN: reload, until the journal says so.
reloads() {
    since=$(inside journalctl -u ekbomd -n 1 -o cat --show-cursor | sed -n 's/^-- cursor: //p')
    inside systemctl reload ekbomd
    within 60 journal_has "$1" "--after-cursor=$since"
}
pid=$(property MainPID)
before=$(timeline)
inside sed -i 's/^theory bid .*/&\n  match legs/' /etc/ekbom/rules/theories/bid.rules
ok "changed rules are reloaded" reloads "^reloaded /etc/ekbom/ekbomd.conf"
good=$(timeline)
ok "timeline answers under another digest" test "${good% *}" != "${before% *}"
ok "with more posts: ${before#* }, ${good#* }" test "${good#* }" -gt "${before#* }"
is "$(inside ekbom ctl status | grep -o "${good% *}")" "${good% *}" "which the service names"

inside sed -i '$a match ((' /etc/ekbom/rules/theories/bid.rules
ok "broken rules are not" reloads "^not reloaded, the old remains in force: .*bid.rules:[0-9]+:[0-9]+"
ok "that is an error in the journal" journal_has "not reloaded" -p3
ok "still active" active
is "$(timeline)" "$good" "the old rules answer"
ok "ctl reload says so too" not inside ekbom ctl reload
inside sed -i '$d' /etc/ekbom/rules/theories/bid.rules

inside sed -i 's/^contact/contakt/' /etc/ekbom/ekbomd.conf
ok "a broken configuration is not" reloads "ekbomd.conf:1: unknown key 'contakt': did you mean 'contact'"
ok "still active" active
inside sed -i 's/^contakt/contact/' /etc/ekbom/ekbomd.conf
ok "mended, it is reloaded" reloads "^reloaded"
is "$(property MainPID)" "$pid" "by the same process"
ok "which finds nothing wrong with its store" sound

# Watchdog, kill, restart --------------------------------------------------------------------

signal STOP
forget_requests
ok "stopped in its tracks, the watchdog ends it" within 120 restarted "$pid" 2
ok "and the journal says why" journal_has "Watchdog timeout" -p7
ok "it goes on" within 60 made_a_round
ok "with the same posts" sound
is "$(timeline)" "$good" "and the same tags"

forget_requests
signal KILL
ok "killed, it is started again" within 30 restarted "$pid" 3
ok "it goes on" within 60 made_a_round
ok "with the same posts" sound
ok "no reader is left of those before" test "$(inside pgrep -c ekbom-reader)" -le 1

inside systemctl stop ekbomd
forget_requests
inside systemctl start ekbomd
ok "restarted, it asks for news" within 60 made_a_round
is "$(requests | sort -u | tr '\n' ' ')" "/ " "having asked for the index alone"
ask_board _control '{"do":"add","thread":20,"author":"newcomer","guest":true,"body":"Low ferritin, and the legs."}' \
    >/dev/null
ask_board _truth >"$root/test/truth"
ok "a new post is found" within 60 stored_at_least $((posts + 1))
ok "and nothing else" sound
inside systemctl stop ekbomd
is "$(property Result)" success "SIGTERM ends it well"
ok "its socket is gone" not inside test -e /var/lib/ekbom/control

inside systemctl poweroff || true
within 20 not kill -0 "$container" || true
echo "1..$((passed + failed))"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]

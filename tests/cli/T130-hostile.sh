#!/bin/sh
# What a hostile host can do, and that each of it is refused within 30 seconds and 256 MB, its
# reason named, while another source is crawled on schedule.
. "$(dirname "$0")/lib.sh"
. "$ROOT/tests/cli/board.sh"

head -n 60 "$ROOT/sample/posts.jsonl" >posts.jsonl
cp "$ROOT/sample/board.json" board.json
for name in good host silent dribble trickle robots victim; do
    serve "$name" --posts posts.jsonl
done
victim=$(at victim | sed 's|.*:\([0-9]*\)/|\1|')
trouble() { order "$1" "{\"do\":\"misbehave\",$2}" >/dev/null; }
trouble silent '"match":"^/$","kind":"slow","seconds":120'
trouble dribble '"match":"^/$","kind":"slow","seconds":0,"bytes":10'
trouble trickle '"match":"^/$","kind":"slow","seconds":0,"bytes":200'
trouble robots '"match":"^/robots.txt$","kind":"endless"'

source_of() { echo "  { address = \"$1\"; allow = \"$2\"; delay = 0.0; visit_every = $3; },"; }
{
    echo "store = \"$WORK/s\";"
    echo 'contact = "crawler@board.example";'
    echo 'sources = ('
    source_of "$(at good)" loopback 2
    for name in host silent dribble trickle robots; do
        source_of "$(at "$name")" loopback 3600
    done
    # What may not be dialled, in whatever form it is written.
    # The first three are one address, and one source.
    for host in 127.0.0.1 2130706433 0x7f000001 '[::1]' '[::ffff:127.0.0.1]' localhost 0.0.0.0; do
        source_of "http://$host:$victim/" private 3600
    done
    for host in 169.254.169.254 10.0.0.1 192.168.0.1 100.64.0.1 '[fd00:ec2::254]' '[fe80::1]'; do
        source_of "http://$host/" loopback 3600
    done | sed '$s/,$//'
    echo ');'
} >s.conf

sed "s|http://10.0.0.1/|http://somebody:secret@10.0.0.1/|" s.conf >credentials.conf
exits 2 "a password in an address" "$EKBOM_BUILD/ekbomd" -c credentials.conf --check
like "$(stderr)" "credentials.conf:[0-9]*: 'address': .*[Cc]redentials" "is refused with its line"

# Neither a proxy nor a password of the one who starts the service is used.
mkdir home
printf 'default login somebody password secret\n' >home/.netrc
chmod 600 home/.netrc
http_proxy=http://127.0.0.1:$victim/ ALL_PROXY=http://127.0.0.1:$victim/ HOME=$WORK/home \
    service s.conf
# Senders that are slow are at it from the beginning.
for name in silent dribble trickle; do
    { within 30 of_source "$name" 's["last_success"] is None and s["trouble"]' &&
        of_source "$name" 's["trouble"]' >"$name.trouble"; } &
    started="$started $!"
    echo "$!" >"$name.watch"
done
at_rest='s["state"] == "resting" and s["trouble"] is None and s["last_success"]'
well() { of_source host "$at_rest"; }
visit() { "$EKBOM" --store s ctl visit "$(at host)" >/dev/null; }
ok "a board is crawled beside hostile ones" within 30 of_source good "$at_rest"
ok "one whose robots.txt has no end too" within 30 of_source robots "$at_rest"
ok "and the board that is to be a hostile one" within 30 well

# Addresses that were refused.
refused() {
    "$EKBOM" --store s ctl status | grep -o '"trouble":"address [^"]* refused"' |
        sed 's/.*"address \([^ ]*\) .*/\1/' | sort | tr '\n' ' '
}
all_refused() { [ "$(refused | wc -w)" -eq 11 ]; }
ok "addresses of this machine and of its networks" within 20 all_refused
is "$(refused)" "$(printf '%s\n' 127.0.0.1 ::1 ::1 ::ffff:127.0.0.1 0.0.0.0 169.254.169.254 \
    10.0.0.1 192.168.0.1 100.64.0.1 fd00:ec2::254 fe80::1 | sort | tr '\n' ' ')" \
    "are refused, each by its own rule"

# row WHAT REASON TROUBLE: at the index of a board that is well otherwise.
row() {
    trouble host "\"match\":\"^/([?][0-9]*)?$\",$3"
    row_begun=$(date +%s%N)
    visit
    ok "$1" within 30 of_source host "s['state'] == 'resting' and said(r'$2')"
    echo "# after $((($(date +%s%N) - row_begun) / 1000000)) ms:" \
        "$(of_source host 's["trouble"]' | cut -c 1-120)"
    order host '{"do":"behave"}' >/dev/null
    visit
    within 30 well || {
        tap_fail "and afterwards it is crawled again"
        tap_show "its status" "$(of_source host s)"
    }
}
redirect() { row "a redirect to $1" "$2" "\"kind\":\"redirect\",\"to\":\"$1\""; }

redirect "file:///etc/passwd" "redirect: file:.* only http: and https:"
redirect "gopher://127.0.0.1:$victim/1" "redirect: gopher:.* only http: and https:"
redirect "dict://127.0.0.1:$victim/d:x" "redirect: dict:.* only http: and https:"
redirect "http://127.0.0.1:$victim/" "leads to another site"
redirect "http://169.254.169.254/latest/meta-data/" "leads to another site"
redirect "http://[::ffff:10.0.0.1]/" "leads to another site"
redirect "http://somebody:secret@127.0.0.1:$victim/" "redirect: .*[Cc]redentials"
redirect "/?{n}" "more than 5 redirects"
row "a body without end, in chunks" "body larger than 8 MiB" '"kind":"endless"'
row "a body without end, not in chunks" "body larger than 8 MiB" '"kind":"endless","chunked":false'
row "a gzip bomb" "body larger than 8 MiB" '"kind":"bomb"'
row "a head without end" "head larger than 256 KiB" '"kind":"huge-headers"'
row "a password asked for" "status 401" \
    '"kind":"status","status":401,"headers":{"WWW-Authenticate":"Basic realm=x"}'
row "a tag with 100,000 attributes" "more than 1000 attributes" '"kind":"body","page":"attributes"'
row "elements 100,000 deep" "nested deeper" '"kind":"body","page":"deep"'
row "nonsense" "no profile recognises" '"kind":"body","page":"nonsense","count":2000000'
entity='&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;'
entities="<!DOCTYPE html [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '$entity'><!ENTITY c '$(
    echo "$entity" | tr a b)'><!ENTITY d '$(echo "$entity" | tr a c)'>\
<!ENTITY f SYSTEM 'http://127.0.0.1:$victim/'><!ENTITY g SYSTEM 'file:///etc/passwd'>]>\
<html><body><p>&d;&f;&g;</p></body></html>"
row "entities that grow, and that fetch" "no profile recognises" \
    "\"kind\":\"body\",\"text\":\"$entities\""
row "the same as XHTML" "no profile recognises" \
    "\"kind\":\"body\",\"mime\":\"application/xhtml+xml\",\"text\":\"$entities\""

# On a thread's page: the thread is closed, the rest goes on.
post() { order "$1" '{"do":"add","thread":'"$2"',"author":"feathers","body":"'"$3"'"}' >/dev/null; }
# A member's words are in the store.
found() { "$EKBOM" --store s export --tier internal -o - posts 2>/dev/null | grep -q "$1"; }
trouble host '"match":"viewtopic.php.t=20","kind":"body","page":"attributes"'
post host 20 "not to be read"
post host 21 "a word beside it"
visit
ok "a hostile thread on a board" within 30 found "a word beside it"
within 30 well || true
ok "is closed" of_source host 's["quarantined"] > 0 and s["closed"] == 1'
ok "status" "$EKBOM" --store s status
like "$(stdout)" "quarantined .*viewtopic.php.t=20" "names it"
like "$(cat ekbomd.log)" "quarantined .*t=20: a tag in it has more than 1000 attributes" \
    "and the log says why"
order host '{"do":"behave"}' >/dev/null

# Cookies without number cost nothing.
trouble host '"kind":"cookies","count":2000'
post host 21 "behind two thousand cookies"
visit
ok "a flood of cookies is passed over" within 30 found "behind two thousand cookies"
order host '{"do":"behave"}' >/dev/null

# Lists without end, calendars, sort orders, sessions.
within 30 well || true
order host '{"do":"clear-log"}' >/dev/null
trouble host '"match":"viewtopic|viewforum","kind":"trap"'
post host 21 "in a trap"
visit
ok "pages that always have a next one" within 30 found "in a trap"
ok "are left" within 30 well
ok "soon" test "$(asked host | grep -c .)" -le 12
is "$(asked host '/calendar|sk=|hilit=|view=|session=|sid=')" "" "and nothing else is looked at"
order host '{"do":"behave"}' >/dev/null

slow="the answer came slower than 100 bytes a second for 15 s"
for name in silent dribble trickle; do
    wait "$(cat "$name.watch")" || true
    is "$(cat "$name.trouble")" "$slow" "a $name sender"
    [ "$name" != dribble ] || slow="the answer was not complete within 25 s"
done

# Meanwhile.
apart=$(log_of good "(lambda at: 10 * max(b - a for a, b in zip(at, at[1:])))(
    [r['at'] for r in requests if r['target'] == '/'])" | cut -d. -f1)
ok "the other source was crawled every two seconds, at most $apart tenths apart" \
    test "$apart" -lt 60
post good 20 "news in between"
ok "and its news are found" within 10 found "news in between"
is "$(asked victim)" "" "nobody else was ever asked"
for name in good host silent dribble trickle robots; do
    log_of "$name" "[r['authorization'] for r in requests if r['authorization']]"
done >passwords
is "$(cat passwords)" "" "nor was anybody given a password"
case $EKBOM_BUILD in
*asan*) skip "a sanitizer build needs more memory" ;;
*)
    peak=$(sed -n 's/^VmHWM:[^0-9]*\([0-9]*\) kB/\1/p' "/proc/$service/status")
    ok "it took $((peak / 1024)) MB at most" test "$peak" -lt $((256 * 1024))
    ;;
esac
# What is under way is waited for at the end: not for these.
for name in silent dribble trickle; do
    hang_up "$name"
done
end_service
ok "verify finds nothing" "$EKBOM" --store s verify
done_testing

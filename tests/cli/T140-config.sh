#!/bin/sh
# ekbomd's configuration: the manual has every key, and what is wrong is said with file and line.
. "$(dirname "$0")/lib.sh"
EKBOMD=$EKBOM_BUILD/ekbomd
EKBOM_RULES=$ROOT/rules/rls
EKBOM_PROFILES=$ROOT/profiles
export EKBOM_RULES EKBOM_PROFILES

# The manual's sections of keys are what --keys prints.
ok "keys" "$EKBOMD" --keys
stdout >keys
sed -n '/^\.Ss Keys/,/^\.Sh/p' "$ROOT/packaging/man/ekbomd.conf.5" | sed '/^\.Sh/d' >manual
ok "ekbomd.conf(5) has them, word for word" diff keys manual
like "$(cat keys)" '^\.It Ic visit_every Pq whole number$' "among them a source's"

# checks DESCRIPTION PATTERN: the configuration on standard input is refused with this line.
checks() {
    cat >ekbomd.conf
    exits 2 "$1" "$EKBOMD" --check -c ekbomd.conf
    like "$(stderr)" "$2" "says: $2"
    is "$(stderr | grep -c .)" 1 "in one line"
}

cat >ekbomd.conf <<'CONF'
# A comment, and everything that there is.
store = "/nowhere"; contact = "mailto:a@board.example";
readers = 2;
sources = (
  { address = "https://board.example/"; boards = [ "5", "7" ]; since = "2015-03";
    time_zone = "Europe/London"; delay = 7.5; contact = "https://a.example/"; visit_every = 60;
    recheck_days = 0; basis = "permission"; approval = "2026-114"; },
  { address = "http://127.0.0.1:8080/"; allow = "loopback, 10.8.0.0/16"; delay = 0; }
);
CONF
ok "a good configuration" "$EKBOMD" --check -c ekbomd.conf
like "$(stdout)" "^ekbomd.conf: 2 sources; rules sha256:[0-9a-f]{64}$" "is summed up"
ok "is left as it is: no store is made" test ! -e /nowhere
ok "the one that is installed is right" "$EKBOMD" --check -c "$ROOT/packaging/systemd/ekbomd.conf"
sed '/^#contact/,$ s/^#//' "$ROOT/packaging/systemd/ekbomd.conf" >uncommented.conf
ok "and with its example made live" "$EKBOMD" --check -c uncommented.conf
like "$(stdout)" ": 1 sources" "it names a source"
: >empty.conf
ok "an empty one is right too" "$EKBOMD" --check -c empty.conf

checks "an unknown key" "^ekbomd.conf:2: unknown key 'contakt': did you mean 'contact'\?$" <<'CONF'
# first line
contakt = "mailto:a@board.example";
CONF
checks "an unknown key of a source" "^ekbomd.conf:3: unknown key 'adress': did you mean 'address'" <<'CONF'
sources = (
  {
    adress = "https://board.example/";
  }
);
CONF
checks "a key that resembles none" "^ekbomd.conf:1: unknown key 'zzzzzzzz': ekbomd.conf\(5\) lists them$" <<'CONF'
zzzzzzzz = 1;
CONF
checks "a number for a text" "^ekbomd.conf:1: 'contact' is a text: write contact = " <<'CONF'
contact = 5;
CONF
checks "a text for a number" "^ekbomd.conf:1: .*'delay' is a number of seconds: write delay = 5;$" <<'CONF'
sources = ( { address = "https://board.example/"; delay = "soon"; } );
CONF
checks "a fraction for a whole number" "^ekbomd.conf:1: 'readers' is a whole number" <<'CONF'
readers = 2.5;
CONF
checks "a number out of its range" "^ekbomd.conf:2: 'readers' is from 1 to 64$" <<'CONF'

readers = 65;
CONF
checks "one that no integer holds" "^ekbomd.conf:1: 'readers' is from 1 to 64$" <<'CONF'
readers = 99999999999999999999;
CONF
checks "no visits at all" "^ekbomd.conf:1: 'visit_every' is from 1 to 31536000$" <<'CONF'
sources = ( { address = "https://board.example/"; visit_every = 0; } );
CONF
checks "an empty text" "^ekbomd.conf:1: 'contact' is empty$" <<'CONF'
contact = "";
CONF
checks "a source without an address" "^ekbomd.conf:2: this source has no address$" <<'CONF'
sources = (
  { delay = 5; }
);
CONF
checks "an address that is none" "^ekbomd.conf:1: 'address': .*ftp://board.example/" <<'CONF'
sources = ( { address = "ftp://board.example/"; } );
CONF
checks "the same address twice" "^ekbomd.conf:2: https://board.example/ is a source already$" <<'CONF'
sources = ( { address = "https://board.example/"; },
  { address = "https://board.example/"; } );
CONF
checks "a range that is none" "^ekbomd.conf:1: 'allow': .*lopback.*write loopback, private, or" <<'CONF'
sources = ( { address = "https://board.example/"; allow = "lopback"; } );
CONF
checks "a board that is no text" "^ekbomd.conf:1: a board is named by its id as a text" <<'CONF'
sources = ( { address = "https://board.example/"; boards = [ 5 ]; } );
CONF
checks "a zone that is none" "^ekbomd.conf:1: 'time_zone': .*Europe/Londn" <<'CONF'
sources = ( { address = "https://board.example/"; time_zone = "Europe/Londn"; } );
CONF
checks "a period that is none" "^ekbomd.conf:1: 'since': .*soon" <<'CONF'
sources = ( { address = "https://board.example/"; since = "soon"; } );
CONF
checks "a source that is no group" "^ekbomd.conf:1: a source is a group" <<'CONF'
sources = ( "https://board.example/" );
CONF
checks "a syntax error" "^ekbomd.conf:3: syntax error: a line is  key = value;$" <<'CONF'
contact = "mailto:a@board.example";

readers: = 2
CONF
checks "a key given twice" "^ekbomd.conf:2: duplicate setting name" <<'CONF'
readers = 2;
readers = 3;
CONF
checks "rules that are not there" "rules: /nowhere: No such file" <<'CONF'
rules = "/nowhere";
CONF
mkdir broken
cp -r "$ROOT"/rules/rls/* broken/
echo 'match ((' >>broken/theories/bid.rules
checks "rules that are broken" "theories/bid.rules:[0-9]+:[0-9]+: " <<CONF
rules = "$WORK/broken";
CONF

# An included file is named for what stands in it.
mkdir parts
echo 'readers = 0;' >parts/readers.conf
echo '@include "readers.conf"' >parts/ekbomd.conf
exits 2 "what is wrong in an included file" "$EKBOMD" --check -c parts/ekbomd.conf
like "$(stderr)" "^parts/readers.conf:1: 'readers' is from 1 to 64$" "is said of that file"
exits 2 "a file that is not there" "$EKBOMD" --check -c nowhere.conf
like "$(stderr)" "^nowhere.conf: No such file or directory$" "is named"
exits 2 "a folder" "$EKBOMD" --check -c parts
like "$(stderr)" "^parts: a folder, not a configuration file$" "is no configuration"
exits 2 "the service does not start on what --check refuses" "$EKBOMD" -c parts
exits 2 "a word that ekbomd does not know" "$EKBOMD" --frobnicate
like "$(stderr)" "^usage: ekbomd" "shows its use"
done_testing

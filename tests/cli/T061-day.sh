#!/bin/sh
# A day with ekbom, ekbom-day(7): its commands, taken out of the page, print what the page shows.
. "$(dirname "$0")/lib.sh"

page=$ROOT/packaging/man/ekbom-day.7
mkdir bin
ln -s "$EKBOM" bin/ekbom
ln -s "$ROOT/sample" sample
HOME=$WORK PATH=$WORK/bin:$PATH
export HOME PATH

python3 "$ROOT/tests/cli/manual_commands.py" "$page" >found || true
while IFS="$(printf '\t')" read -r what command; do
    is "$what" ok "\$ $command"
done <found

# What the day is to show.
for part in timeline "timeline .* --format svg" "posts .*--sample 20 --seed [0-9]+ --kwic" "show --thread" \
    shift compare log cite export report; do
    like "$(cut -f2 found)" "^ekbom $part" "the day has: $part"
done
like "$(cut -f2 found)" "--in " "and a selection"

# The picture and the page that it leaves are whole.
ok "the picture is one" python3 -c 'import xml.dom.minidom; xml.dom.minidom.parse("timeline.svg")'
like "$(cat ppi.html)" "^</html>$" "the page has its end"
like "$(head -1 patients.csv)" "^post_key," "the dataset is of the open tier"

# A page that says what is not printed is found out.
# spoil WHAT SED: the page with one thing changed.
spoil() {
    sed "$2" "$page" >spoilt.7
    rm -rf rls
    exits 1 "found out: $1" python3 "$ROOT/tests/cli/manual_commands.py" spoilt.7
}
spoil "another figure" '/^\$ ekbom shift/,/^\.Ed/s/[0-9]\.[0-9] /9.99 /'
spoil "a command that there is not" 's/^\$ ekbom cite/$ ekbom cited/'
done_testing

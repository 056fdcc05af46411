#!/bin/sh
# Bad input to the rules: files that are no rules, rules beyond the limits, posts that are no posts.
# Everything is named with its place, and nothing is lost.
. "$(dirname "$0")/lib.sh"

# refused NAME PATTERN: the rules in bad/ are refused, in words that match.
refused() {
    exits 2 "$1" "$EKBOM" rules check --rules bad
    like "$(cat .stdout .stderr)" "$2" "$1: named"
}
new() { rm -rf bad; mkdir bad; }

new
printf 'theory a "A"\n  match ir\000on\n' >bad/a.rules
refused "a NUL byte" '^a.rules:2:11: error: the file holds a NUL byte here; is it a text file\? Save it as UTF-8'
new
printf 'theory a "A"\n  match ir\377on\n' >bad/a.rules
refused "a byte that is not UTF-8" '^a.rules:2:11: error: this is not UTF-8; save the file as UTF-8'
new
printf '\377\376t\000h\000e\000o\000r\000y\000' >bad/a.rules
refused "another encoding" '^a.rules:1:1: error: this is not UTF-8; save the file as UTF-8'
new
head -c 1100000 /dev/zero | tr '\0' '\n' >bad/a.rules
refused "a file of more than a megabyte" 'bad/a.rules: larger than 1 MiB; split it'
new
printf 'theory a "A"\n  match iron\n  regex /%05000d/\n' 0 >bad/a.rules
refused "a regular expression that is too long" '^a.rules:3:10: error: this regular expression is too long; write several'
new
printf 'theory a "A"\n  match iron\n  regex /(((((((((((iron{1,65000}){1,65000}){1,65000})))))))))/\n' >bad/a.rules
refused "one that would be too big" '^a.rules:3:[0-9]+: error: regular expression: .*too large'
new
printf 'theory a "A"\n  match %s iron\n' "$(printf '%0500d' 0 | tr 0 '(')" >bad/a.rules
refused "brackets without end" '^a.rules:2:[0-9]+: error: too many brackets inside one another; use a list'
new
echo 'include "b.rules"' >bad/a.rules
echo 'include "c.rules"' >bad/b.rules
echo 'include "a.rules"' >bad/c.rules
refused "a circle of includes" '^c.rules:1:10: error: this closes a circle: a.rules includes this file; move what both need to a third file'
new
printf 'theory a "A"\n  match iron\n' >bad/a.rules
printf 'treatment a "A"\n  match copper\n' >bad/b.rules
refused "one code in two files" '^b.rules:1:11: error: a is defined already, in a.rules line 1'
unlike "$(cat .stdout)" "below a theory" "what stands below it is not blamed"
new
printf 'include "c.rules"\n' >bad/a.rules
refused "an include of nothing" '^a.rules:1:10: error: there is no file "c.rules" in the rules folder'
new
echo '# nothing yet' >bad/a.rules
refused "rules without a theory" 'bad defines no theory and no treatment; write theory bid'
new
refused "a folder without rules" "no file ending in '.rules' in this folder"
exits 2 "a folder that is not there" "$EKBOM" rules check --rules nowhere
like "$(stderr)" "nowhere: No such file or directory" "is named"
exits 2 "a file where a folder should be" "$EKBOM" rules check --rules "$ROOT/README.md"
new
printf '\357\273\277theory a "A"\r\n  macth iron\r\n' >bad/a.rules
refused "a byte order mark and the line ends of Windows" '^a.rules:2:3: error: macth is no keyword; did you mean match'
unlike "$(cat .stdout)" "u000d" "are no part of the line"
new
printf 'theory a "A"\r  match iron\r' >bad/a.rules
refused "the line ends of an old Macintosh" '^a.rules:1:13: error: the lines end in a sign of old Macintosh files'
new
printf 'theory a "A"\n  \342\200\213match iron\n' >bad/a.rules
refused "a character that cannot be seen" '^a.rules:2:3: error: a character stands here that cannot be seen .U.200B.; delete it'
new
{ echo 'list l0 = low, poor'; for i in $(seq 30); do echo "list l$i = {l$((i - 1))} {l$((i - 1))}"; done; } >bad/a.rules
printf 'theory a "A"\n  match {l30}\n' >>bad/a.rules
refused "lists that double" '^a.rules:1[0-9]:1: error: the lists named here, .* come to more than 200,000 words to try'
new
{ printf 'theory a "A"\n  match iron'; seq -s ' ' 140000; } >bad/a.rules
refused "a line of a megabyte" '^a.rules:2:9: error: this phrase has more than 200 words'
like "$(cat .stdout)" '^ +\^$' "with a caret"
new
{ printf 'theory a "A"\n  match iron'; seq -s ', iron ' 60000; } | sed '2s/$/ ; low/' >bad/a.rules
refused "a mistake at its end" '^a.rules:2:[0-9]{6,}: error: ; has no meaning here'
like "$(cat .stdout)" 'iron 60000 ; low$' "is shown, in what stands around it"
new
seq 80000 | sed 's/^/macth /' >bad/a.rules
refused "eighty thousand mistakes" '^\.\.\. and 79900 more'
new
printf 'theory a "A"\n  match iron %s\n' "$(printf '%0500d' 0 | sed 's/0/near\/6 low /g')" >bad/a.rules
refused "conditions behind conditions" '^a.rules:2:3: error: lists inside lists, or conditions behind conditions, go too deep'
new
printf 'theory a "A"\n  match b & c\ntheory b "B"\n  match a & c\ntheory c "C"\n  match iron\n' >bad/a.rules
refused "theories that are joined in a circle" '^a.rules:2:9: error: b is joined of other theories itself; name those'
new
mkfifo bad/a.rules
refused "a pipe" 'bad/a.rules: not a regular file'
new
ln -s /dev/zero bad/a.rules
refused "a device" 'bad/a.rules: not a regular file'
new
i=0
while [ $i -le 1000 ]; do : >bad/$i.rules; i=$((i + 1)); done
refused "a thousand files and one" 'bad: more than 1000 files; this one is too many: '
if [ "$(id -u)" != 0 ]; then
    new
    printf 'theory a "A"\n  match iron\n' >bad/a.rules
    chmod 0 bad/a.rules
    refused "a file that may not be read" 'bad/a.rules: Permission denied'
fi
new
ln -s a.rules bad/a.rules
refused "a link to itself" 'a.rules: Too many levels of symbolic links'

# A store keeps its rules and its tags when the new ones are refused.
EKBOM_STORE=$WORK/store
export EKBOM_STORE
mkdir good
printf 'theory iron "Iron"\n  match low iron\n  test\n    yes low iron\n' >good/a.rules
post() { printf '{"id":"%s","forum":"http://f.example/","thread_id":"1","author":"ann","time":"2010-03-02T00:00:00Z","text":"%s"}\n' "$1" "$2"; }
post 1 "low iron" >posts.jsonl
ok "a store with rules" "$EKBOM" import --rules good posts.jsonl
"$EKBOM" posts --theory iron --format jsonl >before
new
printf 'theory iron "Iron"\n  macth low iron\n' >bad/a.rules
exits 2 "retag under rules with a mistake" "$EKBOM" retag --rules bad
like "$(stderr)" "a.rules:2:3: macth is no keyword; did you mean match" "names it"
exits 2 "so does diff" "$EKBOM" rules diff bad
exits 2 "and stats" "$EKBOM" rules stats --rules bad
"$EKBOM" posts --theory iron --format jsonl >after
ok "the store answers as before" cmp before after

# Posts.
python3 - <<'END'
import json
with open("posts.jsonl", "wb") as out:
    def line(data):
        out.write(data + b"\n")
    line(json.dumps({"id": "ten", "text": "so much about low iron " * 450000}).encode())
    line(json.dumps({"id": "toolong", "text": "so much about low iron " * 800000}).encode())
    line(b"not json")
    line(b'{"id":"bytes","text":"low \xff iron"}')
    line(b"[1,2]")
    line(b'{"id":"half"')
    line(b'{"text":"low iron"}')
    line(b'{"id":"surrogate","text":"\\ud800"}')
    line(json.dumps({"id": "last", "text": "low iron"}).encode())
END
exits 3 "posts of which some are none" sh -c "'$EKBOM' tag --rules good <posts.jsonl"
stdout >tagged.jsonl
ok "each has its line: tagged, or what is wrong with it" python3 - <<'END'
import json
rows = [json.loads(line) for line in open("tagged.jsonl", encoding="utf-8")]
assert len(rows) == 9, len(rows)
assert rows[0]["tags"][0]["hits"][0]["text"] == "low iron" and len(rows[0]["tags"][0]["hits"]) == 1000
assert rows[1]["error"] == "the post is longer than 16 MiB" and rows[1]["id"] == "toolong"
for number, row in enumerate(rows[2:8], 3):
    assert row["line"] == number and row["error"], row
assert rows[8]["id"] == "last" and rows[8]["tags"]
END
ok "the plain engine answers the same, to the byte" sh -c "'$EKBOM' tag --rules good --engine naive <posts.jsonl >naive.jsonl; cmp naive.jsonl tagged.jsonl"
exits 2 "explain of bytes that are no text" sh -c "printf 'low \\377 iron' | '$EKBOM' rules explain - --rules good"
like "$(stderr)" "standard input: byte 5 is not UTF-8" "names the first"
exits 2 "explain of 17 MB" sh -c "head -c 17000000 /dev/zero | tr '\\0' a | '$EKBOM' rules explain - --rules good"
like "$(stderr)" "a post of more than 16777216 bytes" "says how many are too many"

# A folder named like a rule file is a folder, and one word of a megabyte is a word.
mkdir -p odd/a.rules
printf 'theory a "A"\n  match iron\n  match %s\n  test\n    yes iron\n' "$(printf '%0900000d' 0)" >odd/a.rules/b.rules
ok "odd, and no mistake" "$EKBOM" rules check --rules odd

# A post on which a rule reaches a limit is undetermined for that rule, and counted as such.
mkdir hard
printf 'theory iron "Iron"\n  match low iron\ntheory hard "Hard"\n  regex /(?:x+x+)+yabcd/\n' >hard/a.rules
{ post 1 "low iron"; post 2 "low iron $(printf '%060d' 0 | tr 0 x) yabcd"; } >posts.jsonl
rm -rf store
ok "import of a post that holds a rule up" "$EKBOM" import --rules hard posts.jsonl
is "$("$EKBOM" posts --undetermined --format jsonl | python3 -c 'import json, sys; print([json.loads(l)["id"] for l in sys.stdin])')" "['2']" "it is known by --undetermined"
like "$("$EKBOM" rules explain 2 --theory hard)" "reached a matching limit: undetermined" "and explained"
ok "check warned of it" "$EKBOM" rules check --rules hard
like "$(stdout)" "^a.rules:4:3: warning: posts can be written that this rule gives up on \(undetermined\)" "before any post came"
done_testing

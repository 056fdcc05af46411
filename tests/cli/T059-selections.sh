#!/bin/sh
# Selection files: --in NAME on every query, its digest in every output; and how to cite it all.
. "$(dirname "$0")/lib.sh"

reference=$ROOT/tests/cli/selections_reference.py
unset EKBOM_SELECTIONS 2>/dev/null || true

mkdir mini
for theory in alpha beta; do
    printf 'language en\ntheory %s "%s"\n  version 1.0\n  about   a test\n  match   %sword\n' "$theory" "$theory" \
        "$theory" >"mini/$theory.rules"
done
python3 "$reference" make posts.jsonl
"$EKBOM" --store s import --rules mini posts.jsonl >/dev/null
mkdir s/selections

# selects NAME CONDITION: the posts of the selection are those for which the condition holds.
selects() {
    python3 "$reference" ids posts.jsonl "$2" | sort >expected
    "$EKBOM" --store s posts --in "$1" --format jsonl 2>err | sed 's/.*"id":"\([0-9]*\)".*/\1/' | sort >got
    ok "$1: $(wc -l <expected) posts" sh -c "test -s expected && cmp expected got"
}
cat >s/selections/boards.selection <<'END'
# Which boards.
title = "Two boards";
forums = ["https://a.example/"];
boards = ["https://a.example/#4", "https://a.example/#9"];
END
selects boards 'p["forum"] == "https://a.example/" and p["board_id"] in ("4", "9")'
echo 'languages = ["en"];' >s/selections/english.selection
selects english 'p["language"][:2] == "en"'
echo 'languages = ["en-gb", "de"];' >s/selections/others.selection
selects others 'p["language"] in ("en-gb", "de")'
cat >s/selections/clean.selection <<'END'
title = "Without those";
leave_out = (
  { author = "spam-bot"; reason = "sells a device"; },
  { author = "Åse"; forum = "https://b.example/"; reason = "asked for it"; },
  { board = "9"; forum = "https://a.example/"; reason = "off topic"; },
  { thread = "t41"; forum = "b.example"; reason = "a quiz"; },
  { post = 2011; reason = "sent twice"; },
  { post = "https://a.example/#2000"; reason = "sent twice"; }, { post = "2001"; reason = "a test"; },
  { language = "de"; reason = "the rules are for English"; }
);
END
grep -q '"id": "2000", "forum": "https://a.example/"' posts.jsonl || sed -i 's,https://a.example/#2000,https://b.example/#2000,' s/selections/clean.selection
clean='not (p["author"] == "spam-bot" or (p["author"] == "Åse" and p["forum"] == "https://b.example/")
    or (p["board_id"] == "9" and p["forum"] == "https://a.example/") or p["id"] in ("2011", "2000", "2001")
    or (p["thread_id"] == "t41" and p["forum"] == "https://b.example/") or p["language"] == "de")'
clean=$(echo "$clean" | tr '\n' ' ')
selects clean "$clean"
echo 'leave_out = ( { forum = "b.example"; reason = "another illness"; } );' >s/selections/one.selection
selects one 'p["forum"] == "https://a.example/"'
pseudonym=$("$EKBOM" --store s authors --author ida --forum https://a.example/ --format csv 2>/dev/null | sed -n 2p | cut -d, -f2)
echo "leave_out = ( { author = \"$pseudonym\"; reason = \"named without the name\"; } );" >s/selections/pseudonym.selection
selects pseudonym 'not (p["author"] == "ida" and p["forum"] == "https://a.example/")'

# It goes together with the options, and holds for what is counted, too.
python3 "$reference" ids posts.jsonl "$clean and p['author'] == 'ole' and 'alphaword' in text and p['language'][:2] in ('en', '')" | sort >expected
"$EKBOM" --store s posts --in clean --author ole --theory alpha --format jsonl 2>/dev/null | sed 's/.*"id":"\([0-9]*\)".*/\1/' | sort >got
ok "beside an author and a theory: $(wc -l <expected) posts" sh -c "test -s expected && cmp expected got"
figures() { python3 -c 'import json, sys
rows = [json.loads(line) for line in sys.stdin]
print(sum(row["posts_tagged"] for row in rows), sum(row["posts"] for row in rows))'; }
assessable="p['time'] and p['language'][:2] in ('en', '')"
is "$("$EKBOM" --store s timeline alpha --in clean --tier internal --format jsonl 2>/dev/null | figures)" \
    "$(python3 "$reference" ids posts.jsonl "$clean and $assessable and 'alphaword' in text" | wc -l) $(
        python3 "$reference" ids posts.jsonl "$clean and $assessable" | wc -l)" "a timeline counts them, and of them"
is "$("$EKBOM" --store s cooccur alpha beta --in clean --tier internal --format csv 2>/dev/null | sed -n 2p | cut -d, -f4,7)" \
    "$(python3 "$reference" ids posts.jsonl "$clean and $assessable and text == 'alphaword betaword'" | wc -l),$(
        python3 "$reference" ids posts.jsonl "$clean and $assessable" | wc -l)" "so do pairs"
is "$("$EKBOM" --store s grep betaword --in clean --format jsonl 2>/dev/null | wc -l)" \
    "$(python3 "$reference" ids posts.jsonl "$clean and 'betaword' in text" | wc -l)" "and a search"

# Every output names it, with the digest that sha256sum gives.
digest=sha256:$(sha256sum s/selections/clean.selection | cut -d' ' -f1)
short=$(echo "$digest" | cut -c1-23)
for command in "timeline alpha" posts "posts --kwic" "grep alphaword" "grep alphaword --count" cooccur "first alpha" \
    authors switching replies "rules stats" "shift alpha" ; do
    # shellcheck disable=SC2086
    "$EKBOM" --store s $command --in clean --format json >out 2>/dev/null || true
    like "$(cat out)" "\"selection\":\{\"name\":\"clean\",\"title\":\"Without those\",\"digest\":\"$digest\",\"left_out\":8\}" \
        "$command in JSON"
    # shellcheck disable=SC2086
    "$EKBOM" --store s $command --in clean >out 2>/dev/null || true
    like "$(cat out)" "^selection clean \($short\): Without those; 8 left out by name" "in a table"
    case $command in *--kwic | "rules stats") continue ;; esac
    # shellcheck disable=SC2086
    "$EKBOM" --store s $command --in clean --format csv >out 2>err || true
    like "$(cat err)" "selection clean \($short\)" "and beside CSV"
done
"$EKBOM" --store s timeline alpha --in clean --format svg >plot.svg 2>/dev/null
like "$(cat plot.svg)" "selection clean \($short\): Without those" "a plot has it in its picture"
ok "a file anywhere" "$EKBOM" --store s posts --in ./s/selections/one.selection
mkdir elsewhere
cp s/selections/english.selection elsewhere/mine.selection
ok "or in the folder of the environment" env EKBOM_SELECTIONS=elsewhere "$EKBOM" --store s posts --in mine
exits 2 "which is then the only one" env EKBOM_SELECTIONS=elsewhere "$EKBOM" --store s posts --in clean

# What is wrong is told with its line.
exits 2 "a selection that is not there" "$EKBOM" --store s posts --in claen
like "$(stderr)" 'no selection "claen" in s/selections: did you mean "clean"\?' "is answered with the nearest"
exits 2 "two" "$EKBOM" --store s posts --in clean --in one
wrong() {
    printf '%s\n' "$2" >wrong.selection
    exits 2 "$1" "$EKBOM" --store s posts --in ./wrong.selection
    like "$(stderr)" "$3" "is told"
}
wrong "a misspelt author" 'leave_out = (
  { author = "spam-bit"; reason = "x"; } );' './wrong.selection:2: no author "spam-bit" in this store: did you mean "spam-bot"\?'
wrong "a board that is not there" 'boards = ["Title of 8"];' './wrong.selection:1: no board "Title of 8" in this store: did you mean'
wrong "a board of two forums" 'boards = ["4"];' 'selection:1: board 4 is in 2 forums: name the forum too, one of'
wrong "a post that is not there" 'leave_out = ( { post = "77"; reason = "x"; } );' 'selection:1: no post 77 in this store'
wrong "a post of the other forum" "leave_out = ( { post = \"$(sed -n 's/.*"id": "\([0-9]*\)", "forum": "https:\/\/a.*/\1/p' posts.jsonl | head -1)\"; forum = \"b.example\"; reason = \"x\"; } );" 'selection:1: no post'
wrong "a thread that is not there" 'leave_out = ( { thread = "t99"; reason = "x"; } );' 'selection:1: no thread "t99"'
wrong "a forum that is not there" 'forums = ["c.example"];' 'selection:1: '
wrong "no reason" 'leave_out = ( { author = "ida"; } );' 'selection:1: say why it is left out'
wrong "an empty reason" 'leave_out = ( { author = "ida"; reason = ""; } );' 'selection:1: an empty text'
wrong "a misspelt key" '
boardz = ["4"];' 'selection:2: no key "boardz": did you mean "boards"\?'
wrong "a misspelt key inside" 'leave_out = ( { autor = "ida"; reason = "x"; } );' 'selection:1: no key "autor": did you mean "author"\?'
wrong "two things at once" 'leave_out = ( { author = "ida"; thread = "t41"; reason = "x"; } );' 'selection:1: name one of forum, board'
wrong "nothing named" 'leave_out = ( { reason = "x"; } );' 'selection:1: name one of forum, board'
wrong "no group" 'leave_out = ( "ida" );' 'selection:1: write \{ board'
wrong "no list" 'boards = "4";' 'selection:1: write a list of texts'
wrong "an empty list" 'boards = [];' 'selection:1: an empty list would take in nothing'
wrong "no text" 'title = true; boards = ["Title of 4"];' 'selection:1: write a text in quotes'
wrong "an empty file" '# nothing' 'selection: it selects nothing and leaves nothing out'
wrong "another file" '@include "s/selections/one.selection"' 'the digest would not cover another file'
wrong "no syntax" 'boards = ["4"' 'selection:[0-9]+: syntax error: a line is  key = value;'
printf 'title = "\377";\n' >wrong.selection
exits 2 "bytes that are no text" "$EKBOM" --store s posts --in ./wrong.selection
like "$(stderr)" "byte 9 is not UTF-8" "are told"
head -c 1100000 /dev/zero | tr '\0' '#' >wrong.selection
exits 2 "a file without end" "$EKBOM" --store s posts --in ./wrong.selection
exits 2 "a folder" "$EKBOM" --store s posts --in ./s
exits 2 "an option that takes none" "$EKBOM" --store s threads --in clean
printf 'title = "\033[31mred \342\200\256turned";\nlanguages = ["en"];\n' >wrong.selection
"$EKBOM" --store s posts --in ./wrong.selection --limit 1 >shown
"$EKBOM" --store s grep alphaword --in ./wrong.selection --limit 1 >>shown
"$EKBOM" --store s posts --in ./wrong.selection --limit 1 --format csv 2>>shown >/dev/null
like "$(cat shown)" 'u001b' "a hostile title is shown as escapes"
exits 1 "no control character gets through" grep -qP '[\x00-\x08\x0b-\x1f\x7f]|\xe2\x80\xae' shown

# How to cite: each step is a count of its own, from plain loops.
"$EKBOM" --store s cite alpha beta --in clean --since 2011 --format json >cite.json
steps() { python3 -c 'import json, sys
for step in json.load(open("cite.json"))["funnel"]: print(step["posts"])' | tr '\n' ' '; }
a='p["author"]'
expected=
# count CONDITION: one step more; each is added to those before.
so_far=True
count() {
    so_far="($so_far) and ($1)"
    expected="$expected$(python3 "$reference" ids posts.jsonl "$so_far" | wc -l) "
}
expected="$(wc -l <posts.jsonl) "
count True
count "$a != 'spam-bot'"
count "not ($a == 'Åse' and p['forum'] == 'https://b.example/')"
count "not (p['board_id'] == '9' and p['forum'] == 'https://a.example/')"
count "not (p['thread_id'] == 't41' and p['forum'] == 'https://b.example/')"
count "p['id'] != '2011'"
count "p['id'] != '2000'"
count "p['id'] != '2001'"
count "p['language'] != 'de'"
count "p['time']"
count "p['time'] >= '2011'"
count "p['language'][:2] in ('en', '')"
is "$(steps)" "$expected" "posts step by step as counted independently"
is "$(python3 -c 'import json
print(*[row["posts_tagged"] for row in json.load(open("cite.json"))["theories"]])')" \
    "$(python3 "$reference" ids posts.jsonl "$so_far and 'alphaword' in text" | wc -l) $(
        python3 "$reference" ids posts.jsonl "$so_far and 'betaword' in text" | wc -l)" "and the theories of these"
like "$(cat cite.json)" "\"digest\": ?\"$digest\"" "the selection has its digest"
like "$(cat cite.json)" '"reason": ?"sells a device"' "its exceptions their reasons"
unlike "$(cat cite.json)" 'spam-bot|Åse' "and no author is named"
"$EKBOM" --store s cite alpha --in clean --names >named
like "$(cat named)" "without author spam-bot: sells a device" "unless --names asks for it"
ok "for people" "$EKBOM" --store s cite alpha beta --in clean --since 2011
stdout >cited
like "$(cat cited)" "^Ekbom [0-9.]+, rule set sha256:[0-9a-f]{64}$" "version and rules"
like "$(cat cited)" "^  $digest$" "the whole digest"
like "$(cat cited)" "^ +[0-9]+  without board 9 of https://a.example/: off topic$" "steps with their reasons"
like "$(cat cited)" "^  Posts of 2 forums were archived, read and tagged with Ekbom" "a paragraph on methods"
unlike "$(cat cited)" "spam-bot|Åse" "without names"
python3 - cited <<'END' >bibtex
import re, sys
text = open(sys.argv[1], encoding="utf-8").read()
entries = re.split(r"^(?=@)", text, flags=re.M)[1:]
for entry in entries:
    depth, i = 0, 0
    while i < len(entry):
        depth += {"{": 1, "}": -1}.get(entry[i], 0)
        i += 1
        assert depth >= 0
    assert depth == 0, entry
    print(re.match(r"@(\w+)\{([\w-]+),\n", entry).groups(), len(re.findall(r"^  \w+ *= \{.*\},$", entry, re.M)))
END
is "$(cat bibtex)" "$(printf "('software', 'ekbom') 5\n('misc', 'ekbom-posts') 5")" "two entries of BibTeX"
ekbom() { "$EKBOM" --store s "$@"; }
"$EKBOM" --store s cite alpha --in clean --language en --of any-theory |
    sed -n '/^commands$/,/^$/p' | sed '1d;$d' >commands
is "$(wc -l <commands)" 4 "four commands"
while read -r command; do
    eval "$command" >out 2>&1 </dev/null && status=0 || status=$?
    is "$status" 0 "$command"
done <commands
"$EKBOM" --store s cite alpha --in clean --language en --of any-theory --format json >cite.json
is "$(python3 -c 'import json
lines = [json.loads(line) for line in open("s/log")]
log = json.load(open("cite.json"))["log"]
print(log["answers"] == len(lines) > 0, log["tests"] == sum(line.get("tests", 0) for line in lines), log["answers_here"])')" \
    "True True 1" "what was tried is told from the log"
exits 1 "nothing to cite" "$EKBOM" --store s cite alpha --since 2030
exits 2 "an unknown theory" "$EKBOM" --store s cite alpa
exits 2 "what cannot be assessed" "$EKBOM" --store s cite --not-assessable
exits 2 "rows" "$EKBOM" --store s cite --format csv
exits 2 "of a store that is not there" "$EKBOM" --store none cite
cat >'wrong.selection' <<'END'
title = "100 % {of} $x & \\end_#~^";
leave_out = ( { board = "9"; forum = "https://a.example/"; reason = "\x1b[31mred"; } );
END
"$EKBOM" --store s cite alpha --in ./wrong.selection --board 'Title of 5' --forum https://a.example/ >cited
like "$(cat cited)" 'title    = \{100 \\% \\textbraceleft of\\textbraceright  \\\$x \\& \\textbackslash end\\_\\#' "a title cannot break BibTeX"
like "$(cat cited)" "ekbom timeline alpha .*--board 'Title of 5'" "nor words a command"
exits 1 "no control character gets through" grep -qP '[\x00-\x08\x0b-\x1f\x7f]' cited
done_testing

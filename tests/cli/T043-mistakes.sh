#!/bin/sh
# The mistakes that everyone makes once: what `rules check` says, to the letter, and that doing what
# it says mends the file. The same messages stand in ekbom-rules(5), which is read here too.
. "$(dirname "$0")/lib.sh"

# The manual as it reads: its escapes undone.
sed 's/\\(dq/"/g; s/\\(lq/“/g; s/\\(rq/”/g; s/\\&//g; s/\\e/\\/g' \
    "$ROOT/packaging/man/ekbom-rules.5" >manual

# mistake NAME PLACE COLUMN-LINE MESSAGE: the file mine/theories/bid.rules has this error at this
# place; the line stands below it with a caret under the column; the manual has the message.
mistake() {
    exits 2 "$1" "$EKBOM" rules check --rules mine
    line=$(sed -n "$(echo "$2" | cut -d: -f1)p" mine/theories/bid.rules)
    caret=$(printf "%$(($(echo "$2" | cut -d: -f2) - 1))s^" "")
    is "$(stdout)" "theories/bid.rules:$2: error: $3
    $line
    $caret" "$1: its place, the words, the line and a caret"
    ok "$1: the manual has the same words" grep -qF "$3" manual
}

# mended NAME: the file that stands there now has no error, and tags what it should.
mended() {
    ok "$1: mended" "$EKBOM" rules check --rules mine
    ok "$1: and the example holds" "$EKBOM" rules test --rules mine
}

mkdir -p mine/theories
write() { cat >mine/theories/bid.rules; }
EXAMPLE='  test
    yes  My iron is low.'

write <<END
theory bid "Iron"
  regex /low iron|iron is low
$EXAMPLE
END
mistake "an unclosed slash" 2:9 "the closing slash is missing: write regex /.../"
write <<END
theory bid "Iron"
  regex /low iron|iron is low/
$EXAMPLE
END
mended "an unclosed slash"

write <<END
theory bid "Iron"
  regex /low iron and/or iron is low/
$EXAMPLE
END
mistake "a slash inside" 2:22 'the regular expression ends at this slash; a slash inside it is written \/, and if it should end before, its closing slash is missing there'
write <<END
theory bid "Iron"
  regex /(low iron and\\/or )?iron is low/
$EXAMPLE
END
mended "a slash inside"

write <<END
theory bid "Iron"
  match /low iron|iron is low/
$EXAMPLE
END
mistake "a regular expression without its keyword" 2:9 'a regular expression has the word regex before it: regex /.../; for the sign itself write "/"'
write <<END
theory bid "Iron"
  match regex /low iron|iron is low/
$EXAMPLE
END
mended "a regular expression without its keyword"

write <<END
theory bid "Iron"
  match iron near low
$EXAMPLE
END
mistake "near without a number" 2:14 'near needs a number of words from 1 to 200: write near/6; for the word itself write "near"'
write <<END
theory bid "Iron"
  match iron near/6 low
$EXAMPLE
END
mended "near without a number"

write <<END
theory bid "Iron"
  match iron near-6 low
$EXAMPLE
END
mistake "near miswritten" 2:14 'near-6 is no word of the language; did you mean near/6? To look for it as it stands write "near-6"'
write <<END
theory bid "Iron"
  match iron near/6 low
$EXAMPLE
END
mended "near miswritten"

printf 'theory bid "Iron"\n  regex /iron is\tlow/\n%s\n' "$EXAMPLE" | write
mistake "a tab in a regular expression" 2:17 'this is a tab, and in a regular expression finds tabs only; write a blank, or \s for any'
write <<END
theory bid "Iron"
  regex /iron is low/
$EXAMPLE
END
mended "a tab in a regular expression"

write <<END
theory bid "Iron"
  match with iron, iron is
$EXAMPLE
END
mistake "a word of the language" 2:9 'with is a word of the language and needs something before it; to look for the word itself write "with"'
write <<END
theory bid "Iron"
  match "with" iron, iron is
$EXAMPLE
END
mended "a word of the language"

write <<END
theory bid "Iron"
  match “iron is low”
$EXAMPLE
END
mistake "curly quotation marks" 2:9 'this is a curly quotation mark; write the straight one: "'
write <<END
theory bid "Iron"
  match "iron is low"
$EXAMPLE
END
mended "curly quotation marks"

write <<END
theory bid "Iron"
  regex /(“my )?iron is low/
$EXAMPLE
END
mistake "a curly one in a regular expression" 2:11 'this is a curly quotation mark; write the straight one: "'
write <<END
theory bid "Iron"
  regex /("my )?iron is low/
$EXAMPLE
END
mended "a curly one in a regular expression"

write <<END
list low = low, poor
theory bid "Iron"
  match iron near/6 {lwo}
$EXAMPLE
END
mistake "a list that is not there" 3:21 "there is no list {lwo} above or in an included file; did you mean {low}?"
write <<END
list low = low, poor
theory bid "Iron"
  match iron near/6 {low}
$EXAMPLE
END
mended "a list that is not there"

write <<END
theory bid "Iron"
  match iron near/6 {low}
$EXAMPLE


# Words.

list low = low, poor
END
mistake "a list that is below" 2:21 "the list {low} stands below, in line 9; move it above this line"
write <<END
# Words.
list low = low, poor
theory bid "Iron"
  match iron near/6 {low}
$EXAMPLE
END
mended "a list that is below"

write <<END
list iron_low = low, poor
theory bid "Iron"
  match iron near/6 iron_low
$EXAMPLE
END
mistake "a list without braces" 3:21 'iron_low is the name of a list: write {iron_low}; to look for the word itself write "iron_low"'
write <<END
list iron_low = low, poor
theory bid "Iron"
  match iron near/6 {iron_low}
$EXAMPLE
END
mended "a list without braces"

write <<END
list low = low
theory bid "Iron"
  match iron near/6 {low}
$EXAMPLE
list low = poor
END
mistake "the same list twice" 6:6 "there is a list {low} already, in theories/bid.rules line 1; add these words to it, or choose another name"
write <<END
list low = low, poor
theory bid "Iron"
  match iron near/6 {low}
$EXAMPLE
END
mended "the same list twice"

write <<END
# Iron in the brain.
#
# Who works on it:
# see the codebook.
theory bid "Iron"
  match iron near/6 low
$EXAMPLE
theory bid "Iron again"
  match ferritin
END
mistake "the same code twice" 9:8 "bid is defined already, in theories/bid.rules line 5; write these rules there, or choose another code"
write <<END
theory bid "Iron"
  match iron near/6 low
$EXAMPLE
theory ferritin "Iron again"
  match ferritin
END
mended "the same code twice"

write <<END
theory bid "Iron"
  macth iron near/6 low
$EXAMPLE
END
mistake "a slip in the first word" 2:3 "macth is no keyword; did you mean match?"
write <<END
theory bid "Iron"
  match iron near/6 low
$EXAMPLE
END
mended "a slip in the first word"

write <<END
theory bid "Iron"
  match low iron,
  strong iron is low
$EXAMPLE
END
mistake "a comma too many" 2:17 'after , at its end a line goes on in the next one, which begins with strong; take the , away, or write "strong" if the word is meant'
write <<END
theory bid "Iron"
  match low iron
  strong iron is low
$EXAMPLE
END
mended "a comma too many"

write <<END
theory bid "Iron"
  about  Too little iron.
$EXAMPLE
END
mistake "a theory without a rule" 1:1 "bid has no rule that finds a post; write below it: match some words"
write <<END
theory bid "Iron"
  about  Too little iron.
  match  iron is low
$EXAMPLE
END
mended "a theory without a rule"

write <<END
theory bid "Iron"
  regex /(low|poor) iron is \\1/
$EXAMPLE
END
mistake "a back-reference" 2:29 "what a bracket found cannot be asked for again (a back-reference); write the words out"
write <<END
theory bid "Iron"
  regex /(low|poor)? iron is (low|poor)/
$EXAMPLE
END
mended "a back-reference"

write <<END
include "theories/bid.rules"
theory bid "Iron"
  match iron near/6 low
$EXAMPLE
END
mistake "a file that includes itself" 1:10 "a file cannot include itself; leave out this line"
write <<END
theory bid "Iron"
  match iron near/6 low
$EXAMPLE
END
mended "a file that includes itself"

echo 'include "theories/bid.rules"' >mine/theories/words.rules
write <<END
include "theories/words.rules"
theory bid "Iron"
  match iron near/6 low
$EXAMPLE
END
exits 2 "two files that include one another" "$EKBOM" rules check --rules mine
circle="this closes a circle: theories/bid.rules includes this file; move what both need to a third file"
like "$(stdout)" "^theories/words.rules:1:10: error: $circle" "are named where the circle closes"
ok "and the manual has the same words" grep -qF "$circle" manual
rm mine/theories/words.rules
write <<END
theory bid "Iron"
  match iron near/6 low
$EXAMPLE
END
mended "two files that include one another"

# And what is none: tabs and the line ends of another system.
printf 'theory\tbid "Iron"\r\n\tmatch\tiron near/6\tlow\r\n\ttest\r\n\t\tyes\tMy iron is low.\r\n' | write
mended "tabs are blanks"

# Several at once are all named, and for programs too.
printf 'theory bid "Iron"\n  macth iron\n  match iron near low\n' | write
exits 2 "two mistakes" "$EKBOM" rules check --rules mine --format json
stdout >errors.json
ok "both as JSON, and nothing else" python3 - <<'END'
import json
d = json.load(open("errors.json"))
assert d["schema_version"] == 1 and d["errors"] == 2
assert [(r["file"], r["line"], r["column"], r["severity"], r["kind"]) for r in d["rows"]] == [
    ("theories/bid.rules", 2, 3, "error", None), ("theories/bid.rules", 3, 14, "error", None)], d
assert d["rows"][0]["source"] == "  macth iron"
END
done_testing

#!/bin/sh
# report: a study on one page, which needs nothing else, names nobody, and says what the commands say.
. "$(dirname "$0")/lib.sh"

check() { python3 "$ROOT/tests/cli/report_check.py" "$@"; }
"$EKBOM" --store s import "$ROOT/sample/sample.warc.gz" >/dev/null
address=https://board.example/

# figures WINDOWS THEORIES...: what timeline and shift say.
"$EKBOM" --store s timeline ppi bid dopamine --format jsonl >timeline.jsonl 2>/dev/null
"$EKBOM" --store s shift ppi bid dopamine --before 2008..2012 --after 2020..2024 --format jsonl >shift.jsonl 2>/dev/null
ok "a report of three theories" "$EKBOM" --store s report -o r.html ppi bid dopamine --before 2008..2012 --after 2020..2024
like "$(stderr)" "^ekbom: report in r.html" "says where it is"
like "$(stderr)" "sample data, not findings" "and that these are no findings"
is "$(stdout)" "" "and nothing else"
ok "it is whole, inert, fit for a screen reader, and has their figures" check r.html timeline.jsonl shift.jsonl
like "$(cat r.html)" "<p class=\"sample\">SAMPLE DATA, NOT FINDINGS" "sample data is called so"
like "$(cat r.html)" "3 on this page, corrected after Holm; 3 were run on this store before, in 1 answers" "tests are counted"
like "$(cat r.html)" "$(grep -c '"withheld":true' timeline.jsonl) of 57 periods, $(grep -c '"withheld":true' shift.jsonl) of 3 changes" \
    "so is what is withheld"
like "$(cat r.html)" "@software\{ekbom," "a citation stands in it"
like "$(tail -1 s/log)" '"command":"report".*"theory":"ppi","verdict":"rose".*"before":"2008..2012".*"tests":3' "what was tested is logged"
is "$("$EKBOM" --store s log | tail -1)" "2 questions, 6 tests in all" "and counted"

# The open tier: no names, addresses, ids, words.
"$EKBOM" --store s authors --names --limit 9999 --format json | python3 -c 'import json, sys
for row in json.load(sys.stdin)["rows"]:
    if len(row["author"]) > 4: print(row["author"])' >names
isnt "$(wc -l <names)" 0 "the store has names"
is "$(grep -cFf names r.html)" 0 "none is on the page"
unlike "$(cat r.html)" "board\.example|Pacing the Floor" "nor an address or the forum's title"
"$EKBOM" --store s report -o of.html ppi --before 2008..2012 --after 2020..2024 --author tonic_n_toast --thread 639 --forum "$address" 2>/dev/null
unlike "$(cat of.html)" "tonic_n_toast|\b639\b|board\.example" "selected by one they are not told either"
like "$(cat of.html)" "<dd>--forum FORUM --thread THREAD --author AUTHOR</dd>" "but that they were selected is"
mkdir -p s/selections
cat >s/selections/quiet.selection <<'END'
title = "Without <i>these</i>";
forums = ["https://board.example/"];
leave_out = ( { author = "tonic_n_toast"; reason = "sells a device"; }, { board = "7"; reason = "off topic"; },
  { thread = "630"; forum = "https://board.example/"; reason = "a quiz"; }, { post = "3083"; reason = "sent twice"; } );
END
digest=sha256:$(sha256sum s/selections/quiet.selection | cut -d' ' -f1)
ok "of a selection file" "$EKBOM" --store s report -o in.html ppi --in "$WORK/s/selections/quiet.selection"
ok "it is whole" check in.html
like "$(cat in.html)" "quiet.selection: Without &lt;i&gt;these&lt;/i&gt;, $digest" "which is named with its digest"
like "$(cat in.html)" "without a thread: a quiz" "each step has its reason"
like "$(cat in.html)" "without board 7: off topic" "boards are told"
unlike "$(cat in.html)" "tonic_n_toast|\b630\b|\b3083\b|board\.example|$WORK" "but who, which post and whose folder are not"
ok "the internal tier" "$EKBOM" --store s report -o internal.html ppi bid dopamine --before 2008..2012 --after 2020..2024 --tier internal
"$EKBOM" --store s timeline ppi bid dopamine --tier internal --format jsonl >timeline.jsonl 2>/dev/null
"$EKBOM" --store s shift ppi bid dopamine --before 2008..2012 --after 2020..2024 --tier internal --format jsonl >shift.jsonl 2>/dev/null
ok "shows the cells" check internal.html timeline.jsonl shift.jsonl
like "$(cat internal.html)" "not for publication" "and says what it is"
like "$(cat internal.html)" "$address" "addresses stand in it"
is "$(grep -cFf names internal.html)" 0 "names do not"

# All theories are a scan.
"$EKBOM" --store s timeline --since 2010 --by quarter --format jsonl >timeline.jsonl 2>/dev/null
"$EKBOM" --store s report -o all.html --since 2010 --by quarter 2>/dev/null
python3 - all.html >periods <<'END'
import re, sys
print(*re.search(r"ekbom compare (\S+ \S+)", open(sys.argv[1], encoding="utf-8").read()).group(1).split())
END
# shellcheck disable=SC2046
"$EKBOM" --store s compare $(cat periods) --format jsonl >shift.jsonl 2>/dev/null
ok "of all theories, by quarter, since 2010" check all.html timeline.jsonl shift.jsonl
like "$(cat all.html)" "15 on this page, corrected after Benjamini and Hochberg" "is a scan, and says so"
"$EKBOM" --store s report -o any.html ppi bid --language en --of any-theory --in quiet 2>/dev/null
python3 - any.html <<'END' >commands
import html, re, sys
page = open(sys.argv[1], encoding="utf-8").read()
print(html.unescape(re.search(r"<pre>(ekbom .*?)</pre>", page, re.S).group(1)), end="")
END
is "$(wc -l <commands)" 4 "its commands stand on the page"
ekbom() { "$EKBOM" --store s "$@"; }
while read -r command; do
    eval "$command" >out 2>&1 </dev/null && status=0 || status=$?
    is "$status" 0 "$command"
done <commands
like "$(sed -n 2p commands)" "ekbom shift ppi bid .*--of any-theory" "the denominator goes along"
like "$("$EKBOM" --store s cite ppi bid --language en --of any-theory --in quiet | tr -s '\n ' ' ')" \
    "of these, 2 with 4 tests are on this selection" "report and shift asked the same"

# Hand-coded posts, explanations.
"$EKBOM" --store s posts --sample 900 --format jsonl 2>/dev/null | python3 -c 'import json, sys
for line in sys.stdin:
    post = json.loads(line)
    post["labels"] = [{"theory": t.split(":")[0], "stance": "supports"} for t in post["theories"].split(";") if t]
    print(json.dumps(post))' >coded.jsonl
ok "a correction" "$EKBOM" --store s report -o v.html bid --validated coded.jsonl --explain
like "$(cat v.html)" "corrected for tagging error: 1 of 1, from 900 posts" "is told"
like "$(cat v.html)" "Test of no change: p &lt; 0.001" "so is how figures came about"
like "$(cat v.html)" "ekbom shift bid --validated FILE" "the command leaves out whose file it was"

# What a page leads to is what it is: inert, whatever the store holds.
python3 - >hostile.jsonl <<'END'
import json
hostile = "\u001b]0;x\u0007\u202e</td></table><script>alert(1)</script><img src=x onerror=y>&amp;\ufffe"
for n in range(1200):
    print(json.dumps({"id": f"{n}", "forum": "https://a.example/<b>&\"'/", "thread_id": f"t{n // 4}", "language": "en",
                      "thread_title": hostile, "author": hostile + str(n % 50), "board_id": "9", "board_title": hostile,
                      "text": "my ferritin was low and iron helped" if n % 7 < n // 200 else "no sleep",
                      "time": f"{2005 + n // 60}-{1 + n % 60 // 5:02}-{1 + n % 5:02}T10:00:00Z"}))
END
"$EKBOM" --store h import hostile.jsonl >/dev/null
board=$(python3 -c 'import json; print(json.loads(open("hostile.jsonl").readline())["board_title"])')
printf 'title = "</title><script>1</script>";\nleave_out = ( { thread = "t3"; reason = "<svg onload=x>\\x1b[31m"; } );\n' >h.selection
ok "a hostile board" "$EKBOM" --store h report -o h.html bid --board "$board" --in ./h.selection --tier internal
ok "is inert" check h.html
unlike "$(cat h.html)" "<script|<img|<svg on" "no markup of theirs is left"

# Written whole or not at all.
cp r.html kept.html
exits 2 "a theory that there is not" "$EKBOM" --store s report -o kept.html ppo
like "$(stderr)" "did you mean" "is answered with the nearest"
exits 1 "nobody wrote in 1999" "$EKBOM" --store s report -o kept.html ppi --until 1999
exits 2 "a tier that there is not" "$EKBOM" --store s report -o kept.html --tier review
exits 2 "half of two periods" "$EKBOM" --store s report -o kept.html ppi --before 2008
exits 2 "a bucket that there is not" "$EKBOM" --store s report -o kept.html --by week
exits 2 "what cannot be assessed" "$EKBOM" --store s report -o kept.html --not-assessable
ok "all of them leave an earlier report" cmp r.html kept.html
exits 2 "no place" "$EKBOM" --store s report ppi
like "$(stderr)" "report where to\? -o FILE.html" "is asked for"
exits 2 "a folder that is not there" "$EKBOM" --store s report -o nowhere/x.html ppi
like "$(stderr)" "nowhere/x.html: No such file" "is told"
exits 2 "a full disk" "$EKBOM" --store s report -o /dev/full ppi
like "$(stderr)" "/dev/full: No space left" "is told"
exits 2 "of no store" "$EKBOM" --store none report -o x.html
is "$(find . -name '*.tmp' -o -name x.html)" "" "nothing half-written is left"
ok "standard output" sh -c "'$EKBOM' --store s report -o - ppi bid dopamine --before 2008..2012 --after 2020..2024 2>/dev/null >out.html"
is "$(grep -v 'on this page' out.html | grep -v "store's log" | grep -v "store&#39;s log" | cksum)" \
    "$(grep -v 'on this page' r.html | grep -v "store's log" | grep -v "store&#39;s log" | cksum)" "has the same, but for what was asked since"
ok "nobody reading is no error" sh -c "'$EKBOM' --store s report -o - 2>/dev/null | head -1 >/dev/null"
done_testing

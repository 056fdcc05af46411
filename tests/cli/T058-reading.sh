#!/bin/sh
# Reading in context: a thread, a post among its neighbours, evidence in lines, the archived page.
. "$(dirname "$0")/lib.sh"

reference=$ROOT/tests/cli/reading_reference.py

mkdir mini
for theory in alpha beta; do
    printf 'theory %s "%s"\n  version 1.0\n  about   a test\n  match   %sword\n' "$theory" "$theory" "$theory" \
        >"mini/$theory.rules"
done
printf '\ntheory alpha/sub "within alpha"\n  version 1.0\n  about   a test\n  match   subword\n' >>mini/alpha.rules
python3 "$reference" make posts.jsonl
"$EKBOM" --store s import --rules mini posts.jsonl >/dev/null

# A thread in order.
shown_ids() { sed -n 's/.*  post \([0-9]*\) by .*/\1/p' | tr '\n' ' ' | sed 's/ $//'; }
for thread in t0 t1 t2; do
    ok "thread $thread" "$EKBOM" --store s show --thread "$thread"
    is "$(stdout | shown_ids)" "$(python3 "$reference" order posts.jsonl "$thread")" "is read in the order of time"
done
stdout >thread
like "$(head -1 thread)" "^thread t2  Thread 2$" "under its title"
like "$(sed -n 2p thread)" "^[0-9]+ posts$" "with how many there are"
like "$(cat thread)" "^20[0-9-]+ 10:[0-9]{2}  post [0-9]+ by writer[0-9]" "when and by whom"
like "$(cat thread)" "^undated  post [0-9]+ by writer[0-9]" "also where no time is known"
like "$(cat thread)" "^\[1\] alpha\+ {10}" "what it is tagged with stands in the margin"
like "$(cat thread)" "«alphaword»\[1" "its evidence in the text"
like "$(cat thread)" "> writer[0-9] wrote \(post [0-9]+\): .*…$" "a quote is one line"
unlike "$(cat thread)" "quotedtail" "however long it is"
unlike "$(cat thread)" 'alpha:[0-9]' "no reasons unless they are asked for"
is "$(awk 'length($0) > 100' thread | wc -l)" 0 "lines fit"
"$EKBOM" --store s show --thread t2 --quotes >whole
like "$(cat whole)" "quotedtail" "--quotes has them whole"
"$EKBOM" --store s show --thread t2 --reasons >reasons
like "$(cat reasons)" '^ +"alphaword"  alpha:4' "--reasons has words and rule below each post"
ok "as JSON, whole" "$EKBOM" --store s show --thread t2 --format jsonl
is "$(stdout | wc -l)" "$(sed -n 2p thread | cut -d' ' -f1)" "a line a post"
like "$(stdout)" 'quotedtail' "with whole quotes"
like "$(stdout)" '"rule":"alpha:4"' "and reasons"

# A post among its neighbours.
around=$(python3 "$reference" order posts.jsonl t1 | cut -d' ' -f5)
ok "a post with two before and two after" "$EKBOM" --store s show "$around" --around 2
is "$(stdout | shown_ids)" "$(python3 "$reference" order posts.jsonl t1 | cut -d' ' -f3-7)" "has these neighbours"
is "$(stdout | grep '▶' | shown_ids)" "$around" "and is marked among them"
first=$(python3 "$reference" order posts.jsonl t1 | cut -d' ' -f1)
"$EKBOM" --store s show "$first" --around 99 >all
is "$(shown_ids <all)" "$(python3 "$reference" order posts.jsonl t1)" "more than there are is all"
exits 2 "around of a thread" "$EKBOM" --store s show --thread t1 --around 2
like "$(stderr)" "ekbom show POST --around N" "is told where it belongs"
exits 2 "around nothing" "$EKBOM" --store s show "$first" --around many
exits 1 "a thread that is not there" "$EKBOM" --store s show --thread t9
exits 2 "a post and a thread" "$EKBOM" --store s show "$first" --thread t1

# The evidence in lines.
for word in alphaword betaword; do
    python3 "$reference" kwic posts.jsonl "$word" >expected
    "$EKBOM" --store s posts --kwic --theory "${word%word}" --format jsonl 2>/dev/null | grep "\"match\":\"$word\"" >rows
    python3 "$reference" rows rows >got
    ok "$(wc -l <got) places of $word, with 80 code points on each side" cmp expected got
done
"$EKBOM" --store s posts --kwic --theory beta --format jsonl >rows
is "$(grep -vc '"theory":"beta"' rows)" 0 "only tags that were asked for"
"$EKBOM" --store s posts --kwic --format jsonl >rows
like "$(cat rows)" '"theory":"alpha/sub"' "all of them where none is"
ok "drawn posts" "$EKBOM" --store s posts --kwic --theory alpha --sample 5 --seed 2
stdout >drawn
like "$(tail -1 drawn)" "^[0-9]+ places in 5 of [0-9]+ posts, drawn with seed 2$" "say how they were drawn"
is "$(grep -o '^[^ ]* *[0-9]* ' drawn | grep '^alpha' | awk '{ print $2 }' | sort -u | tr '\n' ' ')" \
    "$("$EKBOM" --store s posts --theory alpha --sample 5 --seed 2 --format jsonl | sed 's/.*"id":"\([0-9]*\)".*/\1/' | sort -u | tr '\n' ' ')" \
    "and are those of the list"
is "$(python3 -c 'import sys
print(len({l.index("«") for l in sys.stdin if "«" in l}))' <drawn)" 1 "every place begins in the same column"
exits 1 "nothing to show" "$EKBOM" --store s posts --kwic --since 2030
exits 2 "of quotes there are no words" "$EKBOM" --store s posts --kwic --quoted --theory alpha
exits 2 "nor of an earlier rule set" "$EKBOM" --store s posts --kwic --rules-version abcdef

# The archived page: words, and nothing that could act.
cat >evil.txt <<'END'
<p onclick="steal()">kept words &amp; more <b style="x">bold</b></p>
<script>document.title = "scripted words"</script><SCRIPT src="https://evil.example/x.js">more scripted</SCRIPT >
<style>body { background: url(https://evil.example/styled) }</style>
<img src="https://evil.example/pixel.gif" alt="a picture of legs" onerror="x()">
<iframe src="https://evil.example/frame"></iframe><svg onload="x()"><a href="x">drawn</a></svg>
<a href="javascript:alert(1)">a link</a> <form action="https://evil.example/"><input value="typed"></form>
<math><mtext></p><style><img src=x onerror=alert(1)></style></math>
&lt;script&gt;written words&lt;/script&gt; &#60;img src=y onerror=z&#62; &#x202e;turned &#27;[31m
<!-- --!><script>commented()</script> --> <![CDATA[ <script>cdata()</script> ]]> <?php echo 1 ?>
<p/onmouseover="x()">slashed</p><a href="#" "onclick=x()>quoted">odd</a> <x-y onload=z>own</x-y> a < b <
END
printf 'caf\303\251 \342\200\256turned\302\233 end \001\n' >>evil.txt
python3 - "$ROOT/tests/pages/phpbb-3.3-thread.html" <<'END'
import sys
page = open(sys.argv[1], encoding="utf-8").read()
evil = open("evil.txt", encoding="utf-8").read()
at = page.index('<div class="content">A hot bath')
at = page.index('>', at) + 1
open("evil.html", "w", encoding="utf-8").write(page[:at] + evil + page[at:])
END
python3 "$reference" warc evil.html evil.warc utf-8
"$EKBOM" --store w import evil.warc >/dev/null
post=$("$EKBOM" --store w posts --order oldest --limit 1 --format csv | sed -n 2p | cut -d, -f2)
ok "the page of a post" "$EKBOM" --store w show --page "$post"
stdout >page.html
ok "holds a fixed set of elements, no attribute, no control character" python3 "$reference" inert page.html
for word in "kept words & more" bold "a picture of legs" "<script>written words</script>" "<img src=y onerror=z>" \
    "a link [javascript:alert(1)]" '\u202eturned' "slashed" "café" "A hot bath" "own"; do
    like "$(grep -cF -- "$word" words)" "[1-9]" "the words are there: $word"
done
for word in "scripted" "styled" "drawn" "document.title"; do
    is "$(grep -cF -- "$word" words)" 0 "and these are not: $word"
done
like "$(cat page.html)" "Content-Security-Policy.*default-src 'none'" "a browser is told so too"
like "$(cat words)" "address: https://w.example/viewtopic.php\?t=21" "it says where the page came from"
like "$(cat words)" "fetched: 2020-01-01T00:00:00Z" "when"
like "$(cat words)" "archive file: .*warc.gz, byte [0-9]+" "and where it lies"
# Cut anywhere it stays so.
for bytes in 2000 2500 3000 3500 4000 4333 4777 5000; do
    head -c "$bytes" evil.html >cut.html
    python3 "$reference" warc cut.html cut.warc utf-8
    rm -rf cut
    "$EKBOM" --store cut import cut.warc >/dev/null 2>&1 || true
    "$EKBOM" --store cut show --page "$post" >cut.page 2>/dev/null || continue
    ok "cut after $bytes bytes it is inert" python3 "$reference" inert cut.page
done
iconv -f utf-8 -t latin1//TRANSLIT "$ROOT/tests/pages/phpbb-3.3-thread.html" 2>/dev/null |
    sed 's/A hot bath/A hot b\xe4th/; s/charset="utf-8"/charset="iso-8859-1"/' >latin.html
python3 "$reference" warc latin.html latin.warc
"$EKBOM" --store latin import latin.warc >/dev/null
"$EKBOM" --store latin show --page "$post" >latin.page
like "$(cat latin.page)" "A hot bäth" "a page in another character set is read as it declares"
exits 1 "a post that came as a record" "$EKBOM" --store s show --page "$first"
like "$(stderr)" "has no archived page: it came as a record" "has no page"
exits 1 "a post that is not there" "$EKBOM" --store w show --page 99999
exits 2 "a page as JSON" "$EKBOM" --store w show --page "$post" --format json
exits 2 "a page and a post" "$EKBOM" --store w show "$post" --page "$post"
rm w/archive/*.gz
exits 2 "a page whose file is gone" "$EKBOM" --store w show --page "$post"

# Hostile words stay words.
printf '%s\n' '{"id":"1","forum":"https://e.example/","thread_id":"9","author":"\u001b]0;x\u0007","thread_title":"\u202eevil\u001b[2J","text":"\u001b[31mred alphaword\u009b \u202eturned","quotes":[{"author":"\u001b[1m","post_id":"\u202e2","inferred":false,"depth":1,"text":"\u001b[5mblink"}]}' \
    '{"id":"2","forum":"https://e.example/","thread_id":"9","author":"=cmd()","text":"=1+1 alphaword","time":"2001-01-01T00:00:00Z"}' >evil.jsonl
"$EKBOM" --store evil import --rules mini evil.jsonl >/dev/null
{
    "$EKBOM" --store evil show --thread 9
    "$EKBOM" --store evil show --thread 9 --quotes --reasons
    "$EKBOM" --store evil show 1 --around 1
    "$EKBOM" --store evil posts --kwic
} >shown
like "$(cat shown)" "alphaword" "hostile posts are shown"
exits 1 "no control character gets through" grep -qP '[\x00-\x08\x0b-\x1f\x7f]|\xc2\x9b|\xe2\x80\xae' shown
"$EKBOM" --store evil posts --format csv >formula.csv
like "$(cat formula.csv)" ",'=cmd\(\)," "a name that a spreadsheet would run is text"
like "$(cat formula.csv)" ",'=1\+1 alphaword," "and so are words"
"$EKBOM" --store evil posts --format jsonl >formula.jsonl
like "$(cat formula.jsonl)" '"author":"=cmd\(\)"' "where no spreadsheet reads they are as they were"

# On a terminal there are colour and a pager, and neither where it is not.
cat >terminal.py <<'END'
import fcntl, os, pty, struct, sys, termios
pid, master = pty.fork()
if pid == 0:
    fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 100, 0, 0))
    os.execvp(sys.argv[1], sys.argv[1:])
output = b""
while True:
    try:
        data = os.read(master, 65536)
    except OSError:
        break
    if not data:
        break
    output += data
sys.stdout.buffer.write(output.replace(b"\r\n", b"\n"))
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
END
unset NO_COLOR
ok "a thread on a terminal" env PAGER='sed s/^/paged:/' TERM=xterm python3 terminal.py "$EKBOM" --store s show --thread t1
like "$(stdout)" "^paged:thread t1" "goes through the pager"
like "$(stdout)" "$(printf '\033')\[1m«alphaword»" "in colour"
is "$(stdout | python3 -c 'import re, sys
print(80 < max(len(re.sub("\033.[0-9;]*m", "", l)) for l in sys.stdin) <= 107)')" True "as wide as the terminal"
ok "without one" env PAGER='sed s/^/paged:/' TERM=xterm python3 terminal.py "$EKBOM" --store s show --thread t1 --no-pager --color never
unlike "$(stdout)" "paged:|$(printf '\033')" "if that is asked for"
done_testing

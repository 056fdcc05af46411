#!/bin/sh
# timeline --format svg: a picture of what the rows say; and what stands beside the rows.
. "$(dirname "$0")/lib.sh"

"$EKBOM" --store s import "$ROOT/sample/sample.warc.gz" >/dev/null

# draws NAME STORE ARGUMENTS...: picture and rows of one timeline agree.
draws() {
    draws_name=$1
    draws_store=$2
    shift 2
    "$EKBOM" --store "$draws_store" timeline "$@" --format jsonl >rows.jsonl 2>/dev/null
    ok "$draws_name is drawn" "$EKBOM" --store "$draws_store" timeline "$@" --format svg
    stdout >picture.svg
    ok "... as the rows have it" python3 "$ROOT/tests/cli/plot_check.py" picture.svg rows.jsonl
}
draws "one theory by year" s ppi
like "$(cat picture.svg)" "<title id=.ekbom-title.>Share of posts that name ppi, by year, 2006 to 2024</title>" \
    "its title says what it is"
like "$(cat picture.svg)" "SAMPLE DATA, NOT FINDINGS" "sample data is marked in it"
like "$(cat picture.svg)" "^ppi: 0.0 % in 2006, 1[0-9.]+ % in 2024; highest .* periods withheld; the level breaks: 2017 .* to a higher level" \
    "a screen reader hears its course"
like "$(cat picture.svg)" 'class="withheld"' "withheld cells are visible"
like "$(cat picture.svg)" 'class="change"' "a break of the level is marked"
draws "every theory" s
draws "every theory by month" s --by month
draws "quarters" s bid dopamine --by quarter --since 2010
draws "parts of theories" s bid dopamine --split stance --by quarter
like "$(cat picture.svg)" "<title id=.ekbom-title.>Share of posts that name each of 8 parts of theories, by quarter" \
    "a title that is too long for names has their number"
draws "parts that are each of their own posts" s bid --split author-cohort
like "$(cat picture.svg)" "each panel is of its own posts" "have no common strip of them"
draws "forums, each of its own pages" s bid --split forum
draws "some months" s bid --by month --since 2022-11 --until 2023-02
draws "one month" s bid ppi --by month --since 2022-11 --until 2022-11
draws "the internal tier" s ppi bid genetics gut --tier internal
unlike "$(cat picture.svg)" 'class="withheld"' "withholds nothing"

"$EKBOM" --store s timeline ppi bid --format svg >first.svg
cp -r s t
"$EKBOM" --store t timeline ppi bid --format svg >second.svg
ok "the same store draws the same, to the byte" cmp first.svg second.svg
# The README's: `make picture` draws it anew when rules or sample change.
ok "the README's picture can be read" python3 -c 'import sys, xml.etree.ElementTree as E; E.parse(sys.argv[1])' \
    "$ROOT/sample/timeline.svg"
like "$(cat "$ROOT/sample/timeline.svg")" ">SAMPLE DATA, NOT FINDINGS<" "and is marked as sample data"

# Nothing to draw, and what cannot be drawn.
exits 1 "a time without posts" "$EKBOM" --store s timeline bid --since 2031 --format svg
is "$(stdout)" "" "draws nothing"
like "$(stderr)" "no posts to draw" "and says so"
exits 2 "an unknown theory" "$EKBOM" --store s timeline inflamation --format svg
exits 2 "a command without pictures" "$EKBOM" --store s posts --format svg
like "$(stderr)" "writes table" "says what it writes"
exits 2 "a disk that is full" sh -c '"$1" --store s timeline bid --format svg >/dev/full' - "$EKBOM"

# Years of posts, hostile names, a period that is not over, and ids without a post.
python3 - >long.jsonl <<'END'
import json
forum = "https://a.example/<b>&\"'/"
for n in range(1, 1207):
    if n % 10 == 0:
        continue
    year, month = 2005 + n // 60, 1 + n % 60 // 5
    hostile = "\u001b]0;x\u0007\u202e</text><script>alert(1)</script>&amp;\ufffe"
    print(json.dumps({"id": str(n), "forum": forum, "thread_id": str(n // 5), "language": "en",
                      "thread_title": hostile, "author": hostile if n % 60 == 1 else f"a{n % 47}",
                      "board_id": "9", "board_title": hostile,
                      "text": "my ferritin was low and iron helped" if n % 7 < n // 200 else "no sleep",
                      "time": f"{year}-{month:02}-{1 + n % 5:02}T10:00:00Z",
                      "first_seen": "2024-12-10T00:00:00Z", "last_seen": "2024-12-10T00:00:00Z"}))
END
"$EKBOM" --store l import long.jsonl >/dev/null
draws "twenty years, the last not over" l bid
like "$(cat picture.svg)" 'class="share partial"' "the last one is dashed"
like "$(cat picture.svg)" 'class="posts partial"' "with its number of posts"
board=$(python3 -c 'import json; print(json.loads(open("long.jsonl").readline())["board_title"])')
draws "a hostile board, author and forum" l bid dopamine --by quarter --board "$board" --forum 'https://a.example/<b>&"'"'/"
like "$(cat picture.svg)" 'Selection: .*--board .u001b.0;x' "are named in it, inert"
unlike "$(cat picture.svg)" '<script' "without markup of theirs"
printf '%s\n' '{"id":"1","forum":"https://o.example/","thread_id":"1","text":"iron","language":"en","time":"0901-01-01"}' \
    '{"id":"2","forum":"https://o.example/","thread_id":"1","text":"iron","language":"en","time":"2020-01-01"}' >old.jsonl
"$EKBOM" --store o import old.jsonl >/dev/null
exits 2 "more periods than a picture has room for" "$EKBOM" --store o timeline bid --by month --format svg
like "$(stderr)" "13429 periods are too many .* coarser --by" "is answered with what to do"
draws "the same by a wider bucket" o bid --by year

# Beside the rows.
ok "a timeline" "$EKBOM" --store l timeline bid --since 2006 --until 2024 --format json
stdout >l.json
is "$(python3 -c '
import json
answer = json.load(open("l.json"))
print(*sorted({round(row["id_gap"], 1) for row in answer["rows"]}), {row["fetched"] for row in answer["rows"]})
print(answer["fetched_reason"], answer["id_gap_reason"])')" "0.1 {None}
imported archives do not say what their boards list None" "says that every tenth id has no post, and what cannot be told"
is "$(python3 -c '
import json
(series,) = json.load(open("l.json"))["series"]
print(series["theory"], series["reason"], series["trend"]["slope"] > 0, series["trend"]["p"] < 0.01)
print(all(c["low"] <= c["bucket"] <= c["high"] for c in series["changes"]), {c["level"] for c in series["changes"]})')" \
    "bid None True True
True {'higher'}" "where its level breaks, within which years, and its trend"
COLUMNS=80 "$EKBOM" --store l timeline >table
is "$(python3 -c 'print(max(len(line.rstrip("\n")) for line in open("table", encoding="utf-8")) <= 80)')" True \
    "a table of eighty columns"
unlike "$(COLUMNS=70 "$EKBOM" --store s timeline ppi | grep '^period')" "threads" "a narrower one does without threads"
like "$(COLUMNS=80 "$EKBOM" --store s timeline ppi | grep '^period')" "threads" "a wider one has them"
like "$(COLUMNS=80 "$EKBOM" --store s timeline ppi)" "^ppi ▁+·▁+·+[^ ▁·]+█$" "with a sparkline, withheld cells as dots"
like "$(cat table)" "bid: 20[0-9]+ \(20[0-9]+ to 20[0-9]+\) to a higher level.*" "and notes below"
ok "--explain" "$EKBOM" --store s timeline ppi --explain
like "$(stdout)" "share: tagged / posts. ppi in 2024: ([0-9]+) / ([0-9]+) = 0\.[0-9]+" "gives the sum of one period"
like "$(stdout)" "fetched: cannot be told: imported archives" "and what cannot be told"
ok "--explain in JSON" "$EKBOM" --store s timeline ppi --explain --format json
like "$(stdout)" '"explanation":\["posts: every post' "is a field"
ok "--explain beside CSV" "$EKBOM" --store s timeline ppi --explain --format csv
like "$(stderr)" "design effect" "goes to standard error"
done_testing

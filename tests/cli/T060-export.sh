#!/bin/sh
# export: tagged datasets in three tiers.
. "$(dirname "$0")/lib.sh"

"$EKBOM" --store s import "$ROOT/sample/sample.warc.gz" >/dev/null

ok "the open tier is the default" "$EKBOM" --store s export -o open.jsonl
like "$(stderr)" "sample data, not findings" "and sample data is called so"
like "$(head -1 open.jsonl)" '^\{"post_key":"[0-9a-f]{16}","thread_key":"[0-9a-f]{16}","author_key":"[0-9a-f]{16}","date":"' "with keyed ids"
unlike "$(cat open.jsonl)" 'board.example|"text"|"author":' "no address, no words, no names"
ok "tables as CSV" sh -c "for t in posts quotes threads tags links; do
    '$EKBOM' --store s export --tier internal --format csv -o \$t.csv \$t || exit 1; done"
ok "which other programs read" python3 - <<'END'
import csv
for table in ("posts", "quotes", "threads", "tags", "links"):
    with open(table + ".csv", newline="", encoding="utf-8") as f:
        rows = list(csv.reader(f))
    assert len(rows) > 1, table
    assert all(len(row) == len(rows[0]) for row in rows), table
END
is "$("$EKBOM" --store s export -o - 2>/dev/null | sha256sum)" \
    "$("$EKBOM" --store s export -o - 2>/dev/null | sha256sum)" "an export is the same each time"

# The reviewer's tier: words, places and addresses of every tag, and nobody's name.
for table in posts quotes threads tags links; do
    ok "$table for a reviewer" "$EKBOM" --store s export --tier review -o "review-$table.jsonl" $table
done
ok "have the words of every tag, where the post has them, and no names" python3 - <<'END'
import csv, json
posts = {(p["forum"], p["id"]): p for p in csv.DictReader(open("posts.csv", newline="", encoding="utf-8"))}
def rows(table):
    return [json.loads(line) for line in open(f"review-{table}.jsonl", encoding="utf-8")]
hidden = {"author", "author_id", "text", "subject", "quotes", "links", "thread_title", "board_title", "quoted_author",
          "time"}
for table in ("posts", "quotes", "threads", "tags", "links"):
    assert rows(table) and not hidden & set(rows(table)[0]), table
hits = 0
for row in rows("posts"):
    post = posts[row["forum"], row["id"]]
    assert row["url"] == post["url"] and row["thread_id"] == post["thread_id"]
    for hit in [h for tag in row["tags"] or [] for h in tag["hits"]]:
        assert post["text"][hit["start"]:hit["end"]] == hit["text"], hit
        hits += 1
assert hits > 500
tags = rows("tags")
assert sum(len(t["hits"]) for t in tags if t["theory"]) == hits
names = {p["author"] for p in posts.values() if len(p["author"]) > 6}
words = open("review-posts.jsonl", encoding="utf-8").read()
assert names and not [n for n in names if n in words]
END

# Of a selection file: its posts, hidden ones too unless it leaves them out, and their threads.
mkdir s/selections
cat >s/selections/quiet.selection <<'END'
languages = ["en"];
leave_out = ( { board = "7"; reason = "off topic"; }, { post = "3083"; reason = "sent twice"; } );
END
for table in posts quotes threads tags links; do
    ok "$table of a selection" "$EKBOM" --store s export --in quiet --tier internal --format csv -o "in-$table.csv" $table
    like "$(stderr)" "selection quiet \(sha256:$(sha256sum s/selections/quiet.selection | cut -c1-16)\)" "which is named"
done
ok "are those of the whole that it takes in, in their order" python3 - <<'END'
import csv
def rows(name):
    return list(csv.DictReader(open(name, newline="", encoding="utf-8")))
posts = {p["id"]: p for p in rows("posts.csv")}
chosen = {i for i, p in posts.items() if p["board_id"] != "7" and i != "3083" and p["language"][:2] == "en"}
assert 0 < len(chosen) < len(posts)
threads = {posts[i]["thread_id"] for i in chosen}
for table, wanted in (("posts", lambda r: r["id"] in chosen), ("threads", lambda r: r["thread_id"] in threads),
                      ("quotes", lambda r: r["id"] in chosen), ("tags", lambda r: r["id"] in chosen),
                      ("links", lambda r: r["id"] in chosen)):
    expected = [r for r in rows(table + ".csv") if wanted(r)]
    assert rows("in-" + table + ".csv") == expected and expected, table
END
echo 'leave_out = ( { board = "77"; reason = "x"; } );' >s/selections/wrong.selection
exits 2 "a selection of what there is not" "$EKBOM" --store s export --in wrong -o x.csv
exits 2 "a selection that there is not" "$EKBOM" --store s export --in queit -o x.csv
like "$(stderr)" 'did you mean "quiet"' "is answered with the nearest"

exits 2 "a table that there is not" "$EKBOM" --store s export -o x.csv weather
exits 2 "a tier that there is not" "$EKBOM" --store s export --tier secret -o x.csv
like "$(stderr)" "open review internal" "says which there are"
exits 2 "a folder that is not there" "$EKBOM" --store s export -o nowhere/x.csv
exits 2 "no path" "$EKBOM" --store s export
ok "nothing half-written is left" sh -c "! ls | grep -E '^(x\.csv|\.?x)'"
ok "nobody reading is no error" sh -c "'$EKBOM' --store s export -o - 2>/dev/null | head -1 >/dev/null"
done_testing

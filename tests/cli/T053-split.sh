#!/bin/sh
# timeline --split: the same figures in parts, each as the narrower question would have given it.
. "$(dirname "$0")/lib.sh"

reference=$ROOT/tests/cli/selections_reference.py
mkdir mini
for theory in alpha beta; do
    printf 'language en\ntheory %s "%s"\n  version 1.0\n  about   a test\n  match   %sword\n' "$theory" "$theory" \
        "$theory" >"mini/$theory.rules"
done
python3 "$reference" make posts.jsonl
"$EKBOM" --store s import --rules mini posts.jsonl >/dev/null
counted="p['time'] and p['language'][:2] in ('en', '')"

# part VALUE CONDITION: tagged and counted over all periods of the part, and as counted independently.
part() {
    is "$(python3 -c 'import json, sys
rows = [row for row in map(json.loads, open("rows")) if row["split"] == sys.argv[1]]
print(len({row["bucket"] for row in rows}), sum(row["posts_tagged"] for row in rows), sum(row["posts"] for row in rows))' "$1")" \
        "7 $(python3 "$reference" ids posts.jsonl "$counted and 'alphaword' in text and ($2)" | wc -l) $(
            python3 "$reference" ids posts.jsonl "$counted and ($2)" | wc -l)" "$1"
}
parts() { python3 -c 'import json
print(*sorted({json.loads(line)["split"] for line in open("rows")}), sep=", ")'; }

ok "by forum" "$EKBOM" --store s timeline alpha --split forum --tier internal --format jsonl
stdout >rows
part https://a.example/ 'p["forum"] == "https://a.example/"'
part https://b.example/ 'p["forum"] == "https://b.example/"'
is "$(parts)" "https://a.example/, https://b.example/" "and no others"
ok "by language" "$EKBOM" --store s timeline alpha --split language --tier internal --format jsonl
stdout >rows
part en 'p["language"][:2] == "en"'
part unknown 'p["language"] == ""'
is "$(parts)" "en, unknown" "a language that the rules do not cover has no part"
is "$("$EKBOM" --store s posts --language unknown --format jsonl | wc -l)" \
    "$(python3 "$reference" ids posts.jsonl 'p["language"] == ""' | wc -l)" "--language unknown selects the same"
ok "by stance" "$EKBOM" --store s timeline alpha --split stance --tier internal --format jsonl
stdout >rows
part supports True
is "$(parts)" "asks, disputes, neutral-mention, supports" "every stance has a part"
is "$(grep '"split":"asks"' rows | grep -vc '"posts_tagged":0,"posts":[1-9]')" 0 "of the same posts"
"$EKBOM" --store s timeline alpha --stance supports --tier internal --format jsonl >whole
is "$(grep '"split":"supports"' rows | sed 's/,"split":"supports"//')" "$(cat whole)" "and has its own interval"
ok "by when the author first wrote" "$EKBOM" --store s timeline alpha --split author-cohort --tier internal --format jsonl
stdout >rows
python3 - <<'END' >expected
import json
first = {}
posts = [json.loads(line) for line in open("posts.jsonl", encoding="utf-8")]
for post in posts:
    if "time" in post and "author" in post:
        who = post["forum"], post["author"]
        first[who] = min(first.get(who, "9999"), post["time"])
for begin in (2005, 2010):
    of = [post for post in posts
          if "time" in post and post.get("state") != "hidden" and (post.get("language") or "en")[:2] == "en"
          and str(begin) <= first.get((post["forum"], post.get("author")), "9999") < str(begin + 5)]
    print("first wrote %d to %d" % (begin, begin + 4), len([post for post in of if "alphaword" in post["text"]]), len(of))
END
python3 - <<'END' >got
import json
rows = [json.loads(line) for line in open("rows")]
for part in sorted({row["split"] for row in rows}):
    of = [row for row in rows if row["split"] == part]
    print(part, sum(row["posts_tagged"] for row in of), sum(row["posts"] for row in of))
END
is "$(cat got)" "$(cat expected)" "in cohorts of five years; nobody is in none"
is "$("$EKBOM" --store s timeline alpha --format csv | head -1 | grep -c split)" 0 "without --split there is no such column"
ok "a table" "$EKBOM" --store s timeline alpha beta --split forum
like "$(stdout)" "split by forum, each of its own posts" "says of what the shares are"
like "$(stdout)" "^alpha, https://a.example/" "a heading for each theory and part"
like "$(stdout)" "^beta, https://b.example/" "in turn"
ok "JSON" "$EKBOM" --store s timeline alpha --split forum --format json
like "$(stdout)" '"split":"forum"' "names it beside the rows"
ok "a plot" "$EKBOM" --store s timeline alpha --split forum --format svg
like "$(stdout)" "alpha, https://a.example/" "has a picture for each"
exits 2 "split by something else" "$EKBOM" --store s timeline alpha --split mood
like "$(stderr)" "choose from stance forum language author-cohort" "is answered with what there is"
exits 2 "split and narrowed alike" "$EKBOM" --store s timeline alpha --split forum --forum a.example
like "$(stderr)" "leave --forum out" "is told what to do"
exits 2 "quotes by stance" "$EKBOM" --store s timeline alpha --split stance --quoted
exits 1 "no posts" "$EKBOM" --store s timeline alpha --split forum --since 2030
exits 2 "of another command" "$EKBOM" --store s posts --split forum
done_testing

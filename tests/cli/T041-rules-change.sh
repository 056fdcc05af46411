#!/bin/sh
# A new user's path: copy the rules, add a phrase, check, test, see the difference, tag anew, see the
# timeline change; then a whole new theory from nothing to its timeline. As in ekbom-rules(5).
. "$(dirname "$0")/lib.sh"

EKBOM_STORE=$WORK/store
export EKBOM_STORE
ok "a store of sample posts" "$EKBOM" import "$ROOT/sample/sample.warc.gz"
"$EKBOM" timeline bid --format jsonl >before.jsonl

# A phrase more for an old theory.
cp -r "$ROOT/rules/rls" mine
sed 's/^  match   iron near\/4 {low},/  match   blood test~, iron near\/4 {low},/' mine/theories/bid.rules >edited
like "$(diff edited mine/theories/bid.rules || :)" "blood test" "a phrase is added to a copy"
mv edited mine/theories/bid.rules
ok "check" "$EKBOM" rules check --rules mine
ok "test" "$EKBOM" rules test --rules mine
ok "diff: what would change" "$EKBOM" rules diff mine --sample 3
like "$(stdout)" "^[0-9]+ posts under both rule sets; [1-9][0-9]* differ" "posts that differ are counted"
like "$(stdout)" "^bid +theory +[0-9]+ +[0-9]+ +[1-9][0-9]* +0 " "all of them gained"
like "$(stdout)" "^bid: 20[0-9][0-9] [0-9]+ > [0-9]+" "the timeline's move is shown"
like "$(stdout)" "gained bid, post [0-9]+: .*blood test" "and drawn posts with the words"
ok "as JSON, with the old rules named" "$EKBOM" rules diff "$ROOT/rules/rls" mine --format json
stdout >diff.json
ok "gained and lost add up, in all and by year" python3 - <<'END'
import json
d = json.load(open("diff.json"))
assert d["schema_version"] == 1 and d["ruleset_before"] != d["ruleset_after"]
for row in d["rows"]:
    assert row["posts_after"] == row["posts_before"] + row["gained"] - row["lost"], row
    years = [t for t in d["timeline"] if t["theory"] == row["code"]]
    assert sum(t["after"] - t["before"] for t in years) <= row["gained"] - row["lost"]
assert d["changed"] <= d["posts"] and d["examples"]
END
"$EKBOM" rules diff mine --sample 2 --seed 5 --format json >a.json
"$EKBOM" rules diff mine --sample 2 --seed 5 --format json >b.json
ok "the same seed draws the same posts" cmp a.json b.json
exits 1 "rules that change nothing" "$EKBOM" rules diff "$ROOT/rules/rls"
"$EKBOM" timeline bid --format jsonl >still.jsonl
ok "until now nothing has changed in the store" cmp before.jsonl still.jsonl
ok "tag anew" "$EKBOM" retag --rules mine
"$EKBOM" timeline bid --format jsonl >after.jsonl
ok "the timeline has moved by what diff said" python3 - <<'END'
import json
def total(path):
    return sum(json.loads(line)["posts_tagged"] or 0 for line in open(path))
gained = [r["gained"] - r["lost"] for r in json.load(open("diff.json"))["rows"] if r["code"] == "bid"][0]
moved = total("after.jsonl") - total("before.jsonl")
assert 0 < moved <= gained, (moved, gained)
END

# Both versions answer, by their digests; an old one can be dropped.
ok "versions" "$EKBOM" rules versions --format json
stdout >versions.json
python3 - >old <<'END'
import json
v = json.load(open("versions.json"))["rows"]
assert [r["state"] for r in v] == ["kept", "in use"] and v[0]["posts"] == v[1]["posts"], v
print(v[0]["version"].split(":")[1][:10])
END
"$EKBOM" timeline bid --rules-version "$(cat old)" --format jsonl >old.jsonl
ok "an older one is asked as it was" cmp old.jsonl before.jsonl
ok "and compared" "$EKBOM" rules diff "$(cat old)" current --format json
stdout >again.json
ok "with what diff said before the change" python3 - <<'END'
import json
assert json.load(open("again.json"))["rows"] == json.load(open("diff.json"))["rows"]
END
exits 2 "the one in use stays" "$EKBOM" rules drop "$("$EKBOM" rules versions --format jsonl | tail -1 | cut -d'"' -f4)"
ok "an old one is dropped" "$EKBOM" rules drop "$(cat old)"
exits 2 "and is not asked any more" "$EKBOM" timeline bid --rules-version "$(cat old)"
"$EKBOM" timeline bid --format jsonl >still.jsonl
ok "the one in use answers as before" cmp after.jsonl still.jsonl
exits 2 "a version that never was" "$EKBOM" rules drop ffff

# A theory of one's own.
cat >mine/theories/b12.rules <<'END'
include "common/words.rules"
include "common/stance.rules"

theory b12 "Vitamin B12"
  about  Too little vitamin B12 causes or worsens RLS.
  match  (B12 | "B 12" | cobalamin) with ({legs} | {cause} | low) in 2 sentences
  test
    yes  My B12 was low and the restless legs began.
    yes disputes  I don't believe low B12 causes restless legs.
    no   Row B, seat 12.
END
ok "a new theory checks" "$EKBOM" rules check --rules mine
ok "and its examples hold" "$EKBOM" rules test --rules mine
ok "it is in force" "$EKBOM" retag --rules mine
ok "and has a timeline" "$EKBOM" timeline b12
like "$(stdout)" "b12" "of its own"

# A theory of two theories.
cat >mine/theories/acid-iron.rules <<'END'
include "common/stance.rules"

theory acid-iron "Acid drugs take the iron"
  about  Acid drugs stop the stomach from taking up iron.
  match  ppi & bid within 2 sentences
  test
    yes  Omeprazole gave me restless legs. My ferritin was low then.
    no   Omeprazole gave me restless legs.
END
ok "its examples hold" "$EKBOM" rules test --rules mine
ok "it is in force" "$EKBOM" retag --rules mine
for theory in ppi bid; do
    "$EKBOM" posts --theory "$theory" --limit 10000 --format jsonl | grep -o '"id":"[0-9]*"' | sort >"$theory.ids"
done
"$EKBOM" posts --theory acid-iron --limit 10000 --format jsonl | grep -o '"id":"[0-9]*"' | sort >joined.ids
comm -12 ppi.ids bid.ids >both.ids
ok "it has posts" test -s joined.ids
is "$(comm -23 joined.ids both.ids)" "" "each has ppi and bid too"
ok "and it has a timeline" "$EKBOM" timeline acid-iron
"$EKBOM" rules explain - --rules mine --theory acid-iron <<'END' >why
Omeprazole gave me restless legs. I like cats. It rained. My iron was low too.
END
like "$(cat why)" '"Omeprazole" and "My iron[a-z ]*" are there, but too far apart for: within 2 sentences' "why not is told"

echo "Omeprazole gave me restless legs." | "$EKBOM" rules explain - --rules mine --theory acid-iron >why
like "$(cat why)" '"Omeprazole" is there, but not: & bid within 2 sentences' "and what is missing"

# Why, and why not.
echo "My ferritin was low, but I don't buy the brain iron story. Omeprazole for my stomach." >post
ok "explain a text" "$EKBOM" rules explain - <post
like "$(stdout)" "^bid: disputes" "what was given"
like "$(stdout)" "^  bid:[0-9]+  (strong|match|weak) " "by which line of which file"
like "$(stdout)" "cue +\"disputes: don't buy\"" "with the cue of its stance"
like "$(stdout)" "^ppi: not given" "what was not"
like "$(stdout)" "is there, but not: with " "and what it lacked"
ok "one theory, whole" "$EKBOM" rules explain - --theory inflammation <post
like "$(stdout)" "^inflammation: not given" "also when no rule came near"
unlike "$(stdout)" "^bid" "and nothing else"
POST=$("$EKBOM" posts --theory bid --limit 1 --format jsonl | python3 -c 'import json, sys; print(json.loads(sys.stdin.readline())["id"])')
ok "explain a post of the store" "$EKBOM" rules explain "$POST" --format json
stdout >explained.json
ok "as JSON" python3 - <<'END'
import json
e = json.load(open("explained.json"))
bid = [r for r in e["rows"] if r["code"] == "bid"][0]
assert bid["given"] and bid["score"] >= bid["threshold"]
assert any(r["reason"] == "hit" and r["words"] and r["source"] for r in bid["rules"])
END
exits 1 "a post that is not there" "$EKBOM" rules explain 99999999

# What the rules do, and what they do not see.
ok "stats" "$EKBOM" rules stats --format json
stdout >stats.json
ok "every rule's posts, and those it alone finds" python3 - <<'END'
import json
s = json.load(open("stats.json"))
assert s["rows"] and all(0 <= r["only"] <= r["posts"] <= r["hits"] for r in s["rows"])
assert all(len(r["examples"]) == min(20, r["posts"]) for r in s["rows"])
assert any(r["hits"] > r["posts"] for r in s["rows"]), "a post counts once for a rule"
assert any(r["posts"] == 0 for r in s["rows"]), "rules that hit nothing are told too"
assert all(r["microseconds_a_post"] >= 0 for r in s["rows"])
assert any(r["microseconds_a_post"] > 0 for r in s["rows"])
codes = {c["code"]: c for c in s["codes"]}
assert codes["b12"]["posts"] == sum(r["posts"] for r in s["rows"] if r["code"] == "b12")
assert codes["ppi"]["with"]["acid-suppressant"] == codes["acid-suppressant"]["with"]["ppi"]
assert all(abs(c["share"] - c["posts"] / s["posts"]) < 1e-6 for c in s["codes"])
END
ok "stats of one theory" "$EKBOM" rules stats bid
unlike "$(stdout)" "genetics:[0-9]" "and no other"
like "$(stdout)" "^bid: [0-9]+ posts, [0-9.]+ %; beside it [a-z-]+ [0-9]+" "its posts, and what stands beside it"
like "$(stdout)" "^  bid:[0-9]+, post [0-9]+: \"" "drawn posts with the rule's words"
exits 2 "stats of no code" "$EKBOM" rules stats bud
like "$(stderr)" "the rules define no bud; did you mean bid\?" "are told the nearest"
ok "gaps" "$EKBOM" rules gaps --sample 5
like "$(stdout)" "^[0-9]+ posts, [0-9]+ without a theory, [0-9]+ of these name a cause" "counts what has no theory"
like "$(stdout)" "Words that rose" "and the words that rose there"
mkdir bare
printf 'theory socks "Socks"\n  match sock\n  test\n    yes sock\n' >bare/a.rules
exits 2 "rules without a list named cause" "$EKBOM" rules gaps --rules bare
like "$(stderr)" "no list named cause" "are told what is missing"
exits 2 "a folder that is not there" "$EKBOM" rules diff nowhere
exits 2 "diff of nothing" "$EKBOM" rules diff
exits 2 "a sample that is no number" "$EKBOM" rules gaps --sample many
done_testing

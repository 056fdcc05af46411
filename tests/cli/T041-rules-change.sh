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

# Why, and why not.
echo "My ferritin was low, but I don't buy the brain iron story. Omeprazole for my stomach." >post
ok "explain a text" "$EKBOM" rules explain - <post
like "$(stdout)" "^bid: disputes" "what was given"
like "$(stdout)" "^  bid:[0-9]+  (strong|match|weak) " "by which line of which file"
like "$(stdout)" "cue +\"disputes: don't buy\"" "with the cue of its stance"
like "$(stdout)" "^ppi: not given" "what was not"
like "$(stdout)" "its with is not there" "and what it lacked"
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
END
ok "stats of one theory" "$EKBOM" rules stats bid
unlike "$(stdout)" "genetics:" "and no other"
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

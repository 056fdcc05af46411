#!/bin/sh
# rules check, test, list, eval: looking after rule files.
. "$(dirname "$0")/lib.sh"

ok "the pack compiles" "$EKBOM" rules check
like "$(stdout)" "^[0-9]+ theories, [0-9]+ treatments, [0-9]+ rules" "and is counted"
ok "its examples hold" "$EKBOM" rules test
like "$(stdout | tail -1)" "examples, 0 failed" "all of them"
ok "it can be listed" "$EKBOM" rules list --format jsonl
for theory in bid bid/transport inflammation genetics ppi dopamine; do
    like "$(stdout)" "\"code\":\"$theory\",\"kind\":\"theory\"" "$theory is there"
done

"$EKBOM" rules list --format json >list.json
ok "as JSON with all that a program may want" python3 - <<'END'
import json
d = json.load(open("list.json"))
bid = [r for r in d["rows"] if r["code"] == "bid"][0]
assert bid["file"] == "theories/bid.rules" and bid["line"] > 1 and bid["rules"] > 5 and bid["examples"] > 5
assert bid["version"] and "Earley" in bid["references"] and bid["about"]
assert d["languages"] == ["en"] and d["ruleset"].startswith("sha256:")
END

# What can be said against rules that work.
mkdir odd
cat >odd/a.rules <<'END'
theory iron "Iron"
  match  low iron
  match  very low iron
  match  copper
  regex  /(?:[a-z]+ *)+iron!/
  regex  /\d+ mg/
  test
    yes  low iron
    yes  so very low iron
    yes  I had iron!
theory zinc "Zinc"
  match  zinc
END
ok "odd rules are warned of, and no error" "$EKBOM" rules check --rules odd
like "$(stdout)" "^a.rules:3:3: warning: wherever this rule finds something line 2 does too, and that is enough for iron; leave this line out" "a needless rule"
like "$(stdout)" "^a.rules:4:3: warning: no example of iron is hit by this rule; write below test" "one that no example tries"
like "$(stdout)" "^a.rules:5:3: warning: posts can be written that this rule gives up on" "one that can be held up"
like "$(stdout)" "^a.rules:6:3: warning: the words that lead to this regular expression are very common" "one that runs over many posts"
like "$(stdout)" "^a.rules:11:1: warning: zinc has no examples; write below it: test" "a theory without examples"
like "$(stdout)" "^longest that a text of [0-9]+ bytes holds a rule up: [0-9.]+ ms, iron:[0-9]+, by \"" "the worst time, measured"
ok "as JSON" "$EKBOM" rules check --rules odd --format json
stdout >odd.json
ok "one row a warning, and the attack on every rule" python3 - <<'END'
import json
d = json.load(open("odd.json"))
kinds = [(r["line"], r["kind"]) for r in d["rows"]]
for expected in [(3, "subsumed"), (4, "never-tested"), (5, "attack"), (6, "slow"), (6, "never-tested"), (11, "no-examples")]:
    assert expected in kinds, (expected, kinds)
assert all(r["severity"] == "warning" and r["source"] and r["column"] for r in d["rows"])
times = [a["milliseconds"] for a in d["attacks"]]
assert len(times) == d["rules"] == 6 and times == sorted(times, reverse=True)
assert [a["rule"] for a in d["attacks"] if a["undetermined"]] == ["iron:5"]
assert (d["errors"], d["theories"], d["treatments"], d["untested"]) == (0, 2, 0, 3), d
END
"$EKBOM" rules check --format json >pack.json
ok "no rule of the pack can be made to give up" python3 - <<'END'
import json
assert not [a for a in json.load(open("pack.json"))["attacks"] if a["undetermined"]]
END

mkdir broken
printf 'theory socks "Socks"\n  about  Socks cause it.\n  match  sock near knee\n  mach   shoe~\n' >broken/a.rules
exits 2 "a broken rule file" "$EKBOM" rules check --rules broken
like "$(stdout)" "^a.rules:3:[0-9]+: error: " "is named with line and column"
like "$(stdout)" "^ +\^" "a caret shows the place"
like "$(stdout)" "mach.*match" "a misspelt word is answered with the nearest"
exits 2 "tag refuses it" sh -c "echo '{}' | '$EKBOM' tag --rules broken"
like "$(stderr)" "a.rules:3:" "with the place"
exits 2 "and so does a new store" "$EKBOM" --store s import --rules broken "$ROOT/sample/sample.warc.gz"
mkdir none
exits 2 "a folder without rules" "$EKBOM" rules check --rules none

ok "the rules against hand-coded posts" "$EKBOM" rules eval "$ROOT/sample/hand-coded.jsonl" --format json
like "$(stdout)" '^\{"schema_version":1,.*"theories":\{"' "as JSON"
like "$(stdout)" '"bid":\{"gold":63,"tp":[0-9]+,"fp":[0-9]+,"fn":[0-9]+,"from_quotes":[0-9]+,"precision":[0-9.]+,"recall":[0-9.]+,"f1":[0-9.]+,"low":[0-9.]+,"high":[0-9.]+,"stance_accuracy":' "with the contract's fields"
like "$(stdout)" '"note":"tuning set, not validation"' "and what they are worth"
stdout >eval.json
ok "F1 of at least 0.85 for each of the four" python3 - <<'END'
import json
theories = json.load(open("eval.json"))["theories"]
for code in ("bid", "inflammation", "genetics", "ppi"):
    assert theories[code]["f1"] >= 0.85, (code, theories[code])
END
if [ -n "$SHARED" ]; then
    "$EKBOM" rules eval "$SHARED/gold/dev.jsonl" --format json >dev.json
    python3 - "$SHARED/gold/dev.jsonl" >input.jsonl <<'END'
import json, sys
for line in open(sys.argv[1], encoding="utf-8"):
    post = json.loads(line)
    print(json.dumps({"id": post["id"], "html": post["body_html"]}))
END
    "$EKBOM" tag <input.jsonl >tagged.jsonl
    python3 - >predicted.jsonl <<'END'
import json
for line in open("tagged.jsonl", encoding="utf-8"):
    post = json.loads(line)
    print(json.dumps({"id": post["id"], "treatments": post["treatments"],
                      "labels": [{"theory": t["theory"], "stance": t["stance"]} for t in post["tags"]]}))
END
    python3 "$SHARED/gold/score.py" "$SHARED/gold/dev.jsonl" predicted.jsonl >scored
    ok "the counts are the scorer's" python3 - <<'END'
import json
ours = json.load(open("dev.json"))["theories"]
seen = 0
for line in open("scored"):
    words = line.split()
    if words[0] in ours:
        gold, tp, fp, fn = map(int, words[1:5])
        t = ours[words[0]]
        assert (t["gold"], t["tp"], t["fp"], t["fn"]) == (gold, tp, fp, fn), line
        seen += 1
assert seen == len(ours), (seen, sorted(ours))
END
else
    skip "no ../shared beside the checkout"
fi
exits 2 "a file that is no hand-coded posts" "$EKBOM" rules eval "$ROOT/Makefile"
like "$(stderr)" "Makefile:1: " "is named with its line"
done_testing

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

#!/bin/sh
# The rule pack that ships: what its cues make of a sentence, how its files are laid out, and whether
# the mutation test over its lines (make campaign-pack) sees a line that no example needs.
. "$(dirname "$0")/lib.sh"

PACK=$ROOT/rules/rls
DEAD_LINES=$ROOT/tests/campaign/dead_lines.py

ok "what the cues must make of each sentence" python3 "$DEAD_LINES" --cues "$EKBOM" "$PACK" \
    "$ROOT/tests/campaign/cues.txt"
like "$(stdout)" "^[1-9][0-9]+ sentences, 0 failed" "all of them"

# One file a code, named after it (bid/transport stands with bid), each with a definition, what counts
# and what does not, eight examples of either kind, and for a theory two of each stance.
ok "each file holds one code and enough examples" python3 - "$PACK" <<'END'
import pathlib
import re
import sys

wrong = []
for path in sorted(pathlib.Path(sys.argv[1]).glob("t*/*.rules")):
    text = path.read_text(encoding="utf-8")
    if "\n# Counts: " not in text or "Does not: " not in text:
        wrong.append(f"{path.name}: its head does not say what counts and what does not")
    for block in re.split(r"(?m)^(?=theory |treatment )", text)[1:]:
        kind, code = block.split()[:2]
        if code.split("/")[0] != path.stem:
            wrong.append(f"{path.name} holds {code}")
        yes = re.findall(r"(?m)^    yes +(?:(?:hedged|experience|cramps) +)*"
                         r"(disputes|asks|neutral)?", block)
        if len(yes) < 8 or len(re.findall(r"(?m)^    no ", block)) < 8:
            wrong.append(f"{code} has fewer than eight examples of a kind")
        stances = [yes.count(stance) for stance in ("", "disputes", "asks", "neutral")]
        if kind == "theory" and min(stances) < 2:
            wrong.append(f"{code} lacks examples of a stance: {stances}")
print("\n".join(wrong))
sys.exit(bool(wrong))
END

# The mutation test itself: a line that is needed, one that is not, and an alternative that is not.
mkdir -p small/common small/theories
cat >small/common/stance.rules <<'END'
language en
cue disputes
  backward  nonsense,
            poppycock
END
cat >small/theories/one.rules <<'END'
theory one "One"
  about  One.
  match  alpha
  match  alpha beta
  match  gamma,
         alpha gamma
  test
    yes  Alpha.
    yes  Gamma.
    no   Delta.
END
echo 'disputes | Low iron, nonsense.' >cues.txt
exits 1 "dead lines are found" python3 "$DEAD_LINES" "$EKBOM" small cues.txt
is "$(stdout)" "common/stance.rules:4: no example needs this line
theories/one.rules:4: no example needs this line
theories/one.rules:6: no example needs this line
6 lines, 3 dead" "by file and line, an alternative too"
echo 'disputes | Low iron is poppycock.' >>cues.txt
sed -e '/alpha beta/d' -e '/alpha gamma/d' -e 's/gamma,/gamma/' small/theories/one.rules >one
mv one small/theories/one.rules
ok "without them there is none" python3 "$DEAD_LINES" "$EKBOM" small cues.txt
like "$(stdout)" "^4 lines, 0 dead" "and all are tried"
echo 'supports | Low iron is poppycock.' >cues.txt
exits 1 "a sentence that the cues read otherwise" python3 "$DEAD_LINES" --cues "$EKBOM" small cues.txt
like "$(stdout)" "^expected supports, got disputes: Low iron is poppycock" "is named"
exits 1 "and the campaign does not go on without it" python3 "$DEAD_LINES" "$EKBOM" small cues.txt
like "$(stdout)" "examples fail already" "but says so"

done_testing

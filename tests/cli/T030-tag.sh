#!/bin/sh
# tag: a filter over posts, one JSON object a line.
. "$(dirname "$0")/lib.sh"

tag() { printf '%s\n' "$1" | "$EKBOM" tag; }

like "$(tag '{"id":"1","text":"pramipexole 0.25 mg BID"}')" '"tags":\[\]' \
    "BID as twice a day is no theory"
like "$(tag "{\"id\":\"1\",\"text\":\"I don't buy the brain iron deficiency theory\"}")" \
    '"theory":"bid","stance":"disputes"' "a disputed theory is disputed"
like "$(tag '{"id":"1","text":"Zoë: low ferritin causes it"}')" '"start":5' \
    "offsets count code points"
like "$(tag '{"id":"1","html":"<blockquote>It is the acid drugs, omeprazole causes RLS.</blockquote>Thanks!"}')" \
    '"text":"Thanks!","tags":\[\].*"quoted_only":\["ppi"\]' "a quoted theory is not the writer's"
like "$(tag '{"id":"1","note":[1,2],"text":"hello"}')" '^\{"id":"1","note":\[1,2\],"text":"hello","tags":\[\],"treatments":\[\],"treatment_hits":\{\},"quoted_only":\[\],"undetermined":\[\],"ruleset":"sha256:[0-9a-f]{64}"\}$' \
    "other fields are kept, and the contract's are added"
like "$(tag '{"id":"1","language":"de","text":"low iron causes RLS"}')" '"tags":\[\].*"assessable":false' \
    "a language that the rules do not cover is not assessed"

cat >posts <<'END'
{"id":"a","text":"low iron causes RLS"}
{"id":"b"}
oops
{"id":"c","text":7}
{"id":"d","text":"last one"}
END
exits 3 "bad lines" sh -c "'$EKBOM' tag <posts"
is "$(stdout | grep -c .)" 5 "give one line each, in their places"
like "$(stdout | sed -n 2p)" '^\{"line":2,"id":"b","error":"field .text.' "with number, id and reason"
like "$(stdout | sed -n 3p)" '^\{"line":3,"id":null,"error":"column' "whatever they are"
like "$(stdout | sed -n 5p)" '"id":"d"' "and the others go on"

# Many lines, more than the readers hold: order kept.
seq 1 5000 | sed 's/.*/{"id":"&","text":"post & about low iron and restless legs"}/' >many
"$EKBOM" tag <many | grep -o '^{"id":"[0-9]*"' | tr -dc '0-9\n' >ids
ok "the order is kept over many lines" sh -c "seq 1 5000 | cmp - ids"
"$EKBOM" tag --engine naive --readers 1 <many >by-naive
"$EKBOM" tag --engine fast <many >by-fast
ok "the plain engine gives the same" cmp by-naive by-fast
exits 2 "a rule folder that is not there" sh -c "echo '{}' | '$EKBOM' tag --rules nowhere"
ok "nobody reading is no error" sh -c "'$EKBOM' tag <many | head -1 >/dev/null"
done_testing

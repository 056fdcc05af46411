#!/bin/sh
# What boards do between two visits, and on their bad days: found, followed, or left alone, and at
# what price in requests.
. "$(dirname "$0")/lib.sh"
. "$ROOT/tests/cli/board.sh"

# Few posts a page, so that threads and boards have several.
head -n 300 "$ROOT/sample/posts.jsonl" >posts.jsonl
sed -e 's/"posts_per_page": [0-9]*/"posts_per_page": 4/' \
    -e 's/"threads_per_page": [0-9]*/"threads_per_page": 8/' "$ROOT/sample/board.json" >board.json
serve board --posts posts.jsonl

crawl() { timeout 100 "$EKBOM" --store "${store:-s}" crawl "$@"; }
tell() { order board "$1" >/dev/null; }
# Begin to count.
from_here() { tell '{"do":"clear-log"}'; }
export_posts() { "$EKBOM" --store "${store:-s}" export --tier internal -o - posts 2>/dev/null; }
# of_post ID EXPRESSION: of its line in the export, p.
of_post() {
    export_posts | python3 -c '
import json, sys
posts = [json.loads(line) for line in sys.stdin]
print(*[eval(sys.argv[2]) for p in posts if p["id"] == sys.argv[1]])' "$@"
}
count() { export_posts | grep -c . || true; }
# The store holds exactly what the board shows.
exact() {
    python3 -c "
import sys, urllib.request
sys.stdout.write(urllib.request.urlopen('$(at "${1:-board}")_truth', timeout=20).read().decode())" >truth
    export_posts >stored
    python3 "$ROOT/tests/board/compare.py" truth stored
}
address=$(at board)

# The first visit, in pieces.
exits 3 "a round of so many pages at most" crawl --max-pages 20 "$address"
like "$(stderr)" "run again to go on" "says how to go on"
is "$(asked board | grep -vc robots)" 20 "and makes as many requests"
exits 3 "another" crawl --max-pages 30 "$address"
ok "and the rest" crawl "$address"
ok "are the whole board" exact
is "$(asked board viewtopic | sort | uniq -d)" "" "and no thread page was fetched twice"
is "$(asked board 'sid=')" "" "session ids are in no request"
is "$(export_posts | grep -c 'sid=')" 0 "and in no address that is kept"
ok "the board had to make few sessions" test "$(log_of board \
    'len([r for r in requests if not r["cookie"]])')" -le 6

# A reply to an old thread of five pages, 17 posts: the index, the board, the thread's last page.
from_here
tell '{"do":"add","thread":71,"author":"feathers","body":"a reply after years"}'
ok "an old thread has a reply" crawl "$address"
is "$(asked board | sed 's/.*start=/start=/' | tr '\n' ' ')" "/ /viewforum.php?f=7 start=16 " \
    "which costs three requests"
ok "and is found" exact
from_here
tell '{"do":"add","thread":71,"author":"feathers","body":"one"}'
tell '{"do":"add","thread":71,"author":"feathers","body":"two"}'
tell '{"do":"add","thread":71,"author":"feathers","body":"three, on a page of its own"}'
ok "replies begin a new page" crawl "$address"
is "$(asked board viewtopic | sed 's/.*start=//' | tr '\n' ' ')" "16 20 " \
    "the last page that was known, and the new one"
ok "are fetched" exact
from_here
tell '{"do":"add","board":3,"title":"A new thread","author":"feathers","body":"hello"}'
ok "a new thread" crawl "$address"
is "$(asked board | grep -c .)" 3 "costs three requests"
ok "and is there" exact
from_here
ok "nothing new" crawl "$address"
is "$(asked board)" "/" "costs one"

# Edits.
from_here
tell '{"do":"edit","post":102,"body":"Ferritin was 9, not 90 as I wrote."}'
ok "an edit shows in no listing" crawl "$address"
is "$(asked board)" "/" "and is not looked for at every visit"
old=$(of_post 102 'p["text"][:20]')
ok "a recheck" crawl --recheck "$address" --format json
like "$(stdout)" '"changed":1,' "finds it"
is "$(of_post 102 '[p["state"], p["text"], p["edited"]["count"]]')" \
    "['edited', 'Ferritin was 9, not 90 as I wrote.', 1]" "as an edit with its note"
like "$("$EKBOM" --store s show 102 --no-pager)" "$old" "and keeps what stood there before"
tell '{"do":"edit","post":103,"body":"Nobody is to know that this was changed.","note":false}'
ok "a recheck" crawl --recheck "$address"
is "$(of_post 103 '[p["state"], p["text"], p["edited"]]')" \
    "['edited', 'Nobody is to know that this was changed.', None]" "finds a silent edit"
ok "the store holds what the board shows" exact

# The size of pages changes: every page begins elsewhere.
tell '{"do":"set","posts_per_page":3}'
tell '{"do":"add","thread":71,"author":"feathers","body":"after the change"}'
tell '{"do":"add","thread":87,"author":"feathers","body":"here too"}'
ok "smaller pages" crawl "$address"
ok "lose nothing" exact
tell '{"do":"set","posts_per_page":7}'
tell '{"do":"add","thread":71,"author":"feathers","body":"after another change"}'
ok "larger pages" crawl "$address"
ok "lose nothing either" exact

# Moves, merges, splits.
before=$(count)
is "$(of_post 103 '[p["thread_id"], p["board_id"]]')" "['21', '5']" "a thread stands in a board"
tell '{"do":"move-thread","thread":21,"board":7}'
ok "it is moved, and leaves a shadow" crawl --recheck "$address"
is "$(of_post 103 '[p["thread_id"], p["board_id"]]')" "['21', '7']" "its posts follow"
tell '{"do":"move-posts","posts":[103,104],"title":"Split off"}'
ok "posts are split off" crawl --recheck "$address"
like "$(of_post 103 '[p["thread_title"], p["board_id"]]')" "Split off.*'7'" "and follow"
sleep 1.1 # which of two sightings is the later one is known by the second
tell '{"do":"move-posts","posts":[103,104],"thread":71}'
ok "and merged into another thread" crawl --recheck "$address"
is "$(of_post 103 '[p["thread_id"], p["board_id"]]')" "['71', '7']" "and follow"
is "$(count)" "$before" "none of them twice"
ok "the store holds what the board shows" exact

# Deletions: what is known stays.
before=$(count)
tell '{"do":"delete","post":104}'
tell '{"do":"delete-thread","thread":87}'
tell '{"do":"hide","post":102}'
tell '{"do":"add","thread":71,"author":"feathers","body":"a reply after a deletion"}'
ok "posts and a thread are deleted" crawl "$address"
is "$(count)" "$((before + 1))" "nothing is lost, and a reply is found where pages have shifted"
ok "a recheck of what is not there any more" crawl --recheck "$address"
is "$(count)" "$((before + 1))" "loses nothing"
ok "verify finds nothing" "$EKBOM" --store s verify

# Walls. Pages with status 200 that are not what was asked for.
before=$(export_posts | timeless | sort)
tell '{"do":"set","walled":true}'
exits 2 "a login wall before the whole board" crawl "$address"
like "$(stderr)" "login page" "is named"
exits 2 "a recheck before it" crawl --recheck "$address"
is "$(export_posts | timeless | sort)" "$before" "nothing is stored, and nothing taken for deleted"
tell '{"do":"set","walled":false}'
tell '{"do":"add","thread":71,"author":"feathers","body":"behind the wall"}'
wall='<body id=\"phpbb\"><div class=\"panel\"><input type=\"password\"></div></body>'
tell '{"do":"misbehave","kind":"body","match":"viewtopic","text":"'"$wall"'"}'
ok "a wall that goes up in the middle of a round" crawl "$address"
is "$(export_posts | timeless | sort)" "$before" "is no thread"
tell '{"do":"behave"}'
ok "when it has gone" crawl "$address"
like "$(export_posts)" "behind the wall" "what is behind it is found"

# Patience.
tell '{"do":"add","thread":71,"author":"feathers","body":"patience"}'
tell '{"do":"misbehave","kind":"status","status":429,"retry_after":2,"match":"viewtopic","times":1}'
soon=$(python3 -c 'import email.utils, time
print(email.utils.formatdate(time.time() + 4, usegmt=True))')
tell '{"do":"misbehave","kind":"status","status":503,"retry_after":"'"$soon"'","match":"viewforum","times":1}'
from_here
begun=$(date +%s)
ok "a busy board" crawl "$address"
ok "is waited for" test $(($(date +%s) - begun)) -ge 4
is "$(asked board | sed 's/&.*//; s/.*topic/topic/' | uniq -c | awk '{ print $1 }' | tr '\n' ' ')" "1 2 2 " \
    "and asked once more when it said"
like "$(export_posts)" "patience" "and read"
tell '{"do":"misbehave","kind":"close","bytes":500,"match":"viewtopic","times":1}'
tell '{"do":"add","thread":71,"author":"feathers","body":"hung up"}'
ok "a board that hangs up" crawl "$address"
like "$(export_posts)" "hung up" "is asked again"

# What a program may not read.
store=password
tell '{"do":"set","access":{"4":"password","7":"password"}}'
ok "boards behind a password" crawl "$address" --format json
like "$(stdout)" '"closed":3,' "are closed"
ok "the others are read" exact
tell '{"do":"set","access":{"4":"all","7":"all"},"robots":"User-agent: *\nDisallow: /\n"}'
store=robots
from_here
exits 2 "a board whose robots.txt disallows everything" crawl "$address"
is "$(asked board)" "/robots.txt" "is asked for that alone"
like "$(stderr)" "robots.txt, line 2: " "and the line is named"
hang_up board

# The manner of phpBB 3.0: no 404, no machine times, dates in words.
store=old
serve board --posts posts.jsonl --manner 3.0
address=$(at board)
tell '{"do":"set","relative_dates":true}'
tell '{"do":"add","thread":71,"author":"feathers","body":"some minutes ago"}'
ok "dates in words" crawl "$address"
ok "are understood" exact
like "$(of_post 426 'p["time_text"]')" "minute|Today|Yesterday" "for words they are"
before=$(export_posts | timeless | sort)
tell '{"do":"set","closed":"The board is down for the night."}'
exits 2 "a disabled board, with status 200" crawl --recheck "$address"
like "$(stderr)" "The board is down for the night" "is named by its own words"
is "$(export_posts | timeless | sort)" "$before" "and nothing is stored"
hang_up board

# No forum, and one with nothing in it.
store=none
: >no-posts.jsonl
serve board --posts no-posts.jsonl --board board.json
address=$(at board)
ok "an empty board" crawl "$address" --format json
like "$(stdout)" '"thread_pages":0,"posts":0,"changed":0,"closed":1' "holds nothing"
from_here
ok "again" crawl "$address"
is "$(asked board)" "/" "costs one request"
store=page
tell '{"do":"misbehave","kind":"body","text":"<html><body><h1>Recipes</h1><p>Flour.</p></body></html>"}'
exits 2 "a page of no forum" crawl "$address"
like "$(stderr)" "no profile recognises the page" "is said to be none"
hang_up board
done_testing

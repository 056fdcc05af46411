#!/bin/sh
# extract: one saved page to JSON, nothing stored.
. "$(dirname "$0")/lib.sh"

cat >thread.html <<'END'
<!DOCTYPE html><html lang="en-gb"><head><meta charset="utf-8">
<link rel="canonical" href="https://board.example/viewtopic.php?t=7"><title>Iron</title></head>
<body id="phpbb" class="nojs notouch section-viewtopic ltr"><div id="page-body">
<h2 class="topic-title"><a href="./viewtopic.php?t=7">Iron</a></h2>
<div id="p31" class="post has-profile bg2"><div class="inner"><dl class="postprofile" id="profile31">
<dt><a href="./memberlist.php?mode=viewprofile&amp;u=5" class="username">Ann</a></dt></dl>
<div class="postbody"><div id="post_content31"><h3><a href="#p31">Iron</a></h3>
<p class="author">by <strong><a href="./memberlist.php?mode=viewprofile&amp;u=5" class="username">Ann</a></strong> »
<time datetime="2010-03-02T03:14:00+00:00">Tue Mar 02, 2010 3:14 am</time></p>
<div class="content"><blockquote><div><cite>Bo wrote:</cite>It is the iron.</div></blockquote>My ferritin was 9.<br>Zo&euml; agrees.</div>
</div></div></div></div></div></body></html>
END
ok "a thread page is read whole" "$EKBOM" extract --url "https://board.example/viewtopic.php?p=31" thread.html
like "$(stdout)" '^\{"schema_version":1,"kind":"thread","software":"phpbb"' "with kind and software"
like "$(stdout)" '"thread":\{"id":"7","title":"Iron"' "the thread's own id"
like "$(stdout)" '"id":"31","author":"Ann","author_id":"5"' "the post and its author"
like "$(stdout)" '"time":"2010-03-02T03:14:00Z","time_precision":"second"' "its time in UTC"
like "$(stdout)" '"text":"My ferritin was 9.\\nZoë agrees."' "its own words"
like "$(stdout)" '"quotes":\[\{"author":"Bo","post_id":null,"inferred":false,"depth":1,"text":"It is the iron."\}\]' "and the quote apart from them"
is "$(stderr)" "" "nothing is said beside it"
ok "standard input serves as well" sh -c "'$EKBOM' extract - <thread.html"

echo '<html><body><p>My blog about cats</p></body></html>' >blog.html
exits 1 "a page that is no forum" "$EKBOM" extract blog.html
like "$(stdout)" '"kind":"other","software":"unknown"' "is still described"
exits 2 "a missing page" "$EKBOM" extract nowhere.html
like "$(stderr)" "nowhere.html: No such file" "is named"
: >empty.html
exits 2 "an empty page" "$EKBOM" extract empty.html
exits 2 "a date that is none" "$EKBOM" extract --fetched yesterday thread.html
like "$(stderr)" "2010-03-02T03:14:00Z" "is answered with one that is"
head -c 900 thread.html >cut.html
exits 1 "a page cut off before its first post is no thread" "$EKBOM" extract cut.html
head -c 8388609 /dev/zero | tr '\0' 'x' >huge.html
exits 2 "a page larger than a page may be" "$EKBOM" extract huge.html
done_testing

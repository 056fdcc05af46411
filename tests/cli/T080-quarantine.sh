#!/bin/sh
# Readers: what a hostile page does to them, and what they may not do.
. "$(dirname "$0")/lib.sh"

# A WARC of one page a record, from files.
make_warc() {
    python3 - "$@" <<'END'
import sys, gzip
out, *pages = sys.argv[1:]
with open(out, "wb") as warc:
    for n, page in enumerate(pages):
        body = open(page, "rb").read()
        http = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" + body
        head = ("WARC/1.1\r\nWARC-Type: response\r\nWARC-Target-URI: https://h.example/viewtopic.php?t=%d\r\n"
                "WARC-Date: 2024-01-01T00:00:0%dZ\r\nWARC-Record-ID: <urn:uuid:00000000-0000-0000-0000-00000000000%d>\r\n"
                "Content-Type: application/http;msgtype=response\r\nContent-Length: %d\r\n\r\n" % (n + 1, n, n, len(http)))
        warc.write(gzip.compress(head.encode() + http + b"\r\n\r\n"))
END
}
page() {
    cat <<END
<!DOCTYPE html><html lang="en"><head><title>t</title></head><body id="phpbb" class="section-viewtopic ltr">
<div id="page-body"><h2 class="topic-title"><a href="./viewtopic.php?t=$1">T$1</a></h2>
<div id="p$1" class="post bg1"><div class="inner"><div class="postbody"><div id="post_content$1">
<p class="author">by <span class="username">Ann</span> » <time datetime="2010-03-02T03:14:00+00:00">then</time></p>
<div class="content">$2</div></div></div></div></div></div><div id="page-footer"></div></body></html>
END
}
page 1 "low iron causes RLS" >good1.html
page 2 "crash-me-now" >crash.html
page 3 "my ferritin was low and the legs were bad" >good2.html
python3 -c "
print('<html><body><p ' + ' '.join('a%d=1' % i for i in range(100000)) + '>x</p></body></html>')" >attributes.html
make_warc four.warc.gz good1.html crash.html attributes.html good2.html

EKBOM_READER_CRASH_ON=crash-me-now
export EKBOM_READER_CRASH_ON
exits 3 "an archive with a page that crashes a reader and one that hangs it" \
    "$EKBOM" --store s import four.warc.gz
like "$(stderr)" "quarantined https://h.example/viewtopic.php\?t=2: its reader crashed" "the first is quarantined"
like "$(stderr)" "quarantined https://h.example/viewtopic.php\?t=3: a tag in it has more than 1000 attributes" "the second too"
is "$("$EKBOM" --store s export --tier internal -o - | grep -c .)" 2 "the other pages went in"
ok "status" "$EKBOM" --store s status
like "$(stdout)" "quarantined .*t=2" "names the one"
like "$(stdout)" "quarantined .*t=3" "and the other"
ok "the same archive again changes nothing" "$EKBOM" --store s import four.warc.gz
ok "verify finds nothing" "$EKBOM" --store s verify

# One post of many kills a reader: the batch is cut in two until it is known.
seq 1 700 | sed 's/.*/{"id":"&","text":"post & low iron causes RLS"}/; 432s/low iron/crash-me-now/' >posts
exits 3 "a filter with a killing post in it" sh -c "'$EKBOM' tag <posts"
is "$(stdout | grep -c '"theory":"bid"')" 699 "tags all the others"
like "$(stdout | sed -n 432p)" '^\{"line":432,"id":"432","error":"its reader crashed' "and names the one in its place"
sed 's/"text"/"forum":"https:\/\/f.example\/","thread_id":"1","text"/' posts >dataset.jsonl
exits 3 "an import with a killing post in it" "$EKBOM" --store d import dataset.jsonl
is "$("$EKBOM" --store d export --tier internal -o - | grep -c .)" 699 "brings all the others"
unset EKBOM_READER_CRASH_ON

exits 3 "without what killed the reader, the page can be tried again" "$EKBOM" --store s import --retry four.warc.gz --format json
like "$(stdout)" '"pages":2,.*"quarantined":1' "it is read, and the other one is not"
ok "the killing post as well" "$EKBOM" --store d import dataset.jsonl
is "$("$EKBOM" --store d export --tier internal -o - | grep -c .)" 700 "is there now"
ok "and verify finds nothing" "$EKBOM" --store s verify

# From inside.
case $EKBOM_BUILD in
*asan*) skip "confinement is looser in a sanitizer build" ;;
*)
    ok "a reader's confinement, tried from inside" "$EKBOM_READER" --check
    for act in "open a file" "create a file" "open a socket" "fork" "run a program"; do
        like "$(stdout)" "^$act +refused" "refused: $act"
    done
    ;;
esac
exits 2 "a reader is not started by hand" sh -c "script -qec '$EKBOM_READER' /dev/null || exit \$?"
done_testing

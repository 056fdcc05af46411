"""selftest.py - the board program tested by itself, in TAP: is it the board it claims to be?

A crawler that passes against a wrong board proves nothing, so what the tests of Ekbom lean on is
checked here: paging, the addresses of one post, what guests do not see, sessions, orders, trouble.
"""

import http.client
import json
import os
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
count = failed = 0


def ok(good, what):
    global count, failed
    count += 1
    failed += not good
    print("%sok %d - %s" % ("" if good else "not ", count, what))


def posts():
    """Three threads on two boards: one of 20 posts, a guest's, one for members only."""
    for n in range(1, 21):
        yield {"id": n, "thread": 5, "thread_title": "Long <one>", "board": 2, "subject": "Long",
               "author": "Ann", "author_id": 7, "time": "2012-07-01T10:%02d:05Z" % n,
               "body": "words %d :)" % n}
    yield {"id": 21, "thread": 6, "thread_title": "Guest", "board": 2, "subject": "Guest",
           "author": "passing", "author_id": None, "time": "2020-01-01T00:00:00Z",
           "body": '[quote="Ann" post_id=3][quote="Bo"]deep[/quote]outer[/quote]own'}
    yield {"id": 22, "thread": 7, "thread_title": "Secret", "board": 3, "subject": "Secret",
           "author": "Ann", "author_id": 7, "time": "2020-01-02T00:00:00Z", "body": "hush"}


class Visitor:
    def __init__(self, port):
        self.port = port
        self.cookie = None

    def get(self, target, keep=True, method="GET", body=None):
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        headers = {"Cookie": self.cookie} if self.cookie else {}
        link.request(method, target, body, headers)
        answer = link.getresponse()
        text = answer.read().decode("utf-8", "replace")
        if keep and answer.getheader("Set-Cookie"):
            self.cookie = answer.getheader("Set-Cookie").split(";")[0]
        link.close()
        return answer, text

    def order(self, **order):
        answer, text = self.get("/_control", False, "POST", json.dumps(order))
        return answer.status, json.loads(text)


def ids(text):
    return [int(n) for n in re.findall(r'<div id="p(\d+)" class="post', text)]


def pages(visitor):
    visitor.get("/index.php")
    text = visitor.get("/viewtopic.php?t=5")[1]
    ok(ids(text) == list(range(1, 16)), "the first page has fifteen posts")
    ok("start=15" in text and 'rel="next"' in text, "and leads to the next")
    ok(ids(visitor.get("/viewtopic.php?t=5&start=15")[1]) == list(range(16, 21)), "which has the rest")
    ok(ids(visitor.get("/viewtopic.php?t=5&start=900")[1]) == list(range(16, 21)),
       "a start beyond the end shows the last page")
    ok(ids(visitor.get("/viewtopic.php?t=5&start=7")[1])[0] == 8, "any start is taken")
    for alias in ("p=18", "f=3&t=5&p=18", "p=18&hilit=words"):
        ok(18 in ids(visitor.get("/viewtopic.php?" + alias)[1]), "one post's address: " + alias)
    ok("Long &lt;one&gt;" in text and "<one>" not in text, "titles are escaped")
    ok('datetime="2012-07-01T10:01:05+00:00">Sun Jul 01, 2012 6:01 am' in text,
       "machine times in UTC, text in board time")
    guest = visitor.get("/viewtopic.php?t=6")[1]
    ok('<span class="username">passing</span>' in guest and 'data-post-id="3"' in guest,
       "a guest has no profile, a quote its source")
    statuses = [visitor.get("/viewtopic.php?t=" + n)[0].status for n in ("5", "99", "x")]
    ok(statuses == [200, 404, 404], "what is not there is 404")
    walled = visitor.get("/viewtopic.php?t=7")[1]
    ok("hush" not in walled and 'id="login"' in walled, "members' posts stay behind the login")


def orders(visitor):
    status, made = visitor.order(do="add", title="New", board=2, author="Zed", body="hello")
    ok(status == 200 and made["post"] == 23, "a post is added with the next id")
    visitor.order(do="edit", post=1, body="changed", note=False)
    text = visitor.get("/viewtopic.php?t=5")[1]
    ok("changed" in text and "Last edited" not in text, "a silent edit leaves no note")
    visitor.order(do="edit", post=2, body="changed too")
    ok("edited 1 time in total" in visitor.get("/viewtopic.php?t=5")[1], "an open one does")
    visitor.order(do="delete", post=3)
    ok(ids(visitor.get("/viewtopic.php?t=5")[1])[-1] == 16, "a deletion moves the page's end")
    visitor.order(do="set", access={"3": "all"})
    visitor.order(do="move-thread", thread=6, board=3)
    ok("topic_moved" in visitor.get("/viewforum.php?f=2")[1], "a moved thread leaves a shadow")
    made = visitor.order(do="move-posts", posts=[4, 5], title="Split")[1]
    ok(ids(visitor.get("/viewtopic.php?t=%d" % made["thread"])[1]) == [4, 5], "posts are split off")
    visitor.order(do="hide", post=6)
    truth = [json.loads(line) for line in visitor.get("/_truth")[1].splitlines()]
    ok(sorted(int(r["id"]) for r in truth) == [1, 2, 4, 5] + list(range(7, 24)),
       "the truth has what guests see, and nothing else")
    ok(visitor.order(do="dance")[0] == 400, "an unknown order is refused")


def trouble(visitor):
    visitor.order(do="misbehave", kind="status", status=429, retry_after=9, times=1)
    answer = visitor.get("/index.php")[0]
    ok((answer.status, answer.getheader("Retry-After")) == (429, "9"), "429 with Retry-After, once")
    ok(visitor.get("/index.php")[0].status == 200, "then the board again")
    visitor.order(do="misbehave", kind="redirect", to="file:///etc/passwd", times=1)
    ok(visitor.get("/")[0].getheader("Location") == "file:///etc/passwd", "a redirect to a file")
    visitor.order(do="misbehave", kind="close", times=1)
    try:
        visitor.get("/index.php")
        ok(False, "a connection closed without an answer")
    except (http.client.HTTPException, OSError):
        ok(True, "a connection closed without an answer")
    visitor.order(do="clear-log")
    visitor.get("/index.php")
    Visitor(visitor.port).get("/index.php")
    log = json.loads(visitor.get("/_log")[1])
    ok([r["cookie"] for r in log["requests"]] == [True, False], "the log counts the requests")
    ok(log["sessions"] == 1, "and a session for the visitor without a cookie")


def classic(port):
    text = Visitor(port).get("/viewtopic.php?f=2&t=5")[1]
    ok("<time" not in text and "canonical" not in text, "3.0 has no machine times, no canonical")
    ok("Sun Jul 01, 2012 6:01 am" in text and "UTC - 5 hours [" in text, "text in its one offset")


def main():
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, "posts.jsonl"), "w", encoding="utf-8") as out:
            out.writelines(json.dumps(post) + "\n" for post in posts())
        with open(os.path.join(folder, "board.json"), "w", encoding="utf-8") as out:
            json.dump({"boards": [{"id": 2, "category": 1, "title": "Open"},
                                  {"id": 3, "category": 1, "title": "Shut", "access": "members"}]}, out)
        for manner in ("3.3", "3.0"):
            server = subprocess.Popen([sys.executable, os.path.join(HERE, "serve.py"), "--posts",
                                       os.path.join(folder, "posts.jsonl"), "--manner", manner],
                                      stdout=subprocess.PIPE, text=True)
            try:
                port = int(server.stdout.readline().strip().rstrip("/").rsplit(":", 1)[1])
                if manner == "3.3":
                    visitor = Visitor(port)
                    ok("sid=" in Visitor(port).get("/index.php")[1], "no cookie, ids in the links")
                    pages(visitor)
                    ok("sid=" not in visitor.get("/index.php")[1], "with a cookie, none")
                    orders(visitor)
                    trouble(visitor)
                else:
                    classic(port)
            finally:
                server.terminate()
                server.wait()
                server.stdout.close()
    print("1..%d" % count)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

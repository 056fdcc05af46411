"""serve.py - the board over HTTP on the loopback address, obedient while it runs.

    python3 tests/board/serve.py --posts sample/posts.jsonl [--manner 3.0] [--port 0]

Prints its address, then serves until it is ended. Beside the pages it answers

    POST /_control   {"do": ...}: change the board or make it misbehave; README.md lists the words
    GET  /_log       the requests served so far, the connections and the sessions made
    GET  /_truth     what a reader of the board must find now, one JSON object a line

None of the three is logged. Visitors without the board's cookie get one, and a session id in
every link, as phpBB does; each such visit counts as a session.
"""

import argparse
import datetime
import http.server
import json
import re
import sys
import threading
import time
import urllib.parse

import trouble
from board import UTC, Board, time_text
from pages import Links, Response, Site

COOKIE = "phpbb3_test"


class State:
    """Board, rules of misbehaviour and log, shared by the threads of the server."""

    def __init__(self, site):
        self.site = site
        self.lock = threading.RLock()
        self.rules = []
        self.log = []
        self.sessions = 0
        self.connections = 0
        self.closed = None      # a word to all visitors while the board is disabled
        self.walled = False     # nothing without logging in
        self.bots = None        # user agents that get the pages for programs
        self.started = time.monotonic()

    # ---- POST /_control ----

    def control(self, order):
        """Carry out one order and return what its sender may want to know."""
        order = dict(order)
        word = order.pop("do", None)
        actions = {"add": self.add, "edit": self.edit, "delete": self.delete, "hide": self.hide,
                   "delete-thread": self.delete_thread, "move-thread": self.move_thread,
                   "move-posts": self.move_posts, "flag": self.flag, "set": self.set,
                   "rename-member": self.rename_member, "forget-member": self.forget_member,
                   "misbehave": self.misbehave, "behave": self.behave, "clear-log": self.clear_log}
        if word not in actions:
            raise ValueError("no such order: %s; there are %s" % (word, ", ".join(sorted(actions))))
        with self.lock:
            return actions[word](**order) or {}

    def add(self, body, author, time=None, **more):
        post = self.site.board.add(body, author, time or time_text(self.site.now()), **more)
        return {"post": post.id, "thread": post.thread}

    def edit(self, post, body, note=True, subject=None, time=None):
        self.site.board.edit(post, body, time or time_text(self.site.now()), note, subject)

    def delete(self, post):
        self.site.board.delete(post)

    def hide(self, post, hidden=True):
        self.site.board.hide(post, hidden)

    def delete_thread(self, thread):
        self.site.board.delete_thread(thread)

    def move_thread(self, thread, board, shadow=True):
        self.site.board.move_thread(thread, board, shadow)

    def move_posts(self, posts, thread=None, title=None):
        return {"thread": self.site.board.move_posts(posts, thread, title).id}

    def flag(self, thread, **flags):
        self.site.board.flag(thread, **flags)

    def rename_member(self, member, name):
        self.site.board.rename_member(member, name)

    def forget_member(self, member):
        self.site.board.forget_member(member)

    def set(self, **settings):
        """posts_per_page, threads_per_page, relative_dates, robots, closed, walled, bots, access."""
        for name, value in settings.items():
            if name in ("posts_per_page", "threads_per_page", "relative_dates"):
                setattr(self.site.board, name, value)
            elif name == "robots":
                self.site.robots = value
            elif name in ("closed", "walled", "bots"):
                setattr(self, name, value)
            elif name == "access":          # {"board id": "all|members|password|absent|link"}
                for number, access in value.items():
                    self.site.board.boards[int(number)]["access"] = access
            else:
                raise ValueError("nothing to set is called %s" % name)

    def misbehave(self, kind, match=".*", times=None, **fields):
        if kind not in trouble.KINDS:
            raise ValueError("no such trouble: %s; there are %s"
                             % (kind, ", ".join(sorted(trouble.KINDS))))
        self.rules.append(dict(fields, kind=kind, match=match, left=times))

    def behave(self):
        self.rules.clear()

    def clear_log(self):
        self.log.clear()
        self.sessions = self.connections = 0

    # ---- answers ----

    def rule_for(self, target):
        with self.lock:
            for rule in self.rules:
                if re.search(rule["match"], target) and rule["left"] != 0:
                    if rule["left"] is not None:
                        rule["left"] -= 1
                    return rule
        return None

    def answer(self, target, agent, known):
        """The board's own answer, and the session id that goes with it."""
        bot = bool(self.bots and agent and re.search(self.bots, agent))
        with self.lock:
            sid = ""
            if not known and not bot:
                self.sessions += 1
                sid = "%032x" % (self.sessions * 0x9E3779B97F4A7C15F39CC0605CEDC835 % (1 << 128))
            path = urllib.parse.urlsplit(target).path
            if path != "/robots.txt" and self.closed is not None:
                page = self.site.skin.notice(self.site, Links(self.site, sid, False), self.closed)
                return Response(200 if self.site.classic else 503,
                                [("Content-Type", "text/html; charset=UTF-8")], page.encode()), sid
            if path != "/robots.txt" and self.walled:
                return self.site.login(Links(self.site, sid, False), "You need to log in in order to "
                                       "view this board."), sid
            return self.site.get(target, sid, bot), sid


class Handler(http.server.BaseHTTPRequestHandler):
    disable_nagle_algorithm = True  # head and body are two writes: no waiting between them
    protocol_version = "HTTP/1.1"
    timeout = 60

    def setup(self):
        super().setup()
        with self.server.state.lock:
            self.server.state.connections += 1
            self.connection_number = self.server.state.connections

    def do_GET(self):
        state = self.server.state
        if self.path.startswith("/_log"):
            self.give(200, json.dumps({"requests": state.log, "sessions": state.sessions,
                                       "connections": state.connections}), "application/json")
            return
        if self.path.startswith("/_truth"):
            with state.lock:
                lines = [json.dumps(record, ensure_ascii=False)
                         for record in state.site.board.truth(state.site.manner)]
            self.give(200, "".join(line + "\n" for line in lines), "application/jsonl")
            return
        target = urllib.parse.urlsplit(self.path)
        target = target.path + ("?" + target.query if target.query else "")
        known = COOKIE + "_sid=" in self.headers.get("Cookie", "")
        self.note = {"at": round(time.monotonic() - state.started, 4), "target": self.path,
                     "agent": self.headers.get("User-Agent"), "cookie": known,
                     "host": self.headers.get("Host"), "connection": self.connection_number,
                     "authorization": self.headers.get("Authorization"), "status": None,
                     "bytes": 0, "trouble": None}
        state.log.append(self.note)
        good, sid = state.answer(target, self.headers.get("User-Agent"), known)
        rule = state.rule_for(self.path)
        if sid:
            good.headers.append(("Set-Cookie", "%s_sid=%s; path=/; HttpOnly" % (COOKIE, sid)))
        if rule is not None:
            self.note["trouble"] = rule["kind"]
            try:
                trouble.KINDS[rule["kind"]](self, rule, good)
            except OSError:
                self.close_connection = True
            return
        trouble.send_head(self, good.status, good.headers + [("Content-Length",
                                                              str(len(good.body)))])
        self.note["bytes"] = len(good.body)
        if self.command != "HEAD":
            self.wfile.write(good.body)

    do_HEAD = do_GET

    def do_POST(self):
        if self.path != "/_control":
            self.give(405, "only orders are posted here\n")
            return
        words = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        try:
            answer = self.server.state.control(json.loads(words))
        except (ValueError, KeyError, TypeError, IndexError) as error:
            self.give(400, json.dumps({"error": str(error)}), "application/json")
            return
        self.give(200, json.dumps(answer), "application/json")

    def give(self, status, text, kind="text/plain"):
        data = text.encode("utf-8")
        trouble.send_head(self, status, [("Content-Type", kind + "; charset=utf-8"),
                                         ("Content-Length", str(len(data)))])
        self.wfile.write(data)

    def send_response(self, code, message=None):
        if hasattr(self, "note"):
            self.note["status"] = code
        self.send_response_only(code, message)

    def log_message(self, *ignored):
        """The log is kept for /_log; nothing is printed."""


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, address):
        """A visitor that hangs up is no error; anything else is."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, address)


def main():
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--posts", required=True, help="posts, one JSON object a line")
    options.add_argument("--board", help="boards, members, threads (default: board.json beside)")
    options.add_argument("--manner", choices=("3.3", "3.0"), default="3.3")
    options.add_argument("--port", type=int, default=0, help="0: any free one")
    options.add_argument("--now", help="a time that the board takes for now, and stays at")
    given = options.parse_args()
    server = Server(("127.0.0.1", given.port), Handler)
    address = "http://127.0.0.1:%d/" % server.server_address[1]
    now = None
    if given.now:
        moment = datetime.datetime.fromisoformat(given.now.replace("Z", "+00:00")).astimezone(UTC)
        now = lambda: moment
    server.state = State(Site(Board.load(given.posts, given.board), given.manner, address, now))
    print(address, flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass


if __name__ == "__main__":
    main()

"""pages.py - from the board to a page: which address shows what, and the views the skins draw.

A Site answers GET requests as a phpBB board does for a visitor who is not logged in: the index,
boards and threads with paging, the many addresses of one post, the login box in front of members'
boards, one text for everything that is not there. The two skins, modern.py (3.3) and classic.py
(3.0), only draw what is prepared here, so that both manners show the same board.
"""

import collections
import datetime
import html
import urllib.parse

import bbcode
import classic
import modern
from board import UTC, parse_time
from paging import number_of, paging_of

Response = collections.namedtuple("Response", "status headers body")
Row = collections.namedtuple("Row", "thread shadow first last replies")
Entry = collections.namedtuple("Entry", "board threads posts last")

NO_THREAD = "The requested topic does not exist."
NO_BOARD = "The forum you selected does not exist."
ROBOTS = """# Sample board
User-agent: *
Disallow: /ucp.php
Disallow: /memberlist.php
Disallow: /posting.php
Disallow: /search.php
Disallow: /mcp.php
Disallow: /download/
"""


class Links:
    """Addresses as the pages write them: relative, escaped, with the session id where there is one."""

    def __init__(self, site, sid, bot):
        self.site = site
        self.sid = sid
        self.bot = bot      # a program that the board knows as one: fewer links for it

    def __call__(self, target, fragment=""):
        if self.sid:
            target += ("&" if "?" in target else "?") + "sid=" + self.sid
        return html.escape("./" + target + fragment)

    def clock(self, seconds):
        moment = datetime.datetime.fromtimestamp(seconds, UTC)
        return self.site.clock(moment)

    def thread(self, thread, start=0):
        where = "f=%d&t=%d" % (thread.board, thread.id) if self.site.classic else "t=%d" % thread.id
        return self("viewtopic.php?" + where + ("&start=%d" % start if start else ""))

    def board(self, board_id, start=0):
        return self("viewforum.php?f=%d" % board_id + ("&start=%d" % start if start else ""))

    def post(self, post):
        where = "p=%d" % post.id
        if self.site.classic:
            where = "f=%d&%s" % (self.site.board.threads[post.thread].board, where)
        return self("viewtopic.php?" + where, "#p%d" % post.id)

    def member(self, author_id):
        return self("memberlist.php?mode=viewprofile&u=%d" % author_id)


class Site:
    """One board under one address in one manner."""

    def __init__(self, board, manner="3.3", base="https://board.example/", now=None):
        if manner not in ("3.3", "3.0"):
            raise ValueError("manner is 3.3 or 3.0, not %s" % manner)
        self.board = board
        self.manner = manner
        self.classic = manner == "3.0"
        self.skin = classic if self.classic else modern
        self.base = base
        self.now = now or (lambda: datetime.datetime.now(UTC))
        self.robots = ROBOTS

    # ---- time as the board shows it ----

    def local(self, moment):
        if self.classic:
            hours = self.board.offset_hours + (1 if self.board.summer_time else 0)
            return moment.astimezone(datetime.timezone(datetime.timedelta(hours=hours)))
        return moment.astimezone(self.board.zone)

    def clock(self, moment):
        """`Fri Oct 05, 2007 7:21 am`, or near to now in words where the board is set so."""
        local = self.local(moment)
        hour = "%d:%02d %s" % ((local.hour + 11) % 12 + 1, local.minute,
                               "am" if local.hour < 12 else "pm")
        if self.board.relative_dates:
            now = self.local(self.now())
            minutes = int((now - local).total_seconds() // 60)
            if 0 <= minutes < 60:
                return "%d minute%s ago" % (minutes, "" if minutes == 1 else "s")
            for days, word in ((0, "Today"), (1, "Yesterday")):
                if local.date() == (now - datetime.timedelta(days=days)).date():
                    return "%s, %s" % (word, hour)
        return local.strftime("%a %b %d, %Y ") + hour

    def zone_line(self):
        if not self.classic:
            seconds = self.local(self.now()).utcoffset().total_seconds()
            sign, minutes = "+-"[seconds < 0], int(abs(seconds) // 60)
            offset = "UTC%s%02d:%02d" % (sign, minutes // 60, minutes % 60) if minutes else "UTC"
            return 'All times are <span title="%s">%s</span>' % (self.board.zone_name, offset)
        hours = self.board.offset_hours
        line = "All times are UTC"
        if hours:
            line += " %s %d hour%s" % ("+-"[hours < 0], abs(hours), "" if abs(hours) == 1 else "s")
        if self.board.summer_time:
            line += ' [ <abbr title="Daylight Saving Time">DST</abbr> ]'
        return line

    # ---- requests ----

    def get(self, target, sid="", bot=False):
        """Answer a GET of `target` (path and query) for a visitor; `sid` is put into every link."""
        parts = urllib.parse.urlsplit(target)
        query = {name: values[-1] for name, values in
                 urllib.parse.parse_qs(parts.query, keep_blank_values=True).items()}
        links = Links(self, sid, bot)
        answers = {"/": self.index, "/index.php": self.index, "/viewforum.php": self.view_board,
                   "/viewtopic.php": self.view_thread, "/memberlist.php": self.members_only,
                   "/search.php": self.members_only, "/ucp.php": self.members_only,
                   "/posting.php": self.members_only}
        if parts.path == "/robots.txt":
            return Response(200, [("Content-Type", "text/plain")], self.robots.encode())
        if parts.path not in answers:
            return Response(404, [("Content-Type", "text/html")], b"<h1>Not Found</h1>\n")
        return answers[parts.path](query, links)

    def page(self, status, text):
        return Response(status, [("Content-Type", "text/html; charset=UTF-8")], text.encode("utf-8"))

    def notice(self, links, message):
        """The one box for all that is not there: 404 in 3.3, an ordinary 200 in 3.0."""
        return self.page(200 if self.classic else 404, self.skin.notice(self, links, message))

    def login(self, links, message):
        return self.page(200, self.skin.login(self, links, message))

    def members_only(self, query, links):
        return self.login(links, "The board requires you to be registered and logged in to "
                          "view profiles.")

    def index(self, query, links, only=None):
        """All categories, or the one that viewforum.php was asked for."""
        board = self.board
        groups = []
        for category in board.categories:
            if only not in (None, category["id"]):
                continue
            entries = []
            for number, entry in sorted(board.boards.items(),
                                        key=lambda item: (item[1].get("order", 0), item[0])):
                if entry["category"] == category["id"] and board.access(number) != "absent":
                    threads, posts = board.counts(number)
                    last = board.newest(number) if board.readable(number) else None
                    entries.append(Entry(entry, threads, posts, last))
            groups.append((category, entries))
        return self.page(200, self.skin.index(self, links, groups))

    def view_board(self, query, links):
        board = self.board
        number = number_of(query.get("f"))
        if any(category["id"] == number for category in board.categories):
            return self.index(query, links, number)
        if number not in board.boards or board.access(number) == "absent":
            return self.notice(links, NO_BOARD)
        if board.access(number) == "link":
            return Response(302, [("Location", board.boards[number]["link"])], b"")
        if board.access(number) == "password":
            return self.page(200, self.skin.password(self, links, board.boards[number]))
        if not board.readable(number):
            return self.login(links, "The board requires you to be registered and logged in to "
                              "view this forum.")
        top, paged = board.listing(number)
        size = board.threads_per_page
        paging = paging_of(query, len(paged), size)
        shown = paged[paging.start:paging.start + size]
        return self.page(200, self.skin.board(self, links, board.boards[number],
                                              [self.row(*r) for r in top],
                                              [self.row(*r) for r in shown], paging))

    def row(self, thread, shadow):
        shown = self.board.shown(thread)
        return Row(thread, shadow, shown[0], shown[-1], len(shown) - 1)

    def view_thread(self, query, links):
        board = self.board
        thread, wanted = self.find_thread(query)
        if thread is None or not board.shown(thread):
            return self.notice(links, NO_THREAD)
        if not board.readable(thread.board):
            return self.login(links, "The board requires you to be registered and logged in to "
                              "view this forum.")
        shown = board.shown(thread)
        if query.get("sd") == "d":
            shown = shown[::-1]
        size = board.posts_per_page
        if wanted is not None:
            at = next((i for i, post in enumerate(shown) if post.id == wanted), 0)
            query = dict(query, start=str(at - at % size))
        paging = paging_of(query, len(shown), size)
        posts = shown[paging.start:paging.start + size]
        draw = self.skin.print_view if query.get("view") == "print" else self.skin.thread
        return self.page(200, draw(self, links, thread, posts, paging))

    def find_thread(self, query):
        """The thread that an address means, and the post it asks for, if it names one."""
        board = self.board
        post = board.posts.get(number_of(query.get("p")))
        if "p" in query:
            if post is None or post.state != "live":
                return None, None
            return board.threads[post.thread], post.id
        thread = board.threads.get(number_of(query.get("t")))
        if thread is not None and query.get("view") in ("next", "previous"):
            return self.neighbour(thread, query["view"]), None
        return thread, None

    def neighbour(self, thread, which):
        _, rows = self.board.listing(thread.board)
        order = [row.id for row, shadow in rows if not shadow]
        if thread.id not in order:
            return None
        at = order.index(thread.id) + (-1 if which == "next" else 1)
        return self.board.threads[order[at]] if 0 <= at < len(order) else None

    # ---- for the skins ----

    def body(self, post, links):
        return bbcode.Manner(self.manner, links).render(post.nodes)

    def signature(self, post, links):
        member = self.board.members.get(post.author_id, {})
        if not member.get("signature"):
            return ""
        return bbcode.Manner(self.manner, links).render(bbcode.parse(member["signature"]))

    def edit_note(self, post):
        """(who, when, how often, reason) of the note below an edited post, or None."""
        if not post.edited:
            return None
        edited = post.edited
        return (edited["by"], self.clock(parse_time(edited["time"])), edited["count"],
                edited.get("reason", ""))

    def breadcrumbs(self, board_entry):
        by_id = {category["id"]: category for category in self.board.categories}
        return by_id[board_entry["category"]], board_entry

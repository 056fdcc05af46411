"""board.py - the forum itself: boards, threads, posts and members, and what may happen to them.

Loaded from a file of posts (one JSON object a line) and, beside it, board.json with what is not
a post: boards, members, thread flags, polls, the time zone. Without board.json a plain board is
made from the posts. The model knows no HTML; pages.py draws it, serve.py changes it while it runs.
"""

import datetime
import json
import os
import zoneinfo

import bbcode

UTC = datetime.timezone.utc
KINDS = ("normal", "sticky", "announcement", "global")      # as listings order them, last first


def parse_time(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


def time_text(moment):
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class Thread:
    def __init__(self, number, title, board):
        self.id = number
        self.title = title
        self.board = board
        self.kind = "normal"
        self.locked = False
        self.shadows = []       # boards in which a row still points here after a move
        self.poll = None
        self.views = 17 + number * 7919 % 4800
        self.posts = []         # post ids in order of time


class Post:
    def __init__(self, fields):
        self.id = int(fields["id"])
        self.thread = int(fields["thread"])
        self.author = fields["author"]
        self.author_id = fields.get("author_id")
        self.time = parse_time(fields["time"])
        self.subject = fields["subject"]
        self.body = fields["body"]
        self.edited = fields.get("edited")              # {"count", "time", "by", "reason"}
        self.attachments = fields.get("attachments", [])
        self.state = fields.get("state", "live")        # live, hidden (a moderator's soft deletion)
        self.nodes = bbcode.parse(self.body)


class Board:
    """The whole forum."""

    def __init__(self):
        self.title = "A small board"
        self.description = ""
        self.language = "en-gb"
        self.zone_name = "America/New_York"
        self.offset_hours = -5      # the 3.0 manner knows a number and a summer time mark only
        self.summer_time = True
        self.relative_dates = False
        self.posts_per_page = 15
        self.threads_per_page = 30
        self.categories = [{"id": 1, "title": "General"}]
        self.boards = {}            # id -> {"id", "category", "title", "description", "access"}
        self.members = {}           # id -> {"id", "name", "joined", "signature", "rank", "colour"}
        self.threads = {}
        self.posts = {}
        self.next_post = 1
        self.next_thread = 1

    # ---- reading ----

    @classmethod
    def load(cls, posts_file, board_file=None):
        board = cls()
        if board_file is None:
            beside = os.path.join(os.path.dirname(os.path.abspath(posts_file)), "board.json")
            board_file = beside if os.path.exists(beside) else None
        flags = board.read_plan(board_file) if board_file else {}
        with open(posts_file, encoding="utf-8") as lines:
            for line in lines:
                if line.strip():
                    board.place(json.loads(line))
        for number, flag in flags.items():
            if number in board.threads:
                vars(board.threads[number]).update(flag)
        for thread in board.threads.values():
            board.sort(thread)
        board.next_post = max(board.posts, default=0) + 1
        board.next_thread = max(board.threads, default=0) + 1
        board.zone = zoneinfo.ZoneInfo(board.zone_name)
        return board

    def read_plan(self, board_file):
        with open(board_file, encoding="utf-8") as plan_file:
            plan = json.load(plan_file)
        simple = ("title", "description", "language", "zone_name", "offset_hours", "summer_time",
                  "relative_dates", "posts_per_page", "threads_per_page", "categories")
        for name in simple:
            if name in plan:
                setattr(self, name, plan[name])
        self.boards = {entry["id"]: entry for entry in plan.get("boards", [])}
        self.members = {entry["id"]: entry for entry in plan.get("members", [])}
        return {entry.pop("id"): entry for entry in plan.get("threads", [])}

    def place(self, fields):
        post = Post(fields)
        board_id = int(fields.get("board", 2))
        if board_id not in self.boards:
            self.boards[board_id] = {"id": board_id, "category": self.categories[0]["id"],
                                     "title": "Board %d" % board_id, "description": ""}
        if post.author_id is not None and post.author_id not in self.members:
            self.members[post.author_id] = {"id": post.author_id, "name": post.author}
        if post.thread not in self.threads:
            title = fields.get("thread_title", post.subject)
            self.threads[post.thread] = Thread(post.thread, title, board_id)
        self.posts[post.id] = post
        self.threads[post.thread].posts.append(post.id)
        return post

    def sort(self, thread):
        thread.posts.sort(key=lambda number: (self.posts[number].time, number))

    # ---- what a visitor sees ----

    def access(self, board_id):
        return self.boards[board_id].get("access", "all")

    def readable(self, board_id):
        return self.access(board_id) == "all"

    def shown(self, thread):
        """The thread's visible posts, oldest first."""
        return [self.posts[n] for n in thread.posts if self.posts[n].state == "live"]

    def visible_threads(self):
        return [t for _, t in sorted(self.threads.items())
                if self.readable(t.board) and self.shown(t)]

    def visible_posts(self):
        return [post for thread in self.visible_threads() for post in self.shown(thread)]

    def listing(self, board_id):
        """Announcement rows, and the paged rows (stickies first); a row is (thread, is_shadow)."""
        top, paged = [], []
        for thread in self.threads.values():
            if not self.shown(thread) or not self.readable(thread.board):
                continue
            if thread.kind == "global" or (thread.kind == "announcement"
                                           and thread.board == board_id):
                top.append((thread, False))
            elif thread.board == board_id:
                paged.append((thread, False))
            elif board_id in thread.shadows:
                paged.append((thread, True))

        def newest_first(row):
            thread, shadow = row
            last = self.shown(thread)[-1]
            return (KINDS.index(thread.kind) if not shadow else 0, last.time, last.id)
        top.sort(key=newest_first, reverse=True)
        paged.sort(key=newest_first, reverse=True)
        return top, paged

    def counts(self, board_id):
        threads = [t for t in self.threads.values() if t.board == board_id and self.shown(t)]
        return len(threads), sum(len(self.shown(t)) for t in threads)

    def newest(self, board_id):
        posts = [self.shown(t)[-1] for t in self.threads.values()
                 if t.board == board_id and self.shown(t)]
        return max(posts, key=lambda post: (post.time, post.id), default=None)

    def truth(self, manner="3.3"):
        """One record a visible post, as the pages of that manner let a reader know it."""
        for post in sorted(self.visible_posts(), key=lambda post: post.id):
            thread = self.threads[post.thread]
            moment = post.time if manner == "3.3" else post.time.replace(second=0)
            quotes = bbcode.quotes(post.nodes)
            if manner != "3.3":
                for quote in quotes:
                    quote["post_id"] = None
            yield {"id": str(post.id), "author": post.author,
                   "author_id": None if post.author_id is None else str(post.author_id),
                   "guest": post.author_id is None, "thread": str(thread.id),
                   "thread_title": thread.title, "board": str(thread.board),
                   "time": time_text(moment), "subject": post.subject,
                   "text": bbcode.own_text(post.nodes), "quotes": quotes,
                   "edited": post.edited["count"] if post.edited else 0}

    # ---- what may happen ----

    def add(self, body, author, time, thread=None, title=None, board=None, author_id=None,
            subject=None, post_id=None, **more):
        """A new post; with `title` and `board` a new thread. Returns the post."""
        if thread is None:
            thread = self.next_thread
            self.next_thread += 1
        elif thread not in self.threads:
            raise KeyError("no thread %s" % thread)
        known = self.threads.get(thread)
        title = known.title if known else title or "Untitled"
        if author_id is None and not more.pop("guest", False):
            author_id = next((m["id"] for m in self.members.values() if m["name"] == author),
                             max(self.members, default=1) + 1)
        fields = {"id": post_id or self.next_post, "thread": thread, "thread_title": title,
                  "board": known.board if known else board, "author": author, "body": body,
                  "author_id": author_id, "time": time,
                  "subject": subject or ("Re: " + title if known else title), **more}
        post = self.place(fields)
        self.next_post = max(self.next_post, post.id + 1)
        self.sort(self.threads[thread])
        return post

    def edit(self, post_id, body, time=None, note=True, subject=None):
        """Change a post's words; with note=False silently, as an edit within the first minutes."""
        post = self.posts[post_id]
        post.body = body
        post.nodes = bbcode.parse(body)
        post.subject = subject or post.subject
        if note:
            count = post.edited["count"] + 1 if post.edited else 1
            post.edited = {"count": count, "time": time or time_text(post.time), "by": post.author}

    def delete(self, post_id):
        """Remove a post for good; a thread without posts goes with it."""
        post = self.posts.pop(post_id)
        thread = self.threads[post.thread]
        thread.posts.remove(post_id)
        if not thread.posts:
            del self.threads[thread.id]

    def hide(self, post_id, hidden=True):
        self.posts[post_id].state = "hidden" if hidden else "live"

    def delete_thread(self, thread_id):
        for number in list(self.threads[thread_id].posts):
            self.delete(number)

    def move_thread(self, thread_id, board_id, shadow=True):
        thread = self.threads[thread_id]
        if shadow and thread.board not in thread.shadows:
            thread.shadows.append(thread.board)
        thread.shadows = [n for n in thread.shadows if n != board_id]
        thread.board = board_id

    def move_posts(self, post_ids, thread_id=None, title=None):
        """Merge posts into a thread, or split them off into a new one with that title."""
        first = self.posts[post_ids[0]]
        old_board = self.threads[first.thread].board
        if thread_id is None:
            thread_id = self.next_thread
            self.next_thread += 1
            self.threads[thread_id] = Thread(thread_id, title, old_board)
        target = self.threads[thread_id]
        for number in post_ids:
            source = self.threads[self.posts[number].thread]
            source.posts.remove(number)
            self.posts[number].thread = thread_id
            target.posts.append(number)
            if not source.posts:
                del self.threads[source.id]
        self.sort(target)
        return target

    def flag(self, thread_id, **flags):
        """Set title, kind, locked or poll of a thread."""
        for name, value in flags.items():
            if name not in ("title", "kind", "locked", "poll"):
                raise KeyError("a thread has no %s to set" % name)
            setattr(self.threads[thread_id], name, value)

    def rename_member(self, author_id, name):
        """Posts show the new name; quotes keep the old one."""
        self.members[author_id]["name"] = name
        for post in self.posts.values():
            if post.author_id == author_id:
                post.author = name

    def forget_member(self, author_id):
        """Delete an account: its posts keep the name and lose the profile."""
        self.members.pop(author_id, None)
        for post in self.posts.values():
            if post.author_id == author_id:
                post.author_id = None

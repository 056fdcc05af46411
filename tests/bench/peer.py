"""peer.py - what the peers of bench_index share: the posts, the questions, and the talk.

bench_index writes the posts into a file, starts each peer and asks it by lines on its standard
input; so that the engines take turns within one run. A peer is a class with

    name            engine and version
    ingest(posts)   posts (1,000 at most) in one durable commit
    load(posts)     the posts into every schema that any of its questions wants, in time order
    ways()          {question: [(schema, ask)]}: ask() returns the rows

A question may be put to several schemas. All must give the same rows; the fastest is the one that
is timed, and the first one is what the engine does with the posts by time and no schema for the
question. Times are those of the process's own processor, since peers use one thread and other
programs run beside.

    hello                   -> NAME
    ingest FIRST COUNT      -> SECONDS (of the clock on the wall)
    load COUNT              -> SECONDS
    answer QUESTION         -> a line a row, then "end"
    ask QUESTION TIMES      -> MILLISECONDS SCHEMA (median; the fastest schema)
    ask-plain QUESTION TIMES   the same of the first schema
"""
import statistics
import sys
import time

import numpy as np

COMMIT = 1000
THEORIES = 30
ENOUGH = 0.5  # seconds
POST = np.dtype([(name, "u4") for name in ("post", "thread", "author", "t", "board", "theories")])


class Question:
    """What bench_index asks about: see questions.h."""

    def __init__(self, arguments):
        self.theory, self.other, self.board, self.cut = (int(a) for a in arguments)


def in_time_order(posts):
    return posts[np.lexsort((posts["post"], posts["t"]))]


def columns(posts):
    """Columns that every engine may have at hand: months as Ekbom numbers them (year * 12 +
    month), and beside each post the first post's time of its author."""
    months = posts["t"].astype("M8[s]").astype("M8[M]").astype(np.int64) + 1970 * 12
    first = np.full(int(posts["author"].max()) + 1, 2**32 - 1, dtype="u4")
    np.minimum.at(first, posts["author"], posts["t"])
    out = {name: np.ascontiguousarray(posts[name]) for name in POST.names}
    out["board"] = out["board"].astype("u1")
    out["month"] = months.astype("u2")
    out["quarter"] = (months // 3).astype("u2")
    out["first"] = first[posts["author"]]
    return out


def by_theory(cols):
    """The same a row a (theory, post), by theory, then as the posts stand."""
    rows = [np.nonzero(cols["theories"] >> t & 1)[0] for t in range(THEORIES)]
    out = {name: np.concatenate([values[at] for at in rows]) for name, values in cols.items()}
    theory = np.concatenate([np.full(len(at), t, dtype="u1") for t, at in enumerate(rows)])
    return {"theory": theory, **out}


def timed(ask, times):
    """Milliseconds, median; fewer times where one takes long."""
    took = []
    while len(took) < times and sum(took) < ENOUGH:
        begun = time.process_time()
        ask()
        took.append(time.process_time() - begun)
    return statistics.median(took) * 1e3


class Talk:
    def __init__(self, peer, path):
        self.peer = peer
        self.posts = np.memmap(path, dtype=POST, mode="r")
        self.ways = {}
        self.best = {}

    def hello(self):
        return self.peer.name

    def ingest(self, first, count):
        first, count = int(first), int(count)
        posts = np.array(self.posts[first:first + count])
        begun = time.monotonic()
        for at in range(0, count, COMMIT):
            self.peer.ingest(posts[at:at + COMMIT])
        return f"{time.monotonic() - begun:.6f}"

    def load(self, count):
        begun = time.monotonic()
        self.peer.load(in_time_order(np.array(self.posts[:int(count)])))
        self.ways = self.peer.ways()
        return f"{time.monotonic() - begun:.1f}"

    def answer(self, question):
        ways = self.ways[question]
        answers = [[tuple(int(x) for x in row) for row in ask()] for _, ask in ways]
        for (schema, _), rows in zip(ways, answers):
            if rows != answers[0]:
                sys.exit(f"{self.peer.name}: {question}: {schema} and {ways[0][0]} differ")
        self.best[question] = min(ways, key=lambda way: timed(way[1], 5))
        return "\n".join([" ".join(map(str, row)) for row in answers[0]] + ["end"])

    def ask(self, question, times):
        schema, ask = self.best[question]
        return f"{timed(ask, int(times)):.6f} {schema}"

    def ask_plain(self, question, times):
        schema, ask = self.ways[question][0]
        return f"{timed(ask, int(times)):.6f} {schema}"


def serve(make):
    """make(folder, question) -> the peer. Arguments: folder, file of posts, the question's."""
    folder, path, *arguments = sys.argv[1:]
    talk = Talk(make(folder, Question(arguments)), path)
    for line in sys.stdin:
        verb, *words = line.split()
        print(getattr(talk, verb.replace("-", "_"))(*words), flush=True)

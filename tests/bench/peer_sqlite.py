"""peer_sqlite.py - SQLite with covering indexes. See peer.py.

Schemas: `tags`, a row a (theory, post) in an index-organised table by theory, month, time and
post with every other column behind, so that each question is a scan of one stretch of it; and
`sums`, a rollup by theory and month, for the plain timeline only: it is named where it is used.

Ingest: posts, with an index by time, and their tags as above; write-ahead log, synchronous=FULL.
"""
import os
import sqlite3

import peer

CACHE_KIB = 2 << 20


def connect(path):
    db = sqlite3.connect(path, isolation_level=None)
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = FULL")
    db.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
    db.execute(f"PRAGMA mmap_size = {16 << 30}")
    db.execute("CREATE TABLE posts (post INTEGER PRIMARY KEY, thread INT, author INT, t INT,"
               " board INT, theories INT, month INT)")
    db.execute("CREATE TABLE tags (theory INT, month INT, t INT, post INT, author INT, board INT,"
               " first INT, theories INT, PRIMARY KEY (theory, month, t, post)) WITHOUT ROWID")
    return db


def statements(q):
    of_theory = f"FROM tags WHERE theory = {q.theory}"
    return {
        "months": [
            ("posts by month, tags",
             "SELECT month, coalesce(k, 0), n FROM"
             " (SELECT month, count(*) n FROM posts GROUP BY month) LEFT JOIN"
             f" (SELECT month, count(*) k {of_theory} GROUP BY month) USING (month)"
             " ORDER BY month"),
            ("rollup table",
             "SELECT a.month, coalesce(s.n, 0), a.n FROM sums a LEFT JOIN sums s"
             f" ON s.theory = {q.theory} AND s.month = a.month WHERE a.theory = -1"
             " ORDER BY a.month")],
        "theories": [
            ("tags", "SELECT theory, month / 3, count(*) FROM tags GROUP BY theory, month / 3"
                     " ORDER BY 1, 2")],
        "both": [
            ("tags", f"SELECT month / 3, count(*) {of_theory} AND theories & {1 << q.other}"
                     " GROUP BY month / 3 ORDER BY 1")],
        "newest": [
            ("tags", f"SELECT post {of_theory} ORDER BY month DESC, t DESC, post DESC LIMIT 20")],
        "cohort": [
            ("tags", f"SELECT month, count(*) {of_theory} AND board = {q.board}"
                     f" AND first < {q.cut} GROUP BY month ORDER BY month")],
        "authors": [
            ("tags", f"SELECT month / 3, count(DISTINCT author) {of_theory} GROUP BY month / 3"
                     " ORDER BY 1")],
    }


class SQLite:
    def __init__(self, folder, question):
        self.name = f"SQLite {sqlite3.sqlite_version}"
        self.question = question
        self.path = os.path.join(folder, "sqlite")
        self.log = connect(self.path + ".ingest")
        self.log.execute("CREATE INDEX by_time ON posts (t)")
        self.db = None

    def ingest(self, posts):
        cols = peer.columns(posts)
        self.log.execute("BEGIN")
        put(self.log, cols, peer.by_theory(cols))
        self.log.execute("COMMIT")

    def load(self, posts):
        self.log.close()
        self.db = connect(self.path)
        cols = peer.columns(posts)
        self.db.execute("BEGIN")
        put(self.db, cols, peer.by_theory(cols))
        self.db.execute("CREATE INDEX by_month ON posts (month)")
        self.db.execute("CREATE TABLE sums (theory INT, month INT, n INT,"
                        " PRIMARY KEY (theory, month)) WITHOUT ROWID")
        self.db.execute("INSERT INTO sums SELECT -1, month, count(*) FROM posts GROUP BY month")
        self.db.execute("INSERT INTO sums SELECT theory, month, count(*) FROM tags GROUP BY 1, 2")
        self.db.execute("COMMIT")
        self.db.execute("ANALYZE")
        self.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def ways(self):
        return {question: [(schema, self.way(sql)) for schema, sql in alternatives]
                for question, alternatives in statements(self.question).items()}

    def way(self, sql):
        return lambda: self.db.execute(sql).fetchall()


def put(db, cols, tags):
    posts = ("post", "thread", "author", "t", "board", "theories", "month")
    db.executemany("INSERT INTO posts VALUES (?, ?, ?, ?, ?, ?, ?)", rows(cols, posts))
    names = ("theory", "month", "t", "post", "author", "board", "first", "theories")
    db.executemany("INSERT INTO tags VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows(tags, names))


def rows(cols, names):
    """Tuples, made a stretch at a time."""
    count = len(cols[names[0]])
    for at in range(0, count, 100000):
        yield from zip(*(cols[name][at:at + 100000].tolist() for name in names))


if __name__ == "__main__":
    peer.serve(SQLite)

"""peer_duckdb.py - DuckDB, one thread, on disk and warm. See peer.py.

Schemas: `posts` by time with the theories as bits; `wide` by time with a boolean a theory; `tags`,
a row a (post, theory), by theory and time, with all the columns of the post beside it. Statements
are prepared. Not tried: a table of sums by theory and month, which is an answer and not a schema.

Ingest: the thousand posts of a commit as arrays that one INSERT scans, a transaction with DuckDB's
own durability (a write-ahead log, synced). Measured against it: its appender row by row (0.6 x),
data frames (0.5 x), Arrow tables (0.4 x), VALUES (0.05 x).
"""
import os

import duckdb
import pyarrow

import peer

MOST_THEORIES = " UNION ALL ".join(
    f"SELECT {t}, quarter, count(*) FROM tags WHERE theory = {t} GROUP BY quarter"
    for t in range(peer.THEORIES))


def statements(q):
    """{question: [(schema, SQL)]}"""
    bit, both = 1 << q.theory, 1 << q.theory | 1 << q.other
    theory, other = f"t{q.theory:02d}", f"t{q.other:02d}"
    newest = "ORDER BY t DESC, post DESC LIMIT 20"
    sums = ", ".join(f"sum(theories >> {t} & 1)" for t in range(peer.THEORIES))
    wide_sums = ", ".join(f"sum(t{t:02d}::INT)" for t in range(peer.THEORIES))
    of_cohort = f"board = {q.board} AND first < {q.cut} GROUP BY month ORDER BY month"
    distinct = "GROUP BY quarter ORDER BY quarter"
    return {
        "months": [
            ("posts", f"SELECT month, sum(theories >> {q.theory} & 1), count(*) FROM posts"
                      " GROUP BY month ORDER BY month"),
            ("wide", f"SELECT month, sum({theory}::INT), count(*) FROM wide"
                     " GROUP BY month ORDER BY month"),
            ("wide, filter", f"SELECT month, count(*) FILTER ({theory}), count(*) FROM wide"
                             " GROUP BY month ORDER BY month"),
            ("tags and posts", "SELECT month, coalesce(k, 0), n FROM"
                               " (SELECT month, count(*) n FROM posts GROUP BY month) LEFT JOIN"
                               " (SELECT month, count(*) k FROM tags"
                               f" WHERE theory = {q.theory} GROUP BY month)"
                               " USING (month) ORDER BY month")],
        "theories": [
            ("posts", f"SELECT quarter, {sums} FROM posts GROUP BY quarter"),
            ("wide", f"SELECT quarter, {wide_sums} FROM wide GROUP BY quarter"),
            ("tags", "SELECT theory, quarter, count(*) FROM tags GROUP BY theory, quarter"),
            ("tags, one key", "SELECT theory::INT * 100000 + quarter AS key, count(*) FROM tags"
                              " GROUP BY key"),
            ("tags, one by one", MOST_THEORIES)],
        "both": [
            ("posts", f"SELECT quarter, count(*) FROM posts WHERE theories & {both} = {both}"
                      " GROUP BY quarter ORDER BY quarter"),
            ("wide", f"SELECT quarter, count(*) FROM wide WHERE {theory} AND {other}"
                     " GROUP BY quarter ORDER BY quarter"),
            ("tags", f"SELECT quarter, count(*) FROM tags WHERE theory = {q.theory}"
                     f" AND theories & {1 << q.other} <> 0 GROUP BY quarter ORDER BY quarter")],
        "newest": [
            ("posts", f"SELECT post FROM posts WHERE theories & {bit} <> 0 {newest}"),
            ("wide", f"SELECT post FROM wide WHERE {theory} {newest}"),
            ("tags", f"SELECT post FROM tags WHERE theory = {q.theory} {newest}"),
            ("tags of the last month",
             f"SELECT post FROM tags WHERE theory = {q.theory} AND month ="
             f" (SELECT max(month) FROM tags WHERE theory = {q.theory}) {newest}")],
        "cohort": [
            ("posts", f"SELECT month, count(*) FROM posts WHERE theories & {bit} <> 0"
                      f" AND {of_cohort}"),
            ("wide", f"SELECT month, count(*) FROM wide WHERE {theory} AND {of_cohort}"),
            ("tags", f"SELECT month, count(*) FROM tags WHERE theory = {q.theory}"
                     f" AND {of_cohort}")],
        "authors": [
            ("posts", "SELECT quarter, count(DISTINCT author) FROM posts"
                      f" WHERE theories & {bit} <> 0 {distinct}"),
            ("wide", f"SELECT quarter, count(DISTINCT author) FROM wide WHERE {theory} {distinct}"),
            ("tags", "SELECT quarter, count(DISTINCT author) FROM tags"
                     f" WHERE theory = {q.theory} {distinct}"),
            ("tags, grouped twice", "SELECT quarter, count(*) FROM (SELECT DISTINCT quarter, author"
                                    f" FROM tags WHERE theory = {q.theory}) {distinct}")],
    }


# Rows as bench_index has them, from the numpy columns of a result.
def plain(result):
    return list(zip(*result))


def spread(result):
    quarter, *counts = result
    rows = ((t, q, n) for t, column in enumerate(counts) for q, n in zip(quarter, column))
    return sorted(row for row in rows if row[2])


def of_one_key(result):
    return sorted((key // 100000, key % 100000, n) for key, n in zip(*result))


SHAPES = {("theories", "posts"): spread, ("theories", "wide"): spread,
          ("theories", "tags"): lambda result: sorted(plain(result)),
          ("theories", "tags, one by one"): lambda result: sorted(plain(result)),
          ("theories", "tags, one key"): of_one_key}


class DuckDB:
    def __init__(self, folder, question):
        self.name = f"DuckDB {duckdb.__version__}"
        self.question = question
        self.path = os.path.join(folder, "duckdb")
        self.log = duckdb.connect(self.path + ".ingest")
        self.log.execute("SET threads = 1")
        self.log.execute("CREATE TABLE posts (post UINTEGER, thread UINTEGER, author UINTEGER,"
                         " t UINTEGER, board UINTEGER, theories UINTEGER)")
        self.db = None

    def ingest(self, posts):
        # pylint: disable=unused-variable
        arrays = {name: posts[name].copy() for name in posts.dtype.names}
        self.log.execute("INSERT INTO posts SELECT * FROM arrays")

    def fill(self, table, cols):
        # pylint: disable=unused-variable
        arrow = pyarrow.table(cols)
        self.db.execute(f"CREATE TABLE {table} AS SELECT * FROM arrow")

    def load(self, posts):
        self.log.close()
        self.db = duckdb.connect(self.path)
        cols = peer.columns(posts)
        self.fill("posts", cols)
        bits = {f"t{t:02d}": (cols["theories"] >> t & 1).astype(bool)
                for t in range(peer.THEORIES)}
        self.fill("wide", {**cols, **bits})
        self.fill("tags", peer.by_theory(cols))
        self.db.execute("CHECKPOINT")
        self.db.execute("SET threads = 1")

    def ways(self):
        ways = {}
        for question, alternatives in statements(self.question).items():
            ways[question] = [(schema, self.way(question, number, schema, sql))
                              for number, (schema, sql) in enumerate(alternatives)]
        return ways

    def way(self, question, number, schema, sql):
        name = f"{question}_{number}"
        self.db.execute(f"PREPARE {name} AS {sql}")
        shape = SHAPES.get((question, schema), plain)
        return lambda: Rows(self.db.execute(f"EXECUTE {name}").fetchnumpy(), shape)


class Rows:
    """A result that is made into rows only when somebody looks: that is not the engine's time."""

    def __init__(self, result, shape):
        self.result, self.shape = result, shape

    def __iter__(self):
        return iter(self.shape([column.tolist() for column in self.result.values()]))


if __name__ == "__main__":
    peer.serve(DuckDB)

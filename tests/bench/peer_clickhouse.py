"""peer_clickhouse.py - ClickHouse in this process (PyPI's chdb), one thread, warm. See peer.py.

Schemas: `posts` by time, and `tags`, a row a (post, theory), by theory and time, with all the
columns of the post beside it; MergeTree tables merged to one part.

Ingest: the thousand posts of a commit as arrays that one INSERT scans; the part and its folder
synced.
"""
import os

import pyarrow
from chdb import engine_version
from chdb.session import Session

import peer

SETTINGS = "SETTINGS max_threads = 1"
DURABLE = "SETTINGS fsync_after_insert = 1, fsync_part_directory = 1"
POST = ("post UInt32, thread UInt32, author UInt32, t UInt32, board UInt8, theories UInt32,"
        " month UInt16, quarter UInt16, first UInt32")


def statements(q):
    bit, both = 1 << q.theory, 1 << q.theory | 1 << q.other
    of_posts = f"FROM db.posts WHERE bitAnd(theories, {bit}) != 0"
    of_tags = f"FROM db.tags WHERE theory = {q.theory}"
    by_month, by_quarter = ("GROUP BY month ORDER BY month", "GROUP BY quarter ORDER BY quarter")
    newest = "ORDER BY t DESC, post DESC LIMIT 20"
    cohort = f"AND board = {q.board} AND first < {q.cut} {by_month}"
    return {
        "months": [
            ("posts", f"SELECT month, countIf(bitAnd(theories, {bit}) != 0), count()"
                      f" FROM db.posts {by_month}"),
            ("tags and posts", f"SELECT month, k, n FROM (SELECT month, count() AS n FROM db.posts"
                               " GROUP BY month) AS a LEFT JOIN (SELECT month, count() AS k"
                               f" {of_tags} GROUP BY month) AS b USING (month) ORDER BY month")],
        "theories": [
            ("posts", "SELECT theory, quarter, count() FROM (SELECT quarter,"
                      " bitPositionsToArray(theories) AS list FROM db.posts)"
                      " ARRAY JOIN list AS theory GROUP BY theory, quarter"
                      " ORDER BY theory, quarter"),
            ("tags", "SELECT theory, quarter, count() FROM db.tags GROUP BY theory, quarter"
                     " ORDER BY theory, quarter")],
        "both": [
            ("posts", "SELECT quarter, count() FROM db.posts"
                      f" WHERE bitAnd(theories, {both}) = {both} {by_quarter}"),
            ("tags", f"SELECT quarter, count() {of_tags}"
                     f" AND bitAnd(theories, {1 << q.other}) != 0 {by_quarter}")],
        "newest": [
            ("posts", f"SELECT post {of_posts} {newest}"),
            ("tags", f"SELECT post {of_tags} {newest}")],
        "cohort": [
            ("posts", f"SELECT month, count() {of_posts} {cohort}"),
            ("tags", f"SELECT month, count() {of_tags} {cohort}")],
        "authors": [
            ("posts", f"SELECT quarter, uniqExact(author) {of_posts} {by_quarter}"),
            ("tags", f"SELECT quarter, uniqExact(author) {of_tags} {by_quarter}"),
            ("tags, bitmaps", f"SELECT quarter, groupBitmap(author) {of_tags} {by_quarter}"),
            ("tags, grouped twice", "SELECT quarter, count() FROM (SELECT DISTINCT quarter, author"
                                    f" {of_tags}) {by_quarter}")],
    }


class ClickHouse:
    def __init__(self, folder, question):
        self.name = f"ClickHouse {engine_version}"
        self.question = question
        self.folder = os.path.join(folder, "clickhouse")
        self.session = Session(self.folder)
        self.session.query("CREATE DATABASE db")
        self.session.query("CREATE TABLE db.log (post UInt32, thread UInt32, author UInt32,"
                           " t UInt32, board UInt32, theories UInt32) ENGINE = MergeTree"
                           f" ORDER BY (t, post) {DURABLE}")

    def ingest(self, posts):
        # pylint: disable=unused-variable
        arrow = pyarrow.table({name: posts[name].copy() for name in posts.dtype.names})
        self.session.query("INSERT INTO db.log SELECT * FROM Python(arrow)")

    def fill(self, table, definition, order, cols):
        # pylint: disable=unused-variable
        arrow = pyarrow.table(cols)
        self.session.query(f"CREATE TABLE db.{table} ({definition}) ENGINE = MergeTree"
                           f" ORDER BY ({order})")
        self.session.query(f"INSERT INTO db.{table} SELECT * FROM Python(arrow)")
        self.session.query(f"OPTIMIZE TABLE db.{table} FINAL")

    def load(self, posts):
        self.session.query("DROP TABLE db.log SYNC")
        cols = peer.columns(posts)
        names = [column.split()[0] for column in POST.split(", ")]
        cols = {name: cols[name] for name in names}
        self.fill("posts", POST, "t, post", cols)
        self.fill("tags", f"theory UInt8, {POST}", "theory, t, post", peer.by_theory(cols))

    def ways(self):
        return {question: [(schema, self.way(sql)) for schema, sql in alternatives]
                for question, alternatives in statements(self.question).items()}

    def way(self, sql):
        return lambda: Rows(self.session.query(f"{sql} {SETTINGS}", "TSV"))


class Rows:
    """A result that is made into rows only when somebody looks."""

    def __init__(self, result):
        self.result = result

    def __iter__(self):
        return (line.split(b"\t") for line in self.result.bytes().splitlines())


if __name__ == "__main__":
    peer.serve(ClickHouse)

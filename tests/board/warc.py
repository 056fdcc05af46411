"""warc.py - the board as a web archive: what a visitor fetches in one complete walk.

    python3 tests/board/warc.py --posts sample/posts.jsonl -o sample/sample.warc.gz
    python3 tests/board/warc.py --posts sample/posts.jsonl --truth truth.jsonl

Robots file, index, every page of every board, every page of every thread, in that order, as WARC
1.1 with one gzip member a record. The output depends on the posts alone: dates count up from a
fixed day by the polite delay, record ids are digests, so that making it again gives the same bytes.
Only responses are kept: a request record would say nothing that its response does not, and
would add a third to a file that is shipped.
"""

import argparse
import base64
import datetime
import hashlib
import http
import json
import sys
import zlib

from board import UTC, Board, time_text
from pages import Site

FIRST_FETCH = datetime.datetime(2025, 1, 6, 2, 0, 0, tzinfo=UTC)
DELAY = datetime.timedelta(seconds=5)
SEED = "sample archive"


class Clock:
    """The walk's own time, handed to the pages as now."""

    def __init__(self):
        self.moment = FIRST_FETCH

    def __call__(self):
        return self.moment

    def tick(self):
        self.moment += DELAY


class Writer:
    def __init__(self, out):
        self.out = out
        self.count = 0

    def record(self, kind, moment, block, content_type, fields=()):
        self.count += 1
        digest = hashlib.sha256(("%s %d" % (SEED, self.count)).encode()).hexdigest()
        name = "<urn:uuid:%s-%s-4%s-8%s-%s>" % (digest[:8], digest[8:12], digest[13:16],
                                               digest[17:20], digest[20:32])
        lines = ["WARC/1.1", "WARC-Type: " + kind, "WARC-Record-ID: " + name,
                 "WARC-Date: " + time_text(moment), "Content-Type: " + content_type]
        lines += ["%s: %s" % field for field in fields]
        lines.append("Content-Length: %d" % len(block))
        head = ("\r\n".join(lines) + "\r\n\r\n").encode("utf-8")
        squeeze = zlib.compressobj(9, zlib.DEFLATED, 31)
        self.out.write(squeeze.compress(head + block + b"\r\n\r\n") + squeeze.flush())


def sha1(data):
    return "sha1:" + base64.b32encode(hashlib.sha1(data).digest()).decode()


def response_block(response, moment, cookie):
    headers = [("Date", moment.strftime("%a, %d %b %Y %H:%M:%S GMT"))] + list(response.headers)
    if cookie:
        headers.append(("Set-Cookie", "phpbb3_sample_sid=%s; path=/; HttpOnly" % cookie))
    headers.append(("Content-Length", str(len(response.body))))
    line = "HTTP/1.1 %d %s" % (response.status, http.HTTPStatus(response.status).phrase)
    text = "\r\n".join([line] + ["%s: %s" % field for field in headers]) + "\r\n\r\n"
    return text.encode("latin-1") + response.body


def addresses(site):
    """Every address of a complete walk, in the order a visitor would ask for them."""
    board = site.board
    yield "robots.txt"
    yield "index.php"
    for number in sorted(board.boards):
        if board.access(number) in ("absent", "link"):
            continue
        _, rows = board.listing(number) if board.readable(number) else ([], [])
        for start in range(0, max(1, len(rows)), board.threads_per_page):
            yield "viewforum.php?f=%d" % number + ("&start=%d" % start if start else "")
    for thread in board.visible_threads():
        where = "f=%d&t=%d" % (thread.board, thread.id) if site.classic else "t=%d" % thread.id
        for start in range(0, len(board.shown(thread)), board.posts_per_page):
            yield "viewtopic.php?" + where + ("&start=%d" % start if start else "")


def write_archive(site, clock, out, sample_data):
    writer = Writer(out)
    info = ["software: tests/board/warc.py of Ekbom", "format: WARC File Format 1.1",
            "conformsTo: http://iipc.github.io/warc-specifications/specifications/warc-format/"
            "warc-1.1/"]
    if sample_data:
        info += ["sample-data: yes", "description: posts written for demonstration; figures made "
                 "from them are not findings"]
    writer.record("warcinfo", clock(), ("\r\n".join(info) + "\r\n").encode(),
                  "application/warc-fields", [("WARC-Filename", "sample.warc.gz")])
    session = hashlib.md5(SEED.encode()).hexdigest()
    for number, address in enumerate(addresses(site)):
        clock.tick()
        first_page = number == 1    # until its cookie comes back, a visitor gets ids in the links
        response = site.get("/" + address, session if first_page else "")
        block = response_block(response, clock(), session if first_page else "")
        writer.record("response", clock(), block, "application/http;msgtype=response",
                      [("WARC-Target-URI", site.base + address),
                       ("WARC-Payload-Digest", sha1(response.body))])
    return writer.count


def main():
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--posts", required=True, help="posts, one JSON object a line")
    options.add_argument("--board", help="boards, members, threads (default: board.json beside)")
    options.add_argument("--manner", choices=("3.3", "3.0"), default="3.3")
    options.add_argument("--base", default="https://board.example/", help="address of the board")
    options.add_argument("--sample-data", action="store_true", help="mark the archive as sample data")
    options.add_argument("-o", "--output", help="the archive to write")
    options.add_argument("--truth", help="write what a reader of the pages must find")
    given = options.parse_args()
    try:
        board = Board.load(given.posts, given.board)
        if given.truth:
            with open(given.truth, "w", encoding="utf-8") as out:
                for record in board.truth(given.manner):
                    out.write(json.dumps(record, ensure_ascii=False) + "\n")
        if given.output:
            clock = Clock()
            site = Site(board, given.manner, given.base, clock)
            with open(given.output, "wb") as out:
                write_archive(site, clock, out, given.sample_data)
    except (OSError, ValueError, KeyError) as error:
        sys.exit("warc.py: %s" % error)


if __name__ == "__main__":
    main()

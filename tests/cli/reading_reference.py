"""What reading in context must show, worked out apart from the program.

    reading_reference.py make POSTS.jsonl           a thread of posts, drawn with a fixed seed
    reading_reference.py order POSTS.jsonl THREAD   ids of a thread in the order of reading
    reading_reference.py kwic POSTS.jsonl WORD      every place of a word: id, start, end, context
    reading_reference.py rows ROWS.jsonl            rows of `posts --kwic` in the same form
    reading_reference.py warc PAGE.html OUT.warc [CHARSET]   one fetched page
    reading_reference.py inert PAGE.html            what is in a page beyond words; exit 1 if anything
"""

import html.parser
import json
import random
import re
import sys

CONTEXT = 80
ALLOWED = set("html head meta title style body div strong br hr p blockquote pre code b i em u s del ins "
              "sub sup small ul ol li dl dt dd table thead tbody tfoot tr td th h1 h2 h3 h4 h5 h6 span cite "
              "q abbr tt kbd samp article section header footer nav main aside dfn var mark time address "
              "caption".split())


def read(path):
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def make(path):
    draw = random.Random(58)
    fillers = ["the legs", "über Nacht", "a café", "no\nsleep", "🦵🏽 twitch", "e\u0301tat", "iron", "tea"]
    written = []
    for number in range(1, 41):
        words = [draw.choice(fillers) for _ in range(draw.randint(3, 40))]
        for word in ("alphaword", "betaword", "subword"):
            for _ in range(draw.choice([0, 0, 1, 2])):
                words.insert(draw.randrange(len(words)), word)
        post = {"id": str(number * 7 % 41), "forum": "https://a.example/", "thread_id": "t%d" % (number % 3),
                "thread_title": "Thread %d" % (number % 3), "author": "writer%d" % (number % 5),
                "text": " ".join(words), "language": "en", "quotes": []}
        if number % 10:
            post["time"] = "20%02d-03-0%dT10:%02d:00Z" % (draw.randint(1, 5), draw.randint(1, 3), number)
        if written and number % 4 == 0:
            quoted = draw.choice(written)
            post["quotes"].append({"author": quoted["author"], "post_id": quoted["id"], "inferred": False,
                                   "depth": 1, "text": quoted["text"] + " quotedtail"})
        written.append(post)
    with open(path, "w", encoding="utf-8") as file:
        for post in written:
            print(json.dumps(post), file=file)


def order(path, thread):
    posts = [post for post in read(path) if post["thread_id"] == thread]
    posts.sort(key=lambda post: (post.get("time", "9999"), int(post["id"])))
    print(" ".join(post["id"] for post in posts))


def composed(text):
    import unicodedata
    return unicodedata.normalize("NFC", text)


def kwic(path, word):
    rows = []
    for post in read(path):
        text = composed(post["text"])
        for match in re.finditer(word, text):
            left = text[max(0, match.start() - CONTEXT):match.start()]
            right = text[match.end():match.end() + CONTEXT]
            rows.append((post["id"], match.start(), match.end(), left, match.group(), right))
    for row in sorted(rows):
        print(json.dumps(row))


def rows_of(path):
    for row in sorted((r["id"], r["start"], r["end"], r["left"], r["match"], r["right"]) for r in read(path)):
        print(json.dumps(row))


def warc(page, out, charset=None):
    with open(page, "rb") as file:
        body = file.read()
    kind = b"text/html" + (b"; charset=" + charset.encode() if charset else b"")
    http = b"HTTP/1.1 200 OK\r\nContent-Type: " + kind + b"\r\n\r\n" + body
    head = ("WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: https://w.example/viewtopic.php?t=21\r\n"
            "WARC-Date: 2020-01-01T00:00:00Z\r\nWARC-Record-ID: <urn:uuid:00000000-0000-0000-0000-000000000001>\r\n"
            "Content-Type: application/http; msgtype=response\r\nContent-Length: %d\r\n\r\n" % len(http))
    with open(out, "wb") as file:
        file.write(head.encode() + http + b"\r\n\r\n")


class Inert(html.parser.HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.wrong, self.words = [], []

    def handle_starttag(self, tag, attributes):
        own = tag in ("html", "meta", "div") and all(
            name in ("lang", "charset", "http-equiv", "content", "name", "id") for name, _ in attributes)
        if tag not in ALLOWED or (attributes and not own):
            self.wrong.append("<%s %s>" % (tag, attributes))

    def handle_data(self, data):
        self.words.append(data)

    def handle_comment(self, data):
        self.wrong.append("comment " + data)

    def unknown_decl(self, data):
        self.wrong.append("declaration " + data)

    def handle_pi(self, data):
        self.wrong.append("instruction " + data)


def inert(path):
    with open(path, encoding="utf-8") as file:
        text = file.read()
    parser = Inert()
    parser.feed(text)
    parser.close()
    wrong = parser.wrong
    wrong += ["U+%04X" % ord(c) for c in text
              if (ord(c) < 32 and c not in "\n\t") or 0x7f <= ord(c) < 0xa0 or 0x202a <= ord(c) <= 0x202e
              or 0x2066 <= ord(c) <= 0x2069]
    print("\n".join(wrong))
    with open("words", "w", encoding="utf-8") as file:
        file.write("".join(parser.words))
    sys.exit(1 if wrong else 0)


{"make": make, "order": order, "kwic": kwic, "rows": rows_of, "warc": warc, "inert": inert}[sys.argv[1]](*sys.argv[2:])

"""Posts of a world with boards, languages and people, and which of them a selection leaves.

    selections_reference.py make POSTS.jsonl
    selections_reference.py ids POSTS.jsonl CONDITION   ids of the posts for which a Python expression
                                                        over p (a post) holds, sorted; hidden ones not
    selections_reference.py got ROWS.jsonl              ids of rows, sorted
"""

import json
import random
import sys


def make(path):
    draw = random.Random(59)
    with open(path, "w", encoding="utf-8") as file:
        for number in range(600):
            forum = draw.choice(["https://a.example/", "https://a.example/", "https://b.example/"])
            board = draw.choice(["4", "5", "9"])
            post = {"id": str(2000 + number), "forum": forum, "board_id": board,
                    "board_title": "Title of %s" % board, "thread_id": "t%s%d" % (board, draw.randrange(9)),
                    "author": draw.choice(["ida", "ole", "spam-bot", "Åse", None] + ["w%d" % n for n in range(20)]),
                    "language": draw.choice(["en", "en", "en-gb", "de", None]),
                    "text": draw.choice(["alphaword", "betaword", "alphaword betaword", "nothing"])}
            if draw.random() < 0.9:
                # Some came late.
                late = (post["author"] or "")[:2] == "w1"
                post["time"] = "20%02d-%02d-01T00:00:00Z" % (draw.randint(12 if late else 8, 14), draw.randint(1, 12))
            if draw.random() < 0.1:
                post["state"] = draw.choice(["hidden", "gone"])
            print(json.dumps({key: value for key, value in post.items() if value is not None}), file=file)


def rows(path):
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def ids(path, condition):
    for post in rows(path):
        p = {key: post.get(key) for key in ("id", "forum", "board_id", "thread_id", "author", "language", "time")}
        p["language"] = p["language"] or ""
        if post.get("state") != "hidden" and eval(condition, {"p": p, "text": post["text"]}):
            print(post["id"])


if sys.argv[1] == "make":
    make(sys.argv[2])
elif sys.argv[1] == "ids":
    ids(sys.argv[2], sys.argv[3])
else:
    for row in sorted(rows(sys.argv[2]), key=lambda row: row["id"]):
        print(row["id"])

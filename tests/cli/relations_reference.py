"""Posts whose theories are known because they were chosen first, and what must be answered of them.

    relations_reference.py make POSTS.jsonl        a small forum world, drawn with a fixed seed
    relations_reference.py QUESTION POSTS.jsonl ROWS.jsonl [OPTION...]
        QUESTION is cooccur, first, authors, switching or replies; OPTION is what the command was
        given (--within, --by, --stance...). Prints where the rows differ, and exits 1.

Nothing here is shared with the program: sets and dictionaries over the posts, one at a time.
"""

import collections
import json
import math
import random
import sys

THEORIES = ["alpha", "beta", "delta", "gamma"]
WITHHELD_BELOW = 5


def make(path):
    draw = random.Random(20261124)
    written, by_forum = [], collections.defaultdict(list)
    favourite = {}
    for number in range(900):
        forum = "https://a.example/" if draw.random() < 0.7 else "https://b.example/"
        thread = draw.randrange(60)
        author = draw.choice([None] + ["writer%d" % min(int(draw.expovariate(0.08)), 39)] * 12)
        year = 2001 + number * 6 // 900
        if author and (author not in favourite or draw.random() < 0.15):
            favourite[author] = draw.choices(THEORIES, [6, 4, 1, 2])[0]
        named = set()
        if draw.random() < 0.7:
            named.add(favourite.get(author) or draw.choice(THEORIES))
        named |= {theory for theory in THEORIES if draw.random() < 0.08}
        words = [draw.choice(["Dear all,", "Well.", "My legs again."])]
        for theory in sorted(named):
            words.append("subword" if theory == "alpha" and draw.random() < 0.3 else theory + "word")
        post = {"id": str(1000 + number), "forum": forum, "thread_id": "t%d" % thread,
                "board_id": None if thread % 9 == 0 else "b%d" % (thread % 4), "author": author,
                "text": " ".join(words), "language": "en"}
        if draw.random() < 0.95:
            post["time"] = "%d-%02d-%02dT%02d:%02d:%02dZ" % (
                year, draw.randint(1, 12), draw.randint(1, 28), draw.randint(0, 23),
                draw.randint(0, 59), draw.randint(0, 59))
        if draw.random() < 0.04:
            post["state"] = "hidden"
        post["quotes"] = []
        for _ in range(draw.choice([0, 0, 1, 1, 2])):
            if by_forum[forum]:
                quoted = draw.choice(by_forum[forum])
                post["quotes"].append({
                    "author": quoted["author"], "post_id": draw.choice([quoted["id"]] * 9 + [None]),
                    "inferred": False, "depth": draw.choice([1, 1, 1, 2]), "text": quoted["text"]})
        if post["board_id"] is None:
            del post["board_id"]
        if post["author"] is None:
            del post["author"]
        by_forum[forum].append({"author": author, "id": post["id"], "text": post["text"]})
        written.append(post)
    with open(path, "w", encoding="utf-8") as file:
        for post in written:
            print(json.dumps(post), file=file)


def theories_of(post):
    words = post["text"].split()
    return {theory for theory in THEORIES
            if theory + "word" in words or (theory == "alpha" and "subword" in words)}


def bucket_of(post, by):
    year, month = post["time"][:4], int(post["time"][5:7])
    if by == "year":
        return year
    return "%s-Q%d" % (year, (month + 2) // 3) if by == "quarter" else post["time"][:7]


def read(path):
    with open(path, encoding="utf-8") as file:
        for line in map(json.loads, file):
            if line.get("state") != "hidden":
                line["theories"] = theories_of(line)
                line["who"] = (line["forum"], line["author"]) if line.get("author") else None
                line["place"] = (line["forum"], line["thread_id"])
                yield line


def counted(number, authors, open_tier):
    return None if open_tier and 0 < authors < WITHHELD_BELOW else number


def cooccur(posts, options):
    within, by = options.get("--within", "post"), options.get("--by")
    open_tier = options.get("--tier") != "internal"
    posts = [post for post in posts if "time" in post]
    if options.get("--of") == "any-theory":
        posts = [post for post in posts if post["theories"]]
    buckets = collections.defaultdict(list)
    for post in posts:
        buckets[bucket_of(post, by) if by else None].append(post)
    rows = {}
    for bucket, among in buckets.items():
        units = collections.defaultdict(set)  # unit -> (theory, author)
        for post in among:
            unit = {"post": post["id"], "thread": post["place"], "author": post["who"]}[within]
            if unit is not None:
                units[unit] |= {(theory, post["who"]) for theory in post["theories"]}
        with_all = {}
        for theories in [{a, b} for a in THEORIES for b in THEORIES]:
            both = [unit for unit in units.values() if theories <= {theory for theory, _ in unit}]
            behind = {who for unit in both for theory, who in unit if theory in theories}
            with_all[frozenset(theories)] = (len(both), len(behind))
        for i, a in enumerate(THEORIES):
            for b in THEORIES[i + 1:]:
                both, first, second = (with_all[frozenset(key)] for key in ((a, b), (a,), (b,)))
                shown = [counted(*cell, open_tier) for cell in (both, first, second)]
                expected = None
                if shown[1] is not None and shown[2] is not None and units:
                    expected = first[0] * second[0] / len(units)
                whole = expected is not None and shown[0] is not None
                neither = len(units) - first[0] - second[0] + both[0]
                odds = math.log((both[0] + .5) * (neither + .5) /
                                ((first[0] - both[0] + .5) * (second[0] - both[0] + .5)))
                if both[0]:
                    rows[bucket, a, b] = {
                        "both": shown[0], "with_theory": shown[1], "with_other": shown[2],
                        "of": len(units), "expected": expected,
                        "lift": both[0] / expected if whole and expected else None,
                        "log_odds": odds if whole else None, "withheld": shown[0] is None}
    return rows, ("bucket", "theory", "other")


def first(posts, options):
    within = options.get("--within", "thread")
    rows = {}
    # The order of time; posts without one come last, as they came in.
    for post in sorted(posts, key=lambda post: post.get("time", "9999")):
        place = {"thread": post["place"], "forum": post["forum"],
                 "board": (post["forum"], post.get("board_id"))}[within]
        for theory in post["theories"] & set(options["theories"]):
            rows.setdefault((theory, place), {"theory": theory, "id": post["id"],
                                              "forum": post["forum"], "author": post.get("author"),
                                              "time": post.get("time"), "stance": "supports"})
    rows = {(row["theory"], row["forum"], row["id"]): row for row in rows.values()}
    return {key: {name: row[name] for name in ("author", "time", "stance")}
            for key, row in rows.items()}, ("theory", "forum", "id")


def authors(posts, options):
    rows = {}
    for post in posts:
        if post["who"] is None:
            continue
        row = rows.setdefault(post["who"], {"posts": 0, "threads": set(), "posts_tagged": 0,
                                            "times": [], "theories": collections.Counter()})
        row["posts"] += 1
        row["threads"].add(post["place"])
        row["posts_tagged"] += bool(post["theories"])
        row["times"] += [post["time"][:10]] if "time" in post else []
        row["theories"].update(post["theories"])
    answer = {}
    for who, row in rows.items():
        most = row["theories"].most_common()
        leads = most and (len(most) == 1 or most[0][1] > most[1][1])
        answer[who] = {"posts": row["posts"], "threads": len(row["threads"]),
                       "posts_tagged": row["posts_tagged"],
                       "first_post": min(row["times"], default=None),
                       "last_post": max(row["times"], default=None),
                       "main_theory": most[0][0] if leads else None,
                       "main_theory_posts": most[0][1] if leads else 0}
    return answer, ("forum", "author")


def switching(posts, options):
    open_tier, by = options.get("--tier") != "internal", options.get("--by", "year")
    named = set(options["theories"] or THEORIES)
    counts = collections.defaultdict(collections.Counter)
    for post in posts:
        if post["who"] and "time" in post:
            counts[post["who"], bucket_of(post, by)].update(post["theories"] & named)
    held, moves = {}, collections.defaultdict(list)
    for (who, bucket), counter in sorted(counts.items(), key=lambda item: item[0][1]):
        most = counter.most_common()
        if not most or (len(most) > 1 and most[0][1] == most[1][1]):
            continue
        if who in held:
            moves[held[who], most[0][0]].append((who, bucket))
        held[who] = most[0][0]
    rows = {}
    for cell, made in moves.items():
        people = len({who for who, _ in made})
        dates = [bucket for _, bucket in made]
        hide = counted(1, people, open_tier) is None
        rows[cell] = {"authors": None if hide else people, "moves": None if hide else len(made),
                      "first": None if hide else min(dates), "last": None if hide else max(dates),
                      "withheld": hide}
    return rows, ("from", "to")


def replies(posts, options):
    open_tier = options.get("--tier") != "internal"
    posts = list(posts)
    known = {(post["forum"], post["id"]): post for post in posts}
    cells, every = collections.defaultdict(list), collections.defaultdict(list)
    for post in posts:
        answered = set()
        for quote in post["quotes"]:
            quoted = known.get((post["forum"], quote["post_id"]))
            if quote["depth"] == 1 and quoted and (quoted["who"] != post["who"] or not post["who"]):
                answered |= quoted["theories"]
        for theory in answered if post["theories"] else ():
            every[theory].append(post["who"])
            for answering in post["theories"]:
                cells[theory, answering].append(post["who"])
    rows = {}
    for (theory, answering), people in cells.items():
        cell = counted(len(people), len(set(people)), open_tier)
        answers = counted(len(every[theory]), len(set(every[theory])), open_tier)
        rows[theory, answering] = {
            "posts": cell, "authors": counted(len(set(people)), len(set(people)), open_tier),
            "answers": answers, "withheld": cell is None,
            "share": len(people) / len(every[theory]) if None not in (cell, answers) else None}
    return rows, ("quoted", "answering")


def same(got, expected):
    if isinstance(expected, float) and isinstance(got, (int, float)):
        return math.isclose(got, expected, rel_tol=1e-12, abs_tol=1e-12)
    return got == expected


def compare(question, path, rows_path, arguments):
    options = {"theories": []}
    arguments = list(arguments)
    while arguments:
        word = arguments.pop(0)
        if word == "--names":
            continue
        if word.startswith("--"):
            options[word] = arguments.pop(0)
        else:
            options["theories"].append(word)
    expected, key = globals()[question](read(path), options)
    wrong, seen = 0, set()
    with open(rows_path, encoding="utf-8") as file:
        for row in map(json.loads, file):
            name = tuple(row[part] for part in key)
            seen.add(name)
            fields = expected.get(name, {"row": "that is expected"})
            for field, value in fields.items():
                if not same(row.get(field), value):
                    print(name, field, "got", row.get(field), "expected", value)
                    wrong += 1
    for name in expected.keys() - seen:
        print(name, "is missing")
        wrong += 1
    if not expected:
        print("nothing is expected: a test that shows nothing")
    sys.exit(1 if wrong or not expected else 0)


if sys.argv[1] == "make":
    make(sys.argv[2])
else:
    compare(sys.argv[1], sys.argv[2], sys.argv[3], sys.argv[4:])

#!/usr/bin/env python3
"""shift_reference.py - shifts counted a second time, from the posts as they were made.

    shift_reference.py make            posts.jsonl, coded.jsonl and the rules of seven theories
    shift_reference.py check FILE      what `ekbom shift` said of 2010 and 2014 (--format json)
    shift_reference.py corrected FILE  ... with --validated coded.jsonl
    shift_reference.py compare FILE    what `ekbom compare` said: parts and log-odds
    shift_reference.py series          series.jsonl: 30 months, "up" three times as often in the last
    shift_reference.py alphas FILE     the log of `ekbom watch`: what each test could spend

Posts are clustered: threads have topics, authors their hobbies. The formulas are those of the
manual, written out anew and as slowly as can be: one loop over the clusters of each kind.
"""
import datetime
import json
import math
import os
import random
import sys

THEORIES = ("apart", "born", "down", "flat", "lone", "rare", "up")
WINDOWS = (2010, 2014)
# Chance that a post of a window names it; what else decides is below.
CHANCE = {"up": (0.05, 0.15), "down": (0.20, 0.08), "flat": (0.25, 0.25), "apart": (0.20, 0.20)}


def stance_of(theory, window, draw):
    if theory == "apart":  # supported before, disputed after
        return "yes" if draw.random() < (0.9, 0.1)[window] else "no"
    return "yes"


def named(theory, window, author, thread, draw):
    if theory in ("rare", "born") and not window:  # three authors, now and then
        return author in (3, 5, 8) and draw.random() < 0.3
    if theory == "rare":
        return False
    if theory == "born":
        return draw.random() < 0.05
    if theory == "lone":  # everybody a little, and one man's hobby in the later window
        return draw.random() < (0.9 if window and author == 11 else 0.02)
    chance = CHANCE[theory][window]
    topic = random.Random(f"{theory} {thread}").random() < 0.15  # the thread is about it
    return draw.random() < min(1, chance * (2.5 if topic else 0.75))


def make():
    draw = random.Random(7)
    posts = []
    for window, year in enumerate(WINDOWS):
        for n in range(2400):
            author = 11 if n % 30 == 0 else 60 * window + draw.randrange(160)
            thread = 400 * window + draw.randrange(400)
            day = datetime.datetime(year, 1, 1) + datetime.timedelta(minutes=210 * n)
            words = [f"legs tonight {n}"]
            for theory in THEORIES:
                if named(theory, window, author, thread, draw):
                    words.append(f"{theory}{stance_of(theory, window, draw)}")
            posts.append({"id": str(len(posts) + 1), "forum": "https://board.example/",
                          "thread_id": str(thread), "board_id": str(thread % 3),
                          "author": f"author{author}", "language": "en",
                          "time": day.strftime("%Y-%m-%dT%H:%M:%SZ"), "text": " ".join(words)})
    with open("posts.jsonl", "w", encoding="utf-8") as out:
        for post in posts:
            out.write(json.dumps(post) + "\n")
    os.makedirs("pack", exist_ok=True)
    with open("pack/seven.rules", "w", encoding="utf-8") as out:
        for theory in THEORIES:
            out.write(f'theory {theory} "{theory}"\n  version 1.0\n  about   A test.\n'
                      f"  match   {theory}yes as supports\n  match   {theory}no as disputes\n\n")
    code(posts, draw)


def code(posts, draw):
    """A sample of 2014's and 2010's posts, tagged ones likelier drawn; the coders see "up" in a
    third of the posts of 2010 that do not have the word, so that the rise is the rules' alone."""
    with open("coded.jsonl", "w", encoding="utf-8") as out:
        for post in posts:
            tagged = "upyes" in post["text"]
            chance = (0.5 if tagged else 0.12) / (1 + int(post["id"]) % 2)
            if draw.random() >= chance:
                continue
            missed = draw.random() < (0.11 if post["time"] < "2012" else 0.02)
            labels = [{"theory": "up", "stance": "supports"}] if tagged or missed else []
            out.write(json.dumps({"id": post["id"], "forum": post["forum"], "labels": labels,
                                  "weight": 1 / chance}) + "\n")
        out.write(json.dumps({"id": "999999", "forum": "https://board.example/", "labels": [],
                              "weight": 1}) + "\n")


# Counting ----------------------------------------------------------------------------------------


def load(theory):
    rows = []
    for line in open("posts.jsonl", encoding="utf-8"):
        post = json.loads(line)
        window = WINDOWS.index(int(post["time"][:4]))
        words = post["text"].split()
        tagged = f"{theory}yes" in words or f"{theory}no" in words
        rows.append({"window": window, "tagged": tagged, "author": post["author"],
                     "thread": post["thread_id"], "board": post["board_id"], "id": post["id"]})
    return rows


def scores(rows, key, weights):
    """Sum over clusters of the square of sum_w weight_w (k - p n) / n_w, with G / (G - 1)."""
    n = [sum(r["window"] == w for r in rows) for w in (0, 1)]
    k = [sum(r["window"] == w and r["tagged"] for r in rows) for w in (0, 1)]
    sums = {}
    for r in rows:
        w = r["window"]
        score = weights[w] * (r["tagged"] - k[w] / n[w]) / n[w]
        sums[key(r)] = sums.get(key(r), 0.0) + score
    groups = len(sums)
    return groups / (groups - 1) * math.fsum(s * s for s in sums.values())


def variance(rows, weights):
    author = scores(rows, lambda r: r["author"], weights)
    thread = scores(rows, lambda r: r["thread"], weights)
    both = scores(rows, lambda r: (r["author"], r["thread"]), weights)
    total = author + thread - both
    return total if total > 0 else max(author, thread)


def two_sided(z):
    return math.erfc(abs(z) / math.sqrt(2))


def shift(theory):
    rows = load(theory)
    got = {"n": [0, 0], "k": [0, 0], "authors": [0, 0], "named": [0, 0], "threads": [0, 0]}
    for w in (0, 1):
        mine = [r for r in rows if r["window"] == w]
        got["n"][w] = len(mine)
        got["k"][w] = sum(r["tagged"] for r in mine)
        got["authors"][w] = len({r["author"] for r in mine})
        got["named"][w] = len({r["author"] for r in mine if r["tagged"]})
        got["threads"][w] = len({r["thread"] for r in mine})
    got["share"] = [k / n for k, n in zip(got["k"], got["n"])]
    got["author_share"] = [k / n for k, n in zip(got["named"], got["authors"])]
    got["difference"] = got["share"][1] - got["share"][0]
    got["variance"] = variance(rows, (-1, 1))
    got["p"] = two_sided(got["difference"] / math.sqrt(got["variance"]))
    return got


def holm(ps):
    order = sorted(ps, key=ps.get)
    out, least = {}, 0
    for i, name in enumerate(order):
        least = max(least, min(1, ps[name] * (len(order) - i)))
        out[name] = least
    return out


def near(got, expected, what, tolerance=1e-9):
    assert got is not None and abs(got - expected) <= tolerance * max(1, abs(expected)), \
        f"{what}: {got}, expected {expected}"


def check(path):
    answer = json.load(open(path, encoding="utf-8"))
    rows = {row["theory"]: row for row in answer["rows"]}
    assert set(rows) == set(THEORIES), sorted(rows)
    ours = {theory: shift(theory) for theory in THEORIES}
    tested = {t: s["p"] for t, s in ours.items() if max(s["named"]) >= 5}
    corrected = holm(tested)
    assert answer["tests"] == len(tested), answer["tests"]
    z = 1.959963984540054
    for theory, s in ours.items():
        row = rows[theory]
        for w, name in enumerate(("before", "after")):
            assert row[f"posts_{name}"] == s["n"][w], (theory, name)
            assert row[f"authors_{name}"] == s["authors"][w], (theory, name)
            assert row[f"threads_{name}"] == s["threads"][w], (theory, name)
            if 0 < s["named"][w] < 5:
                assert row["withheld"] and row[f"share_{name}"] is None, theory
                continue
            assert row[f"posts_tagged_{name}"] == s["k"][w], (theory, name)
            assert row[f"authors_tagged_{name}"] == s["named"][w], (theory, name)
            near(row[f"share_{name}"], s["share"][w], f"{theory} share {name}")
            near(row[f"author_share_{name}"], s["author_share"][w], f"{theory} authors {name}")
        if row["withheld"]:
            for field in ("difference", "ratio", "low", "high", "p", "p_corrected", "larger_than"):
                assert row[field] is None, (theory, field)
            continue
        error = math.sqrt(s["variance"])
        near(row["difference"], s["difference"], f"{theory} difference")
        near(row["ratio"], s["share"][1] / s["share"][0], f"{theory} ratio")
        near(row["low"], s["difference"] - z * error, f"{theory} low")
        near(row["high"], s["difference"] + z * error, f"{theory} high")
        near(row["p"], s["p"], f"{theory} p")
        near(row["p_corrected"], corrected[theory], f"{theory} p corrected")


# Correcting --------------------------------------------------------------------------------------


def coded_class(coded, tagged):
    some = [c for c in coded if c["tagged"] == tagged]
    weights = sum(c["weight"] for c in some)
    y = sum(c["weight"] * c["coded"] for c in some) / weights
    squares = sum(c["weight"] ** 2 * (c["coded"] - y) ** 2 for c in some)
    return y, len(some) / (len(some) - 1) * squares / weights ** 2, \
        weights ** 2 / sum(c["weight"] ** 2 for c in some)


def edge(n):  # Wilson's interval of none or all of n is z errors long
    z = 1.959963984540054
    return (z / (n + z * z)) ** 2


def corrected(path):
    answer = json.load(open(path, encoding="utf-8"))
    (row,) = answer["rows"]
    assert row["theory"] == "up" and row["corrected"] is True, row
    rows = load("up")
    place = {r["id"]: r for r in rows}
    shares, slopes, coding = [], [], []
    for w in (0, 1):
        coded = []
        for line in open("coded.jsonl", encoding="utf-8"):
            post = json.loads(line)
            r = place.get(post["id"])
            if r and r["window"] == w:
                coded.append({"tagged": r["tagged"], "coded": bool(post["labels"]),
                              "weight": post["weight"]})
        p = sum(r["tagged"] for r in rows if r["window"] == w) / sum(r["window"] == w for r in rows)
        precision, v1, n1 = coded_class(coded, True)
        missed, v0, _ = coded_class(coded, False)
        if precision == 1:
            v1 = edge(n1)
        share = p * precision + (1 - p) * missed
        shares.append(share)
        coding.append(p * p * v1 + (1 - p) ** 2 * v0)
        slopes.append(share * (1 - share) / (p * (1 - p) * (precision - missed)))
        near(row[("precision_before", "precision_after")[w]], precision, "precision")
        near(row[("recall_before", "recall_after")[w]], p * precision / share, "recall")
        near(row[("share_before", "share_after")[w]], share, "corrected share")
        near(row[("counted_share_before", "counted_share_after")[w]], p, "counted share")
    before, after = variance(rows, (1, 0)), variance(rows, (0, 1))
    both = (before + after - variance(rows, (-1, 1))) / 2
    total = slopes[0] ** 2 * before + slopes[1] ** 2 * after - 2 * slopes[0] * slopes[1] * both \
        + coding[0] + coding[1]
    near(row["difference"], shares[1] - shares[0], "difference")
    near(row["p"], two_sided((shares[1] - shares[0]) / math.sqrt(total)), "p")


# Comparing ---------------------------------------------------------------------------------------


def parts(rows, key):
    n = [sum(r["window"] == w for r in rows) for w in (0, 1)]
    groups = {}
    for r in rows:
        cell = groups.setdefault(key(r), [[0, 0], [0, 0]])
        cell[r["window"]][0] += 1
        cell[r["window"]][1] += r["tagged"]
    p = [sum(r["tagged"] for r in rows if r["window"] == w) / n[w] for w in (0, 1)]
    middle = (p[0] + p[1]) / 2
    out = {"changed": 0.0, "mixed": 0.0, "came": 0.0, "left": 0.0}
    for (nb, kb), (na, ka) in groups.values():
        if nb and na:
            wb, wa, rb, ra = nb / n[0], na / n[1], kb / nb, ka / na
            out["changed"] += (wa + wb) / 2 * (ra - rb)
            out["mixed"] += (wa - wb) * ((ra + rb) / 2 - middle)
        elif na:
            out["came"] += na / n[1] * (ka / na - middle)
        else:
            out["left"] -= nb / n[0] * (kb / nb - middle)
    return out


def compare(path):
    answer = json.load(open(path, encoding="utf-8"))
    rows = {row["theory"]: row for row in answer["rows"]}
    ours = {theory: shift(theory) for theory in THEORIES}
    sums = [sum(s["named"][w] for s in ours.values()) for w in (0, 1)]
    for theory, s in ours.items():
        row = rows[theory]
        if row["withheld"]:
            continue
        posts = load(theory)
        for what, key in (("authors", lambda r: r["author"]), ("boards", lambda r: r["board"])):
            expected = parts(posts, key)
            for part, value in expected.items():
                near(row[f"{what}_{part}"], value, f"{theory} {what} {part}")
            near(math.fsum(expected.values()), s["difference"], "the parts' sum")
        prior, all_prior = sum(s["named"]), sum(sums)
        odds = [math.log((s["named"][w] + prior) / (sums[w] + all_prior - s["named"][w] - prior))
                for w in (0, 1)]
        error = math.sqrt(sum(1 / (s["named"][w] + prior) for w in (0, 1)))
        near(row["log_odds"], odds[1] - odds[0], f"{theory} log-odds")
        near(row["z"], (odds[1] - odds[0]) / error, f"{theory} z")


# Watching ----------------------------------------------------------------------------------------


def series():
    draw = random.Random(11)
    with open("series.jsonl", "w", encoding="utf-8") as out:
        for n in range(30 * 240):
            month = n // 240
            words = [f"legs {n}"]
            if draw.random() < (0.4 if month == 29 else 0.1):
                words.append("upyes")
            out.write(json.dumps({
                "id": str(n), "forum": "https://board.example/",
                "thread_id": str(month * 60 + draw.randrange(60)),
                "author": f"author{draw.randrange(120)}", "language": "en",
                "time": f"{2014 + month // 12}-{month % 12 + 1:02}-{n % 28 + 1:02}T12:00:00Z",
                "text": " ".join(words)}) + "\n")


def alphas(path):
    zeta = sum(i ** -1.2 for i in range(1, 200000)) + 200000 ** -0.2 / 0.2
    spent, tests, seen = 0.0, 0, set()
    for line in open(path, encoding="utf-8"):
        entry = json.loads(line)
        if entry["command"] != "watch":
            continue
        assert entry["period"] not in seen, entry["period"]
        seen.add(entry["period"])
        near(entry["alpha"], 0.05 / zeta / (tests + 1) ** 1.2, "alpha", 1e-5)
        tests += entry["tests"] > 0
        assert entry["test"] == tests, entry
        spent += entry["alpha"] if entry["tests"] else 0
    assert tests > 15 and spent < 0.05, (tests, spent)


if __name__ == "__main__":
    {"make": make, "check": check, "corrected": corrected, "compare": compare, "series": series,
     "alphas": alphas}[sys.argv[1]](*sys.argv[2:])

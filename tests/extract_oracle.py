#!/usr/bin/env python3
"""Compare exported posts with the oracle of a board.

    ekbom --store S export --tier internal --format jsonl -o - posts > posts.jsonl
    tests/extract_oracle.py posts.jsonl ORACLE.jsonl.gz

The posts must be exactly those that the oracle marks visible_to_guest, each with its author,
thread, second in UTC and subject. Own text and quotes are compared with white space folded; what
differs is listed with its reason. Exit 0 if every identity field is equal and at least 99.5 % of
the texts are, else 1.
"""
import argparse
import datetime
import gzip
import json
import re
import sys

LEAST = 0.995
BBCODE = re.compile(r"\[/?(quote|code|list|url|img|email|b|i|u|size|color)\b[^\]]*\]|\[\*\]")


def lines(path):
    opened = gzip.open(path, "rt", encoding="utf-8") if path.endswith(".gz") else (
        sys.stdin if path == "-" else open(path, encoding="utf-8"))
    with opened as stream:
        for line in stream:
            if line.strip():
                yield json.loads(line)


def fold(text):
    return " ".join((text or "").split())


def utc(seconds):
    moment = datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def quotes(post):
    return [(quote["author"], str(quote["post_id"]) if quote["post_id"] is not None else None,
             quote["depth"], fold(quote["text"])) for quote in post["quotes"]]


def identity(found, truth):
    """Fields that must be equal: name, found, truth."""
    pairs = [("author", found["author"], truth["author"]),
             ("thread", found["thread_id"], str(truth["topic_id"])),
             ("time", found["time"], utc(truth["time"])),
             ("time_precision", found["time_precision"], "second"),
             ("subject", found["subject"] or "", truth["subject"] or "")]
    return [pair for pair in pairs if pair[1] != pair[2]]


def words(text):
    return "".join(BBCODE.sub(" ", text).split())


def reason(found, truth):
    """Why two texts differ, or None: something is wrong."""
    if not BBCODE.search(truth):
        return None
    if words(found) == words(truth):
        return "the oracle keeps BBCode as typed; the page shows it rendered"
    if "[quote" in truth:
        return "the oracle keeps quote blocks as BBCode; here they are quotes"
    return None


def compare(found, truth):
    """Differences of text and quotes: (what, reason or None, found, truth)."""
    differences = []
    if fold(found["text"]) != fold(truth["own_text"]):
        differences.append(("text", reason(found["text"], truth["own_text"]), found["text"],
                            truth["own_text"]))
    ours, theirs = quotes(found), quotes(truth)
    if ours != theirs:
        why = None
        if not theirs and "[quote" in truth["own_text"]:
            why = "the oracle keeps quote blocks as BBCode; here they are quotes"
        differences.append(("quotes", why, ours, theirs))
    return differences


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("posts", help="JSONL of `ekbom export posts`, or - for standard input")
    parser.add_argument("oracle", help="the board's oracle, JSONL or JSONL.gz")
    options = parser.parse_args()
    found, repeated = {}, []
    for post in lines(options.posts):
        if post["id"] in found:
            repeated.append(post["id"])
        found[post["id"]] = post
    truth = {str(post["post_id"]): post for post in lines(options.oracle)
             if post["visible_to_guest"]}

    wrong = [f"post {key}: exported twice" for key in repeated]
    wrong += [f"post {key}: missing" for key in sorted(truth.keys() - found.keys(), key=int)]
    wrong += [f"post {key}: not a visible post" for key in sorted(found.keys() - truth.keys())]
    equal = 0
    listed = []
    for key in sorted(truth.keys() & found.keys(), key=int):
        wrong += [f"post {key}: {name} is {ours!r}, the oracle says {theirs!r}"
                  for name, ours, theirs in identity(found[key], truth[key])]
        differences = compare(found[key], truth[key])
        equal += not differences
        listed += [(key, *difference) for difference in differences]

    for line in wrong:
        print(f"WRONG  {line}")
    for key, what, why, ours, theirs in listed:
        print(f"DIFFERS  post {key}: {what}: {why or 'no known reason'}")
        print(f"    found   {json.dumps(ours, ensure_ascii=False)}")
        print(f"    oracle  {json.dumps(theirs, ensure_ascii=False)}")
    rate = equal / len(truth) if truth else 0.0
    unexplained = sum(1 for entry in listed if entry[2] is None)
    print(f"{len(truth)} visible posts, {len(found)} exported, {len(wrong)} wrong; "
          f"text and quotes equal for {equal} ({rate:.2%}), {unexplained} differences without a "
          "known reason")
    return 0 if not wrong and rate >= LEAST else 1


if __name__ == "__main__":
    sys.exit(main())

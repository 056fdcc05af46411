"""compare.py TRUTH EXPORT.jsonl - does what was stored equal what the board showed?

TRUTH is written by `warc.py --truth`, EXPORT by `ekbom export --tier internal --format jsonl -o -
posts`. Every difference is printed on a line of its own; white space is folded in texts. Quotes
are compared by author, depth and words, and by source post where the page gave one. Exit 0: equal;
1: differences; 2: a file that cannot be read.
"""

import json
import sys


def read(path):
    with open(path, encoding="utf-8") as lines:
        records = [json.loads(line) for line in lines if line.strip()]
    return records


def fold(text):
    return " ".join((text or "").split())


def quote_key(quote):
    return (quote.get("author"), quote.get("depth"), fold(quote.get("text")))


def differences(truth, stored):
    """(field, expected, found) for each field of one post that differs."""
    edited = stored.get("edited")
    pairs = [
        ("author", truth["author"], stored.get("author")),
        ("author_id", truth["author_id"], stored.get("author_id")),
        ("guest", truth["guest"], stored.get("guest")),
        ("thread", truth["thread"], str(stored.get("thread_id"))),
        ("board", truth["board"], str(stored.get("board_id"))),
        ("time", truth["time"], stored.get("time")),
        ("subject", fold(truth["subject"]), fold(stored.get("subject"))),
        ("text", fold(truth["text"]), fold(stored.get("text"))),
        ("edits", truth["edited"], edited["count"] if edited else 0),
        ("quotes", [quote_key(q) for q in truth["quotes"]],
         [quote_key(q) for q in stored.get("quotes", [])]),
    ]
    found = [(name, expected, got) for name, expected, got in pairs if expected != got]
    for wanted, got in zip(truth["quotes"], stored.get("quotes", [])):
        given = None if got.get("inferred") else got.get("post_id")
        if wanted["post_id"] != given:
            found.append(("quoted post", wanted["post_id"], given))
    return found


def main(arguments):
    if len(arguments) != 2:
        print("usage: compare.py TRUTH EXPORT.jsonl", file=sys.stderr)
        return 2
    try:
        truth = {record["id"]: record for record in read(arguments[0])}
        export = read(arguments[1])
    except (OSError, ValueError, KeyError) as error:
        print("compare.py: %s" % error, file=sys.stderr)
        return 2
    stored, count = {}, 0
    for record in export:
        if record["id"] in stored:
            print("post %s: stored twice" % record["id"])
            count += 1
        stored[record["id"]] = record
    for number in sorted(truth.keys() - stored.keys(), key=int):
        print("post %s: on the board, not stored" % number)
        count += 1
    for number in sorted(stored.keys() - truth.keys()):
        print("post %s: stored, not on the board" % number)
        count += 1
    for number in sorted(truth.keys() & stored.keys(), key=int):
        for name, expected, got in differences(truth[number], stored[number]):
            print("post %s: %s: expected %r, found %r" % (number, name, expected, got))
            count += 1
    print("%d posts on the board, %d stored, %d differences" % (len(truth), len(stored), count),
          file=sys.stderr)
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

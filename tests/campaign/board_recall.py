#!/usr/bin/env python3
"""board_recall.py EKBOM - does the pack find what the writers of a board put into their posts?

The capture in shared/ beside the checkout is imported into a store of its own; its oracle tells for
each post the theories that its writer planted, denied, or only quoted. Planted wants `supports`,
denied `disputes` (both in one post: either), in quotes only: no tag.

The codebook gives no tag to a treatment without a claim, and other stances to news and questions.
EXPECTED lists these by a word of the planted sentence; they are counted apart and leave the recall
alone. The oracle does not say which sentence was planted: it is taken to be each that (numbers
aside) stands almost nowhere but in posts with that plant.
"""
import collections
import gzip
import json
import os
import re
import subprocess
import sys
import tempfile

BOARD = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../../shared/boards/phpbb-3.3")
THEORY = {
    "iron": "bid", "dopamine": "dopamine", "augmentation": "dopamine", "genetics": "genetics",
    "gut": "gut", "magnesium": "deficiency", "antihistamine": "medication", "ssri": "medication",
    "opioid": "neurotransmitter", "glutamate": "neurotransmitter", "adenosine": "neurotransmitter",
    "caffeine": "diet", "venous": "secondary", "hypoxia": "secondary", "hormones": "secondary",
    "neuropathy": "nerve", "spinal": "nerve"}
WANTED = {"planted": "supports", "planted_negated": "disputes"}
EXPECTED = (  # plant, field, what the tool says, a word of the sentence
    ("iron", "planted_negated", "none", "infusions"),  # treatment only
    ("magnesium", "planted", "none", "epsom|glycinate"),  # treatment only
    ("magnesium", "planted_negated", "none", "useless"),  # treatment only
    ("opioid", "planted", "none", "methadone|buprenorphine|doses"),  # treatment only
    ("opioid", "planted_negated", "none", "opioids"),  # treatment only
    ("gut", "planted", "none", "gluten"),  # diet, no bowel named
    ("hypoxia", "planted", "neutral-mention", "i read"),  # news passed on
    ("neuropathy", "planted", "asks", "is rls"),  # a question
)
VERDICTS = ("right", "expected", "missed")
SURE = 0.95  # of the posts with a sentence, the share that has the plant


def stances(ekbom):
    """{post: {theory: stance}} of the capture; a tag about leg cramps is none about RLS."""
    export = ["export", "posts", "--tier", "internal", "--format", "jsonl", "-o", "-"]
    with tempfile.TemporaryDirectory() as folder:
        call = [ekbom, "--store", os.path.join(folder, "store")]
        subprocess.run(call + ["import", BOARD + ".warc.gz"], check=True, stdout=subprocess.DEVNULL)
        rows = subprocess.run(call + export, check=True, stdout=subprocess.PIPE, text=True).stdout
    return {post["id"]: {tag["theory"]: tag["stance"] for tag in post["tags"]
                         if tag["target"] == "rls"} for post in map(json.loads, rows.splitlines())}


def sentences(text):
    parts = re.split(r"(?<=[.!?])\s+|(?<=。)\s*|\n+", text)
    return {re.sub(r"\d+(\.\d+)?", "#", part.strip()) for part in parts if part.strip()}


def planted_sentences(oracle):
    """{(plant, field): sentences that stand almost nowhere else}"""
    total, shared = collections.Counter(), collections.defaultdict(collections.Counter)
    for post in oracle:
        for line in sentences(post["own_text"]):
            total[line] += 1
            for field in WANTED:
                for plant in set(post[field]):
                    shared[plant, field][line] += 1
    return {key: {line for line, n in counts.items() if n > 1 and n >= SURE * total[line]}
            for key, counts in shared.items()}


def verdicts(oracle, found):
    """(plant, field, right, expected or missed, what the tool says, the words) of every plant."""
    known = planted_sentences(oracle)
    for post in oracle:
        tags = found.get(str(post["post_id"]), {})
        own = {field: {THEORY[plant] for plant in post[field]} for field in WANTED}
        for field, wanted in WANTED.items():
            for plant in sorted(set(post[field])):
                said = tags.get(THEORY[plant], "none")
                both = all(THEORY[plant] in own[name] for name in WANTED)
                words = " / ".join(sorted(sentences(post["own_text"]) & known[plant, field]))
                apart = any(row[:3] == (plant, field, said) and re.search(row[3], words, re.I)
                            for row in EXPECTED)
                right = said == wanted or both and said in WANTED.values()
                yield plant, field, VERDICTS[0 if right else 1 if apart else 2], said, words
        for plant in sorted(set(post["planted_quoted"])):
            said = tags.get(THEORY[plant], "none")
            if not any(THEORY[plant] in theories for theories in own.values()):
                yield plant, "planted_quoted", "right" if said == "none" else "missed", said, ""


def main(ekbom):
    if not os.path.exists(BOARD + ".oracle.jsonl.gz"):
        print("board_recall: no capture in shared/ beside the checkout: nothing measured")
        return
    with gzip.open(BOARD + ".oracle.jsonl.gz", "rt", encoding="utf-8") as lines:
        oracle = [post for post in map(json.loads, lines) if post["visible_to_guest"]]
    rows = list(verdicts(oracle, stances(ekbom)))
    count = collections.Counter(row[:3] for row in rows)
    print("plant          theory            field            right  expected  missed   recall")
    for plant, theory in THEORY.items():
        for field in (*WANTED, "planted_quoted"):
            right, apart, missed = (count[plant, field, verdict] for verdict in VERDICTS)
            recall = f"{right / (right + missed):.3f}" if right + missed else "-"
            print(f"{plant:14} {theory:17} {field:15} {right:6} {apart:9} {missed:7} {recall:>8}")
    left = collections.Counter(row for row in rows if row[2] == "missed").most_common()
    for (plant, field, _, said, words), n in left:
        print(f"{n:5}  {plant}, {field}, tagged {said}: {words}")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: board_recall.py EKBOM")
    try:
        main(sys.argv[1])
    except (OSError, KeyError, ValueError, subprocess.CalledProcessError) as err:
        sys.exit(f"board_recall: {err}")

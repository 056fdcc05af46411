#!/usr/bin/env python3
"""seeds.py - the rule pack on the three long documents beside the checkout: make campaign-seeds

    seeds.py EKBOM

The documents of ../shared/seeds are cut into the units of gold/seeds-labels.json and go through
`ekbom tag`. Printed are the differences to the labels: theories missed, given beside them, or with
another stance; treatments. Exit status 1 if one of bid, inflammation, genetics and ppi is missed.
"""
import json
import os
import re
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SHARED = os.path.join(ROOT, "..", "shared")
FOUR = ("bid", "inflammation", "genetics", "ppi")


def cut(text, units):
    """One text for each unit: posts behind their head lines, chapters from the first line that
    has the word the unit is named after."""
    if len(units) == 1:
        return [text]
    posts = re.split(r"^Post by .*$", text, flags=re.MULTILINE)[1:]
    if posts:
        return [re.sub(r"^Re: .*$", "", post, flags=re.MULTILINE) for post in posts]
    lines, starts = text.split("\n"), [0]
    for unit in units[1:]:
        word = unit.split()[0].rstrip("s")
        starts.append(next(i for i in range(starts[-1] + 1, len(lines)) if word in lines[i].lower()))
    return ["\n".join(lines[a:b]) for a, b in zip(starts, starts[1:] + [None])]


def compare(unit, tagged):
    """Lines of what differs, and whether one of the four is missed."""
    gold = {(label["theory"], label.get("target", "rls")): label for label in unit["labels"]}
    given = {(tag["theory"], tag.get("target", "rls")): tag for tag in tagged["tags"]}
    lines = []
    for key in sorted(gold.keys() | given.keys()):
        if key not in given:
            lines.append(f"missed {'/'.join(key)}")
        elif key not in gold:
            lines.append(f"beside {'/'.join(key)}: {given[key]['stance']}")
        elif gold[key]["stance"] != given[key]["stance"]:
            lines.append(f"stance of {'/'.join(key)}: {given[key]['stance']}, labelled {gold[key]['stance']}")
    named, wanted = set(tagged["treatments"]), set(unit["treatments"])
    lines += [f"treatment missed {code}" for code in sorted(wanted - named)]
    lines += [f"treatment beside {code}" for code in sorted(named - wanted)]
    had = {theory for theory, _ in given}
    return lines, [theory for theory, _ in gold if theory in FOUR and theory not in had]


def main():
    labels = os.path.join(SHARED, "gold", "seeds-labels.json")
    if not os.path.exists(labels):
        print("seeds.py: there is no ../shared/gold/seeds-labels.json: nothing to compare with")
        return 0
    with open(labels, encoding="utf-8") as file:
        docs = json.load(file)["docs"]
    missed = []
    for name in sorted({doc["file"] for doc in docs}):
        units = [doc for doc in docs if doc["file"] == name]
        with open(os.path.join(SHARED, "seeds", name), encoding="utf-8") as file:
            texts = cut(file.read(), [unit["unit"] for unit in units])
        for unit, text in zip(units, texts, strict=True):
            done = subprocess.run([sys.argv[1], "tag"], input=json.dumps({"id": name, "text": text}) + "\n",
                                  capture_output=True, text=True, check=True)
            lines, of_four = compare(unit, json.loads(done.stdout))
            missed += of_four
            print(f"{name[:3]}, {unit['unit']}: {len(lines)} differences")
            for line in lines:
                print(f"    {line}")
    print(f"of {', '.join(FOUR)} missed: {', '.join(missed) if missed else 'none'}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())

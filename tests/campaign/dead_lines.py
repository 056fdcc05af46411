#!/usr/bin/env python3
"""dead_lines.py - is there a line in a rule pack that no example needs?

    dead_lines.py EKBOM PACK [CUES]

A mutation test: each line of each rule and cue is left out in turn, and `ekbom rules test` has to
fail without it. A line whose absence no example notices is dead: it says nothing that is shown to
be meant, and nobody would see it break. Each is printed as file:line, and the end is 1 if there
is one.

What counts as a line: a statement (strong, match, weak, regex, not, unless, or a line of a cue),
and where a statement goes on over several lines at commas outside brackets, each of these, since
then each is an alternative of its own. Lists are vocabulary and are not tried word by word.

So that it stays quick, a theory's line is tried with that file and common/ only: it can touch no
other file's examples. A line of common/ is tried with the whole pack and with CUES, a rule file
whose examples are there for the cues alone.
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor

RULE = ("strong", "match", "weak", "regex", "not", "unless")
CUE = ("forward", "backward", "around", "sentence", "next", "previous", "post", "pseudo", "stop")
BLOCK = ("theory", "treatment", "cue", "list", "test")


def bare(line):
    """The line without its comment, strings and regular expressions blanked."""
    line = re.sub(r'"[^"]*"', lambda m: "q" * len(m.group()), line)
    return re.sub(r"(^|\s)#.*", "", line)


def statements(lines):
    """(first, last, keyword) of every rule and cue statement, as indexes into lines."""
    block, at = "", 0
    while at < len(lines):
        words = bare(lines[at]).split()
        word = words[0].split("/")[0] if words else ""
        first = at
        if block != "test" or word in BLOCK:
            while at + 1 < len(lines) and re.search(r"[,|({]\s*$", bare(lines[at])):
                at += 1
        if word in BLOCK:
            block = word
        elif (block in ("theory", "treatment") and word in RULE) or (block == "cue" and word in CUE):
            yield first, at, word
        at += 1


def depth_after(text):
    text = bare(text)
    return sum(text.count(c) for c in "({") - sum(text.count(c) for c in ")}")


def cuts(lines):
    """(line number, file text without it) for every line to be tried."""
    for first, last, word in statements(lines):
        yield first + 1, lines[:first] + lines[last + 1:]
        if first == last or word == "regex":
            continue
        # Where each alternative begins: after a line that ends in a comma outside brackets.
        starts, depth = [first], 0
        for at in range(first, last):
            depth += depth_after(lines[at])
            if depth == 0 and bare(lines[at]).rstrip().endswith(","):
                starts.append(at + 1)
        for start, end in zip(starts[1:], starts[2:] + [last + 1]):
            left = lines[:start] + lines[end:]
            if end == last + 1:
                left[start - 1] = re.sub(r",\s*(#.*)?$", "\n", left[start - 1].rstrip("\n"))
            yield start + 1, left


def passes(ekbom, folder):
    done = subprocess.run([ekbom, "rules", "test", "--rules", folder, "--profiles", folder],
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=60, check=False)
    return done.returncode == 0


def rule_files(pack):
    for folder, _, names in sorted(os.walk(pack)):
        for name in sorted(names):
            if name.endswith(".rules"):
                yield os.path.relpath(os.path.join(folder, name), pack)


def prepare(pack, name, cues, root):
    """A pack that holds what a line of this file can touch."""
    folder = tempfile.mkdtemp(dir=root)
    shared = name.startswith("common" + os.sep)
    for other in rule_files(pack):
        if shared or other == name or other.startswith("common" + os.sep):
            os.makedirs(os.path.join(folder, os.path.dirname(other)), exist_ok=True)
            shutil.copyfile(os.path.join(pack, other), os.path.join(folder, other))
    if shared and cues:
        shutil.copyfile(cues, os.path.join(folder, "cues.rules"))
    return folder


def try_file(ekbom, pack, name, cues, root):
    """(lines tried, dead line numbers), or what is wrong before anything is cut."""
    with open(os.path.join(pack, name), encoding="utf-8") as file:
        lines = file.readlines()
    todo = list(cuts(lines))
    if not todo:
        return 0, []
    folder = prepare(pack, name, cues, root)
    if not passes(ekbom, folder):
        return 0, ["the examples fail already: run ekbom rules test"]
    dead = []
    for number, left in todo:
        with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
            file.writelines(left)
        if passes(ekbom, folder):
            dead.append(number)
    shutil.rmtree(folder)
    return len(todo), dead


def main():
    if len(sys.argv) not in (3, 4):
        sys.exit(__doc__)
    ekbom, pack = os.path.abspath(sys.argv[1]), sys.argv[2]
    cues = sys.argv[3] if len(sys.argv) == 4 else None
    tried = found = 0
    with tempfile.TemporaryDirectory(prefix="ekbom-dead-lines.") as root:
        with ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as pool:
            names = list(rule_files(pack))
            for name, (count, dead) in zip(names, pool.map(
                    lambda name: try_file(ekbom, pack, name, cues, root), names)):
                tried += count
                found += len(dead)
                for number in dead:
                    print(f"{name}:{number}: no example needs this line"
                          if isinstance(number, int) else f"{name}: {number}")
    print(f"{tried} lines, {found} dead")
    return 1 if found or not tried else 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""dead_lines.py - is there a line in a rule pack that no example needs?

    dead_lines.py EKBOM PACK CUES           the campaign: 1 and a list if a line is dead
    dead_lines.py --cues EKBOM PACK CUES    only: does CUES hold

A mutation test: each line of each rule and cue is left out in turn, and `ekbom rules test` has to
fail without it. A line whose absence no example notices is dead: it says nothing that is shown to
be meant, and nobody would see it break. Each is printed as file:line.

What counts as a line: a statement (strong, match, weak, regex, not, unless, or a line of a cue),
and where a statement goes on over several lines at commas outside brackets, each of these, since
then each is an alternative of its own. Lists are vocabulary and are not tried word by word.

So that it stays quick, a theory's line is tried with that file and common/ only: it can touch no
other file's examples. A line of common/ is tried with the whole pack, and with CUES: sentences
about "low iron" and what the cues must make of each, since an example in a rule file can ask for
a flag (hedged, experience, cramps) and not for its absence. A line of CUES is
`STANCE [hedged] [experience] [cramps] | TEXT`, exactly; a # begins a comment.
"""
import json
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
PROBE = 'include "common/stance.rules"\ntheory probe "Low iron"\n  match low iron\n'


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


def run(ekbom, folder, words, given=""):
    return subprocess.run([ekbom, *words, "--rules", folder], input=given,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          encoding="utf-8", timeout=60, check=False)


def read_cues(path):
    """[(expected, text)]: what `ekbom tag` says of a text, in the words of the file."""
    with open(path, encoding="utf-8") as file:
        rows = [line.split("|", 1) for line in file if "|" in line and not line.startswith("#")]
    return [(" ".join(left.split()), text.strip()) for left, text in rows]


def said(tags):
    tag = next((t for t in tags if t["theory"] == "probe"), None)
    if not tag:
        return "none"
    words = [tag["stance"].replace("-mention", "")]
    words += [name for name in ("hedged", "experience") if tag[name]]
    words += ["cramps"] if tag["target"] == "cramps" else []
    return " ".join(words)


def cue_failures(ekbom, folder, cues):
    """[(expected, got, text)] where the cues in folder/common say another thing."""
    posts = "".join(json.dumps({"id": str(n), "text": text}) + "\n"
                    for n, (_, text) in enumerate(cues))
    lines = run(ekbom, folder, ["tag"], posts).stdout.splitlines()
    if len(lines) != len(cues):
        return [("tags", "\n".join(lines)[:400], "")]
    got = [said(json.loads(line)["tags"]) for line in lines]
    return [(want, is_, text) for (want, text), is_ in zip(cues, got) if want != is_]


def rule_files(pack):
    for folder, _, names in sorted(os.walk(pack)):
        for name in sorted(names):
            if name.endswith(".rules"):
                yield os.path.relpath(os.path.join(folder, name), pack)


def copy_pack(pack, names, root):
    folder = tempfile.mkdtemp(dir=root)
    for name in names:
        os.makedirs(os.path.join(folder, os.path.dirname(name)), exist_ok=True)
        shutil.copyfile(os.path.join(pack, name), os.path.join(folder, name))
    return folder


def shared(name):
    return name.startswith("common" + os.sep)


def probe_pack(pack, root):
    folder = copy_pack(pack, [name for name in rule_files(pack) if shared(name)], root)
    with open(os.path.join(folder, "probe.rules"), "w", encoding="utf-8") as file:
        file.write(PROBE)
    return folder


def try_file(ekbom, pack, name, cues, root):
    """(lines tried, dead line numbers), or what is wrong before anything is cut."""
    with open(os.path.join(pack, name), encoding="utf-8") as file:
        lines = file.readlines()
    todo = list(cuts(lines))
    if not todo:
        return 0, []
    folder = copy_pack(pack, [other for other in rule_files(pack)
                              if shared(name) or shared(other) or other == name], root)
    probe = probe_pack(pack, root) if shared(name) else None

    def passes(left):
        for place in [folder] + ([probe] if probe else []):
            with open(os.path.join(place, name), "w", encoding="utf-8") as file:
                file.writelines(left)
        if probe and cue_failures(ekbom, probe, cues):
            return False
        return run(ekbom, folder, ["rules", "test"]).returncode == 0

    if not passes(lines):
        return 0, ["its examples fail already: run ekbom rules test, and this with --cues"]
    return len(todo), [number for number, left in todo if passes(left)]


def find_dead(ekbom, pack, cues, root):
    tried = found = 0
    names = list(rule_files(pack))
    with ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as pool:
        results = pool.map(lambda name: try_file(ekbom, pack, name, cues, root), names)
        for name, (count, dead) in zip(names, results):
            tried += count
            found += len(dead)
            for number in dead:
                print(f"{name}:{number}: no example needs this line" if isinstance(number, int)
                      else f"{name}: {number}")
    print(f"{tried} lines, {found} dead")
    return 1 if found or not tried else 0


def main():
    words = [word for word in sys.argv[1:] if word != "--cues"]
    if len(words) != 3:
        sys.exit(__doc__)
    ekbom, pack, cues = os.path.abspath(words[0]), words[1], read_cues(words[2])
    with tempfile.TemporaryDirectory(prefix="ekbom-dead-lines.") as root:
        if "--cues" not in sys.argv:
            return find_dead(ekbom, pack, cues, root)
        failures = cue_failures(ekbom, probe_pack(pack, root), cues)
        for want, got, text in failures:
            print(f"expected {want}, got {got}: {text}")
        print(f"{len(cues)} sentences, {len(failures)} failed")
        return 1 if failures or not cues else 0


if __name__ == "__main__":
    sys.exit(main())

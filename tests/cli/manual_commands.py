"""The commands of a manual page are run, and what it shows of their output must be what they print.

    manual_commands.py PAGE             one line a command: "ok", or what is wrong, and the command
    manual_commands.py PAGE --update    ... and lines that have another figure now are written anew

In a literal display of the page a line "$ ..." is a command, "> ..." right below it goes on with
it, and the lines after are its output, standard error included, as a terminal shows it. "[...]"
alone on a line stands for any lines left out, within a line for any words. The commands are run in
the working folder, each with what earlier ones exported.
"""
import difflib
import re
import subprocess
import sys

CUT = "[...]"


def plain(line):
    """As a reader sees the line of the page."""
    return line.replace("\\&", "").replace("\\-", "-").replace("\\(aq", "'").replace("\\e", "\\")


def roff(line):
    line = line.replace("\\", "\\e")
    return "\\&" + line if line[:1] in (".", "'") else line


def commands(lines):
    """(words, first line of the output, line after it) of each command."""
    found, literal, at = [], False, 0
    while at < len(lines):
        literal = lines[at].startswith(".Bd -literal") or (literal and lines[at] != ".Ed")
        if not literal or not lines[at].startswith("$ "):
            at += 1
            continue
        words = [plain(lines[at][2:])]
        at += 1
        while lines[at].startswith("> ") or lines[at] == ">":
            words.append(plain(lines[at][2:]))
            at += 1
        begin = at
        while lines[at] != ".Ed" and not lines[at].startswith("$ "):
            at += 1
        found.append(("\n".join(words), begin, at))
    return found


def run(words, before):
    script = "\n".join([*before, words])
    done = subprocess.run(["sh", "-euc", script], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, timeout=60, check=False)
    return done.returncode, done.stdout.decode().rstrip("\n").split("\n")


def same(shown, line):
    if CUT not in shown:
        return shown.rstrip() == line.rstrip()
    parts = [re.escape(part) for part in shown.split(CUT)]
    return re.fullmatch(".*".join(parts), line) is not None


def place(shown, output):
    """For each line shown the line of the output that it is, None where it is none of them."""
    places, at, cut = [], 0, False
    for line in shown:
        if line == CUT:
            places.append(CUT)
            cut = True
            continue
        last = len(output) if cut else min(at + 1, len(output))
        here = next((i for i in range(at, last) if same(line, output[i])), None)
        places.append(here)
        at = at if here is None else here + 1
        cut = False if here is not None else cut
    whole = cut or at == len(output) or output == [""]
    return places, whole


def renewed(shown, output):
    """The same selection of lines, with the words that they have now."""
    lines, at = [], 0
    for line in shown:
        choice = None if CUT in line or not line else max(
            range(at, len(output)), default=None,
            key=lambda i: difflib.SequenceMatcher(None, line, output[i]).ratio())
        if choice is None:
            lines.append(line)
            continue
        lines.append(output[choice])
        at = choice + 1
    return lines


def main(page, update):
    lines = open(page, encoding="utf-8").read().split("\n")
    exports, failed = [], False
    for words, begin, end in commands(lines):
        status, output = run(words, exports)
        if words.startswith("export "):
            exports.append(words)
        shown = [plain(line) for line in lines[begin:end]]
        while shown and not shown[-1]:
            shown.pop()
        places, whole = place(shown, output)
        wrong = next((shown[i] for i, at in enumerate(places) if at is None), None)
        if update and wrong is not None:
            lines[begin:begin + len(shown)] = [roff(line.rstrip()) for line in renewed(shown, output)]
        name = words.split("\n")[0]
        if status != 0:
            print(f"exit status {status}: {' / '.join(output[:3])}\t{name}")
        elif wrong is not None:
            print(f"not printed: {wrong}\t{name}")
        elif not whole:
            print(f"more is printed than shown, without {CUT}\t{name}")
        else:
            print(f"ok\t{name}")
        failed |= status != 0 or wrong is not None or not whole
    if update:
        open(page, "w", encoding="utf-8").write("\n".join(lines))
    return 1 if failed else 0


sys.exit(main(sys.argv[1], "--update" in sys.argv[2:]))

"""phrasebook.py - the passages in phrases/ and how one of them becomes the words of one author.

A line of a phrase file is a passage. {a|b} is a choice, {name} a word of the list of that name in
words.txt, <a/b> the British and the American spelling, @2017- or @2007-2010 in front the years in
which somebody could have written it. A section header names what its passages are: "ppi supports
experience" plants the theory ppi with the stance supports; " ++ bid asks" at the end of a line
plants a second theory. Everything else about a voice (capital
letters, apostrophes, slips of the finger) belongs to the author and is put on here, too.
"""

import glob
import os
import re

INNERMOST = re.compile(r"\{([^{}]*)\}")
SPELLING = re.compile(r"<([^<>/]+)/([^<>/]+)>")
YEARS = re.compile(r"@(\d{4})-(\d{4})? +(.*)$")

# Slips that people make in plain words; none of them touches a word that a theory is known by.
SLIPS = {"because": "becuase", "the": "teh", "definitely": "definately", "really": "realy",
         "weird": "wierd", "friend": "freind", "tomorrow": "tommorow", "until": "untill",
         "their": "thier", "doctor": "docter", "neurologist": "nuerologist", "believe": "beleive",
         "a lot": "alot", "probably": "probly", "though": "tho", "you": "u", "before": "b4",
         "with": "wiht", "which": "wich", "sleep": "sleap", "every": "evry", "again": "agian",
         "month": "mnth", "people": "ppl", "thanks": "thx", "night": "nite", "morning": "mornign"}


class Passage:
    def __init__(self, number, text, first, last):
        self.number = number
        self.text, _, also = text.partition(" ++ ")
        self.also = tuple(also.split()) if also else ()     # theory and stance
        self.first = first
        self.last = last
        self.used = 0


class Phrasebook:
    def __init__(self, folder):
        self.words = {}
        self.sections = {}      # header -> [Passage]
        self.names = []         # (name, country, home)
        self.read_words(os.path.join(folder, "words.txt"))
        self.read_names(os.path.join(folder, "names.txt"))
        for path in sorted(glob.glob(os.path.join(folder, "*.txt"))):
            stem = os.path.basename(path)[:-4]
            if stem not in ("words", "names"):
                self.read_passages(path, "title " if stem == "titles" else "")

    def read_words(self, path):
        for line in lines_of(path):
            name, words = line.split(" = ", 1)
            self.words[name] = [word.strip() for word in words.split("|")]

    def read_names(self, path):
        for line in lines_of(path):
            name, country, home = (line.split("\t") + ["", ""])[:3]
            self.names.append((name, country, home))

    def read_passages(self, path, prefix):
        section, number = None, 0
        for line in lines_of(path):
            if line.startswith("[") and line.endswith("]"):
                section = self.sections.setdefault(prefix + line[1:-1], [])
                continue
            years = YEARS.match(line)
            first, last, text = years.groups() if years else ("0", "9999", line)
            number += 1
            section.append(Passage("%s:%d" % (path, number), text, int(first), int(last or 9999)))

    def choose(self, random, section, year, avoid=()):
        """A passage of the section that fits the year; the least used of a few drawn ones."""
        fitting = [p for p in self.sections.get(section, ())
                   if p.first <= year <= p.last and p.number not in avoid]
        if not fitting:
            return None
        drawn = [random.choice(fitting) for _ in range(4)]
        passage = min(drawn, key=lambda p: p.used)
        passage.used += 1
        return passage

    def say(self, random, passage, british):
        """The passage with its choices made."""
        text = SPELLING.sub(lambda m: m.group(1 if british else 2), passage.text)
        chosen = {}

        def pick(match):
            inside = match.group(1)
            if "|" in inside:
                return random.choice(inside.split("|"))
            words = self.words[inside.lower()]
            if inside not in chosen or inside in ("few", "some"):
                chosen[inside] = random.choice(words)       # the same drug all through a passage
            word = chosen[inside]
            return word[0].upper() + word[1:] if inside[0].isupper() else word
        while INNERMOST.search(text):
            text = INNERMOST.sub(pick, text)
        text = re.sub(r" +([.,!?]|'s\b)", r"\1", re.sub(r"  +", " ", text)).strip()
        return text[:1].upper() + text[1:] if passage.text[:1] in "{<" else text


def lines_of(path):
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            line = line.strip("\n").strip(" ")
            if line and not line.startswith("#"):
                yield line


class Voice:
    """How one author types."""

    def __init__(self, random, country):
        self.british = country not in ("us", "ca")
        kind = random.random()
        self.lower = kind < 0.10
        self.bare = random.random() < 0.14          # no apostrophes
        self.slips = 0.035 if kind < 0.2 else (0.01 if kind < 0.45 else 0.0)
        self.dots = random.random() < 0.08          # ... instead of full stops
        self.shouts = random.random() < 0.06
        self.curly = random.random() < 0.10         # typed on a tablet
        self.paragraphs = random.random() < 0.7
        self.greets = random.choice((0.02, 0.1, 0.3))
        self.closes = random.choice((0.05, 0.2, 0.5))
        self.smiles = random.choice((0, 0, 0, 0.1, 0.3))

    def type(self, random, text):
        if self.lower:
            text = re.sub(r"(?<![A-Z])[A-Z](?![A-Z0-9])", lambda m: m.group(0).lower(), text)
        if self.bare:
            text = text.replace("'", "")
        if self.dots:
            text = re.sub(r"\. ", "... ", text, count=2)
        if self.slips:
            for right, wrong in SLIPS.items():
                if random.random() < self.slips * 8:
                    text = re.sub(r"\b%s\b" % right, wrong, text, count=1)
        if self.shouts and random.random() < 0.3:
            text = text.replace("!", "!!!")
        if self.curly:
            text = text.replace("'", "\u2019")
        return text

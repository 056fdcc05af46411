"""compose.py - the words of one post: greeting, passages, closing, quote, now and then a list.

A post that would share two passages with an earlier one is composed again.
"""

import re

import plan
from phrasebook import Voice

BASE = "https://board.example/"
NEW_QUOTES = 2017       # from this year on a quote names its source post
FILLERS = {"dopamine": ("treatment", "sleep", "doctor", "agree", "question"),
           "bid": ("doctor", "sleep", "treatment", "agree", "question"),
           "inflammation": ("sleep", "doctor", "agree", "treatment"),
           "genetics": ("sleep", "agree", "newcomer", "offtopic"),
           "ppi": ("doctor", "sleep", "agree", "question"),
           "other": ("sleep", "doctor", "agree", "treatment", "question"),
           "sleep": ("sleep", "sleep", "agree", "treatment", "offtopic", "question"),
           "treatment": ("treatment", "treatment", "question", "agree", "doctor", "sleep"),
           "chat": ("offtopic", "offtopic", "sleep", "agree", "thanks"),
           "newcomer": ("welcome", "welcome", "sleep", "thanks", "question", "treatment"),
           "news": ("news", "agree", "thanks", "offtopic")}
EMOJI = ("\U0001F634", "\U0001F644", "\U0001F602", "\U0001F622", "\U0001F44D", "\u2615", "\U0001F980")


class Composer:
    def __init__(self, random_numbers, book, members):
        self.random = random_numbers
        self.book = book
        self.members = members
        self.sharing = {}       # passage as said -> ids of the posts that have it
        self.bodies = set()
        self.voices = {}

    def voice(self, name):
        if name not in self.voices:
            country = self.members[name].country if name in self.members else "uk"
            self.voices[name] = Voice(self.random, country)
        return self.voices[name]

    def passage(self, section, slot, avoid, planted=None):
        """A passage of the section as the slot's author says it; what else it plants is added."""
        chosen = self.book.choose(self.random, section, slot.year, avoid)
        if chosen is None:
            return None
        avoid.add(chosen.number)
        if chosen.also:
            planted.append({"theory": chosen.also[0], "stance": chosen.also[1]})
        return self.book.say(self.random, chosen, self.voice(slot.author).british)

    def theory(self, theory, slot, avoid):
        """One or two passages that name a theory, and all that they plant."""
        stance = plan.weighted(self.random, [("supports", 64), ("disputes", 14), ("asks", 14),
                                             ("neutral-mention", 8)])
        if slot is slot.thread.slots[0] and self.random.random() < 0.3:
            stance = "asks"
        code = theory
        if theory == "bid" and slot.year >= 2012 and stance != "disputes" \
                and self.random.random() < 0.2:
            code = "bid/transport"
        kinds = [code + " " + stance, code + " " + stance + " experience",
                 code + " " + stance + " hedged"]
        kinds = [kind for kind in kinds if any(
            p.first <= slot.year <= p.last for p in self.book.sections.get(kind, ()))]
        if not kinds:
            return self.theory(theory, slot, avoid)
        kinds = [kind for kind in kinds for _ in self.book.sections[kind]]     # by their number
        planted = [{"theory": code, "stance": stance}]
        said = [self.passage(self.random.choice(kinds), slot, avoid, planted)]
        if stance == "supports" and self.random.random() < 0.25:
            said.append(self.passage(self.random.choice(kinds), slot, avoid, planted))
        return [passage for passage in said if passage], planted

    def compose(self, slot):
        """Set the slot's body and what is planted in it; again, until it is like no other."""
        for _ in range(40):
            said, planted = self.words(slot)
            shared = {}
            for passage in said:
                for other in self.sharing.get(passage, ()):
                    shared[other] = shared.get(other, 0) + 1
            body = self.body(slot, said)
            long_enough = len(" ".join(said)) > 12
            if body not in self.bodies and long_enough and max(shared.values(), default=0) < 2:
                break
        for passage in said:
            self.sharing.setdefault(passage, []).append(slot.id)
        self.bodies.add(body)
        slot.body = body
        slot.planted = planted

    def words(self, slot):
        voice, numbers = self.voice(slot.author), self.random
        opening = slot is slot.thread.slots[0]
        avoid, said, planted = set(), [], []
        if numbers.random() < (0.5 if opening else 0.12) * (0.4 + voice.greets):
            said.append(self.passage("greeting", slot, avoid))
        if opening and slot.thread.topic == "newcomer":
            said.append(self.passage("newcomer", slot, avoid))
        main = []
        for theory in slot.tags:
            passages, labels = self.theory(theory, slot, avoid)
            main += passages
            for label in labels:        # one label a theory: the first
                if label["theory"] not in [known["theory"] for known in planted]:
                    planted.append(label)
        fill = plan.weighted(numbers, [(0, 25), (1, 38), (2, 20), (3, 8), (5, 3), (8, 2)])
        fill += not main and not fill
        fillers = list(FILLERS[slot.thread.topic])
        if opening:
            fillers = [f for f in fillers if f not in ("agree", "thanks", "welcome")]
        if slot.author == "mod_harriet":
            fillers = ["moderation"]
            fill = 1
        extra = [self.passage(numbers.choice(fillers), slot, avoid) for _ in range(fill)]
        place = numbers.randrange(len(extra) + 1)
        said += extra[:place] + main + extra[place:]
        if numbers.random() < voice.closes:
            said.append(self.passage("closing", slot, avoid))
        return [passage for passage in said if passage], planted

    def body(self, slot, said):
        voice, numbers = self.voice(slot.author), self.random
        parts = [voice.type(numbers, passage) for passage in said]
        text = parts[0]
        for part in parts[1:]:
            gap = "\n\n" if voice.paragraphs and numbers.random() < 0.45 else " "
            text += gap + part
        if voice.smiles and numbers.random() < voice.smiles and not text.endswith((")", ":D")):
            text += " " + (numbers.choice(EMOJI) if slot.year >= 2016
                           else numbers.choice((":)", ";)", ":(", ":D", ":lol:", ":roll:")))
        return text


def quote_tag(slot, members):
    """The opening tag of a quote of that post, as the board of its reader's year writes it."""
    member = members.get(slot.author)
    if member is None or member.id is None:
        return '[quote="%s" post_id=%d time=%d]' % (slot.author, slot.id, slot.time.timestamp())
    return '[quote="%s" post_id=%d time=%d user_id=%d]' % (
        slot.author, slot.id, slot.time.timestamp(), member.id)


def quote(numbers, slot, source, members):
    """A quotation of an earlier post: all of it, or a sentence or two, sometimes with its quote."""
    words = re.sub(r"\[quote.*\[/quote\]\s*", "", source.body, flags=re.S).strip()
    words = re.sub(r"\[/?(?:code|list|\*|url|img|attachment)[^\]]*\]", "", words).strip()
    inner = ""
    if source.body.startswith("[quote") and numbers.random() < 0.6 and source.body.count("[quote") < 3:
        inner = source.body[:source.body.rindex("[/quote]") + 8] + "\n"
    sentences = re.split(r"(?<=[.!?])\s+", words)
    if len(words) > 260 or numbers.random() < 0.4:
        start = numbers.randrange(max(1, len(sentences) - 1))
        words = " ".join(sentences[start:start + 2])
    if slot.year >= NEW_QUOTES:
        opening = quote_tag(source, members)
    else:
        opening = '[quote="%s"]' % source.author if numbers.random() < 0.93 else "[quote]"
        inner = re.sub(r'\[quote="([^"]*)"[^\]]*\]', r'[quote="\1"]', inner)
    return "%s%s%s[/quote]\n" % (opening, inner, words)


def decorate(numbers, slot, threads):
    """Now and then a link, a list, a diary in a code block, an edit, an attachment."""
    chance = numbers.random()
    if chance < 0.012:
        slot.body += "\n\nSee %sviewtopic.php?t=%d" % (BASE, numbers.choice(threads).id)
    elif chance < 0.022:
        slot.body += "\n\n" + numbers.choice((
            "It was here: https://www.example.org/health/sleep/articles/%d/why-we-cannot-sit-still" %
            (slot.id * 3), "[url=https://example.org/leaflet.pdf]The leaflet[/url] as a file.",
            "http://example.net/%d" % slot.id))
    elif chance < 0.029:
        slot.body += "\n\nMy list:\n[list][*]%s\n[*]%s\n[*]%s[/list]" % tuple(numbers.sample(
            ["hot bath", "cold tiles", "calf stretches", "a crossword", "the hall, forty laps",
             "no coffee after noon", "the bicycle", "an audiobook"], 3))
    elif chance < 0.035:
        slot.body += ("\n\n[code]22:%02d  to bed\n23:%02d  up, %d laps\n03:%02d  asleep <- at last\n"
                      "[/code]" % (numbers.randrange(60), numbers.randrange(60),
                                   numbers.randrange(9, 90), numbers.randrange(60)))
    elif chance < 0.040:
        slot.body += "\n\n[img]https://images.example.org/%d.jpg[/img]" % slot.id
    elif chance < 0.045:
        slot.extra["attachments"] = [{"name": "diary-%d.pdf" % slot.id, "size": "48.2 KiB"}]
    if numbers.random() < 0.05:
        later = slot.time + (plan.LAST_DAY - slot.time) * min(1.0, 0.0004 * numbers.random())
        slot.extra["edited"] = {"count": numbers.choice((1, 1, 1, 2, 3)), "by": slot.author,
                                "time": later.strftime("%Y-%m-%dT%H:%M:%SZ")}
        if numbers.random() < 0.2:
            slot.extra["edited"]["reason"] = numbers.choice(("spelling", "wrong date", "tidied up"))

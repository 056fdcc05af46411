"""plan.py - who posts when, in which thread, and what about: everything of the sample but words.

The shares by year are written down here, once, and met by quota instead of by chance: of the posts
of a year so many name dopamine, so many iron, and so on. That makes a small sample show its shift
plainly. The shares follow what one would expect of such a board (the gene finds of 2007, the worry
about augmentation, iron, then infection and acid tablets) and are invented: they are no findings.
"""

import datetime

UTC = datetime.timezone.utc
FIRST_YEAR, LAST_YEAR = 2006, 2024
LAST_DAY = datetime.datetime(2024, 12, 20, 23, 59, tzinfo=UTC)
THEORIES = ("dopamine", "bid", "inflammation", "genetics", "ppi")

# own posts a year, then the share of all posts of that year that name each theory, in per cent
YEARS = {
    2006: (108, (17, 7, 6, 7, 0)),   2007: (124, (24, 7, 6, 14, 0)),
    2008: (134, (27, 7, 6, 15, 0)),  2009: (134, (26, 7, 6, 13, 0)),
    2010: (132, (25, 7, 6, 8, 0)),   2011: (134, (24, 8, 6, 7, 0)),
    2012: (134, (22, 9, 6, 7, 0)),   2013: (132, (20, 12, 6, 7, 0)),
    2014: (130, (16, 14, 6, 7, 0)),  2015: (130, (13, 16, 6, 7, 0)),
    2016: (128, (11, 18, 6, 7, 0)),  2017: (128, (10, 19, 6, 11, 7)),
    2018: (128, (9, 20, 8, 12, 7)),  2019: (128, (8, 21, 12, 11, 9)),
    2020: (132, (8, 21, 15, 8, 10)), 2021: (132, (7, 22, 17, 8, 11)),
    2022: (130, (7, 23, 19, 8, 12)), 2023: (128, (7, 24, 19, 9, 13)),
    2024: (124, (7, 24, 20, 12, 13)),
}
OTHERS = ("gut", "deficiency", "diet", "stress-hormones", "electrolytes", "nerve", "medication",
          "secondary", "neurotransmitter")
LEAST_THREADS = 34  # active in every year: with fewer than 30 an interval means little
OTHER_SHARE = 9     # per cent of a year's posts name one of the other theories

# What the threads that start in a year are about, beside the five theories by their share.
TALK = (("sleep", 14), ("treatment", 15), ("chat", 13), ("newcomer", 14), ("other", 9), ("news", 3))
BOARD_OF = {"dopamine": 4, "bid": 5, "inflammation": 5, "genetics": 5, "ppi": 5, "other": 5,
            "sleep": 6, "treatment": 4, "chat": 7, "newcomer": 3, "news": 8}
LENGTHS = (1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 5, 5, 6, 7, 9, 12)     # replies of a common thread
LONG_THREADS = {"chat": ("2am club", 52, 2007), "dopamine": ("Augmentation roll call", 46, 2008),
                "genetics": ("Family tree", 36, 2009), "bid": ("Numbers, please: ferritin", 58, 2013),
                "sleep": ("Who's up?", 44, 2016), "inflammation": ("Is it inflammation?", 38, 2019),
                "ppi": ("Has anyone come off an acid tablet?", 34, 2019)}


class Slot:
    """One post that is to be written."""

    def __init__(self, thread, time):
        self.thread = thread
        self.time = time
        self.author = None
        self.tags = []          # theories to name
        self.gold = None        # a hand-coded post: its words are given
        self.given = None       # (body, planted): words that a hand-coded post quotes
        self.id = None
        self.body = ""
        self.planted = []
        self.extra = {}

    @property
    def year(self):
        return self.time.year


class Thread:
    def __init__(self, title, topic, board):
        self.title = title
        self.topic = topic
        self.board = board
        self.id = None
        self.slots = []
        self.kind = "normal"
        self.locked = False

    def add(self, time):
        slot = Slot(self, time)
        self.slots.append(slot)
        return slot


def weighted(random, pairs):
    total = sum(weight for _, weight in pairs)
    at = random.random() * total
    for value, weight in pairs:
        at -= weight
        if at < 0:
            return value
    return pairs[-1][0]


def moment_in(random, year):
    """A moment of the year; more in the evening and in the small hours, as such boards have it."""
    last = min(datetime.datetime(year, 12, 31, tzinfo=UTC), LAST_DAY)
    days = (last - datetime.datetime(year, 1, 1, tzinfo=UTC)).days
    hour = weighted(random, [(h, 5 if h >= 19 or h <= 4 else 2) for h in range(24)])
    return datetime.datetime(year, 1, 1, tzinfo=UTC) + datetime.timedelta(
        days=random.randrange(days), hours=hour, seconds=random.randrange(3600))


def after(random, time, slow=1.0):
    """When the next reply comes: mostly the same night, sometimes weeks later."""
    gap = weighted(random, [(1.5, 4), (9, 5), (40, 3), (200, 1)]) * slow
    hours = gap * (0.2 + 1.6 * random.random())
    return time + datetime.timedelta(seconds=int(hours * 3600) + 97)


def gold_topic(posts):
    """What a thread of hand-coded posts is about: the first theory that they or their quotes name."""
    codes = [label["theory"] for post in posts for label in post["labels"]]
    codes += [code for post in posts for code in post["quoted_only"]]
    codes = [code.split("/")[0] for code in codes]
    return next((code for code in codes if code in THEORIES), "other" if codes else "sleep")


def gold_threads(random, gold, source_of):
    """Threads of the hand-coded posts, the posts they quote, and a few replies of our own."""
    threads = {}
    for post in sorted(gold, key=lambda p: p["date"]):
        title = post["thread_title"]
        if title not in threads:
            topic = gold_topic([p for p in gold if p["thread_title"] == title])
            threads[title] = Thread(title, topic, BOARD_OF[topic])
        thread = threads[title]
        time = datetime.datetime.fromisoformat(post["date"] + ":00+00:00")
        time += datetime.timedelta(seconds=random.randrange(60))
        earlier = time - datetime.timedelta(hours=30)
        for author, body, planted in source_of(post):
            earlier += datetime.timedelta(hours=4 + 8 * random.random())
            source = thread.add(earlier.replace(microsecond=0))
            source.author, source.given = author, (body, planted)
        slot = thread.add(time)
        slot.gold, slot.author = post, post["author"]
        for _ in range(weighted(random, [(0, 3), (1, 4), (2, 2), (3, 1)])):
            time = after(random, time)
            if time < LAST_DAY:
                thread.add(time)
    for thread in threads.values():
        if len(thread.slots) == 1:
            thread.add(after(random, thread.slots[0].time))
    return list(threads.values())


def own_threads(random, book, threads):
    """Threads of our own until every year has its number of own posts."""
    count = {year: 0 for year in range(FIRST_YEAR, LAST_YEAR + 2)}
    for thread in threads:
        for slot in thread.slots:
            count[slot.year] += slot.gold is None
    titles = {thread.title for thread in threads}
    for topic, (title, length, year) in LONG_THREADS.items():
        thread = Thread(title, topic, BOARD_OF[topic])
        time = moment_in(random, year)
        for _ in range(length):
            if time > LAST_DAY:
                break
            thread.add(time)
            count[time.year] += 1
            time = after(random, time, 24.0)
        titles.add(title)
        threads.append(thread)
    for year, (wanted, shares) in YEARS.items():
        topics = [(t, s * 0.8) for t, s in zip(THEORIES, shares) if s] + list(TALK)
        while count[year] < wanted or active(threads, year) < LEAST_THREADS:
            topic = weighted(random, topics)
            thread = Thread(new_title(random, book, topic, year, titles), topic, BOARD_OF[topic])
            time = moment_in(random, year)
            for _ in range(1 + random.choice(LENGTHS)):
                if time > LAST_DAY or count[time.year] >= YEARS[time.year][0] + 6 + \
                        (LEAST_THREADS if not thread.slots else 0):
                    break
                thread.add(time)
                count[time.year] += 1
                time = after(random, time)
            if thread.slots:
                threads.append(thread)
    return threads


def active(threads, year):
    """How many threads have a post in that year."""
    return sum(any(slot.year == year for slot in thread.slots) for thread in threads)


def new_title(random, book, topic, year, titles):
    """A title, hardly ever one that another thread already has."""
    for attempt in range(30):
        passage = book.choose(random, "title " + topic, year)
        title = book.say(random, passage, random.random() < 0.6)
        if attempt > 8:
            title += random.choice((" (again)", " part two", "?", ", %d" % year, " - update",
                                    " ...", " - advice please", " once more"))
        if title not in titles:
            titles.add(title)
            return title
    return title


def give_tags(random, threads):
    """Fill each year's quotas: the threads about a theory first, then anywhere."""
    for year in YEARS:
        slots = [s for t in threads for s in t.slots if s.year == year]
        free = [s for s in slots if s.gold is None and s.given is None]
        quotas = [(theory, round(len(slots) * share / 100), BOARD_OF)
                  for theory, share in zip(THEORIES, YEARS[year][1])]
        for theory, wanted, _ in quotas:
            have = sum(theory in named(slot) for slot in slots)
            about = [s for s in free if s.thread.topic == theory and not s.tags]
            others = [s for s in free if s.thread.topic not in (theory, "news")]
            random.shuffle(about)
            random.shuffle(others)
            about = about[:max(1, min(int(len(about) * 0.85), int(wanted * 0.6)))]
            others.sort(key=lambda s: len(s.tags))
            for slot in (about + others)[:max(0, wanted - have)]:
                slot.tags.append(theory)
        others = [s for s in free if not s.tags and s.thread.topic != "news"]
        random.shuffle(others)
        others.sort(key=lambda s: s.thread.topic != "other")
        for slot in others[:round(len(slots) * OTHER_SHARE / 100)]:
            slot.tags.append(random.choice(OTHERS))


def named(slot):
    """The theories that a slot's words name already."""
    if slot.gold is not None:
        return {label["theory"].split("/")[0] for label in slot.gold["labels"]}
    if slot.given is not None:
        return {label["theory"].split("/")[0] for label in slot.given[1]}
    return set(slot.tags)


class Member:
    def __init__(self, name, country, home, joined, left, weight):
        self.name = name
        self.country = country
        self.home = home
        self.joined = joined
        self.left = left
        self.weight = weight
        self.voice = None
        self.id = None
        self.extra = {}


def enlist(random, book, gold):
    """The members: those of the hand-coded posts for all the years, ours for some of them."""
    members = {}
    for name in sorted({post["author"] for post in gold}, key=str.lower):
        members[name] = Member(name, random.choice(("uk", "us")), "", FIRST_YEAR, LAST_YEAR, 0.7)
    names = list(book.names)
    random.shuffle(names)
    for at, (name, country, home) in enumerate(names):
        joined = FIRST_YEAR + at * (LAST_YEAR - FIRST_YEAR + 1) // len(names)
        if at % 5 == 0:
            joined = max(FIRST_YEAR, joined - 6)
        stay = weighted(random, [(0, 2), (1, 3), (3, 4), (6, 3), (12, 2)])
        weight = weighted(random, [(0.5, 4), (1, 4), (2.5, 2), (6, 0.5)])
        members[name] = Member(name, country, home, joined, min(LAST_YEAR, joined + stay), weight)
    return members


def give_authors(random, threads, members):
    """Authors for all slots: starters and passers-by by their activity, the rest return."""
    tagged = {}     # (year, theory) -> authors who have named it
    for thread in threads:
        thread.slots.sort(key=lambda s: s.time)
        before = None
        for slot in thread.slots:
            if slot.author is None:
                slot.author = author_for(random, thread, slot, members, before, tagged)
            for theory in slot.tags:
                tagged.setdefault((slot.year, theory), set()).add(slot.author)
            before = slot.author
            if slot.author in members:
                member = members[slot.author]
                member.joined = min(member.joined, slot.year)
                member.left = max(member.left, slot.year)


def author_for(random, thread, slot, members, before, tagged):
    if slot is not thread.slots[0] and random.random() < 0.35:
        seen = [s.author for s in thread.slots if s.time < slot.time and s.author
                and s.author != before and s.author in members]
        starter = thread.slots[0].author
        if seen:
            return starter if starter in seen and random.random() < 0.5 else random.choice(seen)
    active = [m for m in members.values() if m.joined <= slot.year <= m.left and m.name != before
              and m.name != "mod_harriet"]
    if thread.topic == "newcomer" and slot is thread.slots[0]:
        fresh = [m for m in active if m.joined == slot.year and m.weight]
        active = fresh or active
    if slot.tags:
        known = tagged.get((slot.year, slot.tags[0]), set())
        active = [m for m in active if m.name not in known] or active
    return weighted(random, [(m.name, m.weight) for m in active])

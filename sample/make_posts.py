"""make_posts.py - writes the sample discussion: posts.jsonl and board.json.

    python3 sample/make_posts.py [-o DIRECTORY]

The hand-coded posts (hand-coded.jsonl) stand in threads among posts composed from the passages in
phrases/. plan.py says who posts when about what; here the words are put together: greeting, quote,
passages, a closing, in the voice of their author. Seeded: the same files come out every time.
Standard library only.
"""

import argparse
import json
import os
import random
import sys

import plan
from compose import BASE, NEW_QUOTES, Composer, decorate, quote, quote_tag
from hand_coded import as_bbcode, quoted_posts
from phrasebook import Phrasebook

HERE = os.path.dirname(os.path.abspath(__file__))
SEED = 1945     # the year of Ekbom's monograph
BOARDS = [
    {"id": 3, "category": 1, "title": "Introductions", "description": "New here? Say hello."},
    {"id": 4, "category": 1, "title": "Treatments",
     "description": "Drugs, baths, gadgets. Nobody here can prescribe anything."},
    {"id": 5, "category": 1, "title": "Causes and research",
     "description": "What is behind it? Keep it civil."},
    {"id": 6, "category": 1, "title": "Nights and days", "description": "Living with it."},
    {"id": 7, "category": 2, "title": "The Lounge", "description": "Anything but legs."},
    {"id": 8, "category": 2, "title": "News and meetings", "description": "Dates, surveys, papers."},
    {"id": 9, "category": 2, "title": "Members' corner", "description": "For members only.",
     "access": "members"},
]
# title of a thread -> what is set about it; the posts are the hand-coded ones or ours
FLAGS = {"Board rules": {"kind": "global", "locked": True}, "Welcome pack": {"kind": "sticky"},
         "Iron deficiency and brain iron - please read": {"kind": "sticky"},
         "Augmentation roll call": {"kind": "sticky"}, "2am club": {"kind": "sticky"},
         "Moving threads": {"kind": "announcement"}, "GENE FOUND!!": {"locked": True},
         "Who has it in your family?": {"shadows": [6], "poll": {
             "question": "How many relatives of yours have it?", "options": [
                 {"text": "None that I know", "votes": 14}, {"text": "One", "votes": 21},
                 {"text": "Two or three", "votes": 33}, {"text": "More", "votes": 19}]}},
         "What causes it really?": {"shadows": [7]},
         "all the theories": {"poll": {"question": "Which one convinces you most?", "options": [
             {"text": "Iron", "votes": 31}, {"text": "Dopamine", "votes": 12},
             {"text": "Genes", "votes": 17}, {"text": "Inflammation", "votes": 22},
             {"text": "Acid tablets", "votes": 9}, {"text": "No idea", "votes": 28}]}}}


def build():
    numbers = random.Random(SEED)
    book = Phrasebook(os.path.join(HERE, "phrases"))
    with open(os.path.join(HERE, "hand-coded.jsonl"), encoding="utf-8") as lines:
        gold = [json.loads(line) for line in lines]
    with open(os.path.join(HERE, "phrases", "quoted.json"), encoding="utf-8") as quoted_file:
        table = json.load(quoted_file)
    threads = plan.gold_threads(numbers, gold, lambda post: quoted_posts(post, table))
    threads = plan.own_threads(numbers, book, threads)
    plan.give_tags(numbers, threads)
    members = plan.enlist(numbers, book, gold)
    plan.give_authors(numbers, threads, members)
    corner(numbers, threads, members)
    visitors(numbers, threads)
    number(numbers, threads, members)
    slots = sorted((s for t in threads for s in t.slots), key=lambda s: s.id)
    write_words(numbers, book, slots, threads, members)
    return slots, threads, members


def corner(numbers, threads, members):
    """Two threads that only members may read, and a word from the moderator here and there."""
    for title in ("Real names list", "Moderators wanted"):
        thread = plan.Thread(title, "chat", 9)
        time = plan.moment_in(numbers, numbers.randrange(2010, 2020))
        for _ in range(6):
            thread.add(time).author = numbers.choice(sorted(members))
            time = plan.after(numbers, time)
        threads.append(thread)
    for thread in numbers.sample([t for t in threads if len(t.slots) > 6], 34):
        slot = thread.slots[-1]
        if slot.gold is None and slot.given is None and not slot.tags:
            slot.author = "mod_harriet"


def number(numbers, threads, members):
    """Ids of threads, posts and members in order of time, with the gaps that deletions leave."""
    next_id = 101
    for slot in sorted((s for t in threads for s in t.slots), key=lambda s: s.time):
        slot.id = next_id
        next_id += 1 if numbers.random() < 0.96 else numbers.randrange(2, 5)
    for at, thread in enumerate(sorted(threads, key=lambda t: t.slots[0].id)):
        thread.id = 20 + at + at // 40
    used = {slot.author for thread in threads for slot in thread.slots}
    posting = sorted((m for m in members.values() if m.name in used),
                     key=lambda m: (m.joined, m.name))
    for at, member in enumerate(posting):
        member.id = 52 + at + at // 9
        if member.name in ("gasworks", "spinning_jenny", "polkadot"):
            member.id = None        # accounts deleted since: the names stay


def visitors(numbers, threads):
    """Some starters write as guests, under a name of the day."""
    names = ["Guest Ann", "worried wife", "not registered yet", "Tom (no legs left)", "passing by",
             "Mary in Cork", "a.n. other", "night nurse", "Guest", "forgot my password"]
    for thread in threads:
        slot = thread.slots[0]
        if slot.gold is None and slot.given is None and numbers.random() < 0.05:
            slot.author = numbers.choice(names)


def write_words(numbers, book, slots, threads, members):
    composer = Composer(numbers, book, members)
    sticky = next(t for t in threads if t.title == "Welcome pack")
    for slot in slots:
        if slot.given is not None:
            slot.body, slot.planted = slot.given
            earlier = [s for s in slot.thread.slots if s.given and s.id < slot.id]
            if earlier and slot.thread.title in ("Nested", "the two camps"):
                slot.body = quote_of_given(slot, earlier[-1], members) + slot.body
        elif slot.gold is not None:
            slot.body = as_bbcode(slot.gold["body_html"],
                                  lambda name, slot=slot: given_tag(slot, name, members))
            slot.body = slot.body.replace("./viewtopic.php?f=4&t=512",
                                          "%sviewtopic.php?t=%d" % (BASE, sticky.id))
            slot.planted = [{"theory": label["theory"], "stance": label["stance"]}
                            for label in slot.gold["labels"]]
        else:
            composer.compose(slot)
            earlier = [s for s in slot.thread.slots
                       if s.id < slot.id and s.body and s.author != slot.author]
            if earlier and numbers.random() < 0.24:
                source = earlier[-1] if numbers.random() < 0.6 else numbers.choice(earlier)
                slot.body = quote(numbers, slot, source, members) + slot.body
            decorate(numbers, slot, threads)
    for slot in numbers.sample([s for s in slots if not s.planted and s.gold is None
                                and s.given is None and s is not s.thread.slots[0]], 9):
        slot.extra["state"] = "hidden"


def given_tag(slot, name, members):
    if slot.year < NEW_QUOTES:
        return '[quote="%s"]' % name
    source = next(s for s in reversed(slot.thread.slots) if s.given and s.author == name
                  and s.id < slot.id)
    return quote_tag(source, members)


def quote_of_given(slot, source, members):
    tag = quote_tag(source, members) if slot.year >= NEW_QUOTES else '[quote="%s"]' % source.author
    return "%s%s[/quote]\n" % (tag, source.body)


def post_record(slot, members):
    thread = slot.thread
    opening = slot is thread.slots[0]
    member = members.get(slot.author)
    record = {"id": slot.id, "thread": thread.id, "thread_title": thread.title,
              "board": thread.board,
              "subject": slot.gold["subject"] if slot.gold else
              (thread.title if opening else "Re: " + thread.title),
              "author": slot.author, "author_id": member.id if member else None,
              "time": slot.time.strftime("%Y-%m-%dT%H:%M:%SZ"), "body": slot.body}
    if slot.gold:
        record.update(gold=slot.gold["id"], date=slot.gold["date"])
    record.update(slot.extra)
    record["planted"] = slot.planted
    return record


def board_plan(threads, members):
    people = [member for member in members.values() if member.id is not None]
    first = {}
    for thread in threads:
        for slot in thread.slots:
            first[slot.author] = min(first.get(slot.author, slot.time), slot.time)
    signatures = {"brightside_bill": "Dot -- RLS since 1971 -- low ferritin, family history, too "
                  "much tea", "mod_harriet": "Moderator, not a doctor", "TeaAtThree":
                  "[i]Legs eleven[/i]", "Barn Owl": "RLS since 1983. Up with the owls.",
                  "RoundTheBlock": "[url=https://example.org/blog]My walks[/url]",
                  "whippet": "pramipexole 0.18, patience 0", "nutmeg": "Brain iron believer"}
    records = []
    for member in sorted(people, key=lambda m: m.id):
        record = {"id": member.id, "name": member.name,
                  "joined": first[member.name].strftime("%a %b %d, %Y")}
        if member.home:
            record["from"] = member.home
        if member.name in signatures:
            record["signature"] = signatures[member.name]
        if member.name == "mod_harriet":
            record.update(colour="00AA00", rank="Moderator")
        records.append(record)
    flagged = [dict(id=t.id, **FLAGS[t.title]) for t in threads if t.title in FLAGS]
    return {"title": "Pacing the Floor", "description": "A sample board of people with restless legs",
            "language": "en-gb", "zone_name": "America/New_York", "offset_hours": -5,
            "summer_time": True, "posts_per_page": 15, "threads_per_page": 30,
            "categories": [{"id": 1, "title": "Restless legs"}, {"id": 2, "title": "Everything else"}],
            "boards": BOARDS, "members": records, "threads": flagged}


def main():
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("-o", "--output", default=HERE, help="directory to write to")
    given = options.parse_args()
    slots, threads, members = build()
    with open(os.path.join(given.output, "posts.jsonl"), "w", encoding="utf-8") as out:
        for slot in slots:
            out.write(json.dumps(post_record(slot, members), ensure_ascii=False) + "\n")
    with open(os.path.join(given.output, "board.json"), "w", encoding="utf-8") as out:
        json.dump(board_plan(threads, members), out, ensure_ascii=False, indent=1)
        out.write("\n")
    print("%d posts, %d threads, %d members" % (len(slots), len(threads), len(
        {slot.author for slot in slots})), file=sys.stderr)


if __name__ == "__main__":
    main()

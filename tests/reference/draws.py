#!/usr/bin/env python3
"""Posts by author, thread and bucket, as CSV: what the reference scripts and the tests count.

    python3 tests/reference/draws.py SEED POSTS AUTHORS THREADS BUCKETS FIRST LAST BY_AUTHOR BY_THREAD

The numbers come from a 64-bit LCG, upper 31 bits, repeated in tests/unit/statistics_fixture.h. The
chance of a tag goes from FIRST to LAST percent over the buckets; BY_AUTHOR and BY_THREAD percent of
the posts take it from a hash of their author or thread, which makes clusters. A thread lies in one
bucket, but for 15 in 100 of its posts.
"""
import sys


def generator(seed):
    state = seed
    while True:
        state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
        yield state >> 33


def draw(seed, posts, authors, threads, buckets, first, last, by_author, by_thread):
    numbers = generator(seed)
    rows = []
    for _ in range(posts):
        a, b = next(numbers) % authors, next(numbers) % authors
        author, thread = min(a, b), next(numbers) % threads
        stray, anywhere = next(numbers) % 100, next(numbers) % buckets
        bucket = anywhere if stray < 15 else thread * buckets // threads
        which, chance = next(numbers) % 100, next(numbers) % 100
        if which < by_author:
            chance = author * 7919 % 100
        elif which < by_author + by_thread:
            chance = thread * 6101 % 100
        # Of whole percents: no rounding to disagree about.
        percent = first * (buckets - 1) + (last - first) * bucket
        rows.append((author, thread, bucket, int(chance * (buckets - 1) < percent)))
    return rows


if __name__ == "__main__":
    print("author,thread,bucket,tagged")
    for row in draw(*map(int, sys.argv[1:])):
        print(",".join(map(str, row)))

#!/usr/bin/env python3
"""Reference values of test_statistics_bootstrap.c: the weights' scheme written down a second time.

    python3 tests/reference/bootstrap.py >tests/reference/bootstrap.inc

Sums of n and k of some replicates, and the percentile interval of the difference as numpy has it.
"""
import math

import numpy

from draws import draw

MASK = 2**64 - 1
GOLDEN = 0x9E3779B97F4A7C15
CASE = (21, 600, 50, 70, 2, 20, 30, 20, 20)
SEED, REPLICATES, SHOWN = 1945, 199, (0, 1, 15, 16, 198)


def mix(z):
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9 & MASK
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB & MASK
    return z ^ (z >> 31)


LIMITS, total = [], 0.0
for weight in range(7):
    total += math.exp(-1) / math.factorial(weight)
    LIMITS.append(round(65536 * total))


def weight(kind, number, replicate):
    """kind: 0 author, 1 thread."""
    salt = mix((SEED + GOLDEN * (kind + 1)) & MASK)
    key = mix((salt + GOLDEN * (number + 1)) & MASK)
    four = replicate // 4 * 4
    bits = mix((key + 0xD1342543DE82EF95 * (four + 1)) & MASK) >> 16 * (replicate % 4) & 0xFFFF
    return sum(bits >= limit for limit in LIMITS)


def sums(rows, kinds, replicate):
    out = numpy.zeros((2, 2))  # window; n, k
    cache = {}
    for author, thread, bucket, tagged in rows:
        product = 1
        for kind in kinds:
            key = (kind, (author, thread)[kind])
            if key not in cache:
                cache[key] = weight(*key, replicate)
            product *= cache[key]
        out[bucket] += (product, product * tagged)
    return out


ROWS = draw(*CASE)
print("/* see bootstrap.py */")
for kinds in ((0,), (1,), (0, 1)):
    every = [sums(ROWS, kinds, replicate) for replicate in range(REPLICATES)]
    differences = [s[1, 1] / s[1, 0] - s[0, 1] / s[0, 0] for s in every]
    low, high = numpy.percentile(differences, (2.5, 97.5))
    shown = ", ".join(
        f"{{{r}, {{{every[r][0, 0]:.0f}, {every[r][1, 0]:.0f}}}, "
        f"{{{every[r][0, 1]:.0f}, {every[r][1, 1]:.0f}}}}}"
        for r in SHOWN
    )
    print(f"{{{{{shown}}}, {float(low)!r}, {float(high)!r}}},")

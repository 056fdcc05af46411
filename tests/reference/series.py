#!/usr/bin/env python3
"""Reference values of test_statistics_series.c: ruptures for change points, pymannkendall for
Mann-Kendall, Theil-Sen and the correction of Hamed and Rao.

    pip install numpy ruptures pymannkendall
    python3 tests/reference/series.py >tests/reference/series.inc

Counts come from draws.py's generator: the chance of a bucket is that of its segment, posts differ
from bucket to bucket. Dynp finds the cheapest cut into a given number of segments, Pelt the cheapest
at a penalty, both with a cost of their own: the binomial likelihood over a design effect.
"""
import math
import warnings

import numpy
import pymannkendall
import ruptures
from ruptures.base import BaseCost

from draws import generator

SERIES = [  # seed, buckets, most posts of a bucket, percent of each segment, design effect
    (1, 60, 80, [10, 25], 1.0),
    (2, 120, 60, [5, 15, 8], 2.0),
    (3, 240, 40, [10, 10], 1.5),
    (4, 90, 200, [30, 20, 40, 38], 3.0),
    (5, 24, 30, [0, 60], 1.0),
    (6, 13, 50, [20, 50, 20], 1.0),
]


def counts(seed, buckets, most, percents):
    numbers = generator(seed)
    rows = []
    for bucket in range(buckets):
        posts = next(numbers) % (most + 1)
        percent = percents[bucket * len(percents) // buckets]
        rows.append((posts, sum(next(numbers) % 100 < percent for _ in range(posts))))
    return numpy.array(rows, dtype=float)


class Binomial(BaseCost):
    model = ""
    min_size = 3

    def __init__(self, design):
        self.design = design

    def fit(self, signal):
        self.signal = signal
        return self

    def error(self, start, end):
        n, k = self.signal[start:end].sum(axis=0)
        return -2 * sum(x * math.log(x / n) for x in (k, n - k) if x > 0) / self.design


def changes(series, design):
    cost = Binomial(design).fit(series)
    penalty = 2 * math.log(len(series))
    search = ruptures.Pelt(custom_cost=Binomial(design), min_size=3, jump=1).fit(series)
    ends = search.predict(pen=penalty)
    breaks = ends[:-1]
    if breaks:  # the same number again by Dynp: exact, without pruning
        exact = ruptures.Dynp(custom_cost=Binomial(design), min_size=3, jump=1).fit(series)
        assert exact.predict(n_bkps=len(breaks)) == ends
    return breaks, sum(cost.error(a, b) for a, b in zip([0] + breaks, ends))


def monotone(values):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fit = pymannkendall.hamed_rao_modification_test(values)
    return [fit.s, fit.Tau, fit.var_s, fit.z, fit.p, fit.slope, fit.intercept]


def number(value):
    return "NAN" if math.isnan(value) else repr(float(value))


print(f"/* ruptures {ruptures.__version__}, pymannkendall {pymannkendall.__version__}: see series.py */")
for seed, buckets, most, percents, design in SERIES:
    rows = counts(seed, buckets, most, percents)
    breaks, cost = changes(rows, design)
    with numpy.errstate(invalid="ignore", divide="ignore"):
        shares = rows[:, 1] / rows[:, 0]
    padded = percents + [0] * (4 - len(percents))
    print(
        f"{{{seed}, {buckets}, {most}, {len(percents)}, {{{', '.join(map(str, padded))}}}, {design}, "
        f"{len(breaks)}, {{{', '.join(map(str, breaks)) or 0}}}, {float(cost)!r}, "
        f"{{{', '.join(map(number, monotone(shares)))}}}}},"
    )

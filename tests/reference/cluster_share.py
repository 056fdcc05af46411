#!/usr/bin/env python3
"""Reference values for tests/unit/test_query_share.c, from statsmodels.

Run: pip install statsmodels; python3 tests/reference/cluster_share.py

The data come from a small generator that the test repeats (64-bit LCG, upper 31 bits). The
variance is that of the constant in a regression of y on nothing else, with two-way clustered
errors by author and thread (Cameron, Gelbach and Miller; statsmodels' cov_cluster, as R's
sandwich::vcovCL(~ author + thread)); the interval is Wilson's for n_eff = p (1 - p) / V.
"""
import numpy
import statsmodels
import statsmodels.api as sm
from statsmodels.stats.proportion import proportion_confint

CASES = [  # seed, posts, authors, threads, percent tagged, percent by author, percent by thread
    (1, 400, 60, 80, 20, 0, 0),
    (2, 1000, 100, 150, 10, 40, 0),
    (3, 1000, 100, 150, 10, 0, 60),
    (4, 2000, 45, 400, 30, 30, 30),
    (5, 300, 40, 35, 3, 0, 50),
    (6, 5000, 700, 900, 55, 10, 20),
]


def generator(seed):
    state = seed
    while True:
        state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
        yield state >> 33


def draw(seed, posts, authors, threads, percent, by_author, by_thread):
    """Tags are drawn anew, or copied from a hash of the author or of the thread."""
    numbers = generator(seed)
    rows = []
    for _ in range(posts):
        a, b = next(numbers) % authors, next(numbers) % authors
        author, thread = min(a, b), next(numbers) % threads
        which, chance = next(numbers) % 100, next(numbers) % 100
        if which < by_author:
            chance = author * 7919 % 100
        elif which < by_author + by_thread:
            chance = thread * 6101 % 100
        rows.append((author, thread, int(chance < percent)))
    return numpy.array(rows)


print(f"/* statsmodels {statsmodels.__version__} */")
for case in CASES:
    rows = draw(*case)
    y, n = rows[:, 2].astype(float), len(rows)
    fit = sm.OLS(y, numpy.ones(n)).fit(
        cov_type="cluster", cov_kwds={"groups": rows[:, :2], "use_correction": True}
    )
    p, variance = float(y.mean()), float(fit.cov_params()[0, 0])
    effective = p * (1 - p) / variance
    low, high = map(float, proportion_confint(p * effective, effective, alpha=0.05, method="wilson"))
    design = variance / (p * (1 - p) / n)
    print(f"    {{{', '.join(map(str, case))}, {int(y.sum())}, {p!r}, {low!r}, {high!r}, {design!r}}},")

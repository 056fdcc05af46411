#!/usr/bin/env python3
"""Reference values of test_statistics_tests.c: statsmodels' multipletests, scipy's normal quantile
and two one-sided tests.

    pip install scipy statsmodels; python3 tests/reference/many_tests.py >tests/reference/many_tests.inc
"""
import scipy
import statsmodels
from scipy.stats import norm
from statsmodels.stats.multitest import multipletests

P = [0.0004, 0.03, 0.2, 0.009, 0.012, 0.04, 0.9, 0.0004, 0.5, 0.011]
QUANTILES = [1e-300, 1e-20, 1e-9, 0.001, 0.025, 0.07, 0.075, 0.3, 0.5, 0.6, 0.9249, 0.95, 0.9999]
EQUIVALENCE = [(0.01, 0.0001, 0.03), (-0.02, 0.0001, 0.03), (0.04, 0.0001, 0.03), (0, 4e-4, 0.05)]


def row(values):
    return ", ".join(repr(float(value)) for value in values)


def two_one_sided(difference, variance, margin):
    error = variance**0.5
    return max(norm.sf((difference + margin) / error), norm.cdf((difference - margin) / error))


print(f"/* statsmodels {statsmodels.__version__}, scipy {scipy.__version__}: see many_tests.py */")
print(f"static const double given[] = {{{row(P)}}};")
print(f"static const double by_holm[] = {{{row(multipletests(P, method='holm')[1])}}};")
print(f"static const double by_share[] = {{{row(multipletests(P, method='fdr_bh')[1])}}};")
print("static const double quantiles[][2] = {")
for p in QUANTILES:
    print(f"    {{{row((p, norm.ppf(p)))}}},")
print("};")
print("static const double equivalence[][4] = {")
for case in EQUIVALENCE:
    print(f"    {{{row((*case, two_one_sided(*case)))}}},")
print("};")

#!/usr/bin/env python3
"""Reference values of test_statistics_contrast.c.

    pip install numpy; python3 tests/reference/contrast.py >tests/reference/contrast.inc

Log-odds with an informative Dirichlet prior: equations 15 to 22 of Monroe, Colaresi and Quinn
(2008), word by word (the package fightin-words 1.0.5, which has the same, needs Python 2). The
decomposition is written down from its definition, with fractions, so that it is exact.
"""
from fractions import Fraction

import numpy

from draws import draw

BEFORE = numpy.array([40.0, 3, 0, 100, 12])
AFTER = numpy.array([25.0, 19, 7, 160, 12])
PRIORS = {"flat": numpy.full(5, 0.5), "both": BEFORE + AFTER}
CASES = [(41, 1200, 150, 100, 2, 20, 30, 30, 20), (42, 300, 250, 90, 2, 40, 10, 0, 0)]


def prominence(prior):
    def omega(counts):
        return (counts + prior) / (counts.sum() + prior.sum() - counts - prior)

    delta = numpy.log(omega(AFTER)) - numpy.log(omega(BEFORE))
    variance = 1 / (AFTER + prior) + 1 / (BEFORE + prior)
    return delta, delta / numpy.sqrt(variance)


def decompose(rows):
    """By author. All but `came` and `left` is Kitagawa's; these two take the mean of the shares."""
    posts, tagged = ({}, {}), ({}, {})
    for author, _, window, tag in rows:
        posts[window][author] = posts[window].get(author, 0) + 1
        tagged[window][author] = tagged[window].get(author, 0) + tag
    n = [sum(p.values()) for p in posts]
    before, after = (Fraction(sum(tagged[i].values()), n[i]) for i in (0, 1))
    middle = (before + after) / 2

    def rate(window, author):
        return Fraction(tagged[window][author], posts[window][author])

    def weight(window, author):
        return Fraction(posts[window][author], n[window])

    stayed = posts[0].keys() & posts[1].keys()
    came, left = posts[1].keys() - stayed, posts[0].keys() - stayed
    parts = [
        sum((weight(0, a) + weight(1, a)) / 2 * (rate(1, a) - rate(0, a)) for a in stayed),
        sum((weight(1, a) - weight(0, a)) * ((rate(0, a) + rate(1, a)) / 2 - middle) for a in stayed),
        sum(weight(1, a) * (rate(1, a) - middle) for a in came),
        -sum(weight(0, a) * (rate(0, a) - middle) for a in left),
    ]
    assert sum(parts) == after - before
    return [after - before, *parts], [len(stayed), len(came), len(left)]


def row(values):
    return ", ".join(repr(float(value)) for value in values)


print("/* see contrast.py */")
print(f"static const double before[] = {{{row(BEFORE)}}};")
print(f"static const double after[] = {{{row(AFTER)}}};")
for name, prior in PRIORS.items():
    odds, z = prominence(prior)
    print(f"static const double {name}_prior[] = {{{row(prior)}}};")
    print(f"static const double {name}_odds[] = {{{row(odds)}}};")
    print(f"static const double {name}_z[] = {{{row(z)}}};")
print("static const struct reference references[] = {")
for case in CASES:
    parts, groups = decompose(draw(*case))
    print(f"    {{{{{', '.join(map(str, case))}}}, {row(parts)}, {', '.join(map(str, groups))}}},")
print("};")

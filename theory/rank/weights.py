"""Laws of a weight with a few rational values: every mean over a layer is a finite sum."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import product
from math import prod

from depthlaw.theory.errors import ArgumentError, positive
from depthlaw.theory.network.weight_law import WeightLaw


def rows(law: WeightLaw, width: int) -> Iterator[tuple[Fraction, tuple[Fraction, ...]]]:
    """Yield every row of `width` independent entries, with its probability.

    >>> sum(p for p, _ in rows(THREE_VALUED, 2)) == 1
    True
    """
    weighted = list(zip(law.values, law.probabilities, strict=True))
    for entries in product(weighted, repeat=width):
        yield prod((p for _, p in entries), start=Fraction(1)), tuple(w for w, _ in entries)


def two_valued(high: Fraction | int) -> WeightLaw:
    """Return the law on `high` > 0 and −1/`high`: every law with two values is one of these.

    Its third moment is `high` − 1/`high`; it is symmetric iff `high` is 1.

    >>> two_valued(Fraction(5, 3)).moment(3) == Fraction(5, 3) - Fraction(3, 5)
    True
    """
    a = Fraction(positive("high", high))
    rare = 1 / (1 + a * a)
    name = "±1" if a == 1 else f"{a} or −{1 / a}"
    return WeightLaw((a, -1 / a), (rare, 1 - rare), name)


def three_valued(high: Fraction | int) -> WeightLaw:
    """Return the symmetric law on 0 and ±`high`, `high` > 1, of fourth moment `high`².

    >>> three_valued(Fraction(3, 2)).moment(4) == Fraction(9, 4)
    True
    """
    a = Fraction(high)
    if a <= 1:
        raise ArgumentError("high", high, "it must be above 1, since the variance is 1")
    rare = 1 / (2 * a * a)
    return WeightLaw((-a, Fraction(0), a), (rare, 1 - 2 * rare, rare), f"0 or ±{a}")


RADEMACHER = two_valued(1)
"""Symmetric, the smallest fourth moment at variance 1."""
THREE_VALUED = three_valued(2)
"""Symmetric, fourth moment 4: the γ⁴ term is not that of ±1."""
SKEWED = two_valued(2)
"""Not symmetric: third moment 3/2."""

"""Sums, quotients and logarithms of numbers that are enclosed or computed, errors carried on."""

from __future__ import annotations

import math
from collections.abc import Iterable
from fractions import Fraction

from flint import arb

from depthlaw.theory.rigorous.balls import ball
from depthlaw.theory.values import Enclosure, Numeric

Known = Enclosure | Numeric


def total(values: Iterable[Known]) -> Known:
    """Return the sum.

    >>> total([Enclosure.of(1), Enclosure.of(2)]).contains(3)
    True
    """
    found = list(values)
    balls = [value.ball for value in found if isinstance(value, Enclosure)]
    if len(balls) == len(found):
        return Enclosure(sum(balls, start=arb(0)))
    return Numeric(sum(map(middle, found)), sum(map(radius, found)))


def quotient(above: Known, below: Known) -> Known:
    """Return a/b."""
    if isinstance(above, Enclosure) and isinstance(below, Enclosure):
        return Enclosure(above.ball / below.ball)
    a, b = middle(above), middle(below)
    return Numeric(a / b, abs(a / b) * (radius(above) / abs(a) + radius(below) / abs(b)))


def logarithm(value: Known) -> Known:
    """Return log x."""
    if isinstance(value, Enclosure):
        return Enclosure(value.ball.log())
    return Numeric(math.log(value.number), value.error / abs(value.number))


def times(value: Known, factor: Fraction) -> Known:
    """Return x times a fraction."""
    if isinstance(value, Enclosure):
        return Enclosure(value.ball * ball(factor))
    return Numeric(value.number * float(factor), value.error * float(factor))


def middle(value: Known) -> float:
    """Return the middle of an enclosure, or the number that was computed."""
    return float(value.ball.mid()) if isinstance(value, Enclosure) else float(value.number)


def radius(value: Known) -> float:
    """Return how far it may be from its middle, as far as that is known."""
    return float(value.ball.rad()) if isinstance(value, Enclosure) else float(value.error)

"""Roots of a function that is enclosed on an interval together with its derivative, all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum

from flint import arb


@dataclass(frozen=True)
class Local:
    """W(t), a positive multiple of V(q) − q, on an interval of a parameter t of q.

    Attributes
    ----------
    low, high
        The interval, exact. The enclosures hold a little beyond it, too.
    value, slope
        Balls around W and dW/dt over a ball of t.
    variance, steepness
        q(t), increasing, and V′(q(t)) − 1.
    """

    low: arb
    high: arb
    value: Callable[[arb], arb]
    slope: Callable[[arb], arb]
    variance: Callable[[arb], arb]
    steepness: Callable[[arb], arb]


class Finding(Enum):
    """What is known of W on a part of the interval."""

    POSITIVE = 1
    NEGATIVE = -1
    ROOT = 2
    """Exactly one root lies in the part."""
    DOUBTFUL = 0
    """Neither a sign nor a root could be proved."""


def isolate(local: Local) -> Iterator[tuple[Finding, arb]]:
    """Yield what is known of W, from the low end to the high end of the interval.

    A part is settled where W has a sign, or where it is monotone with signs at its ends; else it
    is halved, on a logarithmic scale if it lies above 0.

    Examples
    --------
    >>> square = Local(arb(1), arb(2), lambda t: t * t - 2, lambda t: 2 * t, arb, arb)
    >>> [finding.name for finding, _ in isolate(square)]
    ['NEGATIVE', 'ROOT', 'POSITIVE']
    """
    yield from _search(local, local.low, local.high, 60)


def _search(f: Local, low: arb, high: arb, depth: int) -> Iterator[tuple[Finding, arb]]:
    whole = low.union(high)
    centre, steep = arb(whole.mid()), f.slope(whole)
    for value in (f.value(whole), f.value(centre) + steep * (whole - centre)):
        if value > 0 or value < 0:
            yield _sign(value), whole
            return
    if steep > 0 or steep < 0:
        ends = f.value(low), f.value(high)
        if all(value > 0 or value < 0 for value in ends):
            if _sign(ends[0]) is _sign(ends[1]):
                yield _sign(ends[0]), whole
            else:
                yield _sign(ends[0]), low
                yield Finding.ROOT, whole
                yield _sign(ends[1]), high
            return
    if depth <= 0 or not high - low > abs(high) * arb(2) ** -60:
        # The root may sit on the common end of two parts: look a little beyond.
        step = (high - low) / 4
        wide_low, wide_high = arb((low - step).mid()), arb((high + step).mid())
        steep = f.slope(wide_low.union(wide_high))
        ends = f.value(wide_low), f.value(wide_high)
        if (steep > 0 or steep < 0) and ends[0] * ends[1] < 0:
            yield _sign(ends[0]), wide_low
            yield Finding.ROOT, wide_low.union(wide_high)
            yield _sign(ends[1]), wide_high
        else:
            yield Finding.DOUBTFUL, whole
        return
    middle = (low * high).sqrt() if low > 0 and high > 2 * low else (low + high) / 2
    cut = arb(middle.mid())
    yield from _search(f, low, cut, depth - 1)
    yield from _search(f, cut, high, depth - 1)


def _sign(value: arb) -> Finding:
    return Finding.POSITIVE if value > 0 else Finding.NEGATIVE

"""An end of a range that was computed in floating point is that end."""

from __future__ import annotations

import math
from collections.abc import Mapping
from fractions import Fraction

from depthlaw.theory.claim.check import ParameterValue
from depthlaw.theory.claim.parameter import Assumption
from depthlaw.theory.errors import plain, rounding


def at_end(
    assumption: Assumption, accepted: dict[str, ParameterValue], given: Mapping[str, object]
) -> dict[str, ParameterValue]:
    """Return the parameters with one float moved to the end of its range, if that is near enough.

    What an assumption asks is a condition, not an interval: its end is looked for as the simplest
    fraction within the rounding of the float, or, where that is none (the end is a root), among the
    floats next to it.
    """
    for name, value in given.items():
        number = plain(value)
        if not isinstance(number, float) or not isinstance(accepted[name], Fraction):
            continue
        exact = Fraction(number)
        slack = rounding(value) * abs(exact)
        near = simplest(exact - slack, exact + slack)
        candidates = [near]
        if near.denominator > 2**26:
            candidates += [exact - slack, exact + slack]
        for candidate in candidates:
            moved = {**accepted, name: candidate}
            if assumption.holds(moved):
                return moved
    return accepted


def simplest(low: Fraction, high: Fraction) -> Fraction:
    """Return the fraction of the smallest denominator in [low, high]."""
    if low <= 0 <= high:
        return Fraction(0)
    if high < 0:
        return -simplest(-high, -low)
    whole = math.ceil(low)
    if whole <= high:
        return Fraction(whole)
    below = whole - 1
    return below + 1 / simplest(1 / (high - below), 1 / (low - below))

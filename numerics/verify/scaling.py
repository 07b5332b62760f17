"""Checks whose quantity is an exponent: a log-log slope through medians."""

from __future__ import annotations

import math
from collections.abc import Sequence

from flint import arb

from depthlaw.numerics.verify.conditions import Conditions
from depthlaw.numerics.verify.finding import Finding
from depthlaw.numerics.verify.medians import Interval, follow
from depthlaw.theory.claim.check import Check, Scaling
from depthlaw.theory.claim.claim import WORKING_BITS, Claim, Sides
from depthlaw.theory.rigorous.balls import float_bounds, precision


def fit(
    claim: Claim,
    check: Check,
    quantity: Scaling,
    sides: Sides,
    terms: Conditions,
) -> Finding:
    """Fit the slope by least squares through the logarithms of the medians.

    The slope is linear in the logarithms, so its interval follows from those of the medians.
    """
    return follow(
        claim,
        check,
        quantity.measured,
        lambda medians: _slope(quantity.sizes, medians),
        sides,
        terms,
    )


def _slope(sizes: Sequence[int], medians: Sequence[Interval]) -> Interval:
    """Return the least-squares slope and the ends of its interval, rounded outwards."""
    with precision(WORKING_BITS):
        x = [arb(size).log() for size in sizes]
        mean = sum(x, start=arb(0)) / len(x)
        # A product: a ball around 0, the middle of an odd number of sizes, has no power.
        spread = sum(((point - mean) * (point - mean) for point in x), start=arb(0))
        weights = [(point - mean) / spread for point in x]
        terms = list(zip(weights, medians, strict=True))
        slope = sum((w * arb(middle).log() for w, (middle, _, _) in terms), start=arb(0))
        least, largest = arb(0), arb(0)
        for weight, (_, low, high) in terms:
            if not (low > 0 and math.isfinite(high)):
                return float(slope), -math.inf, math.inf
            ends = (weight * arb(low).log(), weight * arb(high).log())
            least, largest = least + ends[0].min(ends[1]), largest + ends[0].max(ends[1])
        return float(slope), float_bounds(least)[0], float_bounds(largest)[1]

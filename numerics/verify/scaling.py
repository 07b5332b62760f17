"""Checks whose quantity is an exponent: a log-log slope through medians."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
from flint import arb

from depthlaw.numerics.quantile import median_bounds
from depthlaw.numerics.verify.finding import Finding
from depthlaw.numerics.verify.terms import Terms
from depthlaw.theory.claim.check import Check, ParameterValue, Scaling
from depthlaw.theory.claim.claim import WORKING_BITS, Claim
from depthlaw.theory.claim.outcome import Outcome
from depthlaw.theory.rigorous.balls import float_bounds, precision
from depthlaw.theory.values import Estimate


def fit(
    claim: Claim,
    check: Check,
    quantity: Scaling,
    accepted: Mapping[str, ParameterValue],
    terms: Terms,
) -> Finding:
    """Fit the slope by least squares through the logarithms of the medians.

    Each median gets an equal share of the level, so all their intervals hold together, and with
    them that of the slope, which is linear in the logarithms.
    """
    with precision(WORKING_BITS):
        bound, trivial = claim.bound_at(accepted), claim.trivial_at(accepted)
        vacuous = claim.sense.vacuous(bound, trivial)
    replicas = check.replicas * terms.budget.replicas_factor
    most = replicas * len(quantity.sizes)
    medians, degenerate, route = [], 0, ""
    for place, experiment in enumerate(quantity.measured):
        run = terms.draw(experiment, replicas=replicas, branch=(place + 1,))
        samples = experiment.per_replica(run.values)
        share = terms.level / len(quantity.sizes)
        medians.append((float(np.median(samples)), *median_bounds(samples, level=share)))
        degenerate += int(run.degenerate.sum())
        route = str(run.route)
        terms.sampled(replicas * (place + 1), most)
    value = Estimate(*_slope(quantity.sizes, medians), terms.level, most, terms.seed)
    comparison = claim.sense.compare(value, bound, check.resolution)
    return Finding(
        value,
        bound,
        trivial,
        comparison,
        vacuous,
        Outcome.SUPPORTED,
        most,
        route,
        degenerate,
    )


def _slope(
    sizes: Sequence[int], medians: Sequence[tuple[float, float, float]]
) -> tuple[float, float, float]:
    """Return the least-squares slope and the ends of its interval, rounded outwards."""
    with precision(WORKING_BITS):
        x = [arb(size).log() for size in sizes]
        mean = sum(x, start=arb(0)) / len(x)
        spread = sum(((point - mean) ** 2 for point in x), start=arb(0))
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

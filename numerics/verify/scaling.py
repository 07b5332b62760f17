"""Checks whose quantity is an exponent: a log-log slope through medians."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
from flint import arb
from numpy.typing import NDArray

from depthlaw.numerics.quantile import median_bounds
from depthlaw.numerics.verify.finding import Finding
from depthlaw.numerics.verify.terms import Terms
from depthlaw.theory.claim.check import Check, ParameterValue, Scaling
from depthlaw.theory.claim.claim import WORKING_BITS, Claim
from depthlaw.theory.claim.outcome import Outcome
from depthlaw.theory.claim.sense import Comparison
from depthlaw.theory.rigorous.balls import float_bounds, precision
from depthlaw.theory.values import Estimate

Array = NDArray[np.float64]


def fit(
    claim: Claim,
    check: Check,
    quantity: Scaling,
    accepted: Mapping[str, ParameterValue],
    terms: Terms,
) -> Finding:
    """Fit the slope by least squares through the logarithms of the medians.

    Looks are planned at 1, 2, 4, … times the check's replicas, up to the budget. The level is
    divided among the looks, and at each among the medians, so that all intervals hold together,
    and with them that of the slope, which is linear in the logarithms.
    """
    with precision(WORKING_BITS):
        bound, trivial = claim.bound_at(accepted), claim.trivial_at(accepted)
        vacuous = claim.sense.vacuous(bound, trivial)
    looks = terms.budget.replicas_factor.bit_length()
    share = terms.level / (looks * len(quantity.sizes))
    most = (check.replicas << (looks - 1)) * len(quantity.sizes)
    samples: list[list[Array]] = [[] for _ in quantity.sizes]
    degenerate, drawn, route = 0, 0, ""
    for look in range(looks):
        replicas = check.replicas << max(look - 1, 0)
        for place, experiment in enumerate(quantity.measured):
            run = terms.draw(experiment, replicas=replicas, first=drawn, branch=(place + 1,))
            samples[place].append(experiment.per_replica(run.values))
            degenerate += int(run.degenerate.sum())
            route = str(run.route)
        drawn += replicas
        terms.sampled(drawn * len(quantity.sizes), most)
        together = [np.concatenate(parts) for parts in samples]
        medians = [(float(np.median(part)), *median_bounds(part, level=share)) for part in together]
        slope = _slope(quantity.sizes, medians)
        value = Estimate(*slope, terms.level, drawn * len(quantity.sizes), terms.seed)
        comparison = claim.sense.compare(value, bound, check.resolution)
        if comparison is not Comparison.UNDECIDED or vacuous:
            break
    return Finding(
        value,
        bound,
        trivial,
        comparison,
        vacuous,
        Outcome.SUPPORTED,
        drawn * len(quantity.sizes),
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

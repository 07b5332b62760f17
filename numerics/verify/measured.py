"""Checks whose quantity is the mean of a bounded number over simulated trajectories."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from depthlaw.numerics.confidence import MeanBounds, binomial_bounds
from depthlaw.numerics.verify.finding import Finding
from depthlaw.numerics.verify.terms import Terms
from depthlaw.numerics.verify.verdict import AssumptionRecord
from depthlaw.theory.claim.check import Check, Measured, ParameterValue, PathAssumption
from depthlaw.theory.claim.claim import Claim
from depthlaw.theory.claim.outcome import Outcome
from depthlaw.theory.claim.sense import Comparison


def sample(
    claim: Claim,
    check: Check,
    quantity: Measured,
    accepted: Mapping[str, ParameterValue],
    terms: Terms,
) -> Finding:
    """Sample in doubling rounds until the comparison is decided or the budget ends.

    The confidence sequence is valid at every look, so looking after each round costs nothing. A
    vacuous bound is not worth more than one round.
    """
    sides = claim.sides(accepted)
    bound, trivial, vacuous = sides.bound, sides.trivial, sides.vacuous
    most = check.replicas * terms.budget.replicas_factor
    drawn, size = 0, max(8, check.replicas // 16)
    evidence = MeanBounds(lowest=quantity.lowest, highest=quantity.highest, level=terms.level)
    statistics: list[NDArray[np.float64]] = []
    degenerate = 0
    while True:
        size = min(size, most - drawn)
        run = terms.draw(quantity, replicas=size, first=drawn)
        samples = quantity.per_replica(run.values)
        if quantity.assumption is not None:
            statistics.append(quantity.assumption.statistic(run.values))
            samples = np.where(statistics[-1] >= quantity.assumption.threshold, samples, 0.0)
        evidence = evidence.update(samples)
        drawn += size
        degenerate += int(run.degenerate.sum())
        terms.sampled(drawn, most)
        value = evidence.estimate(terms.seed)
        comparison = claim.sense.compare(value, bound, check.resolution)
        if comparison is not Comparison.UNDECIDED or vacuous or drawn >= most:
            break
        size = drawn
    record = (
        _record(quantity.assumption, np.concatenate(statistics), terms.level)
        if quantity.assumption is not None
        else None
    )
    return Finding(
        value,
        bound,
        trivial,
        comparison,
        vacuous,
        Outcome.SUPPORTED,
        drawn,
        str(run.route),
        degenerate,
        record,
    )


def _record(
    assumption: PathAssumption, seen: NDArray[np.float64], level: float
) -> AssumptionRecord:
    held = int((seen >= assumption.threshold).sum())
    lower, upper = binomial_bounds(held, len(seen), level=level)
    return AssumptionRecord(
        assumption.name,
        assumption.threshold,
        held,
        len(seen),
        lower,
        upper,
        float(seen.min()),
    )

"""Checks whose quantity is the mean of a bounded number over simulated trajectories."""

from __future__ import annotations

import numpy as np
from flint import arb
from numpy.typing import NDArray

from depthlaw.numerics.estimation.confidence import MeanBounds
from depthlaw.numerics.verify.check_verdict import AssumptionRecord
from depthlaw.numerics.verify.conditions import Conditions, contribution
from depthlaw.numerics.verify.finding import Finding
from depthlaw.theory.claim.check import Check, Measured, PathAssumption
from depthlaw.theory.claim.claim import Claim, Sides
from depthlaw.theory.claim.outcome import Outcome
from depthlaw.theory.claim.sense import Comparison
from depthlaw.theory.values import Asymptotic, Enclosure, Value

RECORD_SHARE = 1 / 16
"""Part of a check's level that goes to the interval for the probability of its assumption."""


def sample(
    claim: Claim,
    check: Check,
    quantity: Measured,
    sides: Sides,
    terms: Conditions,
) -> Finding:
    """Sample in rounds, each half of all before, until it is decided or the budget ends.

    The confidence sequence is valid at every look, so looking after each round costs nothing. A
    vacuous bound is not worth more than one round.

    Where trajectories must meet an assumption, its probability gets an interval too, and the level
    is split between the two: what a verdict prints holds together at the level of the check.
    """
    assumption = quantity.assumption
    most = check.replicas * terms.budget.replicas_factor
    drawn, size = 0, max(8, check.replicas // 16)
    share = terms.level * RECORD_SHARE if assumption is not None else 0.0
    evidence = MeanBounds(
        lowest=quantity.lowest, highest=quantity.highest, level=terms.level - share
    )
    record: AssumptionRecord | None = None
    statistics: list[NDArray[np.float64]] = []
    degenerate = 0
    while True:
        size = min(size, most - drawn)
        run = terms.draw(quantity, replicas=size, first=drawn)
        samples = contribution("per_replica", quantity.per_replica, run, pairs=assumption is None)
        if assumption is not None:
            statistics.append(contribution("statistic", assumption.statistic, run))
            samples = np.where(statistics[-1] >= assumption.threshold, samples, 0.0)
            record = _record(assumption, np.concatenate(statistics), share)
        evidence = evidence.update(samples)
        drawn += size
        degenerate += int(run.degenerate.sum())
        terms.sampled(drawn, most)
        value = evidence.estimate(terms.seed)
        comparison = _compare(claim, value, sides.bound, check, record)
        if comparison is not Comparison.UNDECIDED or sides.vacuous or drawn >= most:
            break
        size = max(size, drawn // 4 * 2)  # even: trajectories may contribute in pairs
    return Finding(
        value,
        sides,
        comparison,
        Outcome.SUPPORTED,
        drawn,
        str(run.route),
        degenerate,
        record,
    )


def _compare(
    claim: Claim, value: Value, bound: Value, check: Check, record: AssumptionRecord | None
) -> Comparison:
    """Compare; what was measured under an assumption is E[X; A], 0 on the other trajectories.

    E[X; A] above an upper bound refutes it, read as a bound on E[X; A] as well as on E[X | A].
    Below a lower bound, or off an equality, it may be so because A is rare: E[X | A] = b means
    E[X; A] = b·P(A). So that is a refutation only where no P(A) within its interval explains it.
    """
    resolution = claim.resolution(check)
    comparison = claim.compare(value, bound, resolution)
    if comparison is not Comparison.FAILS or record is None:
        return comparison
    explained: Value = Enclosure(bound.ball * arb(record.lower).union(arb(1)))
    if isinstance(bound, Asymptotic):
        explained = Asymptotic(Enclosure(explained.ball), bound.remainder)
    if claim.compare(value, explained, resolution) is Comparison.FAILS:
        return comparison
    return Comparison.UNDECIDED


def _record(
    assumption: PathAssumption, seen: NDArray[np.float64], level: float
) -> AssumptionRecord:
    met = seen >= assumption.threshold
    # Sampling stops when the comparison is decided, not at a size fixed before: an exact binomial
    # interval would not be valid, one that holds at every look is.
    evidence = MeanBounds(lowest=0, highest=1, level=level, rounding=0)
    lower, upper = evidence.update(met.astype(np.float64)).interval()
    held = int(met.sum())
    return AssumptionRecord(
        assumption.name,
        assumption.threshold,
        held,
        len(seen),
        lower,
        upper,
        float(seen.min()),
        level,
    )

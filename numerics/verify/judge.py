"""One check: find its quantity, compare, and say what that means."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from depthlaw.numerics.confidence import MeanBounds, binomial_bounds
from depthlaw.numerics.simulate import simulate
from depthlaw.numerics.verify.verdict import AssumptionRecord, CheckVerdict, Tightness
from depthlaw.theory.claim.check import Budget, Check, Computed, Measured, ParameterValue
from depthlaw.theory.claim.claim import WORKING_BITS, Claim
from depthlaw.theory.claim.outcome import Outcome
from depthlaw.theory.claim.sense import Comparison
from depthlaw.theory.errors import ArgumentError
from depthlaw.theory.rigorous.balls import precision
from depthlaw.theory.values import Value

MOST_BITS = 2048
"""A computed quantity that is still undecided at this precision is left undecided."""


@dataclass(frozen=True)
class Terms:
    """The conditions under which one check is judged.

    `level` is this check's share of the run's error probability; `sampled` is told the number of
    trajectories drawn so far and the most that may be drawn.
    """

    level: float
    seed: int
    budget: Budget
    executor: Executor | None
    sampled: Callable[[int, int], None]


def judge(claim: Claim, check: Check, terms: Terms) -> CheckVerdict:
    """Return the verdict on one check of a claim."""
    try:
        accepted = claim.accept(check.parameters)
    except ArgumentError as error:
        return CheckVerdict(check.label, check.parameters, Outcome.ASSUMPTION_FAILED, str(error))
    if isinstance(check.quantity, Computed):
        return _judge_computed(claim, check, check.quantity, accepted)
    return _judge_measured(claim, check, check.quantity, accepted, terms)


def _judge_computed(
    claim: Claim, check: Check, quantity: Computed, accepted: Mapping[str, ParameterValue]
) -> CheckVerdict:
    bits = WORKING_BITS
    while True:
        with precision(bits):
            value, bound = quantity.compute(), claim.bound_at(accepted)
            trivial = claim.trivial_at(accepted)
            comparison = claim.sense.compare(value, bound, check.resolution)
            vacuous = claim.sense.vacuous(bound, trivial)
            tightness = Tightness.of(claim.sense, value, bound)
        if comparison is not Comparison.UNDECIDED or bits >= MOST_BITS:
            break
        bits *= 2
    outcome = _outcome(comparison, vacuous, Outcome.CERTIFIED)
    return CheckVerdict(
        check.label,
        accepted,
        outcome,
        _advice(claim, outcome, value, bound, trivial, tightness),
        value,
        bound,
        trivial,
        tightness,
    )


def _outcome(comparison: Comparison, vacuous: bool, agreement: Outcome) -> Outcome:
    if comparison is Comparison.FAILS:
        return Outcome.REFUTED
    if vacuous:
        return Outcome.VACUOUS
    return agreement if comparison is Comparison.HOLDS else Outcome.INCONCLUSIVE


def _judge_measured(
    claim: Claim,
    check: Check,
    quantity: Measured,
    accepted: Mapping[str, ParameterValue],
    terms: Terms,
) -> CheckVerdict:
    """Sample in doubling rounds until the comparison is decided or the budget ends.

    The confidence sequence is valid at every look, so looking after each round costs nothing.
    """
    with precision(WORKING_BITS):
        bound, trivial = claim.bound_at(accepted), claim.trivial_at(accepted)
        vacuous = claim.sense.vacuous(bound, trivial)
    most = check.replicas * terms.budget.replicas_factor
    drawn, size = 0, max(8, check.replicas // 16)
    evidence = MeanBounds(lowest=quantity.lowest, highest=quantity.highest, level=terms.level)
    statistics: list[NDArray[np.float64]] = []
    degenerate, route = 0, ""
    while True:
        size = min(size, most - drawn)
        run = simulate(
            quantity.network,
            depth=quantity.depth,
            replicas=size,
            seed=stream(claim, check, terms.seed),
            initial_gram=quantity.initial_gram,
            observables=quantity.observables,
            executor=terms.executor,
            first_replica=drawn,
        )
        samples = quantity.per_replica(run.values)
        if quantity.assumption is not None:
            statistics.append(quantity.assumption.statistic(run.values))
            samples = np.where(statistics[-1] >= quantity.assumption.threshold, samples, 0.0)
        evidence = evidence.update(samples)
        drawn += size
        degenerate += int(run.degenerate.sum())
        route = str(run.route)
        terms.sampled(drawn, most)
        value = evidence.estimate(terms.seed)
        comparison = claim.sense.compare(value, bound, check.resolution)
        if comparison is not Comparison.UNDECIDED or vacuous or drawn >= most:
            break
        size = drawn
    record = _assumption_record(quantity, statistics, terms.level)
    outcome = _outcome(comparison, vacuous, Outcome.SUPPORTED)
    if record is not None and 2 * record.held < record.trials:
        outcome = Outcome.ASSUMPTION_FAILED
    tightness = Tightness.of(claim.sense, value, bound)
    advice = _advice(claim, outcome, value, bound, trivial, tightness)
    if record is not None:
        advice += (
            f"; {record.name} held on {record.held} of {record.trials} trajectories, "
            f"up to {record.largest_that_held:.4g} on all"
        )
    return CheckVerdict(
        check.label,
        accepted,
        outcome,
        advice,
        value,
        bound,
        trivial,
        tightness,
        drawn,
        route,
        degenerate,
        record,
    )


def stream(claim: Claim, check: Check, seed: int) -> tuple[int, ...]:
    """Return the entropy of a check's random streams.

    It depends on the seed, the claim's id and the check's label only: a claim gets the same
    trajectories alone and in a run of the whole registry, and so does its negative control.
    """
    digest = hashlib.sha256(f"{claim.id}/{check.label}".encode()).digest()
    return (seed, *(int.from_bytes(digest[k : k + 4], "big") for k in range(0, 16, 4)))


def _assumption_record(
    quantity: Measured, statistics: list[NDArray[np.float64]], level: float
) -> AssumptionRecord | None:
    if quantity.assumption is None:
        return None
    seen = np.concatenate(statistics)
    held = int((seen >= quantity.assumption.threshold).sum())
    lower, upper = binomial_bounds(held, len(seen), level=level)
    return AssumptionRecord(
        quantity.assumption.name,
        quantity.assumption.threshold,
        held,
        len(seen),
        lower,
        upper,
        float(seen.min()),
    )


def _advice(
    claim: Claim,
    outcome: Outcome,
    value: Value,
    bound: Value,
    trivial: Value | None,
    tightness: Tightness | None,
) -> str:
    """Return one sentence on what was found and what to do with it."""
    if outcome is Outcome.VACUOUS and trivial is not None:
        extreme = "never exceeds" if claim.sense.value == "upper" else "is never below"
        end = trivial.upper if claim.sense.value == "upper" else trivial.lower
        limit = bound.lower if claim.sense.value == "upper" else bound.upper
        return (
            f"the bound {limit:.3g} says nothing, since the quantity {extreme} {end:.3g}: "
            "do not use it at these parameters"
        )
    if outcome is Outcome.REFUTED:
        return f"the quantity is {value}, against a bound of {bound}: do not rely on this statement"
    if outcome is Outcome.ASSUMPTION_FAILED:
        return "the assumption failed on most trajectories: weaken it, or widen the network"
    if outcome is Outcome.INCONCLUSIVE:
        return f"the quantity is {value}, the bound {bound}: raise the budget to tell them apart"
    if tightness is None:
        return "holds; the quantity may be zero, so there is no ratio"
    if claim.sense.value in ("upper", "lower"):
        return f"holds, and is {tightness.ratio:.3g} times looser than the truth"
    return f"holds: truth over formula is {tightness.ratio:.4g}"

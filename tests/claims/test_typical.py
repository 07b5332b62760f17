"""Claims about a typical value: a median known by order statistics, whatever the law."""

import math
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import sympy as sp
from scipy.stats import chi2

from depthlaw.numerics.verify import verify
from depthlaw.theory.claim import (
    Budget,
    Check,
    Claim,
    Derivation,
    Measured,
    Outcome,
    PathAssumption,
    Sense,
    Source,
    Statement,
    Status,
    Typical,
)
from depthlaw.theory.claim.check import Observed
from depthlaw.theory.claim.parameter import WIDTH
from depthlaw.theory.claim.steps import Argued
from depthlaw.theory.errors import ArgumentError
from depthlaw.theory.network import Linear, Network, gram
from depthlaw.theory.values import Estimate
from depthlaw.theory.writing.symbols import d

WIDTHS = (2, 3, 7)


def log_norm(observed: Observed) -> Any:
    return observed["log"][:, -1]


def one_sample(width: int, assumption: PathAssumption | None = None) -> Measured:
    """log(d·G_11) after one layer of one sample of norm √d: the log of a χ²_d variable."""
    return Measured(
        Network(width, 1, (Linear(),)),
        np.eye(1),
        1,
        {"log": lambda matrices: np.log(width * matrices[:, 0, 0])},
        log_norm,
        -math.inf,
        math.inf,
        assumption,
    )


def median(width: int) -> Fraction:
    """The median of log χ²_d, from another library's quantile."""
    return Fraction(float(np.log(chi2.ppf(0.5, width))))


def resolution(width: int, samples: int) -> Fraction:
    """The half-width of the interval relative to the median: what N samples can tell.

    A median of N samples has the standard error 1/(2f√N), with f the density of log χ² there. At
    level 10^-3 an interval of order statistics reaches 3.3 of them, and its centre lies that far
    from the median at most: 7 in all.
    """
    point = float(chi2.ppf(0.5, width))
    error = 1 / (2 * point * float(chi2.pdf(point, width)) * math.sqrt(samples))
    return Fraction(7 * error) / abs(median(width))


def claim(
    formula: sp.Expr, *, width: int = 7, replicas: int = 2000, sense: Sense = Sense.EQUAL
) -> Claim:
    return Claim(
        id="mine.median",
        title="the median of log χ²",
        statement=Statement(sp.Symbol("m"), sense, formula),
        source=Source("me", "here"),
        status=Status.CONJECTURE,
        expected=Outcome.SUPPORTED,
        parameters=(WIDTH,),
        checks=(
            Check(
                "only",
                {"width": width},
                Typical(one_sample(width)),
                replicas=replicas,
                resolution=resolution(width, replicas),
            ),
        ),
        derivation=lambda: Derivation((Argued("known", "quantiles of χ²"),)),
        control=None,
    )


@pytest.mark.parametrize("width", WIDTHS)
def test_a_known_median_is_found(width: int) -> None:
    verdict = verify(claim(sp.Rational(median(width)), width=width)).verdicts[0]
    assert verdict.outcome is Outcome.SUPPORTED
    value = verdict.checks[0].value
    assert isinstance(value, Estimate)
    assert value.lower <= median(width) <= value.upper
    assert value.lower <= value.mean <= value.upper


def test_the_mean_of_the_same_samples_is_refuted() -> None:
    # E χ²_3 = 3 while its median is 2.37: their logs are told apart by 2 000 samples.
    verdict = verify(claim(sp.log(d), width=3)).verdicts[0]
    assert verdict.outcome is Outcome.REFUTED


@pytest.mark.parametrize(
    ("shift", "sense", "expected"),
    [
        (Fraction(1, 4), Sense.UPPER, Outcome.SUPPORTED),
        (Fraction(1, 4), Sense.LOWER, Outcome.REFUTED),
        (Fraction(-1, 4), Sense.LOWER, Outcome.SUPPORTED),
        (Fraction(-1, 4), Sense.UPPER, Outcome.REFUTED),
        (Fraction(0), Sense.UPPER, Outcome.INCONCLUSIVE),
    ],
)
def test_inequalities_are_decided_by_the_interval(
    shift: Fraction, sense: Sense, expected: Outcome
) -> None:
    verdict = verify(claim(sp.Rational(median(7) + shift), sense=sense)).verdicts[0]
    assert verdict.outcome is expected


def test_too_few_trajectories_for_any_interval_decide_nothing() -> None:
    # With N samples the widest interval is wrong with probability 2^{1−N}: 10 do not reach 10^-3.
    verdict = verify(claim(sp.Integer(100), replicas=10)).verdicts[0]
    assert verdict.outcome is Outcome.INCONCLUSIVE
    value = verdict.checks[0].value
    assert value is not None
    assert (value.lower, value.upper) == (-math.inf, math.inf)


def test_looks_stop_once_decided_and_grow_with_the_budget() -> None:
    decided = verify(claim(sp.Integer(100), replicas=40), budget=Budget.STANDARD).verdicts[0]
    assert decided.samples == 40
    undecided = verify(
        claim(sp.Rational(median(7)), replicas=40, sense=Sense.UPPER), budget=Budget.STANDARD
    ).verdicts[0]
    assert undecided.samples == 40 * Budget.STANDARD.replicas_factor


def test_a_control_is_judged_on_the_same_trajectories() -> None:
    true = claim(sp.Rational(median(7)))
    first = verify(true).verdicts[0].checks[0].value
    second = verify(true.perturbed(Fraction(2))).verdicts[0]
    assert second.outcome is Outcome.REFUTED
    value = second.checks[0].value
    assert isinstance(first, Estimate)
    assert isinstance(value, Estimate)
    assert first.mean == value.mean


def test_an_assumption_on_trajectories_is_refused() -> None:
    never = PathAssumption("gap", lambda observed: observed["log"][:, -1], 0.0)
    with pytest.raises(ArgumentError, match="a median takes all trajectories"):
        Typical(one_sample(3, never))


def test_a_heavy_tail_without_a_mean_is_no_obstacle() -> None:
    """The two samples are parallel, so that r = 1 and the contribution of each is infinite."""
    experiment = Measured(
        Network(1, 2, (Linear(),)),
        np.ones((2, 2)),
        1,
        {"rank": gram.stable_rank},
        lambda observed: np.where(observed["rank"][:, -1] > 1.5, 0.0, math.inf),
        -math.inf,
        math.inf,
    )
    checks = (Check("only", {"width": 1}, Typical(experiment), replicas=40),)
    found = replace(claim(sp.Integer(1), sense=Sense.LOWER), checks=checks)
    assert verify(found).verdicts[0].outcome is Outcome.SUPPORTED

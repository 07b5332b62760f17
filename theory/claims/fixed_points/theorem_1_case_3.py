"""Theorem 1, case 3: correlations tend to 1 like 1/depth at least.

|1 − ρ_ℓ| ≤ |1 − ρ₀| / (1 + ℓ α |1 − ρ₀|) with α = 1 − κ(0) − κ′(0).

Every a·min(x, 0) + b·max(x, 0) belongs here (`fixed-points.relu-slope`), and decays like 1/ℓ² in
truth; exp belongs here and decays like 2/ℓ. κ(ρ) = α + (1−2α)ρ + αρ² is the slowest map of all.

Example: exp has α = 1 − 2/e, from κ(0) = κ′(0) = 1/e.

>>> from fractions import Fraction
>>> third = Fraction(1, 3)
>>> CLAIM.bound(depth=6, start=0, at_zero=third, slope_at_zero=third).contains(third)
True
"""

from __future__ import annotations

from fractions import Fraction

import sympy as sp

from depthlaw.theory.claim import (
    DEPTH,
    LAYER,
    Check,
    Identity,
    Outcome,
    ParameterValue,
    Requires,
    Sign,
    Status,
    Steps,
    declare,
    upper,
)
from depthlaw.theory.claims.fixed_points import PAPER
from depthlaw.theory.claims.fixed_points import _powers as powers
from depthlaw.theory.claims.fixed_points import _setting as setting
from depthlaw.theory.claims.fixed_points._setting import kappa0, rho0, slope0
from depthlaw.theory.values import Enclosure
from depthlaw.theory.writing.symbols import ell

DELTA = sp.Abs(1 - rho0)
FORMULA = DELTA / (1 + ell * (1 - kappa0 - slope0) * DELTA)
STARTS = ((-Fraction(9, 10), 2), (Fraction(1, 2), 40), (1 - Fraction(1, 10**6), 20))

TOGETHER = Requires(
    slope0 < 1 - kappa0,
    "at_zero and slope_at_zero are Hermite weights: with a third one they sum to 1",
)


CRITICAL = Requires(
    2 * kappa0 + slope0 >= 1,
    "κ′(1) = 1 = κ(1) leaves at most κ(0) for the weights beyond the first two",
    argument="at_zero",
)


def _distance(subject: setting.Subject, start: Fraction, depth: int) -> Enclosure:
    return Enclosure(1 - subject.after(start, depth))


def _check(subject: setting.Subject, start: Fraction, depth: int) -> Check:
    def find() -> dict[str, ParameterValue]:
        return {
            "at_zero": setting.above(subject.at_zero),
            "slope_at_zero": setting.above(subject.slope_at_zero),
        }

    return setting.instance(subject, start, depth, find, _distance)


def _derivation() -> Steps:
    x, alpha = powers.x, powers.rate
    slowed = x / (1 + alpha * x)
    yield from powers.parabola()
    yield Identity(
        "one layer takes δ to δ − αδ² at most, α = 1 − κ(0) − κ′(0); δ/(1 + αδ) is larger by",
        slowed - (x - alpha * x**2),
        alpha**2 * x**3 / (1 + alpha * x),
    )
    yield Sign("which is not negative", alpha**2 * x**3 / (1 + alpha * x))
    yield from powers.layers(
        r"1 - \rho_k",
        FORMULA,
        DELTA,
        1 - kappa0 - slope0,
        step=slowed,
        bound=powers.start / (1 + LAYER * alpha * powers.start),
    )


CLAIM = declare(
    __name__,
    "correlations tend to 1 like 1/depth if κ′(1) = 1",
    upper(setting.TO_ONE, FORMULA, trivial=sp.Integer(2)),
    source=PAPER.at("Theorem 1, case 3"),
    status=Status.PUBLISHED,
    expected=Outcome.CERTIFIED,
    parameters=(DEPTH, setting.START, setting.AT_ZERO, setting.SLOPE_AT_ZERO),
    assumes=(*setting.MODEL, "κ(0) > 0 and κ′(1) = 1", setting.START_BELOW_ONE, TOGETHER, CRITICAL),
    checks=(
        _check(
            setting.weighted(Fraction(1, 4), Fraction(1, 2), Fraction(1, 4)), Fraction(1, 2), 400
        ),
        *(
            _check(setting.catalogue(name), start, depth)
            for name in ("relu", "leaky_relu(0.3)", "two_slope(-1/2;1)", "abs", "exp")
            for start, depth in STARTS
        ),
    ),
    derivation=_derivation,
    control=Fraction(9, 10),
    decreasing=("depth",),
    errata=(
        "The table of the paper gives α = .74 for exp; κ(0) + κ′(0) = 2/e = .7358 is its "
        "complement, and α = 1 − 2/e = .2642.",
    ),
    siblings=(
        "fixed-points.relu-slope",
        "fixed-points.relu-asymptotics",
        "fixed-points.exp-asymptotics",
    ),
)

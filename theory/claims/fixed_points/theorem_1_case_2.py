"""Theorem 1, case 2: correlations tend to 1 geometrically.

|1 − ρ_ℓ| ≤ α^ℓ |1 − ρ₀| with α = κ′(1).

κ(0) > 0 is no extra condition: κ(0) ≥ 1 − κ′(1), as the derivation shows at ρ = 0.

Example: one layer.

>>> from fractions import Fraction
>>> CLAIM.bound(depth=1, start=0, slope_at_one=Fraction(3, 4)).contains(Fraction(3, 4))
True
"""

from __future__ import annotations

from fractions import Fraction

import sympy as sp

from depthlaw.theory.claim import (
    DEPTH,
    Budget,
    Check,
    Outcome,
    ParameterValue,
    Status,
    Steps,
    declare,
    upper,
)
from depthlaw.theory.claims.fixed_points import PAPER
from depthlaw.theory.claims.fixed_points import _powers as powers
from depthlaw.theory.claims.fixed_points import _setting as setting
from depthlaw.theory.claims.fixed_points._setting import rho0, slope1
from depthlaw.theory.values import Enclosure
from depthlaw.theory.writing.symbols import ell

FORMULA = slope1**ell * sp.Abs(1 - rho0)
STARTS = ((-Fraction(9, 10), 3), (Fraction(1, 2), 6), (1 - Fraction(1, 10**9), 4))


def _distance(subject: setting.Subject, start: Fraction, depth: int) -> Enclosure:
    return Enclosure(1 - subject.after(start, depth))


def _check(
    subject: setting.Subject, start: Fraction, depth: int, budget: Budget = Budget.QUICK
) -> Check:
    def find() -> dict[str, ParameterValue]:
        return {"slope_at_one": setting.above(subject.slope_at_one)}

    return setting.instance(subject, start, depth, find, _distance, budget=budget)


def _derivation() -> Steps:
    yield from powers.tangent()
    yield from powers.layers(r"1 - \rho_k", FORMULA, sp.Abs(1 - rho0), slope1)


CLAIM = declare(
    __name__,
    "correlations tend to 1 geometrically if κ′(1) < 1",
    upper(setting.TO_ONE, FORMULA, trivial=sp.Integer(2)),
    source=PAPER.at("Theorem 1, case 2"),
    status=Status.PUBLISHED,
    expected=Outcome.CERTIFIED,
    parameters=(DEPTH, setting.START, setting.SLOPE_AT_ONE),
    assumes=(
        *setting.MODEL,
        "κ(0) > 0",
        setting.START_BELOW_ONE,
        setting.ATTRACTS_ONE,
    ),
    checks=(
        *(
            _check(setting.catalogue(name), start, depth)
            for name in ("cos", "gaussian", "normal_cdf")
            for start, depth in STARTS
        ),
        *(
            _check(setting.weighted(Fraction(1, 2), Fraction(1, 4), Fraction(1, 4)), start, depth)
            for start, depth in STARTS
        ),
        *(
            _check(setting.catalogue(name), start, depth, Budget.STANDARD)
            for name in ("sigmoid", "softplus")
            for start, depth in STARTS
        ),
    ),
    derivation=_derivation,
    control=Fraction(99, 100),
    decreasing=("depth",),
    siblings=("fixed-points.precision-depth",),
)

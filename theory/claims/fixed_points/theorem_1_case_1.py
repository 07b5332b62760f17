"""Theorem 1, case 1: correlations vanish.

|ρ_ℓ|/(1−|ρ_ℓ|) ≤ α^ℓ |ρ₀|/(1−|ρ₀|) with α = 1/(2−κ′(0)).

The rate is attained in the limit ρ₀ → 1 by κ(ρ) = a₁ρ + (1−a₁)ρ². Layer normalisation after φ leads
to this case whatever φ is: the centred maps among the checks.

Example: h₂ has κ(ρ) = ρ², so that α = 1/2.

>>> from fractions import Fraction
>>> CLAIM.bound(depth=3, start=Fraction(1, 2), slope_at_zero=0).contains(Fraction(1, 8))
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
from depthlaw.theory.claims.fixed_points._setting import rho0, slope0
from depthlaw.theory.values import Enclosure
from depthlaw.theory.writing.symbols import ell

FORMULA = (1 / (2 - slope0)) ** ell * sp.Abs(rho0) / (1 - sp.Abs(rho0))
HALF = Fraction(1, 2)
NEAR_ONE = 1 - Fraction(1, 10**9)


def _ratio(subject: setting.Subject, start: Fraction, depth: int) -> Enclosure:
    size = abs(subject.after(start, depth))
    return Enclosure(size / (1 - size))


def _check(
    subject: setting.Subject, start: Fraction, depth: int, budget: Budget = Budget.QUICK
) -> Check:
    def find() -> dict[str, ParameterValue]:
        return {"slope_at_zero": setting.above(subject.slope_at_zero)}

    return setting.instance(subject, start, depth, find, _ratio, budget=budget)


def _derivation() -> Steps:
    yield powers.MEHLER
    yield from powers.majorant()
    yield from powers.layers(
        powers.SIZE, FORMULA, sp.Abs(rho0) / (1 - sp.Abs(rho0)), 1 / (2 - slope0)
    )


QUICK = ("sin", "erf", "sign", "hermite(2)", "hermite(3)", "monomial(3)")
SLOWER = ("tanh", "selu")

CLAIM = declare(
    __name__,
    "correlations vanish if κ(0) = 0",
    upper(setting.RATIO, FORMULA),
    source=PAPER.at("Theorem 1, case 1"),
    status=Status.PUBLISHED,
    expected=Outcome.CERTIFIED,
    parameters=(DEPTH, setting.START, setting.SLOPE_AT_ZERO),
    assumes=(
        *setting.MODEL,
        "κ(0) = 0 and φ is not linear",
        setting.START_BELOW_ONE,
        setting.ONE_WEIGHT,
    ),
    checks=(
        _check(setting.weighted(Fraction(0), HALF, HALF), NEAR_ONE, 10),
        _check(setting.weighted(Fraction(0), Fraction(99, 100), Fraction(1, 100)), NEAR_ONE, 10),
        *(
            _check(setting.catalogue(name), start, depth)
            for name in QUICK
            for start, depth in ((-Fraction(9, 10), 4), (HALF, 1), (NEAR_ONE, 8))
        ),
        *(_check(setting.catalogue("hard_tanh"), start, 4) for start in (-Fraction(9, 10), HALF)),
        *(
            _check(setting.catalogue(name), start, depth, Budget.STANDARD)
            for name in SLOWER
            for start, depth in ((-Fraction(9, 10), 20), (NEAR_ONE, 20))
        ),
        *(
            _check(setting.centred(name), start, 5)
            for name in ("relu", "exp", "cos", "gelu")
            for start in (-HALF, 1 - Fraction(1, 1000))
        ),
        *(
            _check(setting.centred(name), 1 - Fraction(1, 1000), 5, Budget.STANDARD)
            for name in ("sigmoid", "softplus", "silu", "mish", "elu")
        ),
    ),
    derivation=_derivation,
    control=Fraction(99, 100),
    decreasing=("depth",),
    siblings=("fixed-points.kernel-ode", "fixed-points.hyperbolic-gauge"),
)

"""Lemma A.7: one layer divides the odds of a correlation by β.

|f(ρ)|/(1 − |f(ρ)|) ≤ β^{−1} |ρ|/(1 − |ρ|), strictly if some c_k ≠ 0 with k ≥ 2 and ρ ≠ 0.

Example: an affine activation keeps the odds.

>>> CLAIM.bound(correlation=Fraction(1, 2), strength=1).contains(1)
True
"""

from __future__ import annotations

from fractions import Fraction

import sympy as sp
from flint import arb

from depthlaw.theory.claim import (
    Check,
    Computed,
    Deferred,
    Domain,
    Heading,
    Identity,
    Outcome,
    Parameter,
    Requires,
    Status,
    Steps,
    declare,
    upper,
)
from depthlaw.theory.claims.fixed_points import _powers as powers
from depthlaw.theory.claims.isometry import PAPER
from depthlaw.theory.claims.isometry import _recursion as recursion
from depthlaw.theory.claims.isometry import _setting as setting
from depthlaw.theory.claims.isometry import _steps as steps
from depthlaw.theory.rigorous.balls import ball
from depthlaw.theory.values import Enclosure

_RHO = sp.Symbol("rho", real=True)
CORRELATION = Parameter("correlation", _RHO, Domain.REAL, -1, "correlation ρ of two samples", True)
FORMULA = sp.Abs(_RHO) / (setting.BETA * (1 - sp.Abs(_RHO)))
BELOW_ONE = Requires(CORRELATION.symbol < 1, "equal samples stay equal")


def _odds(name: str, rho: Fraction) -> Enclosure:
    size: arb = abs(recursion.centred(name).over(0, ball(rho)))
    return Enclosure(size / (1 - size))


def _check(name: str, rho: Fraction) -> Check:
    return Check(
        f"{name} at ρ = {rho}",
        Deferred(lambda: {"correlation": rho, "strength": setting.strength_above(name)}),
        Computed(_odds, {"name": name, "rho": rho}),
    )


def _derivation() -> Steps:
    odds, b = sp.symbols("x b", nonnegative=True)
    first = 2 - setting.BETA
    yield from steps.series()
    yield Heading("Odds of a correlation in one layer")
    yield from powers.majorant(first)
    yield Identity(
        "with b = 1 − a₁, a₁ = 2 − β, and x = |ρ|/(1 − |ρ|)",
        sp.Subs(odds / (1 + b), (odds, b), (sp.Abs(_RHO) / (1 - sp.Abs(_RHO)), 1 - first)),
        FORMULA,
    )


CLAIM = declare(
    __name__,
    "one layer divides the odds of a correlation by β",
    upper(
        sp.Symbol(r"\frac{|f(\rho)|}{1 - |f(\rho)|}"),
        FORMULA,
    ),
    source=PAPER.at("Lemma A.7"),
    status=Status.PUBLISHED,
    expected=Outcome.CERTIFIED,
    parameters=(CORRELATION, setting.STRENGTH),
    assumes=(
        "f is the centred map of an activation of strength β",
        BELOW_ONE,
        setting.STRENGTH_AT_MOST_TWO,
    ),
    checks=(
        *(
            _check(name, rho)
            for name in ("tanh", "relu", "exp", "step", "monomial(2)", "hermite(3)")
            for rho in (Fraction(-9, 10), Fraction(1, 10), Fraction(3, 4))
        ),
        _check("monomial(2)", Fraction(999, 1000)),
        _check("gelu", Fraction(1, 10**6)),
    ),
    derivation=_derivation,
    control=Fraction(99, 100),
    siblings=("isometry.theorem-a2",),
)

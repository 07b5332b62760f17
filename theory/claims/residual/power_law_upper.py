"""On a stream of equal branches with κ(0) = 0 correlations fall at least like a power of the depth.

|ρ_ℓ|/(1−|ρ_ℓ|) ≤ Γ(k₀+ℓ+1)Γ(k₀+1+b)/(Γ(k₀+1)Γ(k₀+ℓ+1+b)) |ρ₀|/(1−|ρ₀|), b = 1 − κ′(0),
k₀ = K₀/σ².

The quotient is ℓ^{−b} up to a factor that tends to Γ(k₀+1+b)/Γ(k₀+1).

Example: one layer of share 1/2 with κ′(0) = 0 is one of a map with slope 1/2 at 0.

>>> from fractions import Fraction
>>> one = CLAIM.bound(depth=1, start=Fraction(1, 2), ratio=1, slope_at_zero=0)
>>> one.contains(Fraction(2, 3))
True
"""

from __future__ import annotations

from fractions import Fraction

import sympy as sp

from depthlaw.theory.claim import (
    DEPTH,
    LAYER,
    Check,
    Computed,
    Deferred,
    Heading,
    Identity,
    Induction,
    Outcome,
    ParameterValue,
    Status,
    Steps,
    Uses,
    declare,
    upper,
)
from depthlaw.theory.claims.fixed_points import _setting as kernels
from depthlaw.theory.claims.residual import PAPER
from depthlaw.theory.claims.residual import _powers as powers
from depthlaw.theory.claims.residual import _setting as setting
from depthlaw.theory.claims.residual._setting import k0, rho0, slope0
from depthlaw.theory.residual import equal_branches
from depthlaw.theory.values import Enclosure
from depthlaw.theory.writing.symbols import ell

b = sp.Symbol("b", positive=True)


def _quotient(layers: sp.Expr, power: sp.Expr) -> sp.Expr:
    top = sp.gamma(k0 + layers + 1) * sp.gamma(k0 + 1 + power)
    return top / (sp.gamma(k0 + 1) * sp.gamma(k0 + layers + 1 + power))


GAUGE = sp.Abs(rho0) / (1 - sp.Abs(rho0))
FORMULA = _quotient(ell, 1 - slope0) * GAUGE


def _ratio(subject: kernels.Subject, start: Fraction, ratio: Fraction, depth: int) -> Enclosure:
    size = abs(powers.after(subject, start, equal_branches(ratio, depth)).ball)
    return Enclosure(size / (1 - size))


def _check(subject: kernels.Subject, start: Fraction, ratio: Fraction, depth: int) -> Check:
    def parameters() -> dict[str, ParameterValue]:
        slope = kernels.above(subject.slope_at_zero)
        return {"depth": depth, "start": start, "ratio": ratio, "slope_at_zero": slope}

    given = {"subject": subject, "start": start, "ratio": ratio, "depth": depth}
    return Check(
        f"{subject.label}, ρ₀ = {start}, K₀/σ² = {ratio}, ℓ = {depth}",
        Deferred(parameters),
        Computed(_ratio, given),
    )


def _derivation() -> Steps:
    eps, rho = sp.Symbol("epsilon", positive=True), setting.rho
    x, start = sp.symbols("x x_0", positive=True)
    kappa = sp.Function("kappa")
    slope = sp.Symbol("f'(0)", nonnegative=True)
    yield Identity(
        "a layer with share ε is a map of case 1 of slope 1 − εb at 0, b = 1 − κ′(0)",
        sp.Derivative((1 - eps) * rho + eps * kappa(rho), rho),
        1 - eps * (1 - sp.Derivative(kappa(rho), rho)),
    )
    yield Uses(
        "so that it shrinks |ρ|/(1 − |ρ|) by 1/(2 − f′(0))",
        "fixed-points.theorem-1-case-1",
        at={ell: sp.Integer(1), kernels.slope0: slope},
        known=(rho0 < 1, slope < 1),
    )
    yield Identity(
        "with ε = 1/(k₀ + k + 1)",
        sp.Subs(1 / (2 - (1 - eps * b)), eps, 1 / (k0 + LAYER + 1)),
        (k0 + LAYER + 1) / (k0 + LAYER + 1 + b),
    )
    yield Heading("ℓ layers")
    yield Induction(
        "layer by layer",
        r"\frac{|\rho_k|}{1 - |\rho_k|}",
        x * (k0 + LAYER + 1) / (k0 + LAYER + 1 + b),
        x,
        start,
        start * _quotient(LAYER, b),
    )
    yield Identity(
        "which is the claim",
        sp.Subs(start * _quotient(LAYER, b), (start, LAYER, b), (GAUGE, ell, 1 - slope0)),
        FORMULA,
    )


HALF, ONE = Fraction(1, 2), Fraction(1)
CLAIM = declare(
    __name__,
    "on a residual stream with κ(0) = 0 correlations fall at least like a power of the depth",
    upper(sp.Abs(setting.rho_ell) / (1 - sp.Abs(setting.rho_ell)), FORMULA),
    source=PAPER.ours("correlations in pre-norm networks"),
    status=Status.SHARPENED,
    expected=Outcome.CERTIFIED,
    parameters=(DEPTH, setting.START, setting.RATIO, setting.SLOPE_AT_ZERO),
    assumes=(
        *setting.PRE_NORM,
        powers.CENTRED,
        "φ is not linear",
        setting.BELOW_ONE,
        setting.ONE_WEIGHT,
    ),
    checks=(
        _check(kernels.catalogue("tanh"), HALF, ONE, 64),
        _check(kernels.catalogue("sin"), -HALF, Fraction(1, 10), 20),
        _check(kernels.centred("relu"), HALF, ONE, 256),
        _check(kernels.centred("gelu"), Fraction(99, 100), Fraction(10), 64),
        _check(kernels.weighted(Fraction(0), HALF, HALF), 1 - Fraction(1, 10**9), Fraction(3), 40),
    ),
    derivation=_derivation,
    control=Fraction(99, 100),
    decreasing=("depth",),
    siblings=("residual.power-law", "residual.correlation-floor"),
)

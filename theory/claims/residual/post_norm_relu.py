"""ReLU with a norm after the sum: correlations tend to 1 like 1/depth².

1 − ρ_ℓ = (9π²/2)/(3π/√(2(1−ρ₀)) + sℓ)², s = σ²/(1 + σ²), σ² the variance of a branch over that
of the stream, up to a relative error that falls like log ℓ/ℓ.

At He's variance σ² = 1, s = 1/2: 1 − ρ_ℓ ~ 18π²/ℓ².

Example: 18π², at 10⁶ layers to four digits.

>>> far = CLAIM.bound(depth=10**6, start=0, branch=1)
>>> bool(abs(far.ball * 10**12 - 177.65) < 0.01)
True
"""

from __future__ import annotations

from fractions import Fraction

import sympy as sp

from depthlaw.theory.claim import (
    Budget,
    Check,
    Computed,
    Domain,
    Heading,
    Identity,
    Outcome,
    Parameter,
    ParameterValue,
    Status,
    Steps,
    Tangent,
    declare,
    equal,
)
from depthlaw.theory.claims.residual import PAPER
from depthlaw.theory.claims.residual import _relu as relu
from depthlaw.theory.claims.residual import _setting as setting
from depthlaw.theory.residual import constant, relu_gap
from depthlaw.theory.values import Enclosure
from depthlaw.theory.writing.symbols import ell

square = sp.Symbol(r"\sigma^2", positive=True)
BRANCH = Parameter(
    "branch", square, Domain.REAL, 0, "variance of a branch over that of the stream", above=True
)
SHARE = square / (1 + square)
PLACE = relu.BEGIN + SHARE * ell
FORMULA = relu.gap(PLACE)
EXCESS = relu.CURVATURE + sp.Rational(16, 5) * SHARE * (
    SHARE / relu.BEGIN + sp.log(1 + SHARE * ell / relu.BEGIN)
)
"""No more than this does y grow beyond sℓ."""


def _gap(start: Fraction, branch: Fraction, depth: int) -> Enclosure:
    return Enclosure(relu_gap(1 - start, constant(branch / (1 + branch), depth)))


def _check(start: Fraction, branch: Fraction, depth: int, budget: Budget = Budget.QUICK) -> Check:
    given: dict[str, ParameterValue] = {"start": start, "branch": branch, "depth": depth}
    label = f"ρ₀ = {float(start):g}, σ² = {branch}, ℓ = {depth}"
    return Check(label, given, Computed(_gap, given), budget=budget)


def _derivation() -> Steps:
    cosine, before = sp.symbols("rho b", positive=True)
    kappa = sp.Function("kappa")
    yield Identity(
        "the sum has the variance 1 + σ², which the norm takes off",
        (cosine + square * kappa(cosine)) / (1 + square),
        (1 - SHARE) * cosine + SHARE * kappa(cosine),
    )
    yield from relu.at_least()
    yield from relu.at_most()
    yield Heading("ℓ layers of one share s")
    yield from relu.curvature()
    yield Tangent(
        "Σ_j s/(y₀ + s(j − 1)) is at most s/y₀ and the integral of 1/h from y₀ to y₀ + sℓ: every "
        "other term is at most a difference of logarithms, as −log x ≥ 1 − x",
        -sp.log(relu.x),
        relu.x,
        sp.Integer(1),
    )
    yield Identity(
        "so y exceeds y₀ + sℓ by no more than",
        sp.Rational(3, 8) * sp.pi**2 * (1 + 1 / relu.BEGIN) / relu.BEGIN
        + sp.Subs(
            sp.Rational(16, 5)
            * relu.eps
            * (relu.eps / before + sp.log((before + relu.eps * ell) / before)),
            (relu.eps, before),
            (SHARE, relu.BEGIN),
        ),
        EXCESS,
    )
    yield from relu.relative()
    yield Identity("δ at y₀ + sℓ", sp.Subs(relu.gap(relu.y), relu.y, PLACE), FORMULA)


CLAIM = declare(
    __name__,
    "ReLU with a norm after the sum: 1 − ρ falls like 1/depth², at He's variance like 18π²/depth²",
    equal(1 - setting.rho_ell, FORMULA, leading="O(log ℓ/ℓ)", within=2 * EXCESS / PLACE),
    source=PAPER.ours("correlations in post-norm networks"),
    status=Status.SHARPENED,
    expected=Outcome.CERTIFIED,
    parameters=(setting.LAYERS, setting.START, BRANCH),
    assumes=(
        "infinite width, Gaussian weights, Gaussian start of variance 1",
        "z ← N(z + W φ(z)): a norm over features after the sum",
        relu.RELU,
        setting.BELOW_ONE,
        relu.ACUTE,
    ),
    checks=(
        _check(Fraction(1, 2), Fraction(1), 100),
        _check(Fraction(1, 2), Fraction(1), 2000),
        _check(Fraction(1, 2), Fraction(1), 20_000),
        _check(Fraction(0), Fraction(1, 100), 1000),
        _check(Fraction(9, 10), Fraction(10), 1000),
        _check(Fraction(1, 2), Fraction(1), 300_000, Budget.STANDARD),
    ),
    derivation=_derivation,
    control=Fraction(4, 5),
    decreasing=("depth",),
    siblings=("residual.relu-logarithmic", "fixed-points.relu-asymptotics"),
)

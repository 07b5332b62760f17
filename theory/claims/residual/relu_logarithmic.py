"""ReLU on a stream of branches with norms: the law of a squared logarithm with its constant.

1 − ρ_ℓ = (9π²/2)/(3π/√(2(1−ρ₀)) + Σ_{j≤ℓ} 1/(k₀+j))², k₀ = K₀/σ², up to a relative error that
falls like 1/log ℓ.

For ρ₀ = 1/2 and K₀ = σ² it is (9π²/2)/(log ℓ + 9.00)²; fitted to the recursion the constant is 9.2.

Example: shares add up, 1/2 + 1/3 = 5/6.

>>> from fractions import Fraction
>>> thin = CLAIM.bound(depth=2, start=0, ratio=1)
>>> thick = CLAIM.bound(depth=1, start=0, ratio=Fraction(1, 5))
>>> thin.ball.overlaps(thick.ball)
True
"""

from __future__ import annotations

from fractions import Fraction

import sympy as sp

from depthlaw.theory.claim import (
    Budget,
    Heading,
    Identity,
    Outcome,
    Sign,
    Status,
    Steps,
    declare,
    equal,
)
from depthlaw.theory.claims.residual import PAPER
from depthlaw.theory.claims.residual import _relu as relu
from depthlaw.theory.claims.residual import _setting as setting
from depthlaw.theory.claims.residual._setting import k0
from depthlaw.theory.claims.residual.relu_logarithmic_upper import FORMULA, HALF, check

EXCESS = relu.CURVATURE + sp.Rational(16, 5) / (relu.BEGIN * k0)
"""No more than this does y grow beyond the sum of the shares."""
WITHIN = 2 * EXCESS / relu.PRE_NORM


def _derivation() -> Steps:
    t = sp.Symbol("t", nonnegative=True)
    yield from relu.at_least()
    yield from relu.at_most()
    yield Heading("All layers together")
    yield from relu.curvature()
    left = 1 / (k0 + t) - 1 / (k0 + t + 1) - 1 / (k0 + t + 1) ** 2
    shown = 1 / ((k0 + t) * (k0 + t + 1) ** 2)
    yield Identity("Σ ε² ≤ 1/k₀: with j = t + 1, the difference of a telescope", left, shown)
    yield Sign("is not negative", shown)
    yield Identity(
        "so y exceeds the sum by no more than",
        sp.Rational(3, 8) * sp.pi**2 * (1 + 1 / relu.BEGIN) / relu.BEGIN
        + sp.Subs(sp.Rational(16, 5) * relu.x / relu.b, (relu.x, relu.b), (1 / k0, relu.BEGIN)),
        EXCESS,
    )
    yield from relu.relative()
    yield from relu.pre_norm(FORMULA)


CLAIM = declare(
    __name__,
    "ReLU with a norm before it: 1 − ρ falls like 1/(log depth + c)², with its c",
    equal(1 - setting.rho_ell, FORMULA, leading="O(1/log ℓ)", within=WITHIN),
    source=PAPER.ours("correlations in pre-norm networks"),
    status=Status.SHARPENED,
    expected=Outcome.CERTIFIED,
    parameters=(setting.LAYERS, setting.START, setting.RATIO),
    assumes=(*setting.PRE_NORM, relu.RELU, setting.BELOW_ONE, relu.ACUTE),
    checks=(
        check(HALF, Fraction(1), 64),
        check(HALF, Fraction(1), 1000),
        check(HALF, Fraction(1), 20_000),
        check(Fraction(0), Fraction(5), 5000),
        check(Fraction(9, 10), Fraction(1), 1000),
        check(HALF, Fraction(1), 500_000, Budget.STANDARD),
    ),
    derivation=_derivation,
    control=Fraction(4, 5),
    decreasing=("depth",),
    siblings=("residual.relu-logarithmic-upper", "residual.relu-leading-law"),
)

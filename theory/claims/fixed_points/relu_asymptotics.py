"""ReLU and its relatives: how fast correlations tend to 1.

1 − ρ_ℓ ~ (9π²/(2ℓ²)) ((1 + a²)/(1 − a)²)² for φ(x) = a·min(x, 0) + max(x, 0).

Example: |x| is four times as fast as ReLU would be at half the depth.

>>> relu, absolute = CLAIM.bound(depth=50, leak=0), CLAIM.bound(depth=25, leak=-1)
>>> relu.leading.ball.overlaps(absolute.leading.ball)
True
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import sympy as sp

from depthlaw.theory.activations import leaky_relu
from depthlaw.theory.claim import (
    LAYERS,
    Budget,
    Check,
    Computed,
    Outcome,
    Status,
    Steps,
    declare,
    equal,
)
from depthlaw.theory.claims.fixed_points import PAPER
from depthlaw.theory.claims.fixed_points import _setting as setting
from depthlaw.theory.claims.fixed_points import _two_slopes as two_slopes
from depthlaw.theory.kernels import normalised_map
from depthlaw.theory.values import Enclosure, Value


def _derivation() -> Steps:
    yield from two_slopes.closed_form()
    yield from two_slopes.leading_order()


def _quantity(start: Fraction, depth: int, subject: Any) -> Value:
    return Enclosure(1 - subject.after(start, depth))


def _check(
    leak: Fraction,
    start: Fraction,
    depth: int,
    resolution: Fraction | None = None,
    budget: Budget = Budget.QUICK,
) -> Check:
    subject = setting.Subject(f"a = {leak}", lambda: normalised_map(leaky_relu(leak)))
    return Check(
        f"a = {leak}, ρ₀ = {start}, ℓ = {depth}",
        {"depth": depth, "leak": leak},
        Computed(_quantity, {"start": start, "depth": depth, "subject": subject}),
        budget=budget,
        resolution=resolution,
    )


CLAIM = declare(
    __name__,
    "correlations of ReLU and leaky ReLU tend to 1 like 1/depth²",
    equal(1 - setting.rho_ell, two_slopes.LEADING, leading="O(log ℓ/ℓ)", within=sp.Rational(1, 20)),
    source=PAPER.at("Theorem 1, case 3", "asymptotics ours"),
    status=Status.SHARPENED,
    expected=Outcome.CERTIFIED,
    parameters=(LAYERS, two_slopes.LEAK),
    assumes=(
        *setting.MODEL,
        "ℓ is large against ((1 + a²)/(1 − a)²)/√(1 − ρ₀)",
        two_slopes.CURVED,
        "ρ₀ in (−1, 1)",
    ),
    checks=(
        _check(Fraction(-1), Fraction(0), 800),
        _check(Fraction(0), Fraction(0), 600),
        _check(Fraction(0), -Fraction(9, 10), 600),
        _check(Fraction(1, 10), Fraction(0), 900),
        _check(Fraction(0), Fraction(0), 4000, Fraction(1, 100), Budget.STANDARD),
    ),
    derivation=_derivation,
    control=Fraction(4, 5),
    decreasing=("depth",),
    siblings=("fixed-points.relu-slope", "fixed-points.theorem-1-case-3"),
)

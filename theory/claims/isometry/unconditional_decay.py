"""The isometry gap decays at every depth, whatever the start.

−log I(G^ℓ) ≤ ((n−1)/n) log(1 + β^{−ℓ}(1/λ_0 − 1)) for all ℓ ≥ 0, λ_0 = λ_min(G⁰).

Example: an isometric batch stays isometric, and β = 2 halves 1/λ − 1 in each layer.

>>> CLAIM.bound(batch=4, depth=0, strength=1, smallest=1).contains(0)
True
>>> at_start = CLAIM.bound(batch=4, depth=0, strength=2, smallest=Fraction(2, 3))
>>> CLAIM.bound(batch=4, depth=1, strength=2, smallest=Fraction(1, 2)).ball.overlaps(at_start.ball)
True
"""

from __future__ import annotations

from fractions import Fraction

import sympy as sp

from depthlaw.theory.claim import (
    BATCH,
    DEPTH,
    Identity,
    Outcome,
    Sign,
    Status,
    Steps,
    declare,
    upper,
)
from depthlaw.theory.claims.isometry import PAPER
from depthlaw.theory.claims.isometry import _recursion as recursion
from depthlaw.theory.claims.isometry import _setting as setting
from depthlaw.theory.claims.isometry import _steps as steps
from depthlaw.theory.symbols import ell, n

FORMULA = (n - 1) / n * sp.log(1 + setting.BETA**-ell * (1 / setting.LAMBDA - 1))


def _derivation() -> Steps:
    t, m = sp.symbols("t m", nonnegative=True)
    spread = (n - 1) / n * sp.log(1 + t)
    vertex = sp.log(1 + t) - sp.log(1 + n * t) / n
    yield from steps.geometric_decay()
    yield from steps.from_eigenvalue()
    yield Identity(
        "the slope in t of what the large eigenvalue is worth, (1/n) log((1+nt)/(1+t))",
        sp.Derivative(spread - vertex, t),
        (n - 1) / (n * (1 + t) * (1 + n * t)),
    )
    yield Sign("is not negative, with n = 1 + m: it may be left out", m / ((1 + m) * (1 + t)))
    yield Identity(
        "what is left, at the bound on t = 1/λ_ℓ − 1",
        sp.Subs(spread, t, steps.decayed()),
        FORMULA,
    )


CLAIM = declare(
    __name__,
    "isometry gap at every depth, from the smallest eigenvalue",
    upper(setting.GAP, FORMULA),
    source=PAPER.at("Theorem 4", "without its threshold, ours"),
    status=Status.SHARPENED,
    expected=Outcome.CERTIFIED,
    parameters=(BATCH, DEPTH, setting.STRENGTH, setting.SMALLEST),
    assumes=(
        *setting.RECURSION,
        "G⁰ is positive definite with unit diagonal",
        setting.STRENGTH_AT_MOST_TWO,
        setting.SMALLEST_AT_MOST_ONE,
    ),
    checks=recursion.gap_checks("batch", "depth", "strength", "smallest"),
    derivation=_derivation,
    control=Fraction(1, 2),
    decreasing=("depth",),
    siblings=("isometry.sharp-decay", "isometry.theorem-4", "isometry.quadratic-decay"),
)

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
    Uses,
    declare,
    upper,
)
from depthlaw.theory.claims.isometry import PAPER
from depthlaw.theory.claims.isometry import _recursion as recursion
from depthlaw.theory.claims.isometry import _setting as setting
from depthlaw.theory.claims.isometry import _steps as steps
from depthlaw.theory.writing.symbols import n

FORMULA = (n - 1) / n * sp.log(1 + steps.T)


def _derivation() -> Steps:
    t = sp.Symbol("t", nonnegative=True)
    spread = (n - 1) / n * sp.log(1 + t)
    slope = (n - 1) / (n * (1 + t) * (1 + n * t))
    yield Uses(
        "a sharper bound, log(1 + t) − (1/n) log(1 + nt)",
        "isometry.sharp-decay",
        known=(*steps.KNOWN, setting.SMALLEST_AT_MOST_ONE.relation),
    )
    yield Identity("what it leaves over, at t = 0", sp.Subs(spread - steps.WORST, t, 0), sp.S.Zero)
    yield Identity("and its slope in t", sp.Derivative(spread - steps.WORST, t), slope)
    yield Sign("which is not negative", slope)
    yield Identity("so that what is left suffices", sp.Subs(spread, t, steps.T), FORMULA)


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

"""The isometry gap decays at every depth, in the end like β^{−2ℓ}.

−log I(G^ℓ) ≤ log(1 + t) − (1/n) log(1 + nt), t = β^{−ℓ}(1/λ_0 − 1), for all ℓ ≥ 0.

Equicorrelated batches attain it at ℓ = 0. It is below `isometry.unconditional-decay` at every t,
and below (n−1)t²/2, since the largest eigenvalue grows as the smallest fall.

Example: what the equicorrelated batch at ρ = 1/2 has at ℓ = 0, −(1/4) log(5/16).

>>> from flint import arb
>>> gap = CLAIM.bound(batch=4, depth=0, strength=1, smallest=Fraction(1, 2))
>>> gap.ball.overlaps(-(arb(5) / 16).log() / 4)
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
from depthlaw.theory.writing.symbols import n

FORMULA = sp.log(1 + steps.T) - sp.log(1 + n * steps.T) / n


def _derivation() -> Steps:
    t = sp.Symbol("t", nonnegative=True)
    excess = (n - 1) * t**2 * (1 + n + n * t) / ((1 + t) * (1 + n * t))
    yield from steps.smallest_eigenvalue()
    yield from steps.worst_spectrum()
    yield Identity(
        "the slope in t of (n−1)t²/2 − (log(1 + t) − (1/n) log(1 + nt))",
        sp.Derivative((n - 1) * t**2 / 2 - steps.WORST, t),
        excess,
    )
    yield Sign("is not negative: in the end the gap falls like β^{−2ℓ}", excess)
    yield Identity("at the bound on t = 1/λ_ℓ − 1", sp.Subs(steps.WORST, t, steps.T), FORMULA)


CLAIM = declare(
    __name__,
    "isometry gap at every depth, with the largest eigenvalue",
    upper(setting.GAP, FORMULA),
    source=PAPER.at("Theorem 4", "sharper form, ours"),
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
    control=Fraction(7, 10),
    decreasing=("depth",),
    siblings=("isometry.unconditional-decay", "isometry.quadratic-decay"),
)

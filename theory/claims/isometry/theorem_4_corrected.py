"""Theorem 4 with the threshold that its proof needs.

−log I(G^ℓ) ≤ exp(−ℓ log β − n log I(G⁰) + log 4n) for
ℓ ≥ (log β)^{−1}(−n log I(G⁰) + log 4n).

Example: each layer at β = 2 halves the bound.

>>> CLAIM.bound(batch=2, depth=5, strength=2, determinant=1).contains(Fraction(1, 4))
True
"""

from __future__ import annotations

from fractions import Fraction

import sympy as sp

from depthlaw.theory.claim import (
    BATCH,
    DEPTH,
    Argued,
    Identity,
    Outcome,
    Sign,
    Status,
    Steps,
    declare,
    upper,
)
from depthlaw.theory.claims.isometry import PAPER
from depthlaw.theory.claims.isometry import _setting as setting
from depthlaw.theory.claims.isometry import _steps as steps
from depthlaw.theory.claims.isometry import _theorem_4 as theorem


def _derivation() -> Steps:
    m, x = sp.symbols("m x", nonnegative=True)
    yield from steps.one_pair()
    yield Argued(
        "the start",
        "det G⁰ ≤ 1 − m² with m = max |ρ| (Lemma A.4), and γ = m/(1−m) = m(1+m)/(1−m²)",
        r"\gamma(G^0) \le 2/\det G^0",
    )
    yield Identity(
        "1/(1−m²) in place of 1/det G⁰: what 2 leaves over m(1 + m)",
        (2 / (1 - m**2) - m / (1 - m)) * (1 - m**2),
        (1 - m) * (2 + m),
    )
    yield Argued(
        "the threshold",
        "ℓ log β ≥ log(4n/det G⁰) makes (n−1) γ(G^ℓ) ≤ 2(n−1) β^{−ℓ}/det G⁰ ≤ 1/2; by "
        "Lemma A.4 the gap is then at most −log(1 − y) with y = (n−1) max |ρ| ≤ 1/2",
    )
    yield Identity(
        "−log(1 − y) ≤ 2y for y ≤ 1/2: the slope of the difference, 1 − 2y = x",
        (2 - 1 / (1 - (1 - x) / 2)) * (1 + x),
        2 * x,
    )
    yield Sign("is not negative", 2 * x / (1 + x))


CLAIM = declare(
    __name__,
    "isometry gap past the threshold that the proof needs",
    upper(setting.GAP, theorem.FORMULA),
    source=PAPER.at("Theorem 4", "threshold corrected"),
    status=Status.CORRECTED,
    expected=Outcome.CERTIFIED,
    parameters=(BATCH, DEPTH, setting.STRENGTH, setting.DETERMINANT),
    assumes=(
        *setting.RECURSION,
        "G⁰ is non-degenerate with unit diagonal, so that I(G⁰)ⁿ = det G⁰",
        setting.STRENGTH_AT_MOST_TWO,
        setting.DETERMINANT_AT_MOST_ONE,
        theorem.deep_enough(sp.log(setting.BETA)),
    ),
    checks=theorem.checks(lambda beta: beta.log()),
    derivation=_derivation,
    control=Fraction(1, 30_000),
    siblings=("isometry.theorem-4", "isometry.unconditional-decay"),
)

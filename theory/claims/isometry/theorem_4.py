"""Theorem 4 as printed: the isometry gap falls like β^{−ℓ} past a depth.

−log I(G^ℓ) ≤ exp(−ℓ log β − n log I(G⁰) + log 4n) for ℓ ≥ β^{−1}(−n log I(G⁰) + log 4n).

The proof goes through Lemma A.4, which needs (n−1) max |ρ_ij| ≤ 1 at depth ℓ. The printed threshold
does not give that (`isometry.theorem-4-hypothesis`). The inequality holds nevertheless, at every
ℓ ≥ 0: it follows from `isometry.unconditional-decay` and det G⁰ ≤ e λ_0.

Example: 4n/det G⁰ at ℓ = 0 is halved by each layer at β = 2.

>>> CLAIM.bound(batch=2, depth=3, strength=2, determinant=1).contains(1)
True
"""

from __future__ import annotations

from fractions import Fraction

from depthlaw.theory.claim import BATCH, DEPTH, Derivation, Outcome, Status, declare, upper
from depthlaw.theory.claims.isometry import PAPER
from depthlaw.theory.claims.isometry import _setting as setting
from depthlaw.theory.claims.isometry import _theorem_4 as theorem

CLAIM = declare(
    __name__,
    "isometry gap past the printed depth threshold",
    upper(setting.GAP, theorem.FORMULA),
    source=PAPER.at("Theorem 4"),
    status=Status.PUBLISHED,
    expected=Outcome.CERTIFIED,
    parameters=(BATCH, DEPTH, setting.STRENGTH, setting.DETERMINANT),
    assumes=(
        *setting.RECURSION,
        "G⁰ is non-degenerate with unit diagonal, so that I(G⁰)ⁿ = det G⁰",
        setting.STRENGTH_AT_MOST_TWO,
        setting.DETERMINANT_AT_MOST_ONE,
        theorem.deep_enough(setting.BETA),
    ),
    checks=theorem.checks(lambda beta: beta),
    derivation=lambda: Derivation(theorem.steps_from_unconditional()),
    control=Fraction(1, 250),
    errata=(
        "The proof bounds (n−1) max |ρ| through γ(G^ℓ) ≤ β^{−ℓ} γ(G⁰), which takes "
        "ℓ ≥ (log β)^{−1}(…): the printed threshold has β^{−1} in the place of (log β)^{−1}. The "
        "inequality needs no threshold at all.",
    ),
    siblings=(
        "isometry.theorem-4-corrected",
        "isometry.theorem-4-hypothesis",
        "isometry.unconditional-decay",
    ),
)

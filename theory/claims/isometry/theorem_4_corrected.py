"""Theorem 4 with the threshold that its proof needs.

−log I(G^ℓ) ≤ exp(−ℓ log β − n log I(G⁰) + log 4n) for
ℓ ≥ (log β)^{−1}(−n log I(G⁰) + log 4n), that is β^ℓ ≥ 4n/det G⁰.

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
    Heading,
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
from depthlaw.theory.claims.isometry import _lemma_a4 as lemma
from depthlaw.theory.claims.isometry import _setting as setting
from depthlaw.theory.claims.isometry import _steps as steps
from depthlaw.theory.claims.isometry import _theorem_4 as theorem
from depthlaw.theory.writing.symbols import ell, n


def _derivation() -> Steps:
    x, y = sp.symbols("x y", nonnegative=True)
    z = sp.Symbol("z", positive=True)
    largest = lemma.M
    decay = setting.BETA**-ell
    small = 2 * (n - 1) * decay / setting.DET
    left = 4 * decay / setting.DET
    below = (2 + largest) / (1 + largest)
    slope = 2 * x / (1 + x)
    yield Heading("The start, with m = max |ρ_ij|")
    yield Uses(
        "in terms of the determinant",
        "isometry.lemma-a4-upper",
        known=(lemma.AT_MOST_ONE.relation,),
    )
    yield Identity(
        "so γ(G⁰) = m/(1 − m) is at most 2/det G⁰: below 2/(1 − m²) by",
        2 / (1 - largest**2) - largest / (1 - largest),
        below,
    )
    yield Sign("which is not negative", below)
    yield Heading("Layer ℓ: (n − 1) max |ρ_ij| ≤ y with y = 2(n−1)β^{−ℓ}/det G⁰")
    yield Uses("the potential", "isometry.corollary-a3", known=steps.KNOWN)
    yield from steps.small_correlation()
    yield Identity(
        "y is the part (n−1)/(2n) of 4nβ^{−ℓ}/det G⁰ ≤ 1: it lacks at least 1/(2n) to 1/2",
        sp.Subs((n - 1) / (2 * n) * x, x, theorem.FORMULA),
        small,
    )
    yield Heading("The gap there")
    yield Uses(
        "Lemma A.4 with m for max |ρ_ij|, for (n − 1)m ≤ y ≤ 1/2",
        "isometry.lemma-a4",
        known=(lemma.DOMINANT.relation,),
    )
    yield Identity("−(1/n) log det G, with z = 1 − (n − 1)m", -sp.log(z**n) / n, -sp.log(z))
    yield Identity(
        "which grows with (n − 1)m, up to −log(1 − y) at most; 2y less that is 0 at y = 0 and has, "
        "with y = (1 − x)/2, the slope",
        sp.Subs(sp.Derivative(2 * y + sp.log(1 - y), y), y, (1 - x) / 2),
        slope,
    )
    yield Sign("which is not negative where 0 ≤ x ≤ 1", slope)
    yield Sign("so that the gap is at most 2y, which leaves of 4nβ^{−ℓ}/det G⁰", left)
    yield Identity(
        "as together they are",
        sp.Subs(2 * y + left, y, small),
        theorem.FORMULA,
    )


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
        theorem.deep_enough(setting.BETA**ell >= theorem.SCALE),
    ),
    checks=theorem.checks(37, 40, 90, 75, 262, 38, 25, 35, 29, 143, 52, 18),
    derivation=_derivation,
    control=Fraction(1, 30_000),
    siblings=("isometry.theorem-4", "isometry.unconditional-decay"),
)

"""Theorem 4 as printed: the isometry gap falls like β^{−ℓ} past a depth.

−log I(G^ℓ) ≤ exp(−ℓ log β − n log I(G⁰) + log 4n) for ℓ ≥ β^{−1}(−n log I(G⁰) + log 4n).

The proof goes through Lemma A.4, which needs (n−1) max |ρ_ij| ≤ 1 at depth ℓ. The printed threshold
does not give that: for tanh and eight samples with correlation 9/10 the left side is 3.4 there. The
inequality holds nevertheless, at every ℓ ≥ 0, by `isometry.unconditional-decay` and
det G⁰ ≤ e λ_0.

Example: 4n/det G⁰ at ℓ = 0 is halved by each layer at β = 2.

>>> CLAIM.bound(batch=2, depth=3, strength=2, determinant=1).contains(1)
True
"""

from __future__ import annotations

from fractions import Fraction

import sympy as sp

from depthlaw.theory.claim import (
    BATCH,
    DEPTH,
    AmGm,
    Heading,
    Identity,
    Outcome,
    Sign,
    Status,
    Steps,
    Tangent,
    Uses,
    declare,
    upper,
)
from depthlaw.theory.claims.isometry import PAPER
from depthlaw.theory.claims.isometry import _setting as setting
from depthlaw.theory.claims.isometry import _steps as steps
from depthlaw.theory.claims.isometry import _theorem_4 as theorem
from depthlaw.theory.writing.symbols import ell, n


def _derivation() -> Steps:
    i = sp.Symbol("i", integer=True)
    m = sp.Symbol("m", integer=True, positive=True)
    x = sp.Symbol("x", positive=True)
    excess = sp.Symbol("y", nonnegative=True)
    eigenvalue = sp.IndexedBase("lambda", positive=True)
    logarithm = sp.Symbol("L", real=True)
    decay = setting.BETA**-ell
    rest = decay * (1 + excess / n)
    gap = Uses(
        "no threshold is needed",
        "isometry.unconditional-decay",
        known=(*steps.KNOWN, setting.SMALLEST_AT_MOST_ONE.relation),
    )
    line = Tangent("where log(1 + x) is at most", sp.log(1 + x), x, sp.S.Zero, concave=True)
    at_most = gap.right.subs(line.left.subs(x, steps.T), line.right.subs(x, steps.T))
    yield Heading("At every depth, from the smallest eigenvalue")
    yield gap
    yield line
    yield Identity(
        "so that, with λ_0 = 1/(1 + y), the gap is below β^{−ℓ}/λ_0 by at least",
        sp.Subs(decay / setting.LAMBDA - at_most, setting.LAMBDA, 1 / (1 + excess)),
        rest,
    )
    yield Sign("which is not negative", rest)
    yield Heading("The smallest eigenvalue and the determinant, n = m + 1")
    yield AmGm("the m other eigenvalues, which sum to n − λ_0 < n", eigenvalue[i], i, m)
    most = Identity(
        "so that their product is at most (n/m)^m = (1 + 1/m)^m, whose logarithm is at most mx at "
        "x = 1/m",
        sp.Subs(m * line.right, x, 1 / m),
        sp.S.One,
    )
    yield most
    yield Sign(
        "so det G⁰ ≤ e λ_0, and the gap is at most β^{−ℓ} e/det G⁰, which an n-th of "
        "4nβ^{−ℓ}/det G⁰ exceeds by",
        sp.factor(theorem.FORMULA / n - sp.exp(most.right) * decay / setting.DET),
        strict=True,
    )
    yield Identity(
        "the printed exponent is the logarithm of 4nβ^{−ℓ}/det G⁰",
        sp.Subs(
            sp.exp(logarithm),
            logarithm,
            -ell * sp.log(setting.BETA) - sp.log(setting.DET) + sp.log(4 * n),
        ),
        theorem.FORMULA,
    )


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
        theorem.deep_enough(ell * setting.BETA >= sp.log(theorem.SCALE)),
    ),
    checks=theorem.checks(7, 40, 20, 14, 60, 9, 7, 12, 10, 30, 10, 7),
    derivation=_derivation,
    control=Fraction(1, 250),
    errata=(
        "The proof bounds (n−1) max |ρ| through γ(G^ℓ) ≤ β^{−ℓ} γ(G⁰), which takes "
        "ℓ ≥ (log β)^{−1}(…): the printed threshold has β^{−1} in the place of (log β)^{−1}. The "
        "inequality needs no threshold at all.",
    ),
    siblings=(
        "isometry.theorem-4-corrected",
        "isometry.unconditional-decay",
    ),
)

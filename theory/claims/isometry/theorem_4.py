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
from flint import arb

from depthlaw.theory.claim import (
    BATCH,
    DEPTH,
    AmGm,
    Heading,
    Identity,
    Order,
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
from depthlaw.theory.symbols import ell, n


def _derivation() -> Steps:
    i = sp.Symbol("i", integer=True)
    m = sp.Symbol("m", integer=True, positive=True)
    x, least = sp.symbols("x lambda", positive=True)
    eigenvalue = sp.IndexedBase("lambda", positive=True)
    logarithm = sp.Symbol("L", real=True)
    decay = setting.BETA**-ell
    yield Heading("At every depth, from the smallest eigenvalue")
    yield Uses(
        "no threshold is needed",
        "isometry.unconditional-decay",
        known=(*steps.KNOWN, setting.SMALLEST_AT_MOST_ONE.relation),
    )
    yield Tangent("of which the logarithm is at most x", sp.log(1 + x), x, sp.S.Zero, concave=True)
    yield Sign("so that with (n−1)/n ≤ 1 the gap is below β^{−ℓ}/λ_0 by at least", decay)
    yield Heading("The smallest eigenvalue and the determinant, n = m + 1")
    yield AmGm("the product of the m other eigenvalues", eigenvalue[i], i, m)
    yield Sign("whose sum is n − λ_0, below n by", least, strict=True)
    yield Tangent(
        "so that it is at most (n/m)^m, where log(n/m) = log(1 + x) at x = 1/m is at most x",
        sp.log(1 + x),
        x,
        sp.S.Zero,
        concave=True,
    )
    yield Identity(
        "and the product at most e: its logarithm is at most",
        sp.Subs(m * x, x, 1 / m),
        sp.S.One,
    )
    yield Order(
        "with det G⁰ ≤ e λ_0 the gap is at most β^{−ℓ} e/det G⁰",
        r"e < 4 \le 4n",
        lambda: arb(1).exp(),
        lambda: arb(4),
    )
    yield Identity(
        "so that 4n in the place of e is enough; the printed exponent is its logarithm",
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
        theorem.deep_enough(setting.BETA),
    ),
    checks=theorem.checks(lambda beta: beta),
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

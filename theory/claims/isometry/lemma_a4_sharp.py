"""Lemma A.4, lower half, sharp.

(1 − (n − 1)m)(1 + m)^{n−1} ≤ det G, m = max|G_ij|.

Equicorrelated samples at −m attain it.

Example: three samples at −1/4.

>>> from depthlaw.theory.rigorous.matrices import determinant
>>> from depthlaw.theory.claims.isometry import _setting as setting
>>> gram = setting.equicorrelated(3, Fraction(-1, 4))
>>> CLAIM.bound(batch=3, largest=Fraction(1, 4)).expression == determinant(gram)
True
"""

from __future__ import annotations

from fractions import Fraction

import sympy as sp

from depthlaw.theory.claim import (
    BATCH,
    Argued,
    Identity,
    Outcome,
    Sign,
    Status,
    Steps,
    declare,
    lower,
)
from depthlaw.theory.claims.isometry import PAPER
from depthlaw.theory.claims.isometry import _lemma_a4 as lemma
from depthlaw.theory.claims.isometry import _spread as spread
from depthlaw.theory.symbols import n

FORMULA: sp.Expr = (1 - (n - 1) * lemma.M) * (1 + lemma.M) ** (n - 1)


def _derivation() -> Steps:
    c, k = sp.symbols("c k", nonnegative=True)
    product = (1 - k * c) * (1 + c) ** k
    yield Argued(
        "the spectrum",
        "the eigenvalues sum to n and their squares to n + Σ_{i≠j} G_ij² ≤ n + n(n−1)m²; "
        "write that sum as n + n(n−1)c², c ≤ m. None can be 0: that needs c ≥ 1/(n−1)",
    )
    yield from spread.steps()
    yield Identity(
        "one eigenvalue 1 − kc and k = n − 1 of 1 + c have these sums",
        (1 - k * c) ** 2 + k * (1 + c) ** 2,
        1 + k + k * (k + 1) * c**2,
    )
    yield Identity(
        "and their product falls as c grows to m: minus its slope in c",
        -sp.Derivative(product, c) / (1 + c) ** (k - 1),
        k * (k + 1) * c,
    )
    yield Sign("is not negative", k * (k + 1) * c)


CLAIM = declare(
    __name__,
    "determinant from the largest correlation, sharp",
    lower(lemma.QUANTITY, FORMULA, trivial=sp.Integer(0)),
    source=PAPER.at("Lemma A.4", "sharper lower bound"),
    status=Status.SHARPENED,
    expected=Outcome.CERTIFIED,
    parameters=(BATCH, lemma.LARGEST),
    assumes=(
        "G is positive semidefinite with unit diagonal",
        lemma.DOMINANT,
    ),
    checks=lemma.dominant(),
    derivation=_derivation,
    control=Fraction(101, 100),
    siblings=("isometry.lemma-a4", "isometry.lemma-a4-upper"),
)

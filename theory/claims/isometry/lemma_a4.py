"""Lemma A.4, lower half: small correlations keep the determinant up.

(1 − (n − 1) max|G_ij|)ⁿ ≤ det G.

Example: (1 − 2/4)³ for three samples.

>>> CLAIM.bound(batch=3, largest=Fraction(1, 4)).contains(Fraction(1, 8))
True
"""

from __future__ import annotations

from fractions import Fraction

import sympy as sp

from depthlaw.theory.claim import (
    BATCH,
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
from depthlaw.theory.claims.isometry import _setting as setting
from depthlaw.theory.writing.symbols import n


def _derivation() -> Steps:
    i = sp.Symbol("i", integer=True)
    more, others = sp.symbols("t P", nonnegative=True)
    yield lemma.gershgorin()
    yield Sign(
        "det G is the product of the eigenvalues; one of them, a + t, replaced by a ≥ 0 takes it "
        "down, with the product P of the others, by",
        more * others,
    )
    yield Identity(
        "n eigenvalues of a = 1 − (n − 1)m, which is not negative",
        sp.Product(1 - lemma.RADIUS, (i, 1, n)),
        lemma.LOWER,
    )


CLAIM = declare(
    __name__,
    "determinant from the largest correlation, from below",
    lower(lemma.QUANTITY, lemma.LOWER, trivial=sp.Integer(0)),
    source=PAPER.at("Lemma A.4", "lower bound"),
    status=Status.PUBLISHED,
    expected=Outcome.CERTIFIED,
    parameters=(BATCH, lemma.LARGEST),
    assumes=(
        "G is positive semidefinite with unit diagonal",
        lemma.DOMINANT,
    ),
    checks=(
        *lemma.dominant(),
        lemma.check(
            "three samples at −1/2: nothing is said", setting.equicorrelated(3, Fraction(-1, 2))
        ),
    ),
    derivation=_derivation,
    control=Fraction(7, 2),
    siblings=("isometry.lemma-a4-sharp", "isometry.lemma-a4-upper"),
)

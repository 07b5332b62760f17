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
    Heading,
    Identity,
    Outcome,
    Status,
    Steps,
    Tangent,
    declare,
    lower,
)
from depthlaw.theory.claims.isometry import PAPER
from depthlaw.theory.claims.isometry import _lemma_a4 as lemma
from depthlaw.theory.claims.isometry import _spread as spread
from depthlaw.theory.writing.symbols import n

FORMULA: sp.Expr = (1 - lemma.RADIUS) * (1 + lemma.M) ** (n - 1)


def _derivation() -> Steps:
    x = sp.Symbol("x", positive=True)
    total, square, near = sp.symbols("S_1 S_2 b", real=True)
    logarithm = sp.Symbol("L", real=True)
    high, low = 1 + lemma.M, 1 - lemma.RADIUS
    parabola = spread.parabola(low, high)
    yield Heading("The spectrum, where 0 < (n − 1)m < 1; at the ends det G is 1, and at least 0")
    yield lemma.gershgorin()
    yield Identity(
        "its sum is tr G = n; the squares sum to ‖G‖_F² ≤ n + n(n−1)m², about b = 1 + m to at most",
        sp.Subs(
            square - 2 * near * total + n * near**2,
            (near, total, square),
            (high, n, n + n * (n - 1) * lemma.M**2),
        ),
        (n * lemma.M) ** 2,
    )
    yield Heading("Its product")
    yield parabola
    yield Tangent(
        "the parabola bends down, since log is concave: its last coefficient is not positive",
        sp.log(x),
        x,
        high,
        concave=True,
    )
    yield spread.at_extreme(parabola, -n * lemma.M, (n * lemma.M) ** 2)
    yield Identity(
        "so log det G is at least that",
        sp.Subs(sp.exp(logarithm), logarithm, sp.log(low) + (n - 1) * sp.log(high)),
        FORMULA,
    )


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

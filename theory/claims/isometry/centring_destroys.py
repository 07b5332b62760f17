"""Centring can destroy isometry.

I(G) = (1 − n/d)^{1/n}/(1 − 1/d) for the basis vectors e_1, …, e_n of R^d after their means over
the features are subtracted; before it I = 1.

Dividing by the norms, which are all equal, changes nothing: LN with centring takes e_1, e_2 in R²
to opposite vectors.

Example: in R² nothing is left of it, in R³ √3/2.

>>> CLAIM.bound(batch=2, width=2).expression, CLAIM.bound(batch=2, width=3).expression
(0, sqrt(3)/2)
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import sympy as sp

from depthlaw.theory.claim import (
    BATCH,
    WIDTH,
    Check,
    Cited,
    Computed,
    Identity,
    Outcome,
    Requires,
    Status,
    Steps,
    declare,
    equal,
)
from depthlaw.theory.claims.isometry import PAPER
from depthlaw.theory.claims.isometry import _norms as norms
from depthlaw.theory.claims.isometry import _setting as setting
from depthlaw.theory.values import Exact, Value
from depthlaw.theory.writing.symbols import d, n

FORMULA = (1 - n / d) ** (1 / n) / (1 - 1 / d)
FITS = Requires(d >= n, "R^d has only d basis vectors")


def _quantity(gram: Any) -> Value:
    return Exact(norms.isometry(gram))


def _check(batch: int, width: int) -> Check:
    """Return a check that centres the vectors themselves and takes their determinant."""
    columns = [
        [Fraction(int(k == i)) - Fraction(1, width) for k in range(width)] for i in range(batch)
    ]
    return Check(
        f"{batch} basis vectors of R^{width}",
        {"batch": batch, "width": width},
        Computed(_quantity, {"gram": setting.products(columns)}),
    )


def _derivation() -> Steps:
    determinant, trace = sp.symbols("D t", positive=True)
    yield Cited(
        "centred e_1, …, e_n have the Gram matrix I − 11*/d",
        "the matrix determinant lemma; Horn and Johnson, Matrix Analysis, 0.8.5.11",
        r"\det(I - \tfrac1d 11^\top) = 1 - \tfrac nd, \quad \operatorname{tr} = n (1 - \tfrac1d)",
    )
    yield Identity(
        "I = (det)^{1/n}/(tr/n) there",
        sp.Subs(
            determinant ** (1 / n) / (trace / n),
            (determinant, trace),
            (1 - n / d, n * (1 - 1 / d)),
        ),
        FORMULA,
    )


CLAIM = declare(
    __name__,
    "isometry of centred basis vectors",
    equal(sp.Symbol("I(G)"), FORMULA),
    source=PAPER.at("Corollary 2", "what centring does, ours"),
    status=Status.SHARPENED,
    expected=Outcome.CERTIFIED,
    parameters=(BATCH, WIDTH),
    assumes=(
        "x_1, …, x_n are orthonormal",
        FITS,
    ),
    checks=(
        _check(2, 2),
        _check(2, 3),
        _check(2, 1000),
        _check(5, 5),
        _check(5, 6),
        _check(16, 20),
    ),
    derivation=_derivation,
    control=Fraction(101, 100),
    siblings=("isometry.corollary-2",),
)

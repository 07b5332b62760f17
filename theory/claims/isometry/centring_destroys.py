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
    Computed,
    Identity,
    Outcome,
    Requires,
    Sign,
    Status,
    Steps,
    declare,
    equal,
)
from depthlaw.theory.claims.isometry import PAPER
from depthlaw.theory.claims.isometry import _norms as norms
from depthlaw.theory.symbols import d, n
from depthlaw.theory.values import Exact, Value

FORMULA = (1 - n / d) ** (1 / n) / (1 - 1 / d)
FITS = Requires(d >= n, "R^d has only d basis vectors")


def _quantity(gram: Any) -> Value:
    return Exact(norms.isometry(gram))


def _check(batch: int, width: int) -> Check:
    """Return a check that centres the vectors themselves and takes their determinant."""
    columns = [
        [Fraction(int(k == i)) - Fraction(1, width) for k in range(width)] for i in range(batch)
    ]
    gram = tuple(
        tuple(sum((x * y for x, y in zip(u, v, strict=True)), start=Fraction(0)) for v in columns)
        for u in columns
    )
    return Check(
        f"{batch} basis vectors of R^{width}",
        {"batch": batch, "width": width},
        Computed(_quantity, {"gram": gram}),
    )


def _derivation() -> Steps:
    x, m = sp.symbols("x m", positive=True)
    left = sp.log(1 - x) / n - sp.log(1 - x / n)
    slope = x * (n - 1) / (n * (1 - x) * (n - x))
    rest = sp.Symbol("y", positive=True)
    yield Identity(
        "centred e_1, e_2, e_3: the Gram matrix is I − 11ᵀ/d, with determinant",
        (sp.eye(3) - sp.ones(3, 3) / d).det(),
        1 - 3 / d,
    )
    yield Identity(
        "two vectors: I² = d(d − 2)/(d − 1)², below 1 by",
        1 - d * (d - 2) / (d - 1) ** 2,
        1 / (d - 1) ** 2,
    )
    yield Identity(
        "log I in x = n/d, which is 0 at 0: minus its slope", -sp.Derivative(left, x), slope
    )
    yield Sign(
        "is positive for n = 1 + m, x = 1/(1 + y): I falls as d comes down to n",
        sp.factor(slope.subs({n: 1 + m, x: 1 / (1 + rest)})),
        strict=True,
    )


CLAIM = declare(
    __name__,
    "isometry of centred basis vectors",
    equal(sp.Symbol("I(G)"), FORMULA, trivial=sp.Integer(1)),
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

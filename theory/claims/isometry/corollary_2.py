"""Corollary 2: layer normalisation without centring raises isometry.

I(LN(X)) ≥ I(X) (1 + n^{−1} Σ (a_i − ā)²/ā²), LN(x) = x/√(d^{−1} Σ x_k²), a_i = ‖x_i‖.

Example: the bound of Theorem 1.

>>> CLAIM.bound(norms=(Fraction(9, 10), Fraction(11, 10))).expression
101/100
"""

from __future__ import annotations

from fractions import Fraction
from math import isqrt
from typing import Any

import sympy as sp

from depthlaw.theory.claim import (
    Check,
    Computed,
    Heading,
    Identity,
    Outcome,
    Status,
    Steps,
    Uses,
    declare,
    lower,
)
from depthlaw.theory.claims.isometry import PAPER
from depthlaw.theory.claims.isometry import _norms as norms
from depthlaw.theory.claims.isometry import _setting as setting
from depthlaw.theory.rigorous.matrices import RationalMatrix
from depthlaw.theory.values import Exact

Columns = tuple[tuple[int, ...], ...]


def _gram(columns: Columns, scales: tuple[Fraction, ...]) -> RationalMatrix:
    return setting.products(
        [[s * x for x in column] for s, column in zip(scales, columns, strict=True)]
    )


def _gain(columns: Columns, lengths: Any) -> Exact:
    before = norms.isometry(_gram(columns, (Fraction(1),) * len(columns)))
    after = norms.isometry(_gram(columns, tuple(1 / a for a in lengths)))
    return Exact(after / before)


def _check(label: str, columns: Columns) -> Check:
    """Return a check on columns of whole norm: √d drops out of I, which is free of scale."""
    lengths = tuple(Fraction(isqrt(sum(x * x for x in column))) for column in columns)
    return Check(
        label, {"norms": lengths}, Computed(_gain, {"columns": columns, "lengths": lengths})
    )


def _derivation() -> Steps:
    size, length, total = sp.symbols("d s S", positive=True)
    yield Heading("Layer normalisation makes all norms equal")
    yield Identity(
        "the squares of √d x_k/‖x‖, with s = ‖x‖², sum to dS/s with S = Σ x_k² = s: every norm is "
        "√d, of which I is free",
        sp.Subs(size * total / length, total, length),
        size,
    )
    yield Uses("of the samples as they were and at equal norms", "isometry.theorem-1")


CLAIM = declare(
    __name__,
    "layer normalisation without centring raises isometry",
    lower(sp.Symbol(r"I(\mathrm{LN}(X)) / I(X)"), norms.VARIATION),
    source=PAPER.at("Corollary 2"),
    status=Status.PUBLISHED,
    expected=Outcome.CERTIFIED,
    parameters=(setting.NORMS,),
    assumes=(
        "the columns x_i of X are linearly independent",
        "I is that of the Gram matrix of the columns",
    ),
    checks=(
        _check("norms 3, 7 and 9, d = 3", ((1, 2, 2), (2, 3, 6), (8, -1, 4))),
        _check("norms 2, 6 and 9, d = 4", ((1, 1, 1, 1), (1, 1, -3, 5), (2, -4, 5, 6))),
        _check("norms 5 and 13, nearly parallel, d = 2", ((3, 4), (5, 12))),
        _check("norms 3 and 150, nearly opposite, d = 3", ((1, 2, 2), (-20, -100, -110))),
    ),
    derivation=_derivation,
    control=Fraction(13, 10),
    errata=(
        "LN here has no mean of its own: with centring the statement is false, since centring can "
        "destroy isometry (isometry.centring-destroys).",
    ),
    siblings=("isometry.theorem-1", "isometry.centring-destroys"),
)

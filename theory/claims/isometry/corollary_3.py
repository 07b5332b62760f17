"""Corollary 3, averages over d: batch normalisation raises the isometry of the features.

I(C̃) ≥ I(C) (1 + d^{−1} Σ_k (r_k − r̄)²/r̄²), C = XXᵀ, C̃ = X̃X̃ᵀ, r_k the norms of the rows
of X, X̃ its rows at norm 1.

Example: orthogonal rows of equal norm stay isometric.

>>> CLAIM.bound(determinant=16, norms=(2, 2)).contains(1)
True
"""

from __future__ import annotations

from fractions import Fraction

import sympy as sp

from depthlaw.theory.claim import (
    Check,
    Computed,
    Domain,
    Identity,
    Outcome,
    Parameter,
    Requires,
    Status,
    Steps,
    Uses,
    declare,
    lower,
)
from depthlaw.theory.claims.isometry import PAPER
from depthlaw.theory.claims.isometry import _norms as norms
from depthlaw.theory.claims.isometry import _setting as setting
from depthlaw.theory.rigorous.matrices import RationalMatrix, determinant
from depthlaw.theory.values import Exact, Value
from depthlaw.theory.writing.symbols import n

_D = sp.Symbol("D", nonnegative=True)
DETERMINANT = Parameter("determinant", _D, Domain.REAL, 0, "determinant of C = XXᵀ")
FORMULA = _D ** (1 / n) / norms.MEAN**2
"""I(C) (1 + cv²) = D^{1/d}/(d⁻¹ Σ a²) · (d⁻¹ Σ a²)/ā²."""
HADAMARD = Requires(
    _D <= norms.GEOMETRIC ** (2 * n),
    "at most the product of the squared norms (Hadamard)",
    argument="determinant",
)


def _quantity(rows: RationalMatrix) -> Value:
    return Exact(norms.isometry(rows))


def _check(label: str, rows: RationalMatrix, lengths: tuple[Fraction, ...]) -> Check:
    """Return a check on rows of correlations `rows` and norms `lengths`."""
    covariance = norms.with_norms(rows, lengths)
    return Check(
        label,
        {"determinant": determinant(covariance), "norms": lengths},
        Computed(_quantity, {"rows": rows}),
    )


def _derivation() -> Steps:
    isometry, factor = sp.symbols("I r", positive=True)
    yield Uses(
        "for the d rows, which are its samples; C is their Gram matrix", "isometry.theorem-1"
    )
    yield Identity(
        "I(C) (1 + cv²) with I(C) = D^{1/d}/S and 1 + cv² = S/ā², S the mean square",
        sp.Subs(
            isometry * factor,
            (isometry, factor),
            (_D ** (1 / n) / norms.MEAN_SQUARE, norms.MEAN_SQUARE / norms.MEAN**2),
        ),
        FORMULA,
    )


CLAIM = declare(
    __name__,
    "batch normalisation raises the isometry of the features",
    lower(sp.Symbol(r"I(\tilde C)"), FORMULA, trivial=sp.Integer(0)),
    source=PAPER.at("Corollary 3", "averages over d"),
    status=Status.CORRECTED,
    expected=Outcome.CERTIFIED,
    parameters=(DETERMINANT, setting.NORMS),
    assumes=(
        "X has no zero row; with fewer samples than rows both sides are 0",
        HADAMARD,
    ),
    checks=(
        *(_check(*instance) for instance in norms.instances()),
        _check(
            "three rows, two samples: nothing is said",
            setting.on_sphere([(1,), (2,), (3,)]),
            (Fraction(1), Fraction(2), Fraction(3)),
        ),
    ),
    derivation=_derivation,
    control=Fraction(11, 10),
    errata=(
        "The averages run over the d rows that are normalised, and C̃ = X̃X̃ᵀ. The statement is "
        "empty when n < d, where C is singular.",
    ),
    siblings=("isometry.theorem-1",),
)

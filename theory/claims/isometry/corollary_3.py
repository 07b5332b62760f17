"""Corollary 3, averages over d: batch normalisation raises the isometry of the features.

Statement
---------
I(C̃) ≥ I(C) (1 + d^{−1} Σ_k (r_k − r̄)²/r̄²), C = XXᵀ, C̃ = X̃X̃ᵀ, r_k the norms of the rows
of X, X̃ its rows at norm 1.

Assumptions
-----------
X ∈ R^{d×n} without zero rows. For n < d both sides are 0.

Source
------
joudaki2023, Corollary 3, with averages over the d rows and C̃ = X̃X̃ᵀ.

Parameters
----------
determinant of C in [0, Π r_k²], norms r_1, …, r_d > 0 of the rows.

Returns
-------
An enclosure; its lower end is the certified side.

Raises
------
ArgumentError outside those ranges.

Example: orthogonal rows of equal norm stay isometric.

>>> CLAIM.bound(determinant=16, norms=(2, 2)).contains(1)
True
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from math import prod

import sympy as sp

from depthlaw.theory.claim import (
    Argued,
    Assumption,
    Check,
    Computed,
    Derivation,
    Domain,
    Outcome,
    Parameter,
    ParameterValue,
    Status,
    declare,
    lower,
    number,
    numbers,
)
from depthlaw.theory.claims.isometry import _norms as norms
from depthlaw.theory.claims.isometry import _setting as setting
from depthlaw.theory.rigorous.balls import ball
from depthlaw.theory.rigorous.matrices import RationalMatrix, determinant
from depthlaw.theory.values import Enclosure, Exact

_D = sp.Symbol("D", nonnegative=True)
DETERMINANT = Parameter("determinant", _D, Domain.REAL, 0, "determinant of C = XXᵀ")
HADAMARD = Assumption(
    "det C ≤ Π r_k²",
    "determinant",
    lambda values: number(values, "determinant") <= _largest_determinant(values),
    lambda values: (
        f"it must be at most {float(_largest_determinant(values)):.12g}, the product of the "
        "squared norms (Hadamard)"
    ),
)
_k, _d = sp.Symbol("k", integer=True), sp.Symbol("d", integer=True, positive=True)
_R, _MEAN = sp.IndexedBase("r"), sp.Symbol(r"\bar r", positive=True)
FORMULA = _D ** (1 / _d) / _MEAN**2
"""I(C) (1 + cv²) = D^{1/d}/(d⁻¹ Σ r²) · (d⁻¹ Σ r²)/r̄²."""


def _largest_determinant(values: Mapping[str, ParameterValue]) -> Fraction:
    return prod((r * r for r in numbers(values, "norms")), start=Fraction(1))


def _bound(values: Mapping[str, ParameterValue]) -> Enclosure:
    r, D = numbers(values, "norms"), number(values, "determinant")
    if D == 0:
        return Enclosure.of(0)
    root = (ball(D).log() / len(r)).exp()
    return Enclosure(root / ball(sum(r) / len(r)) ** 2)


def _check(label: str, rows: RationalMatrix, lengths: tuple[Fraction, ...]) -> Check:
    """Return a check on rows of correlations `rows` and norms `lengths`."""
    covariance = norms.with_norms(rows, lengths)
    return Check(
        label,
        {"determinant": determinant(covariance), "norms": lengths},
        Computed(lambda: Exact(norms.isometry(rows))),
    )


CLAIM = declare(
    __name__,
    "batch normalisation raises the isometry of the features",
    lower(sp.Symbol(r"I(\tilde C)"), FORMULA, trivial=sp.Integer(0), by=_bound),
    source=setting.source("Corollary 3", "averages over d"),
    status=Status.CORRECTED,
    expected=Outcome.CERTIFIED,
    parameters=(DETERMINANT, setting.NORMS),
    assumes=(HADAMARD,),
    checks=(
        *(_check(*instance) for instance in norms.instances()),
        _check(
            "three rows, two samples: nothing is said",
            setting.on_sphere([(1,), (2,), (3,)]),
            (Fraction(1), Fraction(2), Fraction(3)),
        ),
    ),
    derivation=lambda: Derivation(
        (
            Argued(
                "Theorem 1 for the rows", "the d rows of X are its samples, C their Gram matrix"
            ),
            *norms.ratio_steps(),
            *norms.mean_steps(),
        )
    ),
    control=Fraction(11, 10),
    errata=(
        "The averages run over the d rows that are normalised, and C̃ = X̃X̃ᵀ. The statement is "
        "empty when n < d, where C is singular.",
    ),
    siblings=("isometry.theorem-1",),
)

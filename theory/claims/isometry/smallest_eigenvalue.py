"""The smallest eigenvalue obeys the recursion of one pair of samples.

1 − λ_{ℓ+1} ≤ f(1 − λ_ℓ), λ_ℓ = λ_min(G^ℓ).

Equality for two samples at ρ ≥ 0 and for equicorrelated ones, which the checks come near.

Example: an isometric batch stays so.

>>> CLAIM.bound(squares=(1, 2), smallest=1).contains(0)
True
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import sympy as sp

from depthlaw.theory.claim import (
    Check,
    Computed,
    Derivation,
    Domain,
    Outcome,
    Parameter,
    Status,
    declare,
    upper,
)
from depthlaw.theory.claims.isometry import PAPER
from depthlaw.theory.claims.isometry import _recursion as recursion
from depthlaw.theory.claims.isometry import _setting as setting
from depthlaw.theory.claims.isometry import _steps as steps
from depthlaw.theory.rigorous.matrices import RationalMatrix, smallest_eigenvalue, to_balls
from depthlaw.theory.values import Enclosure

SQUARES = Parameter(
    "squares", sp.Symbol("c^2"), Domain.SPECTRUM, 0, "squared Hermite coefficients c_1², …, c_K²"
)
_k = sp.Symbol("k", integer=True)
_C, _ALL = sp.IndexedBase("c^2"), (_k, 1, sp.Symbol("K"))


def polynomial_map(squares: Sequence[Fraction], rho: Fraction) -> Fraction:
    """Return f(ρ) = Σ c_k² ρᵏ/Σ c_k², exactly."""
    total = sum((c * rho**k for k, c in enumerate(squares, start=1)), start=Fraction(0))
    return total / sum(squares)


def _reach(start: RationalMatrix, squares: tuple[Fraction, ...]) -> Enclosure:
    after = tuple(tuple(polynomial_map(squares, rho) for rho in row) for row in start)
    return Enclosure(1 - smallest_eigenvalue(to_balls(after)))


def _check(label: str, start: RationalMatrix, squares: tuple[Fraction, ...]) -> Check:
    return Check(
        label,
        {"squares": squares, "smallest": setting.smallest_above(start)},
        Computed(_reach, {"start": start, "squares": squares}),
    )


_NEARLY_EQUAL = setting.on_sphere([(k, Fraction(1, 100) * k**2) for k in range(1, 5)])
_TILTED = tuple(
    tuple(entry - Fraction((i + j) * (i != j), 1000) for j, entry in enumerate(row))
    for i, row in enumerate(setting.equicorrelated(3, Fraction(1, 2)))
)

CLAIM = declare(
    __name__,
    "the smallest eigenvalue follows one pair of samples",
    upper(
        sp.Symbol(r"1 - \lambda_{\ell+1}"),
        sp.Sum(_C[_k] * (1 - setting.LAMBDA) ** _k, _ALL) / sp.Sum(_C[_k], _ALL),
    ),
    source=PAPER.at("Theorem 4", "one-step inequality, ours"),
    status=Status.SHARPENED,
    expected=Outcome.CERTIFIED,
    parameters=(SQUARES, setting.SMALLEST),
    assumes=(
        "unit diagonal",
        "f = Σ c_k² ρᵏ/Σ_{j≥1} c_j²",
        setting.SMALLEST_AT_MOST_ONE,
    ),
    checks=(
        _check("nearly equicorrelated, x + x²", _TILTED, recursion.even_mix(1, 2)),
        _check("spread on a sphere, h₂", setting.SPREAD, recursion.even_mix(2)),
        _check("spread on a sphere, h₁ + h₃", setting.SPREAD, recursion.even_mix(1, 3)),
        _check("nearly antipodal, h₁ + h₂", setting.ANTIPODAL, recursion.even_mix(1, 2)),
        _check("near-duplicates, h₁ + h₂ + h₅", setting.DUPLICATES, recursion.even_mix(1, 2, 5)),
        _check("nearly low rank, h₃", setting.LOW_RANK, recursion.even_mix(3)),
        _check("on a curve, h₁ + h₄", _NEARLY_EQUAL, recursion.even_mix(1, 4)),
    ),
    derivation=lambda: Derivation(steps.smallest_eigenvalue()),
    control=Fraction(99, 100),
    siblings=("isometry.unconditional-decay", "isometry.sharp-decay"),
)

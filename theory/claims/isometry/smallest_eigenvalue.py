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
    Cited,
    Computed,
    Domain,
    Heading,
    Identity,
    Outcome,
    Parameter,
    Status,
    Steps,
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
_WHOLE = sp.Sum(_C[_k], _ALL)
FORMULA = sp.Sum(_C[_k] * (1 - setting.LAMBDA) ** _k, _ALL) / _WHOLE


def polynomial_map(squares: Sequence[Fraction | int], rho: Fraction) -> Fraction:
    """Return f(ρ) = Σ c_k² ρᵏ/Σ c_k², exactly.

    >>> polynomial_map((1, 2), Fraction(1, 2)) == Fraction(1, 3)
    True
    """
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


def _derivation() -> Steps:
    smallest, more = setting.LAMBDA, sp.Symbol("t", nonnegative=True)
    a, entry = sp.IndexedBase("a"), sp.Symbol("g", real=True)
    value, whole = sp.symbols("v S", nonnegative=True)
    yield from steps.series()
    yield Heading("G = λI + (1 − λ)G′, λ = λ_min(G) < 1; at λ = 1 the eigenvalues all are 1, G = I")
    yield Identity(
        "G′ has unit diagonal",
        sp.Subs((value - smallest) / (1 - smallest), value, 1),
        sp.S.One,
    )
    yield Identity(
        "and an eigenvalue λ + t of G makes one of G′ that is not negative",
        sp.Subs((value - smallest) / (1 - smallest), value, smallest + more),
        more / (1 - smallest),
    )
    yield Cited(
        "so are all entrywise powers of G′ positive semidefinite",
        "Schur's product theorem, for two positive semidefinite matrices; Horn and Johnson, Matrix "
        "Analysis, Theorem 7.5.3",
        r"A, B \succeq 0 \;\Rightarrow\; A \circ B \succeq 0",
    )
    yield Heading("The next Gram matrix")
    yield Identity(
        "off the diagonal, where ρ_ij = (1 − λ)g with g = G′_ij: power by power",
        sp.Sum(a[_k] * ((1 - smallest) * entry) ** _k, _ALL),
        sp.Sum(a[_k] * (1 - smallest) ** _k * entry**_k, _ALL),
    )
    yield Identity(
        "on it, where g = 1 and Σ a_k = 1: what is left is 1 − f(1 − λ), on every line",
        sp.Subs(1 - sp.Sum(a[_k] * (1 - smallest) ** _k * entry**_k, _ALL), entry, 1),
        1 - sp.Sum(a[_k] * (1 - smallest) ** _k, _ALL),
    )
    yield Cited(
        "so F(G) is (1 − f(1 − λ)) I and a sum, or a limit of sums, of positive semidefinite "
        "matrices: no eigenvalue is below",
        "the Rayleigh quotient; Horn and Johnson, Matrix Analysis, Theorem 4.2.2",
        r"\lambda_{\min}(F(G)) \ge 1 - f(1 - \lambda)",
    )
    yield Identity(
        "so that 1 − λ_{ℓ+1} ≤ f(1 − λ_ℓ), with a_k = c_k²/Σ c_j²; K may be ∞",
        sp.Subs(sp.Sum(_C[_k] / whole * (1 - smallest) ** _k, _ALL), whole, _WHOLE),
        FORMULA,
    )


CLAIM = declare(
    __name__,
    "the smallest eigenvalue follows one pair of samples",
    upper(sp.Symbol(r"1 - \lambda_{\ell+1}"), FORMULA),
    source=PAPER.at("Theorem 4", "one-step inequality, ours"),
    status=Status.SHARPENED,
    expected=Outcome.CERTIFIED,
    parameters=(SQUARES, setting.SMALLEST),
    assumes=(
        *setting.RECURSION,
        "unit diagonal; f = Σ c_k² ρᵏ/Σ_{j≥1} c_j²",
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
    derivation=_derivation,
    control=Fraction(99, 100),
    siblings=("isometry.unconditional-decay", "isometry.sharp-decay"),
)

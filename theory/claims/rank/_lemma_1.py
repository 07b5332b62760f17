"""What all forms of Lemma 1 share: eigenvalues counted exactly, and Cauchy–Schwarz."""

from __future__ import annotations

from fractions import Fraction

import sympy as sp

from depthlaw.theory.claim import CauchySchwarz, Check, Cited, Computed, Identity, Sign, Steps
from depthlaw.theory.claims.rank import _setting as setting
from depthlaw.theory.rank.covariance import rank, soft_rank, stable_rank, traces
from depthlaw.theory.rigorous.matrices import RationalMatrix
from depthlaw.theory.values import Exact, Value

SOFT_RANK = sp.Symbol(r"\mathrm{rank}_\tau(H)")
FORMULA = (1 - setting.TAU) ** 2 * setting.STABLE
_SUM = sp.Function(r"\sum")
_lam, _one = sp.Symbol("lambda_i", real=True), sp.Integer(1)
T, F = sp.symbols("T F", positive=True)
"""Tr M and ‖M‖_F²: r = T²/F."""


def _rank(matrix: RationalMatrix) -> Value:
    return Exact(sp.Integer(rank(matrix)))


def rank_check(label: str, matrix: RationalMatrix) -> Check:
    """Return a check of rank(H) ≥ r(H)."""
    return Check(
        label,
        {"stable_rank": stable_rank(matrix)},
        Computed(_rank, {"matrix": matrix}),
    )


def _soft_rank(matrix: RationalMatrix, level: Fraction) -> Value:
    return Exact(sp.Integer(soft_rank(matrix, level)))


def soft_check(label: str, matrix: RationalMatrix, tau: Fraction, level: Fraction) -> Check:
    """Return a check of rank_`level`(H) ≥ (1−`tau`)² r(H)."""
    return Check(
        label,
        {"stable_rank": stable_rank(matrix), "threshold": tau},
        Computed(_soft_rank, {"matrix": matrix, "level": level}),
    )


def scale_free_level(matrix: RationalMatrix, tau: Fraction) -> Fraction:
    """Return τ Tr(M)/d, a fraction τ of the mean eigenvalue."""
    return tau * traces(matrix).trace / len(matrix)


def scaled(matrix: RationalMatrix, factor: Fraction) -> RationalMatrix:
    """Return `factor` times M."""
    return tuple(tuple(factor * x for x in row) for row in matrix)


def in_stable_rank(factor: sp.Expr, title: str) -> Identity:
    """Return the last step: a multiple of T²/F in terms of r."""
    inside = sp.Subs(factor * T**2 / F, F, T**2 / setting.STABLE)
    return Identity(title, inside, factor * setting.STABLE)


def whole() -> Steps:
    """Yield rank(H) ≥ r(H)."""
    yield Cited(
        "rank H = rank M is the number k of non-zero eigenvalues λ_i of M = HHᵀ/N; they sum to "
        "T = Tr M and their squares to F = ‖M‖_F²",
        "Horn and Johnson, Matrix Analysis, Theorem 2.5.6 and section 0.4.6",
    )
    yield CauchySchwarz("over these k eigenvalues T² ≤ kF", _lam, _one, mean=_SUM)
    yield in_stable_rank(_one, "so k ≥ T²/F, which is r: F = T²/r")


def threshold() -> Identity:
    """Return that on a normalised batch the threshold τT/d is τ."""
    i, width = sp.Symbol("i", integer=True, positive=True), sp.Symbol("d", positive=True)
    ones = sp.Sum(1, (i, 1, width))
    return Identity("T = Tr M sums d ones, so τT/d is τ", setting.TAU * ones / width, setting.TAU)


def truncated() -> Steps:
    """Yield the same at threshold τT/d, where ρ eigenvalues are counted and d − ρ are not."""
    y, z, w, top = sp.symbols("y z w B", nonnegative=True)
    theta, tau = sp.symbols("theta tau", nonnegative=True)
    rho, width = sp.symbols("rho d", positive=True)
    x = tau * T * rho / width + y
    below = tau * T / width * (width - rho) - y
    yield Identity(
        "the d − ρ eigenvalues below τT/d sum to τT(d−ρ)/d − y with y ≥ 0, the ρ others to A; so "
        "A exceeds (1−τ)T by x",
        T - below - (1 - tau) * T,
        x,
    )
    yield Sign("x is not negative", x)
    yield CauchySchwarz("over the ρ others A² ≤ ρB, B the sum of their squares", _lam, _one, _SUM)
    squares = ((theta * T + x) ** 2 + z) / rho
    yield Identity(
        "write ρB = A² + z and F = B + w, z and w not negative, and θ = 1 − τ: then ρF exceeds "
        "θ²T² by",
        sp.Subs(rho * (top + w), top, squares) - theta**2 * T**2,
        x * (2 * theta * T + x) + z + rho * w,
    )
    yield Sign("which is not negative, as τ ≤ 1", x * (2 * theta * T + x) + z + rho * w)
    yield in_stable_rank((1 - setting.TAU) ** 2, "so ρ ≥ (1−τ)²T²/F, with F = T²/r")

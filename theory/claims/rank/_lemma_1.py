"""What all forms of Lemma 1 share: eigenvalues counted exactly, and Cauchy–Schwarz."""

from __future__ import annotations

from fractions import Fraction

import sympy as sp

from depthlaw.theory.claim import Argued, Check, Computed, Identity, Sign, Step
from depthlaw.theory.claims.rank import _setting as setting
from depthlaw.theory.rank.covariance import rank, soft_rank, stable_rank, traces
from depthlaw.theory.rigorous.matrices import RationalMatrix
from depthlaw.theory.values import Exact, Value

SOFT_RANK = sp.Symbol(r"\mathrm{rank}_\tau(H)")
FORMULA = (1 - setting.TAU) ** 2 * setting.STABLE


def _quantity(matrix: RationalMatrix) -> Value:
    return Exact(sp.Integer(rank(matrix)))


def rank_check(label: str, matrix: RationalMatrix) -> Check:
    """Return a check of rank(H) ≥ r(H)."""
    return Check(
        label,
        {"stable_rank": stable_rank(matrix)},
        Computed(_quantity, {"matrix": matrix}),
    )


def _quantity_2(matrix: RationalMatrix, level: Fraction) -> Value:
    return Exact(sp.Integer(soft_rank(matrix, level)))


def soft_check(label: str, matrix: RationalMatrix, tau: Fraction, level: Fraction) -> Check:
    """Return a check of rank_`level`(H) ≥ (1−`tau`)² r(H)."""
    return Check(
        label,
        {"stable_rank": stable_rank(matrix), "threshold": tau},
        Computed(_quantity_2, {"matrix": matrix, "level": level}),
    )


def scale_free_level(matrix: RationalMatrix, tau: Fraction) -> Fraction:
    """Return τ Tr(M)/d, a fraction τ of the mean eigenvalue."""
    return tau * traces(matrix).trace / len(matrix)


def scaled(matrix: RationalMatrix, factor: Fraction) -> RationalMatrix:
    """Return `factor` times M."""
    return tuple(tuple(factor * x for x in row) for row in matrix)


def cauchy_schwarz() -> tuple[Step, ...]:
    """Return (Σ_{i≤k} λ_i)² ≤ k Σ_{i≤k} λ_i²."""
    lam = sp.symbols("lambda_1:5", real=True)
    pairs = [(x - y) ** 2 for i, x in enumerate(lam) for y in lam[:i]]
    return (
        Identity(
            "Lagrange's identity, k = 4: k Σλ² − (Σλ)² is a sum over pairs (so k = 1 and 2 "
            "already decide every k)",
            4 * sum(x**2 for x in lam) - sum(lam) ** 2,
            sum(pairs),
        ),
        Sign("a sum of squares", sum(pairs)),
    )


def truncated() -> tuple[Step, ...]:
    """Return the truncated Cauchy–Schwarz inequality at threshold τT/d, with T = Tr M."""
    T, theta, x, rest, tau = sp.symbols("T theta x y tau", nonnegative=True)
    rho, width = sp.symbols("rho d", positive=True)
    below = tau * T / width * (width - rho) - rest
    return (
        *cauchy_schwarz(),
        Identity(
            "the d − ρ eigenvalues below τT/d sum to τT(d−ρ)/d − y, y ≥ 0; the ρ others to the "
            "rest, which exceeds (1−τ)T by",
            T - below - (1 - tau) * T,
            tau * T * rho / width + rest,
        ),
        Sign("is not negative", tau * T * rho / width + rest),
        Identity(
            "squared, with θ = 1 − τ ≥ 0 and the excess x ≥ 0",
            (theta * T + x) ** 2 - (theta * T) ** 2,
            x * (2 * theta * T + x),
        ),
        Sign("is not negative", x * (2 * theta * T + x)),
        Argued(
            "together",
            "(1−τ)²T² ≤ (Σ_{λ≥τT/d} λ)² ≤ ρ Σλ² = ρ‖M‖_F², and r = T²/‖M‖_F²",
            r"\rho \ge (1-\tau)^2 \frac{(\mathrm{Tr} M)^2}{\|M\|_F^2}",
        ),
    )

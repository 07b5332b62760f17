"""The derivation of the one-step identity, shared by the claims that rest on it."""

from __future__ import annotations

import sympy as sp

from depthlaw.theory.claim import Argued, Identity, Sign, Step
from depthlaw.theory.claims.rank._moments import DRIFT, T_2, T_3, S
from depthlaw.theory.rank.expansion import (
    generic_covariance,
    m,
    p,
    pair_coefficient,
    s_i,
    s_j,
    sum_over_pairs,
)
from depthlaw.theory.symbols import d


def in_traces(expression: sp.Expr, matrix: sp.Matrix) -> sp.Expr:
    """Return an expression in d, T₂, T₃ and S, for the entries of `matrix`."""
    squared = matrix * matrix
    values = {
        d: sp.Integer(matrix.rows),
        T_2: squared.trace(),
        T_3: (squared * matrix).trace(),
        S: sum(squared[i, i] ** 2 for i in range(matrix.rows)),
    }
    return sp.expand(expression.subs(values, simultaneous=True))


def expansion_steps() -> tuple[Step, ...]:
    """Return E[‖M⁺‖_F² | M] = ‖M‖_F² + γ² δ(M) + …, from the moment expansion of one pair."""
    three = generic_covariance(3)
    sums = (
        ("Σ_{i≠j} (s_i + s_j)", s_i + s_j, 2 * (d - 1) * T_2),
        ("Σ_{i≠j} m p", m * p, T_3 - T_2),
        ("Σ_{i≠j} m² (s_i + s_j)", m**2 * (s_i + s_j), 2 * (S - T_2)),
        ("Σ_{i≠j} m²", m**2, T_2 - d),
    )
    return (
        Argued(
            "the expansion of a pair",
            "M'_ij = m + γ(u_ij + u_ji) + γ²q_ij with u_ij = w_iᵀMe_j, q_ij = w_iᵀMw_j, and "
            "(M⁺_ij)² = M'_ij²/(M'_ii M'_jj); rows are independent with mean 0 and unit variance, "
            "so E u_ia u_ib = (M²)_ab, E q_ii = tr M = d, and a row that occurs once gives 0. "
            "No other moment and no symmetry is used",
        ),
        Identity(
            "the mean of the γ² term of (M⁺_ij)², i ≠ j, with every monomial in u and q replaced "
            "by its mean (m = M_ij, p = (M²)_ij, s_i = (M²)_ii)",
            pair_coefficient(2),
            s_i + s_j - 8 * m * p + m**2 * (4 * s_i + 4 * s_j - 2 * d),
        ),
        Argued(
            "three indices decide every width",
            "each sum below is a sum over triples of indices of a function of the entries between "
            "them, F(M) = Σ_{|I| ≤ 3} g(M_I) with g(M_I) = Σ_{J ⊆ I} (−1)^{|I−J|} F(M_J): if two "
            "such sums agree for generic M of widths 1 (where both are 0), 2 and 3 they agree for "
            "every width",
        ),
        *(
            Identity(
                f"{name}, generic M of width {matrix.rows}",
                sum_over_pairs(summand, matrix),
                in_traces(total, matrix),
            )
            for name, summand, total in sums
            for matrix in (generic_covariance(2), three)
        ),
        Identity(
            "together: δ(M)",
            sum(
                factor * total
                for factor, (_, _, total) in zip((1, -8, 4, -2 * d), sums, strict=True)
            ),
            DRIFT,
        ),
    )


def rank_one_has_no_drift() -> Identity:
    """Return δ(ssᵀ) = 0, s of entries ±1."""
    at = {T_2: d**2, T_3: d**3, S: d * d**2}
    return Identity("δ(ssᵀ) = 0, since (ssᵀ)² = d ssᵀ", DRIFT.subs(at), sp.Integer(0))


def drift_at_isometry() -> tuple[Step, ...]:
    """Return δ(I) = 2d(d−1), and its sign."""
    more = sp.Symbol("k", integer=True, nonnegative=True)
    at = {T_2: d, T_3: d, S: d}
    return (
        Identity("δ(I) = 2d(d−1)", DRIFT.subs(at), 2 * d * (d - 1)),
        Sign("isometry is left from d = 2 on, with d = 2 + k", 2 * (2 + more) * (1 + more), True),
    )

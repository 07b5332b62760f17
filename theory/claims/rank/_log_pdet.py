"""The derivation of the log-pseudo-determinant drift, for every width and rank."""

from __future__ import annotations

import sympy as sp

from depthlaw.theory.claim import Cited, Heading, Identity, Steps
from depthlaw.theory.claims.rank._indices import M, P, i, j, k, l, mean, total
from depthlaw.theory.claims.rank._one_step import products
from depthlaw.theory.claims.rank._setting import GAMMA
from depthlaw.theory.writing.symbols import d

K = sp.Symbol("k", integer=True, positive=True)
SINGLE, DOUBLE = sp.symbols("A_1 A_2", positive=True)
"""Σ P_ii (M²)_ii and Σ P_ii² (M²)_ii."""
DRIFT = 4 * SINGLE - 2 * DOUBLE - 4 * d - K**2 + 3 * K
BOUNDED = Cited(
    "the mean of the γ² term is the limit: W is bounded (or I + γW would not be invertible for "
    "every W), so the remainder is O(γ³) for all W at once, and the term in γ has mean 0",
    "Taylor's theorem; Rudin, Principles of Mathematical Analysis, Theorem 5.15",
)


def logarithm_steps() -> Steps:
    """Yield the second order of log det(I + γX + γ²Z)."""
    yield Cited(
        "log det(I + γX + γ²Z) = γ tr X + γ²(tr Z − ½ tr X²) + O(γ³), since log det is tr log",
        "Higham, Functions of Matrices, chapter 11",
        r"\log\det(I + \gamma X + \gamma^2 Z) = \gamma\,\mathrm{tr} X + "
        r"\gamma^2 (\mathrm{tr} Z - \tfrac12 \mathrm{tr} X^2) + O(\gamma^3)",
    )


def diagonal_step() -> Identity:
    """Return the expansion of 1/D_ii."""
    u, q = sp.symbols("u_ii q_ii", real=True)
    whole = 1 / (1 + 2 * GAMMA * u + GAMMA**2 * q)
    return Identity(
        "1/D_ii = 1 − 2γu_ii + γ²(4u_ii² − q_ii) + …: the γ² coefficient",
        sp.Subs(sp.Derivative(whole, (GAMMA, 2)), GAMMA, 0) / 2,
        4 * u**2 - q,
    )


def _means() -> Steps:
    yield Identity(
        "tr(P WᵀW): d tr P",
        total(P[i, j] * mean(k, i, k, j), k, j, i),
        d * total(P[i, i], i),
    )
    yield Identity(
        "tr(P(WᵀE₁ + E₁W)) = −4 Σ P_ij w_ij u_ii: −4 tr(PM)",
        -4 * total(P[i, j] * M[l, i] * mean(i, j, i, l), l, j, i),
        -4 * total(P[i, j] * M[j, i], j, i),
    )
    yield Identity(
        "tr(P E₂) = Σ P_ii(4u_ii² − q_ii), the first part: 4 Σ P_ii (M²)_ii; the second is −d tr P",
        4 * total(P[i, i] * M[j, i] * M[l, i] * mean(i, j, i, l), l, j, i),
        4 * total(P[i, i] * M[j, i] ** 2, j, i),
    )
    yield Identity(
        "½ tr(P(W+Wᵀ)P(W+Wᵀ)) = tr(PWPW) + tr(PWPWᵀ), the first part: tr P²",
        total(P[i, j] * P[k, l] * mean(j, k, l, i), l, k, j, i),
        total(P[i, j] ** 2, j, i),
    )
    yield Identity(
        "the second part: (tr P)²",
        total(P[i, j] * P[k, l] * mean(j, k, i, l), j, l, k, i),
        total(P[i, i] * P[k, k], k, i),
    )
    yield Identity(
        "tr(PWPE₁), and tr(PWᵀPE₁) is the same: −2 Σ P_ii (PM)_ii each",
        -2 * total(P[i, j] * P[k, i] * M[l, i] * mean(j, k, i, l), j, l, k, i),
        -2 * total(P[i, i] * P[k, i] * M[k, i], k, i),
    )
    yield Identity(
        "½ tr(P E₁ P E₁) = 2 Σ P_ij² u_ii u_jj: 2 Σ P_ii² (M²)_ii",
        2 * total(P[i, j] ** 2 * M[k, i] * M[l, j] * mean(i, k, j, l), j, l, k, i),
        2 * total(P[i, i] ** 2 * M[k, i] ** 2, k, i),
    )


def steps() -> Steps:
    """Yield E[log pdet M⁺ − log pdet M | M] = γ² DRIFT + …."""
    yield Heading("Only the range of M matters")
    yield Cited(
        "with M = UΛUᵀ, UᵀU = I_k and C = D^{−1/2}(I + γW), pdet(CMCᵀ) = det Λ · det(UᵀCᵀCU): the "
        "non-zero eigenvalues of XXᵀ and XᵀX agree, here for X = CUΛ^{1/2}",
        "Horn and Johnson, Matrix Analysis, Theorem 1.3.22",
    )
    yield Heading("What the determinant is taken of, I + γY₁ + γ²Y₂ + … with U on both sides")
    yield diagonal_step()
    W, transposed, first, second = sp.symbols("W W^T E_1 E_2", commutative=False)
    product = (1 + GAMMA * transposed) * (1 + GAMMA * first + GAMMA**2 * second) * (1 + GAMMA * W)
    yield Identity(
        "Y₁, with the diagonal matrices E₁ = −2 diag(u_ii) and E₂ = diag(4u_ii² − q_ii)",
        sp.Subs(sp.Derivative(product, GAMMA), GAMMA, 0),
        W + transposed + first,
    )
    yield Identity(
        "Y₂",
        sp.Subs(sp.Derivative(product, (GAMMA, 2)), GAMMA, 0) / 2,
        transposed * W + transposed * first + first * W + second,
    )
    yield from logarithm_steps()
    yield Cited(
        "X = UᵀY₁U and Z = UᵀY₂U give tr(PY₂) − ½ tr(PY₁PY₁) with P = UUᵀ, the trace being cyclic",
        "Horn and Johnson, Matrix Analysis, section 1.2",
    )
    yield Heading("The mean of every term, from E w_ij w_kl = δ_ik δ_jl, for every d")
    yield BOUNDED
    yield from products()
    yield from _means()
    trace, square, mixed, both = sp.symbols("p_1:5", real=True)
    whole = (
        (d * trace - 4 * mixed + (4 * SINGLE - d * trace))
        - (square + trace**2)
        + 4 * both
        - 2 * DOUBLE
    )
    yield Identity(
        "together: tr P, tr P², tr(PM) and Σ P_ii (PM)_ii are k, k, d and k, since P² = P, PM = M, "
        "tr M = d and M_ii = 1",
        sp.Subs(whole, (trace, square, mixed, both), (K, K, d, K)),
        DRIFT,
    )

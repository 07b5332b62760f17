"""The remainder of the one-step identities: its parameters and the steps that bound it."""

from __future__ import annotations

import sympy as sp

from depthlaw.theory.claim import (
    CauchySchwarz,
    Cited,
    Domain,
    Heading,
    Identity,
    Parameter,
    Requires,
    Sign,
    Steps,
)
from depthlaw.theory.claims.rank._indices import M, apart, delta, i, j, k, l, total
from depthlaw.theory.rank.remainder import GAMMA, LOG_DETERMINANT, SQUARE_NORM, B
from depthlaw.theory.writing.symbols import d

DEFECT = sp.Symbol("epsilon", nonnegative=True)

LARGEST = Parameter("largest", B, Domain.REAL, 1, "largest size B of a weight, at variance 1")


def defect(meaning: str) -> Parameter:
    """Return the parameter for by how much a law fails to be invariant in one functional."""
    return Parameter("defect", DEFECT, Domain.REAL, 0, f"{meaning}, 0 for an invariant law")


SMALL_RESIDUAL = Requires(
    GAMMA < 1 / (4 * B * d), "where the expansion converges", argument="residual"
)


FOURTH = sp.Symbol("kappa_4", positive=True)
"""Fourth moment of a weight, at most B² E w² = B²."""
_FOURTH_OF_NORM = 3 * d**2 + (B**2 - 3) * d


def _fourth_moment() -> Steps:
    """Yield E t⁴ ≤ 3d² + (B² − 3)d for t² = wᵀMw, for every width."""
    yield Heading("E t⁴, from E w_i w_j w_k w_l = δδ + δδ + δδ + (κ₄ − 3) δδδ")
    yield Identity(
        "pairs (ij)(kl): (tr M)², which is d²",
        total(M[i, j] * M[k, l] * delta(i, j) * delta(k, l), j, l, k, i),
        total(M[i, i] * M[k, k], k, i),
    )
    yield Identity(
        "pairs (ik)(jl), and (il)(jk) is the same: ‖M‖_F² each",
        total(M[i, j] * M[k, l] * delta(i, k) * delta(j, l), l, k, j, i),
        total(M[i, j] ** 2, j, i),
    )
    yield Identity(
        "all four: κ₄ − 3 times Σ M_ii², which is d",
        total(M[i, j] * M[k, l] * delta(i, j) * delta(j, k) * delta(k, l), l, k, j, i),
        total(M[i, i] ** 2, i),
    )
    x, y = sp.symbols("x y", nonnegative=True)
    square = sp.Symbol("T_2", positive=True)
    yield Identity(
        "at ‖M‖_F² = d² − x and κ₄ = B² − y, with x and y not negative, it is below "
        "3d² + (B² − 3)d by",
        _FOURTH_OF_NORM
        - sp.Subs(d**2 + 2 * square + (FOURTH - 3) * d, (square, FOURTH), (d**2 - x, B**2 - y)),
        2 * x + d * y,
    )
    yield Sign("not negative", 2 * x + d * y)


def common_steps() -> Steps:
    """Yield the circle on which the layer is analytic, and the geometric tail."""
    x, more, largest, weight = sp.symbols("x y lambda w", nonnegative=True)
    q = sp.Symbol("q")
    yield Heading("The circle |γ| = 1/(4t)")
    yield CauchySchwarz(
        "in ⟨a, b⟩ = aᵀMb, with |e_i| = 1 and t_i = |w_i|: |u_ij| ≤ t_i and |q_ij| ≤ t_i t_j",
        sp.Symbol("a", real=True),
        sp.Symbol("b", real=True),
    )
    yield Identity(
        "t² ≤ λ_max(M) |w|² with λ_max ≤ tr M = d and |w|² ≤ dB²: so t ≤ Bd",
        sp.Subs(sp.sqrt(largest * weight), (largest, weight), (d, d * B**2)),
        B * d,
    )
    yield Identity(
        "also for complex γ, |D_ii − 1| ≤ 2x + x² with x = |γ|t, below 9/16 in x ≤ 1/4 by",
        sp.Rational(9, 16) - (2 * x + x**2),
        (sp.Rational(1, 4) - x) * (sp.Rational(9, 4) + x),
    )
    yield Sign("not negative: with y = 1/4 − x", more * (sp.Rational(9, 4) + x))
    yield Cited(
        "a function of size at most C there has coefficients of size at most C(4t)^n",
        "Cauchy's estimates; Rudin, Real and Complex Analysis, Theorem 10.26",
    )
    yield Identity(
        "so what follows the third is at most C times, with q = 4tγ ≤ 4Bdγ < 1,",
        1 / (1 - q) - (1 + q + q**2 + q**3),
        q**4 / (1 - q),
    )
    terms = sp.symbols("a_0:4", real=True)
    series = sum(a * GAMMA**n for n, a in enumerate(terms))
    yield Identity(
        "W and −W have the same law: the terms in γ and γ³ have mean 0",
        (series + sp.Subs(series, GAMMA, -GAMMA)) / 2,
        terms[0] + terms[2] * GAMMA**2,
    )
    yield from _fourth_moment()


def square_norm_steps() -> Steps:
    """Yield the bound for ‖M⁺‖_F²."""
    x, smaller = sp.symbols("x y", positive=True)
    pair, fourth, entry = sp.symbols("p E C", positive=True)
    size = (1 + x) ** 4 / (1 - 2 * x - x**2) ** 2
    yield from common_steps()
    yield Heading("The pairs of ‖M⁺‖_F²")
    yield Identity(
        "|M′_ij|² ≤ (1 + x)⁴ and |D_ii| ≥ 1 − 2x − x²: at x = 1/4, |M⁺_ij|² is at most",
        sp.Subs(size, x, sp.Rational(1, 4)),
        sp.Rational(625, 49),
    )
    yield Sign("max(t_i, t_j)⁴ is at most t_i⁴ + t_j⁴, of mean 2 E t⁴, by the smaller", smaller**4)
    yield Identity("there are so many pairs", apart(sp.Integer(1)), d * (d - 1))
    yield Identity(
        "together, with (4γ)⁴ and the geometric tail",
        sp.Subs(
            pair * 2 * fourth * entry * (4 * GAMMA) ** 4 / (1 - 4 * B * d * GAMMA),
            (pair, fourth, entry),
            (d * (d - 1), _FOURTH_OF_NORM, sp.Rational(625, 49)),
        ),
        SQUARE_NORM,
    )


def log_determinant_steps() -> Steps:
    """Yield the bound for log det M⁺ = log det M + 2 log|det(I + γW)| − Σ log D_ii."""
    q, norms, weights = sp.symbols("q E_1 E_2", positive=True)
    yield from common_steps()
    yield Heading("The two parts of log det M⁺")
    yield Identity(
        "|log D| ≤ −log(1 − 9/16) where |D − 1| ≤ 9/16; there are d rows",
        -sp.log(1 - sp.Subs(q, q, sp.Rational(9, 16))),
        sp.log(sp.Rational(16, 7)),
    )
    yield Cited(
        "2 log|det(I + γW)| = 2 Σ (−1)^{n+1} γⁿ tr Wⁿ/n, and |tr Wⁿ| ≤ ‖W‖_Fⁿ with ‖W‖_F ≤ Bd",
        "Horn and Johnson, Matrix Analysis, section 5.6; Higham, Functions of Matrices, chapter 11",
    )
    yield Identity(
        "terms n ≥ 4 are at most (2/4)(γ‖W‖_F)ⁿ: the geometric tail with q = γ‖W‖_F ≤ Bdγ",
        sp.Rational(2, 4) * (1 / (1 - q) - (1 + q + q**2 + q**3)),
        q**4 / (2 * (1 - q)),
    )
    yield Identity(
        "E‖W‖_F⁴ = Σ E w_ij² w_kl²",
        total(1 + (FOURTH - 1) * delta(i, k) * delta(j, l), l, k, j, i),
        d**4 + (FOURTH - 1) * d**2,
    )
    yield Identity(
        "together, with 1/(1 − Bdγ) ≤ 1/(1 − 4Bdγ) and κ₄ ≤ B²",
        sp.Subs(
            (d * sp.log(sp.Rational(16, 7)) * 4**4 * norms + weights / 2)
            * (GAMMA**4 / (1 - 4 * B * d * GAMMA)),
            (norms, weights),
            (_FOURTH_OF_NORM, d**4 + (B**2 - 1) * d**2),
        ),
        LOG_DETERMINANT,
    )

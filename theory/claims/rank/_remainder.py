"""The remainder of the one-step identities: its parameters and the steps that bound it."""

from __future__ import annotations

import sympy as sp

from depthlaw.theory.claim import Argued, Domain, Identity, Parameter, Requires, Sign, Step
from depthlaw.theory.rank.expansion import generic_covariance
from depthlaw.theory.rank.remainder import GAMMA, LOG_DETERMINANT, SQUARE_NORM, B
from depthlaw.theory.symbols import d

DEFECT = sp.Symbol("epsilon", nonnegative=True)

LARGEST = Parameter("largest", B, Domain.REAL, 1, "largest size B of a weight, at variance 1")


def defect(meaning: str) -> Parameter:
    """Return the parameter for by how much a law fails to be invariant in one functional."""
    return Parameter("defect", DEFECT, Domain.REAL, 0, f"{meaning}, 0 for an invariant law")


SMALL_RESIDUAL = Requires(
    GAMMA < 1 / (4 * B * d), "where the expansion converges", argument="residual"
)


def _mean_of_products(polynomial: sp.Expr, weights: list[sp.Symbol], fourth: sp.Expr) -> sp.Expr:
    """Return the mean of a quartic in independent symmetric weights of variance 1."""
    moments = {0: sp.Integer(1), 2: sp.Integer(1), 4: fourth}
    return sp.expand(
        sum(
            factor * sp.prod(moments.get(power, 0) for power in powers)
            for powers, factor in sp.Poly(polynomial, *weights).terms()
        )
    )


def common_steps() -> tuple[Step, ...]:
    """Return the circle on which the layer is analytic, and the geometric tail."""
    x, more = sp.symbols("x y", nonnegative=True)
    q, fourth = sp.Symbol("q"), sp.Symbol("kappa_4", positive=True)
    M = generic_covariance(3)
    w = list(sp.symbols("w_1:4", real=True))
    square = sum(M[a, b] * w[a] * w[b] for a in range(3) for b in range(3))
    return (
        Argued(
            "sizes",
            "with |a|_M² = aᵀMa: |e_i|_M = 1 and t = |w_i|_M ≤ √λ_max(M) |w_i| ≤ √d B√d = Bd; by "
            "Cauchy–Schwarz |u_ij| ≤ t_i, |q_ij| ≤ t_i t_j, also for complex γ",
        ),
        Identity(
            "so |D_ii − 1| ≤ 2x + x² with x = |γ|t, which exceeds 9/16 nowhere in x ≤ 1/4",
            sp.Rational(9, 16) - (2 * x + x**2),
            (sp.Rational(1, 4) - x) * (sp.Rational(9, 4) + x),
        ),
        Sign("with y = 1/4 − x ≥ 0", more * (sp.Rational(9, 4) + x)),
        Identity(
            "the tail of the Cauchy series, q = 4tγ ≤ 4Bdγ < 1",
            1 / (1 - q) - (1 + q + q**2 + q**3),
            q**4 / (1 - q),
        ),
        Identity(
            "E t⁴ = E(wᵀMw)² = d² + 2‖M‖_F² + (κ₄ − 3)d with κ₄ = E w⁴ (generic M of width 3; at "
            "most two indices differ)",
            _mean_of_products(sp.expand(square**2), w, fourth),
            sp.expand(9 + 2 * (M * M).trace() + 3 * (fourth - 3)),
        ),
        Argued("its size", "‖M‖_F² ≤ d² and κ₄ ≤ B² E w² = B², so E t⁴ ≤ 3d² + (B² − 3)d"),
        Argued(
            "odd terms",
            "W and −W have the same law, so E f(γ) = E f(−γ): only even powers are left",
        ),
    )


def square_norm_steps() -> tuple[Step, ...]:
    """Return the bound for ‖M⁺‖_F²."""
    x = sp.Symbol("x", positive=True)
    size = (1 + x) ** 4 / (1 - 2 * x - x**2) ** 2
    return (
        *common_steps(),
        Identity(
            "|M'_ij|² ≤ (1 + x)⁴ and |D_ii| ≥ 1 − 2x − x²: at x = 1/4, |M⁺_ij|² is at most",
            sp.Subs(size, x, sp.Rational(1, 4)),
            sp.Rational(625, 49),
        ),
        Argued(
            "all pairs",
            "there are d(d−1) with i ≠ j, each with E max(t_i, t_j)⁴ ≤ 2 E t⁴ and 4⁴ = 256; the "
            "diagonal does not move",
        ),
        Identity(
            "together, with the geometric tail at q = 4Bdγ",
            d
            * (d - 1)
            * 2
            * (3 * d**2 + (B**2 - 3) * d)
            * (sp.Subs(size, x, sp.Rational(1, 4)) * (4 * GAMMA) ** 4 / (1 - 4 * B * d * GAMMA)),
            SQUARE_NORM,
        ),
    )


def log_determinant_steps() -> tuple[Step, ...]:
    """Return the bound for log det M⁺ = log det M + 2 log|det(I + γW)| − Σ log D_ii."""
    fourth = sp.Symbol("kappa_4", positive=True)
    w = list(sp.symbols("w_1:5", real=True))
    return (
        *common_steps(),
        Identity(
            "|log D| ≤ −log(1 − 9/16) where |D − 1| ≤ 9/16; there are d rows",
            -sp.log(1 - sp.Rational(9, 16)),
            sp.log(sp.Rational(16, 7)),
        ),
        Argued(
            "the determinant",
            "2 log|det(I + γW)| = 2Σ (−1)^{n+1}γⁿ tr Wⁿ/n with |tr Wⁿ| ≤ ‖W‖_Fⁿ and ‖W‖_F ≤ Bd, so "
            "the terms n ≥ 4 are at most (2/4) γ⁴‖W‖_F⁴/(1 − Bdγ)",
        ),
        Identity(
            "E‖W‖_F⁴ = d⁴ + (κ₄ − 1)d², at d = 2",
            _mean_of_products(sp.expand(sum(x**2 for x in w) ** 2), w, fourth),
            2**4 + (fourth - 1) * 2**2,
        ),
        Identity(
            "together, with 1/(1 − Bdγ) ≤ 1/(1 − 4Bdγ) and κ₄ ≤ B²",
            (
                d * -sp.log(1 - sp.Rational(9, 16)) * 4**4 * (3 * d**2 + (B**2 - 3) * d)
                + sp.Rational(2, 4) * (d**4 + (B**2 - 1) * d**2)
            )
            * (GAMMA**4 / (1 - 4 * B * d * GAMMA)),
            LOG_DETERMINANT,
        ),
    )

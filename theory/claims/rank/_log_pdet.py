"""The derivation of the log-pseudo-determinant drift, for a projector P and M of general width."""

from __future__ import annotations

from collections.abc import Callable

import sympy as sp

from depthlaw.theory.claim import Argued, Identity, Step
from depthlaw.theory.rank.expansion import generic_covariance
from depthlaw.theory.symbols import d

K = sp.Symbol("k", integer=True, positive=True)
SINGLE, DOUBLE = sp.symbols("A_1 A_2", positive=True)
"""Σ P_ii (M²)_ii and Σ P_ii² (M²)_ii."""
DRIFT = 4 * SINGLE - 2 * DOUBLE - 4 * d - K**2 + 3 * K

Form = Callable[[sp.Matrix], sp.Expr]


def _projector(width: int) -> sp.Matrix:
    """Return a symmetric matrix of symbols; that it is a projector is used at the end only."""
    return sp.Matrix(
        width, width, lambda a, b: sp.Symbol(f"P_{min(a, b) + 1}{max(a, b) + 1}", real=True)
    )


def mean_of_form(form: Form, width: int) -> sp.Expr:
    """Return the mean of a quadratic form in independent entries of mean 0 and variance 1.

    It is the sum of the form at the matrices E_ab with a single entry 1.

    >>> mean_of_form(lambda W: (W.T * W).trace(), 3)
    9
    """
    total = sp.Integer(0)
    for a in range(width):
        for b in range(width):
            E = sp.zeros(width, width)
            E[a, b] = 1
            total += form(E)
    return sp.expand(total)


def diagonal_step() -> Identity:
    """Return the expansion of 1/D_ii."""
    g, u, q = sp.symbols("gamma u q", real=True)
    whole = 1 / (1 + 2 * g * u + g**2 * q)
    return Identity(
        "1/D_ii = 1 − 2γu_ii + γ²(4u_ii² − q_ii) + …: the γ² coefficient",
        sp.Subs(sp.Derivative(whole, g, 2), g, 0) / 2,
        4 * u**2 - q,
    )


def steps() -> tuple[Step, ...]:
    """Return E[log pdet M⁺ − log pdet M | M] = γ² DRIFT + …."""
    size = 3
    M, P = generic_covariance(size), _projector(size)
    squared, PM = M * M, P * M

    def first(W: sp.Matrix) -> sp.Matrix:
        return sp.diag(*[-2 * (W * M)[i, i] for i in range(size)])

    def second(W: sp.Matrix) -> sp.Matrix:
        q = W * M * W.T
        return sp.diag(*[4 * (W * M)[i, i] ** 2 - q[i, i] for i in range(size)])

    def weighted(power: int) -> sp.Expr:
        return sum(P[i, i] ** power * squared[i, i] for i in range(size))

    forms: tuple[tuple[str, Form, sp.Expr], ...] = (
        ("tr(P WᵀW): d tr P", lambda W: (P * W.T * W).trace(), size * P.trace()),
        (
            "tr(P(WᵀE₁ + E₁W)): −4 tr(PM)",
            lambda W: (P * (W.T * first(W) + first(W) * W)).trace(),
            -4 * PM.trace(),
        ),
        (
            "tr(P E₂): 4Σ P_ii (M²)_ii − d tr P",
            lambda W: (P * second(W)).trace(),
            4 * weighted(1) - size * P.trace(),
        ),
        (
            "½ tr(P(W+Wᵀ)P(W+Wᵀ)): tr P² + (tr P)²",
            lambda W: (P * (W + W.T) * P * (W + W.T)).trace() / 2,
            (P * P).trace() + P.trace() ** 2,
        ),
        (
            "tr(P(W+Wᵀ)P E₁): −4Σ P_ii (PM)_ii",
            lambda W: (P * (W + W.T) * P * first(W)).trace(),
            -4 * sum(P[i, i] * PM[i, i] for i in range(size)),
        ),
        (
            "½ tr(P E₁ P E₁): 2Σ P_ii² (M²)_ii",
            lambda W: (P * first(W) * P * first(W)).trace() / 2,
            2 * weighted(2),
        ),
    )
    X = sp.Matrix(2, 2, sp.symbols("x_11 x_12 x_12 x_22"))
    Z = sp.Matrix(2, 2, sp.symbols("z_11 z_12 z_12 z_22"))
    g = sp.Symbol("gamma")
    logarithm = sp.log((sp.eye(2) + g * X + g**2 * Z).det())
    return (
        Argued(
            "only the range matters",
            "with M = UΛUᵀ, UᵀU = I_k and C = D^{−1/2}A, pdet(CMCᵀ) = det Λ · det(UᵀCᵀCU), so the "
            "change of log pdet is log det(Uᵀ Aᵀ D^{−1} A U)",
        ),
        diagonal_step(),
        Argued(
            "the expansion",
            "AᵀD^{−1}A = I + γY₁ + γ²Y₂ + …, Y₁ = W + Wᵀ + E₁ and Y₂ = WᵀW + WᵀE₁ + E₁W + E₂, with "
            "the diagonal matrices E₁ = −2 diag(u_ii) and E₂ = diag(4u_ii² − q_ii)",
        ),
        Identity(
            "the γ² coefficient of log det(I + γX + γ²Z) is tr Z − ½ tr X² (sums over pairs of "
            "indices, so k = 2 decides every k)",
            sp.Subs(sp.Derivative(logarithm, g, 2), g, 0) / 2,
            Z.trace() - (X * X).trace() / 2,
        ),
        Argued(
            "with P = UUᵀ",
            "X = UᵀY₁U and Z = UᵀY₂U give tr(PY₂) − ½ tr(PY₁PY₁), a quadratic form in W, whose "
            "mean is the sum of its values at single-entry matrices",
        ),
        *(
            Identity(
                f"mean of {name} (generic P and M of width 3; both sides sum over triples of "
                "indices)",
                mean_of_form(form, size),
                sp.expand(closed),
            )
            for name, form, closed in forms
        ),
        Identity(
            "together, with P² = P, tr P = k, PM = M, tr M = d and M_ii = 1",
            d * K - 4 * d + (4 * SINGLE - d * K) - (K + K**2) + 4 * K - 2 * DOUBLE,
            DRIFT,
        ),
    )

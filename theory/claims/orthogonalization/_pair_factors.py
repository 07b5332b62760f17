"""The pair factors K_ij of the mean map: p_i − p_j = (λ_i − λ_j) K_ij, and what bounds them.

K_ij = E[w_i² w_j²/Σ_k λ_k w_k²] lies between 1/((n+2) λ_max) and 1/((n+2) λ_min).
"""

from __future__ import annotations

import sympy as sp

from depthlaw.theory.claim import (
    Cited,
    E,
    Heading,
    Identity,
    RotationInvariance,
    Sign,
    Steps,
    TowerProperty,
)
from depthlaw.theory.claims.orthogonalization import _sawa as sawa
from depthlaw.theory.symbols import d, n

KAPPA = sp.Symbol("kappa", positive=True)
LEVEL = sp.Symbol("mu", positive=True)
"""λ_min or λ_max."""


def factors() -> Steps:
    """Return what the K_ij are, from the integrals of Lemma 9."""
    yield Heading("The pair factors")
    yield from sawa.pairwise_difference()
    yield sawa.gaussian_average()
    yield Cited(
        "so with independent coordinates, and the integral over θ outside, p_i − p_j is λ_i − λ_j "
        "times",
        "Tonelli's theorem for positive integrands; Rudin, Real and Complex Analysis, Theorem 8.8",
        r"K_{ij} = \int_0^\infty \frac{\prod_k (1+2\theta\lambda_k)^{-1/2}\, d\theta}"
        r"{(1+2\theta\lambda_i)(1+2\theta\lambda_j)} = "
        r"\mathbb E\,\frac{w_i^2 w_j^2}{\sum_k \lambda_k w_k^2}",
    )


def bounds() -> Steps:
    """Return 1/((n+2) λ_max) ≤ K_ij ≤ 1/((n+2) λ_min)."""
    a, b, length = sp.symbols("w_i w_j |w|", positive=True)
    above, square = sp.symbols("t x", nonnegative=True)
    yield Heading("Their bounds")
    yield Sign(
        "Σ_k λ_k w_k² is at least λ_min |w|² and at most λ_max |w|²: term by term, with "
        "t = λ_k − λ_min or λ_max − λ_k and x = w_k²",
        above * square,
    )
    yield RotationInvariance(
        "what is left is homogeneous of degree 2",
        a**2 * b**2 / length**2,
        (a, b, length),
        2,
        n,
    )
    yield RotationInvariance(
        "and 1 = E w_i² w_j² is homogeneous of degree 4", a**2 * b**2, (a, b), 4, n
    )
    yield Identity(
        "so that K_ij is 1/((n+2)μ) at μ = λ_max at least and at μ = λ_min at most",
        n / LEVEL * (1 / (n * (n + 2))),
        1 / ((n + 2) * LEVEL),
    )


def norms() -> Steps:
    """Return that bounds on all K_ij are bounds on ‖p − 1/n‖/V."""
    x, y = sp.symbols("x y", real=True)
    first, second = sp.symbols("S_1 S_2", positive=True)
    factor, rest, gap = sp.symbols("K t D", nonnegative=True)
    yield Heading("So the mean map contracts")
    yield Identity("the square of a difference", (x - y) ** 2, x**2 - 2 * x * y + y**2)
    yield Identity(
        "summed over all pairs, with S_1 = Σ x_i and S_2 = Σ x_i²: half of the double sum",
        (n * second - 2 * first * first + n * second) / 2,
        n * second - first**2,
    )
    yield Identity(
        "which at trace 1 is n times the squared distance from isometry",
        sp.Subs(n * second - first**2, first, 1),
        n * (second - 1 / n),
    )
    yield Sign(
        "and term by term (κ² − K²) D² ≥ 0 for D = λ_i − λ_j and κ = K + t",
        rest * (2 * factor + rest) * gap**2,
    )


def one_layer() -> Steps:
    """Return E V² of the next layer from ‖p − 1/n‖²."""
    square = sp.Symbol("q", nonnegative=True)
    total = sp.Symbol("P", nonnegative=True)
    yield Heading("One layer at width d")
    yield from fluctuation()
    yield Identity(
        "with q = ‖p − 1/n‖², so that P = Σ p_i² = 1/n + q: the mean square of the next gap",
        sp.Subs(square + (1 - total) / d, total, 1 / n + square),
        (1 - 1 / d) * square + (1 - 1 / n) / d,
    )


def fluctuation() -> Steps:
    """Return E‖C − E C‖² = (1 − Σ p_i²)/d for the next Gram matrix C."""
    size, total, width = sp.symbols("s P d", positive=True)
    yield Cited(
        "C is a mean of d independent matrices uu* with |u| = 1, whose mean is diag(p) since u_i "
        "changes sign with w_i: variances add",
        "the variance of a sum of independent terms; Durrett, Theorem 2.2.1",
        r"\mathbb E\|C - \mathbb E C\|_F^2 = \tfrac1d\,"
        r"(\mathbb E\|uu^\top\|_F^2 - \|\mathbb E\,uu^\top\|_F^2)",
    )
    yield Identity(
        "with ‖uu*‖ = |u|² = 1 and P = Σ p_i²",
        sp.Subs((size**2 - total) / width, size, 1),
        (1 - total) / width,
    )


def smallest_eigenvalue() -> Steps:
    """Return |λ_min(C) − p_n| ≤ ‖C − E C‖_F."""
    yield from sawa.pairwise_difference()
    yield Cited(
        "so p_n is the smallest eigenvalue of E C = diag(p), and eigenvalues move by no more than "
        "the matrix does",
        "Weyl's inequality; Horn and Johnson, Matrix Analysis, Theorem 4.3.1, where the Frobenius "
        "norm bounds the spectral norm",
        r"|\lambda_{\min}(C) - p_n| \le \|C - \mathbb E C\|_F",
    )


def recursion(rho: sp.Expr, noise: sp.Expr) -> Steps:
    """Return E[V_{k+1}²; A_k] ≤ ρ E[V_k²; A_{k−1}] + ν."""
    now, event = (
        sp.Symbol(r"V_{k+1}^2\,1_{A_k}", nonnegative=True),
        sp.Symbol("a", nonnegative=True),
    )
    before = sp.Symbol("V_k^2", nonnegative=True)
    yield TowerProperty(
        "given the layers up to k, on the event A_k that they all meet λ_min ≥ α",
        now,
        rho * before * sp.Symbol("1_{A_k}") + noise,
        "<=",
    )
    yield Sign(
        "and A_k is part of A_{k−1}, so that its indicator is at most that of A_{k−1}: with "
        "a = 1_{A_{k−1}} − 1_{A_k}",
        before * event,
    )


MEAN_SQUARE = E(sp.Symbol("V_k^2"))

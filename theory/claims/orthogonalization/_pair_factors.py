"""The pair factors K_ij of the mean map: p_i − p_j = (λ_i − λ_j) K_ij, and what bounds them.

K_ij = E[w_i² w_j²/Σ_k λ_k w_k²] lies between 1/((n+2) λ_max) and 1/((n+2) λ_min).
"""

from __future__ import annotations

import sympy as sp

from depthlaw.theory.claim import (
    Cited,
    Heading,
    Identity,
    RotationInvariance,
    Sign,
    Step,
    Steps,
    TowerProperty,
    Uses,
)
from depthlaw.theory.claims.orthogonalization import _sawa as sawa
from depthlaw.theory.writing.symbols import alpha, d, n

LEVEL = sp.Symbol("mu", positive=True)
"""λ_min or λ_max."""
LARGEST = 1 - (n - 1) * alpha
"""λ_max is at most this where λ_min ≥ α."""
LEAST = 1 / ((n + 2) * LARGEST)
"""K_ij is at least this where λ_min ≥ α."""
SQUARE = sp.Symbol("q", nonnegative=True)
"""‖p − 1/n‖²."""
NEXT = (1 - 1 / d) * SQUARE + (1 - 1 / n) / d
"""E V² of the next layer, given this one."""


def next_layer() -> Step:
    """Return what the next Gram matrix is, given this one."""
    return Cited(
        "let λ_1, …, λ_n be the eigenvalues of HᵀH at trace 1, so that V(H)² = Σ_i (λ_i − "
        "1/n)², and let all matrices be written in the eigenbasis, which changes no V. A row of "
        "WH is Gaussian with the covariance HᵀH: there it is (√λ_i w_i) up to scale, w standard "
        "Gaussian; rescaled to length 1 it is u, and the next Gram matrix at trace 1 is the "
        "mean C of d independent copies of uuᵀ. Off the diagonal E u_i u_j = 0, since u_i "
        "changes sign with w_i; on it E u_i² = p_i: so E C = diag(p)",
        "linear images of Gaussian vectors; Muirhead, Aspects of Multivariate Statistical Theory, "
        "Theorem 1.2.6",
        r"C = \frac1d \sum_{r=1}^d u^{(r)} u^{(r)\top}, \quad "
        r"u_i = \frac{\sqrt{\lambda_i}\, w_i}{\sqrt{\sum_k \lambda_k w_k^2}}, \quad "
        r"p_i = \mathbb E\,\frac{\lambda_i w_i^2}{\sum_k \lambda_k w_k^2}",
    )


def factors() -> Steps:
    """Return what the K_ij are, from the integrals of Lemma 9."""
    yield Heading("The mean of the next Gram matrix, and its pair factors K_ij")
    yield next_layer()
    yield from sawa.difference()
    yield from sawa.gaussian_averages()
    yield sawa.inverse_as_integral()
    yield Cited(
        "so the factor of λ_i − λ_j under the integral is E[w_i² w_j² e^(−θS)], coordinates being "
        "independent, and its integral over θ is K_ij: p_i − p_j = (λ_i − λ_j) K_ij",
        "Tonelli's theorem for positive integrands; Rudin, Real and Complex Analysis, Theorem 8.8",
        r"K_{ij} = \int_0^\infty \frac{\prod_k (1+2\theta\lambda_k)^{-1/2}\, d\theta}"
        r"{(1+2\theta\lambda_i)(1+2\theta\lambda_j)} = "
        r"\mathbb E\,\frac{w_i^2 w_j^2}{\sum_k \lambda_k w_k^2}, \quad i \ne j",
    )


def bounds() -> Steps:
    """Return 1/((n+2) λ_max) ≤ K_ij ≤ 1/((n+2) λ_min)."""
    a, b, length = sp.symbols("w_i w_j |w|", positive=True)
    above, square = sp.symbols("t x", nonnegative=True)
    moment = sp.Symbol("m", positive=True)
    yield Heading("K_ij lies between 1/((n+2) λ_max) and 1/((n+2) λ_min)")
    yield Sign(
        "Σ_k λ_k w_k² is at least λ_min |w|² and at most λ_max |w|²: the difference is a sum of "
        "terms t x, with t = λ_k − λ_min or λ_max − λ_k and x = w_k²",
        above * square,
    )
    yield RotationInvariance(
        "so K_ij lies between E[w_i² w_j²/|w|²]/λ_max and the same over λ_min (only the latter "
        "bounds the gap from above). Let ŵ = w/|w|, uniform on the sphere and independent of "
        "|w|: this mean is n E[ŵ_i² ŵ_j²]",
        a**2 * b**2 / length**2,
        (a, b, length),
        2,
        n,
    )
    yield RotationInvariance(
        "while E w_i² E w_j² = 1, so that E[ŵ_i² ŵ_j²] = 1/(n(n+2))", a**2 * b**2, (a, b), 4, n
    )
    yield Identity(
        "with m = E[ŵ_i² ŵ_j²], both bounds are, at μ = λ_max and at μ = λ_min",
        sp.Subs(n * moment / LEVEL, moment, 1 / (n * (n + 2))),
        1 / ((n + 2) * LEVEL),
    )


def from_trace() -> Steps:
    """Return that K_ij ≥ 1/((n+2)(1 − (n−1)α)) where λ_min ≥ α."""
    others = sp.Sum(alpha, (sp.Symbol("i", integer=True), 1, n - 1))
    yield Identity(
        "no eigenvalue exceeds what trace 1 and the others, each at least α, leave",
        1 - others,
        LARGEST,
    )
    yield Identity(
        "so K_ij is at least",
        sp.Subs(1 / ((n + 2) * LEVEL), LEVEL, LARGEST),
        LEAST,
    )


def norms() -> Steps:
    """Return V² and ‖p − 1/n‖² as sums over pairs, in which the K_ij can be bounded."""
    x, y = sp.symbols("x_i x_j", real=True)
    first, second = sp.symbols("S_1 S_2", positive=True)
    spread = n * second - first**2
    half = sp.Rational(1, 2)
    pairs = sp.Add(n * second, -2 * first * first, n * second, evaluate=False)
    yield Heading("From bounds on every K_ij to ‖p − 1/n‖, against V² = Σ_i (λ_i − 1/n)²")
    yield Identity(
        "a squared distance from isometry is a sum over pairs: each pair gives",
        (x - y) ** 2,
        x**2 - 2 * x * y + y**2,
    )
    yield Identity(
        "half of the sum over all i and j, with S_1 = Σ x_i and S_2 = Σ x_i²",
        sp.Mul(half, pairs, evaluate=False),
        spread,
    )
    yield Identity(
        "which at trace 1, S_1 = 1, is n times Σ (x_i − 1/n)² = S_2 − 2 S_1/n + 1/n",
        sp.Subs(spread, first, 1),
        n * (second - 1 / n),
    )


def norms_from_above() -> Steps:
    """Return that κ V bounds ‖p − 1/n‖ from above where κ is above every K_ij."""
    yield from _squares(
        "with x = p and x = λ the pairs differ by the factor K_ij²: where κ = K_ij + t is at least "
        "K_ij, (κ D)² with D = λ_i − λ_j exceeds (p_i − p_j)² = (K_ij D)² by",
        "K_ij",
        "kappa",
    )


def norms_from_below() -> Steps:
    """Return that κ V bounds ‖p − 1/n‖ from below where κ is below every K_ij."""
    yield from _squares(
        "with x = p and x = λ the pairs differ by the factor K_ij²: where κ is at most every "
        "K_ij = κ + t, (p_i − p_j)² = (K_ij D)² with D = λ_i − λ_j exceeds (κ D)² by",
        "kappa",
        "K_ij",
    )


def _squares(title: str, smaller: str, larger: str) -> Steps:
    low, high, rest, gap = sp.symbols(f"{smaller} {larger} t D", nonnegative=True)
    excess = rest * (2 * low + rest) * gap**2
    yield Identity(title, sp.Subs((high * gap) ** 2 - (low * gap) ** 2, high, low + rest), excess)
    yield Sign("which is not negative", excess)


def one_layer() -> Steps:
    """Return E V² of the next layer from ‖p − 1/n‖²."""
    total = sp.Symbol("P", nonnegative=True)
    x, m, c = sp.symbols("x m c", real=True)
    yield Heading("One layer at width d: V² of the next layer is ‖C − I/n‖_F²; its mean given H")
    yield Identity(
        "entry by entry, x of C with its mean m and c of I/n: the product has mean 0 given H, the "
        "squares of m − c add up to ‖p − 1/n‖², those of x − m to the fluctuation E‖C − E C‖_F²",
        (x - c) ** 2,
        (m - c) ** 2 + (x - m) ** 2 + 2 * (x - m) * (m - c),
    )
    yield from fluctuation()
    yield Identity(
        "with q = ‖p − 1/n‖², so that P = Σ p_i² = 1/n + q: the mean square of the next gap",
        sp.Subs(SQUARE + (1 - total) / d, total, 1 / n + SQUARE),
        NEXT,
    )


def fluctuation() -> Steps:
    """Return E‖C − E C‖² = (1 − P)/d for the next Gram matrix C, with P = Σ p_i²."""
    yield Uses("the fluctuation, where P = Σ p_i²", "orthogonalization.lemma-6-exact")


def smallest_eigenvalue() -> Steps:
    """Return |λ_min(C) − p_n| ≤ ‖C − E C‖_F."""
    yield next_layer()
    yield from sawa.order_is_kept()
    yield Cited(
        "so p_n is the smallest eigenvalue of E C = diag(p), and eigenvalues move by no more than "
        "the matrix does",
        "Weyl's inequality; Horn and Johnson, Matrix Analysis, Theorem 4.3.1, where the Frobenius "
        "norm bounds the spectral norm",
        r"|\lambda_{\min}(C) - p_n| \le \|C - \mathbb E C\|_F",
    )


def recursion(rho: sp.Expr, noise: sp.Expr) -> Steps:
    """Return E[V_{k+1}²; B_k] ≤ ρ E[V_k²; B_{k−1}] + ν."""
    now, event = (
        sp.Symbol(r"V_{k+1}^2\,1_{B_k}", nonnegative=True),
        sp.Symbol("a", nonnegative=True),
    )
    before = sp.Symbol("V_k^2", nonnegative=True)
    yield TowerProperty(
        "let B_k be the event that λ_min ≥ α in the layers 1, …, k: B_0 is sure, B_ℓ is A₁, and "
        "the layers up to k decide B_k. Given them, E V_{k+1}² ≤ ρ V_k² + ν on B_k, as one "
        "layer has shown, and 0 ≤ ν off B_k",
        now,
        rho * sp.Symbol(r"V_k^2\,1_{B_k}", nonnegative=True) + noise,
        "<=",
    )
    yield Sign(
        "and B_k is part of B_{k−1}, so that V_k² is at most as large on B_k as on B_{k−1}: "
        "what is left is V_k² a, where a is 1 on B_{k−1} off B_k and 0 elsewhere",
        before * event,
    )

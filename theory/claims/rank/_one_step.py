"""The derivation of the one-step identity for every width, shared by the claims that rest on it."""

from __future__ import annotations

import sympy as sp

from depthlaw.theory.claim import CauchySchwarz, Cited, Heading, Identity, Sign, Steps
from depthlaw.theory.claims.rank._indices import A, M, W, apart, delta, i, j, k, l, mean, total
from depthlaw.theory.claims.rank._moments import DRIFT, T_2, T_3, S
from depthlaw.theory.claims.rank._setting import GAMMA
from depthlaw.theory.rank.expansion import m, p, pair_coefficient, s_i, s_j
from depthlaw.theory.writing.symbols import d


def products() -> Steps:
    """Yield how M′ = (I + γW)M(I + γW)ᵀ begins, and the means of the products that occur."""
    grown = (delta(i, k) + GAMMA * W[i, k]) * M[k, l] * (delta(j, l) + GAMMA * W[j, l])
    yield Identity(
        "M′_ij = M_ij + γ(u_ij + u_ji) + γ²q_ij with u_ij = w_iᵀMe_j, q_ij = w_iᵀMw_j (M_kj is "
        "M_jk, and w_i is row i of W)",
        total(grown, l, k),
        M[i, j]
        + GAMMA * total(W[i, k] * M[k, j], k)
        + GAMMA * total(M[i, l] * W[j, l], l)
        + GAMMA**2 * total(W[i, k] * total(M[k, l] * W[j, l], l), k),
    )
    a, b = sp.symbols("a b", integer=True, positive=True)
    yield Identity(
        "E u_ia u_ib = (M²)_ab, since E W_ik W_il = δ_kl",
        total(mean(i, k, i, l) * M[k, a] * M[l, b], l, k),
        total(M[k, a] * M[k, b], k),
    )
    yield Identity(
        "E u_ia u_jb = 0 for i ≠ j: a row that occurs once has mean 0",
        total(mean(i, k, j, l) * M[k, a] * M[l, b], l, k),
        delta(i, j) * total(M[k, a] * M[k, b], k),
    )
    yield Identity(
        "E q_ii = tr M, which is d",
        total(mean(i, k, i, l) * M[k, l], l, k),
        total(M[k, k], k),
    )


def expansion_steps() -> Steps:
    """Yield E[‖M⁺‖_F² | M] = ‖M‖_F² + γ² δ(M) + …, for every width."""
    yield Heading("One pair of neurons")
    yield from products()
    u_i, u_j, q_i, q_j, q_ij, cross = sp.symbols("u_ii u_jj q_ii q_jj q_ij c", real=True)
    grown = (m + GAMMA * cross + GAMMA**2 * q_ij) ** 2
    norms = (1 + 2 * GAMMA * u_i + GAMMA**2 * q_i) * (1 + 2 * GAMMA * u_j + GAMMA**2 * q_j)
    yield Identity(
        "the γ² term of (M⁺_ij)² = M′_ij²/(M′_ii M′_jj), with m = M_ij and c = u_ij + u_ji",
        sp.Subs(sp.Derivative(grown / norms, (GAMMA, 2)), GAMMA, 0) / 2,
        m**2 * (4 * u_i**2 + 4 * u_j**2 + 4 * u_i * u_j - q_i - q_j)
        + cross**2
        + 2 * m * q_ij
        - 4 * m * cross * (u_i + u_j),
    )
    yield Identity(
        "its mean, each product replaced by its own (p = (M²)_ij, s_i = (M²)_ii)",
        pair_coefficient(2),
        s_i + s_j - 8 * m * p + m**2 * (4 * s_i + 4 * s_j - 2 * d),
    )
    yield Heading("Summed over all pairs i ≠ j, with A = M²; the diagonal of M⁺ stays 1")
    yield Identity(
        "terms in s_i, as many as in s_j: (d − 1) Tr M²",
        apart(A[i, i]),
        (d - 1) * total(A[i, i], i),
    )
    yield Identity(
        "terms in mp: Tr M³ less the diagonal, where M_ii = 1, that is Tr M³ − Tr M²",
        apart(M[i, j] * A[i, j]),
        total(M[i, j] * A[i, j], j, i) - total(M[i, i] * A[i, i], i),
    )
    yield Identity(
        "terms in m²s_i, as many as in m²s_j: with Σ_j M_ij² = A_ii it is Σ_i A_ii² − Tr M²",
        apart(M[i, j] ** 2 * A[i, i]),
        total(total(M[i, j] ** 2, j) * A[i, i], i) - total(M[i, i] ** 2 * A[i, i], i),
    )
    yield Identity(
        "terms in m²: Tr M² − d",
        apart(M[i, j] ** 2),
        total(M[i, j] ** 2, j, i) - total(M[i, i] ** 2, i),
    )
    pairs, mixed, fourth, squares = sp.symbols("Sigma_1:5", real=True)
    sums = (((d - 1) * T_2), (T_3 - T_2), (S - T_2), (T_2 - d))
    yield Identity(
        "together, the mean of the γ² term of ‖M⁺‖_F² is δ(M)",
        sp.Subs(
            2 * pairs - 8 * mixed + 8 * fourth - 2 * d * squares,
            (pairs, mixed, fourth, squares),
            sums,
        ),
        DRIFT,
    )


def limit_steps() -> Steps:
    """Yield why the mean of the γ² term is the limit: second moments of the weights suffice."""
    x, y, a = sp.symbols("x y a", positive=True)
    c_1, c_2, c_3 = sp.symbols("c_1 c_2 c_3", nonnegative=True)
    first, second = sp.symbols("h_i h_j", real=True)
    yield Heading("The limit γ → 0 may be taken under the mean")
    yield CauchySchwarz(
        "an entry of M⁺ is a cosine: (M′_ij)² ≤ M′_ii M′_jj, the mean over samples; so with X = γW "
        "f(X) = ‖M⁺‖_F² is at most d², whatever X",
        first,
        second,
    )
    yield Identity(
        "where x = |X| ≤ a = 1/(4√d) the square roots of M′_ii are at least 1 − √d x, so 3/4",
        sp.Subs(1 - sp.sqrt(d) * x, x, 1 / (4 * sp.sqrt(d))),
        sp.Rational(3, 4),
    )
    yield Cited(
        "f is smooth there: its remainder R beyond the second order is at most c₃|X|³",
        "Taylor's theorem; Rudin, Principles of Mathematical Analysis, Theorem 5.15",
        r"|R(X)| \le c_3 |X|^3, \quad |X| \le a",
    )
    yield Sign(
        "which is at most c₃a x²: with a = x + y", sp.expand(c_3 * (x + y) * x**2 - c_3 * x**3)
    )
    bounded = d**2 + c_1 * (a + y) + c_2 * (a + y) ** 2
    yield Sign(
        "beyond, at x = a + y, |R| ≤ d² + c₁x + c₂x² is at most (d²/a² + c₁/a + c₂)x²",
        sp.expand((d**2 / a**2 + c_1 / a + c_2) * (a + y) ** 2 - bounded),
    )
    yield Identity(
        "so that |R(γW)|/γ² ≤ C|W|², which has a mean: E|W|² is",
        total(mean(i, j, i, j), j, i),
        d**2,
    )
    yield Cited(
        "R(γW)/γ² tends to 0 and is dominated: so does its mean (the linear term has mean 0)",
        "dominated convergence; Durrett, Probability: Theory and Examples, Theorem 1.6.7",
    )


def rank_one_has_no_drift() -> Identity:
    """Return δ(ssᵀ) = 0, s of entries ±1."""
    at = (d**2, d**3, d * d**2)
    return Identity(
        "δ(ssᵀ) = 0, since (ssᵀ)² = d ssᵀ", sp.Subs(DRIFT, (T_2, T_3, S), at), sp.Integer(0)
    )


def drift_at_isometry() -> Steps:
    """Yield δ(I) = 2d(d−1), and its sign."""
    more = sp.Symbol("k", integer=True, nonnegative=True)
    yield Identity("δ(I) = 2d(d−1)", sp.Subs(DRIFT, (T_2, T_3, S), (d, d, d)), 2 * d * (d - 1))
    yield Sign("isometry is left from d = 2 on, with d = 2 + k", 2 * (2 + more) * (1 + more), True)

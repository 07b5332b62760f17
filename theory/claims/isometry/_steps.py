"""Steps that several derivations share."""

from __future__ import annotations

import sympy as sp

from depthlaw.theory.claim import (
    LAYER,
    Cited,
    Heading,
    Identity,
    Induction,
    Sign,
    Steps,
    Uses,
    VertexMaximum,
)
from depthlaw.theory.claims.isometry import _setting as setting
from depthlaw.theory.writing.symbols import ell, n

T = setting.BETA**-ell * (1 / setting.LAMBDA - 1)
"""The bound on 1/λ_ℓ − 1."""
KNOWN = (setting.STRENGTH_AT_MOST_TWO.relation,)
_t = sp.Symbol("t", nonnegative=True)
WORST = sp.log(1 + _t) - sp.log(1 + n * _t) / n
"""The largest gap at λ_min = 1/(1 + t)."""


def series() -> Steps:
    """Return f(ρ) = Σ a_k ρᵏ with a_k ≥ 0, Σ a_k = 1 and a_1 = 2 − β."""
    rho = sp.Symbol("rho", real=True)
    yield Heading("The map is a power series")
    yield Uses("Hermite polynomials", "isometry.lemma-a8", known=(rho <= 1,))
    yield Cited(
        "so f, the covariance of φ(X) and φ(Y) over Var φ(X), is a power series with coefficients "
        "that are not negative",
        "the Hermite polynomials are an orthonormal basis of L²; Szegő, Orthogonal Polynomials, "
        "Theorem 5.7.1",
        r"f(\rho) = \sum_{k \ge 1} a_k \rho^k, \quad a_k = c_k^2 / \sum_{j \ge 1} c_j^2 \ge 0, "
        r"\quad \sum_k a_k = 1, \quad a_1 = 2 - \beta",
    )


def smallest_eigenvalue() -> Steps:
    """Return 1/λ_ℓ − 1 ≤ β^{−ℓ}(1/λ_0 − 1)."""
    now = sp.Symbol(r"\lambda_\ell", positive=True)
    p, x, start = sp.symbols("p x x_0", nonnegative=True)
    rho = sp.Symbol("rho", real=True)
    odds = p / (1 - p)
    yield Heading("The smallest eigenvalue, layer by layer")
    yield Uses(
        "it is at most 1, as the mean of all, and follows one pair of samples",
        "isometry.smallest-eigenvalue",
        {setting.LAMBDA: now},
        (now <= 1,),
    )
    yield Uses(
        "with p = 1 − λ_ℓ < 1 in the place of a correlation",
        "isometry.lemma-a7",
        {rho: p},
        (p < 1, *KNOWN),
    )
    yield Identity(
        "p/(1 − p) grows with p, so that it may be taken on both sides",
        sp.Derivative(odds, p),
        1 / (1 - p) ** 2,
    )
    yield Identity("and is 1/λ − 1 at p = 1 − λ", sp.Subs(odds, p, 1 - now), 1 / now - 1)
    yield Induction(
        "so 1/λ − 1 is divided by β in each layer",
        r"\lambda_k^{-1} - 1",
        x / setting.BETA,
        x,
        start,
        start * setting.BETA**-LAYER,
    )


def small_correlation() -> Steps:
    """Return |ρ| ≤ |ρ|/(1 − |ρ|)."""
    r, x = sp.symbols("r x", nonnegative=True)
    more = x**2 / (1 + x)
    yield Identity(
        "the odds r/(1 − r) of a correlation ±r exceed r, with r = x/(1 + x) by",
        sp.Subs(r / (1 - r) - r, r, x / (1 + x)),
        more,
    )
    yield Sign("so that max |ρ_ij| ≤ γ(G)", more)


def one_eigenvalue(so: str) -> Steps:
    """Return that (e − log(1 + e))/e² lies between 1/2 and 1/(2(1 + e)); `so` is what follows."""
    e = sp.Symbol("e", real=True, nonzero=True)
    t, w, more = sp.symbols("t w s", positive=True)
    integrand = t / w
    yield Identity(
        "an eigenvalue 1 + e adds e − log(1 + e) to −log det G, since Σ e_i = tr G − n = 0: over "
        "e²",
        sp.Integral(integrand.subs(w, 1 + t * e), (t, 0, 1)),
        (e - sp.log(1 + e)) / e**2,
    )
    yield Sign(
        "the integrand falls with w = 1 + te, which lies between 1 and 1 + e: by",
        sp.factor(integrand - integrand.subs(w, w + more)),
    )
    yield Identity(
        so,
        sp.Integral(integrand, (t, 0, 1)),
        1 / (2 * w),
    )


def worst_spectrum() -> Steps:
    """Return −log I ≤ log(1 + t) − (1/n) log(1 + nt), t = 1/λ − 1, which grows with t."""
    x, smallest = sp.symbols("x lambda", positive=True)
    slope = (n - 1) * _t / ((1 + _t) * (1 + n * _t))
    vertex = VertexMaximum(
        "−log det is largest with n − 1 eigenvalues at the smallest, since they sum to n",
        -sp.log(x),
        x,
        smallest,
        n,
        n,
    )
    yield Heading("The spectrum at a given smallest eigenvalue")
    yield vertex
    yield Identity(
        "an n-th of that, since tr G = n, at λ = 1/(1 + t)",
        sp.Subs(vertex.right / n, smallest, 1 / (1 + _t)),
        WORST,
    )
    yield Identity("its slope in t", sp.Derivative(WORST, _t), slope)
    yield Sign("is not negative, so that an upper bound on t may be put in", slope)

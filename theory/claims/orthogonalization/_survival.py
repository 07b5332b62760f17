"""The event A₁ holds but for an exponentially small probability.

From λ_min(H_0ᵀH_0) ≥ α at trace 1, P(λ_min(H_kᵀH_k) < α for some k = 1, …, ℓ) is at most
ℓ n exp(−dα(δ − log(1+δ))), δ = 2(1 − nα)/(n+2): a layer lifts the smallest eigenvalue in the mean,
from α to α(1+δ) at least, so that leaving takes a deviation.
"""

from __future__ import annotations

import sympy as sp

from depthlaw.theory.claim import (
    Cited,
    Domain,
    Heading,
    Identity,
    Parameter,
    Sign,
    Steps,
    UnionBound,
    Uses,
)
from depthlaw.theory.symbols import alpha, d, ell, lam, n

DEPTH = Parameter("depth", ell, Domain.INTEGER, 1, "layers")
DELTA = 2 * (1 - n * alpha) / (n + 2)
ONE_LAYER = n * sp.exp(-d * alpha * (DELTA - sp.log(1 + DELTA)))
PROBABILITY = ell * ONE_LAYER
START = "λ_min(H_0ᵀH_0) ≥ α at trace 1"


def steps() -> Steps:
    """Return that A₁ fails with the probability `PROBABILITY` at most."""
    x, t = sp.symbols("x t", positive=True)
    lifted = lam * (1 + 2 * n / (n + 2) * (1 / n - lam))
    above = sp.Symbol("m", nonnegative=True)
    share, each = sp.symbols("s p", nonnegative=True)
    layer = sp.Symbol("k", integer=True, positive=True)
    slope = 1 - 2 / (n + 2) + 4 * n / (n + 2) * share
    yield Heading("A layer lifts the smallest eigenvalue in the mean")
    yield Uses(
        "the mean of the next Gram matrix: 1/n − p_n is at most",
        "orthogonalization.lemma-8-sharp",
        known=(lam <= 1 / n,),
    )
    yield Identity(
        "so p_n is at least",
        1 / n - (1 - 2 * n / (n + 2) * lam) * (1 / n - lam),
        lifted,
    )
    yield Identity(
        "how this grows with λ_n ≤ 1/n",
        sp.Derivative(lifted, lam),
        slope.subs(share, 1 / n - lam),
    )
    yield Sign(
        "which is positive: with s = 1/n − λ_n ≥ 0 and n = 1 + m",
        sp.factor(slope.subs(n, 1 + above)),
        strict=True,
    )
    yield Identity(
        "so λ_n ≥ α makes p_n ≥ α(1 + δ)", sp.Subs(lifted, lam, alpha), alpha * (1 + DELTA)
    )
    yield Heading("Leaving takes a deviation from the mean")
    yield Cited(
        "given H_k, the next Gram matrix is a mean of d independent matrices cc* of norm 1; the "
        "matrix Chernoff bound for the smallest eigenvalue",
        "Tropp, User-friendly tail bounds for sums of random matrices, Theorem 1.1, lower tail "
        "with R = 1/d, μ_min = p_n",
        r"\mathbb P(\lambda_{\min} \le (1-\varepsilon) p_n) \le "
        r"n\,e^{-d p_n(\varepsilon + (1-\varepsilon)\log(1-\varepsilon))}",
    )
    eps = 1 - alpha / x
    yield Identity(
        "with (1−ε) p_n = α the exponent is, per neuron",
        sp.Subs(
            x
            * (
                sp.Symbol("epsilon") + (1 - sp.Symbol("epsilon")) * sp.log(1 - sp.Symbol("epsilon"))
            ),
            sp.Symbol("epsilon"),
            eps,
        ),
        x - alpha + alpha * sp.log(alpha / x),
    )
    yield Identity(
        "it grows with p_n = x ≥ α",
        sp.Derivative(x - alpha + alpha * sp.log(alpha / x), x),
        (x - alpha) / x,
    )
    yield Identity(
        "so it is least at p_n = α(1+δ), where it is",
        sp.Subs(x - alpha + alpha * sp.log(alpha / x), x, alpha * (1 + t)),
        alpha * (t - sp.log(1 + t)),
    )
    yield Heading("All layers together")
    yield UnionBound(
        "in one of ℓ layers, each of which is left with the probability p at most",
        r"\text{leaves in one of the layers}",
        each,
        layer,
        ell,
    )
    yield Identity(
        "so A₁ fails with the probability",
        sp.Subs(sp.Sum(each, (layer, 1, ell)), each, ONE_LAYER),
        PROBABILITY,
    )

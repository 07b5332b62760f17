"""The event A₁ fails with an exponentially small probability.

P(λ_min(H_kᵀH_k) < α for some k = 1, …, ℓ) ≤ ℓ n exp(−dα(δ − log(1+δ))), δ = 2(1 − nα)/(n+2), from
λ_min(H_0ᵀH_0) ≥ α at trace 1.

A layer lifts the smallest eigenvalue in the mean, from α to α(1+δ) at least, so that leaving takes
a deviation. For small 1/n − α the exponent is 2dn(1/n − α)²/(n+2)² to leading order.

Example: what a layer adds is squared, per sample, by twice the width.

>>> narrow, wide = (CLAIM.bound(batch=2, width=d, depth=1, alpha=Fraction(2, 5)).ball / 2
...                 for d in (500, 1000))
>>> wide.overlaps(narrow**2)
True
"""

from __future__ import annotations

from fractions import Fraction

import sympy as sp

from depthlaw.theory.claim import (
    ALPHA,
    BATCH,
    DEPTH,
    WIDTH,
    Budget,
    Check,
    Cited,
    Heading,
    Identity,
    Observed,
    Outcome,
    P,
    Sign,
    Status,
    Steps,
    UnionBound,
    Uses,
    declare,
    upper,
)
from depthlaw.theory.claims.orthogonalization import PAPER, lemma_8_sharp
from depthlaw.theory.claims.orthogonalization import _setting as setting
from depthlaw.theory.network import gram
from depthlaw.theory.writing.symbols import alpha, d, delta, ell, lam, n

DELTA = 2 * (1 - n * alpha) / (n + 2)
ONE_LAYER = n * sp.exp(-d * alpha * (delta - sp.log(1 + delta)))
FORMULA = ell * ONE_LAYER.subs(delta, DELTA)
START = "λ_min(H_0ᵀH_0) ≥ α at trace 1"


def _check(
    batch: int,
    width: int,
    depth: int,
    alpha: Fraction,
    replicas: int,
    budget: Budget = Budget.QUICK,
) -> Check:
    """Return a check from n − 1 eigenvalues α: how often one is below α in layers 1 to ℓ."""

    def leaves(observed: Observed) -> setting.Array:
        below: setting.Array = observed["smallest"][:, 1:].min(axis=1) < float(alpha)
        return below.astype(float)

    return Check(
        f"n = {batch}, d = {width}, α = {float(alpha):g}, ℓ = {depth}",
        {"batch": batch, "width": width, "depth": depth, "alpha": alpha},
        setting.measured(
            setting.outlier(batch, alpha),
            width=width,
            depth=depth,
            observables={"smallest": gram.smallest_eigenvalue},
            per_replica=leaves,
            highest=1.0,
        ),
        budget=budget,
        replicas=replicas,
    )


def _derivation() -> Steps:
    x, eps = sp.symbols("x epsilon", positive=True)
    room = sp.Symbol("s", nonnegative=True)
    each = sp.Symbol("p", nonnegative=True)
    lifted = 1 / n - lemma_8_sharp.FORMULA
    slope = 1 - 2 / (n + 2) + 4 * n / (n + 2) * (1 / n - lam)
    rate = x - alpha + alpha * sp.log(alpha / x)
    yield Heading("A layer lifts the smallest eigenvalue in the mean")
    yield Uses(
        "the mean of the next Gram matrix: 1/n − p_n is at most",
        "orthogonalization.lemma-8-sharp",
        known=(lam <= 1 / n,),
    )
    yield Identity("how the least p_n grows with λ_n ≤ 1/n", sp.Derivative(lifted, lam), slope)
    yield Sign(
        "which is positive, with s = 1/n − λ_n ≥ 0",
        sp.factor(slope.subs(lam, 1 / n - room)),
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
    yield Identity(
        "with (1−ε) p_n = α and x = p_n the exponent is, per neuron",
        sp.Subs(x * (eps + (1 - eps) * sp.log(1 - eps)), eps, 1 - alpha / x),
        rate,
    )
    yield Identity("it grows with x ≥ α", sp.Derivative(rate, x), (x - alpha) / x)
    yield Identity(
        "so the probability is largest at p_n = α(1+δ)",
        sp.Subs(n * sp.exp(-d * rate), x, alpha * (1 + delta)),
        ONE_LAYER,
    )
    yield Heading("All layers together")
    layers = UnionBound(
        "in one of ℓ layers, each of which is left with the probability p at most",
        r"\text{leaves in one of the layers}",
        each,
        sp.Symbol("k", integer=True, positive=True),
        ell,
    )
    yield layers
    yield Identity(
        "with the p of a layer, and this δ",
        sp.Subs(layers.right, each, ONE_LAYER.subs(delta, DELTA)),
        FORMULA,
    )


CLAIM = declare(
    __name__,
    "probability that A₁ fails, from an explicit start",
    upper(
        P(sp.Symbol(r"\min_{1 \le k \le \ell} \lambda_{\min}(H_k^\top H_k) < \alpha")),
        FORMULA,
        trivial=sp.Integer(1),
    ),
    source=PAPER.ours("probability of A₁", "Theorem 1"),
    status=Status.SHARPENED,
    expected=Outcome.SUPPORTED,
    parameters=(BATCH, WIDTH, DEPTH, ALPHA),
    assumes=(
        *setting.MODEL,
        setting.at_most_one_over_batch(ALPHA),
        START,
    ),
    checks=(
        _check(2, 1000, 1, Fraction(7, 16), 10_000),
        _check(2, 2000, 8, Fraction(2, 5), 4_000),
        _check(3, 10_000, 4, Fraction(7, 25), 1_000),
        _check(4, 60_000, 10, Fraction(23, 100), 200, Budget.STANDARD),
    ),
    derivation=_derivation,
    decreasing=("width",),
    control=Fraction(1, 1000),
    siblings=("orthogonalization.theorem-1-corrected", "orthogonalization.unconditional-gap"),
)

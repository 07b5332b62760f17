"""Without normalisation the stable rank tends to 1, in the mean and with an explicit rate.

E[1 − 1/r(H_ℓ)] ≤ c N(N−1) κ^ℓ, κ = Γ(d/2 − 1/4)²/(Γ(d/2) Γ((d−1)/2)) < 1, with
c = (3/5)^{3/4} (5/8)² = 0.266.

κ is about 1 − 1/(8d). The bound rests on Y = (R_22/R_11)², the exponential of a random walk, and
κ^ℓ is the least of its moments, so that by Chernoff's theorem P(Y ≥ 1) decays at the same rate: the
mean of 1 − 1/r is carried by rare nets and falls like e^{−ℓ/(8d)}, where the typical net has
e^{−ℓ/d} (`rank.vanilla-gap`).

Example: the decay per layer at d = 2 is Γ(3/4)²/√π.

>>> from flint import arb
>>> first, second = (CLAIM.bound(width=2, batch=2, depth=k).ball for k in (0, 1))
>>> (second * arb.pi().sqrt()).overlaps(first * ball(Fraction(3, 4)).gamma() ** 2)
True
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import sympy as sp

from depthlaw.theory.claim import (
    BATCH,
    DEPTH,
    WIDTH,
    Agreement,
    Argued,
    Budget,
    Check,
    Identity,
    Measured,
    Outcome,
    Requires,
    Status,
    Steps,
    declare,
    upper,
)
from depthlaw.theory.claims.rank import PAPER
from depthlaw.theory.claims.rank import _measured as simulated
from depthlaw.theory.network import Network
from depthlaw.theory.rank.lyapunov import collapse_factor
from depthlaw.theory.rigorous.balls import ball
from depthlaw.theory.rigorous.evaluate import evaluate
from depthlaw.theory.symbols import d, ell, n

_QUARTER = sp.Rational(1, 4)
KAPPA = sp.gamma(d / 2 - _QUARTER) ** 2 / (sp.gamma(d / 2) * sp.gamma((d - 1) / 2))
CONSTANT = sp.Rational(3, 5) ** sp.Rational(3, 4) * sp.Rational(5, 8) ** 2
FORMULA = CONSTANT * n * (n - 1) * KAPPA**ell
WIDTHS = (2, 3, 8, 100)
ORTHONORMAL = Requires(d >= n, "orthonormal samples need as many dimensions")


def _check(
    width: int, batch: int, depth: int, *, replicas: int, budget: Budget = Budget.QUICK
) -> Check:
    return Check(
        f"d = {width}, N = {batch}, ℓ = {depth}",
        {"width": width, "batch": batch, "depth": depth},
        Measured(
            Network(width, batch, (simulated.linear(),)),
            np.eye(batch),
            depth,
            simulated.STABLE,
            lambda observed: np.clip(1 - 1 / observed["rank"][:, -1], 0.0, 1 - 1 / batch),
            0.0,
            1 - 1 / batch,
        ),
        budget=budget,
        replicas=replicas,
    )


def _derivation() -> Steps:
    a, b, x = sp.symbols("a b x", positive=True)
    s = sp.Symbol("s", real=True)
    p = sp.Symbol("p", real=True)
    moment = sp.gamma((d - 1) / 2 + p) * sp.gamma(d / 2 - p)
    yield Identity(
        "1 − 1/r of two samples, with squared norms a, b and inner product s: 2 det G/(tr G)²",
        1 - (a**2 + b**2 + 2 * s**2) / (a + b) ** 2,
        2 * (a * b - s**2) / (a + b) ** 2,
    )
    yield Argued(
        "N samples",
        "1 − 1/r = Σ_{i≠j} det G_ij/(tr G)² over 2×2 minors; with [h_i h_j] = QR and "
        "Y = (R_22/R_11)² each term is at most Y/(1 + Y)², since |h_j|² ≥ R_22²",
    )
    yield Identity(
        "Y^{3/4}/(1 + Y)² grows up to Y = 3/5 and falls beyond: its log slope is",
        sp.Derivative(sp.log(a ** sp.Rational(3, 4) / (1 + a) ** 2), a),
        (3 - 5 * a) / (4 * a * (1 + a)),
    )
    yield Identity(
        "so Y/(1 + Y)² ≤ c Y^{1/4}, with c its value there",
        sp.Subs(a ** sp.Rational(3, 4) / (1 + a) ** 2, a, sp.Rational(3, 5)),
        CONSTANT,
    )
    yield Argued(
        "Y is a product",
        "given H_ℓ, |W h_i|²/|h_i|² ~ χ²_d/d and the squared distance of W h_j from W h_i "
        "grows by an independent χ²_{d−1}/d, so Y is multiplied by χ²_{d−1}/χ²_d; Y = 1 at "
        "the start",
    )
    yield Identity(
        "the moments of χ² with k degrees of freedom, with a = k/2 and χ² = 2x",
        sp.Integral(x ** (a + b - 1) * sp.exp(-x), (x, 0, sp.oo)) / sp.gamma(a),
        sp.gamma(a + b) / sp.gamma(a),
    )
    yield Identity(
        "E (χ²_{d−1}/χ²_d)^p is symmetric about p = 1/4",
        sp.Subs(moment, p, sp.Rational(1, 2) - p),
        moment,
    )
    yield Argued(
        "least at p = 1/4, and below 1",
        "as a moment it is strictly log-convex in p, and it is 1 at p = 0 and p = 1/2",
    )
    yield Identity(
        "there it is κ",
        sp.Subs(moment, p, _QUARTER) / (sp.gamma(d / 2) * sp.gamma((d - 1) / 2)),
        KAPPA,
    )
    yield Identity(
        "for each of N(N−1) ordered pairs E Y^{1/4} is 1 at first: the bound at ℓ = 0",
        2 * sp.binomial(n, 2).expand(func=True) * CONSTANT,
        FORMULA.subs(ell, 0),
    )
    yield Identity(
        "and a layer multiplies it by κ",
        sp.Subs(FORMULA, ell, ell + 1) / FORMULA,
        KAPPA,
    )
    yield Agreement(
        f"κ through log Γ, at d = {', '.join(map(str, WIDTHS))}",
        r"\kappa = e^{2\log\Gamma(d/2-1/4) - \log\Gamma(d/2) - \log\Gamma((d-1)/2)}",
        lambda: [evaluate(KAPPA, {d: ball(width)}) for width in WIDTHS],
        lambda: [collapse_factor(width).ball for width in WIDTHS],
    )


CLAIM = declare(
    __name__,
    "mean distance from rank one without normalisation",
    upper(sp.Symbol(r"E[1 - 1/r(H_\ell)]"), FORMULA, trivial=1 - 1 / n),
    source=PAPER.at("collapse of vanilla networks", "explicit rate, ours"),
    status=Status.SHARPENED,
    expected=Outcome.SUPPORTED,
    parameters=(WIDTH, BATCH, DEPTH),
    assumes=(
        "independent Gaussian weights",
        "no normalisation",
        "γ = ∞",
        ORTHONORMAL,
    ),
    checks=(
        _check(2, 2, 10, replicas=4000),
        _check(2, 2, 20, replicas=4000),
        _check(4, 2, 60, replicas=4000),
        _check(8, 3, 150, replicas=1000),
        _check(16, 2, 20, replicas=500),
        _check(16, 3, 350, replicas=200, budget=Budget.STANDARD),
        _check(16, 8, 100, replicas=500),
    ),
    derivation=_derivation,
    decreasing=("depth",),
    control=Fraction(1, 12),
    siblings=("rank.vanilla-gap", "rank.vanilla-exponents"),
)

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
    LAYER,
    WIDTH,
    Agreement,
    Argued,
    Budget,
    Check,
    Cited,
    Heading,
    Identity,
    Induction,
    Measured,
    Outcome,
    Requires,
    Sign,
    Status,
    Steps,
    TowerProperty,
    declare,
    upper,
)
from depthlaw.theory.claims.rank import PAPER
from depthlaw.theory.claims.rank import _measured as simulated
from depthlaw.theory.claims.rank._indices import M, apart, i, j, total
from depthlaw.theory.network import Network
from depthlaw.theory.rank.exponents import collapse_factor
from depthlaw.theory.rigorous.balls import ball
from depthlaw.theory.rigorous.evaluate import evaluate
from depthlaw.theory.writing.symbols import d, ell, n

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
            layers=(depth,),
        ),
        budget=budget,
        replicas=replicas,
    )


def _derivation() -> Steps:
    Y, x, s = sp.symbols("Y x s", positive=True)
    p, across = sp.symbols("p R_12", real=True)
    one, two = sp.symbols("R_11 R_22", positive=True)
    moment = sp.gamma((d - 1) / 2 + p) * sp.gamma(d / 2 - p)
    yield Heading("Pairs of samples")
    yield Identity(
        "(tr G)² − ‖G‖_F² is a sum over pairs i ≠ j, and 1 − 1/r is that over (tr G)²",
        apart(M[i, i] * M[j, j] - M[i, j] ** 2),
        total(M[i, i] * M[j, j], j, i) - total(M[i, j] ** 2, j, i),
    )
    yield Identity(
        "with [h_i h_j] = QR the minor is R_11² R_22², and the two squared norms exceed "
        "R_11² + R_22² by",
        sp.Subs(x + s - (one**2 + two**2), (x, s), (one**2, across**2 + two**2)),
        across**2,
    )
    yield Sign("a square", across**2)
    yield Identity(
        "so each term is at most, with R_22² = Y R_11²,",
        sp.Subs(one**2 * two**2 / (one**2 + two**2) ** 2, two, sp.sqrt(Y) * one),
        Y / (1 + Y) ** 2,
    )
    yield Identity(
        "Y^{3/4}/(1 + Y)² grows up to Y = 3/5 and falls beyond: its log slope is",
        sp.Derivative(sp.log(Y ** sp.Rational(3, 4) / (1 + Y) ** 2), Y),
        (3 - 5 * Y) / (4 * Y * (1 + Y)),
    )
    yield Identity(
        "so Y/(1 + Y)² ≤ c Y^{1/4}, with c its value there",
        sp.Subs(Y ** sp.Rational(3, 4) / (1 + Y) ** 2, Y, sp.Rational(3, 5)),
        CONSTANT,
    )
    yield Heading("One layer")
    yield Identity(
        "WQ = Q′R′ makes R′R of R: the ratio Y is multiplied by that of R′, as triangular "
        "factors multiply",
        sp.Subs(two**2 / one**2, (one, two), (s * one, x * two)),
        (x / s) ** 2 * two**2 / one**2,
    )
    yield Cited(
        "(R′_22/R′_11)² is χ²_{d−1}/χ²_d of independent variables, given the past",
        "WQ has the law of W; Muirhead, Aspects of Multivariate Statistical Theory, Theorem 3.2.14",
    )
    k, b = sp.symbols("k b", positive=True)
    yield Identity(
        "the moments of χ² with k degrees of freedom over 2^b, with χ² = 2x",
        sp.Integral(x ** (k / 2 + b - 1) * sp.exp(-x), (x, 0, sp.oo)) / sp.gamma(k / 2),
        sp.gamma(k / 2 + b) / sp.gamma(k / 2),
    )
    yield Identity(
        "so E (χ²_{d−1}/χ²_d)^p at p = 1/4 is κ",
        sp.Subs(moment, p, _QUARTER) / (sp.gamma(d / 2) * sp.gamma((d - 1) / 2)),
        KAPPA,
    )
    yield Identity(
        "(it is symmetric about p = 1/4)", sp.Subs(moment, p, sp.Rational(1, 2) - p), moment
    )
    yield Argued(
        "least at p = 1/4, and below 1",
        "as a moment it is strictly log-convex in p, and it is 1 at p = 0 and p = 1/2; the bound "
        "holds whatever κ is",
        carries=False,
    )
    yield Agreement(
        f"κ through log Γ, at d = {', '.join(map(str, WIDTHS))}",
        r"\kappa = e^{2\log\Gamma(d/2-1/4) - \log\Gamma(d/2) - \log\Gamma((d-1)/2)}",
        lambda: [evaluate(KAPPA, {d: ball(width)}) for width in WIDTHS],
        lambda: [collapse_factor(width).ball for width in WIDTHS],
    )
    yield Heading("All layers, all N(N−1) ordered pairs; Y = 1 at the start")
    factor, past = sp.symbols("kappa y", positive=True)
    yield TowerProperty("E of the new Y^{1/4}, given the layers before", past, factor * past)
    bound = CONSTANT * n * (n - 1) * factor**LAYER
    yield Induction(
        "the sum of c E Y^{1/4} over the pairs",
        r"\sum c\,E Y_k^{1/4}",
        factor * past,
        past,
        CONSTANT * n * (n - 1),
        bound,
    )
    yield Identity("after ℓ layers", sp.Subs(bound, (factor, LAYER), (KAPPA, ell)), FORMULA)


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

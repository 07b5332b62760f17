"""A bound on the mean square gap that is tight in the wide limit.

E[V(H_{ℓ+1})²; A₁] ≤ (1 − 1/n) [κ^{2ℓ} + 1/((1 − κ²) d)], κ = 1/((n+2)α) < 1.

As the width grows α may approach 1/n, κ tends to n/(n+2), and the floor to the stationary value
(n−1)(n+2)²/(4n(n+1)d) of `orthogonalization.stationary-gap`.

Example: at α = 1/n the floor is exactly that value.

>>> from fractions import Fraction
>>> from depthlaw.theory.claim.registry import claim
>>> floor = CLAIM.bound(batch=4, width=1000, depth=10**4, alpha=Fraction(1, 4))
>>> stationary = claim("orthogonalization.stationary-gap").bound(batch=4, width=1000)
>>> floor.ball.overlaps(stationary.ball)
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
    Heading,
    Identity,
    Outcome,
    Requires,
    Sign,
    Status,
    Steps,
    declare,
    upper,
)
from depthlaw.theory.claims.orthogonalization import PAPER
from depthlaw.theory.claims.orthogonalization import _pair_factors as pairs
from depthlaw.theory.claims.orthogonalization import _setting as setting
from depthlaw.theory.claims.orthogonalization import _sharp as sharp
from depthlaw.theory.claims.orthogonalization._recursion import bounded_recursion
from depthlaw.theory.claims.orthogonalization.stationary_gap import FORMULA as STATIONARY
from depthlaw.theory.symbols import alpha, d, ell, n

KAPPA = 1 / ((n + 2) * alpha)
FORMULA = (1 - 1 / n) * (KAPPA ** (2 * ell) + 1 / ((1 - KAPPA**2) * d))

CONTRACTS = Requires(
    alpha > 1 / (n + 2), "where the bound contracts; use orthogonalization.sharp-lyapunov below"
)


def _derivation() -> Steps:
    rho, noise, start, square = sp.symbols("rho nu s q", positive=True)
    ratio, fluctuation = KAPPA**2, (1 - 1 / n) / d
    yield from pairs.factors()
    yield from pairs.bounds()
    yield Identity(
        "so where λ_min ≥ α, as A₁ asks, every K_ij is at most κ, which is this at μ = α",
        sp.Subs(1 / ((n + 2) * pairs.LEVEL), pairs.LEVEL, alpha),
        KAPPA,
    )
    yield from pairs.norms()
    yield from pairs.one_layer()
    yield Sign("of which the part −q/d is dropped, while q ≤ κ² V²", square / d)
    yield Heading("All layers, on the event A₁")
    yield from pairs.recursion(ratio, fluctuation)
    yield from bounded_recursion("x_k = E[V_{k+1}²; A_k]")
    yield Identity(
        "tight in the limit: at α = 1/n the floor is the stationary value",
        sp.Subs((1 - 1 / n) / ((1 - KAPPA**2) * d), alpha, 1 / n),
        STATIONARY,
    )
    yield Identity(
        "k = ℓ, with ρ = κ², ν = (1 − 1/n)/d and s = 1 − 1/n, above which no V_1² is",
        sp.Subs(
            rho**ell * start + noise / (1 - rho),
            (rho, noise, start),
            (ratio, fluctuation, 1 - 1 / n),
        ),
        FORMULA,
    )


CLAIM = declare(
    __name__,
    "mean square gap under A₁, tight in the wide limit",
    upper(sharp.QUANTITY, FORMULA, trivial=1 - 1 / n),
    source=PAPER.at("Theorem 1", "sharper form, ours"),
    status=Status.SHARPENED,
    expected=Outcome.SUPPORTED,
    parameters=(BATCH, WIDTH, DEPTH, ALPHA),
    assumes=(
        *setting.MODEL,
        setting.WIDTH_AT_LEAST_BATCH,
        setting.at_most_one_over_batch(ALPHA),
        CONTRACTS,
        setting.A1,
    ),
    checks=(
        sharp.simulated(batch=2, width=200, depth=10, alpha=Fraction(39, 100), replicas=30_000),
        sharp.simulated(batch=3, width=400, depth=12, alpha=Fraction(1, 4), replicas=16_000),
        sharp.simulated(
            batch=4,
            width=400,
            depth=20,
            alpha=Fraction(9, 50),
            replicas=1_000,
            budget=Budget.STANDARD,
        ),
        sharp.simulated(
            batch=4,
            width=1600,
            depth=20,
            alpha=Fraction(41, 200),
            replicas=1_000,
            budget=Budget.THOROUGH,
        ),
    ),
    derivation=_derivation,
    decreasing=("width", "depth"),
    control=Fraction(1, 2),
    siblings=("orthogonalization.stationary-gap", "orthogonalization.sharp-lyapunov"),
)

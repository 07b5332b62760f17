"""A bound on the mean square gap whose floor is tight in the wide limit.

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
from depthlaw.theory.writing.symbols import alpha, d, ell, n

KAPPA = 1 / ((n + 2) * alpha)
FORMULA = (1 - 1 / n) * (KAPPA ** (2 * ell) + 1 / ((1 - KAPPA**2) * d))

CONTRACTS = Requires(
    alpha > 1 / (n + 2),
    "where the bound contracts; for smaller α use orthogonalization.sharp-lyapunov",
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
    yield from pairs.norms_from_above()
    yield from pairs.one_layer()
    yield Sign(
        "of which the part −q/d is dropped, while q ≤ κ² V²: where λ_min ≥ α the mean of the next "
        "V², given this layer, is at most ρ V² + ν with ρ = κ², below 1 since α > 1/(n+2), and "
        "ν = (1 − 1/n)/d",
        square / d,
    )
    yield Heading("All layers, on the event A₁")
    yield from pairs.recursion(ratio, fluctuation)
    yield from bounded_recursion(
        "so with x_k = E[V_{k+1}²; B_k], for k from 0 to ℓ, where b_k is the right side and g the "
        "map x ↦ ρ x + ν"
    )
    yield Identity(
        "how tight: as α rises to 1/n, which wider networks allow, the floor falls to the leading "
        "term of the stationary value (from below: unconditional-gap-lower)",
        sp.Subs((1 - 1 / n) / ((1 - KAPPA**2) * d), alpha, 1 / n),
        STATIONARY,
    )
    yield Identity(
        "the bound: k = ℓ, with ρ = κ², ν = (1 − 1/n)/d and s = 1 − 1/n, since V_1² is "
        "Σ λ_i² − 1/n ≤ (Σ λ_i)² − 1/n",
        sp.Subs(
            rho**ell * start + noise / (1 - rho),
            (rho, noise, start),
            (ratio, fluctuation, 1 - 1 / n),
        ),
        FORMULA,
    )


CLAIM = declare(
    __name__,
    "mean square gap under A₁, with a floor that is tight in the wide limit",
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

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
    Argued,
    Budget,
    Identity,
    Outcome,
    Requires,
    Status,
    Steps,
    declare,
    upper,
)
from depthlaw.theory.claims.orthogonalization import PAPER
from depthlaw.theory.claims.orthogonalization import _sawa as sawa
from depthlaw.theory.claims.orthogonalization import _setting as setting
from depthlaw.theory.claims.orthogonalization import _sharp as sharp
from depthlaw.theory.claims.orthogonalization._recursion import solved_recursion
from depthlaw.theory.claims.orthogonalization.stationary_gap import FORMULA as STATIONARY
from depthlaw.theory.symbols import alpha, d, ell, n

KAPPA = 1 / ((n + 2) * alpha)
FORMULA = (1 - 1 / n) * (KAPPA ** (2 * ell) + 1 / ((1 - KAPPA**2) * d))

CONTRACTS = Requires(
    alpha > 1 / (n + 2), "where the bound contracts; use orthogonalization.sharp-lyapunov below"
)


def _derivation() -> Steps:
    square = sp.Symbol("q", positive=True)
    rho, noise, start = sp.symbols("rho nu s", positive=True)
    solution = rho**ell * start + noise / (1 - rho)
    yield from sawa.pairwise_difference()
    yield Argued(
        "the pair factors are at most κ",
        "with w = |w|u, K_ij = n E[u_i² u_j²/Σ_k λ_k u_k²] ≤ n E[u_i² u_j²]/λ_min = "
        "1/((n+2) λ_min), since |w| and u are independent and E u_i² u_j² = 1/(n(n+2))",
    )
    yield Argued(
        "so the mean map contracts in Frobenius norm",
        "n ‖p − 1/n‖² = Σ_{i<j} (p_i − p_j)² ≤ κ² Σ_{i<j} (λ_i − λ_j)² = κ² n V²",
        r"\|p - \tfrac1n\| \le \kappa\, V",
    )
    yield Identity(
        "mean square of the next gap, with q = ‖p − 1/n‖² and Σp² = 1/n + q: E‖C − 1/n‖² = "
        "q + (1 − Σp²)/d",
        square + (1 - (1 / n + square)) / d,
        (1 - 1 / d) * square + (1 - 1 / n) / d,
    )
    yield Argued(
        "the recursion",
        "E V_{k+1}² ≤ κ² E V_k² + (1 − 1/n)/d, both restricted to A₁ up to layer k; V_1² ≤ 1 − 1/n",
    )
    yield from solved_recursion()
    yield Identity(
        "with the factor κ², the noise (1 − 1/n)/d and the start 1 − 1/n: the bound",
        sp.Subs(solution, (rho, noise, start), (KAPPA**2, (1 - 1 / n) / d, 1 - 1 / n)),
        FORMULA,
    )
    yield Identity(
        "tight in the limit: at α = 1/n the floor is the stationary value",
        sp.Subs((1 - 1 / n) / ((1 - KAPPA**2) * d), alpha, 1 / n),
        STATIONARY,
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

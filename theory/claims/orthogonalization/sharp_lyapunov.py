"""The Lyapunov recursion in mean square, with the sharp constants of Lemmas 4, 6 and 8.

E[V(H_{ℓ+1})²; A₁] ≤ n(n−1) [ρ^ℓ/n + ((n+2)/(2nα)) √((1−1/n)/d)]², ρ = 1 − 2nα/(n+2).

Example: at α = 1/n the floor is n(n−1)((n+2)/2)²(1−1/n)/d.

>>> from fractions import Fraction
>>> bound = CLAIM.bound(batch=2, width=10**4, depth=10**4, alpha=Fraction(1, 2))
>>> bound.contains(Fraction(4, 10**4))
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
    Minkowski,
    Outcome,
    Sign,
    Status,
    Steps,
    TowerProperty,
    Uses,
    declare,
    upper,
)
from depthlaw.theory.claims.orthogonalization import PAPER
from depthlaw.theory.claims.orthogonalization import _pair_factors as pairs
from depthlaw.theory.claims.orthogonalization import _recursion as recursion
from depthlaw.theory.claims.orthogonalization import _setting as setting
from depthlaw.theory.claims.orthogonalization import _sharp as sharp
from depthlaw.theory.symbols import alpha, d, ell, lam, lyapunov, n

RHO = 1 - 2 * n * alpha / (n + 2)
NOISE = sp.sqrt((1 - 1 / n) / d)
FORMULA = n * (n - 1) * (RHO**ell / n + (n + 2) / (2 * n * alpha) * NOISE) ** 2


def _derivation() -> Steps:
    floor = (n + 2) / (2 * n * alpha) * NOISE
    first, second = sp.symbols("X Y", nonnegative=True)
    total, beyond = sp.Symbol("P", positive=True), sp.Symbol("q", nonnegative=True)
    yield Heading("One layer: V̂ of the next is at most (1/n − p_n) + ‖C − E C‖_F")
    yield from pairs.smallest_eigenvalue()
    yield Uses(
        "the first, where λ_n = 1/n − V̂",
        "orthogonalization.lemma-8-sharp",
        {lam: 1 / n - lyapunov},
    )
    yield from recursion.factor_on_event(2 * n / (n + 2))
    yield from pairs.fluctuation()
    yield Identity(
        "where P = 1/n + q with q = ‖p − 1/n‖² ≥ 0",
        sp.Subs((1 - total) / d, total, 1 / n + beyond),
        NOISE**2 - beyond / d,
    )
    yield Sign("of which the part −q/d is dropped", beyond / d)
    yield Heading("All layers: x_k is the root of E[V̂(H_{k+1})²; A_k]")
    yield TowerProperty(
        "A_k is an event of the layers up to k: the noise Y on it",
        second**2,
        NOISE**2,
        "<=",
    )
    yield Minkowski(
        "the roots add up, with X ≤ ρ V̂(H_k) on A_k and ρ = 1 − 2nα/(n+2)",
        first,
        second,
        sp.Integer(2),
    )
    yield recursion.event_shrinks()
    yield from recursion.solved(RHO, NOISE, floor)
    yield Heading("From V̂ to V")
    yield Uses("V of a layer", "orthogonalization.lemma-4-sharp", known=(lyapunov <= 1 / n,))
    yield Identity(
        "its mean square on the event",
        sp.Subs((sp.sqrt(n * (n - 1)) * lyapunov) ** 2, lyapunov, RHO**ell / n + floor),
        FORMULA,
    )


CLAIM = declare(
    __name__,
    "mean square gap under A₁, by the sharp Lyapunov recursion",
    upper(sharp.QUANTITY, FORMULA, trivial=1 - 1 / n),
    source=PAPER.at("Theorem 1", "sharper form, ours"),
    status=Status.SHARPENED,
    expected=Outcome.SUPPORTED,
    parameters=(BATCH, WIDTH, DEPTH, ALPHA),
    assumes=(
        *setting.MODEL,
        setting.WIDTH_AT_LEAST_BATCH,
        setting.at_most_one_over_batch(ALPHA),
        setting.A1,
    ),
    checks=(
        sharp.simulated(batch=2, width=200, depth=12, alpha=Fraction(2, 5), replicas=4000),
        sharp.simulated(batch=4, width=1_000, depth=20, alpha=Fraction(19, 100), replicas=1000),
        sharp.simulated(batch=8, width=10_000, depth=24, alpha=Fraction(11, 100), replicas=100),
        sharp.simulated(
            batch=8,
            width=20_000,
            depth=30,
            alpha=Fraction(23, 200),
            replicas=32,
            budget=Budget.STANDARD,
        ),
        sharp.simulated(
            batch=16,
            width=200_000,
            depth=60,
            alpha=Fraction(11, 200),
            replicas=4,
            budget=Budget.THOROUGH,
        ),
    ),
    derivation=_derivation,
    decreasing=("width", "depth"),
    control=Fraction(1, 20),
    siblings=("orthogonalization.theorem-1-corrected", "orthogonalization.tight-gap"),
)

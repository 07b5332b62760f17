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
    Argued,
    Budget,
    Identity,
    Outcome,
    Status,
    Steps,
    declare,
    upper,
)
from depthlaw.theory.claims.orthogonalization import PAPER
from depthlaw.theory.claims.orthogonalization import _setting as setting
from depthlaw.theory.claims.orthogonalization import _sharp as sharp
from depthlaw.theory.claims.orthogonalization._recursion import solved_recursion
from depthlaw.theory.symbols import alpha, d, ell, n

RHO = 1 - 2 * n * alpha / (n + 2)
NOISE = sp.sqrt((1 - 1 / n) / d)
FORMULA = n * (n - 1) * (RHO**ell / n + (n + 2) / (2 * n * alpha) * NOISE) ** 2


def _derivation() -> Steps:
    floor = NOISE / (1 - RHO)
    yield Argued(
        "one step in mean square",
        "V̂(H_{k+1}) ≤ (1/n − p_n) + ‖C − EC‖_F; the first term is at most ρ V̂(H_k) on A₁ "
        "(Lemma 8, sharp), the second has mean square at most (1 − 1/n)/d (Lemma 6, exact, "
        "with Σp² ≥ 1/n), and Minkowski's inequality adds the two roots",
    )
    yield from solved_recursion()
    yield Identity("fixed part of the solution", floor, (n + 2) / (2 * n * alpha) * NOISE)
    yield Identity(
        "squared, times n(n−1) by Lemma 4, sharp, from s = 1/n",
        n * (n - 1) * (RHO**ell / n + floor) ** 2,
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

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
from depthlaw.theory.claims.orthogonalization import _setting as setting
from depthlaw.theory.claims.orthogonalization import _sharp as sharp
from depthlaw.theory.claims.orthogonalization._recursion import bounded_recursion
from depthlaw.theory.writing.symbols import alpha, d, ell, lam, lyapunov, n

RHO = 1 - 2 * n * alpha / (n + 2)
NOISE = sp.sqrt((1 - 1 / n) / d)
FLOOR = (n + 2) / (2 * n * alpha) * NOISE
FORMULA = n * (n - 1) * (RHO**ell / n + FLOOR) ** 2


def _derivation() -> Steps:
    rho, power = sp.Symbol("rho", positive=True), sp.Integer(2)
    above, size, total = sp.symbols("t V P", nonnegative=True)
    noise, start, square = sp.symbols("nu s q", nonnegative=True)
    shift, deviation = sp.symbols("X Y", real=True)
    yield Heading("One layer in mean square, on the event A₁")
    yield from pairs.smallest_eigenvalue()
    yield Uses(
        "1/n − p_n is at most",
        "orthogonalization.lemma-8-sharp",
        known=(lam <= 1 / n,),
    )
    yield Sign(
        "and at λ_n = α + t its factor is at most ρ = 1 − 2nα/(n+2): by",
        sp.factor(RHO - RHO.subs(alpha, alpha + above)),
    )
    yield from pairs.fluctuation()
    yield Identity(
        "with P = 1/n + t at least 1/n, the square of the noise is below (1 − 1/n)/d by",
        sp.Subs(NOISE**2 - (1 - total) / d, total, 1 / n + above),
        above / d,
    )
    yield Minkowski(
        "the roots of mean squares add, with X = 1/n − p_n and Y = ‖C − E C‖_F",
        shift,
        deviation,
        power,
    )
    yield TowerProperty(
        "over the layers before, on the event B_k that they all meet λ_min ≥ α: B_ℓ is A₁",
        sp.Symbol(r"\hat V_{k+1}^2\,1_{B_k}", nonnegative=True),
        (RHO * size + NOISE) ** power,
        "<=",
    )
    yield Heading("All layers")
    yield from bounded_recursion("x_k, the root of E[V̂_{k+1}²; B_k]")
    yield Identity(
        "fixed part of the solution", sp.Subs(noise / (1 - rho), (noise, rho), (NOISE, RHO)), FLOOR
    )
    yield Uses(
        "Lemma 4, sharp: V is at most",
        "orthogonalization.lemma-4-sharp",
        known=(lyapunov <= 1 / n,),
    )
    yield Identity(
        "squared, times n(n−1), from s = 1/n",
        sp.Subs(
            n * (n - 1) * (rho**ell * start + square) ** power,
            (rho, start, square),
            (RHO, 1 / n, FLOOR),
        ),
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

"""Corollary 3: the cost of the coupling to a Gaussian matrix at depth ℓ.

E[‖C_{ℓ+1}^{1/2} − I/√n‖_F²; A₁] ≤ 4n (1 − 2α/3)^ℓ + 6n²/(α √d), C = HᵀH: trajectories without A₁
count 0.

The mean cost on all trajectories bounds W₂(law(W H_{ℓ+1}), law(G/√n))², and is at most the bound
and (2 − 2/√n)(1 − P(A₁)). Since α ≤ 1/n the bound says nothing unless 6n³/√d < 2 − 2/√n.

Example: 2n times Theorem 1.

>>> from fractions import Fraction
>>> from depthlaw.theory.claim.registry import claim
>>> at = {"batch": 4, "width": 10**6, "depth": 9, "alpha": Fraction(1, 5)}
>>> theorem = claim("orthogonalization.theorem-1-corrected").bound(**at).ball
>>> CLAIM.bound(**at).ball.overlaps(8 * theorem)
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
    Identity,
    Outcome,
    Status,
    Steps,
    Uses,
    declare,
    upper,
)
from depthlaw.theory.claims.orthogonalization import PAPER
from depthlaw.theory.claims.orthogonalization import _lemma_2 as lemma
from depthlaw.theory.claims.orthogonalization import _radius as radius
from depthlaw.theory.claims.orthogonalization import _setting as setting
from depthlaw.theory.claims.orthogonalization import _theorem_1 as theorem
from depthlaw.theory.writing.symbols import alpha, d, ell, gap, n

FORMULA = 4 * n * (1 - 2 * alpha / 3) ** ell + 6 * n**2 / (alpha * sp.sqrt(d))


def _derivation() -> Steps:
    yield Uses(
        "the cost at given H",
        "orthogonalization.lemma-2",
        known=(gap <= sp.sqrt(1 - 1 / n),),
    )
    yield Uses(
        "the gap in the mean, on the event A₁",
        "orthogonalization.theorem-1-corrected",
        known=(alpha <= 1 / n, d >= n),
    )
    yield Identity("together", sp.Subs(2 * n * gap, gap, theorem.FORMULA), FORMULA)


CLAIM = declare(
    __name__,
    "cost of the coupling to a Gaussian matrix under A₁",
    upper(radius.QUANTITY, FORMULA, trivial=lemma.HIGHEST_COST),
    source=PAPER.at("Corollary 3", "α bounds σ_min², as the proof needs"),
    status=Status.CORRECTED,
    expected=Outcome.SUPPORTED,
    parameters=(BATCH, WIDTH, DEPTH, ALPHA),
    assumes=(
        *setting.MODEL,
        setting.WIDTH_AT_LEAST_BATCH,
        setting.at_most_one_over_batch(ALPHA),
        setting.A1,
    ),
    checks=(
        radius.simulated(batch=2, width=20_000, depth=15, alpha=Fraction(9, 20), replicas=64),
        radius.simulated(
            batch=4,
            width=400_000,
            depth=40,
            alpha=Fraction(6, 25),
            replicas=8,
            budget=Budget.STANDARD,
        ),
        radius.simulated(batch=8, width=10_000, depth=20, alpha=Fraction(1, 10), replicas=2),
    ),
    derivation=_derivation,
    decreasing=("width", "depth"),
    control=Fraction(1, 400_000),
    errata=(
        "Printed for W₂² under A₁, an event of the future: the proof gives the mean coupling cost "
        "on A₁, and W₂² ≤ the bound + (2 − 2/√n)(1 − P(A₁)).",
        "Printed with α ≤ σ_min it inherits the error of Theorem 1.",
        "The radius is of order width^(-1/4) only because Lemma 2 is used with V instead of V².",
    ),
    siblings=("orthogonalization.wasserstein-radius", "orthogonalization.theorem-1"),
)

"""The cost of the coupling to a Gaussian matrix is of order 1/width.

E[‖C_{ℓ+1}^{1/2} − I/√n‖_F²; A₁] ≤ n²(n−1) [ρ^ℓ/n + ((n+2)/(2nα)) √((1−1/n)/d)]²,
ρ = 1 − 2nα/(n+2), C = HᵀH: trajectories without A₁ count 0.

The mean cost on all trajectories bounds W₂(law(W H_{ℓ+1}), law(G/√n))², and is at most the bound
and (2 − 2/√n)(1 − P(A₁)): a W₂ of order width^{-1/2} as soon as P(A₁) → 1 like 1 − O(1/width).

Example: in the deep limit, a hundred times the width makes the radius ten times smaller.

>>> from fractions import Fraction
>>> narrow, wide = (CLAIM.bound(batch=4, width=d, depth=10**5, alpha=Fraction(1, 4)).ball
...                 for d in (10**4, 10**6))
>>> (narrow / wide).contains(100)
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
from depthlaw.theory.claims.orthogonalization import PAPER, lemma_2_sharp, sharp_lyapunov
from depthlaw.theory.claims.orthogonalization import _lemma_2 as lemma
from depthlaw.theory.claims.orthogonalization import _radius as radius
from depthlaw.theory.claims.orthogonalization import _setting as setting
from depthlaw.theory.writing.symbols import alpha, d, gap, n

FORMULA = n * sharp_lyapunov.FORMULA


def _derivation() -> Steps:
    yield Uses(
        "the cost at given H",
        "orthogonalization.lemma-2-sharp",
        known=(gap <= sp.sqrt(1 - 1 / n),),
    )
    yield Uses(
        "the square gap in the mean, on the event A₁",
        "orthogonalization.sharp-lyapunov",
        known=(alpha <= 1 / n, d >= n),
    )
    yield Identity(
        "together",
        sp.Subs(lemma_2_sharp.FORMULA, gap, sp.sqrt(sharp_lyapunov.FORMULA)),
        FORMULA,
    )


CLAIM = declare(
    __name__,
    "cost of the coupling to a Gaussian matrix, of order 1/width",
    upper(radius.QUANTITY, FORMULA, trivial=lemma.HIGHEST_COST),
    source=PAPER.at("Corollary 3", "sharper form, ours"),
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
        radius.simulated(batch=2, width=2_000, depth=12, alpha=Fraction(9, 20), replicas=10_000),
        radius.simulated(batch=4, width=5_000, depth=20, alpha=Fraction(11, 50), replicas=400),
        radius.simulated(
            batch=8,
            width=20_000,
            depth=30,
            alpha=Fraction(23, 200),
            replicas=20,
            budget=Budget.STANDARD,
        ),
    ),
    derivation=_derivation,
    decreasing=("width", "depth"),
    control=Fraction(1, 50),
    errata=("Table 1 of the paper states the order width^(-1/4).",),
    siblings=("orthogonalization.corollary-3", "orthogonalization.wasserstein-exponent"),
)

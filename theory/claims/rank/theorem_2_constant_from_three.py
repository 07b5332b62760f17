"""The constant of Theorem 2 for three neurons and more: the average of r is at least 3√d/4.

(1/L) Σ_ℓ r(H_ℓ) ≥ (3/4) √d for d ≥ 3.

At γ = ∞ the average of r/√d, with intervals at level 10⁻³ (medians of 40 time averages), is

====  ================    ====  ================
d     r/√d                d     r/√d
====  ================    ====  ================
3     0.7895 … 0.7971     7     0.7730 … 0.7776
4     0.7597 … 0.7626     8     0.7921 … 0.7959
5     0.7764 … 0.7824     10    0.7938 … 0.8002
6     0.7823 … 0.7881     12    0.8100 … 0.8165
====  ================    ====  ================

and it goes on rising, to 1 (`rank.large-batch-rank`). Smaller γ, and uniform weights, give more. So
0.76 is the largest constant with two digits that d = 4 allows, and 3/4 leaves a margin.

Example: at d = 16 it says r ≥ 3.

>>> CLAIM.bound(width=16).contains(3)
True
"""

from __future__ import annotations

from fractions import Fraction

import sympy as sp

from depthlaw.theory.claim import (
    WIDTH,
    Argued,
    Budget,
    Outcome,
    Requires,
    Status,
    Steps,
    declare,
    lower,
)
from depthlaw.theory.claims.rank import PAPER
from depthlaw.theory.claims.rank import _cauchy as near
from depthlaw.theory.claims.rank import _setting as setting
from depthlaw.theory.claims.rank import _sharp_law as law
from depthlaw.theory.claims.rank._measured import Chain
from depthlaw.theory.network import Weights
from depthlaw.theory.writing.symbols import d

THREE_NEURONS = Requires(
    d >= 3, "two neurons end next to rank one at γ = ∞: use rank.theorem-2-constant"
)


def _derivation() -> Steps:
    yield from near.critical()
    yield from near.repels()
    yield Argued(
        "narrow nets",
        "from d = 3 on rank one repels at γ = ∞, so that the average of r exceeds 1; its "
        "size is measured",
    )
    yield from law.flow()
    yield Argued("wide nets", "there r/√d → 1 (heuristic), well above 3/4")


CLAIM = declare(
    __name__,
    "average stable rank at least 3√d/4, from three neurons on",
    lower(sp.Symbol(r"\frac1L \sum_\ell r(H_\ell)"), 3 * sp.sqrt(d) / 4, trivial=sp.Integer(1)),
    source=PAPER.at("Theorem 2", "constant ours; the paper leaves it open"),
    status=Status.CONJECTURE,
    expected=Outcome.SUPPORTED,
    parameters=(WIDTH,),
    assumes=(*setting.ANY_RESIDUAL, THREE_NEURONS, "N ≥ d", setting.FULL_RANK, setting.BURNT_IN),
    checks=tuple(
        chain.average_rank()
        for chain in (
            Chain(3, 3, 100, 800),
            Chain(4, 4, 100, 4000),
            Chain(7, 7, 100, 1000),
            Chain(16, 16, 100, 300),
            Chain(4, 4, 100, 4000, residual=1.0, budget=Budget.STANDARD),
            Chain(4, 4, 100, 4000, weights=Weights.UNIFORM, budget=Budget.STANDARD),
            *(Chain(d, d, 100, 3000, budget=Budget.STANDARD) for d in (5, 6)),
        )
    ),
    derivation=_derivation,
    control=Fraction(8, 5),
    siblings=("rank.theorem-2-constant", "rank.large-batch-rank"),
)

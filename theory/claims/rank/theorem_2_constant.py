"""The constant that Theorem 2 leaves open: the average of r is at least √(d/2), for every γ.

(1/L) Σ_ℓ r(H_ℓ) ≥ √(d/2).

The constant 1/√2 cannot be raised: it is the infimum over d ≥ 1 and γ, approached at d = 2, γ = ∞.
There rank one neither repels nor attracts (its growth rate is 0 exactly,
`rank.rank-one-without-skip`), so that r returns to 1 for ever longer times and its average falls to
1, below which it cannot fall. For d = 1 the ratio r/√d is 1.

From d = 3 on the least average of r/√d is that of d = 4 at γ = ∞, between 0.7597 and 0.7625 at
level 10⁻³ (median of 40 time averages over 19 800 layers; `rank.theorem-2-constant-from-three`). A
law with atoms, such as ±1, is left out: its matrices are singular with positive probability, and
rank lost in one layer never returns.

Example: at d = 2 it says r ≥ 1, which needs no theory; at d = 8 it says r ≥ 2.

>>> CLAIM.bound(width=2).contains(1), CLAIM.bound(width=8).contains(2)
(True, True)
"""

from __future__ import annotations

from fractions import Fraction

import sympy as sp

from depthlaw.theory.claim import WIDTH, Argued, Budget, Outcome, Status, Steps, declare, lower
from depthlaw.theory.claims.rank import PAPER
from depthlaw.theory.claims.rank import _cauchy as near
from depthlaw.theory.claims.rank import _setting as setting
from depthlaw.theory.claims.rank._measured import Chain
from depthlaw.theory.network import Weights
from depthlaw.theory.writing.symbols import d


def _derivation() -> Steps:
    yield Argued("at d = 1 and 2", "r ≥ 1 always, and √(d/2) ≤ 1")
    yield from near.critical()
    yield Argued(
        "why 1/√2 is attained",
        "a zero growth rate makes log(σ₂/σ₁) a random walk without drift below the level "
        "where it is reflected: its occupation of any bounded part has density 0",
    )
    yield from near.repels()
    yield Argued("from d = 3 on", "rank one repels; the size of the average is measured")


CLAIM = declare(
    __name__,
    "average stable rank at least √(d/2)",
    lower(sp.Symbol(r"\frac1L \sum_\ell r(H_\ell)"), sp.sqrt(d / 2), trivial=sp.Integer(1)),
    source=PAPER.at("Theorem 2", "constant ours; the paper leaves it open"),
    status=Status.CONJECTURE,
    expected=Outcome.SUPPORTED,
    parameters=(WIDTH,),
    assumes=(*setting.ANY_RESIDUAL, "N ≥ d", setting.FULL_RANK, setting.BURNT_IN),
    checks=tuple(
        chain.average_rank()
        for chain in (
            Chain(2, 2, 200, 400, residual=0.1),
            *(Chain(d, d, 50, 200) for d in (3, 4, 5, 8)),
            Chain(4, 4, 50, 200, residual=1.0),
            Chain(3, 3, 200, 500, residual=0.1),
            Chain(4, 4, 50, 200, weights=Weights.UNIFORM),
            *(Chain(d, d, 300, 600, residual=0.1, budget=Budget.STANDARD) for d in (4, 8, 16)),
            *(Chain(d, d, 80, 150, budget=Budget.STANDARD) for d in (16, 32)),
            Chain(64, 64, 150, 200, budget=Budget.THOROUGH),
            *(Chain(d, d, 20_000, 60_000, residual=0.01, budget=Budget.THOROUGH) for d in (3, 8)),
        )
    ),
    derivation=_derivation,
    control=Fraction(17, 10),
    siblings=(
        "rank.theorem-2",
        "rank.theorem-2-constant-from-three",
        "rank.large-batch-rank",
        "rank.rank-one-without-skip",
    ),
)

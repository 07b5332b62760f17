"""Invariance alone gives no bound on ‖M‖_F²: rank one is invariant.

M = ssᵀ, s ∈ {±1}^d, implies E‖M⁺‖_F² = d², for every γ and every law of the weights.

So a law on {ssᵀ} is invariant, with δ = 0, and E‖M‖_F² = d² is not O(d^{3/2}): a proof of r = Ω(√d)
must use more than invariance, namely that the chain starts at full rank.

Example: the stable rank there is 1.

>>> from depthlaw.theory.claim.registry import claim
>>> square = CLAIM.bound(width=6).expression
>>> claim("rank.jensen").bound(width=6, square=int(square)).expression
1
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import sympy as sp

from depthlaw.theory.claim import (
    WIDTH,
    Argued,
    Check,
    Computed,
    Outcome,
    Status,
    Steps,
    declare,
    equal,
)
from depthlaw.theory.claims.rank import PAPER
from depthlaw.theory.claims.rank import _covariances as cov
from depthlaw.theory.claims.rank import _one_step as one_step
from depthlaw.theory.rank.enumeration import mean_square_norm
from depthlaw.theory.rank.weights import RADEMACHER, SKEWED, THREE_VALUED
from depthlaw.theory.symbols import d
from depthlaw.theory.values import Exact, Value
from depthlaw.theory.weight_law import WeightLaw


def _quantity(law: WeightLaw, gamma: Fraction, matrix: Any) -> Value:
    return Exact(sp.Rational(mean_square_norm(matrix, law, gamma)))


def _check(pattern: Sequence[int], law: WeightLaw, gamma: Fraction) -> Check:
    matrix = cov.signs(pattern)
    shown = "".join("+" if s > 0 else "−" for s in pattern)
    return Check(
        f"s = {shown}, weights {law.name}, γ = {gamma}",
        {"width": len(pattern)},
        Computed(_quantity, {"law": law, "gamma": gamma, "matrix": matrix}),
    )


def _derivation() -> Steps:
    yield Argued(
        "one step",
        "A ssᵀ Aᵀ = (As)(As)ᵀ, and D is the diagonal of the squares of As, so that "
        "M⁺ = s'(s')ᵀ with s' = sign(As): rank one stays rank one and ‖M⁺‖_F² = d²",
    )
    yield Argued(
        "an invariant law",
        "s ↦ sign(As) is a Markov chain on the 2^d sign patterns, which has one",
    )
    yield one_step.rank_one_has_no_drift()


CLAIM = declare(
    __name__,
    "rank one is invariant, with the largest ‖M‖_F²",
    equal(sp.Symbol(r"\mathbb{E}\,\|M^+\|_F^2"), d**2),
    source=PAPER.ours("what invariance cannot give"),
    status=Status.SHARPENED,
    expected=Outcome.CERTIFIED,
    parameters=(WIDTH,),
    assumes=("no row of (I + γW)s is zero, as γ max|w| < 1/d ensures",),
    checks=(
        _check([1, 1], RADEMACHER, Fraction(1, 3)),
        _check([1, -1], THREE_VALUED, Fraction(1, 10)),
        _check([1, -1], SKEWED, Fraction(1, 10)),
        _check([1, -1, 1], RADEMACHER, Fraction(1, 4)),
    ),
    derivation=_derivation,
    control=Fraction(101, 100),
    siblings=("rank.invariance", "rank.one-step", "rank.rank-one-repels"),
)

"""Rank one repels: next to it the second eigenvalue grows in every direction, at every width.

lim_{γ→0} E[log λ₂⁺ − log λ₂]/γ² ≥ 2(d − 1) > 0, for M near ssᵀ, s ∈ {±1}^d, whatever the second
eigenvector v ⟂ s.

v ⟂ s cannot sit on one neuron, so ‖v‖₄⁴ ≤ (d−1)/d < 1: this gives positivity at d = 2 too, where
‖v‖₄⁴ ≤ 1 alone would not, and there it is attained. It says nothing on weights whose mean is not 0.

Example: at d = 2 there is one direction, (1, −1)/√2, and its growth is the bound.

>>> from depthlaw.theory.claim.registry import claim
>>> growth = claim("rank.rank-one-growth").bound(width=2, quartic=Fraction(1, 2))
>>> growth.expression == CLAIM.bound(width=2).expression
True
"""

from __future__ import annotations

from fractions import Fraction

import sympy as sp

from depthlaw.theory.claim import (
    CauchySchwarz,
    Heading,
    Identity,
    Outcome,
    Sign,
    Status,
    Steps,
    declare,
    lower,
)
from depthlaw.theory.claims.rank import PAPER
from depthlaw.theory.claims.rank import _near_rank_one as near
from depthlaw.theory.claims.rank import _setting as setting
from depthlaw.theory.claims.rank._indices import i, total
from depthlaw.theory.rank.weights import RADEMACHER, THREE_VALUED
from depthlaw.theory.writing.symbols import d

FORMULA = 2 * (d - 1)


def _derivation() -> Steps:
    more = sp.Symbol("k", integer=True, nonnegative=True)
    x, slack, rest = sp.symbols("x z y", nonnegative=True)
    yield from near.growth_steps()
    yield Heading("No direction sits on one neuron")
    yield CauchySchwarz(
        "s_i v_i = −Σ_{j≠i} s_j v_j, so v_i² ≤ (d−1) Σ_{j≠i} v_j²",
        sp.Symbol("s_j", real=True),
        sp.Symbol("v_j", real=True),
        mean=sp.Function(r"\sum_{j \ne i}"),
    )
    yield Identity(
        "that is v_i² = (d−1)(1 − v_i²) − z with z ≥ 0: below (d−1)/d by z/d",
        sp.Subs((d - 1) / d - x, x, (d - 1 - slack) / d),
        slack / d,
    )
    yield Sign("not negative", slack / d)
    v, z = sp.IndexedBase("v", real=True), sp.IndexedBase("z", nonnegative=True)
    yield Identity(
        "so Σ v_i⁴ is (d−1)/d Σ v_i² less a sum of terms that are not negative",
        total(v[i] ** 2 * ((d - 1) / d - z[i] / d), i),
        (d - 1) / d * total(v[i] ** 2, i) - total(v[i] ** 2 * z[i], i) / d,
    )
    yield Sign("which it is", total(v[i] ** 2 * z[i], i) / d)
    yield Identity(
        "q = Σ v_i⁴ is (d−1)/d − y with y ≥ 0, since Σ v_i² = 1: the growth exceeds 2(d−1) by",
        sp.Subs(near.GROWTH, near.Q, (d - 1) / d - rest) - FORMULA,
        2 * d * rest,
    )
    yield Sign("not negative", 2 * d * rest)
    yield Heading("The bound")
    yield Sign("positive for d = 2 + k", FORMULA.subs(d, 2 + more), strict=True)
    yield Identity("attained at q = (d−1)/d", sp.Subs(near.GROWTH, near.Q, (d - 1) / d), FORMULA)


CLAIM = declare(
    __name__,
    "rank one repels",
    lower(near.QUANTITY, FORMULA),
    source=PAPER.ours("rank one repels"),
    status=Status.SHARPENED,
    expected=Outcome.CERTIFIED,
    parameters=(setting.PAIR_OF_NEURONS,),
    assumes=(
        *setting.UNIT_DIAGONAL,
        "the limit λ₂ → 0 is taken first (the linearised layer)",
    ),
    checks=(
        near.growth_check("d = 2: attained", near.direction([1, 1], [1, -1]), THREE_VALUED),
        near.growth_check("spike, d = 3", near.spike(3), RADEMACHER),
        near.growth_check(
            "two neurons apart, d = 3", near.direction([1, -1, 1], [1, 1, 0]), RADEMACHER
        ),
        *(near.growth_check(f"spike, d = {width}", near.spike(width)) for width in (4, 7)),
        near.growth_check(
            "flat, d = 6: far from tight", near.direction([1] * 6, [1, 1, 1, -1, -1, -1])
        ),
    ),
    derivation=_derivation,
    control=Fraction(11, 10),
    siblings=("rank.rank-one-growth",),
)

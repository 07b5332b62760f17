"""How weakly the state of equal cosines is stable, for large n.

1 − λ_1 ≈ (π − 2)/(2(π − 1)n), and λ_2 → π/(2(π − 1)).

Example: twice the batch, half the margin.

>>> (CLAIM.bound(batch=50).ball / CLAIM.bound(batch=100).ball).contains(2)
True
"""

from __future__ import annotations

from fractions import Fraction

import sympy as sp

from depthlaw.theory.claim import (
    Check,
    Computed,
    Identity,
    Limit,
    Outcome,
    PositiveOnBox,
    Requires,
    Status,
    Steps,
    declare,
    equal,
)
from depthlaw.theory.claims.decomposition import PAPER
from depthlaw.theory.claims.decomposition import _setting as setting
from depthlaw.theory.claims.decomposition import _symmetric as symmetric
from depthlaw.theory.decomposition import OddPointState
from depthlaw.theory.decomposition.roots import symmetric_spread
from depthlaw.theory.values import Enclosure, Value
from depthlaw.theory.writing.symbols import n

LIMIT = sp.pi / (2 * (sp.pi - 1))


def _margin(batch: int) -> Enclosure:
    state = OddPointState(batch, symmetric_spread(batch))
    return Enclosure(1 - state.multiplier.ball)


def _quantity(batch: int) -> Value:
    return _margin(batch)


def _check(batch: int) -> Check:
    return Check(
        f"n = {batch}",
        {"batch": batch},
        Computed(_quantity, {"batch": batch}),
    )


def _derivation() -> Steps:
    v, positive = sp.Symbol("v"), sp.Symbol("u", positive=True)
    margin = 1 - LIMIT
    gap = 1 - symmetric.outer_in(v)
    # (1 + v) times the relative error of margin/n; the tolerance 4/n becomes 4v.
    error = (1 + v) * (gap * (1 + v) / margin - 1)
    yield from symmetric.steps()
    yield Limit(
        "λ_2 for large n",
        symmetric.outer_multiplier(1 / positive),
        positive,
        sp.Integer(0),
        LIMIT,
    )
    yield Identity(
        "with v = 1/m, 1 − λ_1 = v(1 − λ_2), and (1 + v) times its relative distance from "
        "(1 − lim λ_2)/n is E(v) = (1 + v)((1 + v)(1 − λ_2)/(1 − lim λ_2) − 1), which starts at",
        sp.Subs(error, v, 0),
        sp.Integer(0),
    )
    yield PositiveOnBox(
        "−4v < E(v): 4 + E′ > 0 for v in [0, 1/3], that is for every n ≥ 4",
        4 + sp.diff(error, v),
        {v: (Fraction(0), Fraction(1, 3))},
    )
    yield PositiveOnBox(
        "E(v) < 4v: 4 − E′ > 0 for v in [0, 1/5]",
        4 - sp.diff(error, v),
        {v: (Fraction(0), Fraction(1, 5))},
    )
    yield PositiveOnBox(
        "and 4v − E > 0 for v in [1/5, 1/3]; 4v/(1 + v) is the tolerance 4/n",
        4 * v - error,
        {v: (Fraction(1, 5), Fraction(1, 3))},
    )
    yield Identity(
        "so up to this error the margin is (1 − lim λ_2)/n",
        margin / n,
        (sp.pi - 2) / (2 * (sp.pi - 1) * n),
    )


CLAIM = declare(
    __name__,
    "margin of stability of equal cosines",
    equal(
        sp.Symbol(r"1 - \lambda_1"),
        (sp.pi - 2) / (2 * (sp.pi - 1) * n),
        leading="O(1/n)",
        within=4 / n,
    ),
    source=PAPER.ours("symmetric state"),
    status=Status.SHARPENED,
    expected=Outcome.CERTIFIED,
    parameters=(setting.CLUSTERED,),
    assumes=(
        *setting.MEAN_FIELD,
        Requires(n >= 4, "at n = 3 the remainder is above 4/n"),
    ),
    checks=tuple(_check(batch) for batch in (100, 10_000, 1_000_000)),
    derivation=_derivation,
    control=Fraction(101, 100),
    siblings=("decomposition.symmetric-multipliers", "decomposition.symmetric-stability"),
)

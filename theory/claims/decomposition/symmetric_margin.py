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
from depthlaw.theory.symbols import n
from depthlaw.theory.values import Enclosure, Value

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
    u = sp.Symbol("u", positive=True)
    yield from symmetric.steps()
    yield Limit("λ_2 for large n", symmetric.outer_multiplier(1 / u), u, sp.Integer(0), LIMIT)
    yield Identity("1 − λ_2 there", 1 - LIMIT, (sp.pi - 2) / (2 * (sp.pi - 1)))


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
    assumes=(*setting.MEAN_FIELD,),
    checks=tuple(_check(batch) for batch in (100, 10_000, 1_000_000)),
    derivation=_derivation,
    control=Fraction(101, 100),
    siblings=("decomposition.symmetric-multipliers", "decomposition.symmetric-stability"),
)

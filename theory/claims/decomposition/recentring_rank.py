"""Recentring costs at most one rank.

rank(HP) ≥ rank H − 1, P = I − 11ᵀ/n; equality iff 1 lies in the row space of H.

Together with `decomposition.rank-growth`, which restores it: without rescaling the rank of a batch
in general position is n after each ReLU and n − 1 after each recentring.

Example: a batch of equal points loses all it has.

>>> CLAIM.bound(rank=1).contains(exact_layer.rank(exact_layer.recentred([[2, 2, 2]])))
True
"""

from __future__ import annotations

from fractions import Fraction

import sympy as sp

from depthlaw.theory.claim import (
    Argued,
    Check,
    Computed,
    Domain,
    Identity,
    Outcome,
    Parameter,
    Status,
    Steps,
    declare,
    lower,
)
from depthlaw.theory.claims.decomposition import PAPER
from depthlaw.theory.decomposition import exact_layer
from depthlaw.theory.values import Exact, Value

RANK = Parameter("rank", sp.Symbol("q", integer=True), Domain.INTEGER, 1, "rank of the batch")


def _quantity(H: list[list[int]]) -> Value:
    return Exact(sp.Integer(exact_layer.rank(exact_layer.recentred(H))))


def _check(label: str, H: list[list[int]]) -> Check:
    return Check(
        label,
        {"rank": exact_layer.rank(H)},
        Computed(_quantity, {"H": H}),
    )


def _derivation() -> Steps:
    x = sp.symbols("x_1:4")
    mean = sum(x) / 3
    yield Identity(
        "P takes the direction 1 away, for n = 3: xᵀPx = |x|² − (x·1)²/n",
        sum((entry - mean) ** 2 for entry in x),
        sum(entry**2 for entry in x) - sum(x) ** 2 / 3,
    )
    yield Argued(
        "the kernel",
        "P has the kernel span{1}, so the row space of HP has the dimension of that of H, "
        "less one if it holds 1",
    )


CLAIM = declare(
    __name__,
    "recentring costs at most one rank",
    lower(sp.Symbol(r"\mathrm{rank}(HP)"), RANK.symbol - 1),
    source=PAPER.ours("rank growth"),
    status=Status.SHARPENED,
    expected=Outcome.CERTIFIED,
    parameters=(RANK,),
    checks=(
        _check("1 in the row space", [[1, 1, 1, 1], [1, 2, 3, 5]]),
        _check("1 outside the row space", [[1, -1, 0, 0], [1, 2, 3, 5]]),
        _check("full rank, n = 3", [[1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 1]]),
        _check(
            "after ReLU",
            [
                [int(x) for x in row]
                for row in exact_layer.activated(exact_layer.spread_weights(12, 5))
            ],
        ),
    ),
    derivation=_derivation,
    control=Fraction(4, 3),
    siblings=("decomposition.rank-growth",),
)

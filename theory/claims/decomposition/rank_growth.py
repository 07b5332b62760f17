"""The rank of a batch after random weights and ReLU, with antipodal pairs.

rank ReLU(WX) = n − (p − q) almost surely for all large widths, where p pairs of the n points are
antipodal and one representative of each pair spans a space of dimension q.

For every W the rank is at most this number, which the dependencies in the derivation prove. One
exact W that attains it shows that Gaussian ones do almost surely: the functions w ↦ (w·x_i)₊ then
span that many dimensions, and independent samples of w find them all in the end.

Example: without antipodal pairs the rank is full, in whatever dimension the points lie.

>>> CLAIM.bound(batch=6, pairs=0, rank=0).ball == 6
True
"""

from __future__ import annotations

from typing import Any

import sympy as sp

from depthlaw.theory.claim import (
    Argued,
    Check,
    Computed,
    Domain,
    Identity,
    Outcome,
    Parameter,
    Requires,
    Status,
    Steps,
    declare,
    equal,
)
from depthlaw.theory.claims.decomposition import PAPER
from depthlaw.theory.claims.decomposition import _setting as setting
from depthlaw.theory.decomposition import exact_layer
from depthlaw.theory.symbols import n
from depthlaw.theory.values import Exact, Value

PAIRS = Parameter("pairs", sp.Symbol("p", integer=True), Domain.INTEGER, 0, "antipodal pairs")
RANK = Parameter(
    "rank", sp.Symbol("q", integer=True), Domain.INTEGER, 0, "rank of one point of each pair"
)
PAIRS_FIT = Requires(2 * PAIRS.symbol <= n, "two points make a pair: at most half the batch")
RANK_FITS = Requires(
    sp.And(RANK.symbol >= sp.Min(PAIRS.symbol, 2), RANK.symbol <= PAIRS.symbol),
    "no representative is parallel to another",
    argument="rank",
)
FORMULA = n - (PAIRS.symbol - RANK.symbol)


def points(representatives: list[list[int]], others: list[list[int]]) -> list[list[int]]:
    """Return X, shape (inputs, n): representatives with antipodes of another norm, and others."""
    pairs = [point for x in representatives for point in (x, [-3 * entry for entry in x])]
    return [list(row) for row in zip(*pairs, *others, strict=True)]


def grown_rank(X: list[list[int]], width: int) -> int:
    """Return rank ReLU(WX), exactly, for one wide W."""
    W = exact_layer.spread_weights(width, len(X))
    return exact_layer.rank(exact_layer.activated(exact_layer.product(W, X)))


def _quantity(X: Any) -> Value:
    return Exact(sp.Integer(grown_rank(X, 12 * len(X[0]))))


def _check(label: str, representatives: list[list[int]], others: list[list[int]]) -> Check:
    X = points(representatives, others)
    return Check(
        label,
        {
            "batch": len(X[0]),
            "pairs": len(representatives),
            "rank": exact_layer.rank(representatives) if representatives else 0,
        },
        Computed(_quantity, {"X": X}),
    )


def _quantity_2(X: Any) -> Value:
    return Exact(sp.Integer(grown_rank(X, 64)))


def _recentred() -> Check:
    X = [[int(entry * 4) for entry in row] for row in exact_layer.recentred(_HALF_PLANE)]
    return Check(
        "after recentring: rank n − 1 before, n after",
        {"batch": 4, "pairs": 0, "rank": 0},
        Computed(_quantity_2, {"X": X}),
    )


_HALF_PLANE = [[1, 2, 5, 0], [3, 0, 1, 1], [0, 2, 2, 7]]
_PLANE = [[3, 1], [1, 2], [-2, 5], [-4, 1], [1, -3]]


def _derivation() -> Steps:
    t, c, scale = sp.Symbol("t", real=True), sp.Symbol("c"), sp.Symbol("lambda", positive=True)
    relu = (abs(t) + t) / 2
    mirrored = scale * (abs(t) - t) / 2
    jump = sp.diff(sp.Max(t, 0), t).rewrite(sp.Heaviside)
    yield Identity(
        "a kink: the slope of t₊ jumps by 1 at 0",
        sp.Subs(jump, t, 1) - sp.Subs(jump, t, -1),
        sp.Integer(1),
    )
    yield Argued(
        "kinks separate directions",
        "Σ c_i (w·x_i)₊ = 0 for all w has no kink on {w : w·x_i = 0}, so c_i = 0 unless "
        "x_i has an antipode, whose kink lies on the same hyperplane",
    )
    yield Identity(
        "an antipodal pair x, −λx whose kinks cancel is linear: "
        "c(w·x)₊ − (c/λ)(−λ w·x)₊ = c w·x, with t = w·x",
        c * relu - c / scale * mirrored,
        c * t,
    )
    yield Argued(
        "dependencies",
        "so they are the Σ c_p w·x_p = 0 over pairs, i.e. Σ c_p x_p = 0: a space of "
        "dimension p − q, for every W at least and for generic wide W exactly",
    )


CLAIM = declare(
    __name__,
    "rank after random weights and ReLU",
    equal(
        sp.Symbol(r"\mathrm{rank}\,\mathrm{ReLU}(WX)"),
        FORMULA,
    ),
    source=PAPER.ours("rank growth"),
    status=Status.SHARPENED,
    expected=Outcome.CERTIFIED,
    parameters=(setting.PAIR, PAIRS, RANK),
    assumes=(
        "no point is zero and no two are positively parallel",
        "Gaussian weights",
        "the width is large",
        PAIRS_FIT,
        RANK_FITS,
    ),
    checks=(
        _check("five points of a plane: rank 2 to 5", [], _PLANE),
        _check("two pairs in a plane: nothing is lost", [[1, 2], [3, -1]], [[1, 1]]),
        _check("three pairs in a plane: one is lost", [[1, 2], [3, -1], [1, 1]], [[2, 1]]),
        _check("two pairs, three dimensions", [[1, 0, 0], [0, 1, 0]], [[1, 1, 1], [2, 0, 5]]),
        _check("four pairs in a plane", [[1, 2], [3, -1], [1, 1], [0, 1]], []),
        _recentred(),
    ),
    derivation=_derivation,
    control=setting.HALF,
)

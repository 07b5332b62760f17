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
    Check,
    Cited,
    Computed,
    Domain,
    Heading,
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
from depthlaw.theory.values import Exact, Value
from depthlaw.theory.writing.symbols import n

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
    t, (scale, size) = sp.Symbol("t", real=True), sp.symbols("lambda x", positive=True)
    c, other, kernel = sp.symbols("c_x c_{-x} e")
    relu, mirrored = (abs(t) + t) / 2, scale * (abs(t) - t) / 2
    yield Heading("At most: dependencies that hold for every W")
    yield Identity(
        "an antipodal pair x, −λx: (w·x)₊ − (−λ w·x)₊/λ = w·x, with t = w·x",
        sp.Subs(c * relu - c / scale * mirrored, c, 1),
        t,
    )
    yield Cited(
        "so every relation Σ c_p x_p = 0 of the representatives is one of the columns of "
        "ReLU(WX); there are p − q independent ones",
        "rank–nullity; Horn and Johnson, Matrix Analysis, section 0.2.3",
    )
    yield Heading("No others hold for all w: let f(w) = Σ c_i (w·x_i)₊ be 0 everywhere")
    yield Cited(
        "each hyperplane w·x_i = 0 has a point w that lies on no w·x_j = 0 with x_j not parallel "
        "to x_i: its intersections with those are finitely many proper subspaces of it",
        "Roman, Advanced Linear Algebra, Theorem 1.2",
    )
    yield Identity(
        "around it, along x_i with |x_i|² = x, only x_i and its antipode −λx_i have a kink: the "
        "slope of their terms from the right, less that from the left",
        sp.Derivative(c * t * size, t) - sp.Derivative(-other * scale * t * size, t),
        (c + scale * other) * size,
    )
    yield Identity(
        "f has none: without an antipode c_i = 0, with one",
        sp.Subs((c + scale * other) * size, other, -c / scale),
        sp.Integer(0),
    )
    yield Identity(
        "so only pairs are left, each of which is linear,",
        c * relu + sp.Subs(other * mirrored, other, -c / scale),
        c * t,
    )
    yield Cited(
        "and Σ c_p x_p·w = 0 for all w only if Σ c_p x_p = 0: the p − q relations again",
        "a vector orthogonal to all is 0; Horn and Johnson, Matrix Analysis, section 0.6",
    )
    yield Heading("Wide enough layers see it")
    yield Cited(
        "rows of W are independent and meet each ball around a rational point with the same "
        "positive probability, so that almost surely they are dense as the width grows",
        "the second Borel–Cantelli lemma; Durrett, Probability: Theory and Examples, section 2.3",
    )
    yield Cited(
        "kernels of ReLU(WX) shrink with the width, so that their dimension stops at some e; what "
        "is in all of them gives an f that is 0 on a dense set and, being continuous, everywhere: "
        "e = p − q",
        "Rudin, Principles of Mathematical Analysis, Theorem 4.8 and exercise 4.4",
    )
    yield Identity(
        "the rank is n less the dimension of the kernel",
        sp.Subs(n - kernel, kernel, PAIRS.symbol - RANK.symbol),
        FORMULA,
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

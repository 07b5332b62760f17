"""A residual chain keeps its algebraic rank at every finite depth.

rank(H_ℓ) = rank(X) for every ℓ, γ and W with γ max|W_ij| < 1/d, whether or not layers are
normalised.

So what collapses in a vanilla chain, and what batch normalisation keeps, is the stable or the soft
rank: the rank itself tells nothing at finite depth, though the smallest eigenvalues soon fall below
any working precision (`rank.no-full-rank-law`).

Example: any bound on the stable rank follows the rank of the input.

>>> CLAIM.bound(rank=3).expression
3
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import sympy as sp

from depthlaw.theory.claim import (
    Check,
    Cited,
    Computed,
    Domain,
    Identity,
    Induction,
    Outcome,
    Parameter,
    Sign,
    Status,
    Steps,
    declare,
    equal,
)
from depthlaw.theory.claims.rank import PAPER
from depthlaw.theory.decomposition.exact_layer import product, rank, spread_weights
from depthlaw.theory.rank.remainder import GAMMA, B
from depthlaw.theory.values import Exact, Value
from depthlaw.theory.writing.symbols import d

K = sp.Symbol("k", integer=True, positive=True)
_RANK = Parameter("rank", K, Domain.INTEGER, 1, "rank of the input")


def after(batch: Sequence[Sequence[int]], depth: int) -> list[list[Fraction]]:
    """Return Π(I + γW_k) X, shape (d, N), for whole-number weights and γ = 1/(1 + d max|w|).

    Batch normalisation multiplies from the left by an invertible diagonal matrix, which changes
    the rows' scale and neither rank nor what the next layer can do to it.
    """
    d = len(batch)
    H = [[Fraction(x) for x in row] for row in batch]
    for layer in range(depth):
        W = spread_weights(d, d, layer)
        gamma = Fraction(1, 1 + d * max(abs(w) for row in W for w in row))
        A = [[int(i == j) + gamma * w for j, w in enumerate(row)] for i, row in enumerate(W)]
        H = product(A, H)
    return H


def _quantity(batch: Sequence[Sequence[int]], depth: int) -> Value:
    return Exact(sp.Integer(rank(after(batch, depth))))


def _check(label: str, batch: Sequence[Sequence[int]], depth: int) -> Check:
    return Check(
        f"{label}, {depth} layers",
        {"rank": rank(batch)},
        Computed(_quantity, {"batch": batch, "depth": depth}),
    )


def _derivation() -> Steps:
    slack = sp.Symbol("e", positive=True)
    dominance = (1 - GAMMA * B) - (d - 1) * GAMMA * B
    yield Identity(
        "a diagonal entry of I + γW less the others of its row is at least, in size,",
        dominance,
        1 - GAMMA * B * d,
    )
    yield Identity(
        "with γ = 1/(Bd + e), e > 0",
        sp.Subs(1 - GAMMA * B * d, GAMMA, 1 / (B * d + slack)),
        slack / (B * d + slack),
    )
    yield Sign("is positive", slack / (B * d + slack), strict=True)
    yield Cited(
        "strictly diagonally dominant matrices are invertible",
        "Lévy–Desplanques; Horn and Johnson, Matrix Analysis, section 6.1",
    )
    yield Cited(
        "multiplication by an invertible matrix keeps the rank; so does the positive diagonal "
        "D^{−1/2} of batch normalisation (a row of zeros keeps its scale)",
        "Horn and Johnson, Matrix Analysis, section 0.4.6",
    )
    rank_before = sp.Symbol("x", real=True)
    yield Induction(
        "no layer lowers it", r"-\mathrm{rank}(H_\ell)", rank_before, rank_before, -K, -K
    )
    yield Induction("and none raises it", r"\mathrm{rank}(H_\ell)", rank_before, rank_before, K, K)


CLAIM = declare(
    __name__,
    "a residual chain keeps its algebraic rank",
    equal(sp.Symbol(r"\mathrm{rank}(H_\ell)"), K),
    source=PAPER.ours("algebraic rank at finite depth"),
    status=Status.SHARPENED,
    expected=Outcome.CERTIFIED,
    parameters=(_RANK,),
    assumes=(
        "|w| ≤ B and γ < 1/(Bd); for weights with a density it holds almost surely for every γ",
    ),
    checks=(
        _check("full rank, d = N = 4", spread_weights(4, 4), 12),
        _check("wide batch, d = 3, N = 6", spread_weights(3, 6), 8),
        _check("rank two of four", [[1, 2, 3], [2, 4, 6], [1, 0, -1], [0, 2, 4]], 8),
        _check("nearly rank one", [[10**9, 10**9], [10**9, 10**9 + 1]], 20),
        _check("rank one", [[1, 2], [3, 6], [-1, -2]], 12),
    ),
    derivation=_derivation,
    control=Fraction(1, 2),
    siblings=("rank.lemma-1", "rank.no-full-rank-law", "rank.log-det-drift"),
)

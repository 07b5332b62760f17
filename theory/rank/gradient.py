"""The gradient of the stable rank r = tr(M)²/‖M‖_F² in H, M = HHᵀ/N: closed form, and exactly.

Matrices are lists of rows of fractions; rows are neurons, columns are samples.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import TypeAlias

from depthlaw.theory.errors import ArgumentError
from depthlaw.theory.rank.covariance import covariance, traces
from depthlaw.theory.rank.series import Series, fraction, rational

Rational: TypeAlias = Fraction | int
Batch: TypeAlias = Sequence[Sequence[Rational]]


def stable_rank_gradient(batch: Batch) -> list[list[Fraction]]:
    """Return ∇_H r = (4 Tr M/(N‖M‖_F²)) (H − (Tr M/‖M‖_F²) M H), shape (d, N).

    Raises
    ------
    ArgumentError
        If H is empty, ragged or zero.

    Examples
    --------
    r does not change with the scale of H, so the gradient is orthogonal to H:

    >>> H = [[1, 2, 3], [0, -1, 5]]
    >>> G = stable_rank_gradient(H)
    >>> sum(g * h for u, v in zip(G, H, strict=True) for g, h in zip(u, v, strict=True)) == 0
    True
    """
    M = covariance(batch)
    found = traces(M)
    N = len(batch[0])
    T, F = found.trace, found.square
    MH = [
        [sum((m * row[n] for m, row in zip(line, batch, strict=True)), start=Fraction(0))
         for n in range(N)]
        for line in M
    ]  # fmt: skip
    return [
        [4 * T / (N * F) * (h - T / F * moved) for h, moved in zip(u, v, strict=True)]
        for u, v in zip(batch, MH, strict=True)
    ]


def directional_derivative(batch: Batch, direction: Batch) -> Fraction:
    """Return d/dt r(H + tE) at t = 0, exactly, by arithmetic up to O(t²): no formula is used.

    Parameters
    ----------
    batch, direction
        H and E, both of shape (d, N).

    Raises
    ------
    ArgumentError
        If H is zero, or the shapes differ.

    Examples
    --------
    >>> H = [[1, 2], [0, -1]]
    >>> corner = [[1, 0], [0, 0]]
    >>> directional_derivative(H, corner) == stable_rank_gradient(H)[0][0]
    True
    """
    covariance(batch)  # refuses what has no stable rank
    if [len(row) for row in direction] != [len(row) for row in batch]:
        raise ArgumentError(
            "direction", f"{len(direction)} rows", "it needs the shape of the batch"
        )
    t = Series.variable(1)
    rows = [
        [t * rational(e) + rational(h) for h, e in zip(u, v, strict=True)]
        for u, v in zip(batch, direction, strict=True)
    ]
    gram = [[_sum([x * y for x, y in zip(u, v, strict=True)]) for v in rows] for u in rows]
    trace = _sum([gram[i][i] for i in range(len(gram))])
    square = _sum([entry * entry for row in gram for entry in row])
    return fraction((trace * trace / square).coefficients[1])


def _sum(terms: Sequence[Series]) -> Series:
    first, *rest = terms
    return sum(rest, first)

"""Batch-normalised linear chains without a root: weights for which every row norm is rational.

A row e_i + … of weights is moved along e_i until the root mean square of its neuron is rational: on
the conic x ↦ (a + x e_i)ᵀG(a + x e_i) = y², with G_ii = g², the line y = gx + τ meets one more
rational point for every τ. Two chains can then be compared entry by entry.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import isqrt
from typing import TypeAlias

from depthlaw.theory.errors import ArgumentError
from depthlaw.theory.rank.covariance import covariance

Rows: TypeAlias = list[list[Fraction]]
Rational: TypeAlias = Fraction | int


def rational_root(square: Fraction) -> Fraction:
    """Return √`square`, which must be rational.

    Raises
    ------
    ArgumentError
        If it is not.

    Examples
    --------
    >>> rational_root(Fraction(9, 4)) ** 2 == Fraction(9, 4)
    True
    """
    root = Fraction(isqrt(abs(square.numerator)), isqrt(square.denominator))
    if root**2 != square:
        raise ArgumentError("square", square, "its root must be rational")
    return root


def rescaled(batch: Sequence[Sequence[Rational]]) -> Rows:
    """Return BN(H) = diag(HHᵀ/N)^{−1/2} H, shape (d, N), no recentring; a zero row stays zero.

    Raises
    ------
    ArgumentError
        If a row has an irrational root mean square.

    Examples
    --------
    >>> rescaled([[3, -3], [1, 7]]) == [[1, -1], [Fraction(1, 5), Fraction(7, 5)]]
    True
    """
    found = []
    for row in batch:
        scale = rational_root(Fraction(sum(x * x for x in row), len(row)))
        found.append([x / scale if scale else Fraction(0) for x in map(Fraction, row)])
    return found


def layer_matrix(batch: Sequence[Sequence[Rational]], layer: int) -> Rows:
    """Return A = I + W, shape (d, d), with which A H has rows of rational root mean square.

    Parameters
    ----------
    batch
        H, shape (d, N), whose own rows have a rational root mean square.
    layer
        Any whole number: other weights for every layer, nothing drawn.

    Examples
    --------
    >>> H = [[1, -1, 1, -1], [1, 1, -1, -1]]
    >>> A = layer_matrix(H, 0)
    >>> AH = [[sum(a * H[k][n] for k, a in enumerate(row)) for n in range(4)] for row in A]
    >>> all(sum(x * x for x in row) == 4 for row in rescaled(AH))
    True
    """
    G = covariance(batch)
    d = len(G)
    rows = []
    for i in range(d):
        base = [Fraction((3 * i + 5 * k + 7 * layer) % 11 - 5, 4) if k != i else Fraction(1)
                for k in range(d)]  # fmt: skip
        along = sum((G[i][k] * base[k] for k in range(d)), start=Fraction(0))
        square = sum(
            (base[j] * G[j][k] * base[k] for j in range(d) for k in range(d)), start=Fraction(0)
        )
        g = rational_root(G[i][i])
        tau = Fraction(1, 3)
        while along == g * tau:
            tau += 1
        base[i] += (tau**2 - square) / (2 * (along - g * tau))
        rows.append(base)
    return rows

"""A finite layer in rational arithmetic: no rounding, so that equalities are equalities.

Matrices are lists of rows of `fractions.Fraction`; rows are neurons, columns are samples.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import TypeAlias

from flint import fmpq, fmpq_mat

from depthlaw.theory.errors import ArgumentError

Rows: TypeAlias = list[list[Fraction]]
Rational: TypeAlias = Fraction | int


def product(weights: Sequence[Sequence[Rational]], batch: Sequence[Sequence[Rational]]) -> Rows:
    """Return W X, shape (d, n), for W of shape (d, p) and X of shape (p, n)."""
    columns = list(zip(*batch, strict=True))
    return [
        [sum((Fraction(w) * x for w, x in zip(row, column, strict=True)), start=Fraction(0))
         for column in columns]
        for row in weights
    ]  # fmt: skip


def recentred(batch: Sequence[Sequence[Rational]]) -> Rows:
    """Return the batch with the mean of each neuron subtracted.

    >>> recentred([[1, 2, 6]]) == [[-2, -1, 3]]
    True
    """
    means = [Fraction(sum(row), len(row)) for row in batch]
    return [[x - mean for x in row] for row, mean in zip(batch, means, strict=True)]


def activated(batch: Sequence[Sequence[Rational]], slope: Rational = 0) -> Rows:
    """Return φ of every entry, φ(x) = x₊ + a·min(x, 0); a = 0 is ReLU."""
    return [[Fraction(x) if x > 0 else Fraction(slope) * x for x in row] for row in batch]


def layer(
    weights: Sequence[Sequence[Rational]],
    batch: Sequence[Sequence[Rational]],
    slope: Rational = 0,
) -> Rows:
    """Return the batch after weights, recentring and φ.

    Raises
    ------
    ArgumentError
        If all points are equal: the batch recentres to zero.

    Examples
    --------
    >>> layer([[1, 0], [0, 1]], [[1, 3], [2, 0]]) == [[0, 1], [1, 0]]
    True
    """
    if all(entry == row[0] for row in batch for entry in row):
        raise ArgumentError(
            "batch", "equal points", "the batch recentres to zero: make two points differ"
        )
    return activated(recentred(product(weights, batch)), slope)


def columns(batch: Sequence[Sequence[Rational]]) -> list[tuple[Rational, ...]]:
    """Return the samples."""
    return list(zip(*batch, strict=True))


def inner(first: Sequence[Rational], second: Sequence[Rational]) -> Fraction:
    """Return the inner product of two samples."""
    return sum((Fraction(x) * y for x, y in zip(first, second, strict=True)), start=Fraction(0))


def rank(batch: Sequence[Sequence[Rational]]) -> int:
    """Return the rank, exactly.

    >>> rank([[1, 2], [Fraction(1, 2), 1]])
    1
    """
    entries = [[fmpq(Fraction(x).numerator, Fraction(x).denominator) for x in r] for r in batch]
    return int(fmpq_mat(entries).rank())


def spread_weights(rows: int, inputs: int, shift: int = 0) -> list[list[int]]:
    """Return whole-number weights in many directions, the same at every call: nothing is drawn.

    Row i holds residues of powers of i + 2 modulo the prime 61, between −30 and 30.

    >>> all(-30 <= w <= 30 for row in spread_weights(9, 4) for w in row)
    True
    """
    return [
        [pow(i + shift + 2, j + 1, 61) * (i + j + shift + 1) % 61 - 30 for j in range(inputs)]
        for i in range(rows)
    ]

"""Products of attention matrices, in fractions: masks, and Dobrushin's coefficient."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations

from depthlaw.theory.claims.attention._uniform import Rows


def allowed(mask: str, i: int, k: int) -> bool:
    """Return whether token i sees token k, counted from 0: ``"all"``, ``"causal"``, ``"window 2"``.

    >>> [allowed("window 2", 3, k) for k in range(5)]
    [False, False, True, True, False]
    """
    if mask == "all":
        return True
    reach = int(mask.partition(" ")[2] or i + 1)
    return 0 <= i - k < reach


def uniform(tokens: int, mask: str) -> Rows:
    """Return the matrix that takes the mean over the tokens that are seen.

    >>> uniform(2, "causal")[1]
    (Fraction(1, 2), Fraction(1, 2))
    """
    return _stochastic([[int(allowed(mask, i, k)) for k in range(tokens)] for i in range(tokens)])


def uneven(tokens: int, mask: str, number: int) -> Rows:
    """Return a matrix whose weights on the tokens that are seen have no structure."""
    return _stochastic(
        [
            [
                int(allowed(mask, i, k)) * (1 + ((number + 2) * (i + 1) ** 2 + (k + 3) ** 3) % 13)
                for k in range(tokens)
            ]
            for i in range(tokens)
        ]
    )


def _stochastic(weights: list[list[int]]) -> Rows:
    return tuple(tuple(Fraction(w, sum(row)) for w in row) for row in weights)


def times(first: Rows, second: Rows) -> Rows:
    """Return the product of two matrices."""
    columns = tuple(zip(*second, strict=True))
    return tuple(
        tuple(sum((a * b for a, b in zip(row, c, strict=True)), Fraction(0)) for c in columns)
        for row in first
    )


def power(matrix: Rows, layers: int) -> Rows:
    """Return a power, from the first on."""
    found = matrix
    for _ in range(layers - 1):
        found = times(matrix, found)
    return found


def coefficient(matrix: Rows) -> Fraction:
    """Return δ(P), the largest distance in total variation of two rows.

    >>> coefficient(uniform(2, "causal"))
    Fraction(1, 2)
    """
    return max(
        sum((abs(a - b) for a, b in zip(*rows, strict=True)), Fraction(0)) / 2
        for rows in combinations(matrix, 2)
    )

"""Explicit rational covariances with unit diagonal, from isometry to nearly rank one."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from depthlaw.theory.rank.covariance import of_directions
from depthlaw.theory.rigorous.matrices import RationalMatrix


def equicorrelated(width: int, correlation: Fraction) -> RationalMatrix:
    """Return the matrix with unit diagonal and `correlation` elsewhere."""
    return blocks([width], correlation)


def blocks(sizes: Sequence[int], correlation: Fraction) -> RationalMatrix:
    """Return a matrix that is equicorrelated on blocks of these sizes and 0 between them."""
    block = [b for b, size in enumerate(sizes) for _ in range(size)]
    return tuple(
        tuple(
            Fraction(1) if i == j else correlation if block[i] == block[j] else Fraction(0)
            for j in range(len(block))
        )
        for i in range(len(block))
    )


def signs(pattern: Sequence[int]) -> RationalMatrix:
    """Return ssᵀ, s of entries ±1."""
    return tuple(tuple(Fraction(s * t) for t in pattern) for s in pattern)


def pair(correlation: Fraction) -> RationalMatrix:
    """Return the covariance of two neurons."""
    return equicorrelated(2, correlation)


THREE = of_directions([(1, 0), (0, 2), (3, -1)])
"""Three neurons in general position."""
THREE_IN_A_PLANE = of_directions([(1,), (Fraction(1, 2),), (3,)])
"""Three neurons, rank two."""
FIVE = of_directions([(1, 0, 0, 1), (0, 2, 0, 1), (0, 0, -1, 0), (1, -1, 0, 0), (0, 1, 2, -1)])
"""Five neurons in general position."""
FIVE_IN_SPACE = of_directions([(1, 0), (0, 2), (3, -1), (1, -1), (Fraction(1, 2), 1)])
"""Five neurons, rank three."""
NEARLY_ONE = of_directions([(Fraction(k, 10**6),) for k in (0, 1, 3, 7)])
"""Four neurons almost alike: rank two, stable rank 1 + O(1e-12)."""

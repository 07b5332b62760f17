"""What share of the variance a branch has, layer by layer, for the usual scalings."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import accumulate, pairwise

from depthlaw.theory.errors import integer, positive


def _of_branches(ratio: Fraction, branches: Iterator[Fraction]) -> Iterator[Fraction]:
    start = Fraction(positive("ratio", ratio))
    for before, after in pairwise(accumulate(branches, initial=start)):
        yield (after - before) / after


def equal_branches(ratio: Fraction, depth: int) -> Iterator[Fraction]:
    """Yield ε_j = 1/(k₀ + j), j = 1, …, `depth`: every branch has the variance K₀/k₀.

    Parameters
    ----------
    ratio
        k₀ = K₀/σ² > 0, the variance of the start over that of a branch.
    depth
        Layers.

    Examples
    --------
    >>> list(equal_branches(Fraction(1, 2), 2)) == [Fraction(2, 3), Fraction(2, 5)]
    True
    """
    start = Fraction(positive("ratio", ratio))
    return (1 / (start + j) for j in range(1, integer("depth", depth, at_least=0) + 1))


def falling_branches(ratio: Fraction, depth: int) -> Iterator[Fraction]:
    """Yield the shares where branch j is scaled by 1/√j: its variance is σ²/j.

    >>> list(falling_branches(Fraction(1), 2)) == [Fraction(1, 2), Fraction(1, 5)]
    True
    """
    layers = range(1, integer("depth", depth, at_least=0) + 1)
    return _of_branches(ratio, (Fraction(1, j) for j in layers))


def split(total: Fraction, depth: int) -> Iterator[Fraction]:
    """Yield the shares of `depth` equal branches whose variances add up to `total` times K₀.

    >>> list(split(Fraction(1), 2)) == [Fraction(1, 3), Fraction(1, 4)]
    True
    """
    layers = integer("depth", depth)
    return equal_branches(layers / Fraction(positive("total", total)), layers)


def constant(share: Fraction, depth: int) -> Iterator[Fraction]:
    """Yield the same share in every layer: a norm on the stream, or a skip below 1 at rest.

    >>> list(constant(Fraction(1, 2), 2)) == [Fraction(1, 2)] * 2
    True
    """
    found = Fraction(positive("share", share))
    return (found for _ in range(integer("depth", depth, at_least=0)))

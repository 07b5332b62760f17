"""The mean square of the stream over all weight matrices of a finite law, enclosed."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import cache
from itertools import permutations, product

from flint import arb

from depthlaw.theory.rigorous.balls import ball
from depthlaw.theory.values import Enclosure

Matrix = tuple[tuple[int, ...], ...]


@cache
def signed_permutations(width: int) -> tuple[Matrix, ...]:
    """Return the orthogonal matrices of entries 0, 1, −1: their mean is 0, and W Wᵀ = 1.

    >>> len(signed_permutations(2))
    8
    """
    return tuple(
        tuple(tuple(sign * (column == place) for column in range(width)) for place, sign in rows)
        for order in permutations(range(width))
        for signs in product((1, -1), repeat=width)
        for rows in [tuple(zip(order, signs, strict=True))]
    )


@cache
def sign_matrices(width: int) -> tuple[Matrix, ...]:
    """Return all matrices of entries 1 and −1: over √width, independent of mean 0.

    >>> len(sign_matrices(2))
    16
    """
    rows = tuple(product((1, -1), repeat=width))
    return tuple(product(rows, repeat=width))


def _rms_norm(z: Sequence[arb]) -> list[arb]:
    size = (sum((x * x for x in z), start=arb(0)) / len(z)).sqrt()
    return [x / size for x in z]


def _branch(z: Sequence[arb], kind: str) -> list[arb]:
    return _rms_norm(z if kind == "norm" else [x.tanh() for x in z])


def _dot(row: Sequence[int], z: Sequence[arb]) -> arb:
    return sum((w * x for w, x in zip(row, z, strict=True)), start=arb(0))


def mean_square(
    kind: str,
    law: str,
    start: tuple[int, ...],
    variances: tuple[Fraction, ...],
    skip: Fraction = Fraction(1),
) -> Enclosure:
    """Return E‖z‖²/d after one layer for each branch variance, over all weights.

    Parameters
    ----------
    kind
        What enters the linear map of a branch: ``"norm"``, or ``"tanh, norm"``.
    law
        ``"signs"``, independent entries ±1/√d, or ``"permutations"``, orthogonal ones.
    start
        z.
    variances
        σ² of each layer.
    skip
        Weight of the stream.

    Examples
    --------
    >>> mean_square("norm", "signs", (1, 2), (Fraction(1),)).contains(Fraction(7, 2))
    True
    """
    d = len(start)
    matrices = sign_matrices(d) if law == "signs" else signed_permutations(d)
    scale = 1 / ball(d).sqrt() if law == "signs" else arb(1)
    kept = ball(skip)
    streams = [[ball(x) for x in start]]
    for variance in variances:
        deviation = scale * ball(variance).sqrt()
        streams = [
            [kept * x + deviation * _dot(row, inner) for x, row in zip(z, matrix, strict=True)]
            for z in streams
            for inner in [_branch(z, kind)]
            for matrix in matrices
        ]
    total = sum((x * x for z in streams for x in z), start=arb(0))
    return Enclosure(total / (d * len(streams)))

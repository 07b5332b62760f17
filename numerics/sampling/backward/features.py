"""Operations over the features, which need all neurons of a sample, and their Jacobians."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from depthlaw.numerics.sampling.backward.chunks import Rows, sizes_of
from depthlaw.numerics.sampling.backward.maps import Tally, along_circle
from depthlaw.numerics.sampling.neurons import inverse
from depthlaw.theory.network import Operation, Recenter, Rescale

Array = NDArray[np.float64]
BackAll = Callable[[Iterable[Array]], Iterator[Array]]
"""Takes the chunks of ∂L/∂(what came out) to those of ∂L/∂(what went in)."""


def over_features(operation: Operation, rows: Rows, tally: Tally) -> tuple[Rows, BackAll]:
    """Apply `Recenter` or `Rescale` over the features."""
    if isinstance(operation, Recenter):
        return _recentred(rows)
    assert isinstance(operation, Rescale), "there are two operations over the features"
    return _rescaled(operation, rows, tally)


def _recentred(rows: Rows) -> tuple[Rows, BackAll]:
    d = sum(sizes_of(rows))
    # The first entry is subtracted before, so that equal entries leave exact zeros.
    first = rows[0][..., :1]
    moved = [chunk - first for chunk in rows]
    mean = _total(moved) / d

    def back(D: Iterable[Array]) -> Iterator[Array]:
        chunks = list(D)
        # As on the way forward, so that equal entries leave exact zeros.
        first = chunks[0][..., :1]
        chunks = [chunk - first for chunk in chunks]
        shared = _total(chunks) / d
        return (chunk - shared for chunk in chunks)

    return [chunk - mean for chunk in moved], back


def _rescaled(operation: Rescale, rows: Rows, tally: Tally) -> tuple[Rows, BackAll]:
    d = sum(sizes_of(rows))
    squares = _products(rows, rows) / d
    if operation.epsilon:
        factors = 1 / np.sqrt(squares + operation.epsilon)
    else:
        inverses, zeros = inverse(squares, 1)
        tally.zeros = tally.zeros + zeros
        factors = np.sqrt(inverses)
    y = [chunk * factors[:, :, None] for chunk in rows]

    def back(D: Iterable[Array]) -> Iterator[Array]:
        chunks = list(D)
        if d == 2 and len(chunks) == 1 and not operation.epsilon:
            return iter([along_circle(chunks[0], y[0], axis=-1) * factors[:, :, None]])
        shared = (_products(chunks, y) / d)[:, :, None]
        return (
            (chunk - mine * shared) * factors[:, :, None]
            for chunk, mine in zip(chunks, y, strict=True)
        )

    return y, back


def _total(chunks: Rows) -> Array:
    """Return the sum over the neurons, shape (replicas, n, 1)."""
    return np.asarray(sum(chunk.sum(axis=-1, keepdims=True) for chunk in chunks))


def _products(one: Rows, other: Rows) -> Array:
    """Return Σ x y over the neurons, shape (replicas, n)."""
    pairs = zip(one, other, strict=True)
    return np.asarray(sum(np.einsum("bij,bij->bi", x, y) for x, y in pairs))

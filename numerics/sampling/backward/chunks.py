"""Neurons in chunks: arrays of shape (replicas, n, neurons), one after the other.

A chunk stays in a processor's cache while operation after operation acts on it. What acts chunk by
chunk takes and gives iterators; what has to see all neurons first takes a list.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from depthlaw.numerics.streams import chunk_width

Array = NDArray[np.float64]
Rows = Sequence[Array]


def chunk_sizes(neurons: int, columns: int, unit: int = 1) -> list[int]:
    """Return the neurons in each chunk, whole multiples of `unit`.

    >>> sum(chunk_sizes(10**5, 8, 2)) == 10**5
    True
    """
    size = -(-chunk_width(columns) // unit) * unit
    whole, rest = divmod(neurons, size)
    return [size] * whole + [rest] * (rest > 0)


def sizes_of(rows: Rows) -> list[int]:
    """Return the neurons in each chunk."""
    return [chunk.shape[-1] for chunk in rows]


def in_sizes(chunks: Iterable[Array], sizes: Sequence[int]) -> Iterator[Array]:
    """Yield the same neurons in chunks of these sizes.

    >>> whole = np.arange(6.0).reshape(1, 1, 6)
    >>> [chunk.tolist() for chunk in in_sizes([whole], [2, 4])]
    [[[[0.0, 1.0]]], [[[2.0, 3.0, 4.0, 5.0]]]]
    """
    left = iter(chunks)
    current, at = next(left), 0
    for size in sizes:
        parts: list[Array] = []
        while size:
            if at == current.shape[-1]:
                current, at = next(left), 0
            parts.append(current[..., at : at + size])
            at += parts[-1].shape[-1]
            size -= parts[-1].shape[-1]
        whole = parts[0] if len(parts) == 1 else np.concatenate(parts, axis=-1)
        yield np.ascontiguousarray(whole)

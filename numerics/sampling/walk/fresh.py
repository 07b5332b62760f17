"""Neurons that are drawn anew, streamed by, and drawn again from their streams when asked.

They are rows N(0, K) put through maps of rows; nothing of size d is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from depthlaw.numerics.sampling.matrices import outer_products, symmetrised, transpose
from depthlaw.numerics.sampling.neurons import dead_units
from depthlaw.numerics.sampling.schedule import in_order
from depthlaw.numerics.sampling.walk.draws import Draws
from depthlaw.numerics.sampling.walk.moments import Moments
from depthlaw.numerics.sampling.walk.rows import Neurons, RowMap, Shift
from depthlaw.numerics.streams import chunk_width, fill_normals
from depthlaw.theory.elementwise import Elementwise
from depthlaw.theory.network import GLU

Array = NDArray[np.float64]
Counts = NDArray[np.int64]


@dataclass(frozen=True)
class Fresh:
    """Independent neurons: N(0, F Fᵀ), then maps of rows.

    Attributes
    ----------
    root
        F, shape (replicas, n, k).
    width
        Neurons that come out of the maps.
    draw
        The number of the draw.
    maps
        In the order in which they act.
    counted
        Of how many maps zeros and dead units were counted.
    moments
        What comes out, where it is known already.
    """

    root: Array
    width: int
    draw: int
    maps: tuple[RowMap, ...] = ()
    counted: int = 0
    moments: Moments | None = None

    @property
    def offset(self) -> Array | None:
        """What all neurons have in common, shape (replicas, n)."""
        return self.maps[0].offset if self.maps and isinstance(self.maps[0], Shift) else None

    @property
    def is_gaussian(self) -> bool:
        """Whether nothing but a shift follows the draw."""
        return len(self.maps) == (self.offset is not None)

    def then(self, row_map: RowMap, moments: Moments | None = None) -> Fresh:
        """Return the neurons after one more map."""
        width = self.width // 2 if isinstance(row_map, GLU) else self.width
        maps = (*self.maps, row_map)
        return replace(self, width=width, maps=maps, moments=moments)


@dataclass(frozen=True)
class Sums:
    """Of some neurons: Σ z zᵀ, Σ z, zeros where they were rescaled, and dead units."""

    products: Array
    totals: Array
    zeros: Counts
    dead: Counts

    def __add__(self, other: Sums) -> Sums:
        return Sums(
            self.products + other.products,
            self.totals + other.totals,
            self.zeros + other.zeros,
            self.dead + other.dead,
        )


@dataclass(frozen=True)
class Sharing:
    """Who streams chunks: an executor, how many of its tasks at a time, and chunks in a task."""

    executor: Executor | None = None
    at_once: int = 1
    chunks: int = 1

    def run(self, pieces: Iterable[range], task: Callable[[range], list[Sums]]) -> Iterator[Sums]:
        """Yield the sums of all chunks in their order, whoever computes them."""
        if self.executor is None:
            for piece in pieces:
                yield from task(piece)
            return
        calls = (partial(task, piece) for piece in pieces)
        for found in in_order(self.executor, calls, at_once=self.at_once):
            yield from found


def unit(maps: Iterable[RowMap]) -> int:
    """Return how many drawn neurons make one that comes out."""
    found: int = 2 ** sum(isinstance(each, GLU) for each in maps)
    return found


def chunk_sizes(fresh: Fresh, n: int) -> list[int]:
    """Return the neurons drawn in each chunk; the last one has the rest."""
    one = unit(fresh.maps)
    size = -(-chunk_width(n) // one) * one
    whole, rest = divmod(fresh.width * one, size)
    return [size] * whole + [rest] * (rest > 0)


def passed(
    fresh: Fresh, tokens: int, draws: Draws, sharing: Sharing, *, needs_mean: bool
) -> tuple[Moments, Counts, Array | None]:
    """Return the moments of the neurons, how many were zero, and the share of dead units.

    None where no activation is among the maps that were not counted yet.
    """
    n = fresh.root.shape[-2]
    sizes = chunk_sizes(fresh, n)
    pieces = [
        range(start, min(start + sharing.chunks, len(sizes)))
        for start in range(0, len(sizes), sharing.chunks)
    ]
    task = partial(_chunks, fresh, tokens, draws, sizes)
    found: Sums | None = None
    for sums in sharing.run(pieces, task):
        found = sums if found is None else found + sums
    assert found is not None, "a layer has at least one neuron"
    gram = symmetrised(found.products) / fresh.width
    moments = Moments(gram, found.totals / fresh.width if needs_mean else None, fresh.width)
    place = _last_activation(fresh)
    dead = None if place < fresh.counted else found.dead / _alive_at(fresh, place)
    return moments, found.zeros, dead


def _last_activation(fresh: Fresh) -> int:
    """Return the place of the last activation among the maps, −1 if there is none."""
    for place in range(len(fresh.maps) - 1, -1, -1):
        if isinstance(fresh.maps[place], Elementwise | GLU):
            return place
    return -1


def _alive_at(fresh: Fresh, place: int) -> int:
    """Return how many neurons there are after the map at `place`."""
    return fresh.width * unit(fresh.maps[place + 1 :])


def _chunks(fresh: Fresh, tokens: int, draws: Draws, sizes: list[int], chunks: range) -> list[Sums]:
    with np.errstate(all="ignore"):
        return [_chunk(fresh, tokens, draws, sizes[chunk], chunk) for chunk in chunks]


def _chunk(fresh: Fresh, tokens: int, draws: Draws, size: int, chunk: int) -> Sums:
    F = fresh.root
    Z = np.empty((len(F), F.shape[-1], size))
    fill_normals(draws.streams(fresh.draw, chunk), Z)
    neurons = Neurons(F @ Z, True, np.zeros(len(F), dtype=np.int64))
    dead = np.zeros(len(F), dtype=np.int64)
    watched = _last_activation(fresh)
    for place, row_map in enumerate(fresh.maps):
        if place == fresh.counted:
            neurons.zeros = np.zeros(len(F), dtype=np.int64)
        neurons.apply(row_map, tokens, halves=False)
        if place == watched >= fresh.counted:
            dead = dead_units(neurons.rows)
    if fresh.counted >= len(fresh.maps):
        neurons.zeros = np.zeros(len(F), dtype=np.int64)
    rows = neurons.rows
    return Sums(outer_products(rows), rows.sum(axis=-1), neurons.zeros, dead)


def drawn(fresh: Fresh, draws: Draws) -> Array:
    """Return the root times normals, kept whole: shape (replicas, n, neurons)."""
    F = fresh.root
    Z = np.empty((len(F), F.shape[-1], fresh.width))
    fill_normals(draws.streams(fresh.draw), Z)
    return np.asarray(F @ Z)


def gaussian_moments(fresh: Fresh, draws: Draws, *, needs_mean: bool) -> Moments:
    """Return the moments of Gaussian neurons by Bartlett's decomposition, without the neurons."""
    T, d = fresh.root, fresh.width
    mean = T @ draws.normals(T.shape[-1], 1) / np.sqrt(d) if needs_mean else None
    R = T @ draws.bartlett(T.shape[-1], d - needs_mean) / np.sqrt(d)
    gram = R @ transpose(R)
    if mean is None:
        return Moments(symmetrised(gram), None, d)
    m = mean[..., 0] if fresh.offset is None else mean[..., 0] + fresh.offset
    return Moments(symmetrised(gram + m[:, :, None] * m[:, None, :]), m, d)

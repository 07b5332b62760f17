"""Route GRAM: neurons stream by and leave only G = HᵀH/d behind.

Given H, the rows of W H are independent N(0, s²G). They are drawn a chunk at a time as columns of
F Z with F Fᵀ = s²G, put through the operations that act on single neurons, and added up. Nothing
of size d is kept; a layer costs O(dn²) time and O(chunk·n) memory.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np
from numpy.random import Generator

from depthlaw.numerics.sampling.block import Array, Block, Counts
from depthlaw.numerics.sampling.matrices import (
    apply_gramwise,
    centred_from_moments,
    factor,
    symmetrised,
    transpose,
)
from depthlaw.numerics.sampling.neurons import apply, inverse, row_squares
from depthlaw.numerics.sampling.segments import Segment, obstacle, segments
from depthlaw.numerics.streams import chunk_width, chunk_widths, fill_normals
from depthlaw.theory.network import Network, Rescale

Sums = tuple[Array, Array, Counts]
"""Of some neurons of each replica: Σ z zᵀ, Σ z, and the number that were zero at a `Rescale`."""

_AHEAD = 2**19
_AHEAD_EACH = 2**13
"""Normals that a block of narrow replicas, and each of them, draws at once over several layers."""


def why_not(network: Network) -> str | None:
    """Return why the route does not have the network's law, or None where it has."""
    return obstacle(network)


def steps(
    network: Network,
    block: Block,
    layers: int,
    sums_of: Callable[[Segment, Array, Block], Sums] | None = None,
) -> Iterator[Counts]:
    """Take the block through `layers` layers.

    `sums_of` computes the sums over all neurons of a segment, from the factor F; by default
    here, chunk after chunk.
    """
    d, n = network.width, network.batch
    plan = segments(network)
    if sums_of is None:
        one_chunk = d <= chunk_width(n)
        sums_of = _Narrow(network, plan, block, layers).sums if one_chunk else _wide_sums(network)
    for _ in range(layers):
        zeros = np.zeros(len(block.gram), dtype=np.int64)
        for segment in plan:
            gram, mean = block.gram, None
            if segment.linear is not None:
                F = factor(gram, recentred=segment.recentred, scale=segment.gram_scale(d))
                product, sums, dead = sums_of(segment, F, block)
                zeros += dead
                gram = symmetrised(product) / d
                if segment.needs_mean:
                    mean = sums / d
                    gram = centred_from_moments(gram, mean, d)
            if segment.gramwise:
                gram, new_zeros = apply_gramwise(segment.gramwise, gram, mean)
                zeros += new_zeros
                gram = symmetrised(gram)
            block.gram = gram
        yield zeros


def neuron_sums(segment: Segment, F: Array, Z: Array, rows: Array, scratch: Array) -> Sums:
    """Return the sums over the neurons made from the normals Z.

    Parameters
    ----------
    F, Z
        Shapes (replicas, n, r) and (replicas, r, neurons).
    rows, scratch
        Work space, shape (replicas, n, neurons); overwritten.
    """
    np.matmul(F, Z, out=rows)
    operations = segment.neuronwise
    no_sums = np.zeros(rows.shape[:2])
    if operations and operations[-1] == Rescale() and not segment.needs_mean:
        # A last rescaling only weighs the outer products: no square root, one pass less.
        zeros = apply(operations[:-1], rows)
        factors, dead = inverse(row_squares(rows), rows.shape[1])
        np.multiply(rows, factors[:, None, :], out=scratch)
        return rows @ transpose(scratch), no_sums, zeros + dead
    zeros = apply(operations, rows)
    # NumPy sends A Aᵀ to a routine that is slower on wide matrices than the product with a copy.
    np.copyto(scratch, rows)
    sums = rows.sum(axis=-1) if segment.needs_mean else no_sums
    return rows @ transpose(scratch), sums, zeros


class _Narrow:
    """Neurons that fit into one chunk: normals for several layers are drawn in one call.

    A stream gives the same numbers in one call as in several, so this changes no result.
    """

    def __init__(
        self, network: Network, plan: Sequence[Segment], block: Block, layers: int
    ) -> None:
        d, n = network.width, network.batch
        self._d = d
        self._per_layer = sum((n - segment.recentred) * d for segment in plan if segment.linear)
        self._layers_left = layers
        self._normals = np.empty((len(block.gram), 0))
        self._used = 0
        self._rows = np.empty((len(block.gram), n, d))
        self._scratch = np.empty_like(self._rows)

    def sums(self, segment: Segment, F: Array, block: Block) -> Sums:
        """Return the sums over all neurons."""
        replicas, r = len(F), F.shape[-1]
        if self._used == self._normals.shape[1]:
            self._refill(block)
        part = self._normals[:, self._used : self._used + r * self._d]
        self._used += r * self._d
        Z = part.reshape(replicas, r, self._d)
        return neuron_sums(segment, F, Z, self._rows, self._scratch)

    def _refill(self, block: Block) -> None:
        replicas = len(block.gram)
        per_layer = max(1, self._per_layer)
        ahead = max(1, min(_AHEAD // (replicas * per_layer), _AHEAD_EACH // per_layer))
        ahead = min(ahead, self._layers_left)
        self._layers_left -= ahead
        if self._normals.shape[1] != ahead * self._per_layer:
            self._normals = np.empty((replicas, ahead * self._per_layer))
        fill_normals(block.first_streams, self._normals)
        self._used = 0


def _wide_sums(network: Network) -> Callable[[Segment, Array, Block], Sums]:
    widths = chunk_widths(network.width, network.batch)
    workspace = Workspace()

    def sums_of(segment: Segment, F: Array, block: Block) -> Sums:
        return add_up(
            workspace.chunk_sums(segment, F, width, [chunks[j] for chunks in block.streams])
            for j, width in enumerate(widths)
        )

    return sums_of


class Workspace:
    """Arrays that successive chunks share."""

    def __init__(self) -> None:
        self._arrays: dict[tuple[int, ...], tuple[Array, Array, Array]] = {}

    def chunk_sums(
        self, segment: Segment, F: Array, width: int, streams: Sequence[Generator]
    ) -> Sums:
        """Draw `width` neurons of each replica and return their sums."""
        replicas, n, r = F.shape
        key = (replicas, n, r, width)
        if key not in self._arrays:
            shapes = ((replicas, r, width), (replicas, n, width), (replicas, n, width))
            Z, rows, scratch = (np.empty(shape) for shape in shapes)
            self._arrays[key] = Z, rows, scratch
        Z, rows, scratch = self._arrays[key]
        fill_normals(streams, Z)
        return neuron_sums(segment, F, Z, rows, scratch)


def chunk_task(
    segment: Segment, F: Array, widths: Sequence[int], streams: Sequence[Generator]
) -> tuple[list[Sums], Sequence[Generator]]:
    """Return the sums of consecutive chunks of one replica, and its streams as they are now.

    This is what a worker does when one layer is shared among several of them.
    """
    workspace = Workspace()
    with np.errstate(all="ignore"):
        parts = [
            workspace.chunk_sums(segment, F, width, [generator])
            for width, generator in zip(widths, streams, strict=True)
        ]
    return parts, streams


def add_up(parts: Iterator[Sums]) -> Sums:
    """Add sums in the order in which they come."""
    product, sums, zeros = next(parts)
    for more_product, more_sums, more_zeros in parts:
        product += more_product
        sums += more_sums
        zeros = zeros + more_zeros
    return product, sums, zeros

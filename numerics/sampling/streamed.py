"""Route GRAM: neurons stream by and leave only G = HᵀH/d behind.

Given H, the rows of W H are independent N(0, s²G). They are drawn a chunk at a time as columns of
F Z with F Fᵀ = s²G, put through the operations that act on single neurons, and added up. Nothing
of size d is kept; a layer costs O(dn²) time and O(chunk·n) memory.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, Protocol

import numpy as np
from numpy.random import SFC64, Generator

from depthlaw.numerics.sampling.block import Array, Block, Counts
from depthlaw.numerics.sampling.matrices import (
    TRIANGULAR,
    apply_gramwise,
    centred_from_moments,
    outer_products,
    symmetrised,
    transpose,
)
from depthlaw.numerics.sampling.neurons import inverse, row_squares, through
from depthlaw.numerics.sampling.roots import (
    Indices,
    carry_on,
    carry_through,
    draw_factor,
)
from depthlaw.numerics.sampling.segments import RESCALE, Segment, obstacle, segments
from depthlaw.numerics.streams import chunk_width, chunk_widths, fill_normals
from depthlaw.theory.network import Network

Sums = tuple[Array, Array, Counts, Counts]
"""Of some neurons of each replica: Σ z zᵀ, Σ z, how many were zero at a `Rescale`, and how many are
zero on all samples after the last activation."""

State = Mapping[str, Any]
"""Of a generator; it draws the same numbers again from there."""


class Draws(Protocol):
    """Where the neurons of a segment are drawn."""

    def sums(self, segment: Segment, F: Array, block: Block) -> Sums:
        """Return the sums over all neurons, from the factor F."""

    def triangle(self, segment: Segment, F: Array, at: Indices) -> Array:
        """Draw the same neurons again, of the replicas `at`; F is theirs.

        Returns
        -------
        Array
            R of a QR decomposition of the rows; see `neuron_triangle`.
        """


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
    draws: Draws | None = None,
) -> Iterator[Counts]:
    """Take the block through `layers` layers; `draws` is here, chunk after chunk, by default."""
    d, n = network.width, network.batch
    plan = segments(network)
    scales = [segment.gram_scale(d) for segment in plan]
    if draws is None:
        one_chunk = d <= chunk_width(n)
        draws = _Narrow(network, plan, block, layers) if one_chunk else _Wide(network)
    for _ in range(layers):
        zeros = np.zeros(len(block.gram), dtype=np.int64)
        for place, segment in enumerate(plan):
            gram, mean = block.gram, None
            if segment.linear is not None:
                F = draw_factor(
                    block,
                    recentred=segment.recentred,
                    scale=scales[place],
                )
                product, sums, lost, dead = draws.sums(segment, F, block)
                zeros += lost
                if segment.has_activation:
                    block.dead = dead / d
                centred = uncentred = gram = symmetrised(product) / d
                if segment.needs_mean:
                    mean = sums / d
                    centred = gram = centred_from_moments(gram, mean, d)
            if segment.gramwise:
                gram, new_zeros = apply_gramwise(segment.gramwise, gram, mean)
                zeros += new_zeros
                gram = symmetrised(gram)
            block.gram = gram
            if segment.linear is None:
                carry_through(block, segment, d)
                continue
            drawn_again = partial(_drawn_again, draws, segment, F, centred, d)
            after = (place + 1) % len(plan)
            carry_on(block, segment, plan[after], d, scales[after], uncentred, drawn_again)
        yield zeros


def _drawn_again(
    draws: Draws, segment: Segment, F: Array, centred: Array, width: int, at: Indices
) -> tuple[Array, Array | None]:
    """Return R with R Rᵀ = G − m mᵀ, and m, of the neurons drawn last."""
    R = draws.triangle(segment, F[at], at) / np.sqrt(width)
    if not segment.needs_mean:
        return transpose(R), None
    # A sample that is constant over the neurons has a zero row in G − m mᵀ, and so in its root.
    varies = np.diagonal(centred[at], axis1=-2, axis2=-1) > 0
    # The first row belongs to the column of ones, and so holds ±m.
    return transpose(R[:, 1:, 1:]) * varies[:, :, None], R[:, 0, 1:] * R[:, 0, :1]


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
    operations, n = segment.neuronwise, rows.shape[1]
    no_sums = np.zeros(rows.shape[:2])
    dead = np.zeros(len(rows), dtype=np.int64)
    weighs = operations and operations[-1] == RESCALE and not segment.needs_mean
    if weighs and n < TRIANGULAR:
        # A last rescaling only weighs the outer products: no square root, and one pass less.
        states, zeros = through(operations[:-1], rows, dead)
        factors, lost = inverse(row_squares(states), n)
        np.multiply(states, factors[:, None, :], out=scratch)
        return states @ transpose(scratch), no_sums, zeros + lost, dead
    states, zeros = through(operations, rows, dead)
    sums = states.sum(axis=-1) if segment.needs_mean else no_sums
    return outer_products(states, scratch), sums, zeros, dead


def neuron_triangle(segment: Segment, F: Array, Z: Array) -> Array:
    """Return R of a QR decomposition of the neurons made from Z, shape (replicas, k, n).

    RᵀR is Σ z zᵀ, which is never formed. Where the mean is needed a column of ones comes first,
    and R has one more row and column.
    """
    rows, _ = through(segment.neuronwise, F @ Z)
    H = transpose(rows)
    if segment.needs_mean:
        H = np.concatenate([np.ones((*H.shape[:-1], 1)), H], axis=-1)
    return np.asarray(np.linalg.qr(H, mode="r"))


def joined_triangles(parts: Iterable[Array]) -> Array:
    """Return R of all rows from the R of some rows each, one after the other."""
    whole: Array | None = None
    for part in parts:
        both = part if whole is None else np.concatenate([whole, part], axis=-2)
        whole = part if whole is None else np.asarray(np.linalg.qr(both, mode="r"))
    assert whole is not None
    return whole


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
        self._Z = np.empty((len(block.gram), 0, d))
        self._rows = np.empty((len(block.gram), n, d))
        self._scratch = np.empty_like(self._rows)

    def sums(self, segment: Segment, F: Array, block: Block) -> Sums:
        """Return the sums over all neurons."""
        replicas, r = len(F), F.shape[-1]
        if self._used == self._normals.shape[1]:
            self._refill(block)
        part = self._normals[:, self._used : self._used + r * self._d]
        self._used += r * self._d
        self._Z = part.reshape(replicas, r, self._d)
        return neuron_sums(segment, F, self._Z, self._rows, self._scratch)

    def triangle(self, segment: Segment, F: Array, at: Indices) -> Array:
        """Return R of the neurons drawn last, of the replicas `at`."""
        return neuron_triangle(segment, F, self._Z[at])

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


class _Wide:
    """Neurons in several chunks, one after the other."""

    def __init__(self, network: Network) -> None:
        self._widths = chunk_widths(network.width, network.batch)
        self._workspace = Workspace()
        self._before: list[list[State]] = []

    def sums(self, segment: Segment, F: Array, block: Block) -> Sums:
        """Return the sums over all neurons."""
        self._before = [states_of(chunks) for chunks in block.streams]
        return add_up(
            self._workspace.chunk_sums(segment, F, width, [chunks[j] for chunks in block.streams])
            for j, width in enumerate(self._widths)
        )

    def triangle(self, segment: Segment, F: Array, at: Indices) -> Array:
        """Return R of the neurons drawn last, of the replicas `at`."""
        whole = [
            joined_triangles(
                chunk_triangles(segment, F[place : place + 1], self._widths, self._before[replica])
            )
            for place, replica in enumerate(at)
        ]
        return np.concatenate(whole)


def states_of(generators: Iterable[Generator]) -> list[State]:
    """Return the state of each generator."""
    return [generator.bit_generator.state for generator in generators]


def chunk_triangles(
    segment: Segment, F: Array, widths: Sequence[int], states: Sequence[State]
) -> list[Array]:
    """Draw consecutive chunks of one replica again; return R of the neurons of each."""
    generator, triangles = Generator(SFC64(0)), []
    with np.errstate(all="ignore"):
        for width, state in zip(widths, states, strict=True):
            generator.bit_generator.state = state
            Z = np.empty((1, F.shape[-1], width))
            fill_normals([generator], Z)
            triangles.append(neuron_triangle(segment, F, Z))
    return triangles


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
) -> tuple[list[Sums], Sequence[Generator], bool]:
    """Return the sums of consecutive chunks of one replica, and its streams as they are now.

    This is what a worker does when one layer is shared among several of them. The last word is
    whether anything underflowed.
    """
    workspace = Workspace()
    underflows: list[str] = []
    with np.errstate(all="ignore", under="call", call=lambda what, _: underflows.append(what)):
        parts = [
            workspace.chunk_sums(segment, F, width, [generator])
            for width, generator in zip(widths, streams, strict=True)
        ]
    return parts, streams, bool(underflows)


def add_up(parts: Iterator[Sums]) -> Sums:
    """Add sums in the order in which they come."""
    product, sums, zeros, dead = next(parts)
    for more_product, more_sums, more_zeros, more_dead in parts:
        product += more_product
        sums += more_sums
        zeros = zeros + more_zeros
        dead = dead + more_dead
    return product, sums, zeros, dead

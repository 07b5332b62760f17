"""A block of consecutive replicas on its way through the layers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from depthlaw.numerics.sampling.walk.flow import Flow
from depthlaw.theory.network import Network

Array = NDArray[np.float64]
Counts = NDArray[np.int64]


@dataclass
class Block:
    """What a block of replicas knows between two layers.

    The same numbers come out however replicas are grouped into blocks: every array operation acts
    on each replica by itself, and every replica draws from its own streams.

    Parameters
    ----------
    gram
        G = HᵀH/d, shape (replicas, n, n).
    state
        Hᵀ, shape (replicas, n, d), on the routes that keep it; None before the first layer where G
        has a rank above d.
    exponent
        The true G is ``gram * 2.0**exponent``, and the true H is ``state * 2.0**(exponent/2)``;
        shape (replicas,), even.
    streams
        For each replica the generators of its chunks of neurons.
    root
        R with R Rᵀ = G, shape (replicas, n, k), on routes without a state: NaN where G itself is
        accurate enough, None where no replica needs it.
    prepared
        The factor for the next draw where it has been made already, and where it is badly known
        (None: nowhere).
    rank, distinct
        The rank that G can have and how many samples differ, shape (replicas,).
    dropped
        Directions dropped in the layer under way, shape (replicas,).
    centred
        Whether the operations so far are known to leave a batch of mean zero: G1 = 0.
    flow
        What a walk through operations of any kind carries beside G; None on a plain layer.
    dead
        Share of neurons that were zero on every column after the layer's last activation; None
        where that was not counted. Shape (replicas,).
    """

    gram: Array
    state: Array | None
    exponent: Counts
    streams: list[list[Generator]]
    root: Array | None = None
    prepared: tuple[Array, NDArray[np.bool_] | None] | None = None
    rank: Counts = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    distinct: Counts = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    dropped: Counts = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    centred: bool = False
    flow: Flow | None = None
    dead: Array | None = None

    def __post_init__(self) -> None:
        replicas, n = self.gram.shape[:2]
        for name, most in (("rank", n), ("distinct", n), ("dropped", 0)):
            if not len(getattr(self, name)):
                setattr(self, name, np.full(replicas, most, dtype=np.int64))

    @property
    def first_streams(self) -> list[Generator]:
        """The generator of the first chunk of each replica."""
        return [chunks[0] for chunks in self.streams]


Steps = Callable[[Network, Block, int], Iterator[Counts]]
"""A route: takes the block through some layers; yields each one's zero rows and columns."""


SAFE = 400
"""Powers of two within which the largest mean square may wander before it is brought back to 1."""


def keep_in_range(block: Block) -> None:
    """Multiply G (and H) by a power of two where its diagonal has left 2^±400.

    Rounding never enters: only exponents change. Valid where the layer is homogeneous.
    """
    _, exponents = np.frexp(block.gram.diagonal(axis1=-2, axis2=-1).max(axis=-1))
    moved = np.where(np.abs(exponents) > SAFE, exponents - exponents % 2, 0)
    if not moved.any():
        return
    block.gram = np.ldexp(block.gram, -moved[:, None, None])
    if block.state is not None:
        block.state = np.ldexp(block.state, -(moved // 2)[:, None, None])
    if block.root is not None:
        block.root = np.ldexp(block.root, -(moved // 2)[:, None, None])
    if block.prepared is not None:
        F, doubtful = block.prepared
        block.prepared = np.ldexp(F, -(moved // 2)[:, None, None]), doubtful
    block.exponent = block.exponent + moved

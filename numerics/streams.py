"""Where randomness comes from: one seed, one stream for each replica and chunk of neurons.

The stream of replica i and chunk j is ``SFC64(SeedSequence(entropy=seed, spawn_key=(i, j)))``. It
goes on from layer to layer and depends on nothing else: not on how many replicas are asked for,
on how they are grouped, nor on who computes them.

SFC64 draws normals fastest among NumPy's generators (`benchmarks/test_simulate_bench.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

import numpy as np
from numpy.random import SFC64, Generator, SeedSequence
from numpy.typing import NDArray

from depthlaw.numerics.compiled import Normals
from depthlaw.numerics.seeding import LARGEST_KEY, generators
from depthlaw.theory.errors import ArgumentError, integer

Seed = int | tuple[int, ...]

_TILE = 2**15
"""Numbers in a chunk (256 kB): three such arrays stay in a core's cache."""
_NORMALS = Normals()
MANY = 16
"""Generators from which on it is cheaper to seed them all at once."""


def check_seed(seed: object) -> Seed:
    """Return `seed` as an int or a tuple of ints, all of them ≥ 0.

    As in NumPy, trailing zeros do not make a new seed: 5, (5,) and (5, 0) are one.

    Raises
    ------
    ArgumentError
        If it is anything else, or an empty sequence.

    Examples
    --------
    >>> check_seed([1, 2]) == (1, 2)
    True
    """
    if isinstance(seed, Sequence) and not isinstance(seed, str | bytes):
        if not seed:
            raise ArgumentError("seed", seed, "give at least one whole number")
        return tuple(integer("seed", part, at_least=0) for part in seed)
    return integer("seed", seed, at_least=0)


def stream(seed: Seed, replica: int, chunk: int = 0) -> Generator:
    """Return the random numbers of one chunk of neurons in one replica.

    >>> bool(stream(7, 3).random() == stream(7, 3, 0).random() != stream(7, 4).random())
    True
    """
    entropy = seed if isinstance(seed, int) else list(seed)
    return Generator(SFC64(SeedSequence(entropy=entropy, spawn_key=(replica, chunk))))


def streams(seed: Seed, replicas: range, chunks: int) -> list[list[Generator]]:
    """Return the random numbers of all chunks of some replicas, those of one replica together.

    >>> two = streams(7, range(3, 5), 1)
    >>> bool(two[0][0].random() == stream(7, 3).random())
    True
    """
    if len(replicas) * chunks < MANY or max(replicas.stop, chunks) > LARGEST_KEY:
        return [[stream(seed, replica, chunk) for chunk in range(chunks)] for replica in replicas]
    keys = np.indices((len(replicas), chunks)).reshape(2, -1).T
    keys[:, 0] += replicas.start
    found = generators(seed, keys)
    return [list(islice(found, chunks)) for _ in replicas]


def chunk_width(batch: int) -> int:
    """Return the neurons in a chunk: a function of the batch size alone.

    >>> all(chunk_width(n) >= 2 * n for n in (1, 8, 1000))
    True
    """
    return max(_TILE // batch, 2 * batch)


def chunk_widths(width: int, batch: int) -> list[int]:
    """Return the number of neurons in each chunk of a layer, in order.

    >>> sum(chunk_widths(10**5, 8)) == 10**5
    True
    """
    whole, rest = divmod(width, chunk_width(batch))
    return [chunk_width(batch)] * whole + [rest] * (rest > 0)


def fill_normals(generators: Sequence[Generator], out: NDArray[np.float64]) -> None:
    """Fill `out`, shape (replicas, ...), with standard normals, each replica from its stream."""
    for generator, part in zip(generators, out, strict=True):
        _NORMALS.fill(generator, part)

"""Random numbers of a walk: each draw has a number of its own, and streams by replica and chunk.

The stream of replica i, draw k and chunk j is ``SFC64(SeedSequence(seed, spawn_key=(i, k, j)))``.
It can be opened again, so that neurons need not be kept to be looked at twice.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

import numpy as np
from numpy.random import SFC64, Generator, SeedSequence
from numpy.typing import NDArray

from depthlaw.numerics.seeding import LARGEST_KEY, generators
from depthlaw.numerics.streams import MANY, Seed, fill_normals

Array = NDArray[np.float64]


@dataclass
class Draws:
    """What a block of replicas draws; `count` numbers the draws."""

    seed: Seed
    first: int
    replicas: int
    count: int = 0

    def next(self) -> int:
        """Return the number of a new draw."""
        self.count += 1
        return self.count

    def streams(self, draw: int, chunk: int = 0) -> list[Generator]:
        """Return the generators of one chunk of a draw, one for each replica."""
        entropy = self.seed if isinstance(self.seed, int) else list(self.seed)
        return [
            Generator(SFC64(SeedSequence(entropy=entropy, spawn_key=(replica, draw, chunk))))
            for replica in range(self.first, self.first + self.replicas)
        ]

    def in_chunks(self, draw: int, chunks: int) -> Iterator[list[Generator]]:
        """Yield the generators of all chunks of a draw, seeded together where there are many.

        >>> one, other = Draws(3, 0, 2).in_chunks(5, 2)
        >>> bool(other[1].random() == Draws(3, 0, 2).streams(5, 1)[1].random() != one[1].random())
        True
        """
        stop = self.first + self.replicas
        if self.replicas * chunks < MANY or max(stop, draw, chunks) > LARGEST_KEY:
            yield from (self.streams(draw, chunk) for chunk in range(chunks))
            return
        keys = np.empty((chunks, self.replicas, 3), dtype=np.int64)
        keys[..., 0], keys[..., 1] = np.arange(self.first, stop), draw
        keys[..., 2] = np.arange(chunks)[:, None]
        found = generators(self.seed, keys.reshape(-1, 3))
        for _ in range(chunks):
            yield list(islice(found, self.replicas))

    def normals(self, *shape: int) -> Array:
        """Return standard normals of a new draw, of `shape` for each replica."""
        found = np.empty((self.replicas, *shape))
        fill_normals(self.streams(self.next()), found)
        return found

    def bartlett(self, size: int, degrees: int) -> Array:
        """Return A with A Aᵀ Wishart of `size` and `degrees`, of any degrees ≥ 0.

        Lower trapezoidal, shape (replicas, size, min(size, degrees)): A_ii² ~ χ²(degrees − i),
        and normals below (M. S. Bartlett, 1933).
        """
        columns = min(size, degrees)
        streams = self.streams(self.next())
        normals = np.empty((self.replicas, size, columns))
        gammas = np.empty((self.replicas, columns))
        shapes = (degrees - np.arange(columns)) / 2
        for generator, below, squares in zip(streams, normals, gammas, strict=True):
            generator.standard_normal(out=below)
            generator.standard_gamma(shapes, out=squares)
        A = np.tril(normals, -1)
        diagonal = np.arange(columns)
        A[:, diagonal, diagonal] = np.sqrt(2 * gammas)
        return A

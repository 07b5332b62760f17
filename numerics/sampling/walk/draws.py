"""Random numbers of a walk: each draw has a number of its own, and streams by replica and chunk.

The stream of replica i, draw k and chunk j is ``SFC64(SeedSequence(seed, spawn_key=(i, k, j)))``.
It can be opened again, so that neurons need not be kept to be looked at twice.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.random import SFC64, Generator, SeedSequence
from numpy.typing import NDArray

from depthlaw.numerics.streams import Seed, fill_normals

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

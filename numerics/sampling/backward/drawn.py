"""Weights that are drawn, as in a network that is run."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from depthlaw.numerics.sampling.backward.chunks import Rows, in_sizes, sizes_of
from depthlaw.numerics.sampling.backward.weights import Backwards, Law, gather, shared_part
from depthlaw.numerics.sampling.matrices import transpose
from depthlaw.numerics.sampling.walk.draws import Draws

Array = NDArray[np.float64]
Matrices = Callable[[Draws], Array]
"""Draws W without its mean, shape (replicas, neurons out, what a neuron multiplies)."""


class Drawn:
    """A weight matrix for each replica.

    Parameters
    ----------
    law
        Of the weights.
    matrices
        Draws them; a second call gives independent ones.
    rows
        The rows that enter.
    """

    def __init__(self, law: Law, matrices: Matrices, rows: Rows, draws: Draws) -> None:
        self._law, self._matrices, self._rows = law, matrices, rows
        self._weights = matrices(draws)
        self._biases: Array | float = 0.0
        if law.bias:
            self._biases = np.sqrt(law.bias) * draws.normals(1, self._weights.shape[1])
        self._seen = np.concatenate(list(law.seen(_joined(rows))), axis=-1)

    def forward(self) -> Iterator[Array]:
        """Yield Z, chunk by chunk."""
        Z = self._seen @ transpose(self._weights) + self._biases
        if self._law.mean:
            Z += self._law.mean * self._seen.sum(axis=-1, keepdims=True)
        return in_sizes([Z], self._law.neurons)

    def back(self, E: Iterable[Array], way: Backwards) -> Iterator[Array]:
        """Return Wᵀ E, chunk by chunk; everything above is through when this returns."""
        law, chunks = self._law, list[Array]()
        found = gather(law, E, self._seen @ transpose(self._seen), chunks.append)
        way.squares(found.squares)
        W = self._matrices(way.draws) if way.independent else self._weights
        moved = _joined(chunks) @ W + shared_part(law, found)
        parts = np.split(moved, len(law.shifts) if law.shifts else 1, axis=-1)
        return in_sizes([law.put_back(parts, parts[0])], sizes_of(self._rows))


def _joined(rows: Rows) -> Array:
    return rows[0] if len(rows) == 1 else np.concatenate(rows, axis=-1)

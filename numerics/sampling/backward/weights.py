"""New weights: the neurons that they draw, and Wᵀ E given what they drew.

H and E hold ∂L/∂(out) and the rows that enter; Φ is what a weight multiplies: the rows of H, or for
a convolution its shifts. A bias is one more row of Φ that is constant.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from depthlaw.numerics.sampling.backward.chunks import Rows
from depthlaw.numerics.sampling.matrices import outer_products, symmetrised
from depthlaw.numerics.sampling.walk.draws import Draws

Array = NDArray[np.float64]
Indices = NDArray[np.intp]
Flags = NDArray[np.bool_]
Shifts = Sequence[tuple[Indices, Flags]]


Mixing = Callable[[Array], Array]
"""A symmetric matrix that acts on the columns: on arrays of shape (replicas, n, anything)."""


def unmixed(rows: Array) -> Array:
    """Return the rows themselves."""
    return rows


@dataclass(frozen=True)
class Law:
    """The law of a weight matrix: Gaussian entries, or a uniform orthogonal matrix.

    Attributes
    ----------
    names
        What the matrix is called; several names where each chunk of outputs is cut in as many
        equal parts, which are matrices of their own.
    neurons
        In each chunk of outputs.
    entering
        Neurons that enter.
    scale, mean
        Of an entry: its standard deviation, and what all have in common.
    bias
        Variance of a bias.
    orthogonal
        Whether the matrix is orthogonal.
    shifts
        Of a convolution: columns that each shift of the kernel sees, and whether they are inside.
    """

    names: tuple[str, ...]
    neurons: Sequence[int]
    entering: int
    scale: float
    mean: float = 0.0
    bias: float = 0.0
    orthogonal: bool = False
    shifts: Shifts | None = None

    def seen(self, rows: Array) -> Iterator[Array]:
        """Yield what the weights multiply: the rows, or the rows under each shift."""
        if self.shifts is None:
            yield rows
            return
        for columns, inside in self.shifts:
            yield np.where(inside[:, None], rows[:, columns], 0.0)

    def put_back(self, parts: Iterable[Array], rows: Array) -> Array:
        """Return the transpose of `seen`: the sum of the parts, each where it came from."""
        if self.shifts is None:
            (part,) = parts
            return part
        total = np.zeros_like(rows)
        for (columns, inside), part in zip(self.shifts, parts, strict=True):
            kept = np.flatnonzero(inside)
            total[:, columns[kept]] += part[:, kept]
        return total


@dataclass
class Entering:
    """The rows that entered new weights, or what draws them again; None where nobody knows them."""

    rows: Rows | None = None
    supply: Callable[[], Rows | None] | None = None

    def known(self) -> Rows | None:
        """Return the rows, drawn again if need be."""
        if self.rows is None and self.supply is not None:
            self.rows, self.supply = self.supply(), None
        return self.rows


@dataclass
class Gathered:
    """Sums over the neurons of E, by which everything below knows it.

    `squares` is ‖∂L/∂W‖² for each name of the weights, shape (replicas,).
    """

    products: Array
    totals: Array
    squares: dict[str, Array] = field(default_factory=dict)


def gather(
    law: Law,
    E: Iterable[Array],
    inner: Array,
    see: Callable[[Array], None],
    mixed: Mixing = unmixed,
) -> Gathered:
    """Sum E Eᵀ and E over the neurons, and let `see` take each chunk on the way.

    Parameters
    ----------
    inner
        ΦᵀΦ, shape (replicas, n, n).
    mixed
        What E still has to pass on the way to the weights: a symmetric matrix on its columns.
    """
    parts = [np.zeros_like(inner) for _ in law.names]
    totals = np.zeros(inner.shape[:-1])
    # Chunk by chunk: in the sums a large part that all columns share would hide the rest.
    for chunk in map(mixed, E):
        size = chunk.shape[-1] // len(parts)
        for place, total in enumerate(parts):
            piece = chunk[..., place * size : (place + 1) * size] if len(parts) > 1 else chunk
            total += outer_products(piece)
        if law.mean:
            totals += chunk.sum(axis=-1)
        see(chunk)
    squares = {
        name: np.maximum(np.einsum("bij,bij->b", inner, part), 0.0)
        for name, part in zip(law.names, parts, strict=True)
    }
    return Gathered(symmetrised(np.asarray(sum(parts))), totals, squares)


@dataclass(frozen=True)
class Backwards:
    """What a backward pass carries through new weights.

    Attributes
    ----------
    draws
        Random numbers that the forward pass does not use.
    squares
        Takes ‖∂L/∂W‖² by name.
    independent
        Whether the weights of the backward pass are drawn anew.
    """

    draws: Draws
    squares: Callable[[dict[str, Array]], None]
    independent: bool


def shared_part(law: Law, gathered: Gathered) -> Array | float:
    """Return what the mean of the weights adds to every neuron of Wᵀ E."""
    return law.mean * gathered.totals[:, :, None] if law.mean else 0.0

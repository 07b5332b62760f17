"""Maps of single neurons, on arrays of shape (replicas, n, neurons): the neurons come last."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from depthlaw.numerics.sampling.neurons import inverse, recenter
from depthlaw.theory.elementwise import Elementwise
from depthlaw.theory.network import GLU, Average, Operation, Over, Recenter, Rescale

Array = NDArray[np.float64]
Counts = NDArray[np.int64]


@dataclass(frozen=True)
class Affine:
    """What an operation over the features does once its means are known: x ↦ (x − m)·s by column.

    Shapes (replicas, n); None leaves out.
    """

    mean: Array | None
    factor: Array | None


@dataclass(frozen=True)
class Shift:
    """x ↦ x + c with the same c for every neuron, shape (replicas, n)."""

    offset: Array


RowMap = Operation | Affine | Shift


@dataclass
class Neurons:
    """Neurons on their way through row maps.

    Attributes
    ----------
    rows
        Shape (replicas, n, neurons).
    owned
        Whether `rows` may be written to: what an activation made may be somebody else's.
    zeros
        Neurons that were zero where they were rescaled without ε, shape (replicas,).
    """

    rows: Array
    owned: bool
    zeros: Counts

    def apply(self, operation: RowMap, tokens: int, *, halves: bool) -> None:
        """Apply one map.

        Parameters
        ----------
        tokens
            Columns of a sequence, for `Average`.
        halves
            Whether `GLU` pairs the first half of the neurons with the second, as where rows are
            kept; else neighbours, which is the same in law where neurons are independent.
        """
        match operation:
            case Elementwise():
                self._set(operation.function(self.rows))
            case GLU():
                self._set(gated(operation.activation.function, self.rows, halves=halves))
            case Recenter():
                recenter(self._own(), operation.over)
            case Rescale():
                self._rescale(operation)
            case Average():
                self._set(averaged(self.rows, tokens))
            case Affine():
                rows = self._own()
                if operation.mean is not None:
                    rows -= operation.mean[:, :, None]
                if operation.factor is not None:
                    rows *= operation.factor[:, :, None]
            case Shift():
                self._own()[...] += operation.offset[:, :, None]
            case _:
                raise AssertionError(f"{operation} is no map of neurons")

    def _rescale(self, operation: Rescale) -> None:
        rows = self._own()
        batch = operation.over is Over.BATCH
        sizes = np.einsum("bij,bij->bj" if batch else "bij,bij->bi", rows, rows)
        sizes /= rows.shape[-2 if batch else -1]
        if operation.epsilon:
            factors = 1 / np.sqrt(sizes + operation.epsilon)
        else:
            squares, zeros = inverse(sizes, 1)
            factors = np.sqrt(squares, out=squares)
            self.zeros = self.zeros + zeros
        rows *= factors[:, None, :] if batch else factors[:, :, None]

    def _set(self, rows: Array) -> None:
        self.rows, self.owned = np.asarray(rows, dtype=np.float64), False

    def _own(self) -> Array:
        if not self.owned:
            self.rows, self.owned = self.rows.copy(), True
        return self.rows


def gated(function: Callable[[Array], Array], rows: Array, *, halves: bool) -> Array:
    """Return φ(one half) · (the other half), shape (replicas, n, neurons/2)."""
    if halves:
        middle = rows.shape[-1] // 2
        first, second = rows[..., :middle], rows[..., middle:]
    else:
        first, second = rows[..., 0::2], rows[..., 1::2]
    return np.asarray(function(np.ascontiguousarray(first)) * second)


def averaged(rows: Array, tokens: int) -> Array:
    """Return every column as the mean over its sequence of `tokens` columns."""
    grouped = rows.reshape(len(rows), -1, tokens, rows.shape[-1])
    means = grouped.mean(axis=2, keepdims=True)
    return np.broadcast_to(means, grouped.shape).reshape(rows.shape)

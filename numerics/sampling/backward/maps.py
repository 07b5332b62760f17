"""What acts on single neurons, and its Jacobian: rows in, rows and a way back out."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from depthlaw.numerics.sampling.neurons import dead_units, inverse
from depthlaw.numerics.sampling.walk.rows import averaged
from depthlaw.theory.elementwise import Elementwise
from depthlaw.theory.network import GLU, Average, Operation, Recenter, Rescale

Array = NDArray[np.float64]
Counts = NDArray[np.int64]
Back = Callable[[Array], Array]
"""Takes ∂L/∂(what came out) to ∂L/∂(what went in); it may write to what it is given."""


class Tally:
    """Neurons and samples that were zero where they were rescaled, and dead units of a layer."""

    def __init__(self, replicas: int, *, counts: bool = True) -> None:
        self._counts = counts
        self.zeros: Counts = np.zeros(replicas, dtype=np.int64)
        self._dead: dict[int, tuple[Counts, int]] = {}

    def count_dead(self, place: int, rows: Array) -> None:
        """Count the neurons that the activation at this place of the layer left at zero."""
        if not self._counts:
            return
        dead, neurons = self._dead.get(place, (np.zeros_like(self.zeros), 0))
        self._dead[place] = dead + dead_units(rows), neurons + rows.shape[-1]

    @property
    def dead(self) -> Array | None:
        """Share of the neurons of the last activation that are zero on every column."""
        if not self._dead:
            return None
        dead, neurons = self._dead[max(self._dead)]
        return dead / neurons


def through(
    operation: Operation, rows: Array, tokens: int, tally: Tally, place: int
) -> tuple[Array, Back]:
    """Apply the operation at a place of the layer to neurons of shape (replicas, n, neurons)."""
    match operation:
        case Elementwise():
            after = np.asarray(operation.function(rows), dtype=np.float64)
            tally.count_dead(place, after)
            return after, _Activated(operation, rows)
        case GLU():
            return _gated(operation, rows, tally, place)
        case Recenter():
            return recentred(rows), recentred
        case Rescale():
            return _rescaled(operation, rows, tally)
        case Average():
            return averaged(rows, tokens), lambda D: averaged(D, tokens)
        case _:
            raise AssertionError(f"{operation} is no map of neurons")


class _Activated:
    def __init__(self, operation: Elementwise, rows: Array) -> None:
        self._operation, self._rows = operation, rows

    def __call__(self, D: Array) -> Array:
        return D * slope(self._operation, self._rows)


def recentred(D: Array) -> Array:
    """Return D recentred over the batch."""
    # The first entry is subtracted before, so that equal entries leave exact zeros.
    after: Array = D - D[:, :1]
    after -= after.mean(axis=-2, keepdims=True)
    return after


def slope(operation: Elementwise, rows: Array) -> Array:
    """Return φ′ at every entry."""
    assert operation.derivative is not None, "it is asked for before anything is drawn"
    return np.asarray(operation.derivative(rows), dtype=np.float64)


def _gated(operation: GLU, rows: Array, tally: Tally, place: int) -> tuple[Array, Back]:
    phi = operation.activation
    gate, other = np.ascontiguousarray(rows[..., 0::2]), np.ascontiguousarray(rows[..., 1::2])
    opened = np.asarray(phi.function(gate), dtype=np.float64)
    after = opened * other
    tally.count_dead(place, after)

    def back(D: Array) -> Array:
        E = np.empty_like(rows)
        E[..., 0::2] = D * other * slope(phi, gate)
        E[..., 1::2] = D * opened
        return E

    return after, back


def _rescaled(operation: Rescale, rows: Array, tally: Tally) -> tuple[Array, Back]:
    n = rows.shape[-2]
    squares = np.einsum("bij,bij->bj", rows, rows)
    squares /= n
    factors = _factors(squares, operation.epsilon, tally)
    y = rows * factors[:, None, :]

    def back(D: Array) -> Array:
        if n == 2 and not operation.epsilon:
            return along_circle(D, y, axis=-2) * factors[:, None, :]
        shared = np.einsum("bij,bij->bj", D, y)
        shared /= n
        E: Array = D - y * shared[:, None, :]
        E *= factors[:, None, :]
        return E

    return y, back


def along_circle(D: Array, y: Array, *, axis: int) -> Array:
    """Return D without its part along y, two entries of mean square 1.

    As a multiple of what is orthogonal to y: if that is (1, 1), as after a recentring, both entries
    are equal to the last bit, and the recentring takes them to exactly nothing.
    """
    p = np.flip(y, axis=axis).copy()
    p[(slice(None),) * (axis % D.ndim) + (0,)] *= -1
    return np.asarray(p * ((p * D).sum(axis=axis, keepdims=True) / 2))


def _factors(squares: Array, epsilon: float, tally: Tally) -> Array:
    """Return 1/√(mean square + ε), 0 for what is zero."""
    if epsilon:
        return np.asarray(1 / np.sqrt(squares + epsilon))
    factors, zeros = inverse(squares, 1)
    tally.zeros = tally.zeros + zeros
    return np.asarray(np.sqrt(factors, out=factors))

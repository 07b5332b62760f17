"""Operations on arrays of neurons of shape (replicas, n, neurons): samples first, neurons last.

Everything works in place: with the long axis last NumPy's inner loops run along memory.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from depthlaw.numerics.sampling.segments import RESCALE
from depthlaw.theory.elementwise import Elementwise
from depthlaw.theory.network import Operation, Over, Recenter

Array = NDArray[np.float64]
Counts = NDArray[np.int64]


_SMALL, _LARGE = 2.0**-900, 2.0**900
"""Sums of squares between these have lost nothing at the ends of the range of doubles."""


def row_squares(states: Array) -> Array:
    """Return the sum of squares of each neuron over the batch, shape (replicas, neurons).

    For a rescaling: neurons whose squares leave the range of doubles are brought back into it by a
    power of two, in place, which a rescaling does not see.
    """
    squares = np.einsum("bij,bij->bj", states, states)
    if _bring_back(states.transpose(0, 2, 1), squares):
        squares = np.einsum("bij,bij->bj", states, states)
    return np.asarray(squares)


def _bring_back(vectors: Array, squares: Array) -> bool:
    """Scale vectors (last axis) of extreme squares by powers of two; return whether any was."""
    if squares.min(initial=1.0) > _SMALL and squares.max(initial=1.0) < _LARGE:
        return False
    at = np.nonzero(~((squares > _SMALL) & (squares < _LARGE)))
    if not len(at[0]):
        return False
    far = vectors[at]
    largest = np.abs(far).max(axis=-1)
    exponents = np.frexp(np.where(np.isfinite(largest), largest, 0.0))[1]
    vectors[at] = np.ldexp(far, -exponents[:, None])
    return bool(exponents.any())


def inverse(squares: Array, numerator: int) -> tuple[Array, Counts]:
    """Return numerator/x with 0 for x = 0, and how many were 0 in each replica."""
    if squares.min(initial=1.0) > 0:
        # The usual case, without the mask that slows a division down.
        return np.divide(numerator, squares), np.zeros(len(squares), dtype=np.int64)
    positive = squares > 0
    zeros = positive.shape[-1] - np.count_nonzero(positive, axis=-1)
    quotients = np.divide(numerator, squares, out=np.zeros_like(squares), where=positive)
    return quotients, np.asarray(zeros)


def rescale_over_batch(states: Array) -> Counts:
    """Divide neurons by their root mean square over the batch; return how many are zero."""
    factors, zeros = inverse(row_squares(states), states.shape[-2])
    states *= np.sqrt(factors, out=factors)[:, None, :]
    return zeros


def rescale_over_features(states: Array) -> Counts:
    """Divide samples by their root mean square over the neurons; return how many are zero."""
    squares = np.einsum("bij,bij->bi", states, states)
    if _bring_back(states, squares):
        squares = np.einsum("bij,bij->bi", states, states)
    factors, zeros = inverse(squares, states.shape[-1])
    states *= np.sqrt(factors)[:, :, None]
    return zeros


def recenter(states: Array, over: Over) -> None:
    """Subtract the mean over the batch (axis −2) or over the features (axis −1).

    The first entry is subtracted before, so that equal entries leave exact zeros.
    """
    axis = -2 if over is Over.BATCH else -1
    states -= states.take([0], axis=axis)
    states -= states.mean(axis=axis, keepdims=True)


def last_activation(operations: Sequence[Operation]) -> int | None:
    """Return the place of the last activation, None if there is none."""
    places = (k for k in reversed(range(len(operations))) if isinstance(operations[k], Elementwise))
    return next(places, None)


def dead_units(states: Array) -> Counts:
    """Return how many neurons are zero on every column, shape (replicas,).

    >>> dead_units(np.array([[[1.0, 0.0, 0.0], [0.0, 0.0, 2.0]]])).tolist()
    [1]
    """
    if states[:, 0].all():
        return np.zeros(len(states), dtype=np.int64)
    alive = np.count_nonzero(states.any(axis=1), axis=-1)
    return np.asarray(states.shape[-1] - alive, dtype=np.int64)


def apply(operations: Sequence[Operation], states: Array) -> Counts:
    """Apply everything but `Linear`, in order and in place; return how many lines were zero.

    >>> from depthlaw.theory.network import Rescale
    >>> states = np.array([[[3.0, 0.0], [4.0, 0.0]]])
    >>> int(apply([Rescale()], states)[0])
    1
    >>> bool(np.isclose((states[0] ** 2).sum(axis=0)[0], 2))
    True
    """
    result, zeros = through(operations, states)
    if result is not states:
        np.copyto(states, result)
    return zeros


def through(
    operations: Sequence[Operation], states: Array, dead: Counts | None = None
) -> tuple[Array, Counts]:
    """Apply the operations and return what comes out beside `apply`'s count; one pass less.

    `states` is overwritten. What comes out is it, or what an activation made at the end, which may
    be the property of whoever wrote the activation: it must not be written to. In `dead`, shape
    (replicas,), the dead units after the last activation are put down, if there is one.
    """
    zeros = np.zeros(len(states), dtype=np.int64)
    watched = last_activation(operations) if dead is not None else None
    current = states
    for place, operation in enumerate(operations):
        if isinstance(operation, Elementwise):
            current = np.asarray(operation.function(current), dtype=np.float64)
            if dead is not None and place == watched:
                dead[:] = dead_units(current)
            continue
        if current is not states:
            np.copyto(states, current)
            current = states
        if isinstance(operation, Recenter):
            recenter(states, operation.over)
        elif operation == RESCALE:
            zeros += rescale_over_batch(states)
        else:
            zeros += rescale_over_features(states)
    return current, zeros

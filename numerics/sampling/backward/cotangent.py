"""The gradient at the output, from which a backward pass starts."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from depthlaw.numerics.sampling.backward.chunks import Rows, in_sizes, sizes_of
from depthlaw.numerics.sampling.walk.draws import Draws
from depthlaw.numerics.streams import fill_normals
from depthlaw.theory.errors import ArgumentError, real_array

Array = NDArray[np.float64]
Cotangent = Array | Callable[[Array], Array] | None
"""∂L/∂H_L of shape (d, n), a function that takes H_L to it, or None for a random direction."""
FAR = 300
"""Powers of two within which ‖∂L/∂H‖² may wander before it is brought back to 1."""


def at_the_output(cotangent: Cotangent, rows: Rows, draws: Draws) -> tuple[Rows, NDArray[np.int64]]:
    """Return ∂L/∂H_L in the chunks of H_L, divided by 2^k, and k, shape (replicas,).

    A random direction is uniform on the unit sphere of all entries, whatever the network. k is 0
    unless squares of the entries would come near an end of the range of doubles.
    """
    if cotangent is None:
        return _direction(rows, draws), np.zeros(len(rows[0]), dtype=np.int64)
    found = _given(cotangent, rows)
    largest = np.max([np.abs(E).max(axis=(1, 2)) for E in found], axis=0)
    _, exponents = np.frexp(largest)
    k = np.where(np.abs(exponents) > FAR // 2, exponents, 0).astype(np.int64)
    return ([np.ldexp(E, -k[:, None, None]) for E in found] if k.any() else found), k


def _given(cotangent: Array | Callable[[Array], Array], rows: Rows) -> Rows:
    sizes = sizes_of(rows)
    if isinstance(cotangent, np.ndarray):
        whole = np.broadcast_to(cotangent.T, (len(rows[0]), *cotangent.T.shape))
        return list(in_sizes([np.ascontiguousarray(whole)], sizes))
    H = np.concatenate(rows, axis=-1)
    # Of a dead output L = ½‖H‖² and its like have no gradient, and that is no mistake.
    answers = [
        check_cotangent(cotangent(each.T.copy()), each.T.shape, zero=not each.any()) for each in H
    ]
    return list(in_sizes([np.ascontiguousarray(np.stack(answers).transpose(0, 2, 1))], sizes))


def check_cotangent(value: object, shape: tuple[int, ...], *, zero: bool = False) -> Array:
    """Return ∂L/∂H_L as an array of shape (d, n), which may be `zero` if that is said.

    Raises
    ------
    ArgumentError
        If it has another shape, is not finite, or zero.
    """
    found = real_array("cotangent", value)
    if found.shape != shape:
        raise ArgumentError(
            "cotangent",
            f"an array of shape {found.shape}",
            f"it has the shape of the output, neurons times columns: {shape}",
        )
    if not np.isfinite(found).all():
        raise ArgumentError("cotangent", "an array with NaN or infinity", "make it finite")
    if not (zero or found.any()):
        raise ArgumentError(
            "cotangent", "a zero matrix", "all gradients are zero then: give another direction"
        )
    return found


def _direction(rows: Rows, draws: Draws) -> Rows:
    found = []
    for chunk, streams in zip(rows, draws.in_chunks(draws.next(), len(rows)), strict=True):
        E = np.empty(chunk.shape)
        fill_normals(streams, E)
        found.append(E)
    length = np.sqrt(sum(np.einsum("bij,bij->b", E, E) for E in found))
    for E in found:
        E /= length[:, None, None]
    return found

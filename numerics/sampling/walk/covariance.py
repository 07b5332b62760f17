"""The covariance of the neurons that fresh weights draw, given the moments of what enters.

For a dense layer it is s²dG + σ_b² 11ᵀ, s² being the variance of a weight; a convolution averages G
over the shifts of its kernel; attention is `depthlaw.numerics.sampling.walk.scores`.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import product

import numpy as np
from numpy.typing import NDArray

from depthlaw.numerics.sampling.walk.moments import Moments
from depthlaw.theory.network import Conv, Linear, Network, Padding

Array = NDArray[np.float64]
Indices = NDArray[np.intp]


def dense(operation: Linear, entering: Moments) -> Array:
    """Return the covariance of a neuron of a dense layer, shape (replicas, n, n)."""
    d = entering.width
    return operation.weight_scale(d) ** 2 * d * entering.gram + operation.bias


def dense_offset(operation: Linear, entering: Moments) -> Array | None:
    """Return what every neuron has in common where weights have a mean μ: μ 1ᵀH, (replicas, n)."""
    if not operation.mean:
        return None
    assert entering.mean is not None, "the program says that means are needed"
    return operation.weight_mean(entering.width) * entering.width * entering.mean


def convolution(operation: Conv, entering: Moments, network: Network) -> Array:
    """Return the covariance of a channel: the mean of G over the kernel's shifts, scaled.

    Beyond a zero border terms are absent, and the divisor stays the size of the kernel.
    """
    G = entering.gram
    total = np.zeros_like(G)
    shifts = shifted_columns(network, operation)
    for columns, inside in shifts:
        part = G[:, columns[:, None], columns[None, :]]
        total += part if inside.all() else part * (inside[:, None] & inside[None, :])
    return total * (operation.variance / len(shifts)) + operation.bias


@lru_cache(maxsize=16)
def shifted_columns(
    network: Network, operation: Conv
) -> tuple[tuple[Indices, NDArray[np.bool_]], ...]:
    """Return for each shift of the kernel the columns that are seen, and whether they are inside.

    >>> from depthlaw.theory.network.text import parse_layer
    >>> network = Network(2, 1, parse_layer("conv:3:circular"), positions=(4,))
    >>> [columns.tolist() for columns, _ in shifted_columns(network, network.layer[0])]
    [[3, 0, 1, 2], [0, 1, 2, 3], [1, 2, 3, 0]]
    """
    return tuple(_shifted(network, operation))


def _shifted(network: Network, operation: Conv) -> Iterator[tuple[Indices, NDArray[np.bool_]]]:
    shape = network.positions
    lengths = operation.lengths(len(shape))
    places = np.indices(shape).reshape(len(shape), -1)
    samples = np.arange(network.batch)[:, None] * places.shape[1]
    for shift in product(*(range(-(k // 2), k // 2 + 1) for k in lengths)):
        moved = places + np.array(shift)[:, None]
        sizes = np.array(shape)[:, None]
        inside = ((moved >= 0) & (moved < sizes)).all(axis=0)
        if operation.padding is Padding.CIRCULAR:
            inside = np.ones_like(inside)
        columns = np.ravel_multi_index(tuple(moved % sizes), shape)
        yield (samples + columns).ravel(), np.tile(inside, network.batch)

"""Operations that mix columns: convolutions, means over tokens, attention that is uniform.

Columns are (sample, position), positions last. A convolution has fresh neurons of covariance

    𝒜(K)[(s,p),(s′,p′)] = (σ_w²/|kernel|) Σ_δ K[(s,p+δ),(s′,p′+δ)] + σ_b²;

a mixing of columns by a matrix A takes K to A K Aᵀ.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from depthlaw.theory.kernels.running_error import Rounded
from depthlaw.theory.network.attention import Attention
from depthlaw.theory.network.convolution import Conv, Padding
from depthlaw.theory.network.layer import Network
from depthlaw.theory.prediction.covariance import Covariance, rounded

Array = NDArray[np.float64]
_UNIT = float(np.finfo(np.float64).eps)


def convolve(operation: Conv, K: Covariance, network: Network) -> Covariance:
    """Return the covariance behind a convolution, without its bias and for σ_w² = 1.

    Parameters
    ----------
    network
        Gives the positions of a sample.
    """
    if operation.padding is Padding.CIRCULAR and (K.shared or K.columns == 1):
        # The columns of a pair stay different under a shift.
        return K
    K = K.expanded()
    G = K.matrix()
    value, error = np.zeros_like(G.value), np.zeros_like(G.value)
    count = 0
    for chosen, weight in shifts(operation, network):
        count += 1
        both = np.outer(weight, weight)
        value += both * G.value[np.ix_(chosen, chosen)]
        error += both * G.error[np.ix_(chosen, chosen)]
    error = (error + (count + 2) * _UNIT * np.abs(value)) / count
    return Covariance.of_matrix(rounded(value / count, error), K.columns)


def shifts(operation: Conv, network: Network) -> Iterator[tuple[NDArray[np.int_], Array]]:
    """Yield for each shift δ of a kernel the column at p + δ of each column, and 0 for the border.

    Both have the shape (n,); where the weight is 0 the column means nothing.

    >>> from depthlaw.theory.network.text import parse_layer
    >>> network = Network(width=8, batch=1, layer=parse_layer("conv:3"), positions=(4,))
    >>> [weight.tolist() for _, weight in shifts(network.layer[0], network)][0]
    [0.0, 1.0, 1.0, 1.0]
    """
    shape = network.positions
    places = np.arange(math.prod(shape)).reshape(shape)
    offset = np.arange(network.batch)[:, None] * places.size
    lengths = operation.lengths(len(shape))
    for shift in itertools.product(*(range(-(k // 2), k // 2 + 1) for k in lengths)):
        inside = np.ones(shape, dtype=bool)
        moved = places
        for axis, step in enumerate(shift):
            moved = np.roll(moved, -step, axis)
            if operation.padding is Padding.ZERO:
                index = np.arange(shape[axis]) + step
                kept = (index >= 0) & (index < shape[axis])
                inside &= np.expand_dims(kept, [a for a in range(len(shape)) if a != axis])
        weight = np.tile(inside.ravel(), network.batch).astype(np.float64)
        yield (offset + moved.ravel()).ravel(), weight


def token_means(network: Network) -> Array:
    """Return 11ᵀ/T for each sequence, shape (T, T)."""
    T = network.tokens
    return np.full((T, T), 1 / T)


def mask_means(operation: Attention, network: Network) -> Array:
    """Return the matrix of attention that counts alike what the mask leaves, shape (T, T).

    >>> from depthlaw.theory.network.text import parse_layer
    >>> network = Network(width=8, batch=3, layer=parse_layer("attention:uniform:causal"))
    >>> bool(np.allclose(mask_means(network.layer[0], network)[1], [1 / 2, 1 / 2, 0]))
    True
    """
    T = network.tokens
    apart = np.arange(T)[:, None] - np.arange(T)
    allowed = np.ones((T, T), dtype=bool)
    if operation.causal:
        allowed &= apart >= 0
    if operation.window is not None:
        allowed &= np.abs(apart) < operation.window
    return np.asarray(allowed / allowed.sum(axis=1, keepdims=True), dtype=np.float64)


def mix(K: Covariance, A: Array) -> Covariance:
    """Return A K Aᵀ, with A of shape (T, T) for each sequence on its own."""
    T = len(A)
    if T == 1:
        return K
    K = K.expanded()
    samples = K.columns // T
    whole = np.kron(np.eye(samples), A)
    G = K.matrix()
    value = whole @ G.value @ whole.T
    spread = whole @ (G.error + 2 * (T + 2) * _UNIT * np.abs(G.value)) @ whole.T
    return Covariance.of_matrix(rounded((value + value.T) / 2, spread), K.columns)


def mix_mean(mean: Rounded, A: Array, columns: int) -> Rounded:
    """Return A m for the mean of a row, in each sequence."""
    T = len(A)
    m, error = mean.value, mean.error
    if len(m) != columns:
        m, error = np.full(columns, m[0]), np.full(columns, error[0])
    found = (m.reshape(-1, T) @ A.T).ravel()
    spread = (error + (T + 2) * _UNIT * np.abs(m)).reshape(-1, T) @ np.abs(A).T
    return rounded(found, spread.ravel())


def one_direction(K: Covariance) -> bool:
    """Whether all columns are equal, so that no mixing by weights that add up to 1 is seen."""
    return bool(K.alike and np.all(K.correlations.value == 1) and not np.any(K.correlations.error))

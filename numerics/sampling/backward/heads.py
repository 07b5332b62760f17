"""One head of attention on its queries, keys and values, and its Jacobian."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from depthlaw.numerics.sampling.backward.maps import Back
from depthlaw.numerics.sampling.matrices import transpose
from depthlaw.numerics.sampling.walk.scores import allowed, softmax
from depthlaw.theory.network import Attention

Array = NDArray[np.float64]


def parts_of(operation: Attention) -> tuple[str, ...]:
    """Return the maps that a head draws together."""
    return ("value",) if operation.uniform else ("query", "key", "value")


def attend(operation: Attention, rows: Array, tokens: int, factor: float) -> tuple[Array, Back]:
    """Return the outputs of a head.

    Parameters
    ----------
    rows
        Its queries, keys and values, one below the other, shape (replicas, n, 3·head width); where
        attention is uniform its values alone.
    factor
        What QᵀK is multiplied by.
    """
    b, n, all_of_them = rows.shape
    parts = [
        part.reshape(b, -1, tokens, all_of_them // len(parts_of(operation)))
        for part in np.split(rows, len(parts_of(operation)), axis=-1)
    ]
    mask, V = allowed(operation, tokens), parts[-1]
    if operation.uniform:
        A = np.broadcast_to(mask / mask.sum(axis=-1, keepdims=True), (*V.shape[:2], tokens, tokens))
    else:
        Q, K = parts[:2]
        A = softmax(Q @ transpose(K) * factor, mask)

    def back(D: Array) -> Array:
        D = D.reshape(V.shape)
        to_values = transpose(A) @ D
        if operation.uniform:
            return to_values.reshape(b, n, -1)
        to_weights = D @ transpose(V)
        shared = (A * to_weights).sum(axis=-1, keepdims=True)
        to_scores = A * (to_weights - shared) * factor
        moved = (to_scores @ K, transpose(to_scores) @ Q, to_values)
        return np.concatenate([part.reshape(b, n, -1) for part in moved], axis=-1)

    return (A @ V).reshape(b, n, -1), back

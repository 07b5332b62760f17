"""Attention, given G: its scores head by head, and the covariance of the neurons of its outputs.

Rows of queries, keys and values are N(0, G). With F Fᵀ = G, QᵀK = F Bᵀ Ξ Fᵀ for the Bartlett factor
B of a Wishart matrix of head-width degrees and a Gaussian Ξ; VᵀV is F times a Wishart times Fᵀ. So
a head costs O(n³) whatever its width. Heads are independent given G, the maps of all sequences of a
batch are shared.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from depthlaw.numerics.sampling.matrices import factor, transpose
from depthlaw.numerics.sampling.walk.draws import Draws
from depthlaw.numerics.sampling.walk.moments import Moments
from depthlaw.theory.network import Attention

Array = NDArray[np.float64]


def attention(operation: Attention, entering: Moments, tokens: int, draws: Draws) -> Array:
    """Return the covariance of a neuron of the outputs, shape (replicas, n, n)."""
    F = factor(entering.gram)
    n, width = F.shape[-2], operation.head_neurons(entering.width)
    rank = F.shape[-1]
    mask = allowed(operation, tokens)
    total = np.zeros_like(entering.gram)
    for _ in range(operation.heads):
        blocks = F.reshape(len(F), n // tokens, tokens, rank)
        if operation.uniform:
            A = np.broadcast_to(mask / mask.sum(axis=-1, keepdims=True), (1, 1, tokens, tokens))
        else:
            B = transpose(draws.bartlett(rank, width))  # (replicas, min(rank, width), rank)
            middle = transpose(B) @ draws.normals(B.shape[-2], rank)
            scores = blocks @ middle[:, None] @ transpose(blocks)
            A = softmax(scores * operation.score_factor(entering.width), mask)
        mixed = (A @ blocks).reshape(F.shape)
        R = mixed @ draws.bartlett(rank, width)
        total += R @ transpose(R)
    return total / (operation.heads * width)


def allowed(operation: Attention, tokens: int) -> NDArray[np.bool_]:
    """Return which keys a query attends to, shape (tokens, tokens): rows are queries.

    >>> allowed(Attention(causal=True, window=2), 3).astype(int).tolist()
    [[1, 0, 0], [1, 1, 0], [0, 1, 1]]
    """
    behind = np.arange(tokens)[:, None] - np.arange(tokens)[None, :]
    mask = np.ones((tokens, tokens), dtype=np.bool_)
    if operation.causal:
        mask &= behind >= 0
    if operation.window is not None:
        mask &= np.abs(behind) < operation.window
    return mask


def softmax(scores: Array, mask: NDArray[np.bool_]) -> Array:
    """Return the softmax of each row over the keys that the mask leaves."""
    masked = np.where(mask, scores, -np.inf)
    masked -= masked.max(axis=-1, keepdims=True)
    np.exp(masked, out=masked)
    masked /= masked.sum(axis=-1, keepdims=True)
    return masked

"""Route EXPLICIT: draws every weight. Any network, O(d²n) a layer, O(d²) memory."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from depthlaw.numerics.sampling.block import Array, Block, Counts
from depthlaw.numerics.sampling.haar import frames
from depthlaw.numerics.sampling.matrices import transpose
from depthlaw.numerics.sampling.neurons import apply
from depthlaw.numerics.sampling.state import gram_of
from depthlaw.numerics.streams import fill_normals
from depthlaw.theory.network import Linear, Network, Weights


def why_not(network: Network) -> str | None:
    """Return None: the route has the law of every network."""
    return None


def steps(network: Network, block: Block, layers: int) -> Iterator[Counts]:
    """Take the block through `layers` layers; `block.state` must be there."""
    for _ in range(layers):
        X = block.state
        assert X is not None, "the simulation starts this route with a state"
        zeros = np.zeros(len(X), dtype=np.int64)
        for operation in network.layer:
            if isinstance(operation, Linear):
                H = transpose(X)
                moved = _weights(operation, network.width, block) @ H
                H = moved if operation.residual is None else H + operation.residual * moved
                X = np.ascontiguousarray(transpose(H))
            else:
                zeros += apply([operation], X)
        block.state = X
        block.gram = gram_of(X, network.width)
        yield zeros


def _weights(operation: Linear, d: int, block: Block) -> Array:
    """Return W, shape (replicas, d, d)."""
    generators = block.first_streams
    if operation.weights is Weights.HAAR:
        return frames(generators, d, d)
    W = np.empty((len(generators), d, d))
    if operation.weights is Weights.GAUSSIAN:
        fill_normals(generators, W)
    else:
        for generator, part in zip(generators, W, strict=True):
            generator.random(out=part)
        W -= 0.5
        W *= np.sqrt(12)
    W *= operation.weight_scale(d)
    return W

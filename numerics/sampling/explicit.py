"""Route EXPLICIT: draws every weight. Any network, O(d²n) a layer, O(d²) memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.random import Generator

from depthlaw.numerics.sampling.block import Array, Block, Counts
from depthlaw.numerics.sampling.haar import frames
from depthlaw.numerics.sampling.matrices import transpose
from depthlaw.numerics.sampling.neurons import apply, dead_units, last_activation
from depthlaw.numerics.sampling.roots import follow_rank, rank_factors
from depthlaw.numerics.sampling.segments import RECENTER
from depthlaw.numerics.sampling.state import drawn_from_gram, gram_of
from depthlaw.numerics.streams import fill_normals
from depthlaw.theory.elementwise import Elementwise
from depthlaw.theory.network import Linear, Network, Over, Recenter, Weights
from depthlaw.theory.network.weight_law import WeightLaw


def why_not(network: Network) -> str | None:
    """Return None: the route has the law of every network."""
    return None


def steps(network: Network, block: Block, layers: int) -> Iterator[Counts]:
    """Take the block through `layers` layers; without a state the first W H is drawn from G.

    Directions that a linear network's start lacks would grow out of the rounding of W H, by an
    order of magnitude in some ten layers. There H is kept as a product of the rank that it has.
    """
    singular = _lacks_directions(network, block)
    watched = last_activation(network.layer)
    for _ in range(layers):
        X = block.state
        zeros = np.zeros(len(block.gram), dtype=np.int64)
        for place, operation in enumerate(network.layer):
            if X is None:
                assert isinstance(operation, Linear), "else the start has a state"
                X = drawn_from_gram(operation, block, network.width)
            elif isinstance(operation, Linear):
                W = draw_weights(operation, network.width, block.first_streams)
                if singular:
                    F, basis = rank_factors(X, block.rank)
                    X = F @ basis
                    moved = transpose(F @ (basis @ transpose(W)))
                else:
                    moved = W @ transpose(X)
                H = transpose(X)
                H = moved if operation.residual is None else H + operation.residual * moved
                X = np.ascontiguousarray(transpose(H))
            else:
                zeros += apply([operation], X)
                if place == watched:
                    block.dead = dead_units(X) / network.width
            if singular:
                follow_rank(block, (operation,), network.width)
        assert X is not None, "a layer has at least one operation"
        block.state = X
        block.gram = gram_of(X, network.width)
        yield zeros


def _lacks_directions(network: Network, block: Block) -> bool:
    """Return whether some replica has fewer directions than operations and widths explain."""
    if any(isinstance(operation, Elementwise) for operation in network.layer):
        return False
    explained = np.minimum(
        block.distinct - (RECENTER in network.layer),
        network.width - (Recenter(Over.FEATURES) in network.layer),
    )
    return bool((block.rank < explained).any())


def draw_weights(
    operation: Linear, d: int, generators: Sequence[Generator], out: int | None = None
) -> Array:
    """Return W with its scale and mean, shape (replicas, out, d); `out` is d if left out.

    >>> W = draw_weights(Linear(Weights.HAAR), 4, [np.random.default_rng(0)])[0]
    >>> bool(np.abs(W @ W.T - np.eye(4)).max() < 8 * 4 * 4 * np.finfo(float).eps)
    True
    """
    if operation.weights is Weights.HAAR:
        return frames(generators, d, d)
    W = np.empty((len(generators), d if out is None else out, d))
    if operation.weights is Weights.GAUSSIAN:
        fill_normals(generators, W)
    elif isinstance(operation.weights, WeightLaw):
        _fill_discrete(operation.weights, generators, W)
    else:
        for generator, part in zip(generators, W, strict=True):
            generator.random(out=part)
        W -= 0.5
        W *= np.sqrt(12)
    scale, mean = operation.weight_scale(d), operation.weight_mean(d)
    if scale != 1:
        W *= scale
    if mean:
        W += mean
    return W


def _fill_discrete(law: WeightLaw, generators: Sequence[Generator], W: Array) -> None:
    """Fill W with whole numbers below the common denominator, looked up among the values."""
    values, thresholds = np.array(law.values, dtype=np.float64), np.array(law.thresholds)
    for generator, part in zip(generators, W, strict=True):
        draws = generator.integers(law.denominator, size=part.shape)
        part[...] = values[np.searchsorted(thresholds, draws, side="right")]

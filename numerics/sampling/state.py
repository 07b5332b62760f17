"""Route STATE: keeps H and draws W H given H, without W.

Gaussian weights: W H has independent rows N(0, s²·HᵀH/d), whatever else is done with H, so that a
residual H + γ W H is exact too. A mean μ of the entries adds μ·1(1ᵀH), which H determines. Haar
weights: H = S R with an orthonormal frame S, and W S is a uniform frame. Costs O(dn²) a layer and
O(dn) memory.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import zip_longest

import numpy as np

from depthlaw.numerics.sampling.block import Array, Block, Counts
from depthlaw.numerics.sampling.haar import frames
from depthlaw.numerics.sampling.matrices import outer_products, symmetrised, transpose
from depthlaw.numerics.sampling.neurons import apply, dead_units, last_activation
from depthlaw.numerics.sampling.roots import draw_factor, follow_rank, root_of_state
from depthlaw.numerics.sampling.segments import RECENTER
from depthlaw.numerics.streams import fill_normals
from depthlaw.theory.network import Linear, Network, Weights

_DRAWN_WITHOUT_W = (Weights.GAUSSIAN, Weights.HAAR)


def why_not(network: Network) -> str | None:
    """Return why the route does not have the network's law, or None where it has."""
    for operation in network.layer:
        if isinstance(operation, Linear) and operation.weights not in _DRAWN_WITHOUT_W:
            return f"with {operation.weights} weights W H is not Gaussian: it takes the whole of W"
    return None


def steps(network: Network, block: Block, layers: int) -> Iterator[Counts]:
    """Take the block through `layers` layers; without a state the first one is drawn from G."""
    d = network.width
    watched = last_activation(network.layer)
    after_layer = False  # when block.gram is that of X, to the last bit
    for _ in range(layers):
        X = block.state
        zeros = np.zeros(len(block.gram), dtype=np.int64)
        pairs = zip_longest(network.layer, network.layer[1:])
        for place, (operation, following) in enumerate(pairs):
            if isinstance(operation, Linear):
                # Without a residual, centring F first leaves exact zeros of equal samples.
                recentred = following == RECENTER and operation.residual is None
                if X is None:
                    X = drawn_from_gram(operation, block, d, recentred=recentred)
                else:
                    if not after_layer:
                        block.gram = gram_of(X, d)
                    X = _linear(operation, X, block, recentred)
            else:
                assert X is not None, "the simulation starts this route with a state"
                zeros += apply([operation], X)
                if place == watched:
                    block.dead = dead_units(X) / d
            after_layer = False
            follow_rank(block, (operation,), d)
        assert X is not None, "a layer that starts without a state draws one"
        block.state = X
        block.gram = gram_of(X, d)
        after_layer = True
        yield zeros


def gram_of(states: Array, width: int) -> Array:
    """Return G = HᵀH/d, shape (replicas, n, n), of Hᵀ, shape (replicas, n, d)."""
    return symmetrised(outer_products(states)) / width


def drawn_from_gram(
    operation: Linear, block: Block, width: int, *, recentred: bool = False
) -> Array:
    """Return W H, transposed, for a G that no state of this width has: its rank is too large."""
    scale = width**0.5 * operation.weight_scale(width)
    F = draw_factor(block, recentred=recentred, scale=scale)
    Z = np.empty((len(F), F.shape[-1], width))
    fill_normals(block.first_streams, Z)
    return np.asarray(F @ Z)


def _linear(operation: Linear, X: Array, block: Block, recentred: bool) -> Array:
    d = X.shape[-1]
    scale = d**0.5 * operation.weight_scale(d)
    F = draw_factor(
        block, recentred=recentred, scale=scale, roots=lambda at: root_of_state(X[at], d)
    )
    if operation.weights is Weights.HAAR:
        F = F[..., :d]
        moved = F @ transpose(frames(block.first_streams, d, F.shape[-1]))
    else:
        Z = np.empty((len(X), F.shape[-1], d))
        fill_normals(block.first_streams, Z)
        moved = F @ Z
        mean = operation.weight_mean(d)
        if mean:
            moved += mean * X.sum(axis=-1, keepdims=True)
    return moved if operation.residual is None else X + operation.residual * moved

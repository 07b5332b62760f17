"""A walk stage by stage: the stem if there is one, the layers, the head if there is one."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from depthlaw.numerics.sampling.block import Array, Block, Counts
from depthlaw.numerics.sampling.haar import random_states
from depthlaw.numerics.sampling.matrices import factor
from depthlaw.numerics.sampling.walk.draws import Draws
from depthlaw.numerics.sampling.walk.explicit import Explicit
from depthlaw.numerics.sampling.walk.flow import Flow
from depthlaw.numerics.sampling.walk.fresh import Sharing
from depthlaw.numerics.sampling.walk.kept import Kept
from depthlaw.numerics.sampling.walk.lowered import Program, Sequence, is_fresh, program
from depthlaw.numerics.sampling.walk.moments import Moments
from depthlaw.numerics.sampling.walk.streamed import Streamed
from depthlaw.theory.network import (
    Conv,
    Linear,
    Network,
    Over,
    Recenter,
    Residual,
    Variance,
    Weights,
)


def stages(network: Network, depth: int) -> int:
    """Return how many stages there are: `depth` layers, and the stem and the head beside them."""
    return depth + bool(network.stem) + bool(network.head)


def output_width(network: Network, depth: int) -> int:
    """Return the neurons that come out at the end.

    >>> from depthlaw.theory.network.text import parse_layer
    >>> output_width(Network(8, 2, parse_layer("linear"), head=parse_layer("linear:width=2x")), 3)
    16
    """
    width, found = network.entry, program(network)
    for number in range(1, stages(network, depth) + 1):
        width = network.width_after(stage(found, number, depth), width)
    return width


def stage(found: Program, number: int, depth: int) -> Sequence:
    """Return the operations of a stage, numbered from 1; none after the last."""
    number -= bool(found.stem)
    if number == 0:
        return found.stem
    if number <= depth:
        return found.layer
    return found.head if number == depth + 1 else ()


def first_draws(network: Network) -> bool:
    """Return whether the first thing that is done draws weights: only G of the start matters.

    Not where weights have a mean, by which neurons share a part of the start's own mean.
    """
    first = stage(program(network), 1, 1)[0]
    if isinstance(first, Linear):
        return first.weights is Weights.GAUSSIAN and not first.mean
    return is_fresh(first)


def needs_room(network: Network) -> bool:
    """Return whether the start itself is used before weights are drawn, or its mean is.

    It then has to exist: as many features as its Gram matrix has directions.

    >>> from depthlaw.theory.network.text import parse_layer
    >>> [needs_room(Network(8, 2, parse_layer(text)))
    ...  for text in ("rmsnorm,linear:bias=1", "layernorm,linear", "residual(rmsnorm,linear)")]
    [False, True, True]
    """
    found = program(network)
    for operation in (*found.stem, *found.layer):
        if is_fresh(operation):
            return isinstance(operation, Linear) and operation.mean != 0
        if isinstance(operation, Residual) or operation == Recenter(Over.FEATURES):
            return True
    return False


def only_gram_matters(network: Network) -> bool:
    """Return whether nothing depends on the start but through G, not on its features either.

    >>> from depthlaw.theory.network.text import parse_layer
    >>> only_gram_matters(Network(8, 2, parse_layer("linear,relu"), inputs=99))
    True
    >>> only_gram_matters(Network(8, 2, parse_layer("linear:unit,relu"), inputs=99))
    False
    """
    first = stage(program(network), 1, 1)[0]
    if isinstance(first, Linear):
        usual = first.weights is Weights.GAUSSIAN and first.variance is not Variance.UNIT
        return usual and not first.mean
    return isinstance(first, Conv)


def steps(
    kind: type[Streamed] | type[Kept] | type[Explicit],
    network: Network,
    block: Block,
    layers: int,
    sharing: Sharing | None = None,
) -> Iterator[Counts]:
    """Take the block through `layers` stages, and yield the zeros of each."""
    found, flow = program(network), block.flow
    assert flow is not None, "a block of a walk has a flow"
    if kind is Streamed:
        walk: Streamed | Kept | Explicit = Streamed(found, flow, sharing or Sharing())
    else:
        walk = Kept(found, flow) if kind is Kept else Explicit(found, flow)
    for _ in range(layers):
        flow.stage += 1
        flow.begin()
        # Two stages ahead: a layer may do nothing that settles whether rows are needed.
        ahead = (stage(found, flow.stage + k, flow.depth) for k in (1, 2))
        moments = walk.through(
            stage(found, flow.stage, flow.depth), tuple(o for part in ahead for o in part)
        )
        block.gram, block.dead = moments.gram, flow.dead
        yield flow.zeros


def open_flow(
    network: Network,
    draws: Draws,
    depth: int,
    *,
    gram: Array,
    state: Array | None,
    keeps_rows: bool,
) -> Flow:
    """Return a flow before the first stage.

    Parameters
    ----------
    gram, state
        G, shape (n, n), and Hᵀ, shape (n, d), or None where only G is given: H is then drawn
        uniformly among those with this Gram matrix, anew in each replica.
    keeps_rows
        Whether the walk carries rows.
    """
    d, b = network.entry, draws.replicas
    if not keeps_rows:
        mean = None
        if program(network).needs_mean:
            mean = _mean(gram, d, draws) if state is None else np.tile(state.mean(axis=1), (b, 1))
        value: Moments | Array = Moments(np.tile(gram, (b, 1, 1)), mean, d)
    elif state is not None:
        value = np.tile(state, (b, 1, 1))
    elif (factor(gram[None])[0][:, d:] != 0).any():
        value = Moments(np.tile(gram, (b, 1, 1)), None, d)
    else:
        value = random_states(draws.streams(draws.next()), factor(gram[None])[0], d)
    return Flow(draws, value, depth=depth)


def _mean(gram: Array, width: int, draws: Draws) -> Array:
    """Return Hᵀ1/d for H = √d Q Fᵀ with a uniform frame Q: F times a part of a unit vector."""
    F = factor(gram[None])[0][:, :width]
    part = draws.normals(F.shape[-1])
    rest = draws.bartlett(1, width - F.shape[-1])
    lengths = (part**2).sum(axis=-1) + (rest**2).sum(axis=(-2, -1))
    part /= np.sqrt(lengths)[:, None]
    # Row by row: a product for all replicas at once would depend on how they are grouped.
    return np.asarray((part[:, None, :] @ F.T)[:, 0])

"""New weights: the law of the neurons that they draw, whatever the operation."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from depthlaw.numerics.sampling.matrices import factor
from depthlaw.numerics.sampling.walk import covariance
from depthlaw.numerics.sampling.walk.draws import Draws
from depthlaw.numerics.sampling.walk.fresh import Fresh, drawn
from depthlaw.numerics.sampling.walk.moments import Moments
from depthlaw.numerics.sampling.walk.rows import Shift
from depthlaw.numerics.sampling.walk.scores import attention
from depthlaw.theory.network import Attention, Conv, Linear, Network, Operation
from depthlaw.theory.network.width import neurons

Array = NDArray[np.float64]


def new_rows(operation: Operation, entering: Moments, network: Network, draws: Draws) -> Array:
    """Return the rows of these neurons, kept whole: shape (replicas, n, neurons)."""
    fresh = new_neurons(operation, entering, network, draws)
    rows = drawn(fresh, draws)
    if fresh.offset is not None:
        rows += fresh.offset[:, :, None]
    return rows


def new_neurons(operation: Operation, entering: Moments, network: Network, draws: Draws) -> Fresh:
    """Return the neurons that new weights draw from what enters, of which only moments matter."""
    offset = None
    match operation:
        case Linear():
            K = covariance.dense(operation, entering)
            offset = covariance.dense_offset(operation, entering)
            width = neurons(operation.width, network.width)
        case Conv():
            K = covariance.convolution(operation, entering, network)
            width = neurons(operation.width, network.width)
        case Attention():
            K = attention(operation, entering, network.tokens, draws)
            width = entering.width
        case _:
            raise AssertionError(f"{operation} draws no weights")
    fresh = Fresh(factor(K), width, draws.next())
    return fresh if offset is None else fresh.then(Shift(offset))

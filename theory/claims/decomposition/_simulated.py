"""Networks of finite width from orthonormal points: what the measured claims share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from depthlaw.theory.activations import activation
from depthlaw.theory.claim import Measured, Observed
from depthlaw.theory.network import Linear, Network, Operation, Recenter, Rescale, batch_geometry

Array = NDArray[np.float64]
RELU = activation("relu").operation()
WITHOUT_RESCALING: tuple[Operation, ...] = (Linear(), Recenter(), RELU)
WITH_RESCALING: tuple[Operation, ...] = (Linear(), Recenter(), Rescale(), RELU)


def measured(
    batch: int, width: int, layer: tuple[Operation, ...], observable: str, depth: int
) -> Measured:
    """Describe the mean of an observable in [0, 1] at layer `depth`.

    After ReLU no inner product is negative, so that cosines lie in [0, 1] too.
    """
    return Measured(
        Network(width, batch, layer),
        np.eye(batch),
        depth,
        {observable: batch_geometry.GEOMETRY[observable].function},
        _last(observable),
        lowest=0.0,
        highest=1.0,
        layers=(depth,),
    )


def fewer(batch: int, width: int, depth: int) -> Measured:
    """Describe the probability that recentring and ReLU have not made an odd state by `depth`."""
    odd = measured(batch, width, WITHOUT_RESCALING, "odd_state", depth)
    return replace(odd, per_replica=lambda observed: 1 - observed["odd_state"][:, -1])


def _last(observable: str) -> Callable[[Observed], Array]:
    return lambda observed: observed[observable][:, -1]

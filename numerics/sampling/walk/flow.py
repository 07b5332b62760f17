"""A block of replicas on its walk: the draws it has made, and H as far as it is known."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from depthlaw.numerics.sampling.walk.draws import Draws
from depthlaw.numerics.sampling.walk.fresh import Fresh
from depthlaw.numerics.sampling.walk.moments import Moments

Array = NDArray[np.float64]
Counts = NDArray[np.int64]


@dataclass
class Flow:
    """What a walk carries from one layer to the next.

    Attributes
    ----------
    draws
        The random numbers.
    value
        H: its moments alone, neurons drawn but not kept, or the rows, shape (replicas, n, d).
    depth, stage
        Layers of the network, and stages that are done.
    zeros
        Neurons and samples that were zero where they were rescaled in this layer, (replicas,).
    dead
        Share of the neurons of the layer's last activation that are zero on every column; None
        where the layer has none. Shape (replicas,).
    """

    draws: Draws
    value: Moments | Fresh | Array
    depth: int = 0
    stage: int = 0
    zeros: Counts = field(default_factory=lambda: np.zeros(1, dtype=np.int64))
    dead: Array | None = None

    def begin(self) -> None:
        """Forget what the last layer counted."""
        self.zeros = np.zeros(self.draws.replicas, dtype=np.int64)
        self.dead = None

"""Gradients of networks of orthogonal weights and batch norm: what is simulated."""

from __future__ import annotations

import math

import numpy as np

from depthlaw.theory.claim import (
    BATCH,
    WIDTH,
    Array,
    Backward,
    Budget,
    Check,
    Measured,
    Observed,
    Typical,
)
from depthlaw.theory.claim.backward import WEIGHT
from depthlaw.theory.network import Network, gram
from depthlaw.theory.network.text import parse_layer

LAYER = "linear:haar,rescale"
DEPTH, UPPER, LOWER = 140, 130, 30
PARAMETERS = (BATCH, WIDTH)
MODEL = (
    "X ← BN(WX), BN dividing rows by their lengths, W uniform orthogonal in every layer",
    "the batch begins with cosines 1/2; the gradient at the output is a random direction",
    "the growth is that of log ‖∂L/∂W_ℓ‖ per layer, over a hundred layers",
)


def _growth(observed: Observed) -> Array:
    seen = observed[WEIGHT]
    return np.asarray((seen[:, LOWER] - seen[:, UPPER]) / (2 * (UPPER - LOWER)))


def check(batch: int, width: int, replicas: int, budget: Budget = Budget.QUICK) -> Check:
    """Return the check of the median growth per layer."""
    experiment = Measured(
        Network(width, batch, parse_layer(LAYER)),
        gram.equicorrelated(batch, 0.5),
        DEPTH,
        {},
        _growth,
        -math.inf,
        math.inf,
        backward=Backward(),
    )
    return Check(
        f"n = {batch}, d = {width}",
        {"batch": batch, "width": width},
        Typical(experiment),
        budget=budget,
        replicas=replicas,
    )

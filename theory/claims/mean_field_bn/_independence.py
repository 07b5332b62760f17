"""Gradient independence: what is simulated to see how wrong it is.

Mean-field theory goes back through weights that are drawn anew. Both ways of going back are taken
through the same networks, so that their difference is known far better than either.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import sympy as sp

from depthlaw.theory.claim import (
    Argued,
    Array,
    Backward,
    Budget,
    Check,
    Cited,
    Identity,
    Measured,
    Observed,
    Requires,
    Steps,
    Typical,
)
from depthlaw.theory.claim.backward import ANEW, WEIGHT
from depthlaw.theory.network import Network, gram
from depthlaw.theory.network.text import parse_layer
from depthlaw.theory.writing.symbols import d, n

DEPTH, UPPER, LOWER = 28, 24, 8
"""Layers, and between which of them gradients are seen to grow: eight come before, four after."""
BATCH_NORM = "linear,batchnorm:epsilon=0,relu"
LAYER_NORM = "relu,layernorm:epsilon=0,linear"
MODEL = "Gaussian weights of variance 1/d, no bias, ε = 0"
START = "all pairs of samples begin with the cosine 1/2"
RANDOM = "∂L/∂H at the output is a uniformly random direction, independent of the network"
SIZES = (
    Requires(sp.And(n >= 4, n <= 32), "batches from 4 to 32 were looked at"),
    Requires(sp.And(d >= 16, d <= 512), "widths from 16 to 512 were looked at"),
)


def met_again(remark: str) -> Steps:
    """Yield why weights that are met again are not new ones."""
    yield Cited(
        "given what it drew, Z = W H, a Gaussian W is known on the range of H and independent of "
        "that beyond: WᵀE is QΩᵀE + (I − QQᵀ)N, Q spanning the range, N with rows N(0, EᵀE)",
        "Muirhead, Aspects of Multivariate Statistical Theory, 1982, Theorem 1.2.11",
    )
    known, width = sp.symbols("r d", positive=True)
    yield Identity(
        "of the squared length of N the projection leaves d − r parts of d",
        (width - known) / width,
        1 - known / width,
    )
    yield Argued("what is left to see", remark)


def error_of_growth(observed: Observed) -> Array:
    """Return by how much independent weights overstate the growth per layer."""
    error = observed[ANEW + WEIGHT] - observed[WEIGHT]
    return np.asarray((error[:, LOWER] - error[:, UPPER]) / (UPPER - LOWER))


def growth(observed: Observed) -> Array:
    """Return the growth of log ‖∂L/∂W‖² per layer, towards the input."""
    seen = observed[WEIGHT]
    return np.asarray((seen[:, LOWER] - seen[:, UPPER]) / (UPPER - LOWER))


def overstated(layer: str, batch: int, width: int) -> Measured:
    """Return the experiment whose number is the error of the growth."""
    return _experiment(layer, batch, width, error_of_growth, Backward(compares=True))


def understated(layer: str, batch: int, width: int) -> Measured:
    """Return the experiment whose number is the error of the growth, with the other sign."""
    return _experiment(
        layer, batch, width, lambda seen: -error_of_growth(seen), Backward(compares=True)
    )


def true_growth(layer: str, batch: int, width: int) -> Measured:
    """Return the experiment whose number is the growth itself."""
    return _experiment(layer, batch, width, growth, Backward())


def _experiment(
    layer: str,
    batch: int,
    width: int,
    number: Callable[[Observed], Array],
    backward: Backward,
) -> Measured:
    return Measured(
        Network(width, batch, parse_layer(layer)),
        gram.equicorrelated(batch, 0.5),
        DEPTH,
        {},
        number,
        -math.inf,
        math.inf,
        backward=backward,
    )


Sizes = dict[tuple[int, int], int]
"""Trajectories by batch and width."""


def checks(
    experiment: Callable[[str, int, int], Measured], layer: str, quick: Sizes, standard: Sizes
) -> tuple[Check, ...]:
    """Return the checks of a median at these sizes."""
    return tuple(
        Check(
            f"n = {n}, d = {d}",
            {"batch": n, "width": d},
            Typical(experiment(layer, n, d)),
            budget=budget,
            replicas=replicas,
        )
        for budget, sizes in ((Budget.QUICK, quick), (Budget.STANDARD, standard))
        for (n, d), replicas in sizes.items()
    )

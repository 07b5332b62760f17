"""How a simulation with gradients is cut into tasks."""

from __future__ import annotations

import math

from depthlaw.numerics.sampling.backward.passes import KEPT
from depthlaw.numerics.sampling.costs import BLOCK, MOST_REPLICAS
from depthlaw.numerics.sampling.plan import Plan, in_gigabytes, memory_limit
from depthlaw.numerics.sampling.routes import WALK_WORK, Route
from depthlaw.numerics.sampling.walk.lowered import program
from depthlaw.theory.errors import ArgumentError
from depthlaw.theory.network import Conv, Network

_ARRAYS = 12
"""Arrays of the size of a layer's neurons that are alive at a time in the widest layer."""


def gradient_plan(
    network: Network, route: Route, *, depth: int, replicas: int, workers: int
) -> Plan:
    """Return the sizes of tasks; each takes some replicas through all layers and back.

    Raises
    ------
    ArgumentError
        If one replica needs more memory than a simulation may use here, with the estimate.
    """
    numbers, arrays = int(WALK_WORK[route](network).numbers), _ARRAYS + _shifts(network)
    block = min(max(1, BLOCK // numbers), MOST_REPLICAS, -(-replicas // workers))
    needed = 8 * (block * numbers * arrays + KEPT)
    limit = memory_limit()
    if 8 * numbers * arrays > limit:
        raise ArgumentError(
            "width",
            network.width,
            f"the {route} route needs about {in_gigabytes(8 * numbers * arrays):.3g} GB for the "
            f"gradients of one replica and may use {limit / 1e9:.3g} GB here; take a smaller width",
        )
    return Plan(
        block=block,
        layers=max(1, depth),
        at_once=int(max(1, min(workers, limit // needed))),
        share_layers=False,
        chunks=1,
        worth_threads=replicas * max(1, depth) * numbers > 2**16,
    )


def _shifts(network: Network) -> int:
    """Return the shifts of the largest kernel: each has rows of its own on the way back."""
    axes = len(network.positions)
    kernels = [o for o in program(network).operations if isinstance(o, Conv)]
    return max((math.prod(kernel.lengths(axes)) for kernel in kernels), default=0)

"""A block of replicas through all layers and back: what workers run for gradients."""

from __future__ import annotations

import numpy as np

from depthlaw.numerics.sampling.advance import Job, Leg
from depthlaw.numerics.sampling.backward.chunks import Rows, chunk_sizes, in_sizes
from depthlaw.numerics.sampling.backward.passes import GradientTables, Passes
from depthlaw.numerics.sampling.block import Block
from depthlaw.numerics.sampling.guard import Guard
from depthlaw.numerics.sampling.routes import Route
from depthlaw.numerics.sampling.walk.draws import Draws
from depthlaw.numerics.sampling.walk.moments import Moments
from depthlaw.numerics.sampling.walk.steps import open_flow, stages
from depthlaw.theory.errors import ArgumentError


def differentiate(job: Job, first: int, replicas: int) -> tuple[Block, Leg, GradientTables]:
    """Return the last Gram matrices, what was seen on the way, and the gradients.

    Raises
    ------
    ArgumentError
        If Gram matrices or gradients leave the range of doubles.
    """
    assert job.gradients is not None, "they are asked for"
    draws = Draws(job.seed, first, replicas)
    shown = stages(job.network, job.depth)
    leg = Leg.empty(job, first, 0, replicas, shown)
    with np.errstate(all="ignore"):
        start = _start(job, draws)
        block = Block(
            gram=start[1].gram,
            state=None,
            exponent=np.full(replicas, job.exponent, dtype=np.int64),
            streams=[],
        )
    explicit = job.route is Route.EXPLICIT
    passes = Passes(job.network, job.depth, draws, explicit, job.gradients)
    guard = Guard(job.network, block, wanders=False)
    with guard.listening:
        for layer, tape in enumerate(passes.forward(*start)):
            block.gram, block.dead = tape.moments.gram, tape.tally.dead
            _check_forward(job, guard, layer + 1)
            leg.record(job, block, layer, tape.tally.zeros)
            guard.next_layer()
        found = passes.back()
    _check(job, found)
    return block, leg, found


def _start(job: Job, draws: Draws) -> tuple[Rows | None, Moments]:
    """Return Hᵀ in chunks, None where no batch of this width has this G, and its moments."""
    flow = open_flow(job.network, draws, job.depth, gram=job.gram, state=job.state, keeps_rows=True)
    if isinstance(flow.value, Moments):
        return None, flow.value
    assert isinstance(flow.value, np.ndarray), "a start is rows or moments"
    gram = np.tile(job.gram, (draws.replicas, 1, 1))
    rows = list(in_sizes([flow.value], chunk_sizes(job.network.entry, job.network.columns)))
    return rows, Moments(gram, flow.value.mean(axis=-1), job.network.entry)


def _check_forward(job: Job, guard: Guard, layer: int) -> None:
    """Look at the batch after a layer; its scale is not brought back where gradients are taken."""
    try:
        guard.check(layer)
    except ArgumentError:
        if not job.wanders:
            raise
        raise ArgumentError(
            "depth",
            job.depth,
            f"the batch leaves the range of doubles in layer {layer}, and with gradients its "
            "scale is not brought back: take fewer layers, or rescale in every layer",
        ) from None


def _check(job: Job, found: GradientTables) -> None:
    for table in (found.stream, *found.weights.values()):
        if (table == np.inf).any():
            raise ArgumentError(
                "layer",
                job.network.describe(),
                "its gradients leave the range of doubles within one layer: normalise",
            )

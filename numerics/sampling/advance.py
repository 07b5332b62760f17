"""A leg: some layers of a block of replicas, with what is observed on the way.

Workers run legs and nothing else. Legs are short, so that an interrupt gets out promptly and a
caller hears of progress.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from depthlaw.numerics.sampling.backward.passes import Request
from depthlaw.numerics.sampling.block import Array, Block, Counts
from depthlaw.numerics.sampling.guard import Guard
from depthlaw.numerics.sampling.haar import random_states
from depthlaw.numerics.sampling.matrices import factor
from depthlaw.numerics.sampling.routes import Route, steps_of
from depthlaw.numerics.sampling.segments import homogeneous
from depthlaw.numerics.sampling.walk.draws import Draws
from depthlaw.numerics.sampling.walk.steps import open_flow
from depthlaw.numerics.streams import Seed, chunk_widths, streams
from depthlaw.theory.errors import ArgumentError
from depthlaw.theory.network import Network, Rescale
from depthlaw.theory.network.gram import Functional
from depthlaw.theory.network.observables import evaluate


@dataclass(frozen=True)
class Job:
    """What all blocks of a simulation have in common.

    `state` is the initial Hᵀ, shape (n, d), on routes that keep it, and `root` an R with R Rᵀ = G
    on the others; None where only the Gram matrix is given. `rank` and `distinct` say what rank the
    batch can have and how many of its samples differ. Observables are taken in the layers
    `observed`, None for all; `depth` layers there are. The true start is
    ``gram * 2.0**exponent``, where the network forgets its scale or keeps it to the end.
    `gradients` says which are wanted.
    """

    network: Network
    route: Route
    seed: Seed
    gram: Array
    state: Array | None
    root: Array | None
    rank: int
    distinct: int
    observables: Mapping[str, Functional]
    exponent: int = 0
    observed: frozenset[int] | None = None
    depth: int = 0
    gradients: Request | None = None

    @cached_property
    def wanders(self) -> bool:
        """Whether the scale of G can run away, and may be brought back: nothing ever resets it."""
        if not self.network.is_plain:
            return False
        rescales = any(isinstance(operation, Rescale) for operation in self.network.layer)
        return homogeneous(self.network) and not rescales

    def open_block(self, first: int, replicas: int) -> Block:
        """Return a block of `replicas` replicas from number `first` on, before the first layer."""
        d, n = self.network.width, self.network.columns
        if not self.network.is_plain:
            return self._open_walk(first, replicas)
        chunks = len(chunk_widths(d, n)) if self.route is Route.GRAM else 1
        drawn = streams(self.seed, range(first, first + replicas), chunks)
        state = None
        if self.route.keeps_state:
            if self.state is None and self.rank > d:
                state = None  # the first layer's neurons are drawn from G
            elif self.state is None:
                starts = [chunks_of[0] for chunks_of in drawn]
                state = random_states(starts, factor(self.gram[None])[0], d)
            else:
                state = np.tile(self.state, (replicas, 1, 1))
        return Block(
            gram=np.tile(self.gram, (replicas, 1, 1)),
            state=state,
            exponent=np.full(replicas, self.exponent, dtype=np.int64),
            streams=drawn,
            root=None if self.root is None else np.tile(self.root, (replicas, 1, 1)),
            rank=np.full(replicas, self.rank, dtype=np.int64),
            distinct=np.full(replicas, self.distinct, dtype=np.int64),
        )

    def _open_walk(self, first: int, replicas: int) -> Block:
        flow = open_flow(
            self.network,
            Draws(self.seed, first, replicas),
            self.depth,
            gram=self.gram,
            state=self.state,
            keeps_rows=self.route.keeps_state,
        )
        return Block(
            gram=np.tile(self.gram, (replicas, 1, 1)),
            state=None,
            exponent=np.zeros(replicas, dtype=np.int64),
            streams=[],
            flow=flow,
        )


@dataclass
class Leg:
    """What was seen of a block in some consecutive layers; arrays of shape (replicas, layers)."""

    first: int
    done: int
    values: dict[str, Array]
    degenerate: Counts
    dropped: Counts
    exponents: Counts
    dead: Array

    @classmethod
    def empty(cls, job: Job, first: int, done: int, replicas: int, layers: int) -> Leg:
        """Return a leg of replicas from `first` on, after `done` layers, yet to be filled in."""
        shape = (replicas, layers)
        return cls(
            first,
            done,
            {name: np.full(shape, np.nan) for name in job.observables},
            np.zeros(shape, dtype=np.int64),
            np.zeros(shape, dtype=np.int64),
            np.zeros(shape, dtype=np.int64),
            np.full(shape, np.nan),
        )

    def record(self, job: Job, block: Block, layer: int, degenerate: Counts) -> None:
        """Write down layer number `layer` of the leg."""
        if job.observed is None or self.done + layer + 1 in job.observed:
            for name, values in observe(job.observables, block.gram).items():
                self.values[name][:, layer] = values
        self.degenerate[:, layer] = degenerate
        if block.dead is not None:
            self.dead[:, layer] = block.dead
        if block.dropped.any():
            self.dropped[:, layer] = block.dropped
            block.dropped = np.zeros_like(block.dropped)
        if job.wanders:
            self.exponents[:, layer] = block.exponent


def advance(
    job: Job, block: Block | None, first: int, replicas: int, done: int, layers: int
) -> tuple[Block, Leg]:
    """Take a block from layer `done` to layer `done + layers`; None opens it."""
    with np.errstate(all="ignore"):
        if block is None:
            block = job.open_block(first, replicas)
    leg = Leg.empty(job, first, done, replicas, layers)
    guard = Guard(job.network, block, wanders=job.wanders)
    with guard.listening:
        steps = steps_of(job.route, job.network)
        for layer, degenerate in enumerate(steps(job.network, block, layers)):
            guard.check(done + layer + 1)
            leg.record(job, block, layer, degenerate)
            guard.next_layer()
    return block, leg


def observe(observables: Mapping[str, Functional], gram: Array) -> dict[str, Array]:
    """Return each functional, shape (replicas,); NaN where the Gram matrix is zero."""
    if not observables:
        return {}
    alive = np.trace(gram, axis1=-2, axis2=-1) > 0
    seen = {name: np.full(len(gram), np.nan) for name in observables}
    if alive.any():
        matrices = gram if alive.all() else gram[alive]
        for name, found in evaluate(observables, matrices).items():
            values = np.asarray(found)
            if values.shape != matrices.shape[:1]:
                raise ArgumentError(
                    "observables",
                    name,
                    f"it must take Gram matrices of shape {matrices.shape} to an array of shape "
                    f"{matrices.shape[:1]}, not {values.shape}",
                )
            seen[name][alive] = values
    return seen

"""Long chains of layers, with averages over depth that are kept while the chain runs.

Nothing grows with depth: a replica carries its state, and of each observable one sum for each of a
fixed number of consecutive stretches of layers (`blocks`). Time averages, batch means and the
difference between the two halves of a run all come from these sums (`averages`).

Layers are drawn by the routes of `numerics.sampling`, so their law is exact. The state is kept in
double precision: what it knows are the eigenvalues of M = HHᵀ/N above rounding, which is all that
r, the soft rank and the numerical rank look at. For the others see `graded`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np
from numpy.typing import ArrayLike, NDArray

from depthlaw.numerics.chains.driver import chain_plan, drive
from depthlaw.numerics.chains.observables import rank_observables
from depthlaw.numerics.chains.window import Window
from depthlaw.numerics.sampling.advance import Job, observe
from depthlaw.numerics.sampling.arguments import check_helpers, check_pickles, make_job
from depthlaw.numerics.sampling.block import Block
from depthlaw.numerics.sampling.guard import Guard
from depthlaw.numerics.sampling.plan import require_tables
from depthlaw.numerics.sampling.routes import STEPS, Route
from depthlaw.numerics.sampling.unfinished import unfinished
from depthlaw.numerics.sampling.workers import WorkersLostError
from depthlaw.numerics.streams import Seed, check_seed
from depthlaw.theory.errors import ArgumentError, instance, integer, mapping
from depthlaw.theory.network import Network
from depthlaw.theory.network.gram import Observable

Array = NDArray[np.float64]
Counts = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class ChainAverages:
    """Sums of observables over stretches of a chain's layers.

    Attributes
    ----------
    network, route, seed, depth, burn_in, every, replicas, first_replica
        What was run: layers `burn_in` + every, `burn_in` + 2·every, … ≤ `depth` were observed.
    sums
        For each observable shape (replicas, blocks): its sum over the observed layers of each block
        of consecutive ones. NaN where the batch had vanished.
    counts
        Observed layers in each block, shape (blocks,); they differ by at most 1.
    ranges
        The proved range of each observable.
    degenerate
        Neurons and samples that were zero when a layer rescaled them, shape (replicas,).
    final_gram
        G = HᵀH/d of the last layer, up to a power of two, shape (replicas, N, N).
    """

    network: Network
    route: Route
    seed: Seed
    depth: int
    burn_in: int
    every: int
    replicas: int
    first_replica: int
    sums: Mapping[str, Array] = field(repr=False)
    counts: Counts = field(repr=False)
    ranges: Mapping[str, tuple[float, float]]
    degenerate: Counts = field(repr=False)
    final_gram: Array = field(repr=False)

    def join(self, other: ChainAverages) -> ChainAverages:
        """Return this round of replicas and the next one as one.

        Raises
        ------
        ArgumentError
            If `other` is of another chain or does not start where this round ends.
        """
        instance("other", other, ChainAverages, "what rank_chain returned")
        for name in ("network", "route", "seed", "depth", "burn_in", "every"):
            if getattr(self, name) != getattr(other, name):
                raise ArgumentError(
                    name, getattr(other, name), f"the first round had {getattr(self, name)}"
                )
        if set(self.sums) != set(other.sums) or len(self.counts) != len(other.counts):
            raise ArgumentError("other", sorted(other.sums), "observe the same in equal blocks")
        if other.first_replica != self.first_replica + self.replicas:
            raise ArgumentError(
                "first_replica",
                other.first_replica,
                f"the first round ends before replica {self.first_replica + self.replicas}",
            )
        return replace(
            self,
            replicas=self.replicas + other.replicas,
            sums={k: np.concatenate([v, other.sums[k]]) for k, v in self.sums.items()},
            degenerate=np.concatenate([self.degenerate, other.degenerate]),
            final_gram=np.concatenate([self.final_gram, other.final_gram]),
        )

    def block_means(self, name: str) -> Array:
        """Return the mean of an observable over each block, shape (replicas, blocks)."""
        return np.asarray(self.sums[name] / self.counts)

    def time_averages(self, name: str) -> Array:
        """Return its mean over all observed layers, shape (replicas,)."""
        return np.asarray(self.sums[name].sum(axis=1) / self.counts.sum())


def rank_chain(
    network: Network,
    *,
    depth: int,
    replicas: int,
    burn_in: int = 0,
    every: int = 1,
    blocks: int = 20,
    seed: int | Sequence[int] = 0,
    observables: Mapping[str, Observable] | None = None,
    initial_gram: ArrayLike | None = None,
    initial_state: ArrayLike | None = None,
    route: Route | str | None = None,
    executor: Executor | None = None,
    first_replica: int = 0,
    progress: Callable[[int, int], None] | None = None,
) -> ChainAverages:
    """Run independent chains and return averages over depth, in memory that depth does not change.

    Parameters
    ----------
    network
        Any network; `rank_network` makes those of daneshmand2020.
    depth
        Layers, above `burn_in`.
    replicas
        Independent chains ≥ 1. Replica i is the same, bit for bit, for any number of them, any
        number of workers and any executor.
    burn_in
        Layers ≥ 0 that are left out of the averages.
    every
        Every how many layers ≥ 1 the chain is observed. Counting eigenvalues costs more than a
        layer.
    blocks
        Stretches ≥ 2 into which the observed layers are cut.
    seed, executor, first_replica
        As in `simulate`.
    observables
        By name, functions of the Gram matrix with their ranges; by default `rank_observables`.
    initial_gram, initial_state
        H_0ᵀH_0/d or H_0, at most one of them; without either a batch whose rank is min(d, N), with
        equal nonzero singular values.
    route
        How layers are drawn, as in `simulate`; by default weights are drawn one by one where N is
        about d or more, because the other routes then spend more on a decomposition.
    progress
        Called with the layers (times replicas) done and their number.

    Returns
    -------
    ChainAverages
        To be handed to `ergodic_average` and `batch_means`.

    Raises
    ------
    ArgumentError
        If an argument is impossible, `burn_in` is not below `depth`, or there are fewer observed
        layers than blocks.
    UnfinishedError
        If the executor's workers are lost; it holds the replicas that were finished.

    Examples
    --------
    Orthogonal weights without normalisation leave the rank where it was:

    >>> from depthlaw.numerics.chains.layers import rank_network
    >>> from depthlaw.theory.network import Weights
    >>> still = rank_network(6, 4, weights=Weights.HAAR, normalise=False)
    >>> run = rank_chain(still, depth=30, burn_in=10, replicas=2)
    >>> slack = 30 * 6**3 * np.finfo(float).eps
    >>> bool(np.abs(run.time_averages("stable_rank") - 4).max() < slack)
    True
    """
    job, observed = prepare(network, route, seed, initial_gram, initial_state, observables)
    depth = integer("depth", depth)
    replicas = integer("replicas", replicas)
    first_replica = integer("first_replica", first_replica, at_least=0)
    window = Window.checked(depth, burn_in, every, blocks)
    burn_in, every, blocks = window.burn_in, window.every, window.blocks
    check_helpers(executor, progress)
    require_tables(blocks, replicas, len(observed), network.batch)
    if isinstance(executor, ProcessPoolExecutor):
        check_pickles(job)
    sizes = chain_plan(network, job.route, depth=depth, replicas=replicas, executor=executor)
    n = network.batch
    sums = {name: np.empty((replicas, blocks)) for name in observed}
    degenerate, final = np.empty(replicas, dtype=np.int64), np.empty((replicas, n, n))
    done = np.zeros(replicas, dtype=np.bool_)

    def keep(chain: _Chain) -> None:
        rows = slice(chain.first - first_replica, chain.first - first_replica + chain.replicas)
        for name, values in chain.sums.items():
            sums[name][rows] = values
        degenerate[rows], final[rows] = chain.degenerate, chain.block.gram
        done[rows] = True

    def averages(rows: range) -> ChainAverages:
        at = slice(rows.start, rows.stop)
        return ChainAverages(
            network=network,
            route=job.route,
            seed=job.seed,
            depth=depth,
            burn_in=burn_in,
            every=every,
            replicas=len(rows),
            first_replica=first_replica + rows.start,
            sums={name: values[at] for name, values in sums.items()},
            counts=window.counts,
            ranges={name: (o.lowest(n), o.highest(n)) for name, o in observed.items()},
            degenerate=degenerate[at],
            final_gram=final[at],
        )

    try:
        drive(
            partial(_advance, job, window),
            keep,
            sizes,
            depth=depth,
            replicas=range(first_replica, first_replica + replicas),
            executor=executor,
            progress=progress,
        )
    except WorkersLostError as error:
        raise unfinished(str(error), done, first_replica, averages) from error
    return averages(range(replicas))


@dataclass
class _Chain:
    """Some replicas between two legs. The sums travel along, so legs leave no trace in them."""

    block: Block
    first: int
    replicas: int
    layer: int
    sums: dict[str, Array]
    degenerate: Counts


def _advance(
    job: Job, window: Window, chain: _Chain | None, first: int, replicas: int, layers: int
) -> _Chain:
    """Take a chain through its next `layers` layers; None opens it."""
    if chain is None:
        sums = {name: np.zeros((replicas, window.blocks)) for name in job.observables}
        block, none = job.open_block(first, replicas), np.zeros(replicas, dtype=np.int64)
        chain = _Chain(block, first, replicas, 0, sums, none)
    guard = Guard(job.network, chain.block, wanders=job.wanders)
    with guard.listening:
        for degenerate in STEPS[job.route](job.network, chain.block, layers):
            chain.layer += 1
            guard.check(chain.layer)
            chain.degenerate += degenerate
            target = window.block_of(chain.layer)
            if target is not None:
                for name, values in observe(job.observables, chain.block.gram).items():
                    chain.sums[name][:, target] += values
            guard.next_layer()
    return chain


def prepare(
    network: Network,
    route: Route | str | None,
    seed: int | Sequence[int],
    initial_gram: ArrayLike | None,
    initial_state: ArrayLike | None,
    observables: Mapping[str, Observable] | None,
) -> tuple[Job, Mapping[str, Observable]]:
    """Return the job and its observables, with every argument checked as in `rank_chain`."""
    instance("network", network, Network, "a Network")
    if initial_gram is None and initial_state is None:
        initial_gram = full_rank_gram(network.width, network.batch)
    if observables is None:
        observables = rank_observables(network)
    for name, observable in mapping("observables", observables, "observables").items():
        if not isinstance(observable, Observable):
            raise ArgumentError("observables", name, "it must be an Observable: its range is used")
    functions = {name: observable.function for name, observable in observables.items()}
    job = make_job(network, route, check_seed(seed), initial_gram, initial_state, functions)
    return job, observables


def full_rank_gram(width: int, batch: int) -> Array:
    """Return G of rank min(d, N) with equal nonzero eigenvalues, shape (N, N).

    For N > d it is the projector on the d smoothest vectors of the discrete cosine basis.

    >>> G = full_rank_gram(3, 5)
    >>> bool(np.abs(G @ G - G).max() < 5**2 * np.finfo(float).eps)
    True
    """
    d, N = integer("width", width), integer("batch", batch)
    if d >= N:
        return np.eye(N)
    angles = np.pi * np.outer(np.arange(N) + 0.5, np.arange(d)) / N
    basis = np.sqrt(np.where(np.arange(d) > 0, 2.0, 1.0) / N) * np.cos(angles)
    return np.asarray(basis @ basis.T)

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

from depthlaw.numerics.chains.observables import rank_observables
from depthlaw.numerics.chains.runner import Options, Steps, Tables, run
from depthlaw.numerics.sampling.advance import Job, observe
from depthlaw.numerics.sampling.arguments import check_pickles, make_job
from depthlaw.numerics.sampling.guard import Guard
from depthlaw.numerics.sampling.plan import require_tables
from depthlaw.numerics.sampling.routes import STEPS, Route
from depthlaw.numerics.streams import Seed
from depthlaw.theory.errors import ArgumentError, instance, integer, mapping
from depthlaw.theory.network import Network
from depthlaw.theory.network.gram import Functional
from depthlaw.theory.network.observables import Observable

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
    options = Options.checked(
        network,
        depth=depth,
        replicas=replicas,
        burn_in=burn_in,
        every=every,
        blocks=blocks,
        seed=seed,
        executor=executor,
        first_replica=first_replica,
        progress=progress,
    )
    job, observed = prepare(route, options, initial_gram, initial_state, observables)
    result = averaging(job.route, options, observed)
    return run(partial(_Layers, job), job.route, options, result)


class _Layers:
    """The state of a chain of any layers, on any route."""

    def __init__(self, job: Job, replicas: range) -> None:
        self.job, self.block = job, job.open_block(replicas.start, len(replicas))
        self.degenerate = np.zeros(len(replicas), dtype=np.int64)

    def steps(self, layers: range) -> Steps:
        job, block = self.job, self.block
        guard = Guard(job.network, block, wanders=job.wanders)
        with guard.listening:
            moves = STEPS[job.route](job.network, block, len(layers))
            for layer, degenerate in zip(layers, moves, strict=True):
                guard.check(layer)
                self.degenerate += degenerate
                yield
                guard.next_layer()

    def observe(self) -> dict[str, Array]:
        return observe(self.job.observables, self.block.gram)

    def last(self) -> Tables:
        return {"final_gram": self.block.gram, "degenerate": self.degenerate}


def averaging(
    route: Route,
    options: Options,
    observables: Mapping[str, Observable],
    size: int | None = None,
) -> Callable[[Tables, Tables, range], ChainAverages]:
    """Return what makes the averages of some replicas from sums and from what was kept.

    Parameters
    ----------
    size
        Of the matrix that is observed; by default the batch.
    """
    network, window = options.network, options.window
    n = network.batch
    require_tables(window.blocks, options.replicas, len(observables), size or n)
    if isinstance(options.executor, ProcessPoolExecutor):
        check_pickles(network, functions_of(observables))

    def found(sums: Tables, last: Tables, replicas: range) -> ChainAverages:
        return ChainAverages(
            network=network,
            route=route,
            seed=options.seed,
            depth=window.depth,
            burn_in=window.burn_in,
            every=window.every,
            replicas=len(replicas),
            first_replica=replicas.start,
            sums=sums,
            counts=window.counts,
            ranges={name: (o.lowest(n), o.highest(n)) for name, o in observables.items()},
            degenerate=last.get("degenerate", np.zeros(len(replicas), dtype=np.int64)),
            final_gram=last["final_gram"],
        )

    return found


def prepare(
    route: Route | str | None,
    options: Options,
    initial_gram: ArrayLike | None,
    initial_state: ArrayLike | None,
    observables: Mapping[str, Observable] | None,
) -> tuple[Job, Mapping[str, Observable]]:
    """Return the job and its observables, with every argument checked as in `rank_chain`."""
    network = options.network
    if initial_gram is None and initial_state is None:
        initial_gram = full_rank_gram(network.width, network.batch)
    if observables is None:
        observables = rank_observables(network)
    functions = functions_of(observables)
    job = make_job(network, route, options.seed, initial_gram, initial_state, functions)
    return job, observables


def functions_of(observables: Mapping[str, Observable]) -> dict[str, Functional]:
    """Return the function of each observable.

    Raises
    ------
    ArgumentError
        If one of them is no `Observable`.
    """
    for name, observable in mapping("observables", observables, "observables").items():
        if not isinstance(observable, Observable):
            raise ArgumentError("observables", name, "it must be an Observable: its range is used")
    return {name: observable.function for name, observable in observables.items()}


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

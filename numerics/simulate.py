"""Simulate a network layer by layer, exactly in law."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import replace
from functools import partial

import numpy as np
from numpy.typing import ArrayLike, NDArray

from depthlaw.numerics.gradients import Gradients
from depthlaw.numerics.sampling import streamed
from depthlaw.numerics.sampling.advance import Job, Leg, advance, observe
from depthlaw.numerics.sampling.arguments import check_helpers, check_pickles, make_job
from depthlaw.numerics.sampling.backward.cotangent import check_cotangent
from depthlaw.numerics.sampling.backward.passes import GradientTables, Request
from depthlaw.numerics.sampling.block import Block
from depthlaw.numerics.sampling.differentiate import differentiate
from depthlaw.numerics.sampling.gradient_plan import gradient_plan
from depthlaw.numerics.sampling.guard import Guard
from depthlaw.numerics.sampling.plan import Plan, plan, require_tables
from depthlaw.numerics.sampling.routes import WALKS, Route
from depthlaw.numerics.sampling.schedule import run_chains
from depthlaw.numerics.sampling.shared import Shared
from depthlaw.numerics.sampling.unfinished import unfinished
from depthlaw.numerics.sampling.walk.fresh import Sharing
from depthlaw.numerics.sampling.walk.steps import output_width, stages
from depthlaw.numerics.sampling.walk.steps import steps as walk_steps
from depthlaw.numerics.sampling.workers import WorkersLostError, worker_count
from depthlaw.numerics.streams import check_seed
from depthlaw.numerics.trajectory import Trajectory
from depthlaw.theory.errors import ArgumentError, flag, instance, integer, items, mapping
from depthlaw.theory.network import Network
from depthlaw.theory.network.gram import Functional
from depthlaw.theory.network.observables import OBSERVABLES

Array = NDArray[np.float64]
Counts = NDArray[np.int64]


def simulate(
    network: Network,
    *,
    depth: int,
    replicas: int,
    seed: int | Sequence[int] = 0,
    initial_gram: ArrayLike | None = None,
    initial_state: ArrayLike | None = None,
    observables: Mapping[str, Functional] | None = None,
    layers: Sequence[int] | None = None,
    gradients: bool = False,
    cotangent: ArrayLike | Callable[[Array], Array] | None = None,
    independent: bool = False,
    route: Route | str | None = None,
    executor: Executor | None = None,
    first_replica: int = 0,
    progress: Callable[[int, int], None] | None = None,
) -> Trajectory:
    """Draw `replicas` independent networks and follow the Gram matrix of the batch through them.

    Every layer has exactly the network's law; only rounding is approximate. Replica i is the same,
    bit for bit, whatever the number of replicas and workers and whoever the executor (with one
    build of NumPy and its linear algebra).

    Parameters
    ----------
    network
        Width d, batch n and the layer.
    depth
        Layers ≥ 0.
    replicas
        Independent networks ≥ 1.
    seed
        A whole number ≥ 0 or a sequence of them.
    initial_gram
        G_0 = H_0ᵀH_0/d, shape (n, n), n columns: samples times positions. Routes that keep H start
        from a state drawn uniformly among those with this Gram matrix, anew in each replica; that
        takes d ≥ rank G_0, or a layer that begins with Gaussian weights: then only G_0 matters.
    initial_state
        H_0, shape (d, n), d the network's `entry`, in place of `initial_gram`; the same in all
        replicas.
    observables
        Functions from Gram matrices, shape (m, n, n), to values, shape (m,), by name; by default
        those of `theory.network.observables.OBSERVABLES`. A layer that rescales nothing lets the
        scale of G run away over many layers. If its activations are homogeneous (or it has none) it
        is brought back by a power of two once the trace leaves 2^±400, which observables free of
        scale do not see.
    layers
        Numbers of the layers, 0 to `depth`, in which observables are taken; in the others they are
        NaN. None for all. In narrow layers observables take longer than the layer itself.
    gradients
        Whether to go back through the layers as well: `Trajectory.gradients` has the gradients of
        every layer, in the same replicas. They are exact in law on the routes that keep neurons;
        routes, and so the numbers of the forward pass, may differ from those without gradients.
    cotangent
        ∂L/∂H at the output: an array of shape (neurons, columns) for all replicas, or a function
        that takes H of the output, of that shape, to it, called in worker threads: ``lambda H: H``
        for L = ½‖H‖². None for a uniformly random direction of length 1, whatever the network.
    independent
        Whether the weights of the backward pass are drawn anew, which is what mean-field theory
        takes for granted ("gradient independence"); only to see how wrong that is.
    route
        None for the cheapest exact one by `depthlaw.numerics.sampling.costs`, which every machine
        chooses alike. Other routes draw other numbers.
    executor
        Any executor of `concurrent.futures`; None uses one thread for each core where that pays.
        BLAS runs one thread in each worker. If a worker process dies, what is done is kept and the
        rest goes on in a new pool; if that is no use, see `UnfinishedError`.
    first_replica
        Number of the first replica ≥ 0, to go on with an earlier round.
    progress
        Called in the calling thread with the layers (times replicas) done and their total.

    Raises
    ------
    ArgumentError
        If an argument is impossible, the route is not exact for the network, memory would not do,
        or a layer gives a Gram matrix that double precision cannot hold.
    UnfinishedError
        If the executor's workers die over and over, or it gives a task up; it holds the replicas
        that were finished, and the numbers of the others.

    Notes
    -----
    No route squares what it knows: a direction of H is kept down to n·eps of the largest (after
    samples are scaled to equal size), as in a network with explicit weights. What is smaller cannot
    be told from rounding; it is dropped, and counted in `dropped`. Route EXPLICIT does so only for
    what the start of a linear network lacks; else it leaves small directions to the rounding of its
    products, and it counts nothing. A start given by G knows the square of that: give
    the state where samples nearly coincide.

    That is so for plain layers (`Network.is_plain`). Through other operations G itself is carried:
    a direction of H below some 10⁻⁸ of the largest, after samples are scaled to equal size, is lost
    and not counted. Route EXPLICIT keeps it as a network with weights does.

    Examples
    --------
    With n = 2 samples and recentring, batch normalisation makes every neuron (1, −1) or (−1, 1):

    >>> from depthlaw.theory.network import Linear, Recenter, Rescale
    >>> network = Network(width=50, batch=2, layer=(Linear(), Recenter(), Rescale()))
    >>> run = simulate(network, depth=2, replicas=3, initial_gram=np.eye(2))
    >>> bool(np.allclose(run.final_gram, [[1, -1], [-1, 1]]))
    True
    >>> more = simulate(network, depth=2, replicas=1, initial_gram=np.eye(2), first_replica=3)
    >>> run.join(more).replicas
    4
    """
    depth = integer("depth", depth, at_least=0)
    replicas = integer("replicas", replicas)
    first_replica = integer("first_replica", first_replica, at_least=0)
    if observables is not None:
        mapping("observables", observables, "functions")
    else:
        observables = {name: observable.function for name, observable in OBSERVABLES.items()}
    check_helpers(executor, progress)
    instance("network", network, Network, "a Network")
    shown = stages(network, depth)
    require_tables(shown, replicas, len(observables) + 3, network.columns)
    request = _request(network, depth, gradients, cotangent, independent)
    job = make_job(
        network, route, check_seed(seed), initial_gram, initial_state, observables, request
    )
    job = replace(job, depth=depth)
    if layers is not None:
        job = replace(job, observed=frozenset(_layers(layers, shown)))
    if isinstance(executor, ProcessPoolExecutor):
        check_pickles(job.network, job.observables, job.gradients)
    workers = worker_count(executor)
    cut = plan if request is None else gradient_plan
    sizes = cut(network, job.route, depth=shown, replicas=replicas, workers=workers)
    run = _Run(job, sizes, depth, replicas, first_replica, progress)
    if executor is not None:
        try:
            run.go(executor)
        except WorkersLostError as error:
            raise unfinished(str(error), run.done, first_replica, run.trajectory) from error
    elif workers == 1 or not sizes.worth_threads:
        run.go(None)
    else:
        pool = ThreadPoolExecutor(workers, thread_name_prefix="depthlaw")
        try:
            run.go(pool)
        finally:
            # Do not wait: after an interrupt a running task may take a moment to end.
            pool.shutdown(wait=False, cancel_futures=True)
    return run.trajectory()


def _request(
    network: Network, depth: int, gradients: object, cotangent: object, independent: object
) -> Request | None:
    """Return what gradients are wanted, None for none."""
    wanted, anew = flag("gradients", gradients), flag("independent", independent)
    if not wanted:
        if cotangent is not None:
            raise ArgumentError("cotangent", "given", "it is for gradients: say gradients=True")
        if anew:
            raise ArgumentError("independent", anew, "it is for gradients: say gradients=True")
        return None
    if cotangent is None or callable(cotangent):
        return Request(cotangent, anew)
    shape = (output_width(network, depth), network.columns)
    return Request(check_cotangent(cotangent, shape), anew)


def _layers(layers: Sequence[int], depth: int) -> Iterator[int]:
    """Return the numbers of layers that are to be observed, each checked."""
    for layer in items("layers", layers, "numbers of layers"):
        number = integer("layers", layer, at_least=0)
        if number > depth:
            raise ArgumentError("layers", number, f"the network has {depth}: it ends there")
        yield number


class _Run:
    """The tables of one call of `simulate`, filled in as legs come home."""

    def __init__(
        self,
        job: Job,
        sizes: Plan,
        depth: int,
        replicas: int,
        first_replica: int,
        progress: Callable[[int, int], None] | None,
    ) -> None:
        n = job.network.columns
        self._job, self._sizes = job, sizes
        # A stem and a head are stages like the layers.
        self._depth, self._replicas, self._first = (
            stages(job.network, depth),
            replicas,
            first_replica,
        )
        self._progress, self._done = progress, 0
        self._layers = np.zeros(replicas, dtype=np.int64)
        self._table = Leg.empty(job, first_replica, 0, replicas, self._depth + 1)
        self._final = np.empty((replicas, n, n))
        self._gradients = (
            None
            if job.gradients is None
            else GradientTables.empty(job.network, replicas, self._depth + 1)
        )
        with np.errstate(all="ignore"):
            if job.observed is None or 0 in job.observed:
                for name, value in observe(job.observables, job.gram[None]).items():
                    self._table.values[name][:, 0] = value
        self._final[:] = job.gram
        self._table.exponents[:, 0] = job.exponent

    def go(self, executor: Executor | None) -> None:
        """Run all layers of all replicas."""
        if self._depth == 0 and self._job.gradients is None:
            return
        if self._job.gradients is not None:
            self._differentiate(executor)
            return
        if executor is not None and self._sizes.share_layers:
            self._share_layers(executor)
            return
        starts = (self._leg(None, first, 0) for first in self._firsts(self._sizes.block))
        run_chains(executor, starts, self._take, at_once=self._sizes.at_once)

    def _differentiate(self, executor: Executor | None) -> None:
        """Take blocks of replicas through all layers and back."""
        job, block = self._job, self._sizes.block

        def take(result: tuple[Block, Leg, GradientTables]) -> None:
            assert self._gradients is not None, "they are asked for"
            block, leg, found = result
            first = leg.first - self._first
            self._gradients.write(slice(first, first + len(found.stream)), found)
            self._write(block, leg)

        starts = (
            partial(differentiate, job, first, min(block, self._first + self._replicas - first))
            for first in self._firsts(block)
        )
        run_chains(executor, starts, take, at_once=self._sizes.at_once)

    def _firsts(self, block: int) -> range:
        return range(self._first, self._first + self._replicas, block)

    def _leg(self, block: Block | None, first: int, done: int) -> Callable[[], tuple[Block, Leg]]:
        replicas = min(self._sizes.block, self._first + self._replicas - first)
        layers = min(self._sizes.layers, self._depth - done)
        return partial(advance, self._job, block, first, replicas, done, layers)

    def _take(self, result: tuple[Block, Leg]) -> Callable[[], tuple[Block, Leg]] | None:
        block, leg = result
        self._write(block, leg)
        done = leg.done + leg.degenerate.shape[1]
        return self._leg(block, leg.first, done) if done < self._depth else None

    def _write(self, block: Block, leg: Leg) -> None:
        replicas, layers = leg.degenerate.shape
        rows = slice(leg.first - self._first, leg.first - self._first + replicas)
        columns = slice(leg.done + 1, leg.done + 1 + layers)
        for name, values in leg.values.items():
            self._table.values[name][rows, columns] = values
        self._table.degenerate[rows, columns] = leg.degenerate
        self._table.dropped[rows, columns] = leg.dropped
        self._table.exponents[rows, columns] = leg.exponents
        self._table.dead[rows, columns] = leg.dead
        self._final[rows] = block.gram
        self._layers[rows] = leg.done + layers
        self._done += replicas * layers
        if self._progress is not None:
            self._progress(self._done, self._replicas * self._depth)

    def _share_layers(self, executor: Executor) -> None:
        """Take one replica after the other, with the chunks of each layer shared among workers."""
        job = self._job
        draws = Shared(job.network, executor, self._sizes) if job.network.is_plain else None
        for first in self._firsts(1):
            with np.errstate(all="ignore"):
                block = job.open_block(first, 1)
            guard = Guard(job.network, block, wanders=job.wanders)
            with guard.listening:
                for done, degenerate in enumerate(self._shared_steps(block, draws, executor)):
                    if draws is not None:
                        guard.underflowed |= draws.underflowed
                        draws.underflowed = False
                    guard.check(done + 1)
                    leg = Leg.empty(job, first, done, 1, 1)
                    leg.record(job, block, 0, degenerate)
                    self._write(block, leg)
                    guard.next_layer()

    def _shared_steps(
        self, block: Block, draws: Shared | None, executor: Executor
    ) -> Iterator[Counts]:
        job, sizes = self._job, self._sizes
        if draws is not None:
            return streamed.steps(job.network, block, self._depth, draws)
        sharing = Sharing(executor, sizes.at_once, sizes.chunks)
        return walk_steps(WALKS[job.route], job.network, block, self._depth, sharing)

    @property
    def done(self) -> NDArray[np.bool_]:
        """Which replicas are through, shape (replicas,)."""
        return np.asarray(self._layers == self._depth)

    def trajectory(self, rows: range | None = None) -> Trajectory:
        """Return the tables, or some consecutive rows of them."""
        job = self._job
        rows = range(self._replicas) if rows is None else rows
        at = slice(rows.start, rows.stop)
        return Trajectory(
            network=job.network,
            route=job.route,
            seed=job.seed,
            depth=job.depth,
            replicas=len(rows),
            first_replica=self._first + rows.start,
            values={name: table[at] for name, table in self._table.values.items()},
            degenerate=self._table.degenerate[at],
            dropped=self._table.dropped[at],
            dead_units=self._table.dead[at],
            exponents=self._table.exponents[at],
            final_gram=self._final[at],
            gradients=self._gradients_of(at),
        )

    def _gradients_of(self, at: slice) -> Gradients | None:
        if self._gradients is None:
            return None
        assert self._job.gradients is not None, "they are asked for"
        found = self._gradients.at(at)
        return Gradients(
            found.stream,
            found.weights,
            found.grams,
            found.exponents,
            self._job.gradients.independent,
            self._job.gradients.cotangent is not None,
        )

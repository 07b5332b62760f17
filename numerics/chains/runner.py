"""The one runner of chains: it takes a state through many layers and adds up what it shows.

A kind of chain is a `State` and a function that opens it for a block of replicas. The runner cuts
replicas into blocks and layers into legs, hands them to workers, and sums over stretches of layers
(`Window`) what the state shows. The sums travel along with the state, so neither blocks nor legs
leave a trace in them.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from depthlaw.numerics.chains.window import Window
from depthlaw.numerics.sampling.arguments import check_helpers
from depthlaw.numerics.sampling.plan import plan
from depthlaw.numerics.sampling.routes import Route
from depthlaw.numerics.sampling.schedule import run_chains
from depthlaw.numerics.sampling.unfinished import unfinished
from depthlaw.numerics.sampling.workers import WorkersLostError, worker_count
from depthlaw.numerics.streams import Seed, check_seed
from depthlaw.theory.errors import ArgumentError, instance, integer
from depthlaw.theory.network import Network

Tables = Mapping[str, NDArray[Any]]
"""By name, with replicas along the first axis."""

Result = TypeVar("Result")

Steps = Generator[None, None, None]
"""Layers, taken one after the other as they are asked for."""


class State(Protocol):
    """Some replicas of a chain between two layers. It goes to workers, so it has to pickle."""

    def steps(self, layers: range) -> Steps:
        """Go through the layers with these numbers, in place; yield after each.

        They are given several at a time because some routes draw ahead.
        """

    def observe(self) -> Tables:
        """Return what is summed over observed layers."""

    def last(self) -> Tables:
        """Return what is kept at the end."""


Open = Callable[[range], State]
"""Takes the numbers of some replicas to their state at layer 0."""


@dataclass(frozen=True)
class Options:
    """What can be asked of every chain; the parameters are those of `rank_chain`."""

    network: Network
    replicas: int
    first_replica: int
    window: Window
    seed: Seed
    executor: Executor | None
    progress: Callable[[int, int], None] | None

    @classmethod
    def checked(
        cls,
        network: Network,
        *,
        depth: int,
        replicas: int,
        burn_in: int,
        every: int = 1,
        blocks: int = 1,
        fewest: int = 2,
        seed: int | Sequence[int],
        executor: Executor | None,
        first_replica: int = 0,
        progress: Callable[[int, int], None] | None,
    ) -> Options:
        """Return the options; there must be at least the `fewest` blocks.

        Raises
        ------
        ArgumentError
            If one of them is impossible.
        """
        if not instance("network", network, Network, "a Network").is_plain:
            raise ArgumentError(
                "network",
                network.describe(),
                "chains follow linear maps of one width, activations, recenter and rescale: take "
                "simulate for other networks",
            )
        depth, replicas = integer("depth", depth), integer("replicas", replicas)
        first_replica = integer("first_replica", first_replica, at_least=0)
        window = Window.checked(depth, burn_in, every, blocks, fewest)
        check_helpers(executor, progress)
        entropy = check_seed(seed)
        return cls(network, replicas, first_replica, window, entropy, executor, progress)


@dataclass
class _Block:
    """Some replicas between two legs."""

    state: State
    replicas: range
    layer: int = 0
    sums: dict[str, NDArray[Any]] = field(default_factory=dict)


def run(
    open_state: Open,
    route: Route,
    options: Options,
    result: Callable[[Tables, Tables, range], Result],
) -> Result:
    """Take all replicas through all layers.

    Parameters
    ----------
    open_state
        Runs in a worker, as the state's methods do.
    route
        What a layer costs is estimated from it; nothing else depends on it.
    result
        Makes what is returned, from sums of what was observed over each stretch, shapes
        (replicas, blocks, …), from what was kept at the end, and the numbers of the replicas.

    Raises
    ------
    UnfinishedError
        If the workers are lost, with the results of the replicas that are through.
    """
    depth, executor = options.window.depth, options.executor
    replicas = range(options.first_replica, options.first_replica + options.replicas)
    workers = worker_count(executor)
    sizes = plan(options.network, route, depth=depth, replicas=len(replicas), workers=workers)
    finished: dict[int, tuple[Tables, Tables]] = {}
    done = 0

    def follow(block: _Block) -> Callable[[], _Block] | None:
        nonlocal done
        done += (block.layer % sizes.layers or sizes.layers) * len(block.replicas)
        if options.progress is not None:
            options.progress(done, depth * len(replicas))
        if block.layer < depth:
            return partial(_continue, options.window, sizes.layers, block)
        finished[block.replicas.start] = block.sums, block.state.last()
        return None

    def go(pool: Executor | None) -> None:
        parts = (replicas[at : at + sizes.block] for at in range(0, len(replicas), sizes.block))
        begin = partial(_begin, open_state, options.window, sizes.layers)
        run_chains(pool, (partial(begin, part) for part in parts), follow, at_once=sizes.at_once)

    def rows(part: range) -> Result:
        """Return the result for some rows, which are whole blocks."""
        numbers = replicas[part.start : part.stop]
        blocks = [finished[first] for first in sorted(finished) if first in numbers]
        sums, last = zip(*blocks, strict=True)
        return result(_joined(sums), _joined(last), numbers)

    threads = None
    try:
        if executor is None and workers > 1 and sizes.worth_threads:
            threads = ThreadPoolExecutor(workers, thread_name_prefix="depthlaw")
        go(threads or executor)
    except WorkersLostError as error:
        through = np.zeros(len(replicas), dtype=np.bool_)
        for first in finished:
            through[first - replicas.start :][: sizes.block] = True
        raise unfinished(str(error), through, replicas.start, rows) from error
    finally:
        if threads is not None:
            # Do not wait: after an interrupt a running task may take a moment to end.
            threads.shutdown(wait=False, cancel_futures=True)
    return rows(range(len(replicas)))


def _begin(open_state: Open, window: Window, most: int, replicas: range) -> _Block:
    """Open a block and take it through its first leg."""
    return _continue(window, most, _Block(open_state(replicas), replicas))


def _continue(window: Window, most: int, block: _Block) -> _Block:
    """Take a block through its next leg, of at most so many layers."""
    layers = range(block.layer + 1, min(block.layer + most, window.depth) + 1)
    with closing(block.state.steps(layers)) as steps:
        for layer, _ in zip(layers, steps, strict=True):
            target = window.block_of(layer)
            if target is None:
                continue
            for name, values in block.state.observe().items():
                if name not in block.sums:
                    shape = (len(block.replicas), window.blocks, *values.shape[1:])
                    block.sums[name] = np.zeros(shape)
                block.sums[name][:, target] += values
    block.layer = layers[-1]
    return block


def _joined(parts: Sequence[Tables]) -> Tables:
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}

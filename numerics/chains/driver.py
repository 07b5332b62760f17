"""Long chains of calls on an executor: a block of replicas is carried from leg to leg."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from functools import partial
from typing import Protocol, TypeVar

from depthlaw.numerics.sampling.plan import Plan, plan
from depthlaw.numerics.sampling.routes import Route
from depthlaw.numerics.sampling.schedule import run_chains
from depthlaw.numerics.sampling.workers import worker_count
from depthlaw.theory.network import Network


class Carried(Protocol):
    """What is carried from one leg of layers to the next."""

    first: int
    """Number of the first replica in it."""
    replicas: int
    """How many there are."""
    layer: int
    """Layers done."""


Chain = TypeVar("Chain", bound=Carried)

Advance = Callable[[Chain | None, int, int, int], Chain]
"""Takes (chain or None to open one, first replica, replicas, layers) to the chain after them."""


def chain_plan(
    network: Network, route: Route, *, depth: int, replicas: int, executor: Executor | None
) -> Plan:
    """Return the sizes of tasks for the executor's workers; they change no result."""
    workers = worker_count(executor)
    return plan(network, route, depth=depth, replicas=replicas, workers=workers)


def drive(
    advance: Advance[Chain],
    keep: Callable[[Chain], None],
    sizes: Plan,
    *,
    depth: int,
    replicas: range,
    executor: Executor | None,
    progress: Callable[[int, int], None] | None,
) -> None:
    """Take all replicas through all layers; `keep` gets each block of them at the end.

    Parameters
    ----------
    advance
        Runs in a worker.
    keep, progress
        Run in the calling thread; `progress` gets layers times replicas done, and their number.
    replicas
        Their numbers.
    executor
        None for one thread for each core, where that pays.
    """
    done, total = 0, depth * len(replicas)

    def call(chain: Chain | None, first: int, layer: int) -> Callable[[], Chain]:
        count = min(sizes.block, replicas.stop - first)
        return partial(advance, chain, first, count, min(sizes.layers, depth - layer))

    def follow(chain: Chain) -> Callable[[], Chain] | None:
        nonlocal done
        leg = chain.layer % sizes.layers or sizes.layers
        done += leg * chain.replicas
        if progress is not None:
            progress(done, total)
        if chain.layer < depth:
            return call(chain, chain.first, chain.layer)
        keep(chain)
        return None

    def go(pool: Executor | None) -> None:
        starts = (call(None, first, 0) for first in replicas[:: sizes.block])
        run_chains(pool, starts, follow, at_once=sizes.at_once)

    workers = worker_count(executor)
    if executor is not None or workers == 1 or not sizes.worth_threads:
        go(executor)
        return
    threads = ThreadPoolExecutor(workers, thread_name_prefix="depthlaw")
    try:
        go(threads)
    finally:
        # Do not wait: after an interrupt a running task may take a moment to end.
        threads.shutdown(wait=False, cancel_futures=True)

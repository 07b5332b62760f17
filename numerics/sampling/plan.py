"""How a simulation is cut into tasks. No choice made here changes a result, only its cost."""

from __future__ import annotations

import os
from dataclasses import dataclass

from depthlaw.numerics.sampling.costs import BLOCK, MOST_REPLICAS
from depthlaw.numerics.sampling.routes import Route, work_of
from depthlaw.numerics.sampling.walk.work import streamed_widths
from depthlaw.numerics.streams import chunk_width, chunk_widths
from depthlaw.theory.errors import ArgumentError
from depthlaw.theory.network import Linear, Network, Weights

MEMORY_SHARE = 0.6
"""Share of the machine's memory that a simulation may plan to use."""

_BLOCK, _MOST_REPLICAS = BLOCK, MOST_REPLICAS
_LEG = 2**24
"""Numbers drawn in a leg: about a fifth of a second."""
_POINTLESS = 2**17
"""Numbers below which starting threads costs more than it saves."""
_STREAM = 1000
"""Bytes that the generator of one chunk of neurons takes."""
_CHUNKS_A_TASK = 16


@dataclass(frozen=True)
class Plan:
    """Sizes of tasks.

    Parameters
    ----------
    block
        Replicas that are computed together.
    layers
        Layers in a leg.
    at_once
        Tasks under way at a time.
    share_layers
        Whether the chunks of one layer are shared among workers, rather than the replicas.
    chunks
        Chunks of neurons in a task, where layers are shared.
    """

    block: int
    layers: int
    at_once: int
    share_layers: bool
    chunks: int
    worth_threads: bool


def plan(network: Network, route: Route, *, depth: int, replicas: int, workers: int) -> Plan:
    """Return the sizes of tasks for `workers` workers.

    Raises
    ------
    ArgumentError
        If one replica needs more memory than `MEMORY_SHARE` of the machine's, with the estimate.
    """
    numbers = int(work_of(route, network).numbers)
    block = min(max(1, _BLOCK // numbers), _MOST_REPLICAS, -(-replicas // workers))
    at_once = _fitting(network, route, block, 2 * workers if route is Route.GRAM else workers)
    chunks = _chunks(network, route)
    blocks = -(-replicas // block)
    share_layers = workers > 1 and chunks >= workers and blocks < 4 * workers
    return Plan(
        block=block,
        layers=max(1, _LEG // (block * numbers)),
        at_once=at_once,
        share_layers=share_layers,
        chunks=max(1, min(_CHUNKS_A_TASK, chunks // (4 * workers))),
        worth_threads=replicas * depth * numbers > _POINTLESS,
    )


def _chunks(network: Network, route: Route) -> int:
    """Return the chunks of the widest draw that streams by; 1 where none does."""
    if route is not Route.GRAM:
        return 1
    if network.is_plain:
        return len(chunk_widths(network.width, network.batch))
    return max(len(chunk_widths(d, network.columns)) for d in [1, *streamed_widths(network)])


def memory_per_replica(network: Network, route: Route) -> int:
    """Return an estimate of the bytes that one replica takes at its largest."""
    d, n = network.width, network.columns
    if not network.is_plain:
        if route.keeps_state:
            widest = int(work_of(Route.STATE, network).numbers) // n
            weights = int(work_of(route, network).numbers) if route is Route.EXPLICIT else 0
            return 8 * (4 * widest * n + 2 * weights + 12 * n * n)
        return 8 * n * (4 * chunk_width(n) + 16 * n)
    if route is Route.EXPLICIT:
        haar = Linear(Weights.HAAR).weights in {
            operation.weights for operation in network.layer if isinstance(operation, Linear)
        }
        return 8 * ((4 if haar else 1) * d * d + 3 * d * n)
    if route is Route.STATE:
        return 8 * 5 * d * n
    return 8 * n * (3 * chunk_width(n) + 8 * n) + _STREAM * -(-d // chunk_width(n))


def memory_limit() -> float:
    """Return the bytes a simulation may plan to use; infinite where the system does not say."""
    try:
        return MEMORY_SHARE * os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):
        return float("inf")


def in_gigabytes(size: int) -> float:
    """Return a number of bytes in units of 10⁹, whatever its size."""
    return float(min(size, 10**300)) / 1e9


def require_tables(depth: int, replicas: int, columns: int, batch: int) -> None:
    """Refuse results that would not fit in memory, before anything is allocated.

    Raises
    ------
    ArgumentError
        With the size that counts most.
    """
    needed, limit = 8 * replicas * ((depth + 1) * columns + batch**2), memory_limit()
    if needed > limit:
        name, value = max(
            ("depth", depth), ("replicas", replicas), ("batch", batch), key=lambda pair: pair[1]
        )
        raise ArgumentError(
            name,
            value,
            f"the results need about {in_gigabytes(needed):.3g} GB and may use {limit / 1e9:.3g} "
            "GB here; take less",
        )


def _fitting(network: Network, route: Route, block: int, wanted: int) -> int:
    needed, limit = memory_per_replica(network, route), memory_limit()
    if needed > limit:
        raise ArgumentError(
            "width",
            network.width,
            f"the {route} route needs about {in_gigabytes(needed):.3g} GB for one replica and may "
            f"use {limit / 1e9:.3g} GB here; take a smaller width or a route that keeps less",
        )
    return int(max(1, min(wanted, limit // (needed * block))))

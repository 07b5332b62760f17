"""The chain on M = HHᵀ/N itself: its cost and memory do not know the batch size.

M⁺ = D^{-1/2}(I+γW) M (I+γW)ᵀ D^{-1/2} is a chain of its own because BN of a linear layer sees H
only through M. With the same weights it goes through the same M as the chain on H. A layer costs
O(d³), whatever N; `rank_chain` costs O(d²N).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.random import Generator
from numpy.typing import ArrayLike, NDArray

from depthlaw.numerics.chains.chain import ChainAverages
from depthlaw.numerics.chains.driver import chain_plan, drive
from depthlaw.numerics.chains.layers import step_covariance
from depthlaw.numerics.chains.observables import rank_observables
from depthlaw.numerics.chains.window import Window
from depthlaw.numerics.sampling.advance import observe
from depthlaw.numerics.sampling.arguments import check_helpers
from depthlaw.numerics.sampling.explicit import draw_weights
from depthlaw.numerics.sampling.plan import require_tables
from depthlaw.numerics.sampling.routes import Route
from depthlaw.numerics.streams import Seed, check_seed, stream
from depthlaw.theory.errors import ArgumentError, instance, integer, mapping
from depthlaw.theory.network import Linear, Network, Rescale
from depthlaw.theory.network.gram import Functional, Observable, check_gram

Array = NDArray[np.float64]
Counts = NDArray[np.int64]


def covariance_chain(
    network: Network,
    *,
    depth: int,
    replicas: int,
    burn_in: int = 0,
    every: int = 1,
    blocks: int = 20,
    seed: int | Sequence[int] = 0,
    observables: Mapping[str, Observable] | None = None,
    initial_covariance: ArrayLike | None = None,
    executor: Executor | None = None,
    first_replica: int = 0,
    progress: Callable[[int, int], None] | None = None,
) -> ChainAverages:
    """Run independent chains on M and return averages over depth.

    Parameters
    ----------
    network
        Its layer is one `Linear` and one `Rescale` over the batch. The batch size bounds the rank:
        ranges of observables are those of M, whose rank is at most min(d, N).
    initial_covariance
        M_0, shape (d, d), of rank at most N; by default the identity, which takes N ≥ d.
    depth, replicas, burn_in, every, blocks, seed, observables
        As `rank_chain`. Observables are functions of M here; by default r and the soft rank, which
        have the same value on M as on the Gram matrix G. The numerical rank is left out: M keeps
        its zero eigenvalues only up to the rounding of several products.
    executor, first_replica, progress
        As `rank_chain`.

    Returns
    -------
    ChainAverages
        With M of the last layer as `final_gram`, shape (replicas, d, d).

    Raises
    ------
    ArgumentError
        As `rank_chain`, and for another layer or a start of too large a rank.

    Examples
    --------
    Replica 0 of `rank_chain` and of this chain have the same weights:

    >>> from depthlaw.numerics.chains.chain import rank_chain
    >>> from depthlaw.numerics.chains.layers import rank_network
    >>> network, H = rank_network(4, 4), 2 * np.eye(4)
    >>> there = rank_chain(network, depth=2, replicas=1, blocks=2, initial_state=H)
    >>> here = covariance_chain(network, depth=2, replicas=1, blocks=2)
    >>> difference = there.block_means("stable_rank") - here.block_means("stable_rank")
    >>> bool(np.abs(difference).max() < 4**4 * np.finfo(float).eps)
    True
    """
    linear = _linear_of(instance("network", network, Network, "a Network"))
    d, N = network.width, network.batch
    depth = integer("depth", depth)
    replicas = integer("replicas", replicas)
    first_replica = integer("first_replica", first_replica, at_least=0)
    window = Window.checked(depth, burn_in, every, blocks)
    burn_in, every, blocks = window.burn_in, window.every, window.blocks
    check_helpers(executor, progress)
    if observables is not None:
        mapping("observables", observables, "observables")
    observed = dict(rank_observables(network) if observables is None else observables)
    if observables is None:
        del observed["numerical_rank"]
    require_tables(blocks, replicas, len(observed), d)
    job = _Job(linear, window, check_seed(seed), _start(initial_covariance, d, N), {})
    for name, observable in observed.items():
        if not isinstance(observable, Observable):
            raise ArgumentError("observables", name, "it must be an Observable: its range is used")
        job.observables[name] = observable.function
    sums = {name: np.empty((replicas, blocks)) for name in observed}
    final = np.empty((replicas, d, d))

    def keep(chain: _Chain) -> None:
        rows = slice(chain.first - first_replica, chain.first - first_replica + chain.replicas)
        for name, values in chain.sums.items():
            sums[name][rows] = values
        final[rows] = chain.covariance

    drive(
        partial(_advance, job),
        keep,
        chain_plan(network, Route.EXPLICIT, depth=depth, replicas=replicas, executor=executor),
        depth=depth,
        replicas=range(first_replica, first_replica + replicas),
        executor=executor,
        progress=progress,
    )
    return ChainAverages(
        network=network,
        route=Route.EXPLICIT,
        seed=job.seed,
        depth=depth,
        burn_in=burn_in,
        every=every,
        replicas=replicas,
        first_replica=first_replica,
        sums=sums,
        counts=window.counts,
        ranges={name: (o.lowest(N), o.highest(N)) for name, o in observed.items()},
        degenerate=np.zeros(replicas, dtype=np.int64),
        final_gram=final,
    )


@dataclass(frozen=True)
class _Job:
    linear: Linear
    window: Window
    seed: Seed
    start: Array
    observables: dict[str, Functional]


@dataclass
class _Chain:
    """Some replicas between two legs."""

    covariance: Array
    streams: list[Generator]
    first: int
    replicas: int
    layer: int
    sums: dict[str, Array]


def _advance(job: _Job, chain: _Chain | None, first: int, replicas: int, layers: int) -> _Chain:
    if chain is None:
        chain = _Chain(
            np.tile(job.start, (replicas, 1, 1)),
            [stream(job.seed, replica) for replica in range(first, first + replicas)],
            first,
            replicas,
            0,
            {name: np.zeros((replicas, job.window.blocks)) for name in job.observables},
        )
    gamma = np.inf if job.linear.residual is None else job.linear.residual
    for _ in range(layers):
        chain.layer += 1
        W = draw_weights(job.linear, chain.covariance.shape[-1], chain.streams)
        chain.covariance = step_covariance(chain.covariance, W, gamma)
        target = job.window.block_of(chain.layer)
        if target is not None:
            for name, values in observe(job.observables, chain.covariance).items():
                chain.sums[name][:, target] += values
    return chain


def _linear_of(network: Network) -> Linear:
    if not isinstance(network, Network):
        raise ArgumentError("network", network, "it must be a Network")
    linear, *rest = network.layer
    if not isinstance(linear, Linear) or rest != [Rescale()]:
        raise ArgumentError(
            "network",
            network.describe(),
            "only a linear operation and a rescale over the batch see the batch through M: take "
            "rank_chain for others",
        )
    return linear


def _start(initial: ArrayLike | None, width: int, batch: int) -> Array:
    M = np.eye(width) if initial is None else check_gram("initial_covariance", initial)
    if M.shape != (width, width):
        raise ArgumentError(
            "initial_covariance",
            f"an array of shape {M.shape}",
            f"{width} neurons have a square one of that size",
        )
    rank = int(np.linalg.matrix_rank(M, hermitian=True))
    if rank > batch:
        raise ArgumentError(
            "initial_covariance",
            f"a matrix of rank {rank}",
            f"a batch of {batch} gives at most rank {batch}",
        )
    return M

"""The chain on M = HHᵀ/N itself: its cost and memory do not know the batch size.

M⁺ = D^{-1/2}(I+γW) M (I+γW)ᵀ D^{-1/2} is a chain of its own because BN of a linear layer sees H
only through M. With the same weights it goes through the same M as the chain on H. A layer costs
O(d³), whatever N; `rank_chain` costs O(d²N).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from functools import partial

import numpy as np
from numpy.typing import ArrayLike, NDArray

from depthlaw.numerics.chains.chain import ChainAverages, averaging, functions_of
from depthlaw.numerics.chains.layers import linear_layer, step_covariance
from depthlaw.numerics.chains.observables import rank_observables
from depthlaw.numerics.chains.runner import Options, Steps, run
from depthlaw.numerics.sampling.advance import observe
from depthlaw.numerics.sampling.explicit import draw_weights
from depthlaw.numerics.sampling.routes import Route
from depthlaw.numerics.streams import Seed, stream
from depthlaw.theory.errors import ArgumentError
from depthlaw.theory.network import Linear, Network
from depthlaw.theory.network.gram import Functional, check_gram
from depthlaw.theory.network.observables import Observable

Array = NDArray[np.float64]


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
    why = "only a linear operation and a rescale over the batch see the batch through M"
    linear, _ = linear_layer(network, why, bare=False)
    if observables is None:
        observables = rank_observables(network)
        del observables["numerical_rank"]
    d = network.width
    start = _start(initial_covariance, d, network.batch)
    functions = functions_of(observables)
    opened = partial(_Covariance, linear, start, options.seed, functions)
    result = averaging(Route.EXPLICIT, options, observables, size=d)
    return run(opened, Route.EXPLICIT, options, result)


class _Covariance:
    """The state M, shape (replicas, d, d)."""

    def __init__(
        self,
        linear: Linear,
        start: Array,
        seed: Seed,
        observables: Mapping[str, Functional],
        replicas: range,
    ) -> None:
        self.linear, self.observables = linear, observables
        self.covariance = np.tile(start, (len(replicas), 1, 1))
        self.streams = [stream(seed, replica) for replica in replicas]

    def steps(self, layers: range) -> Steps:
        gamma = np.inf if self.linear.residual is None else self.linear.residual
        for _ in layers:
            W = draw_weights(self.linear, self.covariance.shape[-1], self.streams)
            self.covariance = step_covariance(self.covariance, W, gamma)
            yield

    def observe(self) -> dict[str, Array]:
        return observe(self.observables, self.covariance)

    def last(self) -> dict[str, Array]:
        return {"final_gram": self.covariance}


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

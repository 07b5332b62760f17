"""Linear chains of any depth with all their singular values, as logarithms.

The same chains as `rank_chain` on the route that draws every weight (same seed, same weights, same
start), carried in the factors of `graded`. Observables see M to the precision of its largest
eigenvalues, and log σ_i is there for every i, down to e^{−50 000} after 10⁵ layers at d = 64.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import partial

import numpy as np
from numpy.typing import ArrayLike, NDArray

from depthlaw.numerics.chains.chain import ChainAverages, prepare
from depthlaw.numerics.chains.driver import chain_plan, drive
from depthlaw.numerics.chains.graded_product import Graded
from depthlaw.numerics.chains.window import Window
from depthlaw.numerics.sampling.advance import Job, observe
from depthlaw.numerics.sampling.arguments import check_helpers, check_pickles
from depthlaw.numerics.sampling.block import Block
from depthlaw.numerics.sampling.explicit import draw_weights
from depthlaw.numerics.sampling.matrices import transpose
from depthlaw.numerics.sampling.plan import require_tables
from depthlaw.numerics.sampling.routes import Route
from depthlaw.theory.errors import ArgumentError, integer, items
from depthlaw.theory.network import Linear, Network, Rescale
from depthlaw.theory.network.gram import Observable

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class DeepChain:
    """Singular values of H at chosen layers, and averages over all of them.

    Attributes
    ----------
    averages
        As `rank_chain` returns them.
    layers
        The chosen layers, increasing, shape (times,).
    log_singular_values
        log σ_i(H_ℓ), decreasing in i, shape (replicas, times, k) with k the rank of H_0. Their
        error is stated in `numerics.rank.graded`.
    log_volume
        Σ_i log σ_i(H_ℓ), shape (replicas, times), computed without the single ones.
    condition
        κ(V), shape (replicas, times): eps·N·κ(V) is the error of the last step, Jacobi's.
    """

    averages: ChainAverages
    layers: NDArray[np.int64]
    log_singular_values: Array
    log_volume: Array
    condition: Array

    @property
    def log_pseudo_determinant(self) -> Array:
        """Log pdet of M = HHᵀ/N, the sum of its nonzero log eigenvalues, (replicas, times)."""
        k = self.log_singular_values.shape[-1]
        return np.asarray(2 * self.log_volume - k * np.log(self.averages.network.batch))


def deep_chain(
    network: Network,
    *,
    depth: int,
    replicas: int,
    at: Iterable[int] | None = None,
    burn_in: int = 0,
    every: int = 1,
    blocks: int = 20,
    seed: int | Sequence[int] = 0,
    observables: Mapping[str, Observable] | None = None,
    initial_gram: ArrayLike | None = None,
    initial_state: ArrayLike | None = None,
    executor: Executor | None = None,
    first_replica: int = 0,
    progress: Callable[[int, int], None] | None = None,
) -> DeepChain:
    """Run independent linear chains and keep the logarithms of all singular values.

    Parameters
    ----------
    network
        Its layer is one `Linear`, alone or followed by one `Rescale` over the batch. (With
        recentring, start from centred columns: a linear net gives the same.)
    at
        Layers from 0 to `depth` at which singular values are taken; only the last by default.
    depth, replicas, burn_in, every, blocks, seed, observables, initial_gram, initial_state
        As `rank_chain`.
    executor, first_replica, progress
        As `rank_chain`.

    Raises
    ------
    ArgumentError
        As `rank_chain`, and for another layer or a step that loses rank to double precision.

    Examples
    --------
    The volume of a product is the product of the volumes, however small it gets:

    >>> from depthlaw.numerics.chains.layers import rank_network
    >>> run = deep_chain(rank_network(6, 6, normalise=False), depth=500, replicas=1)
    >>> logs, volume = run.log_singular_values[0, 0], run.log_volume[0, 0]
    >>> slack = 500 * 6**2 * np.finfo(float).eps * np.abs(logs).max()
    >>> bool(abs(logs.sum() - volume) <= slack)
    True
    """
    job, observed = prepare(
        network,
        Route.EXPLICIT,
        seed,
        initial_gram,
        initial_state,
        observables,
    )
    _require_linear(network)
    depth = integer("depth", depth)
    replicas = integer("replicas", replicas)
    first_replica = integer("first_replica", first_replica, at_least=0)
    window = Window.checked(depth, burn_in, every, blocks)
    burn_in, every, blocks = window.burn_in, window.every, window.blocks
    check_helpers(executor, progress)
    require_tables(blocks, replicas, len(observed), network.batch)
    layers = _layers(at, depth)
    if isinstance(executor, ProcessPoolExecutor):
        check_pickles(job)
    finished: dict[int, _Deep] = {}

    def keep(chain: _Deep) -> None:
        finished[chain.first] = chain

    drive(
        partial(_advance, job, window, layers),
        keep,
        chain_plan(network, Route.EXPLICIT, depth=depth, replicas=replicas, executor=executor),
        depth=depth,
        replicas=range(first_replica, first_replica + replicas),
        executor=executor,
        progress=progress,
    )
    chains = [finished[first] for first in sorted(finished)]
    n = network.batch
    averages = ChainAverages(
        network=network,
        route=Route.EXPLICIT,
        seed=job.seed,
        depth=depth,
        burn_in=burn_in,
        every=every,
        replicas=replicas,
        first_replica=first_replica,
        sums={name: np.concatenate([c.sums[name] for c in chains]) for name in observed},
        counts=window.counts,
        ranges={name: (o.lowest(n), o.highest(n)) for name, o in observed.items()},
        degenerate=np.zeros(replicas, dtype=np.int64),
        final_gram=np.concatenate([_gram(c.factors) for c in chains]),
    )

    def gathered(what: int) -> Array:
        return np.concatenate([np.stack([seen[what] for seen in c.seen], axis=1) for c in chains])

    return DeepChain(averages, np.array(layers), gathered(0), gathered(1), gathered(2))


@dataclass
class _Deep:
    """Some replicas between two legs."""

    factors: Graded
    block: Block
    first: int
    replicas: int
    layer: int
    sums: dict[str, Array]
    seen: list[tuple[Array, Array, Array]] = field(default_factory=list)

    def look(self) -> None:
        """Write down the singular values of this layer."""
        H = self.factors
        self.seen.append((H.log_singular_values(), H.log_volume(), H.condition()))


def _advance(
    job: Job,
    window: Window,
    at: tuple[int, ...],
    chain: _Deep | None,
    first: int,
    replicas: int,
    layers: int,
) -> _Deep:
    if chain is None:
        block = job.open_block(first, replicas)
        assert block.state is not None, "the route keeps a state"
        sums = {name: np.zeros((replicas, window.blocks)) for name in job.observables}
        chain = _Deep(Graded.of(transpose(block.state)), block, first, replicas, 0, sums)
        if 0 in at:
            chain.look()
    linear, *rescale = job.network.layer
    assert isinstance(linear, Linear), "checked at the boundary"
    d = job.network.width
    for _ in range(layers):
        chain.layer += 1
        W = draw_weights(linear, d, chain.block.first_streams)
        step = W if linear.residual is None else np.eye(d) + linear.residual * W
        chain.factors = chain.factors.step(step, rescale=bool(rescale))
        if chain.layer in at:
            chain.look()
        target = window.block_of(chain.layer)
        if target is not None:
            for name, values in observe(job.observables, _gram(chain.factors)).items():
                chain.sums[name][:, target] += values
    return chain


def _gram(factors: Graded) -> Array:
    """Return G = HᵀH up to a factor: the largest term has scale 1."""
    rows = np.exp(factors.log_scales - factors.log_scales.max(axis=1, keepdims=True))
    scaled = rows[:, :, None] * factors.right
    return np.asarray(transpose(scaled) @ scaled)


def _require_linear(network: Network) -> None:
    linear, *rest = network.layer
    if not isinstance(linear, Linear) or rest not in ([], [Rescale()]):
        raise ArgumentError(
            "network",
            network.describe(),
            "singular values are followed through linear layers, alone or with one rescale: take "
            "rank_chain for others",
        )


def _layers(at: Iterable[int] | None, depth: int) -> tuple[int, ...]:
    if at is None:
        return (depth,)
    chosen = items("at", at, "layers")
    layers = tuple(sorted({integer("at", layer, at_least=0) for layer in chosen}))
    if not layers or layers[-1] > depth:
        raise ArgumentError("at", layers, f"name layers from 0 to the depth, {depth}")
    return layers

"""Linear chains of any depth with all their singular values, as logarithms.

The same chains as `rank_chain` on the route that draws every weight (same seed, same weights, same
start), carried in the factors of `graded`. Observables see M to the precision of its largest
eigenvalues, and log σ_i is there for every i, down to e^{−50 000} after 10⁵ layers at d = 64.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import ArrayLike, NDArray

from depthlaw.numerics.chains.chain import ChainAverages, averaging, prepare
from depthlaw.numerics.chains.graded_product import Graded
from depthlaw.numerics.chains.layers import linear_layer
from depthlaw.numerics.chains.runner import Options, Steps, Tables, run
from depthlaw.numerics.sampling.advance import Job, observe
from depthlaw.numerics.sampling.explicit import draw_weights
from depthlaw.numerics.sampling.matrices import transpose
from depthlaw.numerics.sampling.routes import Route
from depthlaw.theory.errors import ArgumentError, integer, items
from depthlaw.theory.network import Linear, Network
from depthlaw.theory.network.observables import Observable

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
    route = Route.EXPLICIT
    job, observed = prepare(route, options, initial_gram, initial_state, observables)
    why = "singular values are followed through linear layers, alone or with one rescale"
    operations = linear_layer(network, why)
    layers = _layers(at, options.window.depth)
    opened = partial(_Factors, job, operations, layers)
    averages = averaging(route, options, observed)

    def result(sums: Tables, last: Tables, rows: range) -> DeepChain:
        names = ("log_singular_values", "log_volume", "condition")
        kept = (last[name] for name in names)
        return DeepChain(averages(sums, last, rows), np.array(layers), *kept)

    return run(opened, route, options, result)


class _Factors:
    """The state H in graded factors, and its singular values at the chosen layers."""

    def __init__(
        self, job: Job, operations: tuple[Linear, bool], at: tuple[int, ...], replicas: range
    ) -> None:
        block = job.open_block(replicas.start, len(replicas))
        assert block.state is not None, "the route keeps a state"
        self.job, self.operations, self.at = job, operations, at
        self.streams = block.first_streams
        self.factors = Graded.of(transpose(block.state))
        self.seen: list[tuple[Array, Array, Array]] = []
        self._look(0)

    def steps(self, layers: range) -> Steps:
        linear, rescales = self.operations
        d = self.job.network.width
        for layer in layers:
            W = draw_weights(linear, d, self.streams)
            step = W if linear.residual is None else np.eye(d) + linear.residual * W
            self.factors = self.factors.step(step, rescale=rescales)
            self._look(layer)
            yield

    def _look(self, layer: int) -> None:
        H = self.factors
        if layer in self.at:
            self.seen.append((H.log_singular_values(), H.log_volume(), H.condition()))

    def observe(self) -> dict[str, Array]:
        return observe(self.job.observables, _gram(self.factors))

    def last(self) -> dict[str, Array]:
        logs, volumes, conditions = (
            np.stack(seen, axis=1) for seen in zip(*self.seen, strict=True)
        )
        return {
            "final_gram": _gram(self.factors),
            "log_singular_values": logs,
            "log_volume": volumes,
            "condition": conditions,
        }


def _gram(factors: Graded) -> Array:
    """Return G = HᵀH up to a factor: the largest term has scale 1."""
    rows = np.exp(factors.log_scales - factors.log_scales.max(axis=1, keepdims=True))
    scaled = rows[:, :, None] * factors.right
    return np.asarray(transpose(scaled) @ scaled)


def _layers(at: Iterable[int] | None, depth: int) -> tuple[int, ...]:
    if at is None:
        return (depth,)
    chosen = items("at", at, "layers")
    layers = tuple(sorted({integer("at", layer, at_least=0) for layer in chosen}))
    if not layers or layers[-1] > depth:
        raise ArgumentError("at", layers, f"name layers from 0 to the depth, {depth}")
    return layers

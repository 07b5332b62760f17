"""An upper bound on a Wasserstein distance from one coupling: the same Gaussian weights for both.

Let C be the trace-normalised Gram matrix of H_ℓ and W have i.i.d. N(0, 1/d) entries. Given H_ℓ, the
rows of W H_ℓ/‖H_ℓ‖ are independent N(0, C/d), so that it has the law of Z C^{1/2} with Z ∈ R^{d×n},
i.i.d. N(0, 1/d). Take the same Z for the Gaussian matrix G/√n = Z/√n. Since E ZᵀZ = I,

    W₂(law(W H_ℓ/‖H_ℓ‖), law(G/√n))² ≤ E ‖Z (C^{1/2} − I/√n)‖_F² = E ‖C^{1/2} − I/√n‖_F².

Batch normalisation makes ‖H_ℓ‖ = 1 in the convention of daneshmand2021. In eigenvalues λ of C,

    ‖C^{1/2} − I/√n‖_F² = Σ (√λ_i − 1/√n)² = 2 − (2/√n) Σ √λ_i.

**Range.** λ ≤ √λ on [0, 1] and Σ λ = 1 give Σ √λ ≥ 1, with equality for rank one: the cost lies in
[0, 2(1 − 1/√n)] and both ends are attained. It is the square of the Bures distance between C and
I/n, for these commute. It is at most n V² (Lemma 2's proof), as |√λ − 1/√n| ≤ √n |λ − 1/n|.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from depthlaw.numerics.estimation.confidence import MeanBounds
from depthlaw.numerics.simulate import simulate
from depthlaw.numerics.streams import Seed, check_seed
from depthlaw.theory.errors import ArgumentError, instance, integer, probability
from depthlaw.theory.network import Network
from depthlaw.theory.network.gram import of_grams, trace_normalised

Array = NDArray[np.float64]


@of_grams
def coupling_cost(gram: Array) -> Array:
    """Return ‖C^{1/2} − I/√n‖_F² for C = G/tr G, in [0, 2(1 − 1/√n)], shape (...).

    Free of scale, and an observable for `simulate`, which then reports it for every layer. The
    eigenvalues are those of C − I/n, so that nothing cancels near isotropy.

    Parameters
    ----------
    gram
        Shape (..., n, n), positive semidefinite, not zero.

    Examples
    --------
    >>> float(coupling_cost(np.eye(4)))
    0.0
    >>> bool(np.isclose(coupling_cost(np.ones((4, 4))), highest_coupling_cost(4)))
    True
    """
    n = gram.shape[-1]
    excess = np.linalg.eigvalsh(trace_normalised(gram) - np.eye(n) / n)
    roots = np.sqrt(np.maximum(excess + 1 / n, 0.0))
    # √λ − 1/√n = (λ − 1/n)/(√λ + 1/√n); an eigenvalue that rounding made negative counts as 0.
    parts = np.maximum(excess, -1 / n) / (roots + 1 / math.sqrt(n))
    return np.asarray(np.minimum((parts**2).sum(axis=-1), highest_coupling_cost(n)))


def highest_coupling_cost(batch: int) -> float:
    """Return 2(1 − 1/√n), the largest value of `coupling_cost`, attained at rank one.

    >>> highest_coupling_cost(4) == 1
    True
    """
    return 2 * (1 - 1 / math.sqrt(batch))


def cost_bounds(batch: int, level: float) -> MeanBounds:
    """Return bounds on the mean of `coupling_cost`, without samples yet.

    A null eigenvalue may come out as n·eps of the trace; its root then errs by √(n·eps), and the
    cost by at most (2/√n) n √(n·eps) = 2n√eps, which both ends of the interval allow for.

    >>> cost_bounds(4, 0.01).interval() == (0, highest_coupling_cost(4))
    True
    """
    rounding = 2 * batch * math.sqrt(np.finfo(np.float64).eps)
    return MeanBounds(
        lowest=0.0, highest=highest_coupling_cost(batch), level=level, rounding=rounding
    )


@dataclass(frozen=True)
class CouplingBound:
    """An upper bound on the Wasserstein-2 distance of a layer to a Gaussian matrix.

    It bounds from above only: the distance itself may be smaller, down to 0. `cost` estimates the
    coupling cost E‖C^{1/2} − I/√n‖_F², and W₂² ≤ that.

    Attributes
    ----------
    network, depth, seed
        What was simulated; C is that of the layer number `depth`.
    cost
        Confidence bounds on the coupling cost, valid whenever sampling stops.
    """

    network: Network
    depth: int
    seed: Seed
    cost: MeanBounds
    start: dict[str, ArrayLike | None] = field(repr=False, compare=False)

    @property
    def replicas(self) -> int:
        """Independent networks so far."""
        return self.cost.count

    @property
    def interval(self) -> tuple[float, float]:
        """The coupling cost, except with probability `cost.level`: (lower, upper)."""
        return self.cost.interval()

    @property
    def radius(self) -> float:
        """An upper bound on W₂ itself, except with probability `cost.level`/2."""
        return math.sqrt(self.interval[1])

    def extended(self, replicas: int, *, executor: Executor | None = None) -> CouplingBound:
        """Return the bound with more replicas, the next ones of the same seed.

        Looking at the interval and deciding to go on costs nothing: it is valid at every look.

        Raises
        ------
        ArgumentError
            As `coupling_bound`.
        """
        run = simulate(
            self.network,
            depth=self.depth,
            replicas=replicas,
            seed=self.seed,
            initial_gram=self.start["gram"],
            initial_state=self.start["state"],
            observables={"coupling_cost": coupling_cost},
            executor=executor,
            first_replica=self.replicas,
        )
        samples = run.values["coupling_cost"][:, -1]
        if np.isnan(samples).any():
            raise ArgumentError(
                "network", self.network.describe(), "a layer came out zero and has no direction"
            )
        return replace(self, cost=self.cost.update(samples))


def coupling_bound(
    network: Network,
    *,
    depth: int,
    replicas: int,
    level: float,
    seed: int | Sequence[int] = 0,
    initial_gram: ArrayLike | None = None,
    initial_state: ArrayLike | None = None,
    executor: Executor | None = None,
) -> CouplingBound:
    """Bound W₂(law(W H_ℓ/‖H_ℓ‖), law(G/√n))² from above by the coupling cost of C_ℓ.

    Parameters
    ----------
    network
        Any network with a batch of at least 2.
    depth
        ℓ ≥ 0.
    replicas
        Independent networks ≥ 1. The range of the cost is about 1 and nothing else is known of
        it, so its upper confidence bound stays above log(1/level)/replicas or so, however small
        the cost is: take thousands to certify a small radius.
    level
        Probability, in (0, 1), with which the interval may ever miss the coupling cost.
    seed, initial_gram, initial_state, executor
        As in `simulate`.

    Raises
    ------
    ArgumentError
        If an argument is impossible, or the batch has one sample, whose C is constant.

    Examples
    --------
    An isotropic start has no distance to go:

    >>> from depthlaw.theory.network import Linear, Rescale
    >>> network = Network(width=100, batch=2, layer=(Linear(), Rescale()))
    >>> bound = coupling_bound(network, depth=0, replicas=10, level=0.01, initial_gram=np.eye(2))
    >>> bound.interval[0] == bound.cost.mean == 0 < bound.radius
    True
    """
    level = probability("level", level)
    depth = integer("depth", depth, at_least=0)
    instance("network", network, Network, "a Network")
    if network.columns < 2:
        raise ArgumentError(
            "batch", network.columns, "one sample has a constant C: take at least 2"
        )
    bounds = cost_bounds(network.columns, level)
    start = {"gram": initial_gram, "state": initial_state}
    return CouplingBound(network, depth, check_seed(seed), bounds, start).extended(
        replicas, executor=executor
    )

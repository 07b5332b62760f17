"""Where a mean of the weights breaks the rank: the |m| at which 1/r passes a given value.

Weights with mean m/√d push all neurons along 1ᵀH. Batch normalisation keeps the rank for small |m|
and loses it for large |m|. A bisection over m compares the average of 1/r = ‖M‖_F²/(tr M)², which
is 1 at rank one, with a target. Chains are added until a confidence interval decides: it may be
looked at after every round.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from depthlaw.numerics.chains.averages import ErgodicAverage, ergodic_average
from depthlaw.numerics.chains.chain import ChainAverages, rank_chain
from depthlaw.numerics.chains.layers import rank_network
from depthlaw.numerics.sampling.arguments import check_helpers
from depthlaw.numerics.streams import check_seed
from depthlaw.theory.errors import ArgumentError, integer, positive_double, probability
from depthlaw.theory.network import Weights
from depthlaw.theory.network.gram import stable_rank
from depthlaw.theory.network.observables import Observable
from depthlaw.theory.network.weight_law import WeightLaw

Array = NDArray[np.float64]

_FIRST_ROUND = 16
"""Chains in the first round; every other round doubles them."""


def inverse_rank(gram: Array) -> Array:
    """Return 1/r(G) = ‖G‖_F²/(tr G)², in [1/n, 1], shape (...).

    >>> float(inverse_rank(np.ones((3, 3))))
    1.0
    """
    return np.asarray(1 / stable_rank(gram))


@dataclass(frozen=True)
class CollapseThreshold:
    """An interval of |m| in which the average of 1/r passes the target.

    Attributes
    ----------
    lower, upper
        At `lower` the average is below the target and at `upper` above it; both comparisons, and
        all others that led there, hold together but for a probability `level`. That nothing else
        is between rests on 1/r growing with |m|, which is measured and not proved.
    target, level
        As asked for.
    tried
        Every m with its average of 1/r.
    decided
        Whether the bisection reached its precision; if not, the interval of the last m holds the
        target, and more replicas would go on.
    """

    lower: float
    upper: float
    target: float
    level: float
    tried: tuple[tuple[float, ErgodicAverage], ...]
    decided: bool


def collapse_threshold(
    width: int,
    batch: int | None = None,
    strength: float = math.inf,
    *,
    weights: Weights | WeightLaw = Weights.GAUSSIAN,
    target: float = 0.5,
    largest: float = 4.0,
    precision: float = 0.1,
    depth: int = 200,
    burn_in: int = 100,
    replicas: int = 512,
    level: float = 0.05,
    seed: int | Sequence[int] = 0,
    executor: Executor | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> CollapseThreshold:
    """Locate the mean of the weights at which the average of 1/r passes `target`.

    Parameters
    ----------
    width, batch, strength, weights
        d, N (d by default), γ and the law of the weights around their mean.
    target
        In (0, 1): 1/2 is r = 2.
    largest
        The search is over 0 ≤ m ≤ `largest`; the law is symmetric in m.
    precision
        Width of the interval of m at which the search ends, above 0.
    depth, burn_in, replicas
        Of the chains for each m: averages are over layers from `burn_in` on, of at most so many
        chains.
    level
        In (0, 1), shared by all comparisons.
    seed, executor
        As in `rank_chain`; all m use the same random numbers.
    progress
        Called with the means m tried and the most there can be.

    Raises
    ------
    ArgumentError
        If a number is out of range, or the two ends 0 and `largest` are not on the two sides of the
        target.

    Examples
    --------
    >>> found = collapse_threshold(16, precision=1.0, depth=40, burn_in=20)
    >>> found.tried[0][1].upper < found.target < found.tried[1][1].lower
    True
    """
    goal, delta = probability("target", target), probability("level", level)
    entropy, most = check_seed(seed), integer("replicas", replicas)
    check_helpers(executor, progress)
    low, high = 0.0, positive_double("largest", largest)
    fine = positive_double("precision", precision)
    # No bisection of floats goes on after their 53 bits.
    halvings = math.ceil(math.log2(min(max(1.0, high / fine), 2.0**53)))
    d = integer("width", width)
    N = d if batch is None else integer("batch", batch)
    least = 1 / min(d, N)
    share = Observable("inverse_rank", inverse_rank, lambda n: least, lambda n: 1.0)
    tried: list[tuple[float, ErgodicAverage]] = []

    def average(mean: float) -> ErgodicAverage:
        network = rank_network(d, N, strength, weights=weights, mean=mean)
        run: ChainAverages | None = None
        while run is None or run.replicas < most:
            done = 0 if run is None else run.replicas
            more = rank_chain(
                network,
                depth=depth,
                burn_in=burn_in,
                replicas=min(max(done, _FIRST_ROUND), most - done),
                first_replica=done,
                blocks=2,
                seed=entropy,
                observables={share.name: share},
                executor=executor,
            )
            run = more if run is None else run.join(more)
            found = ergodic_average(run, share.name, level=delta / (2 + halvings))
            if not found.lower <= goal <= found.upper:
                break
        tried.append((mean, found))
        if progress is not None:
            progress(len(tried), 2 + halvings)
        return found

    below, above = average(low), average(high)
    if not below.upper < goal < above.lower:
        raise ArgumentError(
            "target",
            goal,
            f"1/r averages {below.mean:.3g} [{below.lower:.3g}, {below.upper:.3g}] without a mean "
            f"and {above.mean:.3g} [{above.lower:.3g}, {above.upper:.3g}] at m = {high:g}: it must "
            "lie between the intervals",
        )
    for _ in range(halvings):
        middle = (low + high) / 2
        found = average(middle)
        if found.upper < goal:
            low = middle
        elif found.lower > goal:
            high = middle
        else:
            return CollapseThreshold(low, high, goal, delta, tuple(tried), False)
    return CollapseThreshold(low, high, goal, delta, tuple(tried), True)

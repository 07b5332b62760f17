"""Averages over depth with intervals, from chains whose layers depend on each other.

==================  =================================  ==========================================
basis               what varies                        what it assumes
==================  =================================  ==========================================
`Basis.REPLICAS`    time averages of independent       nothing: the betting intervals of
                    chains, in a proved range          `numerics.confidence`, at any sample size
`Basis.BLOCKS`      means over long stretches of one   asymptotic: stretches so long that their
                    or several chains                  means are nearly independent and normal
==================  =================================  ==========================================

Both intervals are for the *expected mean over the observed layers*, E[(1/K) Σ_ℓ f(H_ℓ)]. The
distance from there to the stationary mean, the bias of the start, is in no interval. What the run
says about it is the difference between its second and its first half: where this is not small
against the width of the interval, the burn-in was too short.

Source of batch means: Glynn and Whitt 1991, https://doi.org/10.1016/0167-6377(91)90019-L.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray
from scipy.stats import t as student

from depthlaw.numerics.chains.chain import ChainAverages
from depthlaw.numerics.estimation.confidence import MeanBounds
from depthlaw.numerics.streams import Seed
from depthlaw.theory.errors import ArgumentError, instance, known_name, probability

Array = NDArray[np.float64]


class Basis(StrEnum):
    """What an interval rests on."""

    REPLICAS = "independent replicas: valid for any dependence between layers"
    """Betting on independent time averages in their proved range; holds at every sample size."""
    BLOCKS = "batch means: asymptotic in the length of a block"
    """Student's t over blocks, as if their means were independent and normal."""


@dataclass(frozen=True)
class ErgodicAverage:
    """An average over the observed layers, with an interval and what it rests on.

    Attributes
    ----------
    name
        Of the observable.
    mean, lower, upper, level
        The interval misses the expected mean over the window with probability at most `level` (for
        `Basis.BLOCKS` in the limit of long blocks).
    basis
        What the interval rests on.
    samples, seed
        Replicas, or blocks in all replicas, and the seed they came from.
    layers
        Observed layers in each replica.
    first_half, second_half
        Means over the two halves of the window: the bias of the start shows in their difference.
    correlation
        Of consecutive block means, in [−1, 1]; NaN where they do not vary. Far from 0 it says that
        blocks are too short for `Basis.BLOCKS`.
    """

    name: str
    mean: float
    lower: float
    upper: float
    level: float
    basis: Basis
    samples: int
    seed: Seed
    layers: int
    first_half: float
    second_half: float
    correlation: float

    @property
    def drift(self) -> float:
        """Second half minus first half."""
        return self.second_half - self.first_half

    def __str__(self) -> str:
        return (
            f"{self.name}: {self.mean:.4g} in [{self.lower:.4g}, {self.upper:.4g}] "
            f"(level {self.level:g}; {self.basis}); second minus first half {self.drift:+.2g}"
        )


def ergodic_average(
    run: ChainAverages, name: str = "stable_rank", *, level: float = 0.05
) -> ErgodicAverage:
    """Return the average of an observable, with an interval from independent replicas.

    Parameters
    ----------
    run
        Chains; the more replicas, the narrower the interval, like range/replicas at first and like
        1/√replicas later.
    name
        An observable of the run.
    level
        Probability in (0, 1) that the interval misses.

    Raises
    ------
    UnknownNameError
        If the run has no such observable.
    ArgumentError
        If `level` is not in (0, 1) or the batch vanished in a replica.

    Examples
    --------
    >>> from depthlaw.numerics.chains.chain import rank_chain
    >>> from depthlaw.numerics.chains.layers import rank_network
    >>> run = rank_chain(rank_network(4, 4), depth=40, replicas=30, burn_in=20)
    >>> found = ergodic_average(run)
    >>> 1 <= found.lower < found.mean < found.upper <= 4
    True
    """
    values = _finite(run, name)
    delta = probability("level", level)
    averages = values @ (run.counts / run.counts.sum())
    lowest, highest = run.ranges[name]
    if not lowest < highest:
        # One neuron or one sample: the range is a point, and the average with it.
        return _average(run, name, values, delta, Basis.REPLICAS, (lowest, highest))
    bounds = MeanBounds(lowest=lowest, highest=highest, level=delta).update(averages)
    return _average(run, name, values, delta, Basis.REPLICAS, bounds.interval())


def batch_means(
    run: ChainAverages, name: str = "stable_rank", *, level: float = 0.05
) -> ErgodicAverage:
    """Return the average of an observable, with Student's t over the blocks of all replicas.

    The interval is asymptotic: right in the limit of long blocks, for any number of them. One
    replica will do.

    Parameters
    ----------
    run, name, level
        As `ergodic_average`.

    Raises
    ------
    UnknownNameError, ArgumentError
        As `ergodic_average`.

    Examples
    --------
    >>> from depthlaw.numerics.chains.chain import rank_chain
    >>> from depthlaw.numerics.chains.layers import rank_network
    >>> run = rank_chain(rank_network(4, 4), depth=420, replicas=1, burn_in=20)
    >>> found = batch_means(run)
    >>> found.lower < found.mean < found.upper and "asymptotic" in found.basis
    True
    """
    values = _finite(run, name)
    delta = probability("level", level)
    shares = run.counts / run.counts.sum()
    mean = float((values @ shares).mean())
    freedom = values.size - 1
    # Blocks differ in length by one layer: weights n_b/Σn with a variance σ²/n_b each.
    weighted = float((((values - mean) ** 2) * shares).sum())
    half = float(student.isf(delta / 2, freedom)) * math.sqrt(weighted / len(values) / freedom)
    lowest, highest = run.ranges[name]
    ends = (max(lowest, mean - half), min(highest, mean + half))
    return _average(run, name, values, delta, Basis.BLOCKS, ends)


def _finite(run: ChainAverages, name: str) -> Array:
    instance("run", run, ChainAverages, "what rank_chain returned")
    known_name("observable", name, run.sums)
    values = run.block_means(name)
    dead = int((~np.isfinite(values).all(axis=1)).sum())
    if dead:
        raise ArgumentError(
            "run", f"{dead} of {run.replicas} replicas vanished", "take a wider network"
        )
    return values


def _average(
    run: ChainAverages,
    name: str,
    values: Array,
    level: float,
    basis: Basis,
    ends: tuple[float, float],
) -> ErgodicAverage:
    half = values.shape[1] // 2
    first, second = (
        float((values[:, part] @ (run.counts[part] / run.counts[part].sum())).mean())
        for part in (slice(None, half), slice(half, None))
    )
    mean = float((values @ (run.counts / run.counts.sum())).mean())
    return ErgodicAverage(
        name=name,
        mean=mean,
        lower=ends[0],
        upper=ends[1],
        level=level,
        basis=basis,
        samples=values.size if basis is Basis.BLOCKS else len(values),
        seed=run.seed,
        layers=int(run.counts.sum()),
        first_half=first,
        second_half=second,
        correlation=_correlation(values),
    )


def _correlation(values: Array) -> float:
    """Return the correlation of consecutive block means, within replicas."""
    centred = values - values.mean()
    squares = float((centred**2).sum())
    if squares == 0:
        return math.nan
    pairs = float((centred[:, 1:] * centred[:, :-1]).sum())
    return float(pairs * values.shape[1] / (values.shape[1] - 1) / squares)

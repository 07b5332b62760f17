"""Simulated chains, shared by the measured claims: what is built and what a trajectory contributes.

A time average over the layers after a burn-in is one number for each trajectory. Trajectories are
independent, so intervals over them are valid however dependent the layers of one are, and no mixing
is assumed. Where the average tends to a constant almost surely, so does its median.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from depthlaw.theory import gram
from depthlaw.theory.claim.check import Budget, Check, Measured, Observed, Typical
from depthlaw.theory.network import Linear, Network, Rescale, Variance, Weights

Array = NDArray[np.float64]
STABLE: Mapping[str, gram.Functional] = {"rank": gram.stable_rank}


def linear(
    residual: float | None = None, weights: Weights = Weights.GAUSSIAN, mean: float = 0.0
) -> Linear:
    """Return H ↦ H + γWH with entries of variance 1, or H ↦ WH for γ = ∞ (`residual` None)."""
    variance = Variance.FAN_IN if residual is None else Variance.UNIT
    return Linear(weights=weights, variance=variance, residual=residual, mean=mean)


def after(burn_in: int, name: str = "rank") -> Callable[[Observed], Array]:
    """Return the map from observables to time averages over the layers after `burn_in`."""
    return lambda observed: observed[name][:, burn_in + 1 :].mean(axis=1)


def typical(
    network: Network,
    *,
    depth: int,
    observables: Mapping[str, gram.Functional],
    per_replica: Callable[[Observed], Array],
    initial_gram: Array | None = None,
) -> Typical:
    """Describe a median over trajectories; the batch is orthonormal unless said otherwise."""
    start = np.eye(network.batch) if initial_gram is None else initial_gram
    return Typical(Measured(network, start, depth, observables, per_replica, -math.inf, math.inf))


def typical_average(
    functional: gram.Functional,
    *,
    width: int,
    batch: int,
    burn_in: int,
    depth: int,
    linear: Linear,
) -> Typical:
    """Describe the median of the time average of `functional` over the layers after `burn_in`."""
    return typical(
        Network(width, batch, (linear, Rescale())),
        depth=depth,
        observables={"value": functional},
        per_replica=after(burn_in, "value"),
    )


def average_rank(
    label: str,
    width: int,
    *,
    burn_in: int,
    depth: int,
    linear: Linear,
    budget: Budget = Budget.QUICK,
) -> Check:
    """Return a check of the average stable rank of N = d samples, at 24 trajectories."""
    return Check(
        f"{label}, d = N = {width}",
        {"width": width},
        typical_average(
            gram.stable_rank,
            width=width,
            batch=width,
            burn_in=burn_in,
            depth=depth,
            linear=linear,
        ),
        budget=budget,
        replicas=24,
    )

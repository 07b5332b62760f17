"""Simulated chains, shared by the measured claims: what is built and what a trajectory contributes.

A time average over the layers after a burn-in is one number for each trajectory. Trajectories are
independent, so intervals over them are valid however dependent the layers of one are, and no mixing
is assumed. Where the average tends to a constant almost surely, so does its median.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from depthlaw.theory.claim import Budget, Check, Measured, Observed, ParameterValue, Typical
from depthlaw.theory.network import Linear, Network, Rescale, Variance, Weights, gram

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


def layers_after(burn_in: int, depth: int) -> tuple[int, ...]:
    """Return the layers that such an average is taken over."""
    return tuple(range(burn_in + 1, depth + 1))


def typical(
    network: Network,
    *,
    depth: int,
    observables: Mapping[str, gram.Functional],
    per_replica: Callable[[Observed], Array],
    initial_gram: Array | None = None,
    layers: tuple[int, ...] | None = None,
) -> Typical:
    """Describe a median over trajectories; the batch is orthonormal unless said otherwise."""
    start = np.eye(network.batch) if initial_gram is None else initial_gram
    least, largest = -math.inf, math.inf
    return Typical(
        Measured(network, start, depth, observables, per_replica, least, largest, layers=layers)
    )


@dataclass(frozen=True)
class Chain:
    """A chain with batch normalisation, and the layers over which something is averaged.

    Parameters
    ----------
    width, batch
        d and N.
    burn_in, depth
        Layers after which the average begins and at which it ends.
    residual, weights, mean
        As in `linear`.
    budget
        Smallest budget that affords it.
    """

    width: int
    batch: int
    burn_in: int
    depth: int
    residual: float | None = None
    weights: Weights = Weights.GAUSSIAN
    mean: float = 0.0
    budget: Budget = Budget.QUICK

    @property
    def law(self) -> str:
        """Weights and γ in words."""
        named = "" if self.weights is Weights.GAUSSIAN else f"{self.weights} weights, "
        return f"{named}γ = {'∞' if self.residual is None else format(self.residual, 'g')}"

    @property
    def sizes(self) -> dict[str, ParameterValue]:
        """Width and batch, as parameters of a claim."""
        return {"width": self.width, "batch": self.batch}

    @property
    def described(self) -> str:
        """Law and sizes in words."""
        return f"{self.law}, d = {self.width}, N = {self.batch}"

    @property
    def network(self) -> Network:
        """What is simulated."""
        layer = linear(self.residual, self.weights, self.mean)
        return Network(self.width, self.batch, (layer, Rescale()))

    def average(
        self,
        label: str,
        parameters: Mapping[str, ParameterValue],
        functional: gram.Functional,
        *,
        resolution: Fraction | None = None,
    ) -> Check:
        """Return a check of the median of its time average over 24 trajectories."""
        quantity = typical(
            self.network,
            depth=self.depth,
            observables={"value": functional},
            per_replica=after(self.burn_in, "value"),
            layers=layers_after(self.burn_in, self.depth),
        )
        return Check(label, parameters, quantity, self.budget, replicas=24, resolution=resolution)

    def average_rank(self) -> Check:
        """Return a check of the average stable rank of N = d samples."""
        label = f"{self.law}, d = N = {self.width}"
        return self.average(label, {"width": self.width}, gram.stable_rank)

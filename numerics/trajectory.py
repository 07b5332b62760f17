"""What a simulation saw."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from depthlaw.numerics.gradients import Gradients
from depthlaw.numerics.sampling.routes import Route
from depthlaw.numerics.streams import Seed
from depthlaw.theory.errors import ArgumentError, instance
from depthlaw.theory.network import Network

Array = NDArray[np.float64]
Counts = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Trajectory:
    """What a simulation saw: observables of G_ℓ = H_ℓᵀH_ℓ/d for every replica and layer.

    Parameters
    ----------
    network, route, seed, depth, replicas, first_replica
        What was simulated; replicas are numbered from `first_replica` on.
    values
        For each observable an array of shape (replicas, depth+1); index 0 is the initial batch. A
        stem and a head count as layers of their own: with them there are as many columns more.
        NaN where G was zero, which has no direction to observe. What is only too small for
        the range of doubles ends a simulation with an error; a batch may also be zero because all
        that it had left was dropped.
    degenerate
        Rows and columns that were zero when a layer rescaled them, shape (replicas, depth+1).
    dropped
        Directions of the batch that could not be told from rounding and were dropped when a layer
        was drawn, shape (replicas, depth+1). Not counted are those that the start lacks (equal
        samples, a singular `initial_gram`) or that an operation takes away (recentring).
    dead_units
        Share of the neurons of each layer's last activation that were zero on every column, shape
        (replicas, depth+1); NaN where a layer has none.
    exponents
        Shape (replicas, depth+1), zero unless the scale ran away, or the start was as far from 1
        and its scale does not matter: observables saw G·2^−exponent.
    final_gram
        G of the last layer times 2^−exponent, shape (replicas, n, n).
    gradients
        What the backward pass saw; None where none was asked for.
    """

    network: Network
    route: Route
    seed: Seed
    depth: int
    replicas: int
    first_replica: int
    values: Mapping[str, Array] = field(repr=False)
    degenerate: Counts = field(repr=False)
    dropped: Counts = field(repr=False)
    dead_units: Array = field(repr=False)
    exponents: Counts = field(repr=False)
    final_gram: Array = field(repr=False)
    gradients: Gradients | None = field(default=None, repr=False)

    def join(self, other: Trajectory) -> Trajectory:
        """Return this round of replicas and the next one as a single trajectory.

        Raises
        ------
        ArgumentError
            If `other` is of another simulation or does not start where this one ends.
        """
        instance("other", other, Trajectory, "a Trajectory")
        for name in ("network", "route", "seed", "depth"):
            if getattr(self, name) != getattr(other, name):
                raise ArgumentError(
                    name, getattr(other, name), f"the first round had {getattr(self, name)}"
                )
        if set(self.values) != set(other.values):
            raise ArgumentError(
                "observables", sorted(other.values), f"the first round had {sorted(self.values)}"
            )
        gradients = None
        if self.gradients is not None and other.gradients is not None:
            gradients = self.gradients.join(other.gradients)
        elif self.gradients is not other.gradients:
            raise ArgumentError(
                "gradients", other.gradients is not None, "both rounds have them, or none"
            )
        if other.first_replica != self.first_replica + self.replicas:
            raise ArgumentError(
                "first_replica",
                other.first_replica,
                f"the first round ends before replica {self.first_replica + self.replicas}",
            )
        return Trajectory(
            network=self.network,
            route=self.route,
            seed=self.seed,
            depth=self.depth,
            replicas=self.replicas + other.replicas,
            first_replica=self.first_replica,
            values={
                name: np.concatenate([mine, other.values[name]])
                for name, mine in self.values.items()
            },
            degenerate=np.concatenate([self.degenerate, other.degenerate]),
            dropped=np.concatenate([self.dropped, other.dropped]),
            dead_units=np.concatenate([self.dead_units, other.dead_units]),
            exponents=np.concatenate([self.exponents, other.exponents]),
            final_gram=np.concatenate([self.final_gram, other.final_gram]),
            gradients=gradients,
        )

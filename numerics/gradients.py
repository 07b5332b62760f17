"""What a backward pass saw."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from depthlaw.theory.errors import ArgumentError, instance

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Gradients:
    """Gradients of L after every layer, for every replica.

    H_ℓ is what comes out of layer ℓ, H_0 the batch. Norms are Frobenius norms: sums over neurons
    and columns, or over the entries of a matrix. Logarithms are natural; they are −∞ where a
    gradient vanishes, as in a dead network.

    Attributes
    ----------
    log_norms
        log ‖∂L/∂H_ℓ‖², shape (replicas, depth+1). With a random direction of length 1 at the output
        ‖∂L/∂H_ℓ‖² is ‖Jᵀu‖² for the Jacobian J of all layers after ℓ. Column 0 is NaN where the
        start is given by a Gram matrix that no batch of the network's width has.
    log_weight_norms
        log ‖∂L/∂W‖² for each weight matrix of a layer, by name, shape (replicas, depth+1); NaN
        where a layer has no such matrix, and in column 0. W is what multiplies the neurons, with
        its scale in its entries: no factor 1/√d stands beside it.
    grams
        Gram matrices (∂L/∂H_ℓ)ᵀ ∂L/∂H_ℓ, shape (replicas, depth+1, n, n), divided by
        2^`exponents`, which are 0 unless a gradient came near an end of the range of doubles.
    exponents
        Shape (replicas, depth+1).
    independent
        Whether the weights of the backward pass were drawn anew, as mean-field theory supposes.
    given
        Whether the gradient at the output was given; else it was a random direction of length 1.
    """

    log_norms: Array = field(repr=False)
    log_weight_norms: Mapping[str, Array] = field(repr=False)
    grams: Array = field(repr=False)
    exponents: NDArray[np.int64] = field(repr=False)
    independent: bool = False
    given: bool = False

    @property
    def norms(self) -> Array:
        """‖∂L/∂H_ℓ‖², infinite or 0 where that leaves the range of doubles."""
        with np.errstate(over="ignore"):
            return np.asarray(np.exp(self.log_norms))

    @property
    def weights(self) -> dict[str, Array]:
        """‖∂L/∂W‖² by name, infinite or 0 where that leaves the range of doubles."""
        with np.errstate(over="ignore"):
            return {name: np.exp(values) for name, values in self.log_weight_norms.items()}

    @property
    def log_total_weight_norms(self) -> Array:
        """Log of the sum of ‖∂L/∂W‖² over the weights of each layer; NaN where it has none."""
        found = np.full(self.log_norms.shape, -np.inf)
        seen = np.zeros(found.shape, dtype=np.bool_)
        for values in self.log_weight_norms.values():
            there = ~np.isnan(values)
            found = np.where(there, np.logaddexp(found, np.where(there, values, -np.inf)), found)
            seen |= there
        return np.where(seen, found, np.nan)

    def join(self, other: Gradients) -> Gradients:
        """Return these and those of the next replicas as one.

        Raises
        ------
        ArgumentError
            If the others are of another kind.
        """
        instance("other", other, Gradients, "Gradients")
        for name in ("independent", "given"):
            mine, theirs = getattr(self, name), getattr(other, name)
            if mine != theirs:
                raise ArgumentError(name, theirs, f"the first round had {mine}")
        if set(self.log_weight_norms) != set(other.log_weight_norms):
            raise ArgumentError("other", other, "it is of a network with other weights")
        return Gradients(
            np.concatenate([self.log_norms, other.log_norms]),
            {
                name: np.concatenate([values, other.log_weight_norms[name]])
                for name, values in self.log_weight_norms.items()
            },
            np.concatenate([self.grams, other.grams]),
            np.concatenate([self.exponents, other.exponents]),
            self.independent,
            self.given,
        )

    def at(self, rows: slice) -> Gradients:
        """Return those of some replicas."""
        taken: dict[str, Any] = {name: v[rows] for name, v in self.log_weight_norms.items()}
        return Gradients(
            self.log_norms[rows],
            taken,
            self.grams[rows],
            self.exponents[rows],
            self.independent,
            self.given,
        )

"""What is known of H without its rows: G = HᵀH/d and, where it is needed, the mean m = Hᵀ1/d."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from depthlaw.numerics.sampling.matrices import (
    centred_from_moments,
    factor,
    recenter_batch,
    symmetrised,
    transpose,
)
from depthlaw.numerics.sampling.walk.rows import Affine, averaged
from depthlaw.theory.network import Average, Operation, Over, Recenter, Rescale

Array = NDArray[np.float64]
Counts = NDArray[np.int64]
_EPSILON = float(np.finfo(np.float64).eps)


@dataclass(frozen=True)
class Moments:
    """Second moments over the neurons.

    Attributes
    ----------
    gram
        G, shape (replicas, n, n).
    mean
        m, shape (replicas, n), or None where nothing needs it.
    width
        d.
    """

    gram: Array
    mean: Array | None
    width: int

    def apply(self, operation: Operation, tokens: int) -> tuple[Moments, Affine | None, Counts]:
        """Apply an operation over the features, or a mixing of the columns.

        Returns
        -------
        moments, affine, zeros
            What the operation leaves, the same as a map of rows where it is over the features, and
            how many samples were zero where they were rescaled without ε.
        """
        none = np.zeros(len(self.gram), dtype=np.int64)
        match operation:
            case Recenter(over=Over.BATCH):
                gram, mean = recenter_batch(self.gram, self.mean)
                return Moments(symmetrised(gram), mean, self.width), None, none
            case Average():
                gram = self._told_from_rounding(
                    averaged(transpose(averaged(self.gram, tokens)), tokens)
                )
                mean = None if self.mean is None else averaged(self.mean[:, :, None], tokens)
                return (
                    Moments(symmetrised(gram), None if mean is None else mean[:, :, 0], self.width),
                    None,
                    none,
                )
            case Recenter():
                assert self.mean is not None, "the program says that means are needed"
                gram = centred_from_moments(self.gram, self.mean, self.width)
                after = Moments(gram, np.zeros_like(self.mean), self.width)
                return after, Affine(self.mean, None), none
            case Rescale():
                return self._rescaled(operation.epsilon)
            case _:
                raise AssertionError(f"{operation} needs rows")

    def _told_from_rounding(self, gram: Array) -> Array:
        """Return a mixing's G with columns that are only rounding set to zero.

        A mean that vanishes leaves a square of either sign there.
        """
        n = gram.shape[-1]
        floor = n * _EPSILON * np.trace(self.gram, axis1=-2, axis2=-1)[:, None]
        alive = np.diagonal(gram, axis1=-2, axis2=-1) > floor
        return np.where(alive[:, :, None] & alive[:, None, :], gram, 0.0)

    def _rescaled(self, epsilon: float) -> tuple[Moments, Affine, Counts]:
        squares = np.maximum(np.diagonal(self.gram, axis1=-2, axis2=-1), 0.0) + epsilon
        factors = np.sqrt(np.divide(1.0, squares, out=np.zeros_like(squares), where=squares > 0))
        gram = self.gram * factors[:, :, None] * factors[:, None, :]
        mean = None if self.mean is None else self.mean * factors
        zeros = np.asarray((squares == 0).sum(axis=-1))
        return Moments(gram, mean, self.width), Affine(None, factors), zeros

    def centred(self) -> Moments:
        """Return the moments about the mean over the neurons, which d − 1 directions hold."""
        if self.mean is None:
            return self
        return Moments(centred_from_moments(self.gram, self.mean, self.width), None, self.width)

    def root(self) -> Array:
        """Return F with F Fᵀ = G about the mean, of as many columns as H has room for.

        Directions are ordered by size; equal samples have equal rows, zero samples zero rows.
        """
        room = self.width if self.mean is None else self.width - 1
        return factor(self.centred().gram)[..., : min(room, self.gram.shape[-1])]


def from_rows(rows: Array, *, needs_mean: bool) -> Moments:
    """Return the moments of rows of shape (replicas, n, neurons)."""
    width = rows.shape[-1]
    gram = symmetrised(rows @ transpose(rows)) / width
    return Moments(gram, rows.mean(axis=-1) if needs_mean else None, width)

"""Batch-normalised networks with activations, for the conjectures of appendix F."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from depthlaw.theory.claim import Measured, Observed, PathAssumption
from depthlaw.theory.network import Activate, Linear, Network, Rescale, gram

Array = NDArray[np.float64]


def _shifted_tanh(x: Array) -> Array:
    return np.tanh(x) + 1


def _relu(x: Array) -> Array:
    return np.maximum(x, 0.0)


def _cube(x: Array) -> Array:
    return x * x * x  # a power costs twenty times as much


def _hard_threshold(x: Array) -> Array:
    return np.where(np.abs(x) > 1.39, x, 0.0)


def _soft_threshold(x: Array) -> Array:
    return np.sign(x) * np.maximum(np.abs(x) - 1.3, 0.0)


TANH = Activate(np.tanh, "tanh")
SIN = Activate(np.sin, "sin")
RELU = Activate(_relu, "relu")
SHIFTED_TANH = Activate(_shifted_tanh, "tanh+1")
CUBE = Activate(_cube, "x³")
HARD_THRESHOLD = Activate(_hard_threshold, "hard threshold at 1.39")
SOFT_THRESHOLD = Activate(_soft_threshold, "soft threshold at 1.3")


def activated(
    spectrum: Sequence[Fraction],
    activation: Activate,
    *,
    width: int,
    depth: int,
    observables: dict[str, gram.Functional],
    per_replica: Callable[[Observed], Array],
    highest: float,
    assumption: PathAssumption | None = None,
    layers: tuple[int, ...] | None = None,
) -> Measured:
    """Describe H_{ℓ+1} = φ(BN(W_ℓ H_ℓ)), started at a diagonal Gram matrix."""
    return Measured(
        Network(width, len(spectrum), (Linear(), Rescale(), activation)),
        np.diag([float(value) for value in spectrum]),
        depth,
        observables,
        per_replica,
        0.0,
        highest,
        assumption,
        layers,
    )

"""Networks as descriptions: layers and their text, laws of weights, Gram matrices of batches.

Nothing here draws a weight.
"""

from __future__ import annotations

from depthlaw.theory.network.layer import (
    Activate,
    Array,
    Linear,
    Network,
    Operation,
    Over,
    Recenter,
    Rescale,
    Variance,
    Weights,
)

__all__ = [
    "Activate",
    "Array",
    "Linear",
    "Network",
    "Operation",
    "Over",
    "Recenter",
    "Rescale",
    "Variance",
    "Weights",
]

"""Sums of finitely many Hermite weights, as a table made without remainders has them."""

from __future__ import annotations

from flint import arb

from depthlaw.theory.activations import activation
from depthlaw.theory.hermite import series


def truncated_slope(name: str, terms: int) -> arb:
    """Return Σ_{k < terms} k c_k²/E φ², enclosed: κ′(1) without the rest of the series.

    It falls short of κ′(1):

    >>> truncated_slope("relu", 25) < 1
    True
    """
    expansion = series(activation(name))
    total = sum((k * expansion.squares[k] for k in range(terms)), start=arb(0))
    return total / expansion.second_moment

"""The correlation of two samples on the stream, enclosed."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from flint import arb

from depthlaw.theory.kernels.power_series import PowerSeriesMap
from depthlaw.theory.rigorous.balls import ball


def correlation(branch: PowerSeriesMap, start: Fraction, shares: Iterable[Fraction]) -> arb:
    """Return a ball around the last correlation, at the precision in force.

    Parameters
    ----------
    branch
        κ, the correlation map of the branches.
    start
        ρ₀ ∈ [−1, 1].
    shares
        The ε_j, layer by layer.

    Examples
    --------
    >>> from depthlaw.theory.activations import activation
    >>> from depthlaw.theory.kernels import normalised_map
    >>> square = normalised_map(activation("hermite(2)"))  # κ(ρ) = ρ²
    >>> half = Fraction(1, 2)
    >>> correlation(square, half, [half]) == ball(Fraction(3, 8))
    True
    """
    rho = ball(start)
    for share in shares:
        epsilon = ball(share)
        rho = (1 - epsilon) * rho + epsilon * branch.over(0, rho)
    return rho


def relu_gap(start: Fraction, shares: Iterable[Fraction]) -> arb:
    """Return a ball around the last 1 − ρ for ReLU, which stays sharp as ρ nears 1.

    Parameters
    ----------
    start
        1 − ρ₀ ∈ (0, 2).
    shares
        The ε_j, layer by layer.

    Examples
    --------
    >>> from depthlaw.theory.activations import activation
    >>> from depthlaw.theory.kernels import normalised_map
    >>> relu, half = normalised_map(activation("relu")), Fraction(1, 2)
    >>> relu_gap(half, [half] * 3).overlaps(1 - correlation(relu, half, [half] * 3))
    True
    """
    pi = arb.pi()
    delta = ball(start)
    error = delta.rad()
    for share in shares:
        # A layer grows with δ, with a slope of at most 1: what is not known of δ does not grow.
        middle = arb(delta.mid())
        # θ by its half: 1 − cos θ = 2 sin²(θ/2) loses nothing near 0.
        sine = (middle * (2 - middle)).sqrt()
        angle = 2 * (middle / 2).sqrt().asin()
        delta = middle - ball(share) / pi * (sine - angle * (1 - middle))
        error += delta.rad()
    return arb(delta.mid(), error.upper())

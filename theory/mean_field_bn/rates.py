r"""By what batch normalisation multiplies squared gradients in a layer.

With y = BN(z), t = y/√(B−1) and s = −1/(B−1) mean field has

    λ = (B−1)/(B−3) · (A − C)/D,
    A = E φ′(y)²(1 − t²),  C = E φ′(y)φ′(y′)(s − t t′),  D = E φ(y)² − E φ(y)φ(y′),

1 − t² and s − t t′ being the products of gradients of two coordinates on the sphere. Where the
gradient at the output is random, the layer next to it has A alone in the place of A − C: only below
it does recentring leave the gradient no part along 1. 1/variance has the mean (B−1)/(B−3), which
four samples need.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import sympy as sp
from numpy.typing import NDArray

from depthlaw.theory.elementwise import Elementwise
from depthlaw.theory.errors import ArgumentError, integer
from depthlaw.theory.mean_field_bn.integrals import COARSE, FINE, one, two
from depthlaw.theory.prediction.catalogue import kinks_of
from depthlaw.theory.values import Exact, Numeric

Array = NDArray[np.float64]
B = sp.Symbol("B", integer=True, positive=True)
_S = -1 / (B - 1)
SLOPE = (sp.pi - sp.acos(_S)) / sp.pi
"""J′(−1/(B−1)), J the normalised kernel of ReLU."""
KERNEL = sp.sqrt(1 - _S**2) / sp.pi + SLOPE * _S
"""J(−1/(B−1))."""
RELU = ((B - 1 + SLOPE) / (1 - KERNEL) - 1) / (B - 3)
"""λ of ReLU."""
LINEAR = (B - 2) / (B - 3)
"""λ without an activation."""
WITHOUT_MEAN = (B - 1) / (B - 2)
"""λ without an activation where nothing is recentred."""


@dataclass(frozen=True)
class Rates:
    """Growth of squared gradients through batch normalisation and φ.

    Attributes
    ----------
    growth
        λ, of every layer but the last.
    at_the_output
        Of the last layer, for a random gradient behind it.
    spread
        D = q(1 − c): what is behind φ is q(1 − c) on the contrasts of samples.
    """

    growth: Exact | Numeric
    at_the_output: Exact | Numeric
    spread: Exact | Numeric


def rates(batch: int, activation: Elementwise | None) -> Rates:
    """Return the rates of a batch of B ≥ 4 samples.

    Parameters
    ----------
    activation
        φ with its derivative, None for none.

    Raises
    ------
    ArgumentError
        If the batch is smaller, where the mean is infinite, or φ has no derivative.

    Examples
    --------
    >>> from depthlaw.theory.activations import activation
    >>> relu = rates(6, activation("relu").operation())
    >>> round(float(sp.N(relu.growth.expression)), 4)
    2.0038
    """
    n = integer("batch", batch)
    if n < 4:
        raise ArgumentError(
            "batch",
            n,
            "of three samples or less 1/variance has an infinite mean, and so have squared "
            "gradients; their logarithms have one: simulate --gradients",
        )
    if activation is None:
        top = LINEAR * (B - 1) / B
        return Rates(*(Exact(found.subs(B, n)) for found in (LINEAR, top, B / (B - 1))))
    if activation.name == "relu" and activation.homogeneous:
        spread = (1 - KERNEL) / 2
        top = (B - 2) / (2 * (B - 3)) / spread
        return Rates(*(Exact(expression.subs(B, n)) for expression in (RELU, top, spread)))
    return _computed(n, activation)


def _computed(n: int, phi: Elementwise) -> Rates:
    slope = phi.derivative
    if slope is None:
        raise ArgumentError("activation", phi.name, "it has no derivative: give Activate one")
    fine, coarse = (_means(n, phi.function, slope, _cuts(phi, n), k) for k in (FINE, COARSE))
    found = []
    for a, b in zip(fine, coarse, strict=True):
        found.append(Numeric(a, abs(a - b) + 64 * float(np.finfo(np.float64).eps) * abs(a)))
    return Rates(*found)


def _cuts(phi: Elementwise, n: int) -> tuple[float, ...]:
    return tuple(float(kink) / np.sqrt(n - 1) for kink in kinks_of(phi))


def _means(
    n: int,
    phi: Callable[[Array], Array],
    slope: Callable[[Array], Array],
    cuts: tuple[float, ...],
    nodes: int,
) -> tuple[float, float, float]:
    r, s = np.sqrt(n - 1), -1 / (n - 1)
    A = one(lambda t: slope(r * t) ** 2 * (1 - t * t), n, cuts, nodes)
    C = two(lambda t, u: slope(r * t) * slope(r * u) * (s - t * u), n, cuts, nodes)
    q = one(lambda t: phi(r * t) ** 2, n, cuts, nodes)
    D = q - two(lambda t, u: phi(r * t) * phi(r * u), n, cuts, nodes)
    factor = (n - 1) / (n - 3)
    return factor * (A - C) / D, factor * A / D, D

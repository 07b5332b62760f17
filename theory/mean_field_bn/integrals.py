"""Means over the sphere on which batch normalisation puts a row, in floats.

E f(t) and E f(t, t′) for a uniform point of the sphere of dimension B − 2 and two directions with
the cosine s = −1/(B−1): t′ = s t + √(1−s²)√(1−t²) w, with w the first coordinate on a sphere of one
dimension less. Angles are the variables, in which weights are powers of a sine, and panels end
where φ has a kink.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln

Array = NDArray[np.float64]
FINE, COARSE = 160, 112
"""Nodes in a panel: both are taken, and their difference is told."""


def one(function: Callable[[Array], Array], batch: int, cuts: Sequence[float], nodes: int) -> float:
    """Return E f(t).

    Parameters
    ----------
    cuts
        Where f has kinks, in [−1, 1].

    Examples
    --------
    >>> abs(one(lambda t: t**2, 6, (), FINE) - 1 / 5) < 1e-14
    True
    """
    theta, weights = _panels(_angles(cuts), nodes)
    density = _density(theta, batch - 3) * weights
    return float((function(np.cos(theta)) * density).sum())


def two(
    function: Callable[[Array, Array], Array], batch: int, cuts: Sequence[float], nodes: int
) -> float:
    """Return E f(t, t′).

    >>> bool(abs(two(lambda t, u: t * u, 6, (), FINE) + 1 / 25) < 1e-14)  # s E t²
    True
    """
    s = -1 / (batch - 1)
    rest = np.sqrt(1 - s * s)
    # The second kink reaches the border of what w can do at these angles.
    borders = [s * c + side * rest * np.sqrt(1 - c * c) for c in cuts for side in (1, -1)]
    theta, weights = _panels(_angles([*cuts, *borders]), nodes)
    density = _density(theta, batch - 3) * weights
    total = 0.0
    for angle, share in zip(theta, density, strict=True):
        t, reach = np.cos(angle), rest * np.sin(angle)
        inner = [(c - s * t) / reach for c in cuts]
        psi, inside = _panels(_angles(inner), nodes)
        inside = inside * _density(psi, batch - 4)
        u = s * t + reach * np.cos(psi)
        total += share * float((function(np.full_like(u, t), u) * inside).sum())
    return total


def _angles(cuts: Sequence[float]) -> tuple[float, ...]:
    inner = sorted({float(np.arccos(c)) for c in cuts if -1 < c < 1})
    return (0.0, *inner, float(np.pi))


def _panels(ends: tuple[float, ...], nodes: int) -> tuple[Array, Array]:
    x, w = _rule(nodes)
    places, weights = [], []
    for left, right in pairwise(ends):
        half = (right - left) / 2
        places.append((left + right) / 2 + half * x)
        weights.append(half * w)
    return np.concatenate(places), np.concatenate(weights)


@lru_cache(maxsize=8)
def _rule(nodes: int) -> tuple[Array, Array]:
    x, w = np.polynomial.legendre.leggauss(nodes)
    return x, w


def _density(theta: Array, power: int) -> Array:
    """Return sin^power θ over its integral from 0 to π."""
    norm = np.exp(gammaln(power / 2 + 1) - gammaln((power + 1) / 2)) / np.sqrt(np.pi)
    return np.asarray(norm * np.sin(theta) ** power)

"""E over a standard Gaussian, and Hermite coefficients, by panels of Gauss–Legendre nodes.

[−R, R] is cut at kinks and into short panels; each is integrated by two rules, of 16 and of 11
nodes, whose difference is the error that is stated. It is no bound.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
REACH = 14.0
"""R: the Gaussian mass beyond is 10⁻⁴⁴."""
_PANEL = 0.25
RULES = (16, 11)
ORDER = 200
"""Hermite coefficients that are kept."""


def panels(cuts: tuple[float, ...], lower: float, upper: float, length: float) -> Array:
    """Return the ends of panels of at most a length between `lower` and `upper`, cut at `cuts`."""
    inner = sorted({lower, upper, *(cut for cut in cuts if lower < cut < upper)})
    ends = [lower]
    for left, right in pairwise(inner):
        count = max(1, math.ceil((right - left) / length))
        ends.extend((left + (right - left) * np.arange(1, count + 1) / count).tolist())
    return np.array(ends)


def legendre(ends: Array, order: int) -> tuple[Array, Array]:
    """Return nodes and weights of ∫ over panels, by a rule of `order` nodes on each.

    >>> x, w = legendre(np.array([0.0, 1.0, 3.0]), 4)
    >>> bool(np.isclose(w @ x**2, 9))
    True
    """
    x, w = np.polynomial.legendre.leggauss(order)
    half, middle = np.diff(ends) / 2, (ends[1:] + ends[:-1]) / 2
    return (middle[:, None] + half[:, None] * x).ravel(), (half[:, None] * w).ravel()


@lru_cache(maxsize=16)
def hermite_basis(cuts: tuple[float, ...], rule: int) -> tuple[Array, Array]:
    """Return nodes x, shape (N,), and w γ(x) h_k(x), shape (N, `ORDER` + 1), orthonormal h_k.

    >>> x, basis = hermite_basis((), 16)
    >>> bool(np.allclose(basis[:, :3].T @ (x**2 - 1), [0, 0, 2**0.5]))
    True
    """
    x, w = legendre(panels(cuts, -REACH, REACH, _PANEL), rule)
    basis = np.empty((len(x), ORDER + 1))
    basis[:, 0] = w * np.exp(-(x**2) / 2) / math.sqrt(2 * math.pi)
    basis[:, 1] = x * basis[:, 0]
    for k in range(1, ORDER):
        basis[:, k + 1] = (x * basis[:, k] - math.sqrt(k) * basis[:, k - 1]) / math.sqrt(k + 1)
    return x, basis


def coefficients(
    function: Callable[[Array], Array], cuts: tuple[float, ...]
) -> tuple[Array, Array, Array, bool]:
    """Return the Hermite coefficients of functions of a standard Gaussian, and their squares.

    Parameters
    ----------
    function
        Takes nodes of shape (N,) to values of shape (m, N).
    cuts
        Where one of them may have a kink.

    Returns
    -------
    Coefficients, shape (m, `ORDER` + 1), what two rules differ by, E f², both shape (m,), and
    whether f² decays within `REACH`.
    """
    found = []
    decays = True
    for rule in RULES:
        x, basis = hermite_basis(cuts, rule)
        values = function(x)
        square = values**2 * basis[:, 0]
        ends = np.abs(square[:, [0, -1]]).max(axis=1)
        decays = decays and bool(
            np.isfinite(square).all() and (ends <= 1e-15 * square.sum(axis=1)).all()
        )
        found.append((values @ basis, square.sum(axis=1)))
    (c, squares), (coarse, rough) = found
    with np.errstate(invalid="ignore"):
        change = np.abs(c - coarse).max(axis=1) * np.sqrt(squares) + np.abs(squares - rough)
    return c, change, squares, decays

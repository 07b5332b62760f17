"""Kernels without a closed form: Hermite coefficients of f_i(√q_i ·) and f_i′(√q_i ·).

By Mehler's formula E f(X)g(Y) = Σ c_k d_k ρᵏ. The coefficients are computed by quadrature; beyond
the last one a sum with ρ ≥ 0 lies between 0 and what Parseval leaves, of which half is added.
Nothing is proved: how far two resolutions differ is said by who calls.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from depthlaw.theory.elementwise import Elementwise
from depthlaw.theory.errors import DepthlawError
from depthlaw.theory.prediction.answers import no_answer
from depthlaw.theory.prediction.catalogue import formula_of, kinks_of
from depthlaw.theory.prediction.nodes import ORDER, RULES, hermite_basis
from depthlaw.theory.tangent.features import Affine, Moments, Step
from depthlaw.theory.tangent.formulas import why_no_tangent
from depthlaw.theory.tangent.programs import by_pieces

Array = NDArray[np.float64]
_GROUP = 16
"""Columns whose kinks are cut together."""
_DIFFERENCE = 2.0**-17
"""Step of the central difference for functions without a formula."""


@dataclass(frozen=True)
class Resolution:
    """Nodes on each panel, and the last Hermite coefficient."""

    rule: int
    order: int


FINE = Resolution(RULES[0], ORDER)
COARSE = Resolution(RULES[1], 3 * ORDER // 4)


def series_moments(K: Array, steps: tuple[Step, ...], resolution: Resolution) -> Moments:
    """Return the moments of `steps`, one after the other, of Gaussian neurons.

    Raises
    ------
    NoAnswer
        If a function has no second moment at its variance.

    Examples
    --------
    >>> from depthlaw.theory.activations import activation
    >>> K = np.array([[1.0, 0.5], [0.5, 2.0]])
    >>> found = series_moments(K, (activation("sin").operation(),), FINE)
    >>> bool(np.isclose(found.slope[0, 1], np.exp(-1.5) * np.cosh(0.5)))
    True
    """
    q = np.diagonal(K)
    each, whose = _columns(q, steps)
    lost = _lost(steps)
    order = resolution.order + 1
    values, slopes = np.empty((len(each), order)), np.empty((len(each), order))
    squares, steep = np.empty(len(each)), np.empty(len(each))
    for start in range(0, len(each), _GROUP):
        group = slice(start, start + _GROUP)
        chosen = each[group]
        roots = np.sqrt(q[chosen])
        x, basis = hermite_basis(_cuts(steps, roots), resolution.rule)
        f, derivative = _functions(steps, roots[:, None] * x, chosen, tangent=lost is None)
        with np.errstate(all="ignore"):
            values[group], squares[group] = f @ basis[:, :order], f**2 @ basis[:, 0]
            slopes[group] = derivative @ basis[:, :order]
            steep[group] = derivative**2 @ basis[:, 0]
            ends = (f**2 * basis[:, 0])[:, [0, -1]].max(axis=1)
        if not (np.isfinite(squares[group]).all() and (ends <= 1e-15 * squares[group]).all()):
            raise no_answer(
                steps[-1].describe() if isinstance(steps[-1], Elementwise) else "the activation",
                "its second moment at this variance is infinite, or not found",
            )
    rho = np.clip(K / np.sqrt(np.outer(q, q)), -1.0, 1.0)
    second = _mehler(values, squares, rho, whose)
    slope = None if lost else _mehler(slopes, steep, rho, whose)
    return Moments(second, slope, values[whose, 0], lost)


def _columns(q: Array, steps: tuple[Step, ...]) -> tuple[NDArray[np.int_], NDArray[np.int_]]:
    """Return a column for each different function, and which of them every column has."""
    parts = [q]
    for step in steps:
        if isinstance(step, Affine):
            parts += [np.asarray(step.scale, float), np.asarray(step.shift, float)]
    table = np.stack([np.broadcast_to(part, q.shape) for part in parts], axis=1)
    _, each, whose = np.unique(table, axis=0, return_index=True, return_inverse=True)
    return each, whose.ravel()


def _lost(steps: tuple[Step, ...]) -> str | None:
    for step in steps:
        if isinstance(step, Elementwise):
            why = why_no_tangent(step)
            if why is not None:
                return why
    return None


def _cuts(steps: tuple[Step, ...], roots: Array) -> tuple[float, ...]:
    """Return the kinks of the first function, as places of a standard Gaussian."""
    first = steps[0]
    places = kinks_of(first) if isinstance(first, Elementwise) else ()
    return tuple(sorted({place / float(root) for place in places for root in roots}))


def _functions(
    steps: tuple[Step, ...], x: Array, chosen: NDArray[np.int_], *, tangent: bool
) -> tuple[Array, Array]:
    """Return f and f′ at points x, shape (m, N), by the chain rule."""
    slope = np.ones_like(x)
    with np.errstate(all="ignore"):
        for step in steps:
            if isinstance(step, Affine):
                scale, shift = (np.asarray(p)[chosen, None] for p in (step.scale, step.shift))
                x, slope = scale * x + shift, scale * slope
            else:
                if tangent:
                    slope = slope * np.asarray(_derivative(step)(x), dtype=np.float64)
                x = np.asarray(step.function(x), dtype=np.float64)
    return x, slope


@lru_cache(maxsize=64)
def _derivative(operation: Elementwise) -> Callable[[Array], Array]:
    """Return φ′ by its formula, or by central differences where there is none."""
    phi = formula_of(operation)
    exact = None
    if phi is not None:
        try:
            exact = by_pieces(phi.derivative().pieces)
        except DepthlawError:
            exact = None
    h = _DIFFERENCE

    def difference(x: Array) -> Array:
        return (operation.function(x + h) - operation.function(x - h)) / (2 * h)

    if exact is None:
        return difference
    formula = exact

    def derivative(x: Array) -> Array:
        found = formula(x)
        lost = ~np.isfinite(found)
        found[lost] = difference(x[lost])
        return found

    return derivative


def _mehler(c: Array, squares: Array, rho: Array, whose: NDArray[np.int_]) -> Array:
    """Return Σ c_ik c_jk ρ_ij^k, with squares on the diagonal, for functions i = `whose`."""
    total = np.zeros_like(rho)
    if len(c) == 1:
        for coefficient in c[0, ::-1] ** 2:
            total *= rho
            total += coefficient
    else:
        for column in c.T[::-1]:
            total *= rho
            total += np.outer(column[whose], column[whose])
    left = np.maximum(squares - (c**2).sum(axis=1), 0.0)[whose]
    if left.any():
        size = np.sqrt(np.outer(left, left)) * np.maximum(rho, 0.0) ** c.shape[1]
        total += np.where(rho > 0, size / 2, 0.0)
    total[np.arange(len(rho)), np.arange(len(rho))] = squares[whose]
    return total


def spread_of(one: Array, two: Array) -> float:
    """Return how far two matrices differ, over the roots of the first one's diagonal.

    >>> spread_of(np.diag([4.0, 1.0]), np.diag([4.5, 1.0]))
    0.125
    """
    size = np.sqrt(np.abs(np.diagonal(one)))
    scale = np.outer(size, size)
    found = np.abs(one - two)[scale > 0] / scale[scale > 0]
    return float(found.max(initial=0.0)) if math.isfinite(found.sum()) else math.inf

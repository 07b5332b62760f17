"""Kernel maps of many correlations at once, in floats, each value with its error.

A closed form is evaluated with a running error bound; everything else is the Hermite polynomial,
whose error is the Parseval tail plus rounding. Where kinks make that tail large, next to ±1, the
polynomials of `depthlaw.theory.kernels.near_one` take over. Millions of
values pass through in blocks that fit the cache.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import sympy as sp
from numpy.typing import ArrayLike, NDArray

from depthlaw.theory.errors import ArgumentError, real_array, takes
from depthlaw.theory.kernels.conditional import smoothable
from depthlaw.theory.kernels.correlation_map import CorrelationMap
from depthlaw.theory.kernels.kernel_map import KernelMap
from depthlaw.theory.kernels.near_one import FARTHEST, NearOne
from depthlaw.theory.kernels.running_error import Rounded, evaluate_rounded
from depthlaw.theory.rigorous.balls import float_bounds, precision
from depthlaw.theory.rigorous.zero import ball_of
from depthlaw.theory.terms.closed_kernel import RHO

Array = NDArray[np.float64]
_BLOCK = 16_384
_UNIT = float(np.finfo(np.float64).eps)


@dataclass(frozen=True)
class KernelValues:
    """Floats and error bounds, both of the shape of the correlations.

    |`values` − κ(ρ)| ≤ `errors`, where ρ is the float that was given, taken exactly.

    Attributes
    ----------
    values, errors
        Of the shape of the correlations.
    clipped
        How many correlations were beyond ±1 by rounding, and were taken as ±1.
    """

    values: Array
    errors: Array
    clipped: int = 0


@takes("kernel", (KernelMap, CorrelationMap), "a kernel map or a correlation map")
def kernel_values(kernel: KernelMap | CorrelationMap, correlations: ArrayLike) -> KernelValues:
    """Return κ(ρ) or f(ρ) at every entry of `correlations`, with error bounds.

    Parameters
    ----------
    kernel
        A kernel map, or a correlation map built on one.
    correlations
        Numbers in [−1, 1], of any shape. Cosines that were computed may be beyond ±1 by up to
        eight units of their own precision: they are taken as ±1, and counted.

    Raises
    ------
    ArgumentError
        If an entry is further outside [−1, 1] or not a number.

    Examples
    --------
    >>> from depthlaw.theory.activations import activation
    >>> found = kernel_values(KernelMap(activation("sign")), [-1.0, 0.0, 1.0])
    >>> bool(np.all(np.abs(found.values - [-1, 0, 1]) <= found.errors))
    True
    """
    rho, clipped = clipped_correlations(correlations)
    flat = np.ascontiguousarray(rho).ravel()
    base = kernel.kernel if isinstance(kernel, CorrelationMap) else kernel
    values, errors = np.empty_like(flat), np.empty_like(flat)
    evaluate = _Polynomial(base) if base.closed is None else _Closed(base.closed.unit)
    for start in range(0, flat.size, _BLOCK):
        part = flat[start : start + _BLOCK]
        found = evaluate(part)
        if isinstance(kernel, CorrelationMap):
            found = _affine(kernel, found, part)
        values[start : start + _BLOCK], errors[start : start + _BLOCK] = found.value, found.error
    return KernelValues(values.reshape(rho.shape), errors.reshape(rho.shape), clipped)


def clipped_correlations(correlations: ArrayLike) -> tuple[Array, int]:
    """Return correlations as floats in [−1, 1], and how many of them rounding had put outside.

    Raises
    ------
    ArgumentError
        If one is outside by more than rounding, or not a number.

    Examples
    --------
    >>> values, count = clipped_correlations([1 + 2.0**-52, 0.5])
    >>> values.tolist(), count
    ([1.0, 0.5], 1)
    """
    rho = real_array("correlations", correlations)
    if rho.size and -1 <= rho.min() and rho.max() <= 1:
        return rho, 0
    given = getattr(correlations, "dtype", rho.dtype)
    kind = given if given.kind == "f" else rho.dtype
    room = max(_SLACK * float(np.finfo(kind).eps), _SLACK * _UNIT)
    if not (np.abs(rho) <= 1 + room).all():
        raise ArgumentError("correlations", "an array with |ρ| > 1 or NaN", "keep them in [−1, 1]")
    return np.clip(rho, -1.0, 1.0), int((np.abs(rho) > 1).sum())


_SLACK = 8


@dataclass(frozen=True)
class _Closed:
    formula: sp.Expr

    def __call__(self, rho: Array) -> Rounded:
        found = evaluate_rounded(self.formula, RHO, rho)
        shape = rho.shape
        return Rounded(np.broadcast_to(found.value, shape), np.broadcast_to(found.error, shape))


class _Polynomial:
    """Σ c_k² ρᵏ by Horner's rule, up to where the tail no longer matters."""

    def __init__(self, kernel: KernelMap) -> None:
        self.near_one = NearOne(kernel) if smoothable(kernel.activation) is not None else None
        expansion = kernel.series
        with precision(expansion.bits):
            squares = expansion.squares
            left = [expansion.remainder]
            for square in reversed(squares[1:]):
                left.append(left[-1] + square)
            left.reverse()
            # `left[k]` bounds the tail after order k; below the rounding it no longer matters.
            rounding = expansion.second_moment * _UNIT / 8
            order = next((k for k, tail in enumerate(left) if tail < rounding), len(squares) - 1)
            self.coefficients = [float(square.mid()) for square in squares[: order + 1]]
            self.tail = float_bounds(left[order])[1]
            radius = sum(float_bounds(square.rad())[1] for square in squares[: order + 1])
        # Horner: 2k roundings of the term of degree k, one for its coefficient, half a unit each.
        terms = sum((k + 1) * c for k, c in enumerate(self.coefficients))
        self.rounding = 1.001 * _UNIT * terms + radius

    def __call__(self, rho: Array) -> Rounded:
        value = np.full_like(rho, self.coefficients[-1])
        for coefficient in reversed(self.coefficients[:-1]):
            value *= rho
            value += coefficient
        size = np.abs(rho) ** len(self.coefficients)
        error = self.tail * (1 + 1e3 * _UNIT) * size + self.rounding
        if self.near_one is not None:
            loose = (error > 4 * self.rounding) & (np.abs(rho) >= FARTHEST)
            value[loose], error[loose] = self.near_one(rho[loose])
        return Rounded(value, error)


def _affine(kernel: CorrelationMap, found: Rounded, rho: Array) -> Rounded:
    """Return scale · κ + linear · ρ + offset."""
    parts = []
    for number in (kernel.scale, kernel.linear, kernel.offset):
        value = float(ball_of(number).mid())
        parts.append(Rounded(np.full((), value), 0.0, 2 * _UNIT))
    scale, linear, offset = parts
    return scale * found + linear * Rounded(rho) + offset

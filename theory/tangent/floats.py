"""Kernels in floats: closed forms in blocks that fit the cache, everything else by quadrature."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import sympy as sp
from numpy.typing import NDArray

from depthlaw.theory.elementwise import Elementwise
from depthlaw.theory.prediction.activate import rough_means
from depthlaw.theory.prediction.catalogue import formula_of
from depthlaw.theory.tangent.features import Entries, Moments, Step
from depthlaw.theory.tangent.formulas import Formulas, formulas, why_no_slope
from depthlaw.theory.tangent.programs import program
from depthlaw.theory.tangent.series import Resolution, series_moments
from depthlaw.theory.terms.closed_kernel import Q1, Q2, RHO, R

Array = NDArray[np.float64]
_BLOCK = 16_384
_ROUNDINGS = 4 * float(np.finfo(np.float64).eps)
"""A correlation is a product with two roots and two quotients: closer to ±1 it is ±1."""


@dataclass(frozen=True, eq=False)
class Floats:
    """Arrays of floats.

    Attributes
    ----------
    same
        Which columns are equal for certain, shape (n, n): a pair of them is no pair.
    resolution
        Of the quadrature, where there is no closed form.
    """

    same: NDArray[np.bool_]
    resolution: Resolution

    def entries(self, values: Array) -> Entries:
        """Return the floats."""
        return np.asarray(values, dtype=np.float64)

    def root(self, values: Entries) -> Entries:
        """Return square roots of floats that are 0 where rounding made them negative."""
        return np.asarray(np.sqrt(np.maximum(values, 0.0)))

    def read_out(self, places: int) -> Floats:
        """Return the same for samples instead of their positions."""
        return Floats(self.same[::places, ::places], self.resolution)

    def moments(self, nngp: Entries, steps: tuple[Step, ...]) -> Moments:
        """Return the moments of functions of Gaussian neurons, computed."""
        step = steps[0]
        if len(steps) == 1 and isinstance(step, Elementwise):
            phi = formula_of(step)
            forms = None if phi is None else formulas(phi)
            if phi is not None and forms is not None:
                found = _closed(forms, nngp, step)
                if found is not None:
                    return self._equal(Moments(*found, why_no_slope(phi)))
        return self._equal(series_moments(nngp, steps, self.resolution))

    def _equal(self, found: Moments) -> Moments:
        """Put what a column has with itself where two columns are equal."""
        one, two = np.nonzero(np.triu(self.same, 1))
        for matrix in (found.second, found.slope):
            if matrix is not None and len(one):
                diagonal = np.diagonal(matrix).copy()
                matrix[one, two] = matrix[two, one] = diagonal[one]
        return found


def _closed(
    forms: Formulas, K: Array, step: Elementwise
) -> tuple[Array, Array | None, Array] | None:
    """Return E φφ, E φ′φ′ and E φ by formulas, or None where floats have no rule for one."""
    q = np.diagonal(K).copy()
    ends = [forms.square, forms.mean]
    pairs: list[sp.Expr] = [forms.pair]
    if forms.slope is not None and forms.slope_square is not None:
        ends.append(forms.slope_square)
        pairs.append(forms.slope)
    symbols = (RHO,) if forms.homogeneous else (Q1, Q2, R)
    at_end, at_pair = program(tuple(ends), (Q1,)), program(tuple(pairs), symbols)
    if at_end is None or at_pair is None:
        return None
    square, centre, *steepest = (np.broadcast_to(value, q.shape) for value in at_end(q))
    root = np.sqrt(q)
    tables = [np.empty_like(K) for _ in pairs]
    inverse = 1 / root
    rows = max(1, _BLOCK // len(K))
    for start in range(0, len(K), rows):
        stop = start + rows
        here, rest = slice(start, stop), slice(start, None)
        r = K[here, rest]
        if forms.homogeneous:
            rho = r * inverse[here, None]
            rho *= inverse[rest]
            _snap(rho)
            found = at_pair(rho)
            found[0] = found[0] * (root[here, None] * root[rest])
        else:
            found = at_pair(q[here, None], q[None, rest], r)
        for table, values in zip(tables, found, strict=True):
            table[here, rest] = values
            table[rest, here] = table[here, rest].T
    diagonal = np.arange(len(K))
    tables[0][diagonal, diagonal] = square * q if forms.homogeneous else square
    if steepest:
        tables[1][diagonal, diagonal] = steepest[0]
    mean = centre * root if forms.homogeneous else _mean(step, q, centre, square)
    return tables[0], tables[1] if steepest else None, mean


def _mean(step: Elementwise, q: Array, centre: Array, square: Array) -> Array:
    """Return E φ from its square and its sign; next to 0 the root would lose half of the digits."""
    rough = rough_means(step, q)
    return np.where(
        centre > _SMALL * square, np.sign(rough) * np.sqrt(np.maximum(centre, 0.0)), rough
    )


_SMALL = 2.0**-20


def _snap(rho: Array) -> None:
    """Put ±1 where a correlation is as close to it as its rounding."""
    for sign in (1.0, -1.0):
        near = sign * rho >= 1 - _ROUNDINGS
        if near.any():
            rho[near] = sign

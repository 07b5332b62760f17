"""The covariance K of a row of neurons over the columns, in floats with errors.

K is kept as variances q_i = K_ii and correlations ρ_ij = K_ij/√(q_i q_j). A norm over features then
leaves ρ alone, and the diagonal is 1 without an error. Where all pairs of n columns are alike, two
columns stand for all of them.

>>> half = Covariance.equicorrelated(8, 0.5)
>>> half.variances.value.tolist(), half.correlations.value[0, 1], half.columns
([1.0, 1.0], np.float64(0.5), 8)
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import sympy as sp
from flint import arb
from numpy.typing import NDArray

from depthlaw.theory.errors import Real
from depthlaw.theory.kernels.running_error import Rounded
from depthlaw.theory.prediction.answers import NoAnswer
from depthlaw.theory.rigorous.balls import float_bounds, precision
from depthlaw.theory.rigorous.zero import ball_of

Array = NDArray[np.float64]
_UNIT = float(np.finfo(np.float64).eps)
MOST_COLUMNS = 2000
"""Columns up to which a whole matrix is carried."""


def rounded(values: Array, errors: Array | float = 0.0) -> Rounded:
    """Return floats with a bound on the error of each."""
    found = np.asarray(values, dtype=np.float64)
    return Rounded(found, np.array(np.broadcast_to(errors, found.shape), dtype=np.float64))


def settled(number: Rounded) -> Rounded:
    """Return the same floats and bounds, each with an error of its own."""
    return Rounded(np.array(number.value), np.array(number.error))


def vanishes(mean: Rounded | None) -> bool:
    """Whether a mean is 0 without an error: behind fresh neurons it stays so."""
    return mean is not None and not np.any(mean.value) and not np.any(mean.error)


def constant(number: sp.Expr | arb) -> Rounded:
    """Return an exact number, or a ball, as a float with its error.

    >>> third = constant(sp.Rational(1, 3))
    >>> bool(third.error < 1e-16)
    True
    """
    with precision(128):
        found = number if isinstance(number, arb) else ball_of(number)
        middle = float(found.mid())
        spread = float_bounds(abs(found - middle))[1]
    return Rounded(np.full((), middle), spread)


@dataclass(frozen=True, eq=False)
class Covariance:
    """K of n columns.

    Attributes
    ----------
    variances, correlations
        Shapes (m,) and (m, m), the second with unit diagonal.
    columns
        n.
    shared
        Whether m = 2 columns stand for n > 2 of which any two are like them.
    """

    variances: Rounded
    correlations: Rounded
    columns: int
    shared: bool = False

    @classmethod
    def equicorrelated(cls, columns: int, correlation: Real, variance: float = 1.0) -> Covariance:
        """Return n columns of one variance, any two of which have one correlation."""
        m = min(columns, 2)
        c = float(correlation)
        table, error = np.full((m, m), c), np.zeros((m, m))
        if Fraction(c) != correlation:  # 1/3 is no float
            error += _UNIT * abs(c)
        np.fill_diagonal(table, 1.0)
        np.fill_diagonal(error, 0.0)
        return cls(rounded(np.full(m, variance)), rounded(table, error), columns, columns > 2)

    @classmethod
    def of_matrix(cls, matrix: Rounded, columns: int, shared: bool = False) -> Covariance:
        """Return the covariance whose matrix is given, shape (m, m)."""
        m = len(matrix.value)
        here = np.arange(m)
        q = rounded(np.maximum(matrix.value[here, here], 0.0), matrix.error[here, here])
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            roots = q.sqrt().inverse()
            products = column(roots) * row(roots)
            rho = matrix * products
        vanish = (q.value == 0) & (q.error == 0)
        return cls(q, unit_diagonal(rho, vanish), columns, shared)

    @property
    def size(self) -> int:
        """M."""
        return len(self.variances.value)

    @property
    def alike(self) -> bool:
        """Whether all variances are the same float."""
        return bool(np.all(self.variances.value == self.variances.value[0]))

    def matrix(self) -> Rounded:
        """Return K, shape (m, m)."""
        roots = self.variances.sqrt()
        found = settled(column(roots) * row(roots) * self.correlations)
        here = np.arange(self.size)
        found.value[here, here] = self.variances.value
        np.asarray(found.absolute)[here, here] = self.variances.error
        return found

    def expanded(self) -> Covariance:
        """Return the same with a column for each of the n.

        Raises
        ------
        NoAnswer
            If there are more than `MOST_COLUMNS`.
        """
        if not self.shared:
            return self
        n = self.columns
        if n > MOST_COLUMNS:
            raise NoAnswer(f"a matrix of {n} columns is more than the {MOST_COLUMNS} carried here")
        place = np.ones((n, n), dtype=int) - np.eye(n, dtype=int)
        rho, error = self.correlations.value[0][place], self.correlations.error[0][place]
        q = rounded(np.full(n, self.variances.value[0]), np.full(n, self.variances.error[0]))
        return Covariance(q, rounded(rho, error), n)

    def scaled(self, factor: Rounded) -> Covariance:
        """Return the variances times a factor, for each column or for all."""
        return Covariance(
            settled(self.variances * factor), self.correlations, self.columns, self.shared
        )

    def plus(self, other: Covariance) -> Covariance:
        """Return the sum K + K′: ρ is a mean of both correlations with weights q_i/(q_i + q′_i)."""
        one, two = self, other
        if one.shared != two.shared:
            one, two = one.expanded(), two.expanded()
        total = settled(one.variances + two.variances)
        with np.errstate(divide="ignore", invalid="ignore"):
            share = total.inverse()
            mine, theirs = (settled(each.variances * share) for each in (one, two))
        vanish = (total.value == 0) & (total.error == 0)
        for part in (mine, theirs):
            part.value[vanish], np.asarray(part.absolute)[vanish] = 0.0, 0.0
        parts = [_pairwise(part) * each.correlations for part, each in ((mine, one), (theirs, two))]
        rho = unit_diagonal(parts[0] + parts[1], vanish)
        return Covariance(total, rho, one.columns, one.shared)

    def less(self, mean: Rounded) -> Covariance:
        """Return K − m mᵀ for the mean m of a row, shape (m,).

        Raises
        ------
        NoAnswer
            If that may be 0: a row that does not vary.
        """
        with np.errstate(divide="ignore", invalid="ignore"):
            mu = settled(mean * self.variances.sqrt().inverse())
        vanish = (self.variances.value == 0) & (self.variances.error == 0)
        mu.value[vanish], np.asarray(mu.absolute)[vanish] = 0.0, 0.0
        rest = settled(Rounded(np.ones(self.size)) + -(mu * mu))
        if (rest.value <= 8 * rest.error).any():
            raise NoAnswer("over the features nothing varies but rounding")
        roots = rest.sqrt().inverse()
        rho = (self.correlations + -(column(mu) * row(mu))) * (column(roots) * row(roots))
        return Covariance(
            settled(self.variances * rest), unit_diagonal(rho, vanish), self.columns, self.shared
        )


def column(vector: Rounded) -> Rounded:
    """Return a vector with a second axis behind."""
    return Rounded(vector.value[:, None], vector.error[:, None])


def row(vector: Rounded) -> Rounded:
    """Return a vector with a second axis in front."""
    return Rounded(vector.value[None, :], vector.error[None, :])


def _pairwise(weights: Rounded) -> Rounded:
    """Return √(w_i w_j), without rounding twice where all are alike."""
    if np.all(weights.value == weights.value[0]):
        return Rounded(np.full((), weights.value[0]), float(weights.error.max()))
    roots = weights.sqrt()
    return column(roots) * row(roots)


def unit_diagonal(rho: Rounded, vanish: NDArray[np.bool_] | None = None) -> Rounded:
    """Return correlations cut to [−1, 1] with unit diagonal; 0 with columns that vanish."""
    value, error = np.array(rho.value), np.array(rho.error)
    if vanish is not None and vanish.any():
        lost = vanish[:, None] | vanish[None, :]
        value[lost], error[lost] = 0.0, 0.0
    # No correlation is beyond ±1, so that cutting takes a float nearer to it.
    value, error = np.clip(value, -1.0, 1.0), np.minimum(error, 2.0)
    here = np.arange(len(value))
    value[here, here], error[here, here] = 1.0, 0.0
    return Rounded(value, error)

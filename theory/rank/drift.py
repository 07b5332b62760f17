"""Drifts of one residual layer: what changes on average per γ², to leading order.

They need independent weights with mean 0 and variance 1 and nothing else of their law; the skewness
enters at γ³ (`cubic_term`) and not at all for symmetric laws, whose remainder is O(γ⁴). Derived in
`depthlaw.theory.rank.expansion`.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any, TypeAlias, TypeVar, overload

import numpy as np
from numpy.typing import NDArray

from depthlaw.theory.errors import ArgumentError
from depthlaw.theory.rank.covariance import normalised, rank
from depthlaw.theory.rank.layer import range_projector
from depthlaw.theory.rigorous.matrices import RationalMatrix

Array: TypeAlias = NDArray[np.float64]
Entry = TypeVar("Entry")


@overload
def drift_of_square_norm(covariance: Array) -> Array: ...
@overload
def drift_of_square_norm(covariance: Sequence[Sequence[Entry]]) -> Entry: ...
def drift_of_square_norm(covariance: Any) -> Any:
    """Return δ(M) = 2d² − 2Tr M² − 8Tr M³ + 8 Σ_i ((M²)_ii)².

    E[‖M⁺‖_F² | M] = ‖M‖_F² + γ² δ(M) + O(γ³), O(γ⁴) for a symmetric law.

    Parameters
    ----------
    covariance
        M with unit diagonal: rows of fractions (the result is exact) or of balls (enclosed), or a
        float array of shape (..., d, d).

    Returns
    -------
    Fraction, arb or float array of shape (...)
        δ(M), at most 2d² − 2‖M‖_F²: ((M²)_ii)² ≤ M_ii (M³)_ii by Cauchy–Schwarz.

    Raises
    ------
    ArgumentError
        If M is not square or its diagonal is not 1.

    Examples
    --------
    Rank one does not drift:

    >>> signs = [1, -1, 1, 1]
    >>> drift_of_square_norm([[Fraction(s * t) for t in signs] for s in signs]) == 0
    True
    """
    M = _unit_diagonal(covariance)
    d = M.shape[-1]
    squared = M @ M
    diagonal = np.diagonal(squared, axis1=-2, axis2=-1)
    cube = (squared * M).sum(axis=(-2, -1))  # Tr M³, since M is symmetric
    return 2 * d**2 - 2 * diagonal.sum(axis=-1) - 8 * cube + 8 * (diagonal**2).sum(axis=-1)


@overload
def log_determinant_drift(covariance: Array) -> Array: ...
@overload
def log_determinant_drift(covariance: Sequence[Sequence[Entry]]) -> Entry: ...
def log_determinant_drift(covariance: Any) -> Any:
    """Return 2Tr M² − d² − d, the drift of log det M per γ², for M of full rank.

    Arguments, returns and errors are those of `drift_of_square_norm`.

    >>> flat = [[Fraction(1), Fraction(0)], [Fraction(0), Fraction(1)]]
    >>> log_determinant_drift(flat) == log_pseudo_determinant_drift(flat)
    True
    """
    M = _unit_diagonal(covariance)
    d = M.shape[-1]
    return 2 * (M * M).sum(axis=(-2, -1)) - d**2 - d


def log_pseudo_determinant_drift(covariance: RationalMatrix) -> Fraction:
    """Return 4Σ P_ii (M²)_ii − 2Σ P_ii² (M²)_ii − 4d − k² + 3k, k the rank of M.

    E[log pdet M⁺ − log pdet M | M] is γ² times this, up to O(γ³), O(γ⁴) for a symmetric law; P is
    the projector on the range of M.

    Parameters
    ----------
    covariance
        M with unit diagonal, rational, shape (d, d): the rank is found exactly.

    Raises
    ------
    ArgumentError
        If M is not the covariance of a batch after batch normalisation.

    Examples
    --------
    Rank one stays rank one, and its one eigenvalue stays d:

    >>> log_pseudo_determinant_drift([[Fraction(1), Fraction(1)], [Fraction(1), Fraction(1)]]) == 0
    True
    """
    M = normalised(covariance)
    d, k = len(M), rank(M)
    single, double = projected_sums(M)
    return 4 * single - 2 * double - 4 * d - k**2 + 3 * k


def projected_sums(matrix: RationalMatrix) -> tuple[Fraction, Fraction]:
    """Return Σ P_ii (M²)_ii and Σ P_ii² (M²)_ii, P the projector on the range of M.

    At full rank P = I and both are Tr M²:

    >>> M = ((1, Fraction(1, 2)), (Fraction(1, 2), 1))
    >>> single, double = projected_sums(M)
    >>> single == double == sum(x**2 for row in M for x in row)
    True
    """
    P = range_projector(matrix)
    shares = [P[i][i] for i in range(len(P))]
    squares = [sum((x * x for x in row), start=Fraction(0)) for row in matrix]
    pairs = list(zip(shares, squares, strict=True))
    return (
        sum((p * s for p, s in pairs), start=Fraction(0)),
        sum((p * p * s for p, s in pairs), start=Fraction(0)),
    )


def cubic_term(covariance: RationalMatrix) -> Fraction:
    """Return C(M), with γ³ κ₃ C(M) the next term of E‖M⁺‖_F² for weights of third moment κ₃.

    C = 2 Σ_{i≠j} [m (2 − 8m²) s_i + (8m² − 2) p − 2m + 2m³], with m = M_ij, p = (M²)_ij and
    s_i = (M²)_ii. It vanishes at M = I and at rank one, but not in between.

    Raises
    ------
    ArgumentError
        If M is not the covariance of a batch after batch normalisation.

    Examples
    --------
    Reversing the sign of a neuron leaves ‖M‖_F² alone, but not its skewness:

    >>> half = Fraction(1, 2)
    >>> cubic_term([[1, half], [half, 1]]) == -cubic_term([[1, -half], [-half, 1]]) != 0
    True
    """
    M = normalised(covariance)
    d = len(M)
    squared = [
        [sum((x * y for x, y in zip(u, v, strict=True)), start=Fraction(0)) for v in M] for u in M
    ]
    total = Fraction(0)
    for i in range(d):
        for j in range(d):
            if i != j:
                m, p, s = M[i][j], squared[i][j], squared[i][i]
                total += m * (2 - 8 * m**2) * s + (8 * m**2 - 2) * p - 2 * m + 2 * m**3
    return 2 * total


def _unit_diagonal(covariance: Any) -> NDArray[Any]:
    """Return M as an array, of floats or of exact objects, having looked at its diagonal."""
    floats = isinstance(covariance, np.ndarray) and covariance.dtype != object
    M: NDArray[Any] = np.asarray(covariance, dtype=np.float64 if floats else object)
    if M.ndim < 2 or M.shape[-1] != M.shape[-2]:
        raise ArgumentError("covariance", f"an array of shape {M.shape}", "it must be square")
    diagonal = np.diagonal(M, axis1=-2, axis2=-1)
    if floats:
        # A batch normalised in floats has 1 up to rounding; wrong in half the digits is a mistake.
        worst = float(np.abs(diagonal - 1).max())
        possible = worst <= np.sqrt(np.finfo(np.float64).eps)
    else:
        possible = all(entry == 1 or _may_be_one(entry) for entry in diagonal.flat)
    if not possible:
        raise ArgumentError(
            "covariance",
            "a matrix whose diagonal is not 1",
            "after batch normalisation it is 1: rescale the rows of H first",
        )
    return M


def _may_be_one(entry: Any) -> bool:
    """Return whether a ball holds 1, which it may without being equal to it."""
    return hasattr(entry, "overlaps") and bool(entry.contains(1))

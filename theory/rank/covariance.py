"""Exact functionals of a covariance M = HHᵀ/N with rational entries.

Matrices are tuples of rows of fractions. Eigenvalues are never computed: ranks are those of
rational matrices, and the eigenvalues above a threshold are counted by the signs of a
characteristic polynomial, all of whose roots are real.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from flint import fmpq, fmpq_mat

from depthlaw.theory.errors import ArgumentError, finite
from depthlaw.theory.rank.series import fraction, rational
from depthlaw.theory.rigorous.matrices import RationalMatrix, rational_matrix

Rational = Fraction | int


def covariance(batch: Sequence[Sequence[Rational]]) -> RationalMatrix:
    """Return M = HHᵀ/N, shape (d, d), of a batch H of shape (d, N).

    Raises
    ------
    ArgumentError
        If H is empty, ragged or zero.

    Examples
    --------
    >>> covariance([[1, -1], [1, 1]]) == ((1, 0), (0, 1))
    True
    """
    N = len(batch[0]) if batch else 0
    if N < 1 or any(len(row) != N for row in batch):
        raise ArgumentError("batch", f"{len(batch)} rows", "give d ≥ 1 rows of N ≥ 1 numbers each")
    if not any(any(row) for row in batch):
        raise ArgumentError("batch", "a zero matrix", "at least one sample must be nonzero")
    H = [[Fraction(x) for x in row] for row in batch]
    return tuple(tuple(_dot(u, v) / N for v in H) for u in H)


def _dot(u: Sequence[Fraction], v: Sequence[Fraction]) -> Fraction:
    return sum((x * y for x, y in zip(u, v, strict=True)), start=Fraction(0))


def of_directions(points: Sequence[Sequence[Rational]]) -> RationalMatrix:
    """Return a rational M with unit diagonal, of rank at most k + 1: one neuron per point of R^k.

    Neurons are rational unit vectors, by stereographic projection t ↦ (2t, |t|² − 1)/(|t|² + 1).

    Examples
    --------
    The origin goes to the south pole, the unit sphere to the equator:

    >>> of_directions([(0,), (1,)]) == ((1, 0), (0, 1))
    True
    """
    rows = []
    for point in points:
        t = [Fraction(x) for x in point]
        square = _dot(t, t)
        rows.append([2 * x / (square + 1) for x in t] + [(square - 1) / (square + 1)])
    return tuple(tuple(_dot(u, v) for v in rows) for u in rows)


def to_flint(matrix: Sequence[Sequence[Rational]]) -> fmpq_mat:
    """Return a rational matrix of the fast library."""
    return fmpq_mat([[rational(Fraction(x)) for x in row] for row in matrix])


def normalised(matrix: RationalMatrix) -> RationalMatrix:
    """Return M if it can be the covariance of a batch after batch normalisation.

    Raises
    ------
    ArgumentError
        If M is not symmetric, has an entry other than 1 on the diagonal, or a negative eigenvalue.

    Examples
    --------
    >>> normalised(((Fraction(2),),))
    Traceback (most recent call last):
    ...
    depthlaw.theory.errors.ArgumentError: covariance = a diagonal with 2: after batch normalisation\
 it is 1: rescale the rows of H first
    """
    M = rational_matrix("covariance", matrix)
    for i, row in enumerate(M):
        if row[i] != 1:
            raise ArgumentError(
                "covariance",
                f"a diagonal with {row[i]}",
                "after batch normalisation it is 1: rescale the rows of H first",
            )
    if count_at_least(M, Fraction(0)) < len(M):
        raise ArgumentError(
            "covariance", "a matrix with a negative eigenvalue", "it must be HHᵀ/N for some H"
        )
    return M


@dataclass(frozen=True)
class Traces:
    """What the one-step identity needs of M, shape (d, d).

    Attributes
    ----------
    trace, square, cube
        Tr M, Tr M² = ‖M‖_F² and Tr M³.
    diagonal
        Σ_i ((M²)_ii)².
    """

    trace: Fraction
    square: Fraction
    cube: Fraction
    diagonal: Fraction


def traces(matrix: RationalMatrix) -> Traces:
    """Return the traces of powers of M.

    >>> found = traces(covariance([[1, 1], [1, -1], [1, 1]]))
    >>> found.square == sum(x**2 for row in covariance([[1, 1], [1, -1], [1, 1]]) for x in row)
    True
    """
    d = len(matrix)
    M = to_flint(matrix)
    squared = M * M
    cubed = squared * M
    trace, square, cube = (
        fraction(sum((A[i, i] for i in range(d)), fmpq(0))) for A in (M, squared, cubed)
    )
    diagonal = sum((squared[i, i] ** 2 for i in range(d)), fmpq(0))
    return Traces(trace, square, cube, fraction(diagonal))


def rank(matrix: RationalMatrix) -> int:
    """Return the rank, which is that of H.

    >>> rank(covariance([[1, 2, 3], [2, 4, 6]]))
    1
    """
    return int(to_flint(matrix).rank())


def stable_rank(matrix: RationalMatrix) -> Fraction:
    """Return r = tr(M)²/‖M‖_F², in [1, rank M] (daneshmand2020, section 3).

    >>> stable_rank(covariance([[3, 3], [3, -3]])) == 2
    True
    """
    found = traces(matrix)
    return found.trace**2 / found.square


def soft_rank(matrix: RationalMatrix, threshold: float | Fraction) -> int:
    """Return rank_τ = #{i : λ_i(M) ≥ τ}, counted exactly; λ_i(M) = σ_i(H)²/N.

    Parameters
    ----------
    matrix
        A covariance, shape (d, d).
    threshold
        τ ≥ 0; floats are taken exactly. A fraction τ of the mean eigenvalue is ``τ Tr(M)/d``.

    Raises
    ------
    ArgumentError
        If τ is negative or not finite.

    Examples
    --------
    Exactly d eigenvalues are at least 0:

    >>> soft_rank(covariance([[1, 2, 3], [2, 4, 6]]), 0)
    2
    """
    if isinstance(threshold, float):
        finite("threshold", threshold)
    tau = Fraction(threshold)
    if tau < 0:
        raise ArgumentError("threshold", threshold, "it must be at least 0")
    return count_at_least(matrix, tau)


def count_at_least(matrix: RationalMatrix, threshold: Fraction) -> int:
    """Return how many eigenvalues of a symmetric matrix are at least `threshold`.

    All roots of the characteristic polynomial of M − τI are real, so that Descartes' rule counts
    its positive roots exactly; those at 0 are its lowest vanishing coefficients.

    >>> count_at_least(((Fraction(2), Fraction(1)), (Fraction(1), Fraction(2))), Fraction(3))
    1
    """
    d = len(matrix)
    shifted = to_flint(
        [[x - threshold * (i == j) for j, x in enumerate(row)] for i, row in enumerate(matrix)]
    )
    coefficients = [fraction(c) for c in shifted.charpoly().coeffs()]
    at_zero = next((k for k, c in enumerate(coefficients) if c), d)
    signs = [c > 0 for c in coefficients if c]
    return at_zero + sum(a != b for a, b in pairwise(signs))

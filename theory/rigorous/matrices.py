"""Symmetric matrices of balls: determinant, definiteness and smallest eigenvalue, enclosed.

Rational matrices are tuples of rows of fractions, so that they can be keys and are never rounded
before the working precision is known.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import TypeAlias

import numpy as np
from flint import arb, arb_mat, ctx, fmpq, fmpq_mat

from depthlaw.theory.errors import ArgumentError, DepthlawError
from depthlaw.theory.rigorous.balls import ball

RationalMatrix: TypeAlias = tuple[tuple[Fraction, ...], ...]


def rational_matrix(argument: str, rows: Sequence[Sequence[object]]) -> RationalMatrix:
    """Return a square symmetric matrix of exact entries; floats are taken at their binary value.

    Raises
    ------
    ArgumentError
        If it is not square or not symmetric, or an entry is not a finite number.

    Examples
    --------
    >>> rational_matrix("gram", [[1, 0.5], [Fraction(1, 2), 1]])[0][1] == Fraction(1, 2)
    True
    """
    n = len(rows)
    if n == 0 or any(len(row) != n for row in rows):
        raise ArgumentError(argument, f"a matrix of {n} rows", "it must be square")
    exact = tuple(tuple(_entry(argument, value) for value in row) for row in rows)
    if exact != tuple(zip(*exact, strict=True)):
        raise ArgumentError(argument, "a matrix unequal to its transpose", "it must be symmetric")
    return exact


def _entry(argument: str, value: object) -> Fraction:
    if isinstance(value, Fraction | int) and not isinstance(value, bool):
        return Fraction(value)
    if isinstance(value, float | np.floating) and np.isfinite(value):
        return Fraction(float(value))
    if isinstance(value, np.integer):
        return Fraction(int(value))
    raise ArgumentError(argument, f"a matrix with the entry {value}", "entries are finite numbers")


def to_balls(matrix: RationalMatrix) -> arb_mat:
    """Return a rational matrix as balls at the working precision."""
    return arb_mat([[ball(value) for value in row] for row in matrix])


def determinant(matrix: RationalMatrix) -> Fraction:
    """Return the determinant of a rational matrix, exactly.

    >>> determinant(((Fraction(2), Fraction(1)), (Fraction(1), Fraction(2))))
    Fraction(3, 1)
    """
    entries = [[fmpq(value.numerator, value.denominator) for value in row] for row in matrix]
    found = fmpq_mat(entries).det()
    return Fraction(int(found.p), int(found.q))


def log_determinant(matrix: arb_mat) -> arb:
    """Return a ball around log det, not-a-number where the determinant may not be positive.

    >>> log_determinant(arb_mat([[2, 1], [1, 2]])).overlaps(arb(3).log())
    True
    """
    found = matrix.det()
    return found.log() if found > 0 else arb.nan()


def certainly_definite(matrix: arb_mat) -> bool:
    """Return whether every symmetric matrix in the balls is positive definite, proved.

    False says nothing: the matrix may be indefinite or the balls too wide.

    >>> certainly_definite(arb_mat([[2, 1], [1, 2]])), certainly_definite(arb_mat([[1, 1], [1, 1]]))
    (True, False)
    """
    A = matrix.tolist()
    n = len(A)
    for k in range(n):
        pivot = A[k][k]
        if not pivot > 0:
            return False
        row = A[k]
        for i in range(k + 1, n):
            factor = row[i] / pivot
            below = A[i]
            for j in range(i, n):
                below[j] -= factor * row[j]
    return True


def smallest_eigenvalue(matrix: arb_mat) -> arb:
    """Return a ball around the smallest eigenvalue of a symmetric matrix.

    A Rayleigh quotient bounds it from above; the matrix less a shift is proved to be positive
    definite, which bounds it from below.

    Raises
    ------
    DepthlawError
        If no lower bound was found, because entries are not known to half their digits.

    Examples
    --------
    >>> smallest_eigenvalue(arb_mat([[2, 1], [1, 2]])).overlaps(arb(1))
    True
    """
    n = matrix.nrows()
    middle = matrix.mid()
    upper = _rayleigh(matrix, _eigenvector(middle))
    scale = sum((abs(matrix[i, i]) for i in range(n)), start=arb(0)).upper().max(arb(1))
    room = scale * arb(2) ** (8 - ctx.prec)
    identity = arb_mat([[arb(i == j) for j in range(n)] for i in range(n)])
    while room < scale:
        low = (upper - room).lower()
        if certainly_definite(matrix - identity * low):
            return low.union(upper.upper())
        room *= 16
    raise DepthlawError("the smallest eigenvalue has no lower bound: the entries are too uncertain")


def _rayleigh(matrix: arb_mat, vector: arb_mat) -> arb:
    squares = (vector.transpose() * vector)[0, 0]
    return (vector.transpose() * matrix * vector)[0, 0] / squares


def _eigenvector(middle: arb_mat) -> arb_mat:
    """Return a vector near the lowest eigenspace: floats, sharpened by Rayleigh quotients."""
    n = middle.nrows()
    floats = np.array([[float(middle[i, j]) for j in range(n)] for i in range(n)])
    start = np.linalg.eigh(floats)[1][:, 0]
    vector = arb_mat([[arb(float(value))] for value in start])
    identity = arb_mat([[arb(i == j) for j in range(n)] for i in range(n)])
    bits = 40
    while bits < ctx.prec:
        shift = arb(_rayleigh(middle, vector).mid())
        try:
            found = (middle - identity * shift).solve(vector, algorithm="approx").mid()
        except ZeroDivisionError:
            break  # the quotient is the eigenvalue to working precision
        size = max(abs(found[i, 0]) for i in range(n))
        if not size > 0 or not size.is_finite():
            break
        vector = arb_mat([[arb((found[i, 0] / size).mid())] for i in range(n)])
        bits *= 3
    return vector

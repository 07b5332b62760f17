"""Determinants, definiteness and smallest eigenvalues of symmetric matrices, enclosed."""

from fractions import Fraction

import numpy as np
import pytest
from flint import arb, arb_mat
from hypothesis import given, settings
from hypothesis import strategies as st

from depthlaw.theory.errors import ArgumentError, DepthlawError
from depthlaw.theory.rigorous.balls import precision
from depthlaw.theory.rigorous.matrices import (
    RationalMatrix,
    certainly_definite,
    determinant,
    log_determinant,
    rational_matrix,
    smallest_eigenvalue,
    to_balls,
)


@st.composite
def integer_grams(draw: st.DrawFn) -> RationalMatrix:
    """XᵀX with small integers, singular ones too."""
    n, d = draw(st.integers(1, 6)), draw(st.integers(1, 7))
    X = [[draw(st.integers(-9, 9)) for _ in range(n)] for _ in range(d)]
    rows = [[sum(row[i] * row[j] for row in X) for j in range(n)] for i in range(n)]
    return rational_matrix("gram", rows)


@settings(max_examples=settings.default.max_examples * 3 // 2)
@given(integer_grams())
def test_the_smallest_eigenvalue_is_the_change_of_definiteness(matrix: RationalMatrix) -> None:
    """A − sI is definite below it and has a negative direction above it, in exact arithmetic."""
    with precision(192):
        found = smallest_eigenvalue(to_balls(matrix))
    step = Fraction(1, 10**12) * (1 + sum(matrix[i][i] for i in range(len(matrix))))
    mantissa, exponent = found.mid().man_exp()
    middle = Fraction(int(mantissa)) * Fraction(2) ** int(exponent)
    assert found.rad() < arb(float(step))
    assert all(minor > 0 for minor in leading_minors(shifted(matrix, middle - step)))
    assert any(minor <= 0 for minor in leading_minors(shifted(matrix, middle + step)))


def shifted(matrix: RationalMatrix, by: Fraction) -> RationalMatrix:
    return tuple(
        tuple(value - by * (i == j) for j, value in enumerate(row)) for i, row in enumerate(matrix)
    )


def leading_minors(matrix: RationalMatrix) -> list[Fraction]:
    """Sylvester's criterion: all positive iff the matrix is positive definite."""
    return [determinant(tuple(row[:k] for row in matrix[:k])) for k in range(1, len(matrix) + 1)]


@given(integer_grams())
def test_definiteness_is_sylvesters(matrix: RationalMatrix) -> None:
    with precision(256):
        definite = certainly_definite(to_balls(matrix))
    assert definite == all(minor > 0 for minor in leading_minors(matrix))


@given(integer_grams())
def test_log_det_encloses_the_exact_determinant(matrix: RationalMatrix) -> None:
    exact = determinant(matrix)
    with precision(128):
        found = log_determinant(to_balls(matrix))
        if exact > 0:
            assert found.exp().overlaps(arb(int(exact)))
            assert found.rad() < arb(2) ** -60
        else:
            assert found.is_nan()


def test_a_degenerate_lowest_eigenvalue() -> None:
    rows = [[Fraction(1) if i == j else Fraction(9, 10) for j in range(32)] for i in range(32)]
    with precision(128):
        found = smallest_eigenvalue(to_balls(rational_matrix("gram", rows)))
        assert found.overlaps(arb(1) / 10)
        assert found.rad() < arb(2) ** -60


def test_wide_balls_are_refused_or_honest() -> None:
    wide = arb_mat([[arb(1, 0.1), arb(0.5, 0.1)], [arb(0.5, 0.1), arb(1, 0.1)]])
    found = smallest_eigenvalue(wide)
    for low, high in ((0.9, 0.6), (1.1, 0.4)):
        assert found.contains(arb(float(np.linalg.eigvalsh([[low, high], [high, low]])[0])))
    with pytest.raises(DepthlawError, match="too uncertain"):
        smallest_eigenvalue(arb_mat([[1, arb(0, 100)], [arb(0, 100), 1]]))


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([[1, 2]], "it must be square"),
        ([], "it must be square"),
        ([[1, 2], [3, 1]], "it must be symmetric"),
        ([[1, float("nan")], [float("nan"), 1]], "entries are finite numbers"),
        ([["x"]], "entries are finite numbers"),
        ([[True]], "entries are finite numbers"),
    ],
)
def test_bad_matrices(rows: list[list[object]], said: str) -> None:
    with pytest.raises(ArgumentError, match=f"^gram = .*{said}"):
        rational_matrix("gram", rows)

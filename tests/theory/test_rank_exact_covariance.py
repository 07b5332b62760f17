"""Ranks and eigenvalue counts of rational covariances, and Lemma 1 on all of them."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from depthlaw.theory.claims.rank import _covariances as cov
from depthlaw.theory.errors import ArgumentError
from depthlaw.theory.rank.covariance import (
    count_at_least,
    covariance,
    normalised,
    of_directions,
    rank,
    soft_rank,
    stable_rank,
    traces,
)
from depthlaw.theory.rigorous.matrices import RationalMatrix

TAUS = st.fractions(0, 1, max_denominator=24)


@st.composite
def batches(draw: st.DrawFn) -> list[list[int]]:
    """H of any shape, low rank and nearly degenerate ones too: A B + tiny."""
    d, N, k = draw(st.integers(1, 5)), draw(st.integers(1, 6)), draw(st.integers(1, 4))
    entries = st.integers(-5, 5)
    A = [[draw(entries) for _ in range(k)] for _ in range(d)]
    B = [[draw(entries) for _ in range(N)] for _ in range(k)]
    scale = draw(st.sampled_from([1, 10**6]))
    H = [[scale * sum(a * B[j][n] for j, a in enumerate(row)) for n in range(N)] for row in A]
    if scale > 1:
        H = [[x + draw(st.integers(-1, 1)) for x in row] for row in H]
    assume(any(any(row) for row in H))
    return H


@st.composite
def normalised_covariances(draw: st.DrawFn) -> RationalMatrix:
    """Rational covariances with unit diagonal, d ≤ 5, from rank one upwards."""
    d, k = draw(st.integers(1, 5)), draw(st.integers(0, 3))
    close = draw(st.sampled_from([1, 10**5]))
    point = st.tuples(*[st.integers(-4, 4)] * k)
    return of_directions([[Fraction(x, close) for x in draw(point)] for _ in range(d)])


@given(batches())
def test_lemma_1_holds_for_every_batch(H: list[list[int]]) -> None:
    M = covariance(H)
    assert 1 <= stable_rank(M) <= rank(M) <= min(len(H), len(H[0]))


@given(batches(), st.integers(1, 10**6), st.integers(1, 10**6))
def test_r_has_no_scale(H: list[list[int]], up: int, down: int) -> None:
    scaled = [[Fraction(up, down) * x for x in row] for row in H]
    assert stable_rank(covariance(scaled)) == stable_rank(covariance(H))


@given(normalised_covariances(), TAUS)
def test_the_soft_rank_bound_holds_for_every_normalised_batch(
    M: RationalMatrix, tau: Fraction
) -> None:
    assert soft_rank(normalised(M), tau) >= (1 - tau) ** 2 * stable_rank(M)


@given(batches(), TAUS)
def test_the_scale_free_bound_holds_for_every_batch(H: list[list[int]], tau: Fraction) -> None:
    M = covariance(H)
    level = tau * traces(M).trace / len(M)
    assert soft_rank(M, level) >= (1 - tau) ** 2 * stable_rank(M)


@given(batches(), st.fractions(Fraction(1, 24), Fraction(23, 24), max_denominator=24))
def test_without_normalisation_every_batch_is_a_counterexample_at_some_scale(
    H: list[list[int]], tau: Fraction
) -> None:
    M = covariance(H)
    small = tau / (2 * traces(M).trace)
    scaled = tuple(tuple(small * x for x in row) for row in M)
    assert soft_rank(scaled, tau) == 0 < (1 - tau) ** 2 * stable_rank(scaled)


@given(batches(), st.fractions(0, 60, max_denominator=5))
def test_counts_are_those_of_the_eigenvalues(H: list[list[int]], threshold: Fraction) -> None:
    M = covariance(H)
    floats = np.array([[float(x) for x in row] for row in M])
    eigenvalues = np.linalg.eigvalsh(floats)
    # Backward stable: each is off by at most some d·eps of the largest; d² leaves room for "some".
    margin = len(M) ** 2 * np.finfo(np.float64).eps * float(np.abs(floats).sum())
    assume(bool((np.abs(eigenvalues - float(threshold)) > margin).all()))
    assert count_at_least(M, threshold) == int((eigenvalues > float(threshold)).sum())


@pytest.mark.parametrize("width", [2, 3, 7])
def test_eigenvalues_exactly_at_the_threshold_count(width: int) -> None:
    M = cov.equicorrelated(width, Fraction(3, 4))
    low, high = Fraction(1, 4), Fraction(1, 4) + width * Fraction(3, 4)
    hair = Fraction(1, 10**30)
    assert [count_at_least(M, x) for x in (low, low + hair, high, high + hair)] == [width, 1, 1, 0]


def test_the_trace_of_powers_against_numpy() -> None:
    found, M = traces(cov.FIVE), np.array([[float(x) for x in row] for row in cov.FIVE])
    # Each is a sum of at most d³ products of numbers of size at most 1.
    margin = 5**4 * np.finfo(np.float64).eps * 5
    powers = [float(np.trace(np.linalg.matrix_power(M, k))) for k in (1, 2, 3)]
    for exact, value in zip((found.trace, found.square, found.cube), powers, strict=True):
        assert abs(float(exact) - value) <= margin
    assert abs(float(found.diagonal) - float((np.diag(M @ M) ** 2).sum())) <= 5 * margin


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([], "batch = 0 rows: give d ≥ 1 rows of N ≥ 1 numbers each"),
        ([[]], "batch = 1 rows: give d ≥ 1 rows of N ≥ 1 numbers each"),
        ([[1, 2], [3]], "batch = 2 rows"),
        ([[0, 0], [0, 0]], "batch = a zero matrix: at least one sample must be nonzero"),
    ],
)
def test_impossible_batches_are_refused(rows: list[list[int]], message: str) -> None:
    with pytest.raises(ArgumentError, match=f"^{message}"):
        covariance(rows)


def test_a_batch_that_is_not_normalised_is_refused_with_the_way_out() -> None:
    with pytest.raises(ArgumentError, match=r"a diagonal with 1/10000: .* rescale the rows of H"):
        normalised(covariance([[Fraction(1, 100)]]))
    with pytest.raises(ArgumentError, match="a matrix with a negative eigenvalue"):
        normalised(((Fraction(1), Fraction(2)), (Fraction(2), Fraction(1))))


@pytest.mark.parametrize("threshold", [-1, Fraction(-1, 2), float("nan"), float("inf")])
def test_impossible_thresholds_are_refused(threshold: float | Fraction) -> None:
    with pytest.raises(ArgumentError, match=r"^threshold = "):
        soft_rank(cov.FIVE, threshold)

"""Drifts of one residual layer, by the moment expansion and by routes that do not use it."""

import re
from collections import Counter
from fractions import Fraction
from random import Random

import numpy as np
import pytest
import sympy as sp
from flint import arb
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from depthlaw.theory.claims.rank import _covariances as cov
from depthlaw.theory.claims.rank._moments import richardson
from depthlaw.theory.claims.rank.one_step_remainder import left_out
from depthlaw.theory.errors import ArgumentError
from depthlaw.theory.network.weight_law import WeightLaw
from depthlaw.theory.rank import expansion
from depthlaw.theory.rank.covariance import of_directions, rank, traces
from depthlaw.theory.rank.drift import (
    cubic_term,
    drift_of_square_norm,
    log_determinant_drift,
    log_pseudo_determinant_drift,
    projected_sums,
)
from depthlaw.theory.rank.enumeration import (
    log_volume_series,
    mean_log_volume,
    mean_square_norm,
    square_norm_series,
)
from depthlaw.theory.rank.layer import range_basis, range_projector
from depthlaw.theory.rank.single_entry import log_volume_coefficient, square_norm_coefficient
from depthlaw.theory.rank.weights import RADEMACHER, SKEWED, THREE_VALUED, three_valued, two_valued
from depthlaw.theory.rigorous.balls import precision
from depthlaw.theory.rigorous.matrices import RationalMatrix, to_balls

CORRELATIONS = st.fractions(-1, 1, max_denominator=20)
SYMMETRIC = st.fractions(Fraction(9, 8), 4, max_denominator=8).map(three_valued)
LAWS = st.fractions(Fraction(1, 4), 4, max_denominator=8).map(two_valued) | SYMMETRIC


@st.composite
def covariances(draw: st.DrawFn) -> RationalMatrix:
    """Unit diagonal, d ≤ 4, every rank, nearly degenerate ones too."""
    d, k = draw(st.integers(1, 4)), draw(st.integers(0, 3))
    close = draw(st.sampled_from([1, 10**5]))
    point = st.tuples(*[st.integers(-4, 4)] * k)
    return of_directions([[Fraction(x, close) for x in draw(point)] for _ in range(d)])


@settings(max_examples=settings.default.max_examples // 2)
@given(covariances())
def test_the_drift_of_the_square_norm_is_that_of_single_entries(M: RationalMatrix) -> None:
    assert drift_of_square_norm(M) == square_norm_coefficient(M, 2)


@settings(max_examples=settings.default.max_examples // 2)
@given(covariances())
def test_the_drift_of_the_pseudo_determinant_at_every_rank(M: RationalMatrix) -> None:
    assert log_pseudo_determinant_drift(M) == log_volume_coefficient(M, 2)
    if rank(M) == len(M):
        assert log_pseudo_determinant_drift(M) == log_determinant_drift(M)


@settings(max_examples=settings.default.max_examples // 2)
@given(covariances())
def test_the_cubic_term_is_that_of_single_entries(M: RationalMatrix) -> None:
    assert cubic_term(M) == square_norm_coefficient(M, 3)


@settings(max_examples=settings.default.max_examples // 4)
@given(CORRELATIONS, LAWS)
def test_all_weight_matrices_at_width_two(c: Fraction, law: WeightLaw) -> None:
    M = cov.pair(c)
    found = square_norm_series(M, law, 3)
    assert found[0] == traces(M).square
    assert found[1:] == (0, drift_of_square_norm(M), law.moment(3) * cubic_term(M))
    logs = log_volume_series(M, law, 3)
    assert logs[:3] == (0, 0, log_pseudo_determinant_drift(M))
    assert logs[3] == law.moment(3) * log_volume_coefficient(M, 3)


@settings(max_examples=4)
@given(st.lists(st.tuples(st.integers(-3, 3), st.integers(-3, 3)), min_size=3, max_size=3))
def test_all_signs_of_weights_at_width_three(points: list[tuple[int, int]]) -> None:
    M = of_directions(points)
    assert square_norm_series(M, RADEMACHER, 2)[2] == drift_of_square_norm(M)
    assert log_volume_series(M, RADEMACHER, 2)[2] == log_pseudo_determinant_drift(M)


@given(covariances())
def test_the_drift_is_at_most_that_of_a_uniform_pull_to_isometry(M: RationalMatrix) -> None:
    d = len(M)
    assert drift_of_square_norm(M) <= 2 * d**2 - 2 * traces(M).square


@given(covariances(), st.randoms(use_true_random=False), st.lists(st.booleans(), min_size=4))
def test_drifts_do_not_see_the_order_or_the_signs_of_neurons(
    M: RationalMatrix, shuffle: Random, flips: list[bool]
) -> None:
    order = list(range(len(M)))
    shuffle.shuffle(order)
    sign = [-1 if flip else 1 for flip in flips]
    moved = tuple(tuple(sign[i] * sign[j] * M[i][j] for j in order) for i in order)
    assert drift_of_square_norm(moved) == drift_of_square_norm(M)
    assert log_pseudo_determinant_drift(moved) == log_pseudo_determinant_drift(M)


@given(covariances())
def test_the_projector(M: RationalMatrix) -> None:
    P = range_projector(M)
    d = len(M)

    def times(A: RationalMatrix, B: RationalMatrix) -> RationalMatrix:
        return tuple(
            tuple(sum((a * B[k][j] for k, a in enumerate(row)), Fraction(0)) for j in range(d))
            for row in A
        )

    assert times(P, P) == P
    assert times(P, M) == M
    assert sum(P[i][i] for i in range(d)) == rank(M) == len(range_basis(M))


@given(covariances())
def test_floats_and_balls_agree_with_fractions(M: RationalMatrix) -> None:
    d = len(M)
    exact = drift_of_square_norm(M)
    floats = np.array([[[float(x) for x in row] for row in M]] * 2)
    # Sums of at most d³ products of size at most d, each off by some units in the last place; the
    # largest sum, 8 Σ((M²)_ii)², is at most 8d³.
    margin = 8 * d**3 * (d + 4) ** 2 * np.finfo(np.float64).eps
    found = drift_of_square_norm(floats)
    assert found.shape == (2,)
    assert bool((np.abs(found - float(exact)) <= margin).all())
    assert bool(
        (np.abs(log_determinant_drift(floats) - float(log_determinant_drift(M))) <= margin).all()
    )
    with precision(128):
        enclosed = drift_of_square_norm(to_balls(M).tolist())
        assert enclosed.contains(arb(exact.numerator) / exact.denominator)


def test_known_values() -> None:
    for d in (2, 3, 6):
        isometry, collapsed = (
            cov.equicorrelated(d, Fraction(0)),
            cov.signs([1, -1, 1, 1, -1, 1][:d]),
        )
        assert drift_of_square_norm(isometry) == 2 * d * (d - 1)
        assert drift_of_square_norm(collapsed) == 0
        assert log_pseudo_determinant_drift(isometry) == d - d**2
        assert log_pseudo_determinant_drift(collapsed) == 0
        assert cubic_term(isometry) == cubic_term(collapsed) == 0


@given(CORRELATIONS)
def test_two_neurons_in_closed_form(c: Fraction) -> None:
    assert drift_of_square_norm(cov.pair(c)) == 4 * (1 - c**2) * (1 - 4 * c**2)
    assert cubic_term(cov.pair(c)) == -16 * c * (1 - c**2) * (1 - 2 * c**2)


@pytest.mark.parametrize("law", [RADEMACHER, THREE_VALUED], ids=lambda law: law.name)
@pytest.mark.parametrize("c", [Fraction(1, 3), Fraction(-9, 10)])
def test_halving_gamma_divides_a_symmetric_remainder_by_16(law: WeightLaw, c: Fraction) -> None:
    M, gamma = cov.pair(c), Fraction(1, 2**12)
    ratio = left_out(M, law, gamma) / left_out(M, law, gamma / 2)
    *_, fourth, fifth, sixth = square_norm_series(M, law, 6)
    assert fifth == 0
    # 16 (1 + aγ²)/(1 + aγ²/4) with a = c₆/c₄, up to the next power of γ².
    assert abs(ratio - 16) <= 16 * abs(sixth / fourth) * gamma**2


def test_a_skewed_remainder_falls_by_8_only() -> None:
    M, gamma = cov.pair(Fraction(1, 3)), Fraction(1, 2**12)

    def remainder(step: Fraction) -> Fraction:
        linear = traces(M).square + step**2 * drift_of_square_norm(M)
        return mean_square_norm(M, SKEWED, step) - linear

    *_, third, fourth = square_norm_series(M, SKEWED, 4)
    ratio = remainder(gamma) / remainder(gamma / 2)
    assert abs(ratio - 8) <= 8 * abs(fourth / third) * gamma


def test_extrapolation_gains_four_powers_where_the_law_is_symmetric_and_not_otherwise() -> None:
    M = cov.pair(Fraction(1, 3))
    delta = drift_of_square_norm(M)
    errors = {
        law.name: [abs(richardson(M, law, Fraction(1, 2**k)) - delta) for k in (8, 9)]
        for law in (RADEMACHER, SKEWED)
    }
    # O(γ⁶) falls by 64 and O(γ) by 2 when γ is halved: the next order changes that by some γ.
    coarse, fine = errors[RADEMACHER.name]
    assert 32 < coarse / fine < 128
    coarse, fine = errors[SKEWED.name]
    assert coarse / fine < 4


@pytest.mark.parametrize("M", [cov.pair(Fraction(1, 3)), cov.signs([1, -1])])
def test_the_mean_log_determinant_is_its_series(M: RationalMatrix) -> None:
    gamma = Fraction(1, 2**20)
    coefficients = log_volume_series(M, RADEMACHER, 4)
    with precision(256):
        found = mean_log_volume(M, RADEMACHER, gamma)
        series = sum(c * gamma**k for k, c in enumerate(coefficients))
        difference = abs(found - arb(series.numerator) / series.denominator)
    # Even function: the next term is of order γ⁶, one power of γ below γ⁵.
    assert difference < arb(2) ** -100


def test_the_mean_rules_of_the_expansion() -> None:
    u, q = expansion._U, expansion._Q
    assert expansion.mean(Counter([q["i", "i"]])) == expansion.d
    assert expansion.mean(Counter([q["i", "j"]])) == 0
    assert expansion.mean(Counter({u["j", "i"]: 2})) == expansion.s_i
    assert expansion.mean(Counter([u["i", "i"], q["j", "j"]])) == 0
    assert expansion.mean(Counter([u["i", "j"], q["i", "i"]])) == (
        expansion.KAPPA * expansion.row_sum("j")
    )


@pytest.mark.parametrize("width", [1, 2, 3, 4])
def test_the_expansion_sums_to_the_drift_at_every_width(width: int) -> None:
    M = expansion.generic_covariance(width)
    squared = M * M
    delta = (
        2 * width**2
        - 2 * squared.trace()
        - 8 * (squared * M).trace()
        + 8 * sum(squared[i, i] ** 2 for i in range(width))
    )
    second = expansion.pair_coefficient(2)
    assert sp.expand(expansion.sum_over_pairs(second, M) - delta) == 0
    if width > 1:
        wrong = second + expansion.m * expansion.p
        assert sp.expand(expansion.sum_over_pairs(wrong, M) - delta) != 0


def test_orders_without_a_rule_are_refused() -> None:
    with pytest.raises(ArgumentError, match="order = 4: means are known for the orders 1, 2 and 3"):
        expansion.pair_coefficient(4)
    assert expansion.pair_coefficient(1) == 0


def test_the_two_sums_differ_below_full_rank() -> None:
    single, double = projected_sums(cov.THREE_IN_A_PLANE)
    assert double < single < traces(cov.THREE_IN_A_PLANE).square


@pytest.mark.parametrize("bad", [np.eye(3) * 2, np.zeros((2, 2)), np.ones((2, 3)), np.ones(3)])
def test_arrays_that_are_no_covariance_are_refused(bad: NDArray[np.float64]) -> None:
    for drift in (drift_of_square_norm, log_determinant_drift):
        with pytest.raises(ArgumentError, match=r"^covariance = "):
            drift(bad)


def test_fractions_that_are_no_covariance_are_refused() -> None:
    twice = ((Fraction(2), Fraction(0)), (Fraction(0), Fraction(2)))
    for drift in (drift_of_square_norm, log_pseudo_determinant_drift, cubic_term):
        with pytest.raises(ArgumentError, match=re.escape("rescale the rows of H first")):
            drift(twice)

"""Power series with rational coefficients, and weights with finitely many values."""

from fractions import Fraction

import pytest
from flint import fmpq
from hypothesis import given, settings
from hypothesis import strategies as st

from depthlaw.theory.claims.rank import _covariances as cov
from depthlaw.theory.errors import ArgumentError
from depthlaw.theory.network.weight_law import WeightLaw
from depthlaw.theory.rank.enumeration import log_volume_series, mean_log_volume, square_norm_series
from depthlaw.theory.rank.series import Series, fraction, rational
from depthlaw.theory.rank.weights import (
    RADEMACHER,
    SKEWED,
    THREE_VALUED,
    rows,
    three_valued,
    two_valued,
)

COEFFICIENTS = st.fractions(-4, 4, max_denominator=7)
LAWS = [RADEMACHER, THREE_VALUED, SKEWED]


def series(unit: bool = False) -> st.SearchStrategy[Series]:
    first = COEFFICIENTS.filter(bool) if unit else COEFFICIENTS
    return st.tuples(first, *[COEFFICIENTS] * 4).map(lambda c: Series(tuple(map(rational, c))))


@settings(max_examples=settings.default.max_examples // 3)
@given(series(), series(), series())
def test_a_ring(a: Series, b: Series, c: Series) -> None:
    assert a * (b + c) == a * b + a * c
    assert (a * b) * c == a * (b * c)
    assert a - b == -(b - a)


@settings(max_examples=settings.default.max_examples // 3)
@given(series(), COEFFICIENTS)
def test_scalars_are_constant_series(a: Series, x: Fraction) -> None:
    constant = Series((rational(x), *[fmpq(0)] * 4))
    assert (x + a, x * a, x - a) == (constant + a, constant * a, constant - a)


@settings(max_examples=settings.default.max_examples // 3)
@given(series(), series(unit=True))
def test_division_undoes_multiplication(a: Series, b: Series) -> None:
    assert a * b / b == a
    assert 1 / b == b.inverse()


@settings(max_examples=settings.default.max_examples // 3)
@given(series(unit=True), series(unit=True))
def test_the_logarithm_of_a_product(a: Series, b: Series) -> None:
    assert (a * b).log() == a.log() + b.log()


@settings(max_examples=settings.default.max_examples // 3)
@given(series(unit=True), st.integers(0, 4))
def test_the_logarithm_of_a_power(a: Series, power: int) -> None:
    product = Series((fmpq(1), *[fmpq(0)] * 4))
    for _ in range(power):
        product = product * a
    assert product.log() == power * a.log()


@given(COEFFICIENTS)
def test_fractions_survive(x: Fraction) -> None:
    assert fraction(rational(x)) == x


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.name)
def test_rows_of_weights_have_independent_entries(law: WeightLaw) -> None:
    drawn = list(rows(law, 3))
    assert sum(p for p, _ in drawn) == 1
    for power in (1, 2, 3):
        assert sum(p * row[1] ** power for p, row in drawn) == law.moment(power)
    assert sum(p * row[0] * row[2] for p, row in drawn) == 0
    assert sum(p * row[0] ** 2 * row[2] ** 2 for p, row in drawn) == 1


@given(st.fractions(Fraction(1, 9), 9, max_denominator=9))
def test_two_values_are_skewed_unless_they_are_opposite(high: Fraction) -> None:
    law = two_valued(high)
    assert law.moment(3) == high - 1 / high
    assert law.largest == max(high, 1 / high)
    assert (law == RADEMACHER) == (high == 1)


def test_values_that_no_law_of_variance_one_takes_are_refused() -> None:
    with pytest.raises(ArgumentError, match=r"high = 1: it must be above 1"):
        three_valued(1)
    with pytest.raises(ArgumentError, match=r"high = -1: it must be above 0"):
        two_valued(-1)


def test_sums_of_too_many_terms_are_refused() -> None:
    with pytest.raises(ArgumentError, match=r"width = 5: the mean has 2\^25 terms"):
        log_volume_series(cov.FIVE, RADEMACHER, 2)
    with pytest.raises(ArgumentError, match=r"width = 6: the mean has 3\^12 terms"):
        square_norm_series(cov.equicorrelated(6, Fraction(0)), THREE_VALUED, 2)


@pytest.mark.parametrize("residual", [Fraction(0), Fraction(-1), Fraction(1, 2), Fraction(2)])
def test_layers_that_may_be_singular_are_refused(residual: Fraction) -> None:
    with pytest.raises(ArgumentError, match=r"^residual = "):
        mean_log_volume(((Fraction(1), Fraction(0)), (Fraction(0), Fraction(1))), RADEMACHER,
                        residual)  # fmt: skip

"""Normalising, centring, the best constant, tables and finite width."""

import math
from fractions import Fraction
from itertools import pairwise

import pytest
import sympy as sp
from flint import arb, arb_series
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from depthlaw.theory.claim import BATCH
from depthlaw.theory.claim.registry import claim
from depthlaw.theory.claims.isometry import _wishart as wishart
from depthlaw.theory.claims.isometry import table_b1
from depthlaw.theory.claims.isometry._constant import (
    _excess,
    _proved,
    _proved_beyond,
    at_outlier,
    best_constant,
)
from depthlaw.theory.claims.isometry.finite_width_linear import added_gap
from depthlaw.theory.claims.isometry.lemma_a8 import mean_product
from depthlaw.theory.errors import ArgumentError
from depthlaw.theory.rigorous.balls import ball, precision
from depthlaw.theory.rigorous.evaluate import evaluate
from depthlaw.theory.values import Exact

NORMS = st.lists(
    st.fractions(Fraction(1, 1000), 1000, max_denominator=10**6), min_size=2, max_size=32
)


def gain_of(lengths: list[Fraction]) -> arb:
    """(n⁻¹ Σ a²)/(Π a²)^{1/n}, enclosed."""
    n = len(lengths)
    mean_square = ball(sum((a * a for a in lengths), start=Fraction(0)) / n)
    return mean_square / (ball(math.prod(lengths) ** 2).log() / n).exp()


def variation(lengths: list[Fraction]) -> arb:
    """n⁻¹ Σ (a_i − ā)²/ā², as the mean of the squares over ā², less 1."""
    squares, total = sum(a * a for a in lengths), sum(lengths)
    return ball(Fraction(len(lengths) * squares, total**2)) - 1


@given(NORMS)
def test_theorem_1_is_never_certainly_violated(lengths: list[Fraction]) -> None:
    with precision(256):
        assert not gain_of(lengths) < claim("isometry.theorem-1").bound(norms=lengths).ball


@settings(max_examples=settings.default.max_examples * 2)
@given(NORMS)
def test_no_norms_beat_the_best_constant(lengths: list[Fraction]) -> None:
    assume(len(set(lengths)) > 1)
    n = len(lengths)
    with precision(256):
        assert not gain_of(lengths) - 1 < best_constant(n).ball.lower() * variation(lengths)


def test_a_larger_constant_is_beaten() -> None:
    for n, outlier in ((8, Fraction(212, 100)), (64, Fraction(662, 100))):
        lengths = [Fraction(1)] * (n - 1) + [outlier]
        with precision(128):
            allowed = best_constant(n).ball.upper() * ball(Fraction(1001, 1000))
            assert gain_of(lengths) - 1 < allowed * variation(lengths)


@pytest.mark.parametrize("batch", [3, 8])
@pytest.mark.parametrize("outlier", [Fraction(9, 8), Fraction(3), Fraction(40)])
def test_what_is_proved_positive_is_the_room_above_the_constant(
    batch: int, outlier: Fraction
) -> None:
    """h = (c(s) − c)(q − m²), since cv² = (q − m²)/m², with its derivatives."""
    s = sp.Symbol("s", positive=True)
    square, mean = (batch - 1 + s**2) / batch, (batch - 1 + s) / batch
    h = (at_outlier(s).subs(BATCH.symbol, batch) - sp.Rational(3, 2)) * (square - mean**2)
    with precision(128):
        at = arb_series([ball(outlier), 1], prec=3)
        found = _excess(batch, ball(Fraction(3, 2)), at)
        for order in range(3):
            expected = evaluate(h.diff(s, order) / sp.factorial(order), {s: ball(outlier)})
            assert found[order].overlaps(expected)
            assert expected.rel_accuracy_bits() > 60


@pytest.mark.parametrize("batch", [3, 8, 64])
def test_a_constant_is_proved_up_to_the_best_one(batch: int) -> None:
    with precision(128):
        best = ball(best_constant(batch).ball.upper())
        assert _proved(batch, best * ball(1 - Fraction(1, 10**6)))
        assert not _proved(batch, best * ball(1 + Fraction(1, 10**6)))


def test_far_outliers_are_granted_from_where_they_follow() -> None:
    """S/n − 1 > c (n − 1): at n = 3 and c = 3/2 beyond S = 12, where c(s) is well above 3/2."""
    constant = ball(Fraction(3, 2))
    assert not _proved_beyond(3, constant, Fraction(12))
    assert _proved_beyond(3, constant, 12 + Fraction(1, 10**6))


def test_the_best_constants_of_the_sheet() -> None:
    """c_2 = 2, c_8 = 1.81, c_64 = 1.40 to the digits printed, falling to 1."""
    found = [best_constant(n) for n in (2, 3, 8, 64, 512)]
    assert found[0].ball == 2
    assert [f"{value.lower:.2f}" for value in found[2:4]] == ["1.81", "1.40"]
    assert [f"{value.upper:.2f}" for value in found[2:4]] == ["1.81", "1.40"]
    for larger, smaller in pairwise(found):
        assert smaller.ball < larger.ball
    assert found[-1].ball > 1
    with pytest.raises(ArgumentError, match="batch = 1: it must be at least 2"):
        best_constant(1)


def test_centring_the_smallest_counterexample() -> None:
    """e_1, e_2: from 1 to √3/2 = 0.866 in R³ and to 0 in R²."""
    found = claim("isometry.centring-destroys")
    assert found.bound(batch=2, width=2) == Exact(sp.Integer(0))
    assert found.bound(batch=2, width=3) == Exact(sp.sqrt(3) / 2)


@given(st.integers(2, 50), st.integers(0, 10**6))
def test_centring_always_costs_isometry_of_basis_vectors(batch: int, more: int) -> None:
    with precision(256):
        left = claim("isometry.centring-destroys").bound(batch=batch, width=batch + more).ball
    assert left < 1


@settings(max_examples=settings.default.max_examples // 2)
@given(st.integers(0, 7), st.integers(0, 7), st.fractions(-1, 1, max_denominator=50))
def test_mehlers_formula(first: int, second: int, rho: Fraction) -> None:
    expected = sp.Rational(rho) ** first if first == second else 0
    assert mean_product(first, second, sp.Rational(rho)) == expected


@pytest.mark.parametrize("row", range(1, 4))
def test_table_b1_at_any_gain(row: int) -> None:
    chosen = table_b1.ROWS[row - 1]
    for gain in (sp.Rational(1, 3), sp.sqrt(2), sp.Integer(3)):
        found = table_b1.tables.strength(chosen.function.gain(gain)).ball
        printed = evaluate(chosen.printed, {table_b1.GAIN: evaluate(gain, {})})
        assert found.overlaps(printed)
        assert printed.rel_accuracy_bits() > 30


@pytest.mark.parametrize(
    ("row", "digits"), [(3, "1.149082"), (4, "1.418023"), (5, "1.363380"), (6, "1.266529")]
)
def test_table_2_to_the_digits_of_the_sheet(row: int, digits: str) -> None:
    found = claim("isometry.table-2").bound(row=row)
    assert f"{found.lower:.6f}" == digits == f"{found.upper:.6f}"


def test_a_row_that_is_not_there() -> None:
    with pytest.raises(ArgumentError, match="row = 7: it must satisfy r ≤ 6"):
        claim("isometry.table-2").bound(row=7)


def test_the_added_gap_at_the_papers_ratio() -> None:
    """0.316 at c = 512/1000."""
    with precision(64):
        found = evaluate(added_gap(sp.Rational(512, 1000)), {})
    assert f"{float(found.mid()):.3f}" == "0.316"


@pytest.mark.parametrize("ratio", [Fraction(1, 10), Fraction(512, 1000), Fraction(9, 10)])
def test_the_exact_mean_approaches_marchenko_and_pastur(ratio: Fraction) -> None:
    """The relative difference falls like 1/n: tenfold sizes, a tenth of it."""
    leading = evaluate(sp.exp(-added_gap(sp.Rational(ratio))), {})
    errors = []
    for n in (90, 900):
        width = int(n / ratio)
        at = evaluate(sp.exp(-added_gap(sp.Rational(n, width))), {})
        errors.append(abs(wishart.mean_isometry(n, width) / at - 1))
        assert abs(at / leading - 1) < ball(Fraction(1, 10))
    # 10 up to the next order, 1/90, and the rounding of the width to a whole number.
    assert 9 * errors[1] < errors[0] < 11 * errors[1]


def test_norms_must_be_positive() -> None:
    for bad in ((1, 0), (1, -2)):
        with pytest.raises(ArgumentError, match="norms = "):
            claim("isometry.theorem-1").bound(norms=bad)

"""Evaluation, integrals and boxes against independent values; negative controls must fail."""

from fractions import Fraction

import mpmath
import pytest
import sympy as sp
from flint import arb
from hypothesis import given
from hypothesis import strategies as st

from depthlaw.theory.errors import DepthlawError
from depthlaw.theory.rigorous.balls import ball, precision
from depthlaw.theory.rigorous.boxes import positive_on
from depthlaw.theory.rigorous.evaluate import FUNCTIONS, evaluate
from depthlaw.theory.rigorous.integrate import integral

x = sp.Symbol("x", real=True)


@pytest.mark.parametrize("function", sorted(FUNCTIONS, key=str), ids=str)
@pytest.mark.parametrize("at", [sp.Rational(3, 7), sp.Rational(9, 11)])
def test_every_function_agrees_with_sympy_at_40_digits(
    function: type[sp.Basic], at: sp.Rational
) -> None:
    first = {sp.Max: (x**2,), sp.Min: (x**2,), sp.polygamma: (sp.Integer(0),)}.get(function, ())
    last = {sp.binomial: (sp.Integer(3),)}.get(function, ())
    expression = function(*first, x, *last)
    with precision(160):
        value = evaluate(expression, {x: ball(Fraction(int(at.p), int(at.q)))})
        reference = arb(str(sp.N(expression.subs(x, at), 45)))
        assert abs(value - reference) < arb("1e-40")
        assert value.rad() < arb("1e-40")


@given(st.fractions(min_value=Fraction(1, 50), max_value=20, max_denominator=50))
def test_powers_and_roots(value: Fraction) -> None:
    expression = sp.sqrt(x) ** 3 * x ** sp.Rational(-1, 2) + x ** sp.Integer(-2)
    found = evaluate(expression, {x: ball(value)})
    assert found.overlaps(ball(value + 1 / value**2))


@pytest.mark.parametrize("power", [1, 2, 3, 6])
def test_a_ball_about_zero_has_powers_that_hold_those_of_its_points(power: int) -> None:
    found = evaluate(x**power, {x: arb(0, 2)})
    assert found.is_finite()
    assert all(found.contains(arb(point) ** power) for point in (-2, -1, 0, 1, 2))
    assert found.abs_upper() <= 2 * arb(2) ** power


def test_unknown_symbol_and_function_are_sentences() -> None:
    with pytest.raises(DepthlawError, match="x has no value"):
        evaluate(x + 1, {})
    with pytest.raises(DepthlawError, match="zeta has no evaluation"):
        evaluate(sp.zeta(x), {x: ball(3)})


def test_integral_on_an_asymmetric_interval_with_a_branch_point_nearby() -> None:
    with precision(120):
        value = integral(lambda t, analytic: (2 + t).sqrt(analytic) * t.cos(), -1, Fraction(5, 3))
        with mpmath.workdps(40):
            reference = mpmath.quad(
                lambda t: mpmath.sqrt(2 + t) * mpmath.cos(t), [-1, mpmath.mpf(5) / 3]
            )
        assert abs(arb(mpmath.nstr(reference, 38)) - value) < arb("1e-30")


def test_a_forgotten_analytic_flag_is_caught_by_an_asymmetric_interval() -> None:
    """The trap itself: without the flag |t| = √(t²) is integrated as if it had no corner."""
    exact = ball(Fraction(5, 8))
    right = integral(lambda t, analytic: (t * t).sqrt(analytic), Fraction(-1, 2), 1)
    wrong = integral(lambda t, analytic: (t * t).sqrt(), Fraction(-1, 2), 1)
    assert right.overlaps(exact)
    assert not wrong.overlaps(exact)


def test_a_pole_is_refused() -> None:
    with pytest.raises(DepthlawError, match="no finite enclosure"):
        integral(lambda t, analytic: 1 / t, -1, 2)


@given(st.fractions(min_value=Fraction(1, 100), max_value=Fraction(1, 2), max_denominator=100))
def test_boxes_certify_a_positive_polynomial_and_not_its_shift(margin: Fraction) -> None:
    box = [(Fraction(-1), Fraction(2))]

    def shifted(shift: Fraction) -> bool:
        return positive_on(lambda t: (t - 1) * (t - 1) + ball(shift), box).proved

    assert shifted(margin)
    assert not shifted(-margin)


def test_a_counterexample_is_a_piece_on_which_the_function_is_not_positive() -> None:
    proof = positive_on(lambda t: 1 - t, [(Fraction(0), Fraction(4))])
    assert proof.counterexample is not None
    assert proof.counterexample[0][0] >= 1


def test_undecided_is_said() -> None:
    proof = positive_on(lambda t: t * t, [(Fraction(-1), Fraction(1))], most_pieces=50)
    assert not proof.proved
    assert proof.undecided is not None


def test_powers_too_large_to_write_out() -> None:
    """b^p for b in [0, 1] and p = 2^(10⁹) is at least 0, and at once there."""
    base, depth = sp.symbols("base depth", real=True)
    for value in (Fraction(1, 2), Fraction(0), Fraction(1)):
        at = {base: ball(value), depth: ball(10**9)}
        found = evaluate(sp.Abs(base) ** (2**depth), at)
        assert found.lower() >= 0
        assert found.contains(1 if value == 1 else 0)

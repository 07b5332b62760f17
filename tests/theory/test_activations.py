"""The catalogue and its combinators: formula and function agree, growth and parity are right."""

import pickle
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import sympy as sp
from flint import arb
from hypothesis import given
from hypothesis import strategies as st

from depthlaw.theory.activations import (
    CATALOGUE,
    Activation,
    Parity,
    X,
    activation,
    celu,
    elu,
    from_expression,
    from_text,
    hermite,
    leaky_relu,
    monomial,
    polynomial,
    two_slope,
)
from depthlaw.theory.activations.catalogue import PLAIN
from depthlaw.theory.activations.piece import at, to_expression, whole_line
from depthlaw.theory.errors import ArgumentError, DepthlawError, UnknownNameError
from depthlaw.theory.hermite import mean, second_moment
from depthlaw.theory.network import Activate
from depthlaw.theory.rigorous.balls import ball, precision
from depthlaw.theory.rigorous.holomorphic import enclose
from depthlaw.theory.rigorous.zero import sign_of

EVERY = (
    *PLAIN,
    "leaky_relu",
    "two_slope(-0.5;2)",
    "elu",
    "elu(0.5)",
    "celu(2)",
    "monomial(3)",
    "hermite(4)",
    "polynomial(1;-2;0.5)",
)
BOUNDED_GROWTH = [name for name in EVERY if name != "exp"]


def exact_at(phi: Activation, x: float) -> arb:
    formula = at(phi.pieces, sp.Rational(*float(x).as_integer_ratio()))
    with precision(2000):
        return enclose(formula, X, ball(float(x)))


def rounding(phi: Activation, x: float) -> float:
    """What a backward stable evaluation may lose: a few units of f(x) and of x f′(x)."""
    formula = at(phi.derivative().pieces, sp.Rational(*float(x).as_integer_ratio()))
    with precision(2000):
        value = abs(exact_at(phi, x)) + abs(ball(float(x)) * enclose(formula, X, ball(float(x))))
    terms = 16 * len(list(sp.preorder_traversal(phi.expression)))
    return float(value.upper()) * terms * float(np.finfo(float).eps) + float(np.finfo(float).tiny)


def test_every_name_is_covered() -> None:
    assert {name.partition("(")[0] for name in EVERY} == set(CATALOGUE)


@pytest.mark.parametrize("name", EVERY)
def test_function_is_the_formula(name: str) -> None:
    phi = activation(name)
    points = np.array([-30.5, -3.25, -1.5, -0.7, -0.1, 0.2, 0.9, 1.75, 4.5, 25.25])
    values = phi.function(points)
    for x, value in zip(points, values, strict=True):
        assert abs(exact_at(phi, x) - ball(float(value))) <= rounding(phi, float(x)), x


@pytest.mark.parametrize("name", BOUNDED_GROWTH)
def test_function_is_stable_far_out(name: str) -> None:
    phi = activation(name)
    points = np.array([-1000.0, -700.0, 700.0, 1000.0])
    values = phi.function(points)
    assert np.isfinite(values).all()
    for x, value in zip(points, values, strict=True):
        assert abs(exact_at(phi, x) - ball(float(value))) <= rounding(phi, float(x)), x


@pytest.mark.parametrize("name", EVERY)
def test_function_keeps_shape_and_survives_a_process_boundary(name: str) -> None:
    phi = activation(name).gain(Fraction(1, 2)).multiple(3)
    x = np.linspace(-2, 2, 12).reshape(3, 4)
    again = pickle.loads(pickle.dumps(phi.function))
    assert again(x).shape == (3, 4)
    np.testing.assert_array_equal(again(x), phi.function(x))
    np.testing.assert_array_equal(x, np.linspace(-2, 2, 12).reshape(3, 4))


@pytest.mark.parametrize("name", EVERY)
@given(x=st.floats(-60, 60))
def test_growth_bound_holds(name: str, x: float) -> None:
    phi = activation(name)
    bound = phi.growth
    with precision(200):
        size = ball(abs(x))
        limit = ball(bound.scale) * (bound.linear * size + bound.quadratic * size * size).exp()
    value = exact_at(phi, x)
    assert not value > limit
    assert not value < -limit


def test_parities() -> None:
    odd = {"identity", "sign", "hard_tanh", "erf", "tanh", "sin", "monomial(3)"}
    even = {"abs", "cos", "gaussian", "hermite(4)"}
    for name in EVERY:
        wanted = Parity.ODD if name in odd else Parity.EVEN if name in even else Parity.NEITHER
        assert activation(name).parity is wanted, name


def test_jumps_and_breakpoints() -> None:
    assert activation("step").jumps == ((0, 1),)
    assert activation("sign").shift(2).jumps == ((-2, 2),)
    assert activation("relu").jumps == ()
    assert activation("hard_tanh").gain(2).breakpoints == (-sp.Rational(1, 2), sp.Rational(1, 2))
    assert activation("relu").derivative().pieces == activation("step").pieces


def test_combinators_are_the_functions_they_name() -> None:
    relu = activation("relu")
    assert (relu + relu.gain(-1)).pieces == activation("abs").pieces
    assert relu.multiple(2).pieces == relu.gain(2).pieces
    assert leaky_relu(0.5).pieces == two_slope(0.5, 1).pieces
    assert celu(1).pieces == elu(1).pieces
    assert hermite(2).pieces == polynomial(-sp.sqrt(2) / 2, 0, sp.sqrt(2) / 2).pieces
    assert monomial(0).expression == 1
    built = activation("tanh").gain(2).shift(-1).multiple(3) + activation("sin")
    assert built.expression == 3 * sp.tanh(2 * X - 2) + sp.sin(X)
    for x in np.linspace(-3, 3, 25):
        value = ball(float(built.function(np.array([x]))[0]))
        assert abs(exact_at(built, x) - value) <= rounding(built, x)


@pytest.mark.parametrize("name", EVERY)
def test_normalised_and_centred(name: str) -> None:
    phi = activation(name)
    assert sign_of(second_moment(phi.normalised()) - 1) == 0
    with precision(200):
        assert abs(enclose(mean(phi.centred()), X, arb(0))) < arb(2) ** -150


@given(
    gain=st.fractions(-3, 3).filter(lambda a: abs(a) > Fraction(1, 10)),
    shift=st.fractions(-2, 2),
    x=st.fractions(-4, 4),
)
def test_gain_and_shift_substitute(gain: Fraction, shift: Fraction, x: Fraction) -> None:
    phi = activation("hard_tanh")
    built = phi.gain(gain).shift(shift)
    clipped = max(Fraction(-1), min(Fraction(1), gain * (x + shift)))
    value = to_expression(built.pieces).subs(X, sp.Rational(x.numerator, x.denominator))
    assert value == sp.Rational(clipped.numerator, clipped.denominator)


def test_operation_is_what_a_network_takes() -> None:
    operation = activation("gelu").operation()
    assert isinstance(operation, Activate)
    assert operation.name == "gelu"


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("max(x, 0)", "relu"),
        ("relu(x)", "relu"),
        ("abs(x)", "abs"),
        ("x*normal_cdf(x)", "gelu"),
        ("min(1, max(-1, x))", "hard_tanh"),
        ("x/(1+exp(-x))", "silu"),
        ("x*tanh(log(1+exp(x)))", "mish"),
    ],
)
def test_text_gives_the_catalogue_entry(text: str, same: str) -> None:
    mine, theirs = from_text(text), activation(same)
    assert [p.lower for p in mine.pieces] == [p.lower for p in theirs.pieces]
    for one, two in zip(mine.pieces, theirs.pieces, strict=True):
        assert sp.simplify(one.expression - two.expression) == 0
    x = np.array([-900.0, -2.5, 0.25, 3.0, 900.0])
    for value, point in zip(mine.function(x), x, strict=True):
        assert abs(exact_at(theirs, point) - ball(float(value))) <= rounding(theirs, float(point))


def test_kinks_of_expressions_are_found() -> None:
    assert from_text("abs(x**2 - 2)").breakpoints == (-sp.sqrt(2), sp.sqrt(2))
    assert from_text("max(tanh(x-1), 0)").breakpoints == (1,)
    assert from_text("abs(x - pi)").breakpoints == (sp.pi,)
    assert from_text("max(exp(x), 2)").breakpoints == (sp.log(2),)
    assert from_text("max(exp(x), -2)").breakpoints == ()
    assert from_text("abs(x) + abs(x-1)").breakpoints == (0, 1)
    assert from_text("abs(abs(x) - 1)").breakpoints == (-1, 0, 1)
    assert from_text("sign(x**2 + 1)").pieces == whole_line(sp.Integer(1))


@pytest.mark.parametrize(
    ("formula", "reason"),
    [
        (sp.exp(X**2 / 4), "not square-integrable"),
        (sp.exp(X**2), "not square-integrable"),
        (sp.exp(X**3), "not square-integrable"),
        (sp.exp(-(X**3)), "not square-integrable"),
        (sp.exp(sp.exp(X)), "not square-integrable"),
        (1 / X, "not square-integrable"),
        (1 / (X**2 - 1), "not square-integrable"),
        (sp.log(X), "above 0"),
        (sp.sqrt(X), "above 0"),
        (sp.Abs(sp.sin(X)), "change sign"),
        (sp.Abs(X**5 - X - 1), "no simple formula"),
        (sp.tan(X), "tan"),
        (X * sp.Symbol("y"), "one is allowed"),
    ],
)
def test_what_cannot_be_an_activation_says_why(formula: sp.Expr, reason: str) -> None:
    with pytest.raises(ArgumentError, match=reason):
        from_expression(formula)


def test_just_below_the_limit_of_integrability_is_accepted() -> None:
    phi = from_text("exp(x**2/5)")
    # E e^{2x²/5} = (1 − 4/5)^{−1/2}
    assert sp.simplify(second_moment(phi) - sp.sqrt(5)) == 0


@pytest.mark.parametrize("text", ["exp(-x**60)", "exp(x**3-x**4)", "exp(-x**4+3*x)"])
def test_decaying_exponents_are_bounded(text: str) -> None:
    phi = from_text(text)
    for x in np.linspace(-4, 4, 33):
        assert not exact_at(phi, x) > ball(phi.growth.scale)


def test_numbers_too_large_for_floats_are_refused() -> None:
    with pytest.raises(ArgumentError, match="scale it down"):
        from_text("exp(1000)*x")


@pytest.mark.parametrize(
    "name",
    ["relu(2)", "elu(1;2)", "elu(x)", "elu(1", "two_slope(1)", "hermite(1/2)", "hermite(-1)",
     "monomial(61)", "celu(0)", "celu(-1)", "polynomial()", "hermite(3"],
)  # fmt: skip
def test_bad_parameters_are_refused(name: str) -> None:
    with pytest.raises(ArgumentError):
        activation(name)


def test_unknown_names_suggest_near_ones() -> None:
    with pytest.raises(UnknownNameError, match="gelu"):
        activation("gleu")
    with pytest.raises(UnknownNameError, match="tanh"):
        activation("tahn(2)")


@pytest.mark.parametrize("value", [0, float("nan"), float("inf"), True, "2"])
def test_bad_gains_are_refused(value: Any) -> None:
    with pytest.raises(ArgumentError, match="gain"):
        activation("tanh").gain(value)


def test_zero_has_no_norm() -> None:
    with pytest.raises(DepthlawError, match="zero"):
        polynomial(0).normalised()

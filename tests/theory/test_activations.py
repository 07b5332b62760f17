"""The catalogue and its combinators: formula and function agree, growth and parity are right."""

import math
import pickle
from collections.abc import Callable
from contextlib import suppress
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise
from typing import Any

import mpmath
import numpy as np
import pytest
import sympy as sp
from flint import arb
from hypothesis import HealthCheck, given, settings
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
from depthlaw.theory.activations.functions import nearest_float
from depthlaw.theory.activations.library import ALIASES, LIBRARY
from depthlaw.theory.activations.piece import at, to_expression, whole_line
from depthlaw.theory.elementwise import Elementwise
from depthlaw.theory.errors import ArgumentError, DepthlawError, UnknownNameError
from depthlaw.theory.hermite import mean, second_moment
from depthlaw.theory.hermite.normal import centred, normalised
from depthlaw.theory.rigorous.balls import ball, precision
from depthlaw.theory.rigorous.holomorphic import enclose
from depthlaw.theory.rigorous.zero import ball_of, sign_of
from depthlaw.theory.writing.parse import FUNCTIONS, parse_expression

EVERY = (
    *PLAIN,
    *LIBRARY,
    "softshrink",
    "hardshrink(0.3)",
    "prelu",
    "rrelu",
    "threshold(0.1;-1)",
    "snake(2)",
    "star_relu",
    "laplace",
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
    odd = {"identity", "sign", "hard_tanh", "erf", "tanh", "sin", "monomial(3)", "softsign",
           "tanhshrink", "softshrink", "hardshrink(0.3)"}  # fmt: skip
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
    assert sign_of(second_moment(normalised(phi)) - 1) == 0
    with precision(200):
        assert abs(enclose(mean(centred(phi)), X, arb(0))) < arb(2) ** -150


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
    assert isinstance(operation, Elementwise)
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
        (1 / sp.sin(X), "pole at x = 0"),
        (1 / (sp.exp(X) - 2), "pole at x = 0.693147"),
        (sp.cos(X) / X, "pole at x = 0"),
        (sp.log(sp.Abs(X)), "0 at x = 0"),
        (sp.sqrt(1 - sp.cos(X)), "0 at x = 0"),
        (sp.sqrt(X - 3), "negative at x = 0"),
        (sp.tanh(1 / X), "not defined at x = 0"),
        (sp.Max(1 / X, 0), "not defined"),
        (sp.sign(X - sp.cos(X) - 40 + sp.sin(X)), "jumps somewhere beyond"),
        (sp.tan(X), "tan"),
        (X * sp.Symbol("y"), "one is allowed"),
    ],
)
def test_what_cannot_be_an_activation_says_why(formula: sp.Expr, reason: str) -> None:
    with pytest.raises(ArgumentError, match=reason):
        from_expression(formula)


PUBLISHED: dict[str, Callable[[float], float]] = {
    # torch.nn
    "ELU": lambda x: x if x > 0 else math.expm1(x),
    "Hardshrink": lambda x: x if abs(x) > 0.5 else 0,
    "Hardsigmoid": lambda x: 0 if x <= -3 else 1 if x >= 3 else x / 6 + 0.5,
    "Hardtanh": lambda x: max(-1, min(1, x)),
    "Hardswish": lambda x: 0 if x <= -3 else x if x >= 3 else x * (x + 3) / 6,
    "LeakyReLU": lambda x: max(0, x) + 0.01 * min(0, x),
    "LogSigmoid": lambda x: math.log(1 / (1 + math.exp(-x))),
    "PReLU": lambda x: max(0, x) + 0.25 * min(0, x),
    "ReLU6": lambda x: min(max(0, x), 6),
    "RReLU": lambda x: x if x >= 0 else (1 / 8 + 1 / 3) / 2 * x,
    "SELU": lambda x: 1.0507009873554805 * (x if x > 0 else 1.6732632423543772 * math.expm1(x)),
    "CELU": lambda x: max(0, x) + min(0, math.expm1(x)),
    "GELU": lambda x: x * (1 + math.erf(x / math.sqrt(2))) / 2,
    "SiLU": lambda x: x / (1 + math.exp(-x)),
    "Mish": lambda x: x * math.tanh(math.log1p(math.exp(x))),
    "Softplus": lambda x: math.log1p(math.exp(x)),
    "Softshrink": lambda x: x - 0.5 if x > 0.5 else x + 0.5 if x < -0.5 else 0,
    "Softsign": lambda x: x / (1 + abs(x)),
    "Tanhshrink": lambda x: x - math.tanh(x),
    "Threshold(0.5;20)": lambda x: x if x > 0.5 else 20,
    # transformers
    "gelu_10": lambda x: max(-10, min(10, x * (1 + math.erf(x / math.sqrt(2))) / 2)),
    "gelu_fast": lambda x: 0.5 * x * (1 + math.tanh(x * 0.7978845608 * (1 + 0.044715 * x * x))),
    "gelu_new": lambda x: 0.5 * x * (1 + math.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3))),
    "gelu_python": lambda x: x * 0.5 * (1 + math.erf(x / math.sqrt(2))),
    "gelu_pytorch_tanh": lambda x: (
        0.5 * x * (1 + math.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)))
    ),
    "laplace": lambda x: 0.5 * (1 + math.erf((x - 0.707107) / (0.282095 * math.sqrt(2)))),
    "linear": lambda x: x,
    "quick_gelu": lambda x: x / (1 + math.exp(-1.702 * x)),
    "relu2": lambda x: max(0, x) ** 2,
    "swish": lambda x: x / (1 + math.exp(-x)),
    # timm
    "hard_mish": lambda x: 0.5 * x * min(max(x + 2, 0), 2),
    "hard_swish": lambda x: x * min(max(x + 3, 0), 6) / 6,
    "hard_sigmoid": lambda x: min(max(x + 3, 0), 6) / 6,
    "gelu_tanh": lambda x: (
        0.5 * x * (1 + math.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)))
    ),
    "snake": lambda x: x + math.sin(x) ** 2,
    "star_relu(0.8944;-0.4472)": lambda x: 0.8944 * max(0, x) ** 2 - 0.4472,
}
"""Formulas as the documentation of each library writes them, with its default parameters."""


@pytest.mark.parametrize("name", PUBLISHED)
def test_names_of_other_libraries_mean_what_they_mean_there(name: str) -> None:
    points = np.array([-12.0, -3.1, -3, -2, -1.2, -0.5, -0.3, 0, 0.2, 0.5, 0.9, 2.5, 3, 6.5, 11.0])
    expected = [PUBLISHED[name](float(x)) for x in points]
    np.testing.assert_allclose(activation(name).function(points), expected, rtol=1e-8, atol=1e-13)


def test_aliases_are_the_functions_they_name() -> None:
    for alias, name in ALIASES.items():
        assert activation(alias).pieces == activation(name).pieces
    assert activation("LeakyReLU(0.5)").pieces == leaky_relu(0.5).pieces


ACCEPTED = [
    "x/(1+max(x,0))", "relu(x)/(1+relu(x))", "tanh(x)/x", "max(x,0)**1.5", "sign(x)*log(1+abs(x))",
    "log(2+sin(x))", "sqrt(2+cos(x))", "1/(2+cos(x))", "log(sigmoid(x))", "relu(x**3-x-1)",
    "max(x,exp(x)-1)", "min(max(gelu(x),-10),10)", "abs(sin(x))", "tanh(1000000*x)",
    "(x+sqrt(x**2+1e-8))/2", "gelu(gelu(x))", "asinh(x**3)", "sin(exp(x))",
    "x**2-1+tanh(x)/1000000", "x/(exp(x)-1)", "(1-cos(x))/x**2", "1/x-1/tanh(x)", "sqrt(abs(x))",
    "softplus(exp(x))", "abs(x-sin(x))", "max(silu(x),x**3-x)", "abs(abs(sin(x))-0.5)",
    "max(x,0)**0.75", "sin(x)/(x*(x-pi))",
]  # fmt: skip


@pytest.mark.parametrize("text", ACCEPTED)
def test_what_is_square_integrable_is_accepted_and_bounded(text: str) -> None:
    phi, bound = from_text(text), from_text(text).growth
    for x in np.linspace(-7.3, 8.1, 41):
        with precision(300):
            size = ball(abs(float(x)))
            limit = ball(bound.scale) * (bound.linear * size + bound.quadratic * size**2).exp()
            value = exact_at(phi, float(x))
            assert size < bound.start or not abs(value) > limit


@pytest.mark.parametrize(
    "text",
    ["exp(x)/(1+exp(x))", "log(cosh(x))", "sinh(x)/cosh(x)", "log(2+2*exp(x))", "(1-cos(x))/x**2",
     "tanh(x)/x", "x/(exp(x)-1)", "log(sigmoid(x))", "1/(1+log(cosh(x)))", "exp(-x)*sinh(x)"],
)  # fmt: skip
@given(x=st.one_of(st.floats(-1000, 1000), st.floats(-1e-6, 1e-6), st.sampled_from([-720, 720])))
@settings(max_examples=settings.default.max_examples // 5)
def test_compiled_functions_agree_with_the_formula_up_to_1000(text: str, x: float) -> None:
    phi = _from_text(text)
    (value,) = phi.function(np.array([x]))
    assert value == pytest.approx(nearest_float(phi.pieces[0].expression, float(x)), rel=1e-11)


def test_beyond_all_floats_is_infinity() -> None:
    assert from_text("x*exp(x)").function(np.array([720.0, -1000.0])).tolist() == [math.inf, 0.0]


@lru_cache
def _from_text(text: str) -> Activation:
    return from_text(text)


def test_roots_without_a_formula_are_enclosed() -> None:
    (root,) = from_text("relu(x**3-x-1)").breakpoints
    with precision(300):
        b = ball_of(root)
        assert b.rad() < arb(2) ** -280
        assert (b**3 - b - 1).contains(0)
    assert from_text("max(x,exp(x)-1)").breakpoints == ()
    assert from_text("abs(x-sin(x))").breakpoints == (0,)
    assert from_text("relu(x**3-x-1)").jumps == ()
    assert from_text("min(max(gelu(x),-10),10)").jumps == ()
    clipped = from_text("max(min(x+sin(x),2),-2)")
    assert clipped.parity is Parity.ODD
    assert len(from_text("abs(x**5-x-1)+max(x**5-x-1,0)").breakpoints) == 1


def test_kinks_far_out_stay_in_the_formula() -> None:
    phi = from_text("abs(sin(x))")
    assert not phi.is_resolved
    assert not phi.may_jump
    assert sp.pi in phi.breakpoints
    assert from_text("sign(sin(x))").may_jump
    np.testing.assert_allclose(phi.function(np.array([-100.0, 3.5, 1000.0])),
                               np.abs(np.sin([-100.0, 3.5, 1000.0])), rtol=1e-12)  # fmt: skip


def test_just_below_the_limit_of_integrability_is_accepted() -> None:
    phi = from_text("exp(x**2/5)")
    # E e^{2x²/5} = (1 − 4/5)^{−1/2}
    assert sp.simplify(second_moment(phi) - sp.sqrt(5)) == 0


@pytest.mark.parametrize("text", ["exp(-x**60)", "exp(x**3-x**4)", "exp(-x**4+3*x)"])
def test_decaying_exponents_are_bounded(text: str) -> None:
    phi = from_text(text)
    for x in np.linspace(-4, 4, 33):
        bound = phi.growth
        assert not exact_at(phi, x) > ball(bound.scale) * (ball(bound.linear) * ball(abs(x))).exp()


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
        normalised(polynomial(0))


NUMBERS = st.sampled_from(["0", "1", "2", "0.5", "3", "1/3", "0.1", "pi", "1.7"])
ONE = st.sampled_from([name for name, (count, _) in FUNCTIONS.items() if count])
EXPONENTS = st.sampled_from(["2", "3", "(-1)", "0.5", "1.5", "(-0.5)", "(1/3)"])
INSIDE = st.sampled_from([
    "exp(-({0})**2)", "log(1+({0})**2)", "sqrt(1+({0})**2)", "abs({0})**0.5", "max({0},0)**1.5",
    "1/(1+abs({0}))", "1/(2+cos({0}))", "exp({0})/(1+exp({0}))", "log(cosh({0}))",
    "tanh({0})/({0})", "log(sigmoid({0}))",
])  # fmt: skip
"""Formulas that stay in their domain, so that more of what is drawn is an activation."""


def grown(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.builds("{}({})".format, ONE, inner),
        st.builds("{}({}, {})".format, st.sampled_from(["max", "min"]), inner, inner | NUMBERS),
        st.builds("({} {} {})".format, inner, st.sampled_from("+-*/"), inner | NUMBERS),
        st.builds("({} {} {})".format, NUMBERS, st.sampled_from("+-*/"), inner),
        st.builds("({})**{}".format, inner, EXPONENTS),
        st.builds(lambda outer, u: f"({outer.format(u)})", INSIDE, inner),
    )


EXPRESSIONS = st.recursive(st.just("x"), grown, max_leaves=8)
"""Formulas as a user may type them, from the whole whitelist."""

MPMATH: dict[Any, Any] = {
    sp.exp: mpmath.exp, sp.log: mpmath.log, sp.sin: mpmath.sin, sp.cos: mpmath.cos,
    sp.sinh: mpmath.sinh, sp.cosh: mpmath.cosh, sp.tanh: mpmath.tanh, sp.atan: mpmath.atan,
    sp.asinh: mpmath.asinh, sp.erf: mpmath.erf, sp.erfc: mpmath.erfc, sp.Abs: abs,
    sp.sign: mpmath.sign, sp.Max: max, sp.Min: min,
}  # fmt: skip


class NotKnownError(Exception):
    """Beyond what the working precision of mpmath can tell."""


def in_mpmath(e: sp.Expr, x: Any) -> Any:
    """Evaluate a formula at the working precision of mpmath; what cancels is not known."""
    if e.is_Symbol:
        return x
    if e.is_Rational:
        return mpmath.mpf(int(e.p)) / int(e.q)
    if e in (sp.pi, sp.E):
        return +mpmath.pi if e is sp.pi else +mpmath.e
    parts = [in_mpmath(part, x) for part in e.args]
    if not all(isinstance(u, mpmath.mpf) and abs(u) < mpmath.mpf(10) ** 10**6 for u in parts):
        raise NotKnownError
    if e.is_Add:
        total = mpmath.fsum(parts)
        if 0 < max(map(abs, parts)) * mpmath.mpf(10) ** (25 - mpmath.mp.dps) >= abs(total):
            raise NotKnownError
        return total
    if e.is_Mul:
        return mpmath.fprod(parts)
    if isinstance(e, sp.sign) and parts[0] == 0:
        raise NotKnownError  # A jump: the value there belongs to its right.
    if e.is_Pow:
        if parts[0] == 0:
            return mpmath.mpf(0)
        return parts[0] ** (int(e.exp) if e.exp.is_Integer else parts[1])
    return MPMATH[e.func](*parts)


def value_in_mpmath(e: sp.Expr, x: Any, *digits: int) -> Any:
    """Return the value of a formula to all digits of a float, or None if it is not known."""
    for size in digits or (60, 500, 2000):
        with mpmath.workdps(size), suppress(NotKnownError, ZeroDivisionError, ValueError):
            return in_mpmath(e, mpmath.mpf(x))
    return None


def room(e: sp.Expr, x: float, value: Any) -> Any:
    """Return the larger of |f| within a twentieth of x, and of what f changes by, and |x f′(x)|.

    A float is off by some units of it: near a zero of f it may be off by a unit of nearby values.
    """
    with mpmath.workdps(2000):
        near = [value_in_mpmath(e, x * (1 + mpmath.mpf(k) / 100)) for k in range(-5, 6)]
        size = max(abs(u) for u in [*near, value] if u is not None)
        if None not in near:
            size += 100 * max(abs(a - b) for a, b in pairwise(near))
        h = mpmath.mpf(10) ** -300
        ends = [value_in_mpmath(e, x * (1 + k * h), 2000) for k in (-1, 1)]
        return size if None in ends else size + abs(ends[1] - ends[0]) / (2 * h)


@given(
    text=EXPRESSIONS,
    sizes=st.lists(st.tuples(st.floats(-8, 3), st.sampled_from([-1, 1])), min_size=3, max_size=3),
)
@settings(max_examples=settings.default.max_examples // 4, suppress_health_check=list(HealthCheck))
def test_any_expression_is_refused_in_one_sentence_or_computed_to_rounding(
    text: str, sizes: list[tuple[float, int]]
) -> None:
    try:
        phi = from_text(text)
    except DepthlawError as error:
        refused = str(error)
    else:
        refused = ""
    if refused:
        assert "\n" not in refused
        return
    formula = parse_expression(text)
    drawn = [sign * 10**size for size, sign in sizes]
    x = np.array([0.0, -0.0, 720.0, -720.0, 1000.0, -1000.0, *drawn])
    for place, value in zip(x.tolist(), phi.function(x).tolist(), strict=True):
        exact = value_in_mpmath(formula, place)
        if exact is None or any(abs(place - float(b)) <= 1e-13 for b, _ in phi.jumps):
            continue
        if abs(exact) >= mpmath.mpf(2) ** 1024:
            assert value == math.copysign(math.inf, exact), place
            continue
        with mpmath.workdps(60):
            limit = 64 * np.finfo(float).eps * room(formula, place, exact)
            assert abs(value - exact) <= limit + mpmath.mpf(2) ** -1000, place


@pytest.mark.parametrize(
    "text",
    ["sign(x)**0.5", "max(sign(x)**(-0.5), 0)**1.5", "(-2)**(1/3)*x", "1/step(x)", "log(sign(x))",
     "max((-1)**0.5, x)", "max(1/step(x), x)"],
)  # fmt: skip
def test_what_is_not_real_is_refused(text: str) -> None:
    with pytest.raises(ArgumentError, match="real"):
        from_text(text)


def test_what_touches_zero_has_the_sign_beside_it() -> None:
    x = np.array([-2.0, 0.5, 3.0])
    assert from_text("sign(log(1+x**2))").function(x).tolist() == [1, 1, 1]
    assert from_text("step(x**2)").function(x).tolist() == [1, 1, 1]
    assert from_text("sign(cos(x)-1)").function(x).tolist() == [-1, -1, -1]
    split = sp.Piecewise((X, X**2 > 0), (7, True))
    assert from_expression(split).function(x).tolist() == x.tolist()


def test_what_saturates_keeps_its_digits() -> None:
    # x Φ(x) at x = −19.35…, and (1 + tanh x)/2 at −30: each cancels as it is written
    (value,) = from_text("gelu(2+x)").function(np.array([-21.35190905001938]))
    assert value == pytest.approx(-1.9006472662865462844e-82, rel=1e-12)
    (value,) = from_text("1+tanh(x)").function(np.array([-30.0]))
    assert value == pytest.approx(2 * math.exp(-60), rel=1e-12)
    assert from_text("sign(sin(x))").function(np.array([4.0, 700.0])).tolist() == [-1, 1]

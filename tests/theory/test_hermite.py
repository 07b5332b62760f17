"""Hermite coefficients: three independent routes, the golden table, Parseval, and 40 digits."""

from fractions import Fraction

import mpmath
import numpy as np
import pytest
import sympy as sp
from flint import arb
from hypothesis import given, settings
from hypothesis import strategies as st

from depthlaw.theory.activations import Activation, X, activation, from_text
from depthlaw.theory.activations.catalogue import PLAIN
from depthlaw.theory.activations.growth import NotSquareIntegrableError
from depthlaw.theory.activations.piece import breakpoints, to_expression
from depthlaw.theory.errors import ArgumentError
from depthlaw.theory.hermite import (
    HIGHEST_ORDER,
    coefficients,
    derivation,
    general_term,
    mean,
    second_moment,
    series,
)
from depthlaw.theory.hermite.routes import enclosed, exact, quadrature, recurrence
from depthlaw.theory.hermite.symbolic import K
from depthlaw.theory.rigorous.balls import ball, precision
from depthlaw.theory.rigorous.zero import ball_of
from depthlaw.theory.terms.rule_table import decompose
from depthlaw.theory.values import Enclosure, Exact

PARAMETRIC = ("leaky_relu(0.1)", "two_slope(-0.5;2)", "elu", "elu(0.5)", "celu(2)", "monomial(3)",
              "hermite(4)", "polynomial(1;-2;0.5)")  # fmt: skip
NUMERIC = {"gelu_tanh", "tanh", "sigmoid", "silu", "softplus", "mish"}
TEXTS = ("tanh(2*x)", "max(tanh(x), 0.2)", "x*exp(-x**2)", "abs(x**2-2)", "hard(x)", "erf(x+1)",
         "sin(2*x+1)", "x*sin(x)", "x**2*erf(x/2)", "exp(x**2/8)", "1/(1+x**2)",
         "cosh(x/2)")  # fmt: skip


def build(name: str) -> Activation:
    if name == "hard(x)":
        return activation("hard_tanh").gain(Fraction(5, 3)).shift(Fraction(1, 7))
    return from_text(name) if "x" in name.replace("exp", "") else activation(name)


EVERY = (*PLAIN, *PARAMETRIC, *TEXTS)


@pytest.mark.parametrize("name", EVERY)
def test_three_routes_agree_to_order_200(name: str) -> None:
    phi = build(name)
    balls = enclosed(phi, HIGHEST_ORDER)
    assert all(c.rad() < arb(2) ** -75 for c in balls)

    floats, rounding = quadrature(phi, HIGHEST_ORDER)
    for k, (c, value, margin) in enumerate(zip(balls, floats, rounding, strict=True)):
        assert abs(c - ball(float(value))) <= margin, k

    terms, closed = decompose(phi.pieces), exact(phi, 24)
    assert (terms is None) == (closed is None)
    if terms is not None and closed is not None:
        rules = recurrence(terms, HIGHEST_ORDER, 90)
        assert all(a.overlaps(b) for a, b in zip(rules, balls, strict=True))
        with precision(600):
            values = [ball_of(c) for c in closed]
        assert all(a.overlaps(b) for a, b in zip(values, balls[:25], strict=True))


def test_the_rule_table_covers_what_it_should() -> None:
    for name in (*PLAIN, *PARAMETRIC):
        assert (exact(activation(name), 2) is None) == (name in NUMERIC), name


@pytest.mark.parametrize("name", ["relu", "gelu", "elu", "sin", "gaussian", "erf", "hard_tanh"])
def test_exact_coefficients_at_the_highest_order(name: str) -> None:
    phi = activation(name)
    terms, closed = decompose(phi.pieces), exact(phi, HIGHEST_ORDER)
    assert terms is not None
    assert closed is not None
    rules = recurrence(terms, HIGHEST_ORDER, 90)
    with precision(2000):
        for k in (197, 198, 199, 200):
            assert ball_of(closed[k]).overlaps(rules[k])


# isometry.md, table "To reproduce", to all printed digits
GOLDEN = {
    "tanh": ("0", ".605706", "0", "-.148437", "0", ".062548"),
    "relu": (".398942", ".5", ".282095", "0", "-.081434", "0"),
    "sin": ("0", ".606531", "0", "-.247615", "0", ".055368"),
    "exp": ("1.648721", "1.648721", "1.165822", ".673088", ".336544", ".150507"),
    "step": (".5", ".398942", "0", "-.162868", "0", ".109255"),
}


@pytest.mark.parametrize("name", GOLDEN)
def test_golden_table(name: str) -> None:
    for value, printed in zip(coefficients(activation(name), 5), GOLDEN[name], strict=True):
        digits = len(printed.partition(".")[2])
        half = Fraction(1, 2) / 10**digits
        with precision(128):
            assert abs(value.ball - ball(Fraction(printed))) <= ball(half)
        if printed == "0":
            assert isinstance(value, Exact)
            assert value.expression == 0


def reference(phi: Activation, k: int) -> arb:
    """Return c_k by mpmath at 40 digits, split at the breakpoints."""
    formula = sp.lambdify(X, to_expression(phi.pieces), "mpmath")
    polynomial = sp.lambdify(X, sp.hermite_prob(k, X), "mpmath")
    with mpmath.workdps(55):
        cuts = [mpmath.mpmathify(sp.N(cut, 60)) for cut in breakpoints(phi.pieces)]
        ends = sorted({*map(mpmath.mpf, range(-20, 21, 2)), *cuts})
        norm = mpmath.sqrt(mpmath.factorial(k))
        value = mpmath.quad(lambda x: formula(x) * polynomial(x) / norm * mpmath.npdf(x), ends)
        return arb(mpmath.nstr(value, 45))


@pytest.mark.parametrize(
    "name", ["tanh", "silu", "mish", "gelu", "elu", "hard_tanh", "max(tanh(x), 0.2)"]
)
@pytest.mark.parametrize("k", [*(pytest.param(k, marks=pytest.mark.slow) for k in (0, 1, 4)), 9])
def test_forty_digits(name: str, k: int) -> None:
    phi = build(name)
    with precision(256):
        c = enclosed(phi, 10, 140)[k]
        assert c.rad() < arb(10) ** -38
        assert abs(c - reference(phi, k)) < arb(10) ** -38


@pytest.mark.parametrize("name", EVERY)
def test_parseval(name: str) -> None:
    phi = build(name)
    captured = []
    for order in (5, 40, HIGHEST_ORDER):
        s = series(phi, order)
        assert not s.captured > s.second_moment
        assert s.remainder >= 0
        with precision(s.bits):
            assert s.second_moment - s.captured <= s.remainder + arb(2) ** -80
        captured.append(s)
    # The bound grows by rounding alone, never by more.
    assert captured[0].remainder + arb(2) ** -80 >= captured[1].remainder
    assert captured[1].remainder + arb(2) ** -80 >= captured[2].remainder
    with precision(256):
        total = ball_of(second_moment(phi))
    assert total.overlaps(captured[-1].second_moment)


def test_the_remainder_of_a_polynomial_is_zero() -> None:
    assert series(activation("polynomial(1;2;3)"), 2).remainder == 0
    assert series(activation("polynomial(1;2;3)"), 1).remainder > 0


@pytest.mark.parametrize("name", [*PLAIN, *PARAMETRIC])
def test_mean_and_square_agree_with_quadrature(name: str) -> None:
    phi = activation(name)
    floats, rounding = quadrature(phi, 0)
    with precision(128):
        assert abs(ball_of(mean(phi)) - ball(float(floats[0]))) <= float(rounding[0])


GENERAL = ("relu", "step", "abs", "erf", "normal_cdf", "sin", "cos", "exp", "gaussian", "gelu",
           "elu", "relu_squared", "leaky_relu(0.1)", "hard_tanh")  # fmt: skip


@pytest.mark.parametrize("name", GENERAL)
def test_general_term_is_the_coefficient(name: str) -> None:
    phi = activation(name)
    found = general_term(phi)
    assert found is not None
    formula, start = found
    known = exact(phi, 30)
    assert known is not None
    for k in range(start, 31):
        with precision(256):
            difference = ball_of(formula.subs(K, k).doit()) - ball_of(known[k])
            assert difference.contains(0)
            assert difference.rad() < arb(2) ** -150
    for k in (start, start + 1, start + 2):
        assert sp.simplify(formula.subs(K, k).doit() - known[k]) == 0


@pytest.mark.parametrize("name", ["tanh", "relu", "abs", "gelu", "elu", "sin", "identity", "selu"])
def test_derivations_check(name: str) -> None:
    report = derivation(activation(name)).check()
    assert report.holds, report.failures
    assert report.results


def test_a_wrong_derivation_would_fail() -> None:
    """The steps are about φ: those of another activation do not agree with it."""
    mine = derivation(activation("relu")).steps[-1]
    other = derivation(activation("gelu")).steps[-1]
    pairs = list(zip(mine.first(), other.first(), strict=False))
    assert not all(a.overlaps(b) for a, b in pairs)


@settings(max_examples=15)
@given(a=st.fractions(Fraction(1, 4), 2), b=st.fractions(-2, 2), k=st.integers(0, 12))
def test_coefficients_are_linear(a: Fraction, b: Fraction, k: int) -> None:
    tanh, relu = activation("tanh"), activation("relu")
    combined = enclosed(tanh.multiple(a) + relu.multiple(b), 12)[k]
    with precision(200):
        apart = ball(a) * enclosed(tanh, 12)[k] + ball(b) * enclosed(relu, 12)[k]
        assert combined.overlaps(apart)


def test_enclosures_nest_as_precision_grows() -> None:
    for name in ("tanh", "mish", "hard_tanh", "elu"):
        coarse, fine = enclosed(activation(name), 20, 50), enclosed(activation(name), 20, 120)
        assert all(c.contains(f) for c, f in zip(coarse, fine, strict=True))


def test_kinds_of_numbers() -> None:
    assert all(isinstance(c, Exact) for c in coefficients(activation("elu"), 6))
    odd = coefficients(activation("tanh"), 3)
    assert [type(c) for c in odd] == [Exact, Enclosure, Exact, Enclosure]


@pytest.mark.parametrize("order", [-1, HIGHEST_ORDER + 1, 2.5, True])
def test_bad_orders(order: int) -> None:
    for call in (coefficients, series, exact, enclosed, quadrature):
        with pytest.raises(ArgumentError, match="order"):
            call(activation("relu"), order)


def test_quadrature_margin_is_not_vacuous() -> None:
    _, rounding = quadrature(activation("tanh"), 40)
    assert (rounding < np.sqrt(np.finfo(float).eps)).all()


MOMENTS = {
    "max(x,0)**1.5": "0.79788456080286535587989211987",
    "sign(x)*log(1+abs(x))": "0.386843601374648980288723077625",
    "log(sigmoid(x))": "0.921245908859300278677248686821",
    "min(max(gelu(x),-10),10)": "0.425221482570298674918539321972",
    "tanh(x)/x": "0.703560645470852261496061479717",
    "relu(x**3-x-1)": "4.1363889456634318100528933305",
    "asinh(x**3)": "1.3916503357692798916875457514",
    "gelu(gelu(x))": "0.349838194752570580412132892082",
    "x/(1+max(x,0))": "0.591507010633273749544112417526",
}
"""E φ², by 30 digits of mpmath's quadrature, split at the kinks."""


@pytest.mark.parametrize("text", MOMENTS)
def test_second_moments_of_formulas_without_a_rule(text: str) -> None:
    with precision(128):
        found = ball_of(second_moment(from_text(text)))
        assert found.rad() < arb(10) ** -15
        assert abs(found - arb(MOMENTS[text])) < arb(10) ** -24


def test_infinitely_many_kinks_and_endless_oscillation_are_enclosed() -> None:
    with precision(128):
        first = enclosed(from_text("abs(sin(x))"), 4)[0]
        assert abs(first - arb("0.579153218723035967533759209927")) < arb(10) ** -24
    (value, *_) = enclosed(from_text("sin(exp(x))"), 2, 40)
    assert value.rad() < arb(10) ** -9


def test_what_is_odd_drops_out_of_a_mean_exactly() -> None:
    assert mean(from_text("x**2-1+tanh(x)/1000000")) == 0
    assert mean(from_text("x**2-1+sin(exp(x))-sin(exp(-x))")) == 0


def test_singular_derivatives() -> None:
    """E φ′² = (9/16) E[x^{−1/2}; x > 0] for x^{3/4}; for √x it is infinite."""
    with precision(128):
        slope = ball_of(second_moment(from_text("max(x,0)**0.75").derivative()))
        assert abs(slope - arb("0.483772492870042238648530374331")) < arb(10) ** -12
    with pytest.raises(NotSquareIntegrableError):
        from_text("sqrt(max(x,0))").derivative()

"""The layer under every enclosure: holomorphic evaluation, quadrature on panels, named numbers.

A forgotten `analytic` flag goes unnoticed on symmetric intervals, where the two halves of a wrong
answer cancel: everything here is integrated over asymmetric ones, against 40 digits of mpmath.
"""

import mpmath
import pytest
import sympy as sp
from flint import acb, arb, ctx

from depthlaw.theory.activations.piece import X
from depthlaw.theory.errors import DepthlawError
from depthlaw.theory.rigorous.balls import ball, precision
from depthlaw.theory.rigorous.gaussian import Segment, expectation
from depthlaw.theory.rigorous.holomorphic import FUNCTIONS as HOLOMORPHIC
from depthlaw.theory.rigorous.holomorphic import compile_holomorphic, enclose
from depthlaw.theory.rigorous.integrate import integral
from depthlaw.theory.rigorous.number import Named
from depthlaw.theory.rigorous.panels import hermite_integrals
from depthlaw.theory.rigorous.zero import ball_of, sign_of
from depthlaw.theory.writing.parse import FUNCTIONS, parse_expression

DIGITS = 40
CALLS = {
    name: f"{name}({{0}})" if count else f"{name}({{0}}, 0.3)"
    for name, (count, _) in FUNCTIONS.items()
}
INNER = {"log": "(1.5 + x**2)", "sqrt": "(1.5 + x)"}
INTERVALS = [("-0.7", "1.9"), ("-1.3", "0.4"), ("0.2", "2.1")]


def forty_digits(formula: sp.Expr, lower: str, upper: str) -> arb:
    """Integrate with mpmath, split where a function of the whitelist has a kink."""
    function = sp.lambdify(X, formula, "mpmath")
    with mpmath.workdps(DIGITS + 10):
        ends = sorted({mpmath.mpf(e) for e in (lower, "0", "0.3", upper)})
        low, high = mpmath.mpf(lower), mpmath.mpf(upper)
        value = mpmath.quad(function, [e for e in ends if low <= e <= high])
        return arb(mpmath.nstr(value, DIGITS + 5))


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize(("lower", "upper"), INTERVALS)
def test_every_whitelisted_function_on_asymmetric_intervals(
    name: str, lower: str, upper: str
) -> None:
    formula = parse_expression(CALLS[name].format(INNER.get(name, "x")))
    integrand = compile_holomorphic(formula, X)
    with precision(160):
        found = integral(integrand, arb(lower), arb(upper))
        reference = forty_digits(formula, lower, upper)
        assert found.rad() < arb(10) ** -DIGITS
        assert abs(found - reference) < arb(10) ** -(DIGITS - 2)


@pytest.mark.parametrize(
    "function", [f for f in HOLOMORPHIC if f not in (sp.Abs, sp.sign, sp.Heaviside)]
)
def test_functions_agree_with_mpmath_in_the_complex_plane(function: type[sp.Basic]) -> None:
    point = sp.Rational(3, 10) + sp.Rational(1, 4) * sp.I
    with precision(160), mpmath.workdps(DIGITS + 10):
        z = acb(arb(3) / 10, arb(1) / 4)
        value = compile_holomorphic(function(X), X)(z, True)
        reference = sp.lambdify(X, function(X), "mpmath")(mpmath.mpmathify(sp.N(point, 60)))
        parts = [arb(mpmath.nstr(part, DIGITS + 5)) for part in (reference.real, reference.imag)]
        assert abs(value.real - parts[0]) < arb(10) ** -DIGITS
        assert abs(value.imag - parts[1]) < arb(10) ** -DIGITS


@pytest.mark.parametrize(
    ("formula", "centre"),
    [
        (sp.log(X), (-2, 0)),
        (sp.sqrt(X), (-2, 0)),
        (1 / sp.sqrt(X), (-1, 0)),
        (X ** sp.Rational(1, 3), (-1, 0)),
        (sp.asin(X), (2, 0)),
        (sp.acos(X), (-2, 0)),
        (sp.atan(X), (0, 2)),
        (sp.asinh(X), (0, -2)),
        (sp.Abs(X), (0, 0)),
        (sp.sign(X), (0, 0)),
        (sp.Heaviside(X), (0, 0)),
        (sp.Max(X, 0), (0, 0)),
        (sp.Min(X, 0), (0, 0)),
        (1 / X, (0, 0)),
        (sp.tanh(X * sp.pi / 2), (0, 1)),
        (1 / (1 + sp.exp(-sp.pi * X)), (0, 1)),
    ],
)  # fmt: skip
def test_a_ball_over_a_cut_or_pole_is_no_number(formula: sp.Expr, centre: tuple[int, int]) -> None:
    function = compile_holomorphic(formula, X)
    near = acb(arb(centre[0], 0.01), arb(centre[1], 0.01))
    away = acb(arb(centre[0], 0.01) + 0.5, arb(centre[1], 0.01) + (0.5 if centre[1] == 0 else 0))
    assert not function(near, True).is_finite()
    assert function(away, True).is_finite()


def test_a_wide_ball_contains_the_values_in_it() -> None:
    for formula in (sp.tanh(X), sp.exp(-(X**2)), sp.log(1 + sp.exp(X)), sp.erf(X) * X):
        wide = enclose(formula, X, arb(0.3, 0.4))
        for point in (-0.1, 0.0, 0.25, 0.7):
            assert wide.contains(enclose(formula, X, ball(point)))


def test_unknown_functions_and_symbols_are_named() -> None:
    with pytest.raises(DepthlawError, match="zeta"):
        compile_holomorphic(sp.zeta(X), X)
    with pytest.raises(DepthlawError, match="symbol y"):
        compile_holomorphic(sp.Symbol("y") * X, X)


def test_panels_and_adaptive_integration_agree() -> None:
    """Two quadratures in ball arithmetic, with nothing in common but the integrand."""
    for formula in (sp.tanh(X - 1), 1 / (1 + X**2), sp.log(1 + sp.exp(2 * X))):
        segment = Segment(arb(-3), arb(5), compile_holomorphic(formula, X))
        with precision(128):
            (panels,) = hermite_integrals([segment], 0, 100)
            adaptive = expectation([segment], 0)
            assert panels.overlaps(adaptive)
            assert panels.rad() < arb(2) ** -90
            assert adaptive.rad() < arb(2) ** -90


def test_panels_give_up_at_a_pole() -> None:
    with pytest.raises(DepthlawError, match="holomorphic"):
        hermite_integrals([Segment(arb(-1), arb(2), lambda z, analytic: 1 / z)], 2, 40)


def test_signs_of_exact_numbers() -> None:
    assert sign_of(sp.exp(sp.pi * sp.sqrt(163)) - 640320**3 - 744) == -1
    assert sign_of(sp.sin(1) ** 2 + sp.cos(1) ** 2 - 1) == 0
    assert sign_of(sp.sinh(1) * 2 - sp.E + sp.exp(-1)) == 0
    assert sign_of(Named("a", sp.sqrt(2)) ** 2 - 2) == 0
    assert sign_of(Named("a", sp.sqrt(2)) - 1) == 1


def test_named_constants_are_constants() -> None:
    golden = Named("phi", (1 + sp.sqrt(5)) / 2)
    assert golden.free_symbols == set()
    assert sp.diff(golden * X**2, X) == 2 * golden * X
    assert str(golden) == "phi"
    assert abs(sp.N(golden, 30) - sp.N((1 + sp.sqrt(5)) / 2, 30)) < sp.Float(10) ** -29
    assert ball_of(golden).overlaps((1 + arb(5).sqrt()) / 2)


def test_precision_is_left_alone_when_evaluation_fails() -> None:
    before = ctx.prec
    with pytest.raises(DepthlawError), precision(300):
        compile_holomorphic(sp.zeta(X), X)
    assert ctx.prec == before

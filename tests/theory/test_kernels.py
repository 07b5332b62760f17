"""Kernel maps: closed forms, enclosures on [−1, 1], unequal variances, floats with errors."""

from fractions import Fraction
from functools import cache

import mpmath
import numpy as np
import pytest
import sympy as sp
from flint import arb
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm

from depthlaw.theory.activations import Activation, X, activation, from_text
from depthlaw.theory.activations.catalogue import PLAIN
from depthlaw.theory.activations.piece import Piece, breakpoints, to_expression
from depthlaw.theory.errors import ArgumentError, DepthlawError
from depthlaw.theory.hermite import series
from depthlaw.theory.kernels import (
    KernelMap,
    centred_map,
    closed_kernel,
    isometry_strength,
    kernel_derivation,
    kernel_values,
    normalised_map,
)
from depthlaw.theory.kernels.conditional import conditional_kernel
from depthlaw.theory.kernels.power_series import sum_series
from depthlaw.theory.kernels.scaled import aligned_mean, scaled_coefficients, square_mean
from depthlaw.theory.rigorous.balls import ball, precision
from depthlaw.theory.rigorous.zero import ball_of
from depthlaw.theory.terms.closed_kernel import Q1, Q2, RHO, R

EVERY = (*PLAIN, "leaky_relu(0.1)", "two_slope(-0.5;2)", "elu", "celu(2)", "monomial(3)",
         "hermite(4)", "polynomial(1;-2;0.5)")  # fmt: skip
SMOOTH = [n for n in EVERY if n not in ("step", "sign")]
KINKED = ("hard_tanh", "elu", "selu", "celu(2)")
GRID = (-1, Fraction(-9, 10), Fraction(-1, 3), 0, Fraction(1, 4), Fraction(7, 8), 1)

theta = sp.acos(R / sp.sqrt(Q1 * Q2))
root = sp.sqrt(Q1 * Q2 - R**2)
P, p = (1 + Q1) * (1 + Q2), Q1 * Q2
delta = sp.sqrt(P - R**2)


def slopes(a: sp.Expr, b: sp.Expr) -> sp.Expr:
    first = (a - b) ** 2 / (2 * sp.pi) * root
    return first + ((a**2 + b**2) / 2 - (a - b) ** 2 * theta / (2 * sp.pi)) * R


# fixed_points.md, "Closed-form kernels", as printed there
SHEET = {
    "relu": slopes(sp.S.Zero, sp.S.One),
    "leaky_relu(0.1)": slopes(sp.Rational(1, 10), sp.S.One),
    "abs": slopes(sp.S.NegativeOne, sp.S.One),
    "sign": 2 / sp.pi * sp.asin(R / sp.sqrt(Q1 * Q2)),
    "step": (sp.pi - theta) / (2 * sp.pi),
    "relu_squared": p / (2 * sp.pi) * (
        3 * sp.sin(theta) * sp.cos(theta) + (sp.pi - theta) * (1 + 2 * sp.cos(theta) ** 2)
    ),
    "erf": 2 / sp.pi * sp.asin(2 * R / sp.sqrt((1 + 2 * Q1) * (1 + 2 * Q2))),
    "normal_cdf": sp.Rational(1, 4) + sp.asin(R / sp.sqrt(P)) / (2 * sp.pi),
    "sin": sp.exp(-(Q1 + Q2) / 2) * sp.sinh(R),
    "cos": sp.exp(-(Q1 + Q2) / 2) * sp.cosh(R),
    "exp": sp.exp((Q1 + Q2) / 2 + R),
    "gaussian": 1 / sp.sqrt((1 + 2 * Q1) * (1 + 2 * Q2) - 4 * R**2),
    "gelu": R / 4 + ((R**2 + p * delta**2) / (P * delta) + R * sp.atan(R / delta)) / (2 * sp.pi),
    "monomial(2)": 2 * R**2 + p,
    "monomial(3)": 6 * R**3 + 9 * R * p,
    "hermite(4)": R**4,
}  # fmt: skip


@pytest.mark.parametrize("name", SHEET)
def test_closed_forms_are_those_of_the_sheet(name: str) -> None:
    closed = closed_kernel(activation(name))
    assert closed is not None
    points = [(1, 1, Fraction(1, 3)), (1, 1, Fraction(-5, 7))]
    if name != "hermite(4)":  # ρᵏ at unit variances only
        points += [(2, Fraction(1, 2), Fraction(2, 5)), (Fraction(1, 3), 3, Fraction(-1, 2))]
    for q1, q2, r in points:
        values = {Q1: sp.Rational(q1), Q2: sp.Rational(q2), R: sp.Rational(r)}
        with precision(200):
            mine = ball_of(closed.expression.subs(values, simultaneous=True))
            theirs = ball_of(SHEET[name].subs(values, simultaneous=True))
            assert mine.overlaps(theirs)
            assert mine.rad() < arb(2) ** -150
            assert theirs.rad() < arb(2) ** -150


def test_which_closed_forms_exist() -> None:
    none = {"hard_tanh", "gelu_tanh", "tanh", "sigmoid", "silu", "softplus", "mish", "selu", "elu",
            "celu(2)"}  # fmt: skip
    assert {name for name in EVERY if closed_kernel(activation(name)) is None} == none


def test_closed_forms_survive_combination() -> None:
    # A shift, products with what has no kernel of its own, a kink, a jump, waves of two lengths.
    for text in ("x*exp(-x**2) + x**2", "x*erf(2*x) - x", "max(x,0) + 2*x**2 + 3",
                 "sin(2*x+1) + exp(x/2)"):  # fmt: skip
        phi = from_text(text)
        assert closed_kernel(phi) is not None, text
        assert kernel_derivation(phi).check().holds, text


@pytest.mark.parametrize("name", [*SHEET, "tanh", "elu", "polynomial(1;-2;0.5)"])
def test_derivations_check(name: str) -> None:
    report = kernel_derivation(activation(name)).check()
    assert report.holds, report.failures


@pytest.mark.parametrize("name", EVERY)
def test_the_series_agrees_with_every_other_route(name: str) -> None:
    phi = activation(name)
    kappa, expansion = KernelMap(phi), series(phi)
    for rho in GRID:
        with precision(256):
            here = ball(rho)
            left = expansion.remainder * abs(here) ** (expansion.order + 1)
            total = sum((c * here**k for k, c in enumerate(expansion.squares)), start=arb(0))
            assert kappa(rho).ball.overlaps(total + arb(0, left.abs_upper()))
            assert kappa(rho).ball.rad() <= 2 * left + arb(2) ** -70
    conditional = conditional_kernel(phi, ball(Fraction(-7, 8)))
    if conditional is not None:
        assert conditional.overlaps(kappa(Fraction(-7, 8)).ball)
        assert conditional.rad() < arb(2) ** -80


def mpmath_kernel(phi: Activation, rho: Fraction) -> arb:
    """Return κ(ρ) as a double integral with mpmath, by Gauss–Legendre on panels split at kinks."""
    formula = sp.lambdify(X, to_expression(phi.pieces), "mpmath")
    with mpmath.workdps(30):
        c, s = mpmath.mpf(rho.numerator) / rho.denominator, None
        s = mpmath.sqrt(1 - c * c)
        cuts = [mpmath.mpmathify(sp.N(cut, 40)) for cut in breakpoints(phi.pieces)]
        ends = sorted({*map(mpmath.mpf, range(-9, 10, 3)), *cuts})

        def inner(x: mpmath.mpf) -> mpmath.mpf:
            kinks = sorted({*map(mpmath.mpf, range(-9, 10, 3)), *((k - c * x) / s for k in cuts)})
            return mpmath.quad(
                lambda z: formula(c * x + s * z) * mpmath.npdf(z), kinks, maxdegree=4
            )

        value = mpmath.quad(lambda x: formula(x) * inner(x) * mpmath.npdf(x), ends, maxdegree=4)
        return arb(mpmath.nstr(value, 25))


@pytest.mark.slow
@pytest.mark.parametrize("name", ["tanh", "elu", "gelu"])
def test_an_independent_double_integral(name: str) -> None:
    phi = activation(name)
    with precision(128):
        # Beyond |x| = 9 the plane holds less than 10^{−17}.
        assert abs(KernelMap(phi)(Fraction(1, 3)).ball - mpmath_kernel(phi, Fraction(1, 3))) < 1e-15


def test_tanh_is_certified_to_twelve_digits_everywhere() -> None:
    kappa = KernelMap(activation("tanh"))
    for rho in (*GRID, Fraction(999_999, 1_000_000), Fraction(-999, 1000)):
        assert kappa(rho).ball.rad() < arb(10) ** -12


@pytest.mark.parametrize("name", KINKED)
def test_kinked_maps_are_sharp_next_to_one(name: str) -> None:
    kappa = KernelMap(activation(name))
    for rho in (1 - Fraction(1, 2**20), Fraction(99, 100), Fraction(-999, 1000)):
        assert kappa(rho).ball.rad() < arb(10) ** -12


@pytest.mark.parametrize("name", EVERY)
def test_ends_are_moments(name: str) -> None:
    phi = activation(name)
    kappa = KernelMap(phi)
    with precision(200):
        assert kappa(1).ball.overlaps(ball_of(kappa.at_one))
        assert kappa(0).ball.overlaps(ball_of(kappa.at_zero))
        assert kappa(0, 1).ball.overlaps(ball_of(kappa.slope_at_zero))
    if phi.jumps:
        assert kappa.slope_at_one is sp.oo
        assert kappa(1, 1).lower == float("inf")
    else:
        with precision(200):
            assert kappa(1, 1).ball.overlaps(ball_of(kappa.slope_at_one))


@pytest.mark.parametrize("name", SMOOTH)
def test_derivatives_are_slopes(name: str) -> None:
    """(κ(b) − κ(a))/(b − a) lies between κ′(a) and κ′(b) on [0, 1], where κ′ increases."""
    kappa = KernelMap(activation(name))
    for order in (0, 1):
        for a, b in ((Fraction(0), Fraction(1, 3)), (Fraction(1, 3), Fraction(9, 10))):
            with precision(200):
                slope = (kappa(b, order).ball - kappa(a, order).ball) / ball(b - a)
                assert not slope < kappa(a, order + 1).ball
                assert not slope > kappa(b, order + 1).ball


@settings(max_examples=settings.default.max_examples // 2)
@given(name=st.sampled_from(EVERY), rho=st.fractions(-1, 1, max_denominator=1000))
def test_bounds_and_absolute_monotonicity(name: str, rho: Fraction) -> None:
    kappa = KernelMap(activation(name))
    here, size = kappa(rho).ball, kappa(abs(rho)).ball
    assert not abs(here) > size
    assert not size > kappa(1).ball
    assert not kappa(-1).ball < -kappa(1).ball
    for order in range(3):
        if abs(rho) < 1:
            assert not kappa(abs(rho), order).ball < 0


@cache
def sum_and_difference(first: str, second: str) -> tuple[KernelMap, ...]:
    """Return κ of φ + ψ, φ − ψ, φ and ψ: their coefficients serve every correlation."""
    one, two = activation(first), activation(second)
    return tuple(KernelMap(phi) for phi in (one + two, one + two.multiple(-1), one, two))


@settings(max_examples=settings.default.max_examples // 4)
@given(
    names=st.sampled_from(
        [("tanh", "sigmoid"), ("relu", "sigmoid"), ("elu", "abs"), ("gelu", "sin")]
    ),
    rho=st.fractions(-1, 1, max_denominator=64),
)
def test_parallelogram_law(names: tuple[str, str], rho: Fraction) -> None:
    """κ of a sum: κ_{φ+ψ} + κ_{φ−ψ} = 2κ_φ + 2κ_ψ."""
    plus, minus, one, two = sum_and_difference(*names)
    with precision(200):
        left = plus(rho).ball + minus(rho).ball
        right = 2 * one(rho).ball + 2 * two(rho).ball
        assert left.overlaps(right)


@settings(max_examples=settings.default.max_examples // 5)
@given(
    name=st.sampled_from(["tanh", "relu", "gelu", "sin", "elu", "gaussian"]),
    gain=st.fractions(Fraction(1, 2), 2, max_denominator=8),
    rho=st.fractions(-1, 1, max_denominator=64),
)
def test_gain_rule(name: str, gain: Fraction, rho: Fraction) -> None:
    """κ of φ(a·) at unit variances is κ of φ at variances a²."""
    phi = activation(name)
    scaled = KernelMap(phi.gain(gain))(rho).ball
    assert scaled.overlaps(KernelMap(phi).covariance(gain**2, gain**2, gain**2 * rho).ball)


def test_close_variances() -> None:
    """Variances that converge with depth: the value by the formula of the sheet, by mpmath."""
    q1, q2, r = 0.9921508435393654, 0.9921508439085839, 0.25
    value = KernelMap(activation("relu")).covariance(q1, q2, r).ball
    with mpmath.workdps(40):
        a, b, c = (mpmath.mpf(x) for x in (q1, q2, r))
        angle = mpmath.acos(c / mpmath.sqrt(a * b))
        wanted = (mpmath.sqrt(a * b - c * c) + (mpmath.pi - angle) * c) / (2 * mpmath.pi)
        with precision(200):
            assert abs(value - arb(mpmath.nstr(wanted, 35))) < 1e-28


def test_a_closed_form_that_cancels_keeps_its_relative_accuracy() -> None:
    """√2 sin(x + π/4) = sin x + cos x has E φ(X)φ(Y) = e^{−(q₁+q₂)/2 + r}."""
    phi = from_text("sqrt(2)*sin(x+pi/4)")
    for bits in (None, 200):
        value = KernelMap(phi).covariance(115, 115, -115, bits=bits).ball
        with precision(400):
            assert value.overlaps(arb(-230).exp())
        assert value.rel_accuracy_bits() >= (bits or 80)


def test_sharp_at_unequal_variances_without_a_closed_form() -> None:
    for name, at in (
        ("hard_tanh", (1, 2, 1.4)),
        ("elu", (1, 1.0001, 0.99)),
        ("hard_tanh", (1, 1 + 2.0**-50, 1)),
        ("elu", (1, 4, -2)),
    ):
        value = KernelMap(activation(name)).covariance(*at).ball
        assert value.rad() < 1e-20, name
    # E XY 1{…} by mpmath's bivariate integrals: hard_tanh(1, 2, 1.4), elu(1, 4, −2)
    with precision(128):
        half = KernelMap(activation("hard_tanh")).covariance(1, 2, 1.4).ball
        assert half.overlaps(KernelMap(activation("hard_tanh")).covariance(2, 1, 1.4).ball)


def quadrature(ends: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return nodes and weights of Gauss–Legendre rules between ends, for each leading index."""
    nodes, weights = np.polynomial.legendre.leggauss(24)
    half = np.diff(ends, axis=-1)[..., None] / 2
    middle = (ends[..., :-1] + ends[..., 1:])[..., None] / 2
    shape = (*ends.shape[:-1], -1)
    return (middle + half * nodes).reshape(shape), (half * weights).reshape(shape)


def double_integral(phi: Activation, q1: float, q2: float, r: float) -> float:
    """Return E φ(X)φ(Y) by nested rules that are split at the kinks, in double precision."""
    function = sp.lambdify(X, to_expression(phi.pieces), ["scipy", "numpy"])
    slope, spread = r / q1, np.sqrt(q2 - r**2 / q1)
    cuts = np.array([float(sp.N(cut, 20)) for cut in breakpoints(phi.pieces)])
    grid = np.linspace(-9, 9, 37)
    x, outer = quadrature(np.unique(np.concatenate([grid, cuts / np.sqrt(q1)])))
    kinks = (cuts - slope * np.sqrt(q1) * x[:, None]) / spread
    ends = np.concatenate([np.broadcast_to(grid, (len(x), len(grid))), kinks], axis=1)
    z, inner = quadrature(np.sort(np.clip(ends, -9, 9), axis=1))
    given = function(slope * np.sqrt(q1) * x[:, None] + spread * z) * inner * norm.pdf(z)
    return float((function(np.sqrt(q1) * x) * given.sum(axis=1) * norm.pdf(x) * outer).sum())


@settings(max_examples=settings.default.max_examples // 3)
@given(
    name=st.sampled_from(["relu", "gelu", "hard_tanh", "elu", "sin", "erf"]),
    q=st.floats(0.25, 4),
    gap=st.integers(1, 16),
    rho=st.floats(-0.99, 0.99),
)
def test_covariance_is_the_double_integral(name: str, q: float, gap: int, rho: float) -> None:
    phi, other = activation(name), q * (1 + 10.0**-gap)
    value = KernelMap(phi).covariance(q, other, rho * q).ball
    assert abs(value - arb(double_integral(phi, q, other, rho * q))) < 1e-11


@settings(max_examples=12, deadline=None)
@given(
    name=st.sampled_from(["relu", "abs", "sign", "gelu", "hard_tanh", "elu", "sin", "gaussian"]),
    q=st.floats(0.25, 4),
    gap=st.sampled_from([0, *(10.0**-k for k in range(1, 17))]),
    rho=st.floats(-1, 1),
)
def test_laws_of_covariance(name: str, q: float, gap: float, rho: float) -> None:
    """Symmetric, within Cauchy and Schwarz, and at equal variances the map of the gain."""
    kappa, other = KernelMap(activation(name)), q * (1 + gap)
    r = rho * q * (1 - 2**-50)
    value = kappa.covariance(q, other, r).ball
    assert value.overlaps(kappa.covariance(other, q, r).ball)
    equal = kappa.covariance(q, q, r).ball
    with precision(200):
        ends = [kappa.covariance(v, v, v).ball for v in (q, other)]
        assert not value * value > ends[0] * ends[1]
        if gap < 1e-8 and abs(rho) < 0.9:
            # Continuous at equal variances: slopes in q₂ are below 100 E φ² here.
            assert abs(value - equal) <= 100 * arb(gap) * q * ends[0].max(ends[1]) + arb(10) ** -20
        unit = KernelMap(activation(name).gain(sp.sqrt(sp.Rational(*q.as_integer_ratio()))))
        assert equal.overlaps(unit(Fraction(r) / Fraction(q)).ball)


@pytest.mark.parametrize(
    "name",
    ["tanh", pytest.param("silu", marks=pytest.mark.slow), "hard_tanh", "elu", "relu"],
)
@pytest.mark.parametrize("bits", [pytest.param(100, marks=pytest.mark.slow), 200])
def test_the_accuracy_that_is_asked_for(name: str, bits: int) -> None:
    kappa = KernelMap(activation(name))
    sharp, usual = kappa(Fraction(1, 3), bits=bits).ball, kappa(Fraction(1, 3)).ball
    assert sharp.rad() <= arb(2) ** -bits
    assert sharp.overlaps(usual)
    scaled = normalised_map(activation(name))(Fraction(1, 3), bits=bits).ball
    assert scaled.rad() <= arb(2) ** -bits


def test_an_accuracy_out_of_reach_is_refused() -> None:
    wide = arb(1).union(arb(1) / 2)
    with pytest.raises(DepthlawError, match="ask for fewer bits"):
        KernelMap(activation("relu"))(wide, bits=100)
    with pytest.raises(ArgumentError, match="bits"):
        KernelMap(activation("relu"))(0.5, bits=0)


def test_gain_of_relu_and_exp_in_isometry_strength() -> None:
    # isometry.md, tables 2 and B.1
    a = sp.Rational(3, 2)
    e = sp.exp(a**2)
    wanted = {
        "identity": sp.Integer(1),
        "hermite(2)": sp.Integer(2),
        "step": 2 - 2 / sp.pi,
        "relu": (3 * sp.pi - 4) / (2 * sp.pi - 2),
    }
    for name, value in wanted.items():
        assert sp.simplify(isometry_strength(activation(name)) - value) == 0
    relu = isometry_strength(activation("relu").gain(a))
    assert sp.simplify(relu - wanted["relu"]) == 0
    assert sp.simplify(isometry_strength(activation("exp").gain(a)) - (2 - a**2 / (e - 1))) == 0
    sine = isometry_strength(activation("sin").gain(a)) - (2 - 2 * a**2 * e / (e**2 - 1))
    assert sp.simplify(sine.rewrite(sp.exp)) == 0


STRENGTHS = {"tanh": "1.069530", "relu": "1.266529", "sin": "1.149082", "exp": "1.418023",
             "step": "1.363380"}  # fmt: skip


@pytest.mark.parametrize(("name", "printed"), STRENGTHS.items())
def test_golden_isometry_strengths(name: str, printed: str) -> None:
    with precision(128):
        found = ball_of(isometry_strength(activation(name)))
        assert abs(found - ball(Fraction(printed))) <= ball(Fraction(1, 2 * 10**6))


def test_unequal_variances_of_tanh_against_both_gains() -> None:
    kappa = KernelMap(activation("tanh"))
    value = kappa.covariance(Fraction(1, 4), 4, Fraction(1, 2)).ball
    half, double = (series(activation("tanh").gain(a)) for a in (Fraction(1, 2), 2))
    with precision(200):
        terms = [
            c * d * arb(2) ** -k
            for k, (c, d) in enumerate(zip(half.coefficients, double.coefficients, strict=True))
        ]
        assert value.overlaps(sum(terms, start=arb(0)))
    assert kappa.covariance(0, 3, 0).ball == 0
    assert KernelMap(activation("cos")).covariance(0, 0, 0).ball == 1


@pytest.mark.parametrize("name", EVERY)
def test_balls_of_correlations_contain_their_points(name: str) -> None:
    kappa = KernelMap(activation(name))
    for low, high in ((-1, -0.5), (-0.25, 0.5), (0.25, 0.75), (0.5, 1)):
        wide = kappa(arb(low).union(arb(high))).ball
        for share in (0, 0.25, 0.5, 1):
            assert wide.overlaps(kappa(low + share * (high - low)).ball)


@pytest.mark.parametrize(
    "name", [pytest.param(n, marks=pytest.mark.slow if n in KINKED else ()) for n in EVERY]
)
def test_floats_keep_their_stated_error(name: str) -> None:
    kappa = KernelMap(activation(name))
    # Panels next to one take a kinked map half a second each; by default the next test has some.
    powers = [8] if name in KINKED else range(1, 17)
    ends = 1 - 10.0 ** -np.array(powers)
    points = np.concatenate([ends, -ends, np.linspace(-1, 1, 5)])
    # What scales a map does not ask how it is found: the kinked ones need no second look.
    maps = [(kappa, points), (normalised_map(kappa.activation), points[::3])]
    for chosen, some in maps[: 1 if name in KINKED else 2]:
        found = kernel_values(chosen, some)
        for rho, value, error in zip(some, found.values, found.errors, strict=True):
            # What comes without `bits` is up to 10^-12 wide, wider than the error that is tested.
            exact = chosen(rho, bits=72).ball
            with precision(128):
                assert abs(exact - ball(float(value))) <= arb(float(error)) + arb(2) ** -70
    if closed_kernel(kappa.activation) is not None or name == "tanh":
        assert found.errors.max() < np.sqrt(np.finfo(float).eps) / 1000


@pytest.mark.parametrize(
    "text",
    ["min(max(x,0),6)", pytest.param("max(x,0)+min(exp(x)-1,0)", marks=pytest.mark.slow)],
)
def test_floats_are_sharp_next_to_one(text: str) -> None:
    """No closed form, and kinks: next to ±1 the series alone would leave 10^{−5}."""
    kappa = KernelMap(from_text(text))
    points = np.array([0.95, -0.95, 1 - 1e-8, 1 - 2.0**-53, 1.0, -1.0])
    found = kernel_values(kappa, points)
    with precision(128):
        size = float(ball_of(kappa.at_one).mid())
        for rho, value, error in zip(points, found.values, found.errors, strict=True):
            assert abs(kappa(float(rho)).ball - ball(float(value))) <= arb(float(error))
            assert error < 40 * np.finfo(float).eps * size


def test_cosines_beyond_one_by_rounding_are_clipped_and_counted() -> None:
    kappa = KernelMap(activation("relu"))
    found = kernel_values(kappa, [1 + 2.0**-52, -1 - 2.0**-52, 0.5])
    assert found.clipped == 2
    assert found.values[0] == kernel_values(kappa, [1.0]).values[0]
    single = np.array([1 + 2.0**-22, 0.25], dtype=np.float32)
    assert kernel_values(kappa, single).clipped == 1
    for bad in (1 + 1e-9, np.array([1 + 1e-3], dtype=np.float32)):
        with pytest.raises(ArgumentError, match="correlations"):
            kernel_values(kappa, bad)


def test_floats_keep_shape() -> None:
    found = kernel_values(KernelMap(activation("relu")), np.zeros((2, 3, 1)))
    assert found.values.shape == found.errors.shape == (2, 3, 1)
    assert kernel_values(KernelMap(activation("hermite(0)")), [0.5, 1.0]).values.tolist() == [1, 1]


def test_variants() -> None:
    relu = activation("relu")
    f, g = normalised_map(relu), centred_map(relu)
    with precision(128):
        rho = ball(Fraction(1, 3))
        kappa = KernelMap(relu)
        assert f(rho).ball.overlaps(2 * kappa(rho).ball)
        spread = kappa(1).ball - kappa(0).ball
        assert g(rho).ball.overlaps((kappa(rho).ball - kappa(0).ball) / spread)
        assert g.residual(Fraction(1, 2))(rho).ball.overlaps((3 * g(rho).ball + rho) / 4)
    # fixed_points.md: layer normalisation after ReLU has slope π/(π − 1) at 1
    assert sp.simplify(g.slope_at_one - sp.pi / (sp.pi - 1)) == 0
    assert g.at_zero == 0
    assert f.residual(0)(rho).ball.overlaps(f(rho).ball)


def test_the_tail_matters() -> None:
    """A truncated series is not a value: without its tail 25 terms miss κ(1) of ReLU."""
    expansion = series(activation("relu"), 25)
    with precision(200):
        bare = sum(expansion.squares, start=arb(0))
        assert not bare.overlaps(arb(1) / 2)
        assert (bare + arb(0).union(expansion.remainder)).overlaps(arb(1) / 2)


def test_no_bound_no_number() -> None:
    """The second derivative of a kinked map has no finite tail at 1: the series says so."""
    kappa = KernelMap(activation("hard_tanh"))
    assert kappa(1, 2).upper == float("inf")
    truncation = kappa.truncation
    assert sum_series(series(activation("hard_tanh")).squares, truncation, 2, arb(1)) is None


@pytest.mark.parametrize("rho", [1.5, -2, float("nan"), float("inf")])
def test_bad_correlations(rho: float) -> None:
    with pytest.raises(ArgumentError):
        KernelMap(activation("relu"))(rho)
    with pytest.raises(ArgumentError):
        kernel_values(KernelMap(activation("relu")), [0.0, rho])


def test_bad_variances() -> None:
    kappa = KernelMap(activation("tanh"))
    with pytest.raises(ArgumentError, match="at least 0"):
        kappa.covariance(-1, 1, 0)
    with pytest.raises(ArgumentError, match="at most"):
        kappa.covariance(1, 4, Fraction(201, 100))
    with pytest.raises(ArgumentError, match="not square-integrable"):
        KernelMap(from_text("exp(x**2/8)")).covariance(10, 10, 1)
    with pytest.raises(ArgumentError, match="jumps"):
        KernelMap(activation("step")).covariance(0, 1, 0)
    with pytest.raises(ArgumentError, match="order"):
        kappa(0, -1)
    with pytest.raises(ArgumentError, match="strength"):
        normalised_map(activation("relu")).residual(1)
    with pytest.raises(ArgumentError, match="constant"):
        centred_map(activation("monomial(0)"))
    assert RHO.is_real


def absolute_moment(a: float) -> arb:
    """E|z|^a = 2^{a/2} Γ((a+1)/2)/√π."""
    return arb(2) ** (arb(a) / 2) * ((arb(a) + 1) / 2).gamma() / arb.pi().sqrt()


def test_what_is_not_bounded_at_a_kink_is_enclosed_at_every_variance() -> None:
    """φ = |x|^{−1/8}: E φ(√q z)² = q^{−1/8} E|z|^{−1/4}."""
    half = sp.Rational(-1, 8)
    pieces = (Piece(-sp.oo, sp.S.Zero, (-X) ** half), Piece(sp.S.Zero, sp.oo, X**half))
    phi = Activation.of_pieces("|x|^(-1/8)", pieces)
    assert phi.growth.start > 0
    with precision(100):
        q, two = arb(0.5), arb(2)
        first, third = (absolute_moment(a) for a in (-0.125, -0.25))
        close = arb(10) ** -9
        assert abs(square_mean(phi, q, 40) - q ** arb(-0.125) * third) < close
        assert abs(scaled_coefficients(phi, q, 2, 40)[0] - q ** arb(-0.0625) * first) < close
        assert abs(aligned_mean(phi, q, two, -1, 40) - third) < close
    with pytest.raises(ArgumentError, match="not bounded"):
        square_mean(phi.shift(1), arb(2), 40)


@pytest.mark.parametrize("name", ["relu", "sign", "tanh", "abs(sin(x))"])
def test_coefficients_at_a_ball_of_variances_hold_for_all_of_it(name: str) -> None:
    phi = from_text(name) if "x" in name else activation(name)
    with precision(120):
        wide = scaled_coefficients(phi, arb(0.7, 1e-3), 12, 40)
        for q in (0.6991, 0.7, 0.7009):
            for ball_, sharp in zip(wide, scaled_coefficients(phi, arb(q), 12, 40), strict=True):
                assert ball_.overlaps(sharp)
                assert ball_.rad() < 0.05

"""The derivative at isometry for odd activations: closed forms, tables, and the map itself."""

from fractions import Fraction
from math import pi, sqrt

import numpy as np
import pytest
from flint import arb
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import dblquad

from depthlaw.theory.activations import Activation, activation, from_text
from depthlaw.theory.errors import ArgumentError
from depthlaw.theory.orthogonalization.isometry_slope import isometry_slope, zonal_off_diagonal
from depthlaw.theory.orthogonalization.two_samples import (
    Means,
    OddPower,
    Pair,
    Shrinkage,
    next_pair,
)
from depthlaw.theory.rigorous.balls import ball, precision


def hard(cut: str) -> Activation:
    return from_text(f"x*(1+sign(abs(x)-{cut}))/2")


def soft(cut: str) -> Activation:
    return from_text(f"sign(x)*max(abs(x)-{cut},0)")


def rising(start: Fraction, count: int) -> Fraction:
    product = Fraction(1)
    for k in range(count):
        product *= start + k
    return product


@given(st.integers(2, 12), st.sampled_from([1, 3, 5, 7]))
@settings(max_examples=15)
def test_powers_have_closed_forms(n: int, k: int) -> None:
    slope = isometry_slope(activation(f"monomial({k})"), n)
    assert slope.diagonal.overlaps(ball(Fraction(n * k, n + 2 * k)))
    half = Fraction(1, 2)
    ratio = 2 * rising(half, (k + 1) // 2) ** 2 / (k * rising(half, k))
    assert slope.off_diagonal.overlaps(ball(ratio * Fraction(n * k, n + 2 * k)))
    assert slope.keeps_linear_rate is (k == 1)


@pytest.mark.parametrize(
    ("phi", "diagonal", "off_diagonal", "fast"),
    [
        (activation("identity"), 0.500, 0.500, True),
        (activation("tanh"), 0.381, 0.602, True),
        (activation("sin"), 0.401, 0.590, True),
        (activation("sign"), 0.000, 0.637, True),
        (activation("hard_tanh"), 0.367, 0.623, True),
        (activation("monomial(3)"), 0.750, 0.150, False),
        (activation("monomial(5)"), 0.833, 0.040, False),
        (activation("monomial(9)"), 0.900, 0.003, False),
        (from_text("sinh(5*x)"), 0.864, 0.031, False),
        (hard("1.3"), 0.899, 0.000, False),
        (hard("1.39"), 0.977, 0.000, False),
        (soft("1.3"), 0.954, 0.000, False),
        (from_text("x/(1+x**2)"), 0.196, 0.696, False),
        (from_text("x*(1+sign(1.24-abs(x)))/2"), -0.001, 0.788, False),
    ],
    ids=lambda value: getattr(value, "name", str(value)),
)
def test_two_samples(phi: Activation, diagonal: float, off_diagonal: float, fast: bool) -> None:
    slope = isometry_slope(phi, 2)
    assert round(float(slope.diagonal.mid()), 3) == diagonal
    assert round(float(slope.off_diagonal.mid()), 3) == off_diagonal
    assert slope.keeps_linear_rate is fast


ROUTES = [activation("tanh"), activation("sign"), hard("1.1"), soft("0.5"), from_text("sinh(3*x)")]


@pytest.mark.parametrize("phi", ROUTES, ids=lambda phi: phi.name)
def test_the_two_routes_off_the_diagonal_agree(phi: Activation) -> None:
    assert zonal_off_diagonal(phi, 2).overlaps(isometry_slope(phi, 2).off_diagonal)


def test_sign_is_two_over_pi_off_the_diagonal_for_every_batch() -> None:
    for n in (2, 3, 7, 20):
        found = isometry_slope(activation("sign"), n).off_diagonal
        assert found.overlaps(2 / arb.pi())
        assert found.rad() < 1e-5


@pytest.mark.parametrize(("name", "function"), [("tanh", np.tanh), ("sin", np.sin)])
def test_three_samples_against_a_double_integral(name: str, function: object) -> None:
    """Over the sphere: cos θ uniform, and the second coordinate √3 sin θ cos η."""
    assert callable(function)

    def cross(eta: float, cosine: float) -> float:
        s, t = sqrt(3) * cosine, sqrt(3 * (1 - cosine**2)) * np.cos(eta)
        return float(s * function(s) * t * function(t))

    def square(eta: float, cosine: float) -> float:
        return float(function(sqrt(3) * cosine) ** 2)

    area = [dblquad(f, 0, 1, 0, pi / 2)[0] for f in (cross, square)]
    assert abs(float(zonal_off_diagonal(activation(name), 3).mid()) - area[0] / area[1]) < 1e-8


@pytest.mark.parametrize(
    ("law", "phi"),
    [
        (OddPower(3), activation("monomial(3)")),
        (OddPower(9), activation("monomial(9)")),
        (Shrinkage(Fraction(13, 10), Fraction(13, 10)), soft("1.3")),
        (Shrinkage(Fraction(139, 100)), hard("1.39")),
    ],
    ids=["cube", "ninth power", "soft", "hard"],
)
def test_it_is_the_derivative_of_the_map_of_two_samples(law: Means, phi: Activation) -> None:
    """The map is odd and smooth: a difference quotient at 10⁻⁶ is off by some 10⁻¹²."""
    step = ball(Fraction(1, 10**6))
    with precision(128):
        slope = isometry_slope(phi, 2)
        along = next_pair(law, Pair(step, arb(0)), arb(0)).x / step
        assert abs(along - slope.diagonal) < 1e-9
        if isinstance(law, OddPower):
            across = next_pair(law, Pair(arb(0), step), arb(0)).y / step
            assert abs(across - slope.off_diagonal) < 1e-9


def test_scaling_an_activation_changes_nothing() -> None:
    once = isometry_slope(activation("tanh"), 4)
    thrice = isometry_slope(activation("tanh").multiple(3), 4)
    assert once.diagonal.overlaps(thrice.diagonal)
    assert once.off_diagonal.overlaps(thrice.off_diagonal)


def test_cubes_leave_isometry_from_four_samples_on() -> None:
    cube = activation("monomial(3)")
    assert isometry_slope(cube, 2).largest < 1
    assert isometry_slope(cube, 4).largest > 1
    assert isometry_slope(soft("1.3"), 3).largest > 1
    assert isometry_slope(hard("1.39"), 3).largest > 1


@pytest.mark.parametrize("name", ["relu", "abs", "gelu"])
def test_activations_are_odd(name: str) -> None:
    with pytest.raises(ArgumentError, match="must be odd"):
        isometry_slope(activation(name), 2)


def test_a_kink_on_the_sphere_itself_is_none() -> None:
    at_the_edge = isometry_slope(from_text("x*(1+sign(sqrt(2)-abs(x)))/2"), 2)
    assert at_the_edge.diagonal.overlaps(arb(1) / 2)
    assert at_the_edge.off_diagonal.overlaps(arb(1) / 2)


def test_an_activation_that_vanishes_on_the_sphere_has_no_slope() -> None:
    with pytest.raises(ArgumentError, match="vanishes"):
        isometry_slope(soft("3"), 2)
    with pytest.raises(ArgumentError, match="activation = tanh"):
        isometry_slope("tanh", 2)  # type: ignore[arg-type]
    with pytest.raises(ArgumentError, match="batch = 1"):
        isometry_slope(activation("tanh"), 1)

"""The inequalities of the fixed-point claims on random power series, none certainly violated.

Maps are polynomials with rational weights, many of them nearly degenerate; iterates are enclosed.
The other half of the file shows that the same comparisons notice constants that are too small.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

import pytest
from flint import arb
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from depthlaw.theory.claim.registry import claim
from depthlaw.theory.claims.fixed_points._setting import above, below
from depthlaw.theory.claims.fixed_points.hyperbolic_gauge import sinh_gauge
from depthlaw.theory.kernels import trajectory
from depthlaw.theory.kernels.fixed_points import inner_fixed_point
from depthlaw.theory.kernels.power_series import PowerSeriesMap
from depthlaw.theory.rigorous.balls import ball, precision

BITS = 256


@dataclass(frozen=True)
class Series(PowerSeriesMap):
    """Σ a_k ρᵏ with rational weights."""

    weights: tuple[Fraction, ...]

    def point(self, order: int, rho: arb) -> arb:
        terms = enumerate(self.weights[order:], start=order)
        return sum(
            (ball(a) * math.perm(k, order) * rho ** (k - order) for k, a in terms), start=arb(0)
        )

    @property
    def slope_at_one(self) -> Fraction:
        return sum((k * a for k, a in enumerate(self.weights)), start=Fraction(0))

    def after(self, start: Fraction, depth: int) -> arb:
        return trajectory(self, start, depth)[-1].ball

    def mixed(self, share: Fraction) -> "Series":
        """Return (1 − share) + share · f."""
        scaled = [share * a for a in self.weights]
        return Series((scaled[0] + 1 - share, *scaled[1:]))


def _normalised(weights: list[Fraction]) -> tuple[Fraction, ...]:
    total = sum(weights)
    return tuple(weight / total for weight in weights)


# Ordinary weights, none, and weights so small that the map is nearly linear, constant, quadratic.
weight = st.one_of(
    st.integers(0, 9).map(Fraction),
    st.sampled_from([Fraction(1, 10**k) for k in (3, 6, 12)]),
)
curved = (
    st.tuples(st.lists(weight, min_size=2, max_size=8), st.integers(1, 9))
    .map(lambda drawn: [Fraction(0), *drawn[0], Fraction(drawn[1])])
    .map(lambda weights: Series(_normalised(weights)))
)
"""f(0) = 0, f(1) = 1, and a term of degree 3 at least."""
inside = st.one_of(
    st.fractions(-1, 1, max_denominator=1000).filter(lambda rho: abs(rho) < 1),
    st.builds(
        lambda sign, digits: sign * (1 - Fraction(1, 10**digits)),
        st.sampled_from([-1, 1]),
        st.integers(1, 15),
    ),
    st.sampled_from([Fraction(1, 10**9), -Fraction(1, 10**9), Fraction(0)]),
)
share = st.fractions(Fraction(1, 100), Fraction(99, 100), max_denominator=1000)
depths = st.integers(0, 12)
many = settings(max_examples=settings.default.max_examples * 3 // 2)


def violated(value: arb, bound: arb) -> bool:
    """Whether the inequality is false whatever the balls stand for."""
    return bool(value > bound)


@many
@given(curved, inside, depths)
def test_case_1(f: Series, start: Fraction, depth: int) -> None:
    assume(f.weights[1] < 1)
    bound = claim("fixed-points.theorem-1-case-1").bound(
        depth=depth, start=start, slope_at_zero=f.weights[1]
    )
    with precision(BITS):
        size = abs(f.after(start, depth))
        assert not violated(size / (1 - size), bound.ball)


@many
@given(curved, inside, depths)
def test_hyperbolic_gauge_in_case_1(f: Series, start: Fraction, depth: int) -> None:
    bound = claim("fixed-points.hyperbolic-gauge").bound(
        depth=depth, start=start, attractor=0, slope=f.weights[1]
    )
    with precision(BITS):
        assert not violated(sinh_gauge(f.after(start, depth)), bound.ball)


@many
@given(curved, inside, depths, st.fractions(Fraction(1, 10**6), Fraction(999_999, 10**6)))
def test_case_2(f: Series, start: Fraction, depth: int, slope: Fraction) -> None:
    g = f.mixed(slope / f.slope_at_one)
    assert g.slope_at_one == slope
    bound = claim("fixed-points.theorem-1-case-2").bound(
        depth=depth, start=start, slope_at_one=slope
    )
    with precision(BITS):
        assert not violated(1 - g.after(start, depth), bound.ball)


@many
@given(curved, inside, st.integers(0, 60))
def test_case_3(f: Series, start: Fraction, depth: int) -> None:
    g = f.mixed(1 / f.slope_at_one)
    assert g.slope_at_one == 1
    bound = claim("fixed-points.theorem-1-case-3").bound(
        depth=depth, start=start, at_zero=g.weights[0], slope_at_zero=g.weights[1]
    )
    with precision(BITS):
        assert not violated(1 - g.after(start, depth), bound.ball)


def settling(f: Series, where: Fraction) -> Series:
    """Return a map of case 4: the slope at 1 is above 1 by `where` of what f leaves."""
    least = 1 / f.slope_at_one
    return f.mixed(least + where * (1 - least))


def attractor(f: Series) -> tuple[arb, arb]:
    with precision(BITS):
        place = inner_fixed_point(f)
        return place, f.over(1, place)


@given(curved, inside, depths, share)
def test_case_4_corrected(f: Series, start: Fraction, depth: int, where: Fraction) -> None:
    g = settling(f, where)
    place, slope = attractor(g)
    towards = above if ball(start) < place else below
    bound = claim("fixed-points.theorem-1-case-4-corrected").bound(
        depth=depth,
        start=start,
        at_zero=g.weights[0],
        attractor=towards(place),
        slope=above(slope),
    )
    with precision(BITS):
        assert not violated(abs(g.after(start, depth) - place), bound.ball)


@given(curved, inside.map(abs), depths, share)
def test_case_4_sharp_and_hyperbolic(
    f: Series, start: Fraction, depth: int, where: Fraction
) -> None:
    g = settling(f, where)
    place, slope = attractor(g)
    towards = above if ball(start) < place else below
    numbers = {
        "depth": depth,
        "start": start,
        "attractor": towards(place),
        "slope": above(slope),
    }
    after = g.after(start, depth)
    sharp = claim("fixed-points.theorem-1-case-4-sharp").bound(**numbers)
    with precision(BITS):
        assert not violated(abs(after - place), sharp.ball)
    if ball(start) > place:
        gauge = claim("fixed-points.hyperbolic-gauge").bound(**numbers)
        with precision(BITS):
            assert not violated(sinh_gauge((after - place) / (1 - place)), gauge.ball)


@many
@given(curved, st.integers(2, 5), inside, st.integers(0, 4))
def test_double_exponential(f: Series, order: int, start: Fraction, depth: int) -> None:
    g = Series((*([Fraction(0)] * (order - 1)), *f.weights))
    bound = claim("fixed-points.double-exponential").bound(depth=depth, start=start, order=order)
    with precision(BITS):
        assert not violated(abs(g.after(start, depth)), bound.ball)


@many
@given(curved, inside.map(abs), depths, share)
def test_residual_is_no_faster_than_its_branch(
    f: Series, start: Fraction, depth: int, strength: Fraction
) -> None:
    keep = 1 - strength**2
    slowed = [keep * a for a in f.weights]
    slowed[1] += strength**2
    bound = claim("fixed-points.residual-slower").bound(
        depth=depth, start=start, strength=strength, attractor=0
    )
    with precision(BITS):
        assert not violated(bound.ball, Series(tuple(slowed)).after(start, depth))


@many
@given(curved, inside, depths, share)
def test_layer_norm(f: Series, start: Fraction, depth: int, mean: Fraction) -> None:
    """Any κ with κ(0) = `mean` has f as its centred map."""
    kappa = f.mixed(1 - mean)
    bound = claim("fixed-points.layer-norm").bound(
        depth=depth, start=start, at_zero=kappa.weights[0], slope_at_zero=kappa.weights[1]
    )
    with precision(BITS):
        size = abs(f.after(start, depth))
        assert not violated(size / (1 - size), bound.ball)


# Negative controls: the same comparison, with a constant that is 1% off, is certainly violated.

SMALLER = Fraction(99, 100)
NEAR_ONE = 1 - Fraction(1, 10**30)


@pytest.mark.parametrize("linear", [Fraction(0), Fraction(1, 2), Fraction(99, 100)])
def test_case_1_has_the_best_rate(linear: Fraction) -> None:
    f = Series((Fraction(0), linear, 1 - linear))
    with precision(BITS):
        size, start = abs(f.after(NEAR_ONE, 5)), ball(NEAR_ONE)
        rate = ball(SMALLER / (2 - linear))
        assert violated(size / (1 - size), rate**5 * start / (1 - start))


@pytest.mark.parametrize("slope", [Fraction(1, 10), Fraction(9, 10)])
def test_case_2_has_the_best_rate(slope: Fraction) -> None:
    g = Series((Fraction(0), Fraction(1, 2), Fraction(1, 2))).mixed(slope * Fraction(2, 3))
    with precision(BITS):
        assert violated(1 - g.after(NEAR_ONE, 5), ball(SMALLER * slope) ** 5 * ball(1 - NEAR_ONE))


@pytest.mark.parametrize("defect", [Fraction(1, 4), Fraction(1, 100)])
def test_case_3_has_the_best_constant(defect: Fraction) -> None:
    g = Series((defect, 1 - 2 * defect, defect))
    start, depth = Fraction(0), int(400 / defect)
    with precision(BITS):
        assert violated(1 - g.after(start, depth), 1 / (1 + depth * ball(defect / SMALLER)))


def far_start(near: int) -> Fraction:
    """Return ρ₀ from which (1 + 2ρ²)/3 is still above 7/8 after `near` layers."""
    return 1 - Fraction(1, 8) * Fraction(3, 4) ** near


def test_case_4_corrected_has_the_best_rate_for_squares() -> None:
    f = Series((Fraction(1, 3), Fraction(0), Fraction(2, 3)))
    near = 600
    start = far_start(near)
    with precision(1024):
        distance = f.after(start, near + 2) - ball(Fraction(1, 2))
        bound = (ball(Fraction(3, 4) * SMALLER)) ** (near + 2) * ball(
            (start - Fraction(1, 2)) / (1 - start)
        )
        assert violated(distance, bound)


@pytest.mark.parametrize("near", [20, 100, 400])
def test_case_4_as_printed_fails_for_squares_from_ever_nearer_starts(near: int) -> None:
    f = Series((Fraction(1, 3), Fraction(0), Fraction(2, 3)))
    start = far_start(near)
    printed = claim("fixed-points.theorem-1-case-4").bound(
        depth=near + 2,
        start=start,
        at_zero=Fraction(1, 3),
        attractor=Fraction(1, 2),
        slope=Fraction(2, 3),
    )
    with precision(1024):
        assert violated(f.after(start, near + 2) - ball(Fraction(1, 2)), printed.ball)


def test_hyperbolic_distance_itself_does_not_shrink_geometrically() -> None:
    """Near 1 it falls by log(2 − κ′(0)) per layer: the gauge has to be its hyperbolic sine."""
    f = Series((Fraction(0), Fraction(0), Fraction(1)))
    with precision(BITS):
        before, after = (2 * rho.ball.atanh() for rho in trajectory(f, NEAR_ONE, 1))
        assert violated(after, ball(Fraction(9, 10)) * before)
        assert abs(before - after - arb(2).log()) < ball(Fraction(1, 10**20))


@pytest.mark.parametrize("misread", [lambda k: k - 1, lambda k: k + 1])
def test_double_exponential_needs_the_first_degree(misread: Callable[[int], int]) -> None:
    """With m + 1 in place of m the bound fails; with m − 1 it is loose."""
    order, start = 3, Fraction(9, 10)
    f = Series((Fraction(0),) * 3 + (Fraction(1),))
    bound = claim("fixed-points.double-exponential").bound(
        depth=2, start=start, order=misread(order)
    )
    with precision(BITS):
        assert violated(f.after(start, 2), bound.ball) == (misread(order) > order)

"""Lyapunov exponents of Gaussian products, and the limiting spectrum under batch normalisation."""

from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise
from math import isqrt

import mpmath
import pytest
import sympy as sp
from flint import arb
from hypothesis import given, settings
from hypothesis import strategies as st

from depthlaw.theory.errors import ArgumentError
from depthlaw.theory.network import Variance
from depthlaw.theory.rank import exponents
from depthlaw.theory.rank.spectral_law import (
    DENSITY,
    SpectralLaw,
    moment_formula,
    moment_integral,
    q,
    soft_rank_leading,
    y,
)
from depthlaw.theory.rigorous.balls import ball, precision
from depthlaw.theory.rigorous.evaluate import evaluate

widths = st.integers(2, 10**6)
small_widths = st.integers(1, 400)
batches = st.integers(1, 60)
laws = st.builds(SpectralLaw, small_widths, batches)
shares = st.fractions(Fraction(1, 1000), Fraction(999, 1000), max_denominator=1000)


@pytest.mark.parametrize("freedom", [1, 2, 3, 5, 16, 64, 301])
def test_the_mean_of_log_chi_square_by_two_routes(freedom: int) -> None:
    with precision(128):
        integrated = exponents.mean_log_chi_square_integral(freedom)
        assert integrated.overlaps(exponents.mean_log_chi_square(freedom))
        # The rests that the integral leaves out are bounded below 2^-60.
        assert float(integrated.rad()) < 2.0**-60


@given(st.integers(1, 40))
def test_the_exponents_fall_and_add_up_to_the_mean_of_log_det(width: int) -> None:
    found = exponents.gaussian_exponents(width)
    for larger, smaller in pairwise(found):
        assert larger.lower > smaller.upper
    with mpmath.workdps(30):
        total = sum(
            (mpmath.log(2) + mpmath.digamma(mpmath.mpf(k) / 2)) / 2 for k in range(1, width + 1)
        )
        added = sum((exponent.ball for exponent in found), start=arb(0))
        # 20 of its 30 digits are kept, and the last of them may be off.
        assert added.overlaps(arb(mpmath.nstr(total, 20), abs(float(total)) * 10.0**-19))


@given(st.integers(1, 40))
def test_the_variance_shifts_every_exponent_by_the_same(width: int) -> None:
    unit = exponents.gaussian_exponents(width)
    fan_in = exponents.gaussian_exponents(width, Variance.FAN_IN)
    for a, b in zip(unit, fan_in, strict=True):
        assert (2 * (a.ball - b.ball)).overlaps(arb(width).log())


@given(widths)
def test_the_gap_lies_strictly_between_its_bounds(width: int) -> None:
    lower, upper = exponents.exponent_gap_bounds(width)
    with precision(256):
        gap = exponents.exponent_gap(width).ball
        assert ball(lower) < gap < ball(upper)
    assert upper - lower == Fraction(1, (2 * width - 3) ** 3)


@given(st.integers(2, 200))
def test_the_gap_is_the_difference_of_the_exponents(width: int) -> None:
    first, second, *_ = exponents.gaussian_exponents(width)
    assert (first.ball - second.ball).overlaps(exponents.exponent_gap(width).ball)


@given(widths)
def test_the_collapse_factor_is_below_one_and_above_what_the_typical_net_has(width: int) -> None:
    with precision(256):
        kappa = exponents.collapse_factor(width).ball
        assert kappa < 1
        # By Jensen κ = E B^{1/4} exceeds exp(E log B / 4), with E log B = −2 (L_1 − L_2).
        assert kappa.log() > -exponents.exponent_gap(width).ball / 2


@given(laws)
def test_the_survivors_hold_the_whole_trace(law: SpectralLaw) -> None:
    d = law.width
    assert sp.simplify(law.survivors * law.moment(1).expression - d) == 0
    assert sp.simplify(law.survivors * law.moment(2).expression * law.stable_rank - d**2) == 0


@given(laws)
def test_the_stable_rank_is_below_both_of_its_limits(law: SpectralLaw) -> None:
    r = law.stable_rank
    assert r <= law.batch
    assert r**2 <= law.width
    if law.batch**2 >= 4 * law.width:
        assert r**2 == law.width


@given(laws)
def test_the_edges_are_those_of_the_marchenko_pastur_law(law: SpectralLaw) -> None:
    """(1 ∓ √q)², scaled; the code has them as (2√d ∓ n)²/(4n)."""
    scale, root = evaluate(law.scale, {}), ball(law.ratio).sqrt()
    low, high = (evaluate(edge, {}) for edge in law.edges)
    assert low.overlaps(scale * (1 - root) ** 2) or law.ratio == 1
    assert high.overlaps(scale * (1 + root) ** 2)
    assert (law.ratio == 1) == (law.edges[0] == 0)


@settings(max_examples=settings.default.max_examples // 2)
@given(laws, st.fractions(0, 100, max_denominator=50), st.fractions(0, 100, max_denominator=50))
def test_the_distribution_rises_from_zero_to_one(
    law: SpectralLaw, a: Fraction, b: Fraction
) -> None:
    low, high = sorted((a, b))
    first, second = law.fraction_below(low), law.fraction_below(high)
    assert first.lower <= second.upper
    assert first.upper >= 0
    assert second.lower <= 1
    left, right = law.edges
    if low < left:
        assert first.upper == 0
    if high > right:
        assert second.lower == 1


@settings(max_examples=15)
@given(laws, shares, shares)
def test_the_distribution_is_the_integral_of_the_density(
    law: SpectralLaw, a: Fraction, b: Fraction
) -> None:
    """Between two points inside the edges, by quadrature in another library."""
    density = sp.lambdify(y, DENSITY.subs(q, sp.Rational(law.ratio)), "mpmath")
    with precision(160), mpmath.workdps(40):
        low, high = (evaluate(edge, {}) for edge in law.edges)
        ends = [(low + (high - low) * ball(share)).mid() for share in sorted((a, b))]
        first, second = (law.fraction_below(end).ball for end in ends)
        scale = evaluate(law.scale, {})
        points = [mpmath.mpf((end / scale).str(40, radius=False)) for end in ends]
        integral, error = mpmath.quad(density, points, error=True)
        # The quadrature estimates its own error; its result is printed to 30 digits.
        radius = float(error) + float(integral) * 10.0**-29
        assert (second - first).overlaps(arb(mpmath.nstr(integral, 30), radius))


@settings(max_examples=settings.default.max_examples // 3)
@given(laws, shares)
def test_a_quantile_is_where_the_distribution_has_that_value(
    law: SpectralLaw, share: Fraction
) -> None:
    found = law.quantile(share)
    low, high = law.edges
    assert low <= found.upper
    assert found.lower <= high
    assert law.fraction_below(found.ball.lower()).lower <= share
    assert law.fraction_below(found.ball.upper()).upper >= share
    with precision(128):
        sharper = law.quantile(share)
    assert sharper.ball.overlaps(found.ball)
    # 75 more bits make the bracket narrower by about as many.
    assert sharper.ball.rad() * 2**60 < found.ball.rad()


@given(st.integers(1, 7), st.fractions(Fraction(1, 100), 1, max_denominator=100))
def test_moments_by_formula_and_by_integration(order: int, ratio: Fraction) -> None:
    formula = evaluate(moment_formula(order), {q: ball(ratio)})
    integrated = moment_integral(order, ratio)
    assert integrated.overlaps(formula)
    assert integrated.rel_accuracy_bits() > 30


def test_the_law_at_twice_the_root_of_the_width_is_that_of_larger_batches() -> None:
    for root in (2, 3, 8):
        at, beyond = SpectralLaw(root**2, 2 * root), SpectralLaw(root**2, 5 * root)
        assert at.edges == beyond.edges
        assert at.survivors == beyond.survivors
        assert at.moment(3) == beyond.moment(3)


@settings(max_examples=settings.default.max_examples // 2)
@given(st.integers(1, 10**6), st.fractions(Fraction(1, 100), 1, max_denominator=100))
def test_the_soft_rank_exceeds_its_leading_terms_by_one_to_two_next_terms(
    width: int, threshold: Fraction
) -> None:
    # 1 − x/2 ≤ √(1 − x/2) ≤ 1 − x/4 in the density, integrated up to τ.
    with precision(128):
        exact = SpectralLaw(width, 2 * isqrt(width) + 2).soft_rank(threshold).ball
        excess = exact - soft_rank_leading(width, threshold).ball
        tau, root = ball(threshold), arb(width).sqrt()
        following = arb(2).sqrt() / (3 * arb.pi()) * tau * (tau / root).sqrt()
        assert following < excess < 2 * following


@settings(max_examples=settings.default.max_examples // 2)
@given(laws, st.fractions(0, 5, max_denominator=20), st.fractions(0, 5, max_denominator=20))
def test_the_soft_rank_falls_with_the_threshold(law: SpectralLaw, a: Fraction, b: Fraction) -> None:
    low, high = sorted((a, b))
    assert law.soft_rank(low).upper >= law.soft_rank(high).lower
    assert law.soft_rank(low).lower <= law.batch


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: exponents.gaussian_exponents(0), "width = 0"),
        (lambda: exponents.exponent_gap(1), "width = 1"),
        (lambda: exponents.exponent_gap_bounds(1), "width = 1"),
        (lambda: exponents.collapse_factor(1), "width = 1"),
        (lambda: exponents.mean_log_chi_square(0), "freedom = 0"),
        (lambda: exponents.mean_log_chi_square_integral(0), "freedom = 0"),
        (lambda: SpectralLaw(0, 3), "width = 0"),
        (lambda: SpectralLaw(3, 0), "batch = 0"),
        (lambda: SpectralLaw(4, 2).quantile(Fraction(1)), "fraction = 1"),
        (lambda: SpectralLaw(4, 2).soft_rank(Fraction(-1)), "threshold = -1"),
        (lambda: SpectralLaw(4, 2).fraction_below(float("inf")), "number = inf"),
        (lambda: SpectralLaw(4, 2).moment(0), "order = 0"),
        (lambda: soft_rank_leading(4, Fraction(-1)), "threshold = -1"),
        (lambda: moment_integral(2, Fraction(3, 2)), "ratio = 3/2"),
        (lambda: moment_formula(0), "order = 0"),
    ],
)
def test_bad_input_is_one_sentence(call: Callable[[], object], says: str) -> None:
    with pytest.raises(ArgumentError, match=says) as caught:
        call()
    assert "\n" not in str(caught.value)

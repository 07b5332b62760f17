"""Lyapunov spectra: against the closed form, against exact sums, with intervals that can miss."""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize_scalar
from scipy.special import digamma, gammaln
from scipy.stats import chi2

from depthlaw.numerics.chains.layers import rank_network, step_matrix
from depthlaw.numerics.chains.lyapunov import gaussian_deviation, lyapunov_spectrum
from depthlaw.numerics.sampling.explicit import draw_weights
from depthlaw.numerics.sampling.haar import frames
from depthlaw.numerics.streams import stream
from depthlaw.theory.errors import ArgumentError
from depthlaw.theory.network import Linear, Weights
from depthlaw.theory.network.weight_law import WeightLaw

EPS = float(np.finfo(np.float64).eps)
LEVEL = 1e-6


def closed_form(width: int, index: int) -> float:
    return float(math.log(2) + digamma((width - index + 1) / 2)) / 2


@pytest.mark.parametrize("width", [1, 2, 6, 16])
def test_gaussian_products_have_the_exponents_of_chi_square(width: int) -> None:
    depth, replicas = 400, 8
    found = lyapunov_spectrum(width, depth=depth, replicas=replicas, seed=1)
    for i in range(1, width + 1):
        a, b = gaussian_deviation(width, i, depth * replicas, level=LEVEL / width)
        assert a <= found.exponents[i - 1] <= b
        assert a < closed_form(width, i) < b
    # Control: one degree of freedom more would be noticed in every exponent together.
    shifts = found.exponents - [closed_form(width + 1, i) for i in range(1, width + 1)]
    a, b = gaussian_deviation(width, width, depth * replicas, level=LEVEL)
    assert shifts[-1] + closed_form(width, width) < a


def test_the_first_gap_is_that_of_the_closed_form() -> None:
    width, depth, replicas = 4, 2000, 8
    found = lyapunov_spectrum(width, depth=depth, replicas=replicas, count=2, seed=2)
    ends = [gaussian_deviation(width, i, depth * replicas, level=LEVEL / 2) for i in (1, 2)]
    gap = float(digamma(2) - digamma(3 / 2)) / 2
    assert ends[0][0] - ends[1][1] < gap < ends[0][1] - ends[1][0]
    assert ends[0][0] - ends[1][1] <= found.gaps[0] <= ends[0][1] - ends[1][0]


@given(st.integers(1, 30), st.integers(1, 30), st.floats(1e-9, 0.5))
def test_chernoffs_interval_is_valid_for_one_increment(
    width: int, index: int, level: float
) -> None:
    if index > width:
        with pytest.raises(ArgumentError, match="index"):
            gaussian_deviation(width, index, 1, level=level)
        return
    a, b = gaussian_deviation(width, index, 1, level=level)
    law = chi2(width - index + 1)
    # Root finding places an end to a few units in the last place of the tilt.
    close = 1 + 1e3 * EPS
    assert law.cdf(math.exp(2 * a)) <= level / 2 * close
    assert law.sf(math.exp(2 * b)) <= level / 2 * close


@given(st.integers(1, 12), st.integers(1, 200), st.floats(1e-9, 0.5))
def test_the_ends_are_where_chernoffs_bound_is_half_the_level(
    freedom: int, increments: int, level: float
) -> None:
    ends = gaussian_deviation(freedom, 1, increments, level=level)
    half = freedom / 2

    def bound(tilt: float, end: float) -> float:
        """Return log of E e^{t(Y − y)}, to the power of the number of increments."""
        moment = gammaln(half + tilt) - gammaln(half)
        return float(increments * (moment - tilt * (2 * end - math.log(2))))

    for end, tilts in zip(ends, ((-half, 0.0), (0.0, 1e3)), strict=True):
        least = minimize_scalar(bound, args=(end,), bounds=tilts, method="bounded").fun
        # Half of the level on each side: all of it, or a quarter, would be noticed.
        assert math.log(level / 3) < least < math.log(level * 2 / 3)


@given(st.integers(1, 12), st.integers(1, 1000))
def test_more_increments_make_a_narrower_interval(width: int, increments: int) -> None:
    few = gaussian_deviation(width, 1, increments, level=0.01)
    many = gaussian_deviation(width, 1, 2 * increments, level=0.01)
    assert few[0] < many[0] < closed_form(width, 1) < many[1] < few[1]


@pytest.mark.parametrize("strength", [0.5, math.inf])
def test_all_exponents_add_up_to_the_log_determinants(strength: float) -> None:
    d, depth = 5, 60
    found = lyapunov_spectrum(
        d, strength, depth=depth, replicas=3, burn_in=10, weights=Weights.UNIFORM, seed=4
    )
    linear = rank_network(d, d, strength, weights=Weights.UNIFORM).layer[0]
    assert isinstance(linear, Linear)
    for replica in range(3):
        generator = stream(4, replica)
        frames([generator], d, d)
        total, condition = 0.0, 0.0
        for layer in range(depth):
            A = step_matrix(draw_weights(linear, d, [generator])[0], strength)
            if layer >= 10:
                total += float(np.linalg.slogdet(A)[1])
                condition += float(np.linalg.cond(A))
        error = found.replica_means[replica].sum() * (depth - 10) - total
        assert abs(error) <= 4 * d**2 * EPS * condition


def test_a_weak_residual_parts_exponents_by_gamma_squared() -> None:
    gamma = 0.1
    found = lyapunov_spectrum(3, gamma, depth=6000, burn_in=500, replicas=8, count=2, seed=6)
    least, most = found.lower[0] - found.upper[1], found.upper[0] - found.lower[1]
    # The next order of the gap is γ⁴ times a number of the order of d².
    assert least - 9 * gamma**4 <= gamma**2 <= most + 9 * gamma**4
    assert least > 0


def test_every_law_of_variance_one_has_a_spectrum() -> None:
    third = Fraction(1, 8)
    law = WeightLaw((-2, 0, 2), (third, 1 - 2 * third, third))
    found = lyapunov_spectrum(3, 0.3, depth=200, replicas=4, weights=law)
    assert (np.diff(found.exponents) < 0).all()
    assert (found.lower < found.exponents).all()
    assert (found.exponents < found.upper).all()


def test_the_result_is_the_same_for_any_workers() -> None:
    alone = lyapunov_spectrum(4, depth=50, replicas=5, seed=9)
    with ThreadPoolExecutor(3) as executor:
        shared = lyapunov_spectrum(4, depth=50, replicas=5, seed=9, executor=executor)
    assert np.array_equal(alone.replica_means, shared.replica_means)
    more = lyapunov_spectrum(4, depth=50, replicas=9, seed=9)
    assert np.array_equal(alone.replica_means, more.replica_means[:5])


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"strength": 0.0}, "strength = 0.0"),
        ({"burn_in": 50}, "burn_in = 50: it must be below the depth"),
        ({"replicas": 1}, "replicas = 1"),
        ({"count": 5}, "count = 5"),
        ({"count": 0}, "count = 0"),
        ({"level": 0.0}, "level"),
        ({"width": 0}, "width = 0"),
    ],
)
def test_impossible_arguments_are_refused(options: dict[str, Any], words: str) -> None:
    with pytest.raises(ArgumentError, match=words):
        lyapunov_spectrum(**{"width": 4, "depth": 50, "replicas": 2, **options})


def test_a_singular_step_is_a_sentence() -> None:
    half = Fraction(1, 2)
    signs = WeightLaw((-1, 1), (half, half))
    with pytest.raises(ArgumentError, match="singular to double precision"):
        lyapunov_spectrum(2, depth=200, replicas=2, weights=signs)

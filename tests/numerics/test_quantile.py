"""Order statistics cover the median, for every law and sample size, and no more than they must."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from scipy.stats import binom

from depthlaw.numerics.estimation.median import median_bounds
from depthlaw.theory.errors import ArgumentError


@given(st.integers(1, 400), st.sampled_from([1e-6, 1e-3, 0.05, 0.5]))
@example(2, 0.5)  # the extremes miss with probability 1/2, exactly the level
def test_coverage_is_exact_for_continuous_laws(samples: int, level: float) -> None:
    """The ranks of a continuous sample around its median are binomial, so coverage is a sum."""
    low, high = median_bounds(np.arange(1, samples + 1), level=level)
    if math.isinf(low):
        # No pair of order statistics is enough: not even the extremes.
        assert 2 * Fraction(1, 2**samples) > Fraction(level)
        return
    k = int(low)
    assert (k, samples + 1 - k) == (low, high)
    assert binom.cdf(k - 1, samples, 0.5) <= level / 2
    assert binom.cdf(k, samples, 0.5) > level / 2


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=60))
def test_contains_the_sample_median_and_ignores_order(values: list[float]) -> None:
    low, high = median_bounds(values, level=0.1)
    assert low <= float(np.median(values)) <= high
    assert (low, high) == median_bounds(values[::-1], level=0.1)


@pytest.mark.parametrize("bad", [[], [1.0, math.nan]])
def test_no_sample_and_nan_are_refused(bad: list[float]) -> None:
    with pytest.raises(ArgumentError, match="samples = "):
        median_bounds(bad, level=0.1)

"""Functionals of a Gram matrix: ranges, invariances, known values, bad input."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from depthlaw.theory.activations import activation
from depthlaw.theory.errors import ArgumentError, at_ends
from depthlaw.theory.kernels import KernelMap
from depthlaw.theory.network import gram, observables
from depthlaw.theory.network.batch_geometry import GEOMETRY, Shape, shape_of

EPS = np.finfo(np.float64).eps


@st.composite
def batches(draw: st.DrawFn) -> NDArray[np.float64]:
    """H of shape (d, n), not zero, entries of moderate size; repeated and zero samples occur."""
    n, d = draw(st.integers(2, 8)), draw(st.integers(1, 12))
    entries = st.integers(-1000, 1000).map(lambda k: k / 8)
    h = draw(arrays(np.float64, (d, n), elements=entries))
    if not h.any():
        h[0, 0] = 1.0
    return h


@given(batches())
def test_every_observable_stays_in_its_range(h: NDArray[np.float64]) -> None:
    g, n = h.T @ h, h.shape[1]
    for observable in observables.OBSERVABLES.values():
        value = float(observable.function(g))
        # One functional is a few sums of n² products: n² roundings of its own size.
        slack = 8 * n**2 * EPS * max(1.0, abs(observable.highest(n)))
        assert observable.lowest(n) - slack <= value <= observable.highest(n) + slack


@given(batches(), st.integers(-20, 20))
def test_scale_by_a_power_of_four_changes_no_bit(h: NDArray[np.float64], power: int) -> None:
    g = h.T @ h
    for observable in observables.OBSERVABLES.values():
        assert observable.function(g) == observable.function(g * 4.0**power)


@given(batches())
def test_leading_axes_are_vectorised(h: NDArray[np.float64]) -> None:
    g = h.T @ h
    stacked = np.stack([g, np.eye(len(g)), g])
    for observable in observables.OBSERVABLES.values():
        together = observable.function(stacked)
        assert together.shape == (3,)
        assert together[0] == together[2] == observable.function(stacked[:1])[0]


@given(st.integers(2, 40))
def test_isometry_and_rank_one_are_the_extremes(n: int) -> None:
    eye, ones = np.eye(n), np.ones((n, n))
    slack = 8 * n**2 * EPS
    expected = {
        "orthogonality_gap": (0.0, (1 - 1 / n) ** 0.5),
        "lyapunov": (0.0, 1 / n),
        "stable_rank": (n, 1.0),
        "mean_cosine": (0.0, 1.0),
    }
    for name, (flat, rank_one) in expected.items():
        function = observables.OBSERVABLES[name].function
        assert abs(float(function(eye)) - flat) <= slack * max(1, n)
        assert abs(float(function(ones)) - rank_one) <= slack * max(1, n)


@given(batches())
def test_singular_batches_have_isometry_zero_exactly(h: NDArray[np.float64]) -> None:
    repeated = np.concatenate([h, h[:, :1]], axis=1)
    assert gram.isometry(repeated.T @ repeated) == 0


@pytest.mark.parametrize(
    ("matrix", "says"),
    [
        (np.ones((2, 3)), "must be square"),
        (np.array([[1.0, np.nan], [np.nan, 1.0]]), "finite"),
        (np.zeros((2, 2)), "nonzero"),
        (np.array([[1.0, 0.5], [0.0, 1.0]]), "symmetric"),
        (np.array([[1.0, 2.0], [2.0, 1.0]]), "eigenvalue -1"),
    ],
)
def test_what_is_no_gram_matrix_is_refused_with_the_reason(
    matrix: NDArray[np.float64], says: str
) -> None:
    with pytest.raises(ArgumentError, match=says):
        gram.check_gram("gram", matrix)


@given(batches())
def test_products_are_accepted_however_singular(h: NDArray[np.float64]) -> None:
    checked = gram.check_gram("gram", h.T @ h)
    assert (checked == checked.T).all()


@given(st.integers(2, 300), st.integers(1, 1000))
def test_an_end_of_the_range_computed_in_floating_point_is_that_end(n: int, k: int) -> None:
    least = -1 / (n - 1)
    for end in (least, -k * (1 / (n - 1)) / k, -(k / (n - 1)) / k, Fraction(-1, n - 1)):
        assert least <= gram.equicorrelated(n, end)[0, 1] <= least * (1 - 4 * EPS)
    with pytest.raises(ArgumentError, match="correlation = "):
        gram.equicorrelated(n, least * (1 + 1e-12))


@given(st.integers(2, 30), st.floats(-1, 1))
def test_equicorrelated_is_a_gram_matrix_or_a_sentence(n: int, correlation: float) -> None:
    if -1 / (n - 1) <= correlation:
        gram.check_gram("gram", gram.equicorrelated(n, correlation))
    else:
        with pytest.raises(ArgumentError, match="correlation = "):
            gram.equicorrelated(n, correlation)


@given(batches(), st.integers(0, 64))
def test_soft_rank_is_at_least_its_stable_rank_bound(h: NDArray[np.float64], step: int) -> None:
    # Lemma 1 of daneshmand2020 in the form free of scale; an eigenvalue within rounding of τ may
    # be missed, so the count is taken at a threshold lower by that rounding.
    tau, (d, n) = step / 64, h.shape
    g = h.T @ h
    slack = n**2 * d * EPS
    bound = (1 - tau) ** 2 * float(gram.stable_rank(g))
    assert gram.soft_rank(g, max(0.0, tau - slack), d) >= bound * (1 - 8 * n**2 * EPS)


@given(batches(), st.integers(0, 64), st.integers(0, 64))
def test_soft_rank_falls_with_the_threshold(h: NDArray[np.float64], one: int, other: int) -> None:
    g, (d, n) = h.T @ h, h.shape
    low, high = sorted((one / 64, other / 64))
    assert 0 <= gram.soft_rank(g, high, d) <= gram.soft_rank(g, low, d) <= min(d, n)
    assert gram.soft_rank(g, 0.0, d) == min(d, n)


@pytest.mark.parametrize("threshold", [-0.1, 1.5, float("nan"), float("inf")])
def test_soft_rank_refuses_thresholds_outside_the_unit_interval(threshold: float) -> None:
    with pytest.raises(ArgumentError, match="threshold"):
        gram.soft_rank(np.eye(3), threshold, 3)
    with pytest.raises(ArgumentError, match="width = 0"):
        gram.soft_rank(np.eye(3), 0.5, 0)


FREE_OF_SCALE = {
    **{name: observable.function for name, observable in observables.OBSERVABLES.items()},
    **{name: observable.function for name, observable in GEOMETRY.items()},
    "smallest_eigenvalue": gram.smallest_eigenvalue,
    "bures_to_isotropy": gram.bures_to_isotropy,
    "soft_rank": lambda G: gram.soft_rank(G, 0.5, 7),
}


@given(batches(), st.integers(-1000, 1000), st.sampled_from(sorted(FREE_OF_SCALE)))
def test_functionals_are_free_of_scale_to_the_last_bit(
    h: NDArray[np.float64], power: int, name: str
) -> None:
    """Over the whole range of doubles: only exponents differ between G and 4^k G."""
    g, function = h.T @ h, FREE_OF_SCALE[name]
    if len(g) < 2:
        return
    exponent = power - int(np.frexp(np.abs(g).max())[1])
    exponent -= exponent % 2  # the square root of another power of two is no power of two
    scaled = np.ldexp(g, exponent)
    # A number that became subnormal has lost digits and is another matrix.
    if not np.array_equal(np.ldexp(scaled, -exponent), g):
        return
    assert np.array_equal(function(scaled), function(g))
    stack = np.stack([g, scaled])
    assert np.array_equal(function(stack), function(np.stack([g, g])))
    assert shape_of(scaled) is shape_of(g)


@pytest.mark.parametrize("size", [5e-324, 1e-320, 1e-310, 1e300, 1.7e308])
def test_functionals_at_the_very_ends_of_the_range(size: float) -> None:
    for n in (2, 5):
        assert gram.orthogonality_gap(np.eye(n) * size) <= n * EPS
        assert np.isclose(gram.isometry(np.eye(n) * size), 1)
        assert np.isclose(gram.stable_rank(np.ones((n, n)) * size), 1)
        assert np.isclose(gram.mean_cosine(np.ones((n, n)) * size), 1)
        assert gram.mean_cosine(np.eye(n) * size) == 0
        gram.check_gram("gram", np.ones((n, n)) * size)
        assert shape_of(np.ones((n, n)) * size) is Shape.COLLAPSE


@given(batches(), st.sampled_from([np.float32, np.float16]))
def test_a_lower_precision_is_accepted_up_to_its_own_rounding(
    h: NDArray[np.float64], precision: type
) -> None:
    with np.errstate(over="ignore"):  # what overflows is left out
        g = (h.astype(precision).T @ h.astype(precision)).astype(precision)
    if np.isfinite(g).all() and g.any():
        checked = gram.check_gram("gram", g)
        assert checked.dtype == np.float64


def test_the_tolerance_of_the_precision_is_named() -> None:
    slightly = np.array([[1.0, 1.0 + 1e-6], [1.0 + 1e-6, 1.0]])
    with pytest.raises(ArgumentError, match=r"below -8\.88e-16, the rounding of float64"):
        gram.check_gram("gram", slightly)
    slightly[0, 1] += 1e-5
    with pytest.raises(
        ArgumentError, match=r"symmetric, here to 4\.77e-07, the rounding of float32"
    ):
        gram.check_gram("gram", slightly.astype(np.float32))


def test_a_zero_matrix_on_request() -> None:
    assert not gram.check_gram("gram", np.zeros((2, 2)), zero=True).any()


def test_the_ends_of_the_correlations_may_be_computed_in_any_way() -> None:
    tenths = sum([0.1] * 10)
    for n in range(2, 2001):
        end = Fraction(-1, n - 1)
        ways = (-1 / (n - 1), -100 * (1 / (n - 1)) / 100, -(0.1 / (n - 1)) * 10, 1 / (1 - n))
        for way in ways:
            least = equicorrelated_entry(n, way)
            assert min(Fraction(way), Fraction(least)) >= end or least == float(end)
            assert abs(Fraction(least) - end) <= 4 * Fraction(1, 2**53) * abs(end)
        with pytest.raises(ArgumentError, match="correlation = "):
            equicorrelated_entry(n, float(end) * (1 + 1e-12))
    assert equicorrelated_entry(3, tenths) == tenths < 1
    assert equicorrelated_entry(3, 1 + EPS) == 1


def equicorrelated_entry(n: int, correlation: float) -> float:
    if n <= 40:
        return float(gram.equicorrelated(n, correlation)[0, 1])
    # The same check without the matrix, which would be large.
    end = Fraction(-1, n - 1)
    c = at_ends(correlation, end, 1)
    if not end <= c <= 1:
        return float(gram.equicorrelated(n, correlation)[0, 1])
    return float(c)


def test_a_correlation_of_one_may_be_off_by_its_rounding() -> None:
    kappa = KernelMap(activation("relu"))
    assert kappa(1 + EPS).ball == kappa(1).ball
    with pytest.raises(ArgumentError, match="correlation = "):
        kappa(1 + 1e-12)


@given(batches())
def test_the_isometry_gap_is_minus_the_logarithm_of_isometry(h: NDArray[np.float64]) -> None:
    g, n = h.T @ h, h.shape[1]
    gap, isometry = float(gram.isometry_gap(g)), float(gram.isometry(g))
    assert gap >= 0
    assert (gap == np.inf) == (isometry == 0)
    assert abs(np.exp(-gap) - isometry) <= 8 * n * EPS * max(1.0, gap if np.isfinite(gap) else 1)


def test_the_second_moment_is_the_mean_square_of_an_entry() -> None:
    h = np.arange(12.0).reshape(4, 3)
    assert gram.second_moment(h.T @ h / 4) == (h**2).mean()
    assert np.isnan(gram.second_moment(np.diag([1.0, np.inf])))
    assert np.array_equal(gram.second_moment(np.stack([np.eye(2), np.zeros((2, 2))])), [1.0, 0.0])


def test_soft_rank_at_a_width_is_the_functional() -> None:
    grams = np.stack([np.diag([5.0, 5.0, 1e-9]), np.eye(3), np.ones((3, 3))])
    known = observables.SoftRank(width=9, threshold=0.25)
    assert np.array_equal(known(grams), gram.soft_rank(grams, 0.25, 9))
    together = observables.evaluate({"soft": known, "gap": gram.isometry_gap}, grams)
    assert np.array_equal(together["soft"], known(grams))
    assert np.array_equal(together["gap"], gram.isometry_gap(grams))
    for wrong in ({"width": 0}, {"width": 3, "threshold": 2}):
        with pytest.raises(ArgumentError):
            observables.SoftRank(**wrong)

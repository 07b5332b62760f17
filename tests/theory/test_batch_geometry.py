"""The geometry of a batch: ranges, invariances, the states it tells apart, bad input."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from depthlaw.theory.decomposition import fixed_points
from depthlaw.theory.errors import ArgumentError
from depthlaw.theory.network import batch_geometry as geometry
from depthlaw.theory.network.batch_geometry import GEOMETRY, Shape, shape_of
from depthlaw.theory.network.gram import equicorrelated, soft_rank
from depthlaw.theory.network.observables import OBSERVABLES

Array = NDArray[np.float64]
EPS = np.finfo(np.float64).eps


@st.composite
def batches(draw: st.DrawFn) -> Array:
    """H of shape (d, n) with repeated, antipodal and zero samples."""
    n, d = draw(st.integers(2, 7)), draw(st.integers(1, 6))
    h = draw(arrays(np.float64, (d, n), elements=st.integers(-20, 20).map(float)))
    if draw(st.booleans()):
        h[:, -1] = -2 * h[:, 0]
    if not h.any():
        h[0, 0] = 1.0
    return h


@given(batches())
def test_every_functional_stays_in_its_range(h: Array) -> None:
    g, n = h.T @ h, h.shape[1]
    for observable in GEOMETRY.values():
        value = float(observable.function(g))
        slack = 8 * n**2 * EPS * n
        assert observable.lowest(n) - slack <= value <= observable.highest(n) + slack


@given(batches(), st.integers(-20, 20))
def test_scale_by_a_power_of_four_changes_no_bit(h: Array, power: int) -> None:
    g = h.T @ h
    for observable in GEOMETRY.values():
        assert observable.function(g) == observable.function(g * 4.0**power)
    assert shape_of(g) == shape_of(g * 4.0**power)


@given(batches())
def test_leading_axes_are_vectorised(h: Array) -> None:
    g = h.T @ h
    stacked = np.stack([g, np.eye(len(g)), g])
    for observable in GEOMETRY.values():
        together = observable.function(stacked)
        assert together.shape == (3,)
        assert together[0] == together[2] == observable.function(stacked[:1])[0]
    assert geometry.angles(stacked).shape == (3, len(g) * (len(g) - 1) // 2)


@given(batches(), st.data())
def test_the_order_of_samples_does_not_matter(h: Array, data: st.DataObject) -> None:
    n = h.shape[1]
    order = data.draw(st.permutations(range(n)))
    g = h.T @ h
    moved = g[np.ix_(order, order)]
    longest = np.diag(g).max()
    if (np.diag(g) == longest).sum() == 1:
        assert order[int(geometry.odd_index(moved))] == int(geometry.odd_index(g))
        for name in ("norm_ratio", "odd_state"):
            left, right = GEOMETRY[name].function(g), GEOMETRY[name].function(moved)
            assert left == right or abs(left - right) <= 8 * n * EPS * left


def two_values(batch: int, odd: int) -> Array:
    """n − k copies and k copies, orthogonal, with norms k and n − k."""
    n, k = batch, odd
    g = np.zeros((n, n))
    g[: n - k, : n - k] = k**2
    g[n - k :, n - k :] = (n - k) ** 2
    return g


@pytest.mark.parametrize("batch", [3, 7, 32])
def test_the_exact_state_of_two_values(batch: int) -> None:
    g = two_values(batch, 1)
    assert geometry.odd_index(g) == batch - 1
    assert geometry.norm_ratio(g) == batch - 1
    assert geometry.odd_cosine(g) == 0
    assert geometry.cluster_cosine(g) == 1
    assert shape_of(g) is Shape.ODD_POINT


@pytest.mark.parametrize("batch", [10, 16, 32])
def test_the_odd_point_state_of_the_mean_field_is_an_odd_state(batch: int) -> None:
    """Its Gram matrix after ReLU, in floats, gives back cosines and ratio."""
    state = fixed_points(batch).odd
    assert state is not None
    c, o, r = (value.lower for value in (state.cluster_cosine, state.odd_cosine, state.norm_ratio))
    g = equicorrelated(batch, c)
    g[-1, :] *= o * r / c
    g[:, -1] = g[-1, :]
    g[-1, -1] = r**2
    slack = 8 * batch**2 * EPS
    assert abs(geometry.cluster_cosine(g) - c) <= slack
    assert abs(geometry.odd_cosine(g) - o) <= slack
    assert abs(geometry.norm_ratio(g) - r) <= slack * r
    assert shape_of(g) is Shape.ODD_POINT


def test_shapes_are_told_apart() -> None:
    n = 16
    signs = np.where(np.arange(n) % 3 == 0, -1.0, 1.0)
    two_lines = np.array([[1.0, 0.6], [0.0, 0.8]])[:, [0, 1] * (n // 2)] * signs
    long_point = np.outer(np.r_[np.ones(n - 1), n], np.r_[np.ones(n - 1), n]) * 0.95
    long_point[np.diag_indices(n)] /= 0.95
    expected = {
        Shape.COLLAPSE: np.ones((n, n)),
        Shape.RANDOM_SIGNS: np.outer(signs, signs),
        Shape.ODD_POINT: two_values(n, 1),
        Shape.LONG_POINT: long_point,
        Shape.LOW_RANK: two_lines.T @ two_lines,
        Shape.ORTHOGONAL: np.eye(n),
        Shape.SIMPLEX: equicorrelated(n, -1 / (n - 1)),
        Shape.EQUIANGULAR: equicorrelated(n, 0.3),
        Shape.OTHER: two_values(n, n // 2),
        Shape.VANISHED: np.zeros((n, n)),
    }
    assert {shape_of(g) for g in expected.values()} == set(Shape)
    for shape, g in expected.items():
        assert shape_of(g) is shape


def test_a_zero_sample_has_no_direction() -> None:
    g = np.diag([0.0, 1.0, 4.0])
    assert geometry.cosines(g)[0].tolist() == [1, 0, 0]
    assert geometry.angles(g)[0] == np.pi / 2


def test_all_zero_but_one_is_infinitely_odd() -> None:
    g = np.diag([0.0, 0.0, 1.0])
    assert geometry.norm_ratio(g) == np.inf
    assert geometry.odd_state(g) == 1


@pytest.mark.parametrize("shape", [(1, 1), (2, 3), (4,)])
def test_what_is_no_batch_is_refused(shape: tuple[int, ...]) -> None:
    for observable in GEOMETRY.values():
        with pytest.raises(ArgumentError, match="give square matrices"):
            observable.function(np.ones(shape))


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_batch_that_is_not_finite_has_no_value(bad: float) -> None:
    for observable in (*GEOMETRY.values(), *OBSERVABLES.values()):
        for n in (2, 4):
            for place in ((0, 0), (0, 1)):
                g = np.stack([np.eye(n), np.eye(n)])
                g[1][place] = g[1][place[::-1]] = bad
                values = observable.function(g)
                assert np.isfinite(values[0])
                assert np.isnan(values[1]), observable.name
                assert np.isnan(soft_rank(g, 0.5, n)).tolist() == [False, True]


def test_a_batch_that_is_not_finite_has_no_shape() -> None:
    with pytest.raises(ArgumentError, match="gram = an array with NaN"):
        shape_of(np.full((3, 3), np.nan))

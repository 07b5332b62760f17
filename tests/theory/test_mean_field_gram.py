"""The recursion of a Gram matrix: balls against floats, error bounds, bad input."""

from fractions import Fraction

import numpy as np
import pytest
from flint import arb, arb_mat
from hypothesis import given, settings
from hypothesis import strategies as st

from depthlaw.theory.activations import activation
from depthlaw.theory.errors import ArgumentError
from depthlaw.theory.kernels import centred_map, trajectory
from depthlaw.theory.kernels.gram_flow import (
    Array,
    gram_layers,
    gram_path,
    isometry_gap,
    isometry_gap_near_identity,
    next_gram,
    unit_diagonal,
)
from depthlaw.theory.network import gram as functionals
from depthlaw.theory.rigorous.balls import precision
from depthlaw.theory.rigorous.matrices import rational_matrix, to_balls

NAMES = ("relu", "tanh", "step", "sin", "exp", "monomial(2)", "hermite(3)")


def batch(samples: int, features: int, seed: int, *, twin: float = 1.0) -> Array:
    """A Gram matrix of unit diagonal whose second sample is near the first."""
    X = np.random.default_rng(seed).standard_normal((features, samples))
    X[:, 1] = X[:, 0] + twin * X[:, 1]
    return unit_diagonal(X.T @ X)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("twin", [1.0, 1e-3, 1e-7])
def test_floats_are_within_their_errors_of_the_balls(name: str, twin: float) -> None:
    G = batch(4, 6, 3, twin=twin)
    f = centred_map(activation(name))
    path = gram_path(f, G, 12)
    with precision(192):
        exact = to_balls(rational_matrix("gram", G.tolist()))
        for depth, layer in enumerate(gram_layers(f, exact, 12)):
            found = path.enclosed(depth)
            assert all(found[i, j].overlaps(layer[i, j]) for i in range(4) for j in range(4))


def test_errors_are_not_padded() -> None:
    """Where the map contracts, so do the errors: they stay near the rounding of one evaluation."""
    path = gram_path(centred_map(activation("sin")), batch(8, 40, 0), 200)
    first, last = path.errors[1].max(), path.errors[200].max()
    assert 0 < last <= 4 * first


def test_one_pair_is_the_trajectory_of_its_correlation() -> None:
    f = centred_map(activation("gelu"))
    rho = Fraction(3, 4)
    with precision(512):
        start = to_balls(((Fraction(1), rho), (rho, Fraction(1))))
        layers = [layer[0, 1] for layer in gram_layers(f, start, 5)]
    for found, expected in zip(layers, trajectory(f, rho, 5), strict=True):
        assert found.overlaps(expected.ball)


@settings(max_examples=settings.default.max_examples // 3)
@given(st.integers(2, 12), st.integers(0, 2**32 - 1))
def test_the_gap_is_that_of_the_float_functional(samples: int, seed: int) -> None:
    G = batch(samples, 3 * samples, seed)
    with precision(128):
        gap = isometry_gap(to_balls(rational_matrix("gram", G.tolist())))
    lowest = float(np.linalg.eigvalsh(G)[0])
    # log λ is off by at most n·eps/λ_min in each eigenvalue.
    slack = 4 * samples**2 * float(np.finfo(np.float64).eps) / lowest
    assert gap.overlaps(arb(-float(np.log(functionals.isometry(G))), slack))


@given(st.integers(2, 10), st.integers(5, 200), st.integers(0, 100))
def test_both_enclosures_of_a_small_gap_agree(samples: int, power: int, seed: int) -> None:
    E = np.random.default_rng(seed).integers(-9, 10, (samples, samples))
    with precision(4 * power + 64):
        scale = arb(2) ** -power / 100
        G = arb_mat(
            [
                [arb(1) if i == j else scale * int(E[min(i, j), max(i, j)]) for j in range(samples)]
                for i in range(samples)
            ]
        )
        assert isometry_gap(G).overlaps(isometry_gap_near_identity(G))


def equal_pair(rho: Fraction) -> arb_mat:
    return to_balls(((Fraction(1), rho), (rho, Fraction(1))))


def test_far_from_identity_there_is_no_short_cut() -> None:
    near, far = (equal_pair(Fraction(9, 10)), equal_pair(Fraction(1)))
    assert isometry_gap_near_identity(near).overlaps(isometry_gap(near))
    assert isometry_gap_near_identity(far).is_nan()
    assert isometry_gap(far).is_nan()


def test_repeated_entries_give_repeated_images() -> None:
    f, half = centred_map(activation("relu")), Fraction(1, 2)
    start = tuple(tuple(Fraction(1) if i == j else half for j in range(5)) for i in range(5))
    G = next_gram(f, to_balls(start))
    images = {(str(G[i, j].mid()), str(G[i, j].rad())) for i in range(5) for j in range(i)}
    assert len(images) == 1
    assert G[1, 0].overlaps(f(half).ball)
    assert all(G[i, i] == 1 for i in range(5))


def test_equal_and_opposite_samples_stay_so() -> None:
    rows = [[1.0, 1.0, -1.0], [1.0, 1.0, -1.0], [-1.0, -1.0, 1.0]]
    path = gram_path(centred_map(activation("step")), rows, 50)
    assert (np.abs(path.values[:, 0, 1] - 1) <= path.errors[:, 0, 1]).all()
    assert (np.abs(path.values[:, 0, 2] + 1) <= path.errors[:, 0, 2]).all()


def test_a_thousand_layers_of_32_samples_in_floats_are_orthogonal() -> None:
    path = gram_path(centred_map(activation("relu")), batch(32, 64, 0), 1000)
    assert path.values.shape == (1001, 32, 32)
    assert (np.abs(path.values[-1] - np.eye(32)) <= path.errors[-1]).all()
    # A contraction forgets its rounding: errors do not add up over the layers.
    assert path.errors[-1].max() < path.errors[:10].max() < 1e-13


def test_unit_diagonal_is_scale_free() -> None:
    G = batch(5, 9, 1)
    scales = 2.0 ** np.arange(5)
    assert (unit_diagonal(G * np.outer(scales, scales)) == unit_diagonal(G)).all()


def test_a_diagonal_that_is_not_one_is_offered_a_way_out() -> None:
    f = centred_map(activation("relu"))
    with pytest.raises(ArgumentError, match=r"2 on its diagonal: .* pass unit_diagonal\(gram\)"):
        gram_path(f, 2 * np.eye(3), 1)
    with pytest.raises(ArgumentError, match="zero on its diagonal"):
        unit_diagonal(np.diag([1.0, 0.0]))
    with pytest.raises(ArgumentError, match="negative eigenvalue"):
        gram_path(f, [[1.0, 2.0], [2.0, 1.0]], 1)
    with pytest.raises(ArgumentError, match="depth = -1"):
        gram_path(f, np.eye(2), -1)
    with pytest.raises(ArgumentError, match="depth = -1"):
        list(gram_layers(f, to_balls(((Fraction(1),),)), -1))

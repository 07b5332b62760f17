"""Cholesky's factor is taken where it is proved good enough, and each replica decides by itself."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from depthlaw.numerics.sampling.cholesky import sure_factor
from depthlaw.numerics.sampling.matrices import factor, known_factor
from depthlaw.numerics.simulate import simulate
from depthlaw.theory.network import Network
from depthlaw.theory.network.text import parse_layer

Array = NDArray[np.float64]
EPS = float(np.finfo(np.float64).eps)


def with_spectrum(values: Array, seed: int) -> Array:
    """A symmetric matrix with these eigenvalues."""
    n = len(values)
    Q = np.linalg.qr(np.random.default_rng(seed).standard_normal((n, n)))[0]
    A = (Q * values) @ Q.T
    return np.asarray((A + A.T) / 2)


def stack(n: int, exponents: list[float], seed: int) -> Array:
    """Matrices whose smallest eigenvalue is 10 to these powers, the others about 1."""
    rng = np.random.default_rng(seed)
    return np.stack(
        [
            with_spectrum(np.append(10.0**e, rng.uniform(0.5, 2, n - 1)), seed + place)
            for place, e in enumerate(exponents)
        ]
    )


EXPONENTS = st.lists(st.floats(-14, 0), min_size=1, max_size=5)


@given(st.integers(1, 12), EXPONENTS, st.integers(0, 10**6))
def test_what_is_sure_has_no_small_eigenvalue_and_what_is_not_has_one(
    n: int, exponents: list[float], seed: int
) -> None:
    A, shift = stack(n, exponents, seed), 1e-6
    L, sure = sure_factor(A, np.full(len(A), shift), np.full(len(A), True))
    smallest, rounding = np.linalg.eigvalsh(A)[:, 0], 10 * n * n * EPS
    assert (smallest[sure] >= shift - rounding).all()
    assert (smallest[~sure] <= 2 * shift + rounding).all()
    assert np.abs(L @ L.swapaxes(1, 2) - A)[sure].max(initial=0.0) <= rounding
    assert not L[~sure].any()
    assert not np.triu(L, 1).any()


@given(st.integers(1, 9), EXPONENTS, st.integers(0, 10**6), st.floats(-13, -1))
def test_a_replica_gets_the_same_factor_alone_and_among_others(
    n: int, exponents: list[float], seed: int, level: float
) -> None:
    A = stack(n, exponents, seed)
    shift, among = np.full(len(A), 10.0**level), np.full(len(A), True)
    L, sure = sure_factor(A, shift, among)
    for place in range(len(A)):
        one = slice(place, place + 1)
        alone, decided = sure_factor(A[one], shift[one], among[one])
        assert decided[0] == sure[place]
        assert np.array_equal(alone[0], L[place])


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_numbers_that_are_none_are_never_sure(bad: float) -> None:
    A = np.stack([np.eye(3), np.full((3, 3), bad)])
    with np.errstate(all="ignore"):  # as in a simulation
        L, sure = sure_factor(A, np.full(2, 1e-9), np.full(2, True))
    assert sure.tolist() == [True, False]
    assert np.array_equal(L[0], np.eye(3))


def test_only_those_that_are_asked_for_are_tried() -> None:
    A = np.stack([np.eye(2), 2 * np.eye(2)])
    assert sure_factor(A, np.full(2, 1e-9), np.array([False, True]))[1].tolist() == [False, True]


@pytest.mark.parametrize("recentred", [False, True])
@pytest.mark.parametrize("centred", [False, True])
@pytest.mark.parametrize("n", [1, 2, 5, 40])
def test_the_factor_is_one_of_the_same_matrix_as_that_of_eigenvectors(
    n: int, centred: bool, recentred: bool
) -> None:
    rng = np.random.default_rng(n)
    H = rng.standard_normal((3, n, 2 * n + 2)) * rng.uniform(0.1, 10, (3, n, 1))
    if centred:
        H -= H.mean(axis=1, keepdims=True)
    G = H @ H.swapaxes(1, 2)
    rank = np.full(3, n - (centred or recentred))
    F, doubtful = known_factor(G, recentred=recentred, centred=centred, scale=2.0, rank=rank)
    other = factor(G, recentred=recentred, scale=2.0)
    assert doubtful is None
    assert F.shape == other.shape
    rounding = 100 * n * n * EPS * np.trace(G, axis1=1, axis2=2).max()
    assert np.abs(F @ F.swapaxes(1, 2) - other @ other.swapaxes(1, 2)).max() <= rounding


@pytest.mark.parametrize(
    "layer", ["linear,relu,recenter,rescale", "linear,recenter,rescale", "linear,recenter,relu"]
)
@pytest.mark.parametrize("route", ["gram", "state"])
def test_a_batch_without_mean_needs_no_eigenvectors(
    layer: str, route: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The rank of a centred batch is n − 1 for good: the contrasts have a factor of full rank.
    network = Network(width=200, batch=6, layer=parse_layer(layer))
    start = np.random.default_rng(0).standard_normal((200, 6))
    calls = []
    eigh = np.linalg.eigh
    monkeypatch.setattr(np.linalg, "eigh", lambda A: (calls.append(1), eigh(A))[1])
    run = simulate(network, depth=10, replicas=1, initial_state=start, route=route)
    assert not calls
    assert not run.dropped.any()

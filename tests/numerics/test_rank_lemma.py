"""Lemma 1 for single matrices: it holds where it is claimed, fails elsewhere, and says so."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from depthlaw.numerics.chains.lemma import rank_bounds
from depthlaw.numerics.chains.observables import numerical_rank
from depthlaw.testing import batches
from depthlaw.theory.errors import ArgumentError
from depthlaw.theory.network.gram import soft_rank, stable_rank

Array = NDArray[np.float64]

EPS = float(np.finfo(np.float64).eps)


def normalised(H: Array) -> Array:
    """Return BN(H), with a neuron that is zero replaced by one of ones."""
    H = H + ~H.any(axis=1, keepdims=True)
    return np.asarray(H / np.sqrt(np.square(H).mean(axis=1, keepdims=True)))


@given(batches(1, 8, max_width=8), st.integers(0, 16))
def test_both_parts_hold_after_batch_normalisation(given_batch: Array, step: int) -> None:
    H, tau = normalised(given_batch), step / 16
    d, N = H.shape
    slack = 8 * d * N * EPS
    found = rank_bounds(H, tau)
    assert found.rank >= found.stable_rank * (1 - slack)
    # An eigenvalue within rounding of τ may be missed: count them a little lower.
    counted = rank_bounds(H, max(0.0, tau - d * slack)).soft_rank
    assert counted >= found.soft_bound * (1 - slack)
    assert 1 <= found.rank <= min(d, N)


@given(batches(1, 8, max_width=8), st.integers(-300, 300), st.integers(0, 16))
def test_the_form_free_of_scale_needs_no_normalisation(H: Array, power: int, step: int) -> None:
    tau = step / 16
    one, other = (rank_bounds(x, tau, scale_free=True) for x in (H, H * 2.0**power))
    assert one == other
    assert one.soft_bound == (1 - tau) ** 2 * one.stable_rank


@given(batches(1, 6, max_width=6))
def test_the_functionals_of_the_gram_matrix_agree(given_batch: Array) -> None:
    H = normalised(given_batch)
    G, (d, N) = H.T @ H, H.shape
    found = rank_bounds(H, 0.0)
    assert abs(found.stable_rank - float(stable_rank(G))) <= 8 * d * N * EPS * found.stable_rank
    assert found.soft_rank == soft_rank(G, 0.0, d) == min(d, N)
    assert numerical_rank(G) <= found.rank


def test_without_normalisation_the_second_part_fails() -> None:
    H = 1e-2 * np.eye(5, 5) * np.sqrt(5)
    with pytest.raises(ArgumentError, match="scale_free=True"):
        rank_bounds(H, 0.5)
    # M = 10⁻⁴ I: no eigenvalue reaches 1/2, and (1 − 1/2)² r is 5/4.
    found = rank_bounds(H, 0.5, scale_free=True)
    assert (np.square(np.linalg.svd(H, compute_uv=False)) / 5 >= 0.5).sum() == 0 < found.soft_bound
    assert found.soft_rank == 5


@pytest.mark.parametrize("threshold", [-0.01, 1.01, float("nan"), float("inf")])
def test_thresholds_outside_the_unit_interval_are_refused(threshold: float) -> None:
    with pytest.raises(ArgumentError, match="threshold"):
        rank_bounds(np.eye(2) * 2**0.5, threshold)


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (np.ones((3, 0)), r"shape \(3, 0\)"),
        (np.ones(3), "must be a matrix"),
        (np.full((2, 2), np.nan), "NaN"),
        (np.zeros((2, 2)), "zero matrix"),
        (np.ones((2, 2)) * (1 + 1e-12), "diagonal entry"),
    ],
)
def test_matrices_that_have_no_rank_bounds_are_refused(state: Array, words: str) -> None:
    with pytest.raises(ArgumentError, match=words):
        rank_bounds(state)

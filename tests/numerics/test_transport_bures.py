"""The Bures distance: against exact arithmetic, its metric properties, bad input."""

from __future__ import annotations

import mpmath as mp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from depthlaw.numerics.transport import (
    bures,
    bures_cost,
    bures_distance,
    bures_distance_of_grams,
    pairwise_bures,
)
from depthlaw.testing import batches, gram_matrices
from depthlaw.theory.errors import ArgumentError

Array = NDArray[np.float64]
EPS = float(np.finfo(np.float64).eps)


def promised(*factors: Array) -> float:
    """The documented error of a distance between any two of these factors."""
    sizes = sorted(float(np.linalg.norm(F)) for F in factors)[-2:]
    return bures.ROUNDING * max(F.shape[-1] for F in factors) * EPS * sum(sizes)


def in_sixty_digits(F: Array, G: Array) -> float:
    with mp.workdps(60):
        A, B = mp.matrix(F.tolist()), mp.matrix(G.tolist())
        nuclear = mp.fsum(mp.svd_r(A.T * B, compute_uv=False))
        square = mp.fsum(x * x for x in A) + mp.fsum(x * x for x in B) - 2 * nuclear
        return float(mp.sqrt(max(square, 0)))


def reflection(v: Array) -> Array:
    return np.eye(len(v)) - 2 * np.outer(v, v) / (v @ v)


@st.composite
def close_factors(draw: st.DrawFn) -> tuple[Array, Array]:
    """F and G = (F + h E) U with an orthogonal U and h from 1 down to far below rounding."""
    F = draw(gram_matrices(2, 6).map(lambda gram: bures.gram_factor("gram", gram)))
    n = len(F)
    small = st.lists(st.integers(-4, 4), min_size=n, max_size=n).map(np.array)
    E = np.array([draw(small) for _ in range(n)]) * draw(
        st.sampled_from([1.0, F / np.abs(F).max()])
    )
    h = float(np.abs(F).max()) * 10.0 ** -draw(st.integers(0, 17))
    v = draw(small) + np.eye(n)[0] * 9
    return F @ reflection(v), (F + h * E) @ reflection(draw(small) - np.eye(n)[-1] * 7)


@given(close_factors())
def test_distances_keep_their_accuracy_however_close_or_singular(pair: tuple[Array, Array]) -> None:
    F, G = pair
    assert abs(float(bures_distance(F, G)) - in_sixty_digits(F, G)) <= promised(F, G)


def test_the_formula_that_subtracts_would_not_pass() -> None:
    F = np.array([[3.0, 1.0], [1.0, 2.0]])
    G = F * (1 + 1e-9)
    nuclear = np.linalg.svd(F.T @ G, compute_uv=False).sum()
    cancelled = np.sqrt(abs((F**2).sum() + (G**2).sum() - 2 * nuclear))
    truth = in_sixty_digits(F, G)
    assert abs(cancelled - truth) > promised(F, G) >= abs(float(bures_distance(F, G)) - truth)


@given(batches(2, 2, max_width=6), batches(2, 2, max_width=6))
def test_two_samples_agree_with_the_closed_form_of_two_by_two_matrices(H: Array, K: Array) -> None:
    # tr √(A^{1/2} B A^{1/2})² = tr AB + 2 √(det A det B); the entries of both are exact.
    A, B = H.T @ H, K.T @ K
    with mp.workdps(60):
        a, b = mp.matrix(A.tolist()), mp.matrix(B.tolist())
        dets = [m[0, 0] * m[1, 1] - m[0, 1] ** 2 for m in (a, b)]
        product = a * b
        root = mp.sqrt(product[0, 0] + product[1, 1] + 2 * mp.sqrt(dets[0] * dets[1]))
        square = a[0, 0] + a[1, 1] + b[0, 0] + b[1, 1] - 2 * root
        truth = float(mp.sqrt(max(square, 0)))
    assert abs(float(bures_distance(H.T, K.T)) - truth) <= promised(H.T, K.T)
    # A null eigenvalue of a Gram matrix is known to rounding, its root to the root of that.
    lost = sum(np.sqrt(2 * 2 * EPS * np.linalg.norm(m)) for m in (A, B))
    assert abs(float(bures_distance_of_grams(A, B)) - truth) <= lost + promised(H.T, K.T)


@given(batches(3, 3, max_width=5), batches(3, 3, max_width=5), batches(3, 3, max_width=5))
def test_it_is_a_metric(H: Array, K: Array, L: Array) -> None:
    F, G, Z = H.T, K.T, L.T
    slack = 3 * promised(F, G, Z)
    FG, GF, FZ, ZG = (float(bures_distance(*p)) for p in ((F, G), (G, F), (F, Z), (Z, G)))
    assert abs(FG - GF) <= slack
    assert FZ + ZG + slack >= FG
    assert float(bures_distance(F, -F[:, ::-1])) <= slack


@given(gram_matrices(2, 8), gram_matrices(2, 8))
def test_matrices_of_trace_one_are_at_most_root_two_apart(A: Array, B: Array) -> None:
    n = min(len(A), len(B))
    F, G = (bures.gram_factor("gram", M[:n, :n] + np.eye(n) * np.abs(M).max()) for M in (A, B))
    F, G = F / np.linalg.norm(F), G / np.linalg.norm(G)
    assert float(bures_distance(F, G)) <= np.sqrt(2) + promised(F, G)


def test_orthogonal_supports_attain_the_largest_distance() -> None:
    e = np.eye(3)
    assert abs(float(bures_cost(e[:, :1], e[:, 1:2])) - 2) <= 8 * EPS


@given(close_factors(), st.integers(1, 3))
def test_leading_axes_broadcast_and_change_nothing(pair: tuple[Array, Array], count: int) -> None:
    F, G = pair
    stack = np.stack([G * k for k in range(1, count + 2)])
    together = bures_distance(F, stack[:, None])
    assert together.shape == (count + 1, 1)
    table = pairwise_bures(stack, F[None])
    for k, matrix in enumerate(stack):
        alone = float(bures_distance(F, matrix))
        assert abs(together[k, 0] - alone) <= 2 * promised(F, matrix)
        assert abs(table[k, 0] - alone) <= 2 * promised(F, matrix)


def test_the_table_of_distances_does_not_depend_on_how_it_is_cut(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rng = np.random.default_rng(0)
    F, G = rng.standard_normal((7, 4, 4)), rng.standard_normal((5, 4, 2))
    whole = pairwise_bures(F, G)
    monkeypatch.setattr(bures, "_PASS", 1)
    assert whole.shape == (7, 5)
    assert np.abs(pairwise_bures(F, G) - whole).max() <= 2 * promised(*F, *G)


@pytest.mark.parametrize(
    ("left", "right", "says"),
    [
        (np.eye(2), np.eye(3), r"right = an array of shape \(3, 3\): both need the same number"),
        (np.ones(3), np.eye(3), "left = .*a factor is a matrix"),
        (np.eye(2), np.array([[np.nan, 0], [0, 1]]), "right = an array with NaN"),
        (np.zeros((2, 2, 2)), np.zeros((3, 2, 2)), "right = .*leading axes do not broadcast"),
        (np.zeros((0, 2)), np.eye(2), "left = .*rows and columns"),
    ],
)
def test_what_is_no_pair_of_factors_is_refused(left: Array, right: Array, says: str) -> None:
    with pytest.raises(ArgumentError, match=says):
        bures_distance(left, right)


@pytest.mark.parametrize(
    ("gram", "says"),
    [
        (np.array([[1.0, 2.0], [2.0, 1.0]]), "left = a matrix with eigenvalue -1:"),
        (np.array([[1.0, 0.5], [0.0, 1.0]]), "left = a matrix with asymmetry 0.5"),
        (np.stack([np.eye(2), [[1.0, 3.0], [3.0, 1.0]]]), r"left\[1\] = .* eigenvalue -2:"),
        (np.ones(4), "left = .*must be square"),
    ],
)
def test_what_is_no_gram_matrix_is_refused_with_the_reason(gram: Array, says: str) -> None:
    with pytest.raises(ArgumentError, match=says):
        bures_distance_of_grams(gram, np.eye(2))


def test_a_table_needs_stacks() -> None:
    with pytest.raises(ArgumentError, match=r"right = .*stack of factors"):
        pairwise_bures(np.ones((1, 2, 2)), np.eye(2))


@given(batches(2, 4), batches(2, 4), st.integers(-990, 990))
def test_the_distance_is_homogeneous_over_the_whole_range(F: Array, G: Array, power: int) -> None:
    """Bures(2^k F, 2^k G) = 2^k Bures(F, G) to the last bit, and its square likewise."""
    F, G = F.T, G.T
    n = min(len(F), len(G))
    F, G = F[:n], G[:n]
    scaled = [np.ldexp(factor, power) for factor in (F, G)]
    if any(
        not np.array_equal(np.ldexp(new, -power), old)
        for new, old in zip(scaled, (F, G), strict=True)
    ):
        return  # subnormal numbers have lost digits
    distance = bures_distance(F, G)
    assert bures_distance(*scaled) == np.ldexp(distance, power)
    with np.errstate(over="ignore"):
        assert bures_cost(*scaled) == np.ldexp(bures_cost(F, G), 2 * power)
    assert (pairwise_bures(scaled[0][None], scaled[1][None]) == np.ldexp(distance, power)).all()


@pytest.mark.parametrize("size", [1e-320, 1e-300, 1e-200, 1e-160, 1.0, 1e160, 1e200, 1e300])
def test_a_known_distance_at_every_size(size: float) -> None:
    eye = np.eye(2)
    # A subnormal number stands for its neighbourhood: half a unit in its last place.
    unit = 4 * EPS * 2**0.5 * size + 5e-324
    assert abs(bures_distance(eye * size, 2 * (eye * size)) - 2**0.5 * size) <= unit
    root = float(np.sqrt(size))
    known = bures_distance_of_grams(eye * size, 4 * (eye * size))
    assert abs(known - 2**0.5 * root) <= 8 * EPS * root + (5e-324 / size) * root


@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_zero_and_single_precision_are_gram_matrices_too(kind: type) -> None:
    zero, ones = np.zeros((2, 2), kind), np.ones((2, 2), kind)
    assert np.isclose(bures_distance_of_grams(zero, ones), 2**0.5)
    assert bures_distance_of_grams(zero, zero) == 0


@given(batches(2, 5))
def test_single_precision_moves_a_distance_within_its_note(H: Array) -> None:
    """At most √(nδ) for either matrix, δ = n·eps·‖A‖ with the eps of single precision."""
    A = H.T @ H
    single = A.astype(np.float32)
    n = len(A)
    delta = n * float(np.finfo(np.float32).eps) * float(np.linalg.norm(A, 2))
    assert bures_distance_of_grams(A, single) <= 2 * (n * delta) ** 0.5

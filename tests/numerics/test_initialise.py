"""Iterative orthogonalisation: the gap decreases, exactly and in floating point."""

from __future__ import annotations

import math
from fractions import Fraction
from functools import partial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from depthlaw.numerics.initialise import initialise, orthogonalise_step
from depthlaw.testing import batches, gram_matrices, spectra
from depthlaw.theory.activations import activation
from depthlaw.theory.errors import ArgumentError, UnknownNameError
from depthlaw.theory.network import Activate
from depthlaw.theory.network.gram import orthogonality_gap

Array = NDArray[np.float64]
EPS = float(np.finfo(np.float64).eps)


def singular_values(H: Array) -> Array:
    sigma = np.linalg.svd(H / np.abs(H).max(), compute_uv=False)
    return sigma[sigma > max(H.shape) * EPS * sigma[0]]


def gap_squared(squares: Array, batch: int) -> float:
    """V² of a batch with these squared singular values, summed without cancellation."""
    shares = squares / squares.sum()
    return float(((shares - 1 / batch) ** 2).sum()) + (batch - len(shares)) / batch**2


def rounding(H: Array) -> float:
    """How far V² of a computed W H can be off: eps·√κ of its Gram matrix, times its n entries."""
    sigma = singular_values(H)
    return 16 * max(H.shape) * EPS * math.sqrt(sigma[0] / sigma[-1])


def assert_decreases(H: Array, W: Array) -> None:
    n = H.shape[1]
    sigma = singular_values(H)
    before, promised = gap_squared(sigma**2, n), gap_squared(sigma, n)
    after = gap_squared(np.linalg.svd(W @ H, compute_uv=False)[: len(sigma)] ** 2, n)
    slack = rounding(H)
    assert abs(after - promised) <= slack
    assert after <= before + slack
    # Strictly, wherever what theory promises can be told from rounding.
    if before - promised > slack:
        assert after < before


@given(spectra(2, 8))
def test_the_gap_decreases_exactly_unless_all_singular_values_are_equal(
    sigma: tuple[Fraction, ...],
) -> None:
    square, fourth = sum(s**2 for s in sigma), sum(s**4 for s in sigma)
    # σ sums to 1, so that the new gap is Σσ² − 1/n and the old one Σσ⁴/(Σσ²)² − 1/n.
    before, after = fourth / square**2, square
    if sigma[0] == sigma[-1]:
        assert before == after == Fraction(1, len(sigma))
    else:
        assert after < before
    # Appendix E's last step in its corrected form, without the normalisation.
    assert sum(s**3 for s in sigma) ** 2 <= square * fourth


@given(spectra(2, 6), st.integers(0, 100))
def test_the_code_does_what_the_exact_spectrum_says(sigma: tuple[Fraction, ...], seed: int) -> None:
    # Signed permutations carry singular values into a batch without rounding.
    rng = np.random.default_rng(seed)
    H = np.diag([float(s) for s in sigma])[rng.permutation(len(sigma))] * rng.choice([-1, 1])
    square, fourth = sum(s**2 for s in sigma), sum(s**4 for s in sigma)
    made = initialise([len(sigma)], H, seed=seed)
    n, slack = Fraction(1, len(sigma)), rounding(H)
    if float(sigma[-1] / sigma[0]) <= len(sigma) * EPS:
        return
    assert abs(made.gap_before[0] ** 2 - float(fourth / square**2 - n)) <= slack
    assert abs(made.gap_after[0] ** 2 - float(square - n)) <= slack


@given(batches())
def test_the_gap_of_any_batch_decreases(H: Array) -> None:
    assert_decreases(H, orthogonalise_step(H))


@given(gram_matrices(2, 24), st.integers(0, 3))
def test_the_gap_of_an_ill_conditioned_batch_decreases(gram: Array, extra: int) -> None:
    values, vectors = np.linalg.eigh(gram)
    H = np.sqrt(np.maximum(values, 0))[:, None] * vectors.T
    H = np.concatenate([H, np.zeros((extra, len(H)))])
    made = initialise([len(H) + 1], H, seed=1)
    assert_decreases(H, made.weights[0])


def test_a_condition_number_of_ten_to_the_twelve_decreases_strictly() -> None:
    for n in (2, 8, 64):
        Q = np.linalg.qr(np.random.default_rng(n).standard_normal((n, n)))[0]
        # The slowest spectrum: all singular values equal but one.
        sigma = np.where(np.arange(n) < n - 1, 1.0, 1e-6)
        H = sigma[:, None] * Q
        before, after = gap_squared(sigma**2, n), gap_squared(sigma, n)
        assert before - after > rounding(H)
        assert_decreases(H, orthogonalise_step(H))


@given(batches(2, 6, max_width=8), st.integers(-500, 500))
def test_batches_of_any_scale_are_one(H: Array, power: int) -> None:
    plain, scaled = orthogonalise_step(H) @ H, orthogonalise_step(np.ldexp(H, power))
    assert np.abs(scaled @ np.ldexp(H, power) - plain).max() <= rounding(H)


@given(batches(2, 6, max_width=8))
def test_the_output_has_the_norm_asked_for_and_the_rank_is_kept(H: Array) -> None:
    for norm in (1.0, 5.0):
        Z = orthogonalise_step(H, norm=norm) @ H
        assert abs(np.linalg.norm(Z) - norm) <= norm * rounding(H)
    sigma = np.linalg.svd(Z, compute_uv=False)
    rank = len(singular_values(H))
    assert (sigma[rank:] <= norm * rounding(H)).all()


def test_many_layers_reach_the_least_gap_that_the_rank_allows() -> None:
    rng = np.random.default_rng(0)
    for rank in (2, 3, 5):
        H = rng.standard_normal((7, rank)) @ rng.standard_normal((rank, 5))
        made = initialise([7] * 60, H, seed=3)
        # log σ halves in every layer: after 60 nothing is left of the first batch's but rounding.
        # The gap itself is the root of V², which near 0 is known to the root of rounding.
        slack = math.sqrt(rounding(H))
        assert abs(made.gap_after[-1] - math.sqrt(1 / rank - 1 / 5)) <= slack
        assert made.gap_after[0] < made.gap_before[0]


def test_an_orthogonal_batch_stays_so() -> None:
    H = 3 * np.eye(5)[:, :4]
    made = initialise([6], H, seed=2)
    assert made.gap_before[0] == 0
    assert made.gap_after[0] <= math.sqrt(rounding(H) * 16 * 4 * EPS)


@pytest.mark.parametrize(
    "phi",
    [
        "relu",
        "tanh",
        activation("gelu"),
        Activate(np.tanh, "tanh"),
        partial(np.maximum, 0.0),
        None,
    ],
)
@pytest.mark.parametrize("norm", [1.0, None])
def test_every_layer_orthogonalises_what_the_activation_left(
    phi: object, norm: float | None
) -> None:
    H0 = np.random.default_rng(4).standard_normal((6, 4)) + 2
    made = initialise([10, 5, 8], H0, activation=phi, seed=5, norm=norm)
    assert [W.shape for W in made.weights] == [(10, 6), (5, 10), (8, 5)]
    function = getattr(activation(phi) if isinstance(phi, str) else phi, "function", phi or np.copy)
    H = H0
    for layer, W in enumerate(made.weights):
        Z = W @ H
        slack = rounding(H)
        for gap, batch in ((made.gap_before, H), (made.gap_after, Z)):
            assert abs(gap[layer] ** 2 - float(orthogonality_gap(batch.T @ batch)) ** 2) <= slack
        assert made.gap_after[layer] < made.gap_before[layer]
        size = math.sqrt(Z.size) if norm is None else norm
        assert abs(np.linalg.norm(Z) - size) <= size * slack
        H = function(Z)
    assert np.array_equal(H, made.output)


def test_the_seed_decides() -> None:
    H = np.arange(6.0).reshape(3, 2)
    first, again, other = (initialise([3, 3], H, seed=seed) for seed in (1, 1, 2))
    assert all(np.array_equal(a, b) for a, b in zip(first.weights, again.weights, strict=True))
    assert not np.array_equal(first.weights[0], other.weights[0])
    assert not np.array_equal(first.weights[0], first.weights[1])


def test_every_layer_has_a_frame_of_its_own() -> None:
    made = initialise([9, 9], np.eye(2), seed=1)
    # The columns of W_ℓ lie in the plane of V′_ℓ; two planes of R⁹ in general position span R⁴.
    assert np.linalg.matrix_rank(np.hstack(made.weights)) == 4


def test_a_frame_of_your_own() -> None:
    H = np.array([[2.0, 0.0], [0.0, 1.0]])
    W = orthogonalise_step(H, frame=np.eye(4)[:, :3])
    assert W.shape == (4, 2)
    assert (W[2:] == 0).all()
    assert_decreases(H, W)


@pytest.mark.parametrize(
    ("hidden", "changes", "says"),
    [
        (np.zeros((2, 2)), {}, "hidden = a zero matrix"),
        (np.ones(3), {}, "hidden = .*rows neurons"),
        (np.array([[np.inf, 1.0]]), {}, "hidden = .*NaN or infinity"),
        (np.eye(2), {"norm": 0.0}, "norm = 0"),
        (np.eye(2), {"frame": np.eye(3)[:, :1]}, "frame = .*needs 2 columns"),
        (np.eye(2), {"frame": np.ones((3, 2))}, "frame = .*orthonormal"),
    ],
)
def test_impossible_steps_are_sentences(
    hidden: Array, changes: dict[str, object], says: str
) -> None:
    with pytest.raises(ArgumentError, match=says):
        orthogonalise_step(hidden, **changes)


@pytest.mark.parametrize(
    ("widths", "batch", "phi", "says"),
    [
        ([], np.eye(2), None, "widths = "),
        ("88", np.eye(2), None, "widths = 88"),
        ([2, 0], np.eye(2), None, "widths = 0"),
        ([3, 1], np.eye(2), None, "widths = 1: layer 2 gets a batch of rank 2"),
        ([2], np.zeros((2, 2)), None, "batch = a zero matrix"),
        ([2], np.eye(2), 7, "activation = 7"),
        ([2], np.eye(2), np.zeros_like, "output of layer 1: it is zero"),
        ([2], np.eye(2), lambda z: z / 0, "output of layer 1: it has NaN"),
        ([2], np.eye(2), np.ravel, "output of layer 1: it has shape"),
        ([2], np.eye(2), lambda _: "four", "activation = .*four"),
        ([2], np.eye(2) * 1e-315, None, "batch = .*1e-315 in layer 1: .*overflow"),
        ([2, 2], np.eye(2), lambda z: z * 1e-315, "activation = .* in layer 2: .*overflow"),
    ],
)
def test_impossible_networks_are_sentences(
    widths: object, batch: Array, phi: object, says: str
) -> None:
    with pytest.raises(ArgumentError, match=says):
        initialise(widths, batch, activation=phi)


def test_an_unknown_activation_is_named() -> None:
    with pytest.raises(UnknownNameError, match="tanhh"):
        initialise([2], np.eye(2), activation="tanhh")


@pytest.mark.parametrize("power", [-1000, -500, 500, 1000])
def test_the_weights_are_those_of_the_same_batch_at_another_size(power: int) -> None:
    H = np.random.default_rng(0).standard_normal((5, 3))
    assert np.array_equal(
        orthogonalise_step(np.ldexp(H, power)), np.ldexp(orthogonalise_step(H), -power)
    )


def test_weights_that_no_double_can_hold_are_a_sentence() -> None:
    with pytest.raises(ArgumentError, match="hidden = a batch with entries up to 1e-315"):
        orthogonalise_step(np.eye(2) * 1e-315)

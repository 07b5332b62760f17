"""Layers until isometry: certified on both sides, never past the bounds, infinite if need be."""

import math
from fractions import Fraction

import numpy as np
import pytest
from flint import arb
from hypothesis import given, settings
from hypothesis import strategies as st

from depthlaw.theory.activations import activation
from depthlaw.theory.claim.registry import claim
from depthlaw.theory.claim.solve import smallest
from depthlaw.theory.claims.isometry import _setting as setting
from depthlaw.theory.errors import ArgumentError
from depthlaw.theory.isometry.depth import depth_to_isometry
from depthlaw.theory.kernels import centred_map
from depthlaw.theory.kernels.gram_flow import Array, gram_layers, isometry_gap, unit_diagonal
from depthlaw.theory.network.gram import equicorrelated
from depthlaw.theory.rigorous.balls import ball, precision
from depthlaw.theory.rigorous.matrices import rational_matrix, to_balls

RELU = activation("relu")


def gaussian(samples: int, features: int, seed: int = 0) -> Array:
    X = np.random.default_rng(seed).standard_normal((features, samples))
    return unit_diagonal(X.T @ X)


@pytest.mark.parametrize("name", ["relu", "tanh", "step", "monomial(2)"])
@pytest.mark.parametrize("target", [1e-1, 1e-4])
def test_the_exact_depth_is_certified_on_both_sides_by_balls(name: str, target: float) -> None:
    G = gaussian(5, 8)
    found = depth_to_isometry(G, activation(name), target)
    assert found.exact is not None
    f = centred_map(activation(name))
    with precision(256):
        start = to_balls(rational_matrix("gram", G.tolist()))
        gaps = [isometry_gap(layer) for layer in gram_layers(f, start, found.exact.depth)]
    assert gaps[-1] <= target
    assert all(gap > target for gap in gaps[:-1])
    assert found.exact.gap.ball.overlaps(gaps[-1])


@settings(max_examples=settings.default.max_examples // 2)
@given(
    st.integers(2, 32),
    st.sampled_from(["relu", "sin", "gelu"]),
    st.floats(1e-6, 1.0),
    st.integers(0, 99),
)
def test_bounds_never_promise_less_than_the_truth(
    samples: int, name: str, target: float, seed: int
) -> None:
    found = depth_to_isometry(gaussian(samples, 2 * samples, seed), activation(name), target)
    assert found.exact is not None
    assert found.sharp is not None
    assert found.unconditional is not None
    assert found.exact.depth <= found.sharp.depth <= found.unconditional.depth
    assert found.sharp.gap.upper <= target
    assert found.reason is None


def test_deep_targets_are_decided_without_leaving_the_floats() -> None:
    found = depth_to_isometry(gaussian(16, 32), RELU, 1e-12)
    assert found.exact is not None
    assert found.exact.gap.ball <= arb(1e-12)


def test_targets_below_the_rounding_of_floats_are_decided_by_balls() -> None:
    found = depth_to_isometry([[1.0, 0.5], [0.5, 1.0]], activation("monomial(2)"), 1e-60)
    assert found.exact is not None
    # ρ_ℓ = 2^{−2^ℓ}, and ρ²/2 ≤ 10^{−60} from 2·2^ℓ + 1 ≥ 60 log₂ 10 on.
    assert found.exact.depth == math.ceil(math.log2((60 * math.log2(10) - 1) / 2))


def test_isometric_batches_need_no_layer() -> None:
    found = depth_to_isometry(np.eye(4), RELU, 1e-9)
    assert [c.depth for c in (found.exact, found.sharp) if c is not None] == [0, 0]


def test_a_low_rank_batch_has_an_infinite_gap_and_is_separated() -> None:
    found = depth_to_isometry(gaussian(12, 4), RELU, 1e-2)
    assert found.initial_gap.lower == math.inf
    assert found.bounds_from == 1
    assert found.reason is not None
    assert "linearly dependent" in found.reason
    assert found.exact is not None
    assert found.sharp is not None
    assert 1 <= found.exact.depth <= found.sharp.depth


@pytest.mark.parametrize(("sign", "name"), [(1.0, "relu"), (1.0, "tanh"), (-1.0, "tanh")])
def test_equal_samples_are_never_separated(sign: float, name: str) -> None:
    X = np.random.default_rng(0).standard_normal((9, 4))
    X[:, 3] = sign * X[:, 1]
    found = depth_to_isometry(unit_diagonal(X.T @ X), activation(name), 1e-2)
    assert found.exact is found.sharp is found.unconditional is None
    assert found.initial_gap.lower == math.inf
    assert found.reason is not None
    assert "samples 1 and 3" in found.reason


def test_opposite_samples_are_separated_by_an_activation_that_is_not_odd() -> None:
    found = depth_to_isometry([[1.0, -1.0], [-1.0, 1.0]], RELU, 1e-2)
    assert found.exact is not None
    assert found.exact.depth >= 1


def test_an_affine_activation_keeps_the_gap() -> None:
    identity = activation("identity")
    found = depth_to_isometry(equicorrelated(3, 0.5), identity, 1e-2)
    assert found.exact is None
    assert found.reason is not None
    assert "affine" in found.reason
    near = depth_to_isometry(equicorrelated(3, 0.01), identity, 1e-2)
    assert near.exact is not None
    assert near.exact.depth == 0


@pytest.mark.parametrize(
    ("gram", "name", "target", "said"),
    [
        (2 * np.eye(3), "relu", 0.1, r"pass unit_diagonal\(gram\)"),
        (np.eye(3), "polynomial(2)", 0.1, "constant"),
        (np.eye(3), "relu", 0.0, "target = 0.0: it must be above 0"),
        (np.eye(3), "relu", math.nan, "target = nan: it must be finite"),
        (np.eye(1), "relu", 0.1, "at least two"),
    ],
)
def test_bad_input(gram: Array, name: str, target: float, said: str) -> None:
    with pytest.raises(ArgumentError, match=said):
        depth_to_isometry(gram, activation(name), target)


TANH_DEPTHS, RELU_DEPTHS = (121, 507), (35, 145)
"""Reported for one start of 16 samples and a gap of 0.01: from the bound, from Theorem 4."""


def confined(offset: arb, tanh: int, relu: int) -> arb:
    """Return the y with ⌈(y − offset)/log β⌉ equal to both depths; fails if there is none."""
    ends = []
    for name, depth in (("tanh", tanh), ("relu", relu)):
        rate = ball(setting.strength_above(name)).log()
        ends.append(((depth - 1) * rate + offset, depth * rate + offset))
    least, most = max(low for low, _ in ends), min(high for _, high in ends)
    assert least < most
    return least.union(most)


def test_the_reported_depths_belong_to_one_start() -> None:
    """The start is not printed: its measured depths (47 and 15) cannot be found again.

    The other four follow from λ_0 and det G⁰ alone. Each depth confines one of the two to an
    interval; those of tanh and ReLU meet, and numbers from the common part give all four back.
    """
    tanh, relu = TANH_DEPTHS, RELU_DEPTHS
    # (15/16) log(1 + t) = 1/100 at the margin, log t = log(1/λ_0 − 1) − ℓ log β.
    odds = confined(((arb(16) / 1500).exp() - 1).log(), tanh[0], relu[0])
    lowest = Fraction(1, 36)
    assert odds.contains(ball(1 / lowest - 1).log())
    # 64 β^{−ℓ}/D = 1/100 at the margin.
    determinants = confined(-(arb(6400)).log(), tanh[1], relu[1])
    least = Fraction(1, 96 * 10**9)
    assert determinants.contains(-ball(least).log())
    bound, theorem = claim("isometry.unconditional-decay"), claim("isometry.theorem-4")
    for name, depths in (("tanh", tanh), ("relu", relu)):
        beta = setting.strength_above(name)
        found = smallest(bound, "depth", Fraction(1, 100), batch=16, strength=beta, smallest=lowest)
        assert found.smallest == depths[0]
        before, after = (
            theorem.bound(batch=16, depth=depth, strength=beta, determinant=least)
            for depth in (depths[1] - 1, depths[1])
        )
        assert after.upper < 0.01 < before.lower

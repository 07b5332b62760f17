"""Singular values far below the smallest float: against exact products, and by their sum."""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from typing import Any

import mpmath
import numpy as np
import pytest
from flint import fmpz_mat
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from depthlaw.numerics.chains.chain import rank_chain
from depthlaw.numerics.chains.graded_product import Graded
from depthlaw.numerics.chains.layers import rank_network, step_matrix
from depthlaw.numerics.chains.linear_chain import deep_chain
from depthlaw.numerics.sampling.explicit import draw_weights
from depthlaw.numerics.streams import stream
from depthlaw.theory.errors import ArgumentError
from depthlaw.theory.network import Activate, Weights
from depthlaw.theory.network.weight_law import WeightLaw

Array = NDArray[np.float64]

EPS = float(np.finfo(np.float64).eps)
SMALLEST_FLOAT = math.log(1e-300)


def steps_of(network: Any, depth: int, seed: int) -> list[Array]:
    """Return the matrices W or I + γW that a replica of the chain draws."""
    linear = network.layer[0]
    generator = stream(seed, 0)
    strength = math.inf if linear.residual is None else linear.residual
    return [
        step_matrix(draw_weights(linear, network.width, [generator])[0], strength)
        for _ in range(depth)
    ]


def slack(steps: list[Array], logs: Array) -> float:
    """Return what the docstring allows, with c = 4, and the rounding of the sum of logarithms."""
    d = len(steps[0])
    condition = sum(float(np.linalg.cond(step)) for step in steps)
    return 4 * d**2 * EPS * condition + len(steps) * EPS * float(np.abs(logs).max())


def exact_logs(steps: list[Array], start: Array, digits: int, *, rescale: bool) -> Array:
    """Return log σ_i of the product, computed with so many digits that none is lost."""
    with mpmath.workdps(digits):
        H = mpmath.matrix(start.tolist())
        for step in steps:
            H = mpmath.matrix(step.tolist()) * H
            if rescale:
                for i in range(H.rows):
                    size = mpmath.sqrt(mpmath.fsum(x * x for x in H[i, :]) / H.cols)
                    H[i, :] = H[i, :] / size
        tall = H if H.rows >= H.cols else H.T
        values = mpmath.svd_r(tall, compute_uv=False)
        return np.array([float(mpmath.log(value)) for value in values])


@pytest.mark.parametrize(
    ("strength", "depth", "rescale"),
    [(math.inf, 900, True), (math.inf, 400, False), (0.5, 300, True), (2.0, 300, False)],
)
@pytest.mark.parametrize("weights", [Weights.GAUSSIAN, Weights.UNIFORM])
def test_every_singular_value_is_that_of_the_exact_product(
    strength: float, depth: int, rescale: bool, weights: Weights
) -> None:
    network = rank_network(4, 4, strength, weights=weights, normalise=rescale)
    start = 2 * np.eye(4)
    run = deep_chain(network, depth=depth, replicas=1, seed=3, initial_state=start, observables={})
    found = run.log_singular_values[0, 0]
    steps = steps_of(network, depth, seed=3)
    exact = exact_logs(steps, start, 1000, rescale=rescale)
    assert np.abs(found - exact).max() <= slack(steps, exact)
    if strength == math.inf and rescale:
        assert exact[-1] < SMALLEST_FLOAT
        # Control: the same product as one array loses all but the first of them.
        H = start
        for step in steps:
            H = step @ H
            H /= np.sqrt(np.square(H).mean(axis=1, keepdims=True))
        lost = np.linalg.svd(H, compute_uv=False)[-1]
        assert lost == 0 or math.log(lost) > exact[-1] / 2


@pytest.mark.parametrize("batch", [1, 2, 3])
def test_a_batch_of_lower_rank_keeps_its_pseudo_determinant(batch: int) -> None:
    network = rank_network(5, batch, 0.7)
    start = stream(1, 1).standard_normal((5, batch))
    run = deep_chain(network, depth=200, replicas=1, seed=4, initial_state=start)
    steps = steps_of(network, 200, seed=4)
    exact = exact_logs(steps, start, 300, rescale=True)
    allowed = slack(steps, exact)
    assert run.log_singular_values.shape == (1, 1, batch)
    assert np.abs(run.log_singular_values[0, 0] - exact).max() <= allowed
    pseudo_determinant = 2 * exact.sum() - batch * math.log(batch)
    assert abs(run.log_pseudo_determinant[0, 0] - pseudo_determinant) <= 2 * batch * allowed


@st.composite
def integer_steps(draw: st.DrawFn) -> list[Array]:
    """Matrices of small whole numbers, none of them singular."""
    d = draw(st.integers(1, 4))
    entries = st.lists(st.integers(-4, 4), min_size=d * d, max_size=d * d)
    flat = draw(st.lists(entries, min_size=1, max_size=30))
    matrices = [np.array(values, dtype=np.float64).reshape(d, d) for values in flat]
    return [m if determinant(m) else m + 9 * np.eye(d) for m in matrices]


def determinant(matrix: Array) -> int:
    """Return the determinant of a matrix of whole numbers, exactly."""
    return int(fmpz_mat([[int(x) for x in row] for row in matrix]).det())


@given(integer_steps())
def test_the_logarithms_add_up_to_those_of_the_determinants(steps: list[Array]) -> None:
    if not all(determinant(step) for step in steps):
        return
    d = len(steps[0])
    H = Graded.of(np.eye(d)[None])
    for step in steps:
        H = H.step(step[None])
    exact = math.fsum(math.log(abs(determinant(step))) for step in steps)
    logs = H.log_singular_values()[0]
    allowed = slack(steps, H.log_scales) + d * EPS * float(np.abs(logs).sum())
    assert abs(float(H.log_volume()[0]) - exact) <= allowed
    assert abs(float(logs.sum()) - exact) <= allowed + d**2 * EPS * float(H.condition()[0])


@given(integer_steps())
def test_the_factors_are_what_they_say(steps: list[Array]) -> None:
    if not all(determinant(step) for step in steps):
        return
    d = len(steps[0])
    H, product, growth = Graded.of(np.eye(d)[None]), np.eye(d), 1.0
    for step in steps:
        H, product = H.step(step[None]), step @ product
        growth *= float(np.linalg.norm(step))
    rounding = 8 * d**2 * len(steps) * EPS
    Q = H.frame[0]
    assert np.abs(Q.T @ Q - np.eye(d)).max() <= 8 * d**2 * EPS
    assert np.abs(np.square(H.right).sum(axis=2) - 1).max() <= 2 * d * EPS
    assert np.abs(H.state()[0] - product).max() <= rounding * growth


@pytest.mark.slow
def test_a_hundred_thousand_layers_at_width_64() -> None:
    depth = 100_000
    network = rank_network(64, 64)
    run = deep_chain(network, depth=depth, replicas=1, burn_in=1000, every=10, at=[10_000, depth])
    logs = run.log_singular_values[0]
    assert np.isfinite(logs).all()
    assert logs[1, -1] < 50 * SMALLEST_FLOAT
    # Each of the 64·10⁵ logarithms added up errs by half a unit of the running sum.
    allowed = depth * 64 * EPS * np.abs(logs).max()
    assert np.abs(logs.sum(axis=1) - run.log_volume[0]).max() <= allowed
    survivors = (logs[1] > logs[1, 0] + math.log(EPS)).sum()
    assert 8 < survivors < 16
    assert (logs[1, survivors:] < 5 * logs[0, survivors:]).all()


def test_the_deep_chain_is_the_chain() -> None:
    network = rank_network(8, 8, 0.5)
    deep = deep_chain(network, depth=4, replicas=2, seed=5, blocks=2).averages
    plain = rank_chain(network, depth=4, replicas=2, seed=5, blocks=2)
    difference = (deep.block_means("stable_rank") - plain.block_means("stable_rank"))[0]
    # Roundings of one layer grow by the condition of the later ones.
    growth = math.prod(1 + float(np.linalg.cond(step)) for step in steps_of(network, 4, seed=5))
    assert np.abs(difference).max() <= growth * 8**2 * EPS
    assert np.array_equal(deep.counts, plain.counts)
    assert deep.ranges == plain.ranges
    assert set(deep.sums) == set(plain.sums)


def test_the_result_is_the_same_for_any_workers() -> None:
    network = rank_network(5, 5, weights=Weights.UNIFORM)
    alone = deep_chain(network, depth=40, replicas=5, seed=2, at=[0, 7, 40])
    with ThreadPoolExecutor(2) as executor:
        shared = deep_chain(network, depth=40, replicas=5, seed=2, at=[0, 7, 40], executor=executor)
    assert alone.layers.tolist() == [0, 7, 40]
    assert np.array_equal(alone.log_singular_values, shared.log_singular_values)
    assert np.array_equal(alone.log_volume, shared.log_volume)
    last = deep_chain(network, depth=40, replicas=1, seed=2, first_replica=4)
    assert np.array_equal(alone.log_singular_values[4:, 2:], last.log_singular_values)


def test_haar_steps_change_no_singular_value() -> None:
    start = np.diag([1.0, 1e-5, 1e-10])
    network = rank_network(3, 3, weights=Weights.HAAR, normalise=False)
    run = deep_chain(network, depth=500, replicas=2, initial_state=start)
    exact = np.log([1.0, 1e-5, 1e-10])
    allowed = 500 * 4 * 3**2 * EPS * (1 + np.abs(exact).max())
    assert np.abs(run.log_singular_values[:, 0] - exact).max() <= allowed


def test_mistakes_are_sentences() -> None:
    relu = Activate(np.abs, "abs")
    with pytest.raises(ArgumentError, match="take rank_chain for others"):
        deep_chain(rank_network(3, 3, activation=relu), depth=5, replicas=1, blocks=2)
    with pytest.raises(ArgumentError, match="name layers from 0"):
        deep_chain(rank_network(3, 3), depth=30, replicas=1, at=[31])
    with pytest.raises(ArgumentError, match="name layers from 0"):
        deep_chain(rank_network(3, 3), depth=30, replicas=1, at=[])
    with pytest.raises(ArgumentError, match="burn_in"):
        deep_chain(rank_network(3, 3), depth=30, replicas=1, burn_in=30)
    half = Fraction(1, 2)
    singular = rank_network(2, 2, weights=WeightLaw((-1, 1), (half, half)), normalise=False)
    with pytest.raises(ArgumentError, match="loses rank"):
        deep_chain(singular, depth=200, replicas=1)
    with pytest.raises(ArgumentError, match="a neuron is zero"):
        Graded.of(np.eye(2)[None]).step(np.diag([1.0, 0.0])[None], rescale=True)
    with pytest.raises(ArgumentError, match="one rank above 0"):
        Graded.of(np.stack([np.eye(2), np.ones((2, 2))]))
    with pytest.raises(ArgumentError, match="give finite ones"):
        Graded.of(np.full((1, 2, 2), np.nan))

"""Transport between laws of Gram matrices: known costs, both bounds, their error rate."""

from __future__ import annotations

import math
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import stats
from scipy.optimize import linear_sum_assignment

from depthlaw.numerics.estimation.confidence import binomial_bounds, mean_bounds
from depthlaw.numerics.transport import (
    TransportCost,
    bures_distance,
    coupling_bound,
    distance_to_gaussian,
    pairwise_bures,
    transport_cost,
)
from depthlaw.numerics.transport.assignment import assign
from depthlaw.numerics.transport.bures import gram_factor
from depthlaw.numerics.transport.cost import UNIT_TRACE_HIGHEST
from depthlaw.numerics.transport.gaussian import wishart_factor
from depthlaw.numerics.transport.lower_bound import Feature, Potentials
from depthlaw.testing import gram_matrices
from depthlaw.theory.errors import ArgumentError, DepthlawError
from depthlaw.theory.network import Linear, Network, Rescale

Array = NDArray[np.float64]
EPS = float(np.finfo(np.float64).eps)
LEVEL = 1e-3
ONES, EYE = np.ones((2, 2)) / 2, np.eye(2) / 2
BETWEEN = 2 - math.sqrt(2)
"""The Bures cost between ONES and EYE."""


def wisharts(seed: int, count: int, batch: int, width: int) -> Array:
    rng = np.random.default_rng(seed)
    Z = rng.standard_normal((count, width, batch)) / math.sqrt(width)
    return Z.swapaxes(1, 2) @ Z


def mixture(rng: np.random.Generator, count: int, share: float) -> Array:
    return np.where(rng.random((count, 1, 1)) < share, ONES, EYE)


# --- the plug-in -------------------------------------------------------------------------------


@given(st.integers(1, 30), st.integers(0, 2**32 - 1))
def test_the_solver_agrees_with_another_one(count: int, seed: int) -> None:
    costs = np.random.default_rng(seed).random((count, count))
    solved = assign(costs)
    best = costs[linear_sum_assignment(costs)].mean()
    slack = 8 * count * EPS
    assert abs(solved.cost - best) <= slack
    assert (solved.left[:, None] + solved.right <= costs + slack).all()
    assert abs(solved.left.mean() + solved.right.mean() - best) <= slack


@pytest.mark.parametrize(("m", "p"), [(8, 8), (8, 12), (30, 20)])
def test_one_sample_is_transport_on_the_line(m: int, p: int) -> None:
    # For n = 1 the distance is |√a − √b| and the best plan pairs quantiles.
    rng = np.random.default_rng(1)
    a, b = rng.gamma(2, size=m), rng.gamma(5, size=p)
    common = math.lcm(m, p)
    x, y = (np.sort(np.repeat(np.sqrt(v), common // len(v))) for v in (a, b))
    truth = ((x - y) ** 2).mean()
    cost = transport_cost(a[:, None, None], b[:, None, None], level=LEVEL, highest=math.inf)
    # Roots of numbers up to 20, squared and averaged: a few roundings each, the size of the sum.
    assert abs(cost.plug_in - truth) <= 1000 * EPS * (a.max() + b.max())


def test_the_plug_in_is_too_large_on_average_and_no_more_than_is_said() -> None:
    # Two samples of one law: W₂ = 0, and what the plug-in shows is bias.
    seeds = np.random.SeedSequence(2).spawn(60)
    costs = [
        transport_cost(
            *(mixture(rng, 16, 0.5) for rng in (np.random.default_rng(seed),) * 2), level=LEVEL
        )
        for seed in seeds
    ]
    plug_in = mean_bounds([c.plug_in for c in costs], lowest=0, highest=2, level=LEVEL)
    assert plug_in[0] > 0
    own = [
        mean_bounds([c.self_costs[k] for c in costs], lowest=0, highest=2, level=LEVEL)
        for k in (0, 1)
    ]
    assert math.sqrt(plug_in[0]) <= sum(math.sqrt(upper) for _, upper in own)


# --- known costs -------------------------------------------------------------------------------


def assert_bounds(cost: TransportCost, truth: float) -> None:
    assert 0 < cost.lower <= truth <= cost.upper
    assert cost.distance_bounds == (math.sqrt(cost.lower), math.sqrt(cost.upper))
    assert cost.bias_bounds == (0, cost.upper - cost.lower)


def test_two_constants() -> None:
    A, B = np.tile(ONES, (300, 1, 1)), np.tile(EYE, (300, 1, 1))
    cost = transport_cost(A, B, level=LEVEL)
    assert_bounds(cost, BETWEEN)
    # Eigenvalues are known to 2·eps, distances to the root of that.
    assert abs(cost.plug_in - BETWEEN) <= 4 * math.sqrt(2 * EPS)
    assert cost.self_costs[0] <= 4 * EPS
    assert cost.lower > BETWEEN / 2


def test_laws_on_two_points() -> None:
    # Mass |p − q| has to move from one point to the other.
    rng = np.random.default_rng(3)
    cost = transport_cost(mixture(rng, 400, 0.9), mixture(rng, 400, 0.1), level=LEVEL)
    assert_bounds(cost, 0.8 * BETWEEN)


def test_scaling_a_law() -> None:
    # X ↦ cX is the gradient of a convex function, hence optimal: W₂² = (1 − c)² E‖X‖², and the
    # laws of the Gram matrices are as far apart. E‖X‖² = n.
    n, c = 3, 1.5
    A, B = wisharts(4, 300, n, 5), c**2 * wisharts(5, 300, n, 5)
    cost = transport_cost(A, B, level=LEVEL, highest=math.inf)
    assert cost.upper == math.inf
    assert_bounds(cost, (1 - c) ** 2 * n)
    assert cost.upper_from == "nothing bounds the cost"


def test_translating_a_law() -> None:
    # Diagonal matrices with roots x ≥ 0 are as far apart as the x, and W₂ of a translation is |t|.
    rng = np.random.default_rng(6)
    t = np.array([1.0, 2.0, 0.5])
    x, y = rng.random((300, 3)), rng.random((300, 3)) + t
    A, B = (v[:, :, None] ** 2 * np.eye(3) for v in (x, y))
    # Every difference of coordinates is at most 1 + t_i.
    cost = transport_cost(A, B, level=LEVEL, highest=float(((1 + t) ** 2).sum()))
    assert_bounds(cost, float(t @ t))
    assert cost.lower > float(t @ t) / 2


def test_coupled_pairs_have_less_bias_and_a_wider_margin() -> None:
    A = wisharts(7, 64, 2, 3)
    A /= np.trace(A, axis1=1, axis2=2)[:, None, None]
    free, paired = (transport_cost(A, A, level=LEVEL, paired=flag) for flag in (False, True))
    # 64 distances of a matrix from itself, by factors of one and the same Gram matrix.
    assert paired.plug_in == free.plug_in <= EPS
    margin = UNIT_TRACE_HIGHEST * math.sqrt(math.log(2 / LEVEL) / 2 * 4 / 64)
    assert math.isclose(paired.upper - paired.plug_in, margin)
    assert math.isclose((paired.upper - paired.plug_in) / (free.upper - free.plug_in), 2**0.5)


@pytest.mark.slow
def test_bounds_fail_no_more_often_than_their_level() -> None:
    level, truth = 0.3, 0.9 * BETWEEN
    failures = {"bounds": 0, "plug-in as a lower bound": 0}
    runs = 50
    positive = 0
    for seed in np.random.SeedSequence(8).spawn(runs):
        rng = np.random.default_rng(seed)
        cost = transport_cost(mixture(rng, 96, 0.95), mixture(rng, 96, 0.05), level=level)
        failures["bounds"] += not cost.lower <= truth <= cost.upper
        failures["plug-in as a lower bound"] += cost.plug_in > truth
        positive += cost.lower > 0
    rates = {name: binomial_bounds(k, runs, level=LEVEL) for name, k in failures.items()}
    assert rates["bounds"][0] <= level
    # What is no bound is found out, and what is one says something.
    assert rates["plug-in as a lower bound"][0] > 0
    assert binomial_bounds(positive, runs, level=LEVEL)[0] > 1 / 2


# --- the parts of the lower bound --------------------------------------------------------------


@given(
    st.floats(1 / 16, 16),
    st.floats(-20, 20),
    st.floats(0.1, 10),
    st.floats(0, 1),
    st.floats(0, 1),
)
def test_potentials_never_exceed_the_cost(s: float, t: float, w: float, x: float, y: float) -> None:
    pair = Potentials(s, t, w)
    X, Y = np.array(w * x), np.array(w * y)
    unit = 16 * EPS * pair.size
    assert pair.left(X) + pair.right(Y) <= (X - Y) ** 2 + unit
    for potential, at in ((pair.left, X), (pair.right, Y)):
        ends = potential(pair.fixed_points)
        assert ends.min() - unit <= potential(at) <= ends.max() + unit


@given(st.lists(gram_matrices(3, 3), min_size=4, max_size=6), st.floats(-2, 2))
def test_features_are_lipschitz(grams: list[Array], offset: float) -> None:
    F = gram_factor("grams", np.array(grams) / max(float(g.max()) for g in grams))
    feature = Feature("test", F[2:], np.linspace(0, offset, len(F) - 2))
    x, y = feature(F[:1]), feature(F[1:2])
    slack = 2 * feature.rounding(F)
    assert abs(float((x - y)[0])) <= float(bures_distance(F[0], F[1])) + slack


def test_equal_constants_have_no_witness() -> None:
    A = np.tile(EYE, (8, 1, 1))
    cost = transport_cost(A, A, level=LEVEL)
    assert (cost.lower, cost.plug_in, cost.witness) == (0, 0, "none: the samples agree")


# --- layers against Gaussian matrices ----------------------------------------------------------


@pytest.mark.parametrize("width", [2, 3, 40])
def test_wishart_factors_have_the_law_of_gaussian_matrices(width: int) -> None:
    rng = np.random.default_rng(9)
    L = np.stack([wishart_factor(rng, 3, width) for _ in range(2000)])
    assert L.shape == (2000, 3, min(3, width))
    drawn, explicit = L @ L.swapaxes(1, 2), wisharts(10, 2000, 3, width)
    trace = np.trace(drawn, axis1=1, axis2=2) * width
    assert stats.kstest(trace, stats.chi2(3 * width).cdf).pvalue > LEVEL
    for i, j in ((0, 1), (1, 2), (2, 2)):
        assert stats.ks_2samp(drawn[:, i, j], explicit[:, i, j]).pvalue > LEVEL
    top = [np.linalg.eigvalsh(matrices)[:, -1] for matrices in (drawn, explicit)]
    assert stats.ks_2samp(*top).pvalue > LEVEL


def test_a_fixed_batch_is_as_far_from_gaussian_as_its_square_root_from_isotropy() -> None:
    # At depth 0 both laws are Gaussian: W₂² is the Bures cost of the covariances, (2 − √2)/1 for
    # rank one. The coupling is then optimal.
    network = Network(width=20, batch=2, layer=(Linear(), Rescale()))
    cost = distance_to_gaussian(
        network, depth=0, replicas=200, level=LEVEL, initial_gram=np.ones((2, 2))
    )
    assert_bounds(cost, BETWEEN)
    assert cost.lower > BETWEEN / 2


@pytest.mark.slow
def test_the_plug_in_lies_below_the_coupling_cost_on_average() -> None:
    network = Network(width=30, batch=3, layer=(Linear(), Rescale()))
    start = np.diag([1.0, 0.1, 0.1])
    request = {"depth": 2, "level": LEVEL, "initial_gram": start}
    plug_ins = [
        distance_to_gaussian(network, replicas=16, seed=seed, **request).plug_in
        for seed in range(40)
    ]
    coupling = coupling_bound(network, replicas=640, seed=99, **request).interval
    # Costs of unbounded laws have no interval for every sample size; this one is the limit's.
    error = np.std(plug_ins) / math.sqrt(len(plug_ins))
    assert np.mean(plug_ins) - stats.norm.isf(LEVEL) * error <= coupling[1]
    assert np.mean(plug_ins) > 0


def test_it_does_not_draw_the_simulation_s_numbers_again() -> None:
    network = Network(width=10, batch=2, layer=(Linear(), Rescale()))
    request = {"depth": 1, "replicas": 8, "level": LEVEL, "initial_gram": np.eye(2)}
    first, again, other = (
        distance_to_gaussian(network, seed=seed, **request) for seed in (1, 1, 2)
    )
    assert first == again != other
    assert first.upper == coupling_bound(network, seed=1, **request).interval[1]


# --- bad input ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("left", "changes", "says"),
    [
        (np.tile(EYE, (7, 1, 1)), {}, "left = 7 samples: at least 8"),
        (np.eye(8), {}, "left = .*stack of square matrices"),
        (np.tile(np.eye(3) / 3, (8, 1, 1)), {}, r"right = .*\(8, 3, 3\)"),
        (np.tile([[0.5, 1.0], [1.0, 0.5]], (8, 1, 1)), {}, r"left\[0\] = .*eigenvalue -0.5:"),
        (np.tile([[0.5, np.nan], [0.0, 0.5]], (8, 1, 1)), {}, r"left\[0\] = .*NaN"),
        (np.tile(np.eye(2), (8, 1, 1)), {}, "left = a sample of trace 2: without `highest`"),
        (np.tile(EYE, (8, 1, 1)), {"level": 0}, "level = 0"),
        (np.tile(EYE, (8, 1, 1)), {"highest": -1.0}, "highest = -1.0: it must be above 0"),
        (np.tile(ONES, (8, 1, 1)), {"highest": 0.1}, "highest = 0.1: two of the samples"),
        (np.tile(EYE, (9, 1, 1)), {"paired": True}, "paired = True: 9 samples have no pairs"),
    ],
)
def test_impossible_requests_are_sentences(
    left: Array, changes: dict[str, object], says: str
) -> None:
    with pytest.raises(ArgumentError, match=says):
        transport_cost(left, np.tile(EYE, (8, 1, 1)), **({"level": 0.1} | changes))


@pytest.mark.parametrize(
    ("batch", "changes", "says"),
    [
        (1, {"initial_gram": [[1.0]]}, "batch = 1"),
        (2, {"replicas": 7}, "replicas = 7"),
        (2, {"level": 1}, "level = 1"),
    ],
)
def test_impossible_distances_are_sentences(
    batch: int, changes: dict[str, object], says: str
) -> None:
    network = Network(width=4, batch=batch, layer=(Linear(), Rescale()))
    request = {"depth": 1, "replicas": 8, "level": 0.1, "initial_gram": np.eye(2)} | changes
    with pytest.raises(ArgumentError, match=says):
        distance_to_gaussian(network, **request)


def test_without_pot_one_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ot", None)
    samples = np.tile(EYE, (8, 1, 1))
    with pytest.raises(DepthlawError, match=r"pip install 'depthlaw\[transport\]'"):
        transport_cost(samples, samples, level=0.1)
    # What needs no samples works without it.
    assert pairwise_bures(samples, samples).max() <= EPS


@pytest.mark.parametrize("power", [-900, 900])
def test_the_cost_is_homogeneous(power: int) -> None:
    stacks = [np.stack([(size + k % 3) * np.eye(2) for k in range(16)]) for size in (1.0, 2.0)]
    one = transport_cost(*stacks, level=0.05, highest=50.0)
    other = transport_cost(
        *(np.ldexp(stack, power) for stack in stacks), level=0.05, highest=np.ldexp(50.0, power)
    )
    for name in ("plug_in", "lower", "upper"):
        assert np.isclose(getattr(other, name), np.ldexp(getattr(one, name), power), rtol=1e-9)

"""The coupling bound: its closed forms and range, and its confidence interval."""

from __future__ import annotations

import math

import mpmath as mp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from depthlaw.numerics.simulate import simulate
from depthlaw.numerics.transport import bures_distance_of_grams, coupling_bound, coupling_cost
from depthlaw.numerics.transport.coupling import highest_coupling_cost
from depthlaw.testing import gram_matrices
from depthlaw.theory.errors import ArgumentError
from depthlaw.theory.network import Activate, Linear, Network, Rescale
from depthlaw.theory.network.gram import orthogonality_gap, trace_normalised

Array = NDArray[np.float64]
EPS = float(np.finfo(np.float64).eps)
LEVEL = 1e-6
SMALL = Network(width=2, batch=2, layer=(Linear(), Rescale()))


@given(gram_matrices(2, 12))
def test_the_cost_is_a_squared_bures_distance_in_its_range_and_below_n_gap_squared(
    gram: Array,
) -> None:
    n = len(gram)
    cost = float(coupling_cost(gram))
    assert 0 <= cost <= highest_coupling_cost(n)
    # n V² is a sum of n² squares of numbers up to 1, each known to a few roundings.
    assert cost <= n * float(orthogonality_gap(gram)) ** 2 + 16 * n**3 * EPS
    # Eigenvalues of trace-one matrices are known to n·eps, and distances to the root of that.
    distance = float(bures_distance_of_grams(trace_normalised(gram), np.eye(n) / n))
    assert abs(math.sqrt(cost) - distance) <= 2 * n * math.sqrt(EPS)


@given(st.integers(1, 50))
def test_nothing_cancels_near_isotropy(k: int) -> None:
    h = 2.0**-k / 2
    with mp.workdps(60):
        parts = [mp.sqrt(mp.mpf(1) / 2 + sign * mp.mpf(h)) - mp.sqrt(0.5) for sign in (1, -1)]
        truth = float(mp.sqrt(parts[0] ** 2 + parts[1] ** 2))
    root = math.sqrt(float(coupling_cost(np.array([[0.5, h], [h, 0.5]]))))
    assert abs(root - truth) <= 16 * EPS


@given(st.integers(2, 40))
def test_rank_one_attains_the_range_and_isotropy_is_zero(n: int) -> None:
    assert float(coupling_cost(np.eye(n))) <= (n * EPS) ** 2
    # n − 1 roots of eigenvalues of size eps each.
    slack = 2 * n * math.sqrt(n * EPS)
    assert float(coupling_cost(np.ones((n, n)))) >= highest_coupling_cost(n) - slack


def test_the_interval_contains_a_mean_that_is_known() -> None:
    # One layer from isotropy with d = n = 2: the two neurons are directions θ, θ′ in the plane, the
    # spectrum is (1 ± |cos(θ − θ′)|)/2, and the mean over angles is elementary.
    truth = 2 - 4 * math.sqrt(2) / math.pi
    bound = coupling_bound(SMALL, depth=1, replicas=4000, level=LEVEL, initial_gram=np.eye(2))
    lower, upper = bound.interval
    assert lower <= truth <= upper
    assert truth <= bound.radius**2
    # The interval tells the coupling cost from the mean of V² = 1/(2d), another functional.
    assert not lower <= 1 / 4 <= upper


def test_rounds_of_replicas_add_up_to_one_run() -> None:
    start = {"initial_gram": np.array([[2.0, 1.0], [1.0, 1.0]])}
    first = coupling_bound(SMALL, depth=3, replicas=30, level=LEVEL, seed=5, **start)
    both = first.extended(20)
    whole = coupling_bound(SMALL, depth=3, replicas=50, level=LEVEL, seed=5, **start)
    assert first.replicas == 30
    assert both.replicas == whole.replicas == 50
    assert both.interval == whole.interval != first.interval


def test_it_observes_the_last_layer() -> None:
    observables = {"cost": coupling_cost}
    run = simulate(SMALL, depth=2, replicas=9, initial_gram=np.eye(2), observables=observables)
    bound = coupling_bound(SMALL, depth=2, replicas=9, level=LEVEL, initial_gram=np.eye(2))
    samples = np.sort(run.values["cost"][:, 2])
    assert np.array_equal(bound.cost.tally.values, samples)


def test_an_isotropic_start_costs_nothing_and_a_collapsed_one_the_most() -> None:
    for gram, cost in ((np.eye(3), 0.0), (np.ones((3, 3)), highest_coupling_cost(3))):
        network = Network(width=9, batch=3, layer=(Linear(), Rescale()))
        bound = coupling_bound(network, depth=0, replicas=200, level=LEVEL, initial_gram=gram)
        lower, upper = bound.interval
        assert lower <= cost <= upper
        assert upper - lower < highest_coupling_cost(3) / 5


@pytest.mark.parametrize(
    ("network", "changes", "says"),
    [
        (SMALL, {"level": 1.5}, "level = 1.5"),
        (SMALL, {"depth": -1}, "depth = -1"),
        (SMALL, {"replicas": 0}, "replicas = 0"),
        (SMALL, {"initial_gram": np.array([[1, 2], [2, 1]])}, "eigenvalue -1"),
        (Network(width=4, batch=1, layer=(Linear(),)), {"initial_gram": [[1.0]]}, "batch = 1"),
        (
            Network(width=4, batch=2, layer=(Linear(), Activate(np.zeros_like, "nothing"))),
            {},
            "linear,nothing: a layer came out zero",
        ),
    ],
)
def test_impossible_requests_are_sentences(
    network: Network, changes: dict[str, object], says: str
) -> None:
    arguments = {"depth": 1, "replicas": 4, "level": 0.1, "initial_gram": np.eye(2)} | changes
    with pytest.raises(ArgumentError, match=says):
        coupling_bound(network, **arguments)

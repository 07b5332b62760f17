"""The formula that chooses a route, held against times that were measured once.

`route_times.json` is written by `benchmarks/test_routes_bench.py`. It is data: no test looks at a
clock, and the choice is the same on every machine.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import stats

from depthlaw.numerics.sampling.routes import Route, choose_route, exact_routes, expected_cost
from depthlaw.numerics.simulate import simulate
from depthlaw.numerics.trajectory import Trajectory
from depthlaw.theory.errors import ArgumentError
from depthlaw.theory.network import Linear, Network, Recenter, Rescale
from depthlaw.theory.network.gram import orthogonality_gap
from depthlaw.theory.network.text import parse_layer

TIMES = json.loads((Path(__file__).parent / "route_times.json").read_text())
CELLS = [(layer, n, d, times) for layer, rows in TIMES.items() for n, d, times in rows]
LEVEL = 1e-6
FACTOR = 1.25
"""The chosen route was never slower than the fastest by more. Half a dozen cells are near ties."""


@pytest.mark.parametrize(("layer", "n", "d", "times"), CELLS)
def test_the_chosen_route_is_about_the_fastest(
    layer: str, n: int, d: int, times: dict[str, float]
) -> None:
    chosen = choose_route(Network(width=d, batch=n, layer=parse_layer(layer)))
    assert times[chosen] <= FACTOR * min(times.values())


def test_a_fixed_order_would_be_far_from_the_fastest() -> None:
    # The control: the first exact route in the order of the enumeration.
    worst = max(next(iter(times.values())) / min(times.values()) for _, _, _, times in CELLS)
    assert worst > 5 * FACTOR


@pytest.mark.parametrize("layer", TIMES)
def test_the_formula_orders_a_batch_as_large_as_the_width(layer: str) -> None:
    # There the decompositions decide: the explicit route has none.
    for n in (64, 128, 256, 1000):
        assert choose_route(Network(n // 4, n, parse_layer(layer))) is Route.EXPLICIT


@given(st.integers(1, 500), st.integers(1, 5000), st.sampled_from(list(TIMES)))
def test_no_exact_route_is_cheaper_by_the_formula(n: int, d: int, layer: str) -> None:
    network = Network(width=d, batch=n, layer=parse_layer(layer))
    costs = {
        route: expected_cost(route, network)
        for route, reason in exact_routes(network).items()
        if reason is None
    }
    assert costs[choose_route(network)] == min(costs.values())


def test_a_near_tie_goes_to_the_route_that_no_spectrum_can_trouble() -> None:
    # Deep ReLU networks become nearly singular, which the formula does not see; linear ones do not.
    assert choose_route(Network(100, 64, parse_layer("linear,recenter,relu"))) is Route.EXPLICIT
    linear = Network(100, 64, parse_layer("linear,recenter,rescale"))
    assert expected_cost(Route.GRAM, linear) < 1.5 * expected_cost(Route.EXPLICIT, linear)


def test_a_start_that_no_state_has_leaves_out_the_routes_that_need_one() -> None:
    layer = (Recenter(), Linear(), Rescale())
    network = Network(width=4, batch=9, layer=layer)
    state = np.random.default_rng(0).standard_normal((4, 9))
    common = {"depth": 1, "replicas": 1, "observables": {}}
    assert simulate(network, initial_state=state, **common).route is Route.EXPLICIT
    assert simulate(network, initial_gram=np.eye(9), **common).route is Route.GRAM
    with pytest.raises(ArgumentError, match=r"a matrix of rank 9.*4 neurons"):
        simulate(network, initial_gram=np.eye(9), route="explicit", **common)
    # Where every exact route needs a state there is none to take its place.
    residual = Network(width=4, batch=9, layer=(Linear(residual=1.0), Rescale()))
    with pytest.raises(ArgumentError, match=r"a matrix of rank 9.*4 neurons"):
        simulate(residual, initial_gram=np.eye(9), **common)


@pytest.mark.parametrize("layer", ["linear,rescale", "linear,recenter,relu", "linear"])
@pytest.mark.parametrize("route", [Route.STATE, Route.EXPLICIT])
def test_a_start_of_a_rank_above_the_width_has_the_same_law_on_every_route(
    layer: str, route: Route
) -> None:
    network, replicas = Network(width=2, batch=4, layer=parse_layer(layer)), 5000
    start = np.eye(4) + 0.3

    def drawn(route: Route, seed: int, gram: NDArray[np.float64]) -> Trajectory:
        return simulate(
            network,
            depth=2,
            replicas=replicas,
            seed=seed,
            initial_gram=gram,
            route=route,
            observables={"gap": orthogonality_gap, "entry": lambda G: G[:, 0, 1]},
        )

    one, other = drawn(Route.GRAM, 1, start), drawn(route, 2, start)
    wrong = drawn(route, 3, np.diag([4.0, 1.0, 1.0, 1.0]))
    values = [run.values["entry"].astype(np.float32) for run in (one, other, wrong)]
    for depth in (1, 2):
        assert stats.ks_2samp(values[0][:, depth], values[1][:, depth]).pvalue > LEVEL
    assert stats.ks_2samp(values[0][:, 1], values[2][:, 1]).pvalue < LEVEL
    gaps = [run.values["gap"][:, 2].astype(np.float32) for run in (one, other)]
    assert stats.ks_2samp(*gaps).pvalue > LEVEL


def test_the_route_does_not_depend_on_what_else_is_asked() -> None:
    network = Network(width=30, batch=3, layer=(Linear(), Rescale()))
    routes = {
        simulate(network, depth=depth, replicas=replicas, initial_gram=np.eye(3)).route
        for depth in (0, 1, 5)
        for replicas in (1, 40)
    }
    assert len(routes) == 1

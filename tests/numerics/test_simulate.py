"""What `simulate` promises apart from the law: identities, edge cases, answers to bad input."""

from __future__ import annotations

import math
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from typing import Any
from unittest import mock

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import special, stats

from depthlaw.numerics.sampling import plan as planning
from depthlaw.numerics.sampling.routes import Route, exact_routes
from depthlaw.numerics.simulate import simulate
from depthlaw.numerics.streams import chunk_width
from depthlaw.numerics.trajectory import Trajectory
from depthlaw.theory.activations import activation
from depthlaw.theory.errors import ArgumentError
from depthlaw.theory.network import (
    Activate,
    Linear,
    Network,
    Over,
    Recenter,
    Rescale,
    Variance,
    Weights,
)
from depthlaw.theory.network.gram import equicorrelated, orthogonality_gap
from depthlaw.theory.network.observables import OBSERVABLES
from depthlaw.theory.network.text import parse_layer

Array = NDArray[np.float64]
EPSILON = float(np.finfo(float).eps)
RELU = Activate(partial(np.maximum, 0.0), "relu")
BATCH_NORM = (Linear(), Rescale())


def network(width: int = 20, batch: int = 3, layer: Any = BATCH_NORM) -> Network:
    return Network(width=width, batch=batch, layer=layer)


@given(
    width=st.integers(1, 300),
    batch=st.integers(1, 9),
    recentred=st.booleans(),
    route=st.sampled_from([Route.GRAM, Route.STATE, Route.EXPLICIT]),
    seed=st.integers(0, 999),
)
def test_batch_norm_has_trace_n(
    width: int, batch: int, recentred: bool, route: Route, seed: int
) -> None:
    layer = (Linear(), Recenter(), Rescale()) if recentred else BATCH_NORM
    net = network(width, batch, layer)
    gram = np.ones((batch, batch)) if width < batch else np.eye(batch)
    if recentred and (batch == 1 or width < batch):
        return
    run = simulate(net, depth=3, replicas=2, initial_gram=gram, route=route, seed=seed)
    traces = np.trace(run.final_gram, axis1=1, axis2=2)
    # A neuron's squares add up to n within n + 8 roundings, and the sum of d of them has d more.
    assert np.abs(traces - batch).max() <= batch * (width + 2 * batch + 8) * EPSILON
    assert not run.degenerate.any()


def test_default_observables_and_shapes() -> None:
    run = simulate(network(), depth=4, replicas=5, initial_gram=np.eye(3))
    assert set(run.values) == set(OBSERVABLES)
    assert all(values.shape == (5, 5) for values in run.values.values())
    assert run.degenerate.shape == run.exponents.shape == (5, 5)
    assert run.final_gram.shape == (5, 3, 3)
    for name, observable in OBSERVABLES.items():
        slack = 9 * EPSILON * observable.highest(3)
        assert run.values[name].min() >= observable.lowest(3) - slack
        assert run.values[name].max() <= observable.highest(3) + slack


def test_depth_zero_is_the_initial_batch() -> None:
    gram = np.diag([1.0, 2.0, 3.0])
    run = simulate(network(), depth=0, replicas=2, initial_gram=gram)
    assert np.array_equal(run.final_gram, [gram, gram])
    assert np.array_equal(run.values["orthogonality_gap"][:, 0], [orthogonality_gap(gram)] * 2)


@pytest.mark.parametrize("route", [Route.GRAM, Route.STATE, Route.EXPLICIT])
def test_a_state_stands_for_its_gram_matrix(route: Route) -> None:
    H = np.arange(60.0).reshape(20, 3) % 7
    run = simulate(network(), depth=2, replicas=2, initial_state=H, route=route)
    from_gram = simulate(network(), depth=0, replicas=1, initial_gram=H.T @ H / 20)
    assert run.values["orthogonality_gap"][0, 0] == pytest.approx(
        from_gram.values["orthogonality_gap"][0, 0], rel=20 * 9 * EPSILON, abs=0
    )
    assert not np.array_equal(run.final_gram[0], run.final_gram[1])


@pytest.mark.parametrize("layer", [(Linear(), RELU), (Linear(), Recenter(), RELU, Rescale())])
@pytest.mark.parametrize("route", [Route.GRAM, Route.STATE, Route.EXPLICIT])
def test_dead_units_are_those_that_an_activation_left_at_zero(route: Route, layer: Any) -> None:
    seen: list[int] = []

    def spy(x: Array) -> Array:
        out = np.maximum(x, 0.0)
        seen.append(int((out == 0).all(axis=-2).sum()))
        return out

    spied = tuple(Activate(spy, "spy") if operation is RELU else operation for operation in layer)
    width = chunk_width(4) + 70 if route is Route.GRAM else 150
    net = network(width, 4, spied)
    tried = simulate(net, depth=0, replicas=1, initial_gram=np.eye(4))
    assert np.isnan(tried.dead_units).all()
    seen.clear()
    # One thread, so that chunks come in their order.
    with ThreadPoolExecutor(1) as pool:
        run = simulate(net, depth=3, replicas=1, initial_gram=np.eye(4), route=route, executor=pool)
    calls = len(seen[1:]) // 3
    counts = [sum(seen[1 + calls * k : 1 + calls * (k + 1)]) for k in range(3)]
    assert calls == (2 if route is Route.GRAM else 1)
    assert run.dead_units[0, 1:].tolist() == [count / width for count in counts]
    linear = simulate(network(), depth=2, replicas=1, initial_gram=np.eye(3), route=route)
    assert np.isnan(linear.dead_units).all()


@pytest.mark.parametrize("route", [Route.STATE, Route.EXPLICIT])
def test_a_state_is_drawn_with_the_gram_matrix_asked_for(route: Route) -> None:
    seen: list[Array] = []

    def spy(x: Array) -> Array:
        seen.append(x.copy())
        return x

    gram = np.array([[2.0, 1.0], [1.0, 3.0]])
    net = network(6, 2, (Activate(spy, "spy"),))
    run = simulate(net, depth=1, replicas=2, initial_gram=gram, route=route)
    states = np.concatenate([x for x in seen if x.shape[-1] == 6])
    assert np.abs(states @ states.swapaxes(1, 2) / 6 - gram).max() <= 100 * EPSILON * np.trace(gram)
    assert np.abs(run.final_gram - gram).max() <= 100 * EPSILON * np.trace(gram)
    assert not np.array_equal(states[0], states[1])


@pytest.mark.parametrize("route", list(Route))
def test_fewer_neurons_than_samples_bound_the_rank(route: Route) -> None:
    net = network(2, 4, (Linear(),))
    gram = np.eye(4) if not route.keeps_state else np.diag([1.0, 1.0, 0.0, 0.0])
    run = simulate(net, depth=1, replicas=20, initial_gram=gram, route=route)
    eigenvalues = np.linalg.eigvalsh(run.final_gram)
    assert (np.abs(eigenvalues[:, :2]) <= 16 * EPSILON * eigenvalues[:, -1:]).all()
    assert (eigenvalues[:, 2] > 0).all()


def test_rows_that_are_dead_are_counted_and_stay_zero() -> None:
    # One sample through a ReLU: each neuron is dead with probability 1/2, before the rescaling.
    width, replicas = 1000, 50
    for route in (Route.GRAM, Route.STATE, Route.EXPLICIT):
        net = network(width, 1, (Linear(), RELU, Rescale()))
        run = simulate(net, depth=1, replicas=replicas, initial_gram=[[1.0]], route=route)
        dead = run.degenerate[:, 1]
        assert stats.binomtest(int(dead.sum()), width * replicas).pvalue > 1e-9
        # What is not dead is rescaled to 1.
        alive = run.final_gram[:, 0, 0] * width
        assert np.abs(alive - (width - dead)).max() <= width * (width + 8) * EPSILON


def test_columns_that_are_zero_are_counted() -> None:
    layer = (Linear(), Recenter(Over.FEATURES), Rescale(Over.FEATURES))
    for route in Route:
        run = simulate(
            network(1, 2, layer), depth=1, replicas=4, initial_gram=np.ones((2, 2)), route=route
        )
        assert (run.degenerate[:, 1] == 2).all()
        assert not run.final_gram.any()
        assert np.isnan(run.values["orthogonality_gap"][:, 1]).all()


@pytest.mark.parametrize("route", [Route.GRAM, Route.STATE, Route.EXPLICIT])
def test_equal_samples_are_all_degenerate_once_recentred(route: Route) -> None:
    net = network(30, 3, (Linear(), Recenter(), Rescale()))
    run = simulate(net, depth=1, replicas=3, initial_state=np.ones((30, 3)), route=route)
    assert (run.degenerate[:, 1] == 30).all()
    assert not run.final_gram.any()


@pytest.mark.parametrize("route", [Route.GRAM, Route.STATE, Route.EXPLICIT])
def test_equal_samples_stay_equal(route: Route) -> None:
    # This layer drives different samples apart: rounding must not make equal ones different.
    net = network(60, 3, (Linear(), Activate(np.tanh, "tanh"), Rescale()))
    state = np.eye(60)[:, [0, 0, 1]]
    run = simulate(net, depth=200, replicas=5, initial_state=state, route=route)
    gram = run.final_gram
    squared_distance = gram[:, 0, 0] - 2 * gram[:, 0, 1] + gram[:, 1, 1]
    assert (np.abs(squared_distance) <= 4 * (60 + 8) * EPSILON * gram[:, 0, 0]).all()


def test_a_zero_sample_stays_zero() -> None:
    for route in (Route.GRAM, Route.STATE):
        run = simulate(
            network(30), depth=5, replicas=3, initial_gram=np.diag([1.0, 1.0, 0.0]), route=route
        )
        assert not run.final_gram[:, 2].any()


def test_scale_may_run_away_where_the_layer_is_homogeneous() -> None:
    # One sample through unit-variance weights: log G_ℓ adds log(χ²_d) for each layer.
    width, depth, replicas = 1000, 400, 4
    for route in (Route.WISHART, Route.GRAM, Route.STATE):
        net = network(width, 1, (Linear(variance=Variance.UNIT),))
        run = simulate(
            net, depth=depth, replicas=replicas, initial_gram=[[1.0]], route=route, observables={}
        )
        logs = np.log(run.final_gram[:, 0, 0]) + math.log(2) * run.exponents[:, -1]
        mean = depth * (special.digamma(width / 2) + math.log(2))
        variance = depth * special.polygamma(1, width / 2)
        margin = stats.norm.isf(1e-9) * math.sqrt(variance / replicas)
        assert abs(logs.mean() - mean) < margin
        assert (logs > 800).all()
        assert (run.exponents[:, -1] % 2 == 0).all()


@pytest.mark.parametrize("route", [Route.GRAM, Route.STATE, Route.EXPLICIT])
def test_an_overflow_within_a_layer_is_named(route: Route) -> None:
    net = network(30, 16, (Linear(), CUBE, Linear(), CUBE))
    with pytest.raises(ArgumentError, match=r"layer \d gave a Gram matrix with NaN or infinity"):
        simulate(net, depth=50, replicas=2, initial_gram=9 * np.eye(16), route=route)


def test_an_activation_that_overflows_is_named() -> None:
    net = network(5, 2, (Linear(variance=Variance.UNIT), Activate(np.exp, "exp")))
    with pytest.raises(ArgumentError, match=r"layer = linear:unit,exp: layer .* NaN or infinity"):
        simulate(net, depth=50, replicas=2, initial_gram=np.eye(2))


CUBE = Activate(lambda x: x * x * x, "cube")
FADING = (
    activation("relu").operation(),
    pytest.param(activation("leaky_relu(0.1)").operation(), marks=pytest.mark.slow),
    activation("abs").operation(),
)


SEEN = range(0, 401, 25)
"""Layers of the next test that are looked at, which takes longer than a layer."""


@pytest.mark.parametrize("operation", FADING, ids=lambda operation: operation.name)
@pytest.mark.parametrize("route", [Route.GRAM, Route.STATE, Route.EXPLICIT])
def test_homogeneous_activations_are_the_same_at_every_scale(
    route: Route, operation: Activate
) -> None:
    # Recentring after |x| loses a batch on one line to rounding.
    recenter = () if operation.name == "abs" else (Recenter(),)
    net = network(20, 4, (Linear(), *recenter, operation))

    def run(power: int) -> Trajectory:
        gram = np.ldexp(np.eye(4), power)
        return simulate(
            net, depth=400, replicas=2, initial_gram=gram, route=route, seed=3, layers=SEEN
        )

    def scale(seen: Trajectory) -> Array:
        traces = np.trace(seen.final_gram, axis1=1, axis2=2)
        return np.asarray(np.log2(traces) + seen.exponents[:, -1])

    unit = run(0)
    for power in (-1000, 900):
        scaled = run(power)
        assert unit.final_gram.any()
        assert scaled.final_gram.any()
        for name in OBSERVABLES:
            assert not np.isnan(unit.values[name][:, SEEN]).any()
            assert np.array_equal(unit.values[name], scaled.values[name], equal_nan=True)
        assert np.allclose(scale(scaled) - scale(unit), power, rtol=0, atol=1e-9)


@pytest.mark.parametrize("route", [Route.GRAM, Route.STATE, Route.EXPLICIT])
@pytest.mark.parametrize(
    ("operation", "depth"),
    [
        (Activate(partial(np.maximum, 0.0), "undeclared relu"), 1500),
        (activation("gelu").operation(), 800),
        (CUBE, 50),
        (Activate(partial(np.multiply, 1e-200), "tiny"), 5),
    ],
    ids=lambda value: value.name if isinstance(value, Activate) else "",
)
def test_what_is_too_small_is_an_error_and_no_result(
    route: Route, operation: Activate, depth: int
) -> None:
    net = network(20, 4, (Linear(), Recenter(), operation))
    with pytest.raises(ArgumentError, match=r"layer \d+ gave a Gram matrix too small"):
        simulate(net, depth=depth, replicas=2, initial_gram=np.eye(4) / 64, route=route)


def test_what_is_too_small_is_an_error_where_workers_share_a_layer() -> None:
    net = network(chunk_width(4) * 3, 4, (Linear(), CUBE))
    with ThreadPoolExecutor(2) as pool, pytest.raises(ArgumentError, match="too small"):
        simulate(net, depth=9, replicas=1, initial_gram=np.eye(4) / 64, executor=pool)


def test_a_batch_that_really_died_is_zero_and_no_error() -> None:
    for operation in (RELU, replace(RELU, homogeneous=True)):
        run = simulate(
            network(1, 2, (Linear(), operation)), depth=60, replicas=20, initial_gram=np.eye(2)
        )
        assert not run.final_gram.any()
        assert np.isnan(run.values["mean_cosine"][:, -1]).all()


def test_a_homogeneous_activation_is_taken_at_its_word_only_where_it_is_true() -> None:
    with pytest.raises(ArgumentError, match="leave homogeneous out"):
        run_for_errors(network=network(layer=(Linear(), Activate(np.tanh, "tanh", True))))


def run_for_errors(**changes: Any) -> Trajectory:
    arguments: dict[str, Any] = {
        "network": network(),
        "depth": 1,
        "replicas": 1,
        "initial_gram": np.eye(3),
    }
    arguments |= changes
    return simulate(arguments.pop("network"), **arguments)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"network": "linear"}, "network = linear"),
        ({"depth": -1}, "depth = -1"),
        ({"depth": 1.5}, "depth = 1.5"),
        ({"replicas": 0}, "replicas = 0"),
        ({"first_replica": -1}, "first_replica = -1"),
        ({"seed": -5}, "seed = -5"),
        ({"initial_gram": None}, "give exactly one"),
        ({"initial_state": np.ones((20, 3))}, "give exactly one"),
        ({"initial_gram": np.eye(2)}, "batch of 3 samples"),
        ({"initial_gram": -np.eye(3)}, "no negative eigenvalue"),
        ({"initial_gram": np.full((3, 3), np.nan)}, "finite"),
        ({"initial_gram": None, "initial_state": np.ones((3, 20))}, r"must be \(20, 3\)"),
        ({"initial_gram": None, "initial_state": np.full((20, 3), np.inf)}, "make it finite"),
        ({"initial_gram": None, "initial_state": np.zeros((20, 3))}, "a zero matrix"),
        ({"network": network(2, layer=(Linear(residual=1.0),))}, "rank of at most 2"),
        ({"observables": {"gap": 3}}, "observables = gap"),
        ({"observables": {"sum": np.sum}}, "observables = sum.*shape"),
        ({"route": "wishart"}, "route = wishart"),
        ({"network": network(layer=(Linear(), Activate(np.sum, "sum")))}, "layer = sum"),
        ({"network": network(layer=(Linear(), Activate(lambda x: x + 1j, "c")))}, "layer = c"),
    ],
)
def test_bad_input_gets_one_sentence(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(ArgumentError, match=words) as caught:
        run_for_errors(**changes)
    assert "\n" not in str(caught.value)


def test_an_activation_that_changes_its_input_is_refused() -> None:
    def careless(x: Array) -> Array:
        x *= 2
        return x

    with pytest.raises(ArgumentError, match="must not change its input"):
        run_for_errors(network=network(layer=(Linear(), Activate(careless, "careless"))))


@pytest.mark.parametrize("route", [Route.STATE, Route.EXPLICIT])
def test_memory_is_estimated_before_it_is_taken(route: Route) -> None:
    with (
        mock.patch.object(planning, "memory_limit", return_value=1e6),
        pytest.raises(ArgumentError, match=r"width = 100000: .* GB"),
    ):
        run_for_errors(network=network(100_000), route=route)


def test_a_streamed_layer_may_be_wider_than_memory() -> None:
    """Only the generators of the chunks grow with the width: a kilobyte for 32 768 numbers."""
    wide = network(10**9, 8)
    needed = planning.memory_per_replica(wide, Route.GRAM)
    assert 200 * needed < planning.memory_per_replica(wide, Route.STATE)
    assert planning.memory_per_replica(network(10**3, 8), Route.GRAM) < 10**7


def test_rounds_join() -> None:
    common: dict[str, Any] = {"depth": 2, "initial_gram": np.eye(3), "seed": 9}
    whole = simulate(network(), replicas=7, **common)
    first = simulate(network(), replicas=3, **common)
    second = simulate(network(), replicas=4, first_replica=3, **common)
    joined = first.join(second)
    assert joined.replicas == 7
    assert np.array_equal(joined.final_gram, whole.final_gram)
    assert np.array_equal(joined.values["lyapunov"], whole.values["lyapunov"])


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"first_replica": 4}, "first_replica = 4"),
        ({"seed": 1}, "seed = 1"),
        ({"depth": 3}, "depth = 3"),
        ({"network": network(21)}, "network"),
        ({"observables": {}}, "observables"),
        ({"route": "state"}, "route = state"),
    ],
)
def test_rounds_of_different_simulations_do_not_join(changes: dict[str, Any], words: str) -> None:
    first = run_for_errors()
    second = run_for_errors(**({"first_replica": 1} | changes))
    with pytest.raises(ArgumentError, match=words):
        first.join(second)


@pytest.mark.parametrize("workers", [1, 4])
def test_progress_counts_layers_up_to_the_total(workers: int) -> None:
    seen: list[tuple[int, int]] = []
    with mock.patch("os.cpu_count", return_value=workers):
        simulate(
            network(3000, 40),
            depth=3,
            replicas=5,
            initial_gram=np.eye(40),
            observables={},
            progress=lambda done, total: seen.append((done, total)),
        )
    assert seen[-1] == (15, 15)
    assert [done for done, _ in seen] == sorted({done for done, _ in seen})


@pytest.mark.parametrize("layer", [BATCH_NORM, (Linear(residual=1.0), Rescale())])
def test_an_interrupt_gets_out_and_leaves_nothing_pending(layer: Any) -> None:
    def interrupt(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with ThreadPoolExecutor(1) as executor:
        submitted = []
        submit: Callable[..., Any] = executor.submit

        def recording(*arguments: Any) -> Any:
            submitted.append(submit(*arguments))
            return submitted[-1]

        with (
            mock.patch.object(executor, "submit", recording),
            mock.patch.object(planning, "_LEG", 2**12),
            pytest.raises(KeyboardInterrupt),
        ):
            simulate(
                network(900, 8, layer),
                depth=100,
                replicas=50,
                initial_gram=np.eye(8),
                executor=executor,
                progress=interrupt,
            )
    # Leaving the block waited for the executor: what did not run was cancelled.
    assert all(future.done() for future in submitted)
    assert len(submitted) < 100


@pytest.mark.parametrize("weights", list(Weights))
def test_the_batch_of_one_sample_works_everywhere(weights: Weights) -> None:
    net = network(4, 1, (Linear(weights), Recenter(Over.FEATURES), Rescale(Over.FEATURES)))
    for route, reason in exact_routes(net).items():
        if reason is None:
            run = simulate(
                net, depth=2, replicas=3, initial_gram=[[2.0]], route=route, observables={}
            )
            assert np.abs(run.final_gram - 1).max() <= 16 * EPSILON


@pytest.mark.parametrize(
    ("route", "over"),
    [
        (Route.GRAM, Over.BATCH),  # over features it works on the Gram matrix, and refuses
        (Route.STATE, Over.BATCH),
        (Route.STATE, Over.FEATURES),
        (Route.EXPLICIT, Over.BATCH),
        (Route.EXPLICIT, Over.FEATURES),
    ],
)
def test_a_rescaling_sees_no_scale_not_even_one_whose_squares_no_double_holds(
    route: Route, over: Over
) -> None:
    def last(gain: float) -> NDArray[np.float64]:
        layer = (Linear(), Activate(lambda x: x * gain, "own"), Rescale(over))
        run = simulate(
            Network(20, 3, layer), depth=2, replicas=3, route=route, initial_gram=np.eye(3)
        )
        return run.values["orthogonality_gap"][:, -1]

    for power in (-540, -1000, 520, 1000):
        np.testing.assert_array_almost_equal_nulp(last(2.0**power), last(1.0), 64)


@pytest.mark.parametrize("route", Route)
@pytest.mark.parametrize(
    "layer", ["linear", "linear,rescale", "rescale,linear,tanh", "linear,relu"]
)
def test_a_start_of_any_scale_is_the_same_start(layer: str, route: Route) -> None:
    net = network(20, 3, parse_layer(layer))
    if exact_routes(net)[route] is not None:
        return
    G, H = equicorrelated(3, 0.25), np.random.default_rng(2).standard_normal((20, 3))

    def run(**start: NDArray[np.float64]) -> Trajectory:
        return simulate(net, depth=4, replicas=3, seed=1, route=route, **start)

    for power in (-1040, -516, 516, 1020):
        gram = run(initial_gram=np.ldexp(G, power)), run(initial_gram=G)
        state = run(initial_state=np.ldexp(H, max(power, -1000))), run(initial_state=H)
        for there, here in (gram, state):
            assert np.array_equal(there.degenerate, here.degenerate)
            assert np.array_equal(there.dropped, here.dropped)
            for name, values in here.values.items():
                np.testing.assert_allclose(there.values[name], values, rtol=1e-12, err_msg=name)
    shift = run(initial_gram=np.ldexp(G, 1020)).exponents[:, 0]
    assert shift.min() == shift.max() == 1020


@pytest.mark.parametrize("power", [-600, 600])
def test_a_state_whose_squares_no_double_holds_is_refused_where_its_scale_matters(
    power: int,
) -> None:
    net = network(4, 2, parse_layer("linear,tanh,rescale"))
    with pytest.raises(ArgumentError, match=r"initial_state = .* by a power of two"):
        simulate(net, depth=1, replicas=1, initial_state=np.ldexp(np.eye(4)[:, :2], power))


@pytest.mark.parametrize("route", [Route.GRAM, Route.STATE, Route.EXPLICIT])
@pytest.mark.parametrize("layers", [[], [0], [2, 5], range(6)])
def test_observables_are_taken_in_the_layers_that_are_asked_for(route: Route, layers: Any) -> None:
    common: dict[str, Any] = {"depth": 5, "replicas": 3, "seed": 2, "initial_gram": np.eye(3)}
    everywhere = simulate(network(), route=route, **common)
    there = simulate(network(), route=route, layers=layers, **common)
    assert np.array_equal(there.final_gram, everywhere.final_gram)
    seen = np.isin(np.arange(6), list(layers))
    for name, values in everywhere.values.items():
        assert np.array_equal(there.values[name][:, seen], values[:, seen])
        assert np.isnan(there.values[name][:, ~seen]).all()


@pytest.mark.parametrize("layers", [[6], [-1], [True], [1.5], 3, "3"])
def test_a_layer_that_is_not_there_is_a_sentence(layers: Any) -> None:
    with pytest.raises(ArgumentError, match=r"^layers = "):
        simulate(network(), depth=5, replicas=1, initial_gram=np.eye(3), layers=layers)

"""What holds for every network of operations, replica by replica."""

import contextlib
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from depthlaw.numerics.sampling.routes import Route, choose_route, exact_routes
from depthlaw.numerics.simulate import simulate
from depthlaw.numerics.trajectory import Trajectory
from depthlaw.testing import architectures
from depthlaw.theory.errors import ArgumentError
from depthlaw.theory.network import Array, Network
from depthlaw.theory.network.gram import equicorrelated
from depthlaw.theory.network.text import parse_layer

BLOCK = (
    "residual(layernorm,attention:heads=2:causal),residual(layernorm,linear:width=4x,relu,linear)"
)


def network(layer: str = BLOCK, width: int = 8, batch: int = 4, **rest: Any) -> Network:
    return Network(width, batch, parse_layer(layer), **rest)


def same(one: Trajectory, two: Trajectory) -> bool:
    return all(
        np.array_equal(one.values[name], two.values[name], equal_nan=True) for name in one.values
    ) and np.array_equal(one.final_gram, two.final_gram)


@settings(max_examples=20)
@given(net=architectures(3, 6), route=st.sampled_from(Route), data=st.data())
def test_a_replica_is_the_same_however_replicas_are_grouped(
    net: Network, route: Route, data: st.DataObject
) -> None:
    if exact_routes(net)[route] is not None:
        return
    H = np.random.default_rng(0).standard_normal((net.entry, net.columns))

    def run(replicas: int, first: int = 0) -> Trajectory:
        return simulate(
            net,
            depth=2,
            replicas=replicas,
            seed=3,
            initial_state=H,
            route=route,
            first_replica=first,
            observables={},
        )

    cut = data.draw(st.integers(1, 4))
    assert same(run(5), run(cut).join(run(5 - cut, cut)))


@pytest.fixture(scope="module")
def processes() -> Iterator[Executor]:
    """Each process imports the package once, for all tests."""
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        yield pool


@pytest.mark.parametrize("route", [Route.GRAM, Route.STATE, Route.EXPLICIT])
@pytest.mark.parametrize(("width", "replicas"), [(8, 5), (30_000, 1)])
def test_it_is_the_same_on_any_executor(
    route: Route, width: int, replicas: int, processes: Executor
) -> None:
    if route is Route.EXPLICIT and width > 100:
        width = 200
    net = network(width=width)

    def run(executor: Executor | None) -> Trajectory:
        return simulate(
            net,
            depth=2,
            replicas=replicas,
            seed=1,
            initial_gram=equicorrelated(4, 0.3),
            route=route,
            executor=executor,
        )

    alone = run(None)
    with ThreadPoolExecutor(1) as one, ThreadPoolExecutor(3) as three:
        assert same(alone, run(one))
        assert same(alone, run(three))
    assert same(alone, run(processes))


def test_equal_samples_stay_equal_and_zero_ones_zero() -> None:
    gram = np.array([[1.0, 1.0, 0.2, 0.0], [1.0, 1.0, 0.2, 0.0], [0.2, 0.2, 1.0, 0.0], [0.0] * 4])
    layer = "residual(rmsnorm:epsilon=0,linear:width=4x,relu,linear)"
    for route in (Route.GRAM, Route.STATE):
        run = simulate(
            network(layer), depth=4, replicas=3, initial_gram=gram, route=route, seed=2
        ).final_gram
        assert np.array_equal(run[:, 0], run[:, 1])
        assert not run[:, 3].any()


@pytest.mark.parametrize("route", [Route.GRAM, Route.STATE, Route.EXPLICIT])
def test_layer_norm_leaves_samples_of_norm_one(route: Route) -> None:
    net = network("linear:width=4x,gelu,layernorm:epsilon=0")
    run = simulate(net, depth=2, replicas=3, initial_gram=np.eye(4), route=route)
    assert np.allclose(np.diagonal(run.final_gram, axis1=1, axis2=2), 1)
    with_epsilon = network("linear:width=4x,gelu,layernorm:epsilon=0.5")
    run = simulate(with_epsilon, depth=2, replicas=3, initial_gram=np.eye(4), route=route)
    assert (np.diagonal(run.final_gram, axis1=1, axis2=2) < 0.9).all()


@pytest.mark.parametrize("route", [Route.GRAM, Route.STATE, Route.EXPLICIT])
def test_uniform_attention_makes_tokens_equal(route: Route) -> None:
    net = network("attention:uniform", positions=(3,), batch=2)
    G = simulate(net, depth=1, replicas=2, initial_gram=np.eye(6), route=route).final_gram
    assert np.allclose(G[:, :3, :3], G[:, :1, :1])
    assert np.allclose(G[:, :3, 3:], G[:, :1, 3:4])
    # A causal mask lets the first token see itself alone: it differs from the others.
    causal = network("attention:uniform:causal", positions=(3,), batch=2)
    G = simulate(causal, depth=1, replicas=2, initial_gram=np.eye(6), route=route).final_gram
    assert (np.abs(G[:, 0, 0] - G[:, 1, 1]) > 1e-3).all()


def test_sequences_do_not_see_each_other() -> None:
    """A batch of two equal sequences gives two equal sequences, and one of them gives the same."""
    tokens = np.array([[1.0, 0.4, 0.1], [0.4, 1.0, 0.3], [0.1, 0.3, 1.0]])
    net = network("residual(rmsnorm,attention:heads=2)", positions=(3,), batch=2)
    gram = np.kron(np.ones((2, 2)), tokens)
    G = simulate(net, depth=3, replicas=2, initial_gram=gram, route="gram").final_gram
    assert np.array_equal(G[:, :3, :3], G[:, 3:, 3:])
    assert np.array_equal(G[:, :3, :3], G[:, :3, 3:])


def test_a_start_by_its_gram_matrix_is_one_by_a_state() -> None:
    """With fresh weights first, only the Gram matrix of the start matters."""
    rng = np.random.default_rng(1)
    H = rng.standard_normal((8, 4))
    net = network("linear:bias=0.1,rmsnorm,relu")
    by_state = simulate(net, depth=2, replicas=2, initial_state=H, route="gram")
    by_gram = simulate(net, depth=2, replicas=2, initial_gram=H.T @ H / 8, route="gram")
    assert np.allclose(by_state.final_gram, by_gram.final_gram, rtol=1e-9)


def test_a_stem_and_a_head_are_stages_of_their_own() -> None:
    net = network(
        "residual(layernorm,linear)", stem=parse_layer("linear"), head=parse_layer("linear:width=2")
    )
    run = simulate(net, depth=3, replicas=2, initial_gram=np.eye(4))
    assert run.depth == 3
    assert run.values["isometry"].shape == (2, 3 + 2 + 1)
    assert (run.values["stable_rank"][:, -1] <= 2).all()


def test_dead_units_are_counted() -> None:
    """With one sample, half of ReLU's neurons are out; tanh has none."""
    one = network("linear:variance=2:bias=0.1,relu", width=10_000, batch=1)
    for route in (Route.GRAM, Route.STATE):
        run = simulate(one, depth=2, replicas=1, initial_gram=[[1.0]], route=route)
        assert (np.abs(run.dead_units[0, 1:] - 0.5) < 0.03).all()
        assert np.isnan(run.dead_units[0, 0])
    odd = network("linear:bias=0.1,tanh", width=100, batch=2)
    run = simulate(odd, depth=2, replicas=1, initial_gram=np.eye(2))
    assert not run.dead_units[0, 1:].any()


REFUSED: dict[str, tuple[str, Route, str]] = {
    "rows of the stream": ("residual(relu,linear)", Route.GRAM, "neurons of the stream"),
    "the end of a branch": ("residual(linear,relu)", Route.GRAM, "knows the axes"),
    "a branch without weights": ("residual(layernorm)", Route.GRAM, "draws no weights"),
    "neurons": ("linear:bias=0.1,relu", Route.WISHART, "acts on single neurons"),
    "orthogonal weights": ("layernorm,linear:haar", Route.STATE, "haar weights"),
    "uniform weights": ("layernorm,linear:uniform", Route.GRAM, "uniform weights"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_route_that_is_not_exact_is_refused_with_the_reason(case: str) -> None:
    layer, route, reason = REFUSED[case]
    with pytest.raises(ArgumentError, match=reason):
        choose_route(network(layer), route)
    chosen = choose_route(network(layer))
    assert exact_routes(network(layer))[chosen] is None


@given(architectures(3, 6))
def test_some_route_is_exact_for_every_network(net: Network) -> None:
    assert exact_routes(net)[choose_route(net)] is None


def test_a_start_of_the_wrong_shape_is_refused() -> None:
    net = network(positions=(3,), batch=2)
    with pytest.raises(ArgumentError, match="6 columns of samples and positions"):
        simulate(net, depth=1, replicas=1, initial_gram=np.eye(2))
    with pytest.raises(ArgumentError, match=r"it must be \(8, 6\)"):
        simulate(net, depth=1, replicas=1, initial_state=np.ones((6, 8)))


def test_numbers_that_doubles_do_not_hold_are_an_error() -> None:
    net = network("residual(linear:variance=1e300)")
    with pytest.raises(ArgumentError, match="rescale in every layer"):
        simulate(net, depth=5, replicas=1, initial_gram=np.eye(4))
    huge = 1e200 * np.ones((8, 4))
    with pytest.raises(ArgumentError, match="leave the range of doubles"):
        simulate(network(), depth=1, replicas=1, initial_state=huge)


def test_too_many_columns_are_refused_before_anything_is_drawn() -> None:
    net = network(batch=10_000, positions=(64, 64))
    with contextlib.suppress(MemoryError), pytest.raises(ArgumentError, match="GB"):
        simulate(net, depth=1, replicas=1, initial_state=np.ones((8, 1)))


def moved(net: Network, gram: Array) -> Array:
    return simulate(net, depth=1, replicas=1, initial_gram=gram, seed=4).final_gram[0]


def test_circular_convolutions_commute_with_rotations_of_the_image() -> None:
    """The law of what comes out is that of the rotated image: the mean Gram matrix shows it."""
    net = network("conv:3:circular", width=3, batch=1, positions=(5,))
    rng = np.random.default_rng(2)
    H = rng.standard_normal((3, 5))
    G = H.T @ H / 3
    turn = np.roll(np.arange(5), 2)
    one = simulate(net, depth=1, replicas=4000, initial_gram=G, seed=1).final_gram.mean(axis=0)
    two = simulate(
        net, depth=1, replicas=4000, initial_gram=G[np.ix_(turn, turn)], seed=2
    ).final_gram.mean(axis=0)
    assert np.abs(one[np.ix_(turn, turn)] - two).max() < 0.1
    assert np.abs(one - two).max() > 0.1


@pytest.mark.parametrize("route", [Route.GRAM, Route.STATE, Route.EXPLICIT])
def test_a_start_of_any_rank_will_do_where_weights_come_first(route: Route) -> None:
    """Six samples cannot be orthogonal in three features; what weights make of them is drawn."""
    layer = parse_layer("linear:bias=0.1,relu,layernorm")
    net = Network(3, 6, layer)
    run = simulate(net, depth=2, replicas=2, initial_gram=np.eye(6), route=route)
    assert (np.linalg.matrix_rank(run.final_gram) <= 3).all()
    uniform = Network(3, 6, parse_layer("linear:uniform,layernorm"))
    with pytest.raises(ArgumentError, match="rank of at most 3"):
        simulate(uniform, depth=1, replicas=1, initial_gram=np.eye(6))


@pytest.mark.parametrize("route", [Route.GRAM, Route.STATE, Route.EXPLICIT])
def test_a_mean_that_vanishes_is_zero_up_to_rounding_and_no_error(route: Route) -> None:
    net = network(
        "linear:width=4", stem=parse_layer("recenter,average,linear"), positions=(3,), batch=1
    )
    run = simulate(net, depth=2, replicas=5, initial_gram=np.eye(3), route=route)
    assert np.abs(run.final_gram).max() < 1e-28

"""Replica i is the same bit for bit, however many replicas, workers and blocks there are."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from multiprocessing import get_context
from typing import Any
from unittest import mock

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import special

from depthlaw.numerics.sampling import plan as planning
from depthlaw.numerics.sampling import streamed
from depthlaw.numerics.sampling.routes import exact_routes
from depthlaw.numerics.simulate import simulate
from depthlaw.numerics.trajectory import Trajectory
from depthlaw.theory.errors import ArgumentError
from depthlaw.theory.network import (
    Activate,
    Linear,
    Network,
    Operation,
    Over,
    Recenter,
    Rescale,
    Weights,
)

LAYERS: list[tuple[Operation, ...]] = [
    (Linear(),),
    (Linear(), Recenter(Over.FEATURES), Rescale(Over.FEATURES)),
    (Linear(), Rescale()),
    (Linear(), Recenter(), Rescale(), Activate(np.tanh, "tanh")),
    (Linear(), Activate(np.sin, "sin"), Recenter(Over.FEATURES), Rescale(Over.FEATURES)),
    (Linear(), Activate(special.erf, "erf"), Linear(), Recenter(), Rescale()),
    (Linear(residual=0.3), Activate(partial(np.maximum, 0.0), "relu"), Rescale(Over.FEATURES)),
    (Linear(Weights.HAAR), Rescale()),
    (Linear(Weights.UNIFORM), Rescale()),
]

NETWORKS = st.builds(
    Network,
    width=st.integers(1, 40),
    batch=st.integers(1, 5),
    layer=st.sampled_from(LAYERS),
)

SHARED = Network(width=3000, batch=40, layer=LAYERS[4])
"""Its layer has four chunks, so that workers can share it."""


def same(one: Trajectory, other: Trajectory) -> bool:
    return (
        np.array_equal(one.final_gram, other.final_gram)
        and np.array_equal(one.degenerate, other.degenerate)
        and np.array_equal(one.dropped, other.dropped)
        and np.array_equal(one.dead_units, other.dead_units, equal_nan=True)
        and np.array_equal(one.exponents, other.exponents)
        and all(
            np.array_equal(values, other.values[name], equal_nan=True)
            for name, values in one.values.items()
        )
    )


def part(run: Trajectory, first: int, count: int) -> Trajectory:
    rows = slice(first - run.first_replica, first - run.first_replica + count)
    return Trajectory(
        network=run.network,
        route=run.route,
        seed=run.seed,
        depth=run.depth,
        replicas=count,
        first_replica=first,
        values={name: values[rows] for name, values in run.values.items()},
        dead_units=run.dead_units[rows],
        degenerate=run.degenerate[rows],
        dropped=run.dropped[rows],
        exponents=run.exponents[rows],
        final_gram=run.final_gram[rows],
    )


@contextmanager
def machine(workers: int) -> Iterator[None]:
    """A machine of so many cores, on which threads always pay."""
    with (
        mock.patch("os.cpu_count", return_value=workers),
        mock.patch.object(planning, "_POINTLESS", -1),
    ):
        yield


def start(network: Network) -> np.ndarray[Any, Any]:
    """A vector of ones has rank 1: it is the Gram matrix of a state in any width."""
    n = network.batch
    return np.ones((n, n)) if network.width < n else np.eye(n) + 0.5


@given(NETWORKS, st.integers(1, 12), st.integers(0, 4), st.integers(0, 99))
@settings(max_examples=settings.default.max_examples // 2)
def test_workers_do_not_matter(network: Network, replicas: int, depth: int, seed: int) -> None:
    for route, reason in exact_routes(network).items():
        if reason is not None:
            continue
        runs = []
        for workers in (1, 2, 5):
            with machine(workers):
                runs.append(
                    simulate(
                        network,
                        depth=depth,
                        replicas=replicas,
                        seed=seed,
                        initial_gram=start(network),
                        route=route,
                    )
                )
        assert same(runs[0], runs[1])
        assert same(runs[0], runs[2])


@given(NETWORKS, st.integers(0, 20), st.integers(1, 20), st.integers(1, 20), st.integers(0, 99))
@settings(max_examples=settings.default.max_examples // 2)
def test_a_replica_does_not_depend_on_its_company(
    network: Network, first: int, replicas: int, block: int, seed: int
) -> None:
    for route, reason in exact_routes(network).items():
        if reason is not None:
            continue
        common: dict[str, Any] = {
            "depth": 3,
            "seed": (seed, 1),
            "initial_gram": start(network),
            "route": route,
        }
        whole = simulate(network, replicas=first + replicas, **common)
        with mock.patch.object(planning, "_MOST_REPLICAS", block):
            alone = simulate(network, replicas=replicas, first_replica=first, **common)
        assert same(alone, part(whole, first, replicas))


@given(st.sampled_from(LAYERS), st.integers(1, 5), st.integers(1, 4))
@settings(max_examples=settings.default.max_examples // 5)
def test_legs_do_not_matter(layer: tuple[Operation, ...], batch: int, replicas: int) -> None:
    network = Network(width=11, batch=batch, layer=layer)
    common: dict[str, Any] = {"depth": 7, "replicas": replicas, "initial_gram": start(network)}
    whole = simulate(network, **common)
    with (
        mock.patch.object(planning, "_LEG", 1),
        mock.patch.object(streamed, "_AHEAD", 1),
    ):
        assert same(simulate(network, **common), whole)


@pytest.mark.parametrize("workers", [2, 3, 5])
@pytest.mark.parametrize("replicas", [1, 3])
def test_a_layer_may_be_shared(workers: int, replicas: int) -> None:
    common: dict[str, Any] = {"depth": 3, "replicas": replicas, "initial_gram": start(SHARED)}
    with machine(1):
        alone = simulate(SHARED, **common)
    with machine(workers):
        shared = planning.plan(
            SHARED, alone.route, depth=3, replicas=replicas, workers=workers
        ).share_layers
        assert shared == (workers <= 4)
        assert same(simulate(SHARED, **common), alone)


@pytest.mark.parametrize("cores", [pytest.param(1, marks=pytest.mark.slow), 2])
def test_processes_do_not_matter(cores: int) -> None:
    narrow = Network(width=30, batch=3, layer=LAYERS[5])
    state = Network(width=30, batch=3, layer=LAYERS[6])

    def runs(executor: Executor | None) -> list[Trajectory]:
        return [
            simulate(
                network,
                depth=3,
                replicas=3,
                initial_gram=start(network),
                observables={},
                executor=executor,
            )
            for network in (narrow, state, SHARED)
        ]

    expected = runs(None)
    with (
        machine(cores),
        mock.patch.object(planning, "_LEG", 1),
        ProcessPoolExecutor(2, mp_context=get_context("spawn")) as executor,
    ):
        assert all(map(same, runs(executor), expected))
    with ThreadPoolExecutor(3) as threads:
        assert all(map(same, runs(threads), expected))


@pytest.mark.parametrize("what", ["activation", "observable"])
def test_what_cannot_travel_to_a_process_is_named(what: str) -> None:
    square = (
        Activate(lambda x: x * x, "square") if what == "activation" else Activate(np.tanh, "tanh")
    )
    observables = {"first": lambda gram: gram[:, 0, 0]} if what == "observable" else {}
    network = Network(width=3, batch=2, layer=(Linear(), square))
    with (
        ProcessPoolExecutor(1, mp_context=get_context("spawn")) as executor,
        pytest.raises(ArgumentError, match=f"{what} (square|first) cannot be sent"),
    ):
        simulate(
            network,
            depth=1,
            replicas=1,
            initial_gram=np.eye(2),
            observables=observables,
            executor=executor,
        )

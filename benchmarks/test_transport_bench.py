"""What transport costs, against the decompositions and the simulation that it cannot do without."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from time import perf_counter
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from depthlaw.numerics.simulate import simulate
from depthlaw.numerics.transport import (
    bures_distance,
    coupling_bound,
    distance_to_gaussian,
    pairwise_bures,
)
from depthlaw.theory.network import Linear, Network, Rescale
from depthlaw.theory.network.gram import equicorrelated


def best(call: Callable[[], object], repeats: int) -> float:
    """Return the shortest of some times, in seconds."""
    times = []
    for _ in range(repeats):
        start = perf_counter()
        call()
        times.append(perf_counter() - start)
    return min(times)


def report(benchmark: Any, name: str, value: float) -> None:
    benchmark.extra_info[name] = value
    print(f"\n{name}: {value:.4g}")


def factors(seed: int, *shape: int) -> NDArray[np.float64]:
    return np.random.default_rng(seed).standard_normal(shape)


def batch_norm(width: int) -> Network:
    return Network(width=width, batch=8, layer=(Linear(), Rescale()))


@pytest.mark.parametrize("decades", [0, 12])
def test_one_large_distance_against_one_decomposition(benchmark: Any, decades: int) -> None:
    n = 512
    # Graded columns, in close pairs, are where directions have to be aligned again.
    F = np.linalg.qr(factors(0, n, n))[0] * np.logspace(0, -decades / 2, n)
    G = F @ np.linalg.qr(factors(1, n, n))[0]
    ratio = best(lambda: bures_distance(F, G), 3) / best(lambda: np.linalg.svd(F.T @ G), 3)
    benchmark.pedantic(lambda: bures_distance(F, G), rounds=3)
    report(benchmark, f"distance over decomposition, {decades} decades", ratio)


def test_a_table_of_small_distances_against_their_decompositions(benchmark: Any) -> None:
    F, G = factors(0, 100, 8, 8), factors(1, 100, 8, 8)
    products = factors(2, 10_000, 8, 8)
    ratio = best(lambda: pairwise_bures(F, G), 3) / best(lambda: np.linalg.svd(products), 3)
    benchmark.pedantic(lambda: pairwise_bures(F, G), rounds=3)
    report(benchmark, "table over decompositions", ratio)


def test_transport_between_laws(benchmark: Any) -> None:
    start = equicorrelated(8, 0.5)
    benchmark.pedantic(
        lambda: distance_to_gaussian(
            batch_norm(1000), depth=3, replicas=128, level=0.01, initial_gram=start
        ),
        rounds=1,
    )


@pytest.mark.slow
def test_the_coupling_bound_of_a_wide_network(benchmark: Any) -> None:
    start = equicorrelated(8, 0.9)
    request: dict[str, Any] = {"depth": 40, "replicas": 16, "initial_gram": start}

    def run() -> object:
        return coupling_bound(batch_norm(10**6), level=1e-3, **request)

    begin = perf_counter()
    simulate(batch_norm(10**6), observables={}, **request)
    alone = perf_counter() - begin
    tracemalloc.start()
    begin = perf_counter()
    benchmark.pedantic(run, rounds=1)
    ratio = (perf_counter() - begin) / alone
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    report(benchmark, "bound over simulation", ratio)
    report(benchmark, "peak megabytes", peak / 1e6)

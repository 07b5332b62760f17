"""What a layer of a long chain costs, against its bare draws and product, and on two threads."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from time import perf_counter
from typing import Any

import numpy as np
import pytest

from depthlaw.numerics.chains import deep_chain, rank_chain, rank_network, rank_observables
from depthlaw.numerics.sampling.explicit import draw_weights
from depthlaw.numerics.streams import stream
from depthlaw.theory.network import Linear

WIDTH, LAYERS = 64, 400
NETWORK = rank_network(WIDTH, WIDTH)
STABLE_RANK = {"stable_rank": rank_observables(NETWORK)["stable_rank"]}


def best(call: Callable[[], object], repeats: int) -> float:
    """Return the shortest of some times, in seconds: what the machine can do when let alone."""
    times = []
    for _ in range(repeats):
        start = perf_counter()
        call()
        times.append(perf_counter() - start)
    return min(times)


def report(benchmark: Any, name: str, value: float) -> None:
    benchmark.extra_info[name] = value
    print(f"\n{name}: {value:.4g}")


def bare() -> None:
    """Draw the weights of each layer and multiply, which no chain can do without."""
    linear, generator = NETWORK.layer[0], stream(0, 0)
    assert isinstance(linear, Linear)
    H = np.eye(WIDTH)
    for _ in range(LAYERS):
        H = draw_weights(linear, WIDTH, [generator])[0] @ H / WIDTH**0.5


def chain(
    replicas: int = 1, threads: int = 1, layers: int = LAYERS, **options: Any
) -> Callable[[], object]:
    def call() -> object:
        with ThreadPoolExecutor(threads) as executor:
            return rank_chain(
                NETWORK, depth=layers, replicas=replicas, executor=executor, **options
            )

    return call


def test_a_layer_against_its_draws_and_product(benchmark: Any) -> None:
    layer = chain(observables=STABLE_RANK)
    ratio = best(layer, 5) / best(bare, 5)
    benchmark.pedantic(layer, rounds=3)
    report(benchmark, "layer over draws and product", ratio)


def test_a_layer_with_its_soft_rank(benchmark: Any) -> None:
    plain = best(chain(observables=STABLE_RANK), 3)
    report(benchmark, "all ranks in every layer over r alone", best(chain(), 3) / plain)
    report(benchmark, "in every tenth layer", best(chain(every=10), 3) / plain)
    benchmark.pedantic(chain(every=10), rounds=3)


def test_a_layer_with_all_its_singular_values(benchmark: Any) -> None:
    def deep() -> object:
        return deep_chain(NETWORK, depth=LAYERS, replicas=1, observables={}, at=[LAYERS])

    ratio = best(deep, 3) / best(chain(observables=STABLE_RANK), 3)
    benchmark.pedantic(deep, rounds=2)
    report(benchmark, "graded factors over one array", ratio)


def test_eight_replicas_on_two_threads_against_one(benchmark: Any) -> None:
    one, two = chain(8, 1, every=10), chain(8, 2, every=10)
    ratio = best(one, 3) / best(two, 3)
    benchmark.pedantic(two, rounds=2)
    report(benchmark, "one thread over two", ratio)


@pytest.mark.slow
def test_eight_replicas_over_ten_thousand_layers(benchmark: Any) -> None:
    call = chain(8, 2, 10_000, burn_in=1000)
    benchmark.pedantic(call, rounds=1)
    report(benchmark, "bare products it could have made", 10_000 / LAYERS * 8 * best(bare, 5))

"""What a streamed layer costs, against what it cannot do without and what it replaces."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from time import perf_counter, process_time
from typing import Any
from unittest import mock

import numpy as np
import pytest
from numpy.random import SFC64, Generator
from numpy.typing import NDArray

from depthlaw.numerics.compiled import Normals
from depthlaw.numerics.sampling import streamed
from depthlaw.numerics.sampling.block import Block
from depthlaw.numerics.sampling.matrices import factor, known_factor
from depthlaw.numerics.sampling.routes import STEPS, Route
from depthlaw.numerics.simulate import simulate
from depthlaw.numerics.streams import chunk_width, chunk_widths
from depthlaw.numerics.streams import streams as drawn_from
from depthlaw.theory.network import Linear, Network, Rescale
from depthlaw.theory.network.text import parse_layer

BATCH = 8
GENERATORS = ("SFC64", "PCG64", "PCG64DXSM", "Philox", "MT19937")


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


def batch_norm(width: int, text: str = "linear,rescale") -> Network:
    return Network(width=width, batch=BATCH, layer=parse_layer(text))


def some_layers(
    width: int, route: Route, layers: int = 1, text: str = "linear,rescale"
) -> Callable[[], object]:
    """Return a call that takes one replica through layers, everything made ready before."""
    network = batch_norm(width, text)
    chunks = len(chunk_widths(width, BATCH))
    streams = drawn_from(0, range(1), chunks)
    gram = np.eye(BATCH)[None] + 0.5
    state = np.random.default_rng(0).standard_normal((1, BATCH, width))

    def call() -> object:
        block = Block(gram, state, np.zeros(1, dtype=np.int64), streams)
        return list(STEPS[route](network, block, layers))

    return call


def drawing(width: int) -> Callable[[], object]:
    """Return a call that draws the normals of a layer into one chunk, over and over."""
    generator = Generator(SFC64(0))
    chunk: NDArray[np.float64] = np.empty(BATCH * chunk_width(BATCH))

    def call() -> None:
        left = BATCH * width
        while left:
            part = chunk[: min(left, len(chunk))]
            generator.standard_normal(out=part)
            left -= len(part)

    return call


def by_turns(calls: Sequence[Callable[[], object]], rounds: int) -> list[float]:
    """Return the shortest CPU time of each call; they take turns, and so meet the same load."""
    shortest = [float("inf")] * len(calls)
    for _ in range(rounds):
        for place, call in enumerate(calls):
            start = process_time()
            call()
            shortest[place] = min(shortest[place], process_time() - start)
    return shortest


@pytest.mark.parametrize(
    "text",
    [
        "linear,rescale",
        "linear,recenter,rescale,relu",
        "linear,relu,recenter,rescale",
        "linear,gelu,recenter:features,rescale:features",
    ],
)
def test_streamed_layer_against_its_gaussians(benchmark: Any, text: str) -> None:
    # Four layers: arrays are made once for all of them.
    layers = some_layers(10**5, Route.GRAM, 4, text)
    taken, drawn = by_turns([layers, drawing(10**5)], 15)
    benchmark.pedantic(layers, rounds=5)
    report(benchmark, f"layer over drawing, {text}", taken / 4 / drawn)


@pytest.mark.parametrize("observed", [False, True])
def test_narrow_replicas_in_a_block_against_their_gaussians(benchmark: Any, observed: bool) -> None:
    depth, replicas, width = 100, 81, 100
    network = batch_norm(width)
    observables = None if observed else {}

    def run() -> None:
        simulate(
            network,
            depth=depth,
            replicas=replicas,
            initial_gram=np.eye(BATCH) + 0.5,
            observables=observables,
            route=Route.GRAM,
        )

    with mock.patch("os.cpu_count", return_value=1):
        taken, drawn = by_turns([run, drawing(width * depth * replicas)], 5)
        benchmark.pedantic(run, rounds=2)
    what = "with the usual observables" if observed else "without observables"
    report(benchmark, f"narrow layer over drawing, {what}", taken / drawn)


@pytest.mark.parametrize("batch", [8, 64, 256])
def test_the_factor_against_eigenvectors(benchmark: Any, batch: int) -> None:
    normals = np.random.default_rng(0).standard_normal((1, batch, 4 * batch))
    gram, rank = normals @ normals.swapaxes(1, 2), np.array([batch])
    found = partial(known_factor, gram, recentred=False, centred=False, scale=1.0, rank=rank)
    taken, eigenvectors = by_turns([found, partial(factor, gram)], 30)
    benchmark(found)
    report(benchmark, f"eigenvectors over the factor at {batch}", eigenvectors / taken)


@pytest.mark.parametrize(
    ("width", "repeats"), [(2000, 10), pytest.param(10**4, 2, marks=pytest.mark.slow)]
)
def test_explicit_weights_against_a_streamed_layer(
    benchmark: Any, width: int, repeats: int
) -> None:
    # Ten layers, as arrays are made once for all of them.
    layers, explicit = some_layers(width, Route.GRAM, 10), some_layers(width, Route.EXPLICIT)
    ratio = best(explicit, repeats) / (best(layers, 50) / 10)
    benchmark.pedantic(layers, rounds=20)
    report(benchmark, f"explicit over streamed at {width}", ratio)


def test_two_threads_against_one(benchmark: Any) -> None:
    network = batch_norm(10**6)

    def run(threads: int) -> None:
        with ThreadPoolExecutor(threads) as executor:
            simulate(
                network,
                depth=4,
                replicas=1,
                initial_gram=np.eye(BATCH),
                observables={},
                executor=executor,
            )

    def draw(threads: int) -> None:
        with ThreadPoolExecutor(threads) as executor:
            list(executor.map(lambda call: call(), [drawing(10**6) for _ in range(4)]))

    ratio = best(lambda: run(1), 4) / best(lambda: run(2), 4)
    # What the machine has to give: two threads that only draw numbers.
    possible = best(lambda: draw(1), 4) / best(lambda: draw(2), 4)
    benchmark.pedantic(run, args=(2,), rounds=2)
    report(benchmark, "one thread over two", ratio)
    report(benchmark, "the same for drawing alone", possible)


def test_many_narrow_replicas(benchmark: Any) -> None:
    network = Network(width=100, batch=2, layer=(Linear(), Rescale()))
    benchmark.pedantic(
        lambda: simulate(network, depth=10, replicas=20_000, initial_gram=np.eye(2)), rounds=2
    )


@pytest.mark.parametrize("name", GENERATORS)
def test_generators_draw_normals(benchmark: Any, name: str) -> None:
    out = np.empty(2**15)
    generator = Generator(getattr(np.random, name)(0))
    chosen = Generator(SFC64(0))
    ratio = best(lambda: generator.standard_normal(out=out), 200) / best(
        lambda: chosen.standard_normal(out=out), 200
    )
    benchmark(lambda: generator.standard_normal(out=out))
    report(benchmark, f"{name} over SFC64", ratio)


def test_compiled_normals(benchmark: Any) -> None:
    out, numpys, compiled = np.empty(2**15), Normals(10**12), Normals(0)
    generator = Generator(SFC64(0))
    compiled.fill(generator, out)
    ratio = best(lambda: numpys.fill(generator, out), 200) / best(
        lambda: compiled.fill(generator, out), 200
    )
    benchmark(lambda: compiled.fill(generator, out))
    report(benchmark, "NumPy's normals over compiled ones", ratio)


@pytest.mark.slow
def test_peak_memory_of_a_wide_layer(benchmark: Any) -> None:
    def run() -> int:
        # NumPy reports its arrays to tracemalloc; what was loaded before is not counted.
        tracemalloc.start()
        simulate(batch_norm(10**7), depth=1, replicas=1, initial_gram=np.eye(BATCH))
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return peak

    report(benchmark, "peak megabytes", benchmark.pedantic(run, rounds=1) / 1e6)


def test_streamed_chunk_alone(benchmark: Any) -> None:
    network = batch_norm(chunk_width(BATCH))
    steps = some_layers(network.width, Route.GRAM)
    assert streamed.why_not(network) is None
    benchmark(steps)

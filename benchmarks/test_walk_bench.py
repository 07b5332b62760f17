"""What a layer of a transformer or a convolutional network costs, against what it replaces."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable, Sequence
from time import process_time
from typing import Any
from unittest import mock

import numpy as np
import pytest

from depthlaw.numerics.simulate import simulate
from depthlaw.theory.network import Network
from depthlaw.theory.network.text import parse_layer

BLOCK = (
    "residual(layernorm,attention:heads={heads}:head_width={head_width}:causal),"
    "residual(layernorm,linear:width=4x,{activation}linear)"
)


def report(benchmark: Any, name: str, value: float) -> None:
    benchmark.extra_info[name] = value
    print(f"\n{name}: {value:.4g}")


def by_turns(calls: Sequence[Callable[[], object]], rounds: int) -> list[float]:
    """Return the shortest CPU time of each call; they take turns, and so meet the same load."""
    shortest = [float("inf")] * len(calls)
    for _ in range(rounds):
        for place, call in enumerate(calls):
            start = process_time()
            call()
            shortest[place] = min(shortest[place], process_time() - start)
    return shortest


def block(
    width: int, tokens: int = 64, heads: int = 8, activation: str = "relu,", route: str = "gram"
) -> Callable[[], object]:
    """Return a call that takes one sequence through two blocks, on one core."""
    head_width = max(1, width // heads)
    text = BLOCK.format(heads=heads, head_width=head_width, activation=activation)
    network = Network(width, 1, parse_layer(text), positions=(tokens,))
    gram = np.eye(tokens) / 2 + 0.5

    def call() -> None:
        with mock.patch("os.cpu_count", return_value=1):
            simulate(network, depth=2, replicas=1, initial_gram=gram, observables={}, route=route)

    return call


def test_explicit_weights_against_a_transformer_block(benchmark: Any) -> None:
    streamed, explicit = block(1000), block(1000, route="explicit")
    taken, replaced = by_turns([streamed, explicit], 3)
    benchmark.pedantic(streamed, rounds=2)
    report(benchmark, "explicit weights over a streamed block", replaced / taken)


def test_a_block_against_its_algebra(benchmark: Any) -> None:
    """Without its activation a block is made of n × n matrices alone."""
    whole, algebra = by_turns([block(1000), block(1000, activation="")], 5)
    benchmark.pedantic(block(1000), rounds=2)
    report(benchmark, "block over its n × n algebra", whole / algebra)


@pytest.mark.parametrize("activation", ["relu,", "gelu,"])
def test_growth_with_the_width(benchmark: Any, activation: str) -> None:
    wide, wider = (block(d, activation=activation) for d in (10**4, 10**5))
    one, ten = by_turns([wide, wider], 2)
    benchmark.pedantic(wide, rounds=1)
    report(benchmark, f"ten times the width, {activation}", ten / one)


def test_growth_with_the_tokens(benchmark: Any) -> None:
    short, long = by_turns([block(1000, tokens=64), block(1000, tokens=128)], 3)
    benchmark.pedantic(block(1000), rounds=1)
    report(benchmark, "twice the tokens", long / short)


def test_growth_with_the_heads(benchmark: Any) -> None:
    few, many = by_turns([block(1000, heads=8), block(1000, heads=32)], 3)
    benchmark.pedantic(block(1000), rounds=1)
    report(benchmark, "four times the heads", many / few)


def test_a_convolution_against_one_spectrum(benchmark: Any) -> None:
    layer = parse_layer("conv:3:variance=2,batchnorm,relu")
    network = Network(512, 8, layer, positions=(8, 8))
    n = network.columns
    gram = np.eye(n) / 2 + 0.5

    def call() -> None:
        with mock.patch("os.cpu_count", return_value=1):
            simulate(network, depth=2, replicas=1, initial_gram=gram, observables={}, route="gram")

    taken, spectrum = by_turns([call, lambda: np.linalg.eigh(gram)], 3)
    benchmark.pedantic(call, rounds=1)
    report(benchmark, "3×3 convolution, batch norm, relu over eigh", taken / 2 / spectrum)


@pytest.mark.slow
def test_peak_memory_of_a_wide_block(benchmark: Any) -> None:
    call = block(10**6)
    call()
    tracemalloc.start()
    benchmark.pedantic(call, rounds=1)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    report(benchmark, "peak memory of a block at width 10⁶, MB", peak / 1e6)

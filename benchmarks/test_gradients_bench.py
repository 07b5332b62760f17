"""What going back through the layers costs, against going forward alone."""

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

LAYERS = {
    "batch norm": "linear,batchnorm:epsilon=0,relu",
    "no norm": "linear:variance=2,relu",
    "pre-norm block": "residual(layernorm,linear,relu,linear)",
}


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


def passes(
    layer: str, width: int, batch: int, depth: int, *, gradients: bool, route: str | None = None
) -> Callable[[], object]:
    """Return a call that takes one network forward, and back if gradients are wanted."""
    network, gram = Network(width, batch, parse_layer(layer)), np.eye(batch) / 2 + 0.5

    def call() -> None:
        with mock.patch("os.cpu_count", return_value=1):
            simulate(
                network,
                depth=depth,
                replicas=1,
                initial_gram=gram,
                observables={},
                gradients=gradients,
                route=route,
            )

    return call


@pytest.mark.parametrize("name", LAYERS)
def test_forward_and_backward_against_forward(benchmark: Any, name: str) -> None:
    """At width 10⁵, 16 samples, ten layers."""
    calls = [passes(LAYERS[name], 10**5, 16, 10, gradients=wanted) for wanted in (False, True)]
    forward, both = by_turns(calls, 3)
    benchmark.pedantic(calls[1], rounds=2)
    report(benchmark, f"forward and backward over forward, {name}", both / forward)


def test_explicit_weights_against_rows(benchmark: Any) -> None:
    """At width 1 000 a weight matrix has a hundred times the numbers of the batch."""
    calls = [
        passes(LAYERS["batch norm"], 1000, 8, 10, gradients=True, route=route)
        for route in ("state", "explicit")
    ]
    rows, explicit = by_turns(calls, 3)
    benchmark.pedantic(calls[0], rounds=2)
    report(benchmark, "explicit weights over rows, forward and backward", explicit / rows)


def test_depth_costs_no_memory(benchmark: Any) -> None:
    """Stages are drawn again on the way back, rather than kept."""
    peaks = []
    for depth in (5, 20):
        call = passes(LAYERS["batch norm"], 10**5, 16, depth, gradients=True)
        tracemalloc.start()
        call()
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    benchmark.pedantic(call, rounds=1)
    report(benchmark, "memory of four times the depth", peaks[1] / peaks[0])
    report(benchmark, "megabytes", peaks[1] / 1e6)

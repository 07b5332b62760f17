"""What NNGP and NTK of a Gram matrix cost, against one transcendental function of its size."""

from __future__ import annotations

from collections.abc import Callable
from time import process_time
from typing import Any

import numpy as np
import pytest

from depthlaw import Network, kernels, parse_layer

INPUTS, DEPTH = 1000, 30


def seconds(call: Callable[[], object], repeats: int = 3) -> float:
    """Return the shortest of some times: what the machine can do when let alone."""
    times = []
    for _ in range(repeats):
        start = process_time()
        call()
        times.append(process_time() - start)
    return min(times)


@pytest.mark.parametrize("text", ["linear:variance=2,relu", "linear:bias=0.1,relu", "linear,erf"])
def test_a_million_pairs_through_thirty_layers_against_arcsin(benchmark: Any, text: str) -> None:
    X = np.random.default_rng(0).standard_normal((INPUTS, 64))
    gram = X @ X.T / 64
    network = Network(64, INPUTS, parse_layer(text), head=parse_layer("linear"))

    def run() -> object:
        return kernels(network, depth=DEPTH, initial_gram=gram)

    run()
    benchmark.pedantic(run, rounds=3)
    rho = np.linspace(-1, 1, INPUTS**2)
    took = seconds(run)
    ratio = took / (DEPTH * seconds(lambda: np.arcsin(rho)))
    benchmark.extra_info["kernels over arcsin in every layer"] = ratio
    print(f"\n{text}: {took:.3g} s, kernels over arcsin in every layer {ratio:.3g}")

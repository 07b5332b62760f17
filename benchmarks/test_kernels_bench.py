"""What a kernel map costs, against one transcendental function of the same array."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from time import process_time
from typing import Any

import numpy as np
import pytest

from depthlaw.theory.activations import activation
from depthlaw.theory.kernels import KernelMap, centred_map, kernel_values
from depthlaw.theory.kernels.gram_flow import gram_path

RHO = np.linspace(-1, 1, 10**6)


def seconds(call: Callable[[], object], repeats: int = 5) -> float:
    """Return the shortest of some times: what the machine can do when let alone."""
    times = []
    for _ in range(repeats):
        start = process_time()
        call()
        times.append(process_time() - start)
    return min(times)


@pytest.mark.parametrize("name", ["relu", "gelu", "sin", "erf", "tanh", "sigmoid"])
def test_a_million_correlations_against_arcsin(benchmark: Any, name: str) -> None:
    kernel = KernelMap(activation(name))
    kernel_values(kernel, RHO[:10])
    benchmark.pedantic(lambda: kernel_values(kernel, RHO), rounds=3)
    ratio = seconds(lambda: kernel_values(kernel, RHO)) / seconds(lambda: np.arcsin(RHO))
    benchmark.extra_info["kernel over arcsin"] = ratio
    print(f"\n{name}: kernel over arcsin {ratio:.3g}")


def test_a_certified_value_against_the_first_one(benchmark: Any) -> None:
    """κ(ρ) for tanh to 1e-12: the first call expands, later ones only sum."""
    kernel = KernelMap(activation("tanh"))
    start = process_time()
    kernel(Fraction(1, 3))
    first = process_time() - start
    value = benchmark(lambda: kernel(Fraction(3, 7)))
    later = seconds(lambda: kernel(Fraction(2, 7)))
    benchmark.extra_info["first over later"] = first / later
    print(f"\nfirst over later {first / later:.3g}")
    benchmark.extra_info["radius"] = float(value.ball.rad())
    print(
        f"\nfirst call over later ones: {first / later:.3g}, radius {float(value.ball.rad()):.2g}"
    )


def test_a_layer_of_the_recursion_against_its_kernel_values(benchmark: Any) -> None:
    """32 samples: one value of the centred map for each pair, and what is done about it."""
    kernel, start = centred_map(activation("relu")), np.full((32, 32), 0.5) + np.eye(32) / 2
    pairs = start[np.triu_indices(32, 1)]
    benchmark.pedantic(lambda: gram_path(kernel, start, 1000), rounds=3)
    layer = seconds(lambda: gram_path(kernel, start, 1000)) / 1000
    ratio = layer / seconds(lambda: kernel_values(kernel, pairs), repeats=50)
    benchmark.extra_info["layer over kernel values"] = ratio
    print(f"\nlayer over kernel values {ratio:.3g}")

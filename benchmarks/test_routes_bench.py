"""What the route chosen by formula costs, against the fastest one; and the formula's prices.

`python benchmarks/test_routes_bench.py tests/numerics/route_times.json` writes down the table
against which the tests hold the formula.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import fields
from pathlib import Path
from time import process_time
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.optimize import nnls

from depthlaw.numerics.sampling.block import Block, Counts
from depthlaw.numerics.sampling.costs import PRICES, Work, block_size
from depthlaw.numerics.sampling.haar import random_states
from depthlaw.numerics.sampling.matrices import factor
from depthlaw.numerics.sampling.routes import STEPS, WORK, Route, choose_route, exact_routes
from depthlaw.numerics.sampling.workers import one_blas_thread
from depthlaw.numerics.streams import chunk_widths
from depthlaw.numerics.streams import streams as drawn_from
from depthlaw.theory.network import Network
from depthlaw.theory.network.text import parse_layer

LAYERS = (
    "linear",
    "linear,rescale",
    "linear,relu,recenter,rescale",
    "linear,tanh,recenter:features,rescale:features",
    "linear:haar,rescale",
    "linear:residual=0.5,rescale",
)
SIZES = (
    (2, 20),
    (2, 1000),
    (4, 4),
    (8, 32),
    (8, 100),
    (16, 16),
    (16, 100),
    (32, 32),
    (32, 64),
    (64, 100),
    (64, 400),
    (128, 50),
    (128, 256),
    (256, 50),
)
ROUNDS = 6


def layers_of(network: Network, route: Route) -> tuple[Iterator[Counts], int]:
    """Return a block of replicas on their endless way through layers, and how many they are."""
    n, d = network.batch, network.width
    replicas = block_size(int(WORK[route](network).numbers))
    chunks = len(chunk_widths(d, n)) if route is Route.GRAM else 1
    streams = drawn_from(0, range(replicas), chunks)
    normals = np.random.default_rng(0).standard_normal((n, 4 * n))
    gram = normals @ normals.T / (4 * n)
    if n > d:
        values, vectors = np.linalg.eigh(gram)
        gram = (vectors[:, -d:] * values[-d:]) @ vectors[:, -d:].T
    state = None
    if route.keeps_state:
        state = random_states([chunk[0] for chunk in streams], factor(gram[None])[0], d)
    rank, distinct = (np.full(replicas, most) for most in (min(n, d), n))
    block = Block(
        np.tile(gram, (replicas, 1, 1)),
        state,
        np.zeros(replicas, dtype=np.int64),
        streams,
        rank=rank,
        distinct=distinct,
    )
    return STEPS[route](network, block, 10**9), replicas


def seconds_a_layer(networks: list[tuple[Network, Route]]) -> NDArray[np.float64]:
    """Return for each the CPU time of a layer of one replica: the shortest of rounds by turns."""
    found = np.full(len(networks), np.inf)
    with np.errstate(all="ignore"), one_blas_thread():
        runs = [layers_of(network, route) for network, route in networks]
        for _ in range(ROUNDS):
            for place, (layers, replicas) in enumerate(runs):
                found[place] = min(found[place], _burst(layers.__next__) / replicas)
    return found


def _burst(call: Callable[[], object]) -> float:
    """Return the time of a call, over as many as take ten milliseconds."""
    start, calls = process_time(), 0
    while (taken := process_time() - start) < 0.01:
        call()
        calls += 1
    return taken / calls


def measured(text: str) -> list[tuple[Network, dict[Route, float]]]:
    """Return the networks with this layer, and what a layer takes on each exact route."""
    table = []
    for n, d in SIZES:
        network = Network(width=d, batch=n, layer=parse_layer(text))
        routes = [route for route, reason in exact_routes(network).items() if reason is None]
        times = seconds_a_layer([(network, route) for route in routes])
        table.append((network, dict(zip(routes, times.tolist(), strict=True))))
    return table


@pytest.mark.parametrize("text", LAYERS)
def test_the_chosen_route_against_the_fastest(benchmark: Any, text: str) -> None:
    table = benchmark.pedantic(measured, args=(text,), rounds=1)
    ratios = {}
    for network, times in table:
        chosen = choose_route(network)
        ratios[f"{network.batch} {network.width} {chosen}"] = times[chosen] / min(times.values())
    worst = max(ratios, key=lambda name: ratios[name])
    benchmark.extra_info["chosen over fastest, at most"] = ratios[worst]
    print(f"\n{text}: chosen over fastest at most {ratios[worst]:.2f} ({worst})")


@pytest.mark.slow
def test_prices_fitted_again(benchmark: Any) -> None:
    def fit() -> dict[str, float]:
        rows, kinds = [], [f.name for f in fields(Work) if f.name != "numbers"]
        for text in LAYERS:
            for network, times in measured(text):
                for route, taken in times.items():
                    work = WORK[route](network)
                    shares = [work.cost(Work(**{kind: 1.0})) for kind in kinds]
                    rows.append(np.array(shares) / (1e9 * taken))
        # The least squares of relative errors; kinds are scaled, as their units differ a lot.
        matrix = np.array(rows)
        sizes = np.maximum(matrix.max(axis=0), 1e-300)
        prices, _ = nnls(matrix / sizes, np.ones(len(matrix)))
        return dict(zip(kinds, (prices / sizes).tolist(), strict=True))

    found = benchmark.pedantic(fit, rounds=1)
    for kind, price in found.items():
        print(f"\n{kind}: {price:.3g} ns, in use {getattr(PRICES, kind):.3g}")


def record(file: Path) -> None:
    """Write the microseconds of a layer: for each layer a list of (n, d, time by route)."""
    table = {
        text: [
            [
                network.batch,
                network.width,
                {str(route): float(f"{1e6 * taken:.3g}") for route, taken in times.items()},
            ]
            for network, times in measured(text)
        ]
        for text in LAYERS
    }
    lines = (
        f" {json.dumps(text)}: [\n  " + ",\n  ".join(map(json.dumps, rows)) + "\n ]"
        for text, rows in table.items()
    )
    file.write_text("{\n" + ",\n".join(lines) + "\n}\n")


if __name__ == "__main__":
    record(Path(sys.argv[1]))

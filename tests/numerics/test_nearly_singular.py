"""Batches that G in double precision takes for singular keep their rank and their law."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import special, stats

from depthlaw.numerics.sampling.block import Block
from depthlaw.numerics.sampling.roots import root_of_state
from depthlaw.numerics.sampling.routes import STEPS, Route, exact_routes
from depthlaw.numerics.simulate import simulate
from depthlaw.numerics.streams import chunk_widths, streams
from depthlaw.numerics.trajectory import Trajectory
from depthlaw.theory.network import (
    Activate,
    Linear,
    Network,
    Operation,
    Over,
    Recenter,
    Rescale,
)
from depthlaw.theory.network.gram import orthogonality_gap

Array = NDArray[np.float64]

LEVEL = 1e-5
RELU = Activate(partial(np.maximum, 0.0), "relu")
GAP = {"gap": orthogonality_gap}


def near(width: int, batch: int, gap: float) -> Array:
    """Samples e₁ + gap·e_k, k = 1, 2, …: all but one direction are `gap` long."""
    H = gap * np.eye(width, batch)
    H[0] = 1.0
    return H


def gaps(
    layer: tuple[Operation, ...], start: Array, depth: int, replicas: int, route: Route, seed: int
) -> Trajectory:
    width, batch = start.shape
    return simulate(
        Network(width, batch, layer),
        depth=depth,
        replicas=replicas,
        seed=seed,
        initial_state=start,
        observables=GAP,
        route=route,
    )


LAYERS: dict[str, tuple[int, tuple[Operation, ...]]] = {
    "rescaled": (2, (Linear(), Rescale())),
    "recentred, rescaled": (3, (Linear(), Recenter(), Rescale())),
    "rescaled, two linear": (3, (Linear(), Rescale(), Linear(), Recenter(Over.FEATURES))),
    "layer norm between": (
        2,
        (Linear(), Recenter(Over.FEATURES), Rescale(Over.FEATURES), Linear(), Rescale()),
    ),
    "recentred, relu": (3, (Linear(), Recenter(), Rescale(), RELU)),
    "centred first": (3, (Recenter(), Linear(), Rescale())),
}


@pytest.mark.parametrize(
    "gap", [*(pytest.param(gap, marks=pytest.mark.slow) for gap in (1e-6, 1e-9)), 1e-12]
)
@pytest.mark.parametrize("name", LAYERS)
def test_every_route_agrees_with_explicit_weights(name: str, gap: float) -> None:
    """Two-sample tests at depths where the small directions are on their way up, and up."""
    batch, layer = LAYERS[name]
    start = near(30, batch, gap)
    depth = 45 if name != "recentred, relu" else 12
    explicit = gaps(layer, start, depth, 300, Route.EXPLICIT, 0)
    network = Network(30, batch, layer)
    for seed, route in enumerate((Route.GRAM, Route.STATE), 1):
        if exact_routes(network)[route] is not None:
            continue
        run = gaps(layer, start, depth, 300, route, seed)
        assert not run.dropped.any()
        for at in (depth // 3, depth):
            seen = [found.values["gap"][:, at].astype(np.float32) for found in (run, explicit)]
            assert stats.ks_2samp(*seen).pvalue > LEVEL


@pytest.mark.parametrize("rank", [1, 2])
@pytest.mark.parametrize("given_as", ["gram", "state"])
@pytest.mark.parametrize(
    "layer",
    [(Linear(), Rescale()), (Linear(), Recenter(), Rescale()), (Linear(residual=0.5), Rescale())],
    ids=["plain", "recentred", "residual"],
)
def test_directions_that_the_start_lacks_do_not_grow_out_of_rounding(
    layer: tuple[Operation, ...], given_as: str, rank: int
) -> None:
    width, batch = 50, 4
    rng = np.random.default_rng(rank)
    H = rng.standard_normal((width, rank)) @ rng.standard_normal((rank, batch))
    start: dict[str, Array] = (
        {"initial_state": H} if given_as == "state" else {"initial_gram": H.T @ H / width}
    )
    run = simulate(
        Network(width, batch, layer), depth=200, replicas=2, route=Route.EXPLICIT, **start
    )
    eigenvalues = np.linalg.eigvalsh(run.final_gram)[:, ::-1]
    assert (eigenvalues[:, rank - 1] > 1e-6).all()
    assert (np.abs(eigenvalues[:, rank:]) < batch * np.finfo(float).eps * batch).all()


def test_equal_samples_stay_equal_where_the_start_lacks_directions() -> None:
    start = np.outer(np.ones(50), [1.0, 1.0, -0.3, 0.7])
    run = gaps((Linear(), Rescale()), start, 60, 2, Route.EXPLICIT, 0)
    assert np.array_equal(run.final_gram[:, 0], run.final_gram[:, 1])
    assert np.ptp(run.values["gap"]) < 1e-12


def test_two_samples_a_billionth_apart_become_orthogonal() -> None:
    """A wide chunk is drawn again, a narrow one is at hand: neither loses the second direction."""
    for width, layers in ((200, 60), (40_000, 80)):
        for route in (Route.GRAM, Route.STATE)[: 1 if width > 200 else 2]:
            run = gaps(
                (Linear(), Rescale()),
                near(width, 2, 1e-9),
                layers,
                1 if width > 200 else 40,
                route,
                0,
            )
            assert run.values["gap"][:, -1].max() < 0.4
            assert not run.dropped.any()


@pytest.mark.parametrize("route", [Route.WISHART, Route.GRAM])
def test_a_small_direction_keeps_its_law_along_the_chain(route: Route) -> None:
    """log det G moves by Σ log χ², also where G is singular to its precision in every layer."""
    d, n, depth, replicas, gap = 4, 2, 15, 400, 1e-8
    network = Network(d, n, (Linear(),))
    root = root_of_state(near(d, n, gap).T[None], d)
    block = Block(
        gram=np.tile(root @ root.swapaxes(1, 2), (replicas, 1, 1)),
        state=None,
        exponent=np.zeros(replicas, dtype=np.int64),
        streams=streams(3, range(replicas), len(chunk_widths(d, n))),
        root=np.tile(root, (replicas, 1, 1)),
    )
    for _ in STEPS[route](network, block, depth):
        pass
    assert not block.dropped.any()
    assert block.root is not None
    logs = 2 * np.log(np.abs(np.linalg.det(block.root)))
    halves = (d - np.arange(n)) / 2
    mean = 2 * np.log(gap / d) + depth * (special.digamma(halves) + np.log(2 / d)).sum()
    variance = depth * special.polygamma(1, halves).sum()
    assert abs(logs.mean() - mean) < stats.norm.isf(LEVEL / 2) * (variance / replicas) ** 0.5
    ratio = logs.var(ddof=1) / variance
    assert abs(ratio - 1) < stats.norm.isf(LEVEL / 2) * (2 / replicas) ** 0.5


@given(st.integers(1, 4), st.floats(-13, -1), st.sampled_from([Route.GRAM, Route.STATE]))
@settings(max_examples=15)
def test_a_factor_knows_what_its_state_knows(copies: int, power: float, route: Route) -> None:
    """Equal samples stay equal, others stay apart, and nothing is counted as dropped."""
    start = np.repeat(near(20, 3, 10**power), copies, axis=1)
    run = gaps((Linear(), Rescale()), start, 3, 2, route, 0)
    assert not run.dropped.any()
    G = run.final_gram.reshape(2, 3, copies, 3, copies)
    # The same up to the rounding of a sum over the neurons: the samples' rows are.
    rounding = 3 * copies * 20 * np.finfo(float).eps * G.max()
    assert (np.abs(G - G[:, :, :1, :, :1]) <= rounding).all()


@pytest.mark.parametrize("route", [Route.GRAM, Route.STATE])
def test_what_is_dropped_is_counted_once(route: Route) -> None:
    start = near(20, 3, 1e-17)
    run = gaps((Linear(), Rescale()), start, 40, 5, route, 0)
    assert (run.dropped[:, 1] == 2).all()
    assert not run.dropped[:, 2:].any()
    assert np.allclose(run.values["gap"], (1 - 1 / 3) ** 0.5)


@pytest.mark.parametrize("route", [Route.WISHART, Route.GRAM, Route.STATE])
def test_a_chain_that_loses_a_direction_says_so(route: Route) -> None:
    """Without normalisation one of two directions is lost, at d = 4 after some 190 layers."""
    run = gaps((Linear(),), np.eye(4, 2), 400, 20, route, 0)
    assert (run.dropped.sum(axis=1) == 1).all()
    assert not run.dropped[:, :60].any()


@pytest.mark.parametrize("route", [Route.GRAM, Route.STATE])
def test_a_batch_of_low_rank_stays_so(route: Route) -> None:
    """The third sample is the sum of the others; rounding must not make it a direction."""
    start = np.eye(30, 3)
    start[:, 2] = start[:, 0] + start[:, 1]
    run = gaps((Linear(), Rescale()), start, 150, 5, route, 0)
    assert run.values["gap"].min() > (1 / 2 - 1 / 3) ** 0.5 * (1 - 1e-9)


def test_a_start_that_its_gram_matrix_calls_singular_is_not_counted() -> None:
    run = simulate(
        Network(30, 3, (Linear(), Rescale())), depth=5, replicas=2, initial_gram=np.ones((3, 3))
    )
    assert not run.dropped.any()


@given(st.integers(1, 5), st.integers(1, 8), st.floats(-14, 0))
def test_a_root_of_a_state_has_its_singular_values(n: int, d: int, power: float) -> None:
    H = np.random.default_rng(n + 10 * d).standard_normal((d, n))
    H[0] *= 10**power
    R = root_of_state(H.T[None], d)[0]
    expected = np.linalg.svd(H / d**0.5, compute_uv=False)
    found = np.linalg.svd(R, compute_uv=False)
    assert R.shape == (n, min(n, d))
    assert np.abs(found - expected).max() <= 8 * n * d * np.finfo(float).eps * expected[0]

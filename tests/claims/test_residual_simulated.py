"""What the claims on streams and on attention say of finite width, in simulated networks."""

import numpy as np
import pytest

from depthlaw.numerics.simulate import simulate
from depthlaw.numerics.trajectory import Trajectory
from depthlaw.theory.claim.registry import claim
from depthlaw.theory.network import Network, gram
from depthlaw.theory.network.gram import Array
from depthlaw.theory.network.text import parse_layer

LARGEST_Z = 5


def mean_square(gram: Array) -> Array:
    return np.trace(gram, axis1=-2, axis2=-1) / gram.shape[-1]


def mean_entry(gram: Array) -> Array:
    return gram.mean(axis=(-2, -1))


def run(layer: str, width: int, depth: int, replicas: int, start: Array) -> Trajectory:
    observables = {"size": mean_square, "mean": mean_entry, "cosine": gram.mean_cosine}
    return simulate(
        Network(width, start.shape[0], parse_layer(layer)),
        depth=depth,
        replicas=replicas,
        seed=3,
        initial_gram=start,
        observables=observables,
    )


def standard_error(values: Array) -> float:
    return float(values.std() / len(values) ** 0.5)


@pytest.mark.parametrize("weights", ["linear", "linear:haar"])
def test_a_stream_of_normed_branches_grows_linearly_at_width_16(weights: str) -> None:
    found = run(f"residual(tanh,rmsnorm,{weights})", 16, 8, 400, gram.equicorrelated(2, 0.5))
    last = found.values["size"][:, -1]
    bound = claim("residual.pre-norm-growth").bound(depth=8, start_variance=1, deviation=1)
    assert abs(last.mean() - bound.lower) < LARGEST_Z * standard_error(last)


def test_with_relu_between_norm_and_weights_it_does_so_in_the_wide_limit_only() -> None:
    layer, start = "residual(rmsnorm,relu,linear:variance=2)", gram.equicorrelated(2, 0.5)
    narrow = run(layer, 2, 8, 4000, start).values["size"][:, -1]
    assert narrow.mean() + LARGEST_Z * standard_error(narrow) < 9
    wide = run(layer, 4096, 8, 20, start).values["size"][:, -1]
    assert abs(wide.mean() - 9) < LARGEST_Z * standard_error(wide)


@pytest.mark.parametrize(
    ("branch", "mean_field"),
    [("relu,linear:variance=2", 0.7511), ("relu,layernorm,linear", 0.2544)],
)
def test_correlations_at_width_192_after_64_layers(branch: str, mean_field: float) -> None:
    layer = f"residual(rmsnorm,{branch})"
    last = run(layer, 192, 64, 60, gram.equicorrelated(2, 0.5)).values["cosine"][:, -1]
    # 1/width, the order of what the mean itself is off by, is .005.
    assert abs(last.mean() - mean_field) < LARGEST_Z * standard_error(last) + 2 / 192


def test_uniform_attention_with_a_skip_at_width_400() -> None:
    found = run("residual(average,linear)", 400, 30, 400, np.eye(8))
    size, mean = (found.values[name] for name in ("size", "mean"))
    growth = claim("attention.uniform-growth").bound(depth=30, strength=1, mean=0.125, entry=1)
    last = size[:, -1]
    assert abs(last.mean() - growth.lower) < LARGEST_Z * standard_error(last)
    spread = claim("attention.uniform-spread").bound(depth=30, strength=1, mean=0.125, width=400)
    relative = (spread.lower / (0.125 * 2**30) ** 2 - 1) ** 0.5
    assert relative == pytest.approx(1 / 3, abs=0.02)
    assert last.std() / last.mean() == pytest.approx(relative, rel=0.25)
    # What tokens differ by stays, up to the rounding of numbers a billion times as large.
    centred = size - mean
    assert np.abs(centred / centred[:, :1] - 1).max() < 1e-6

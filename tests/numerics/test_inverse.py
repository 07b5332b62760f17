"""Measured inverse questions agree with the law that is known, and say what they cannot know."""

from typing import Any

import numpy as np
import pytest

from depthlaw.numerics.studies.inverse import smallest_depth, smallest_width
from depthlaw.theory.activations import activation
from depthlaw.theory.errors import DepthlawError
from depthlaw.theory.network import Linear, Network, Rescale
from depthlaw.theory.network.gram import equicorrelated

NETWORK = Network(width=20_000, batch=2, layer=(Linear(), Rescale()))


def test_depth_agrees_with_the_wide_limit() -> None:
    """For two samples tan of the angle's deviation obeys p = √λ₁/(√λ₁+√λ₂), exactly, as d → ∞."""
    ratio, layers = (1 + 0.99) / (1 - 0.99), 0
    target = 0.05
    while abs(ratio - 1) / (ratio + 1) / 2**0.5 > target:
        ratio, layers = ratio**0.5, layers + 1
    found = smallest_depth(
        NETWORK, target=target, initial_gram=equicorrelated(2, 0.99), replicas=400, largest=12
    )
    assert found.above is not None
    assert found.below is not None
    assert found.above < layers <= found.below <= layers + 1


def test_width_agrees_with_the_stationary_gap() -> None:
    """E V² ≈ 2/(3d) for two samples, and E V ≤ √E V², so the target is met from there on."""
    found = smallest_width(
        NETWORK, target=0.1, initial_gram=np.eye(2), depth=8, replicas=500, largest=4096
    )
    enough = 2 / (3 * 0.1**2)
    assert found.above is not None
    assert found.below is not None
    assert found.above < enough
    assert found.below <= 8 * enough


def test_a_gap_that_rises_again_is_not_below_from_where_it_was() -> None:
    """ReLU without normalisation collapses: .5 equicorrelated starts at .468 and ends above .8."""
    network = Network(64, 8, (Linear(), activation("relu").operation()))
    found = smallest_depth(
        network, target=0.7, initial_gram=equicorrelated(8, 0.5), replicas=200, largest=40
    )
    assert found.above == 40
    assert found.below is None


def test_what_is_not_reached_is_none() -> None:
    found = smallest_depth(
        NETWORK, target=1e-4, initial_gram=equicorrelated(2, 0.9), replicas=20, largest=3
    )
    assert found.below is None
    assert found.above == 3


def test_where_networks_die_there_is_no_mean() -> None:
    """Two ReLUs are zero on a sample with chance 1/4: narrow networks come out zero."""
    layer = (Linear(), activation("relu").operation())
    arguments: dict[str, Any] = {"initial_gram": equicorrelated(2, 0.5), "replicas": 16}
    narrow = Network(4, 2, layer)
    by_depth = smallest_depth(narrow, target=0.2, largest=60, **arguments)
    dead = by_depth.undefined
    assert dead == tuple(range(dead[0], 61))
    assert by_depth.below is None
    assert by_depth.above is not None
    assert by_depth.above < dead[0]
    by_width = smallest_width(narrow, target=0.2, depth=10, largest=64, **arguments)
    assert set(by_width.undefined) >= {2}
    assert by_width.above == 64


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"target": 0.8}, "target = 0.8"),
        ({"target": 0.0}, "target = 0.0"),
        ({"target": float("nan")}, "target = nan"),
        ({"observable": "gap"}, "observable = gap"),
        ({"largest": 0}, "largest = 0"),
        ({"replicas": 0}, "replicas = 0"),
        ({"level": 2.0}, "level = 2.0"),
    ],
)
def test_bad_input_is_one_sentence(changes: dict[str, Any], says: str) -> None:
    arguments: dict[str, Any] = {"target": 0.1, "initial_gram": np.eye(2), "largest": 2}
    with pytest.raises(DepthlawError, match=says):
        smallest_depth(NETWORK, **(arguments | changes))

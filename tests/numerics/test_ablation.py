"""The ablation: shapes that theory knows, confidence, and what it refuses."""

import json
from typing import Any

import numpy as np
import pytest

from depthlaw.numerics.ablation import ACTIVATIONS, Ablation, ablation, layer_of
from depthlaw.theory.batch_geometry import Shape
from depthlaw.theory.decomposition import fixed_points
from depthlaw.theory.errors import ArgumentError, UnknownNameError
from depthlaw.theory.network import Network


@pytest.fixture(scope="module")
def found() -> Ablation:
    return ablation(batch=16, width=200, depth=120, replicas=8, activations=["relu", "linear"])


@pytest.mark.parametrize(
    ("activation", "recenter", "rescale", "shape"),
    [
        ("relu", False, False, Shape.COLLAPSE),
        ("relu", False, True, Shape.EQUIANGULAR),
        ("relu", True, False, Shape.ODD_POINT),
        ("relu", True, True, Shape.EQUIANGULAR),
        ("linear", False, True, Shape.ORTHOGONAL),
        ("linear", True, True, Shape.SIMPLEX),
    ],
)
def test_each_combination_ends_in_its_shape(
    found: Ablation, activation: str, recenter: bool, rescale: bool, shape: Shape
) -> None:
    cell = found.cell(activation, recenter=recenter, rescale=rescale)
    assert cell.shape is shape
    assert cell.lower <= cell.share <= cell.upper


def test_only_recentring_without_rescaling_makes_an_odd_point(found: Ablation) -> None:
    odd = [c for c in found.cells if c.shape is Shape.ODD_POINT]
    assert [(c.activation, c.recenter, c.rescale) for c in odd] == [("relu", True, False)]


def test_with_both_the_cosine_is_that_of_equal_cosines(found: Ablation) -> None:
    """Between the odd-point state's and the symmetric one's, it is far nearer to the latter."""
    states = fixed_points(16)
    assert states.odd is not None
    symmetric, cluster = (s.cluster_cosine.lower for s in (states.symmetric, states.odd))
    cell = found.cell("relu", recenter=True, rescale=True)
    seen = cell.medians["cluster_cosine"]
    assert abs(seen - symmetric) < abs(seen - cluster) / 4


def test_sure_means_above_one_half_at_the_level(found: Ablation) -> None:
    for cell in found.cells:
        assert cell.sure == (cell.lower > 0.5)
        marked = f"{cell.shape}?" in found.table()
        assert cell.sure or marked


def test_a_cell_does_not_depend_on_the_rest_of_the_table(found: Ablation) -> None:
    alone = ablation(batch=16, width=200, depth=120, replicas=8, activations=["relu"])
    assert alone.cells == found.cells[:4]


def test_json_is_strict_and_complete(found: Ablation) -> None:
    shown = json.loads(json.dumps(found.to_json(), allow_nan=False))
    assert len(shown["cells"]) == 8
    assert {"activation", "recenter", "rescale", "shape", "lower", "upper"} <= set(
        shown["cells"][0]
    )


def test_layers_are_the_plain_ones() -> None:
    assert len(ACTIVATIONS) == 6
    layer = layer_of("relu", recenter=True, rescale=True)
    assert Network(10, 4, layer).describe() == "linear,recenter,rescale,relu"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"batch": 1}, "batch = 1: it must be at least 2"),
        ({"batch": 3, "initial_gram": np.ones((3, 3))}, "initial_gram = equal points"),
        ({"batch": 3, "initial_gram": np.full((3, 3), np.nan)}, "NaN"),
        ({"depth": 0}, "depth = 0"),
        ({"replicas": 0}, "replicas = 0"),
        ({"level": 1.0}, "level = 1.0"),
        ({"activations": []}, "activations"),
        ({"activations": ["relu(1.5)"]}, "relu"),
    ],
)
def test_bad_input_is_refused(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ArgumentError, match=message):
        ablation(**arguments)


def test_an_unknown_activation_suggests_a_known_one() -> None:
    with pytest.raises(UnknownNameError, match="relu"):
        ablation(activations=["rellu"])

"""The ablation: shapes that theory knows, confidence, and what it refuses."""

import json
import math
from itertools import product
from typing import Any
from unittest import mock

import numpy as np
import pytest

from depthlaw.numerics.estimation import binomial
from depthlaw.numerics.studies.ablation import (
    ACTIVATIONS,
    Ablation,
    ablation,
    layer_of,
    modal_shape,
)
from depthlaw.theory.decomposition import fixed_points
from depthlaw.theory.errors import ArgumentError, UnknownNameError
from depthlaw.theory.network import Network
from depthlaw.theory.network.batch_geometry import Shape


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


def miss(probabilities: list[float], trials: int, level: float) -> float:
    """Probability, exactly, that the interval of the most frequent shape misses its probability."""
    names = list(Shape)[: len(probabilities)]
    total = 0.0
    for counts in product(range(trials + 1), repeat=len(names) - 1):
        if sum(counts) > trials:
            continue
        parts = (*counts, trials - sum(counts))
        seen = [name for name, part in zip(names, parts, strict=True) for _ in range(part)]
        shape, _, lower, upper = modal_shape(seen, level=level)
        if not lower <= probabilities[names.index(shape)] <= upper:
            ways = math.factorial(trials) / math.prod(map(math.factorial, parts))
            total += ways * math.prod(p**k for p, k in zip(probabilities, parts, strict=True))
    return total


@pytest.mark.parametrize("probabilities", [[0.5, 0.5], [1 / 3] * 3, [0.25] * 4, [0.4, 0.3, 0.3]])
@pytest.mark.parametrize("trials", [5, 8, 13])
def test_the_interval_holds_for_a_shape_chosen_after_looking(
    probabilities: list[float], trials: int
) -> None:
    with mock.patch.object(binomial, "_outwards", lambda end, *_: end):  # fast: within rounding
        assert miss(probabilities, trials, 0.05) <= 0.05


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

"""What theory predicts for the observables of a simulation, depth by depth."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from depthlaw.theory.network.gram import spectrum
from depthlaw.theory.values import Value

if TYPE_CHECKING:
    from depthlaw.theory.prediction import Layer, Prediction
    from depthlaw.theory.tangent import GradientPrediction

Array = NDArray[np.float64]
Curve = list[Value | float | None]


def theory_curves(found: Prediction, depth: int) -> dict[str, Curve]:
    """Return by observable the wide limit at each depth of a simulation, stem and head counted.

    None where theory has no answer, or no number was kept. What has no proved error is a float.

    Parameters
    ----------
    found
        What `predict` returned, with as many layers as the simulation or fewer.
    depth
        Layers of the simulation.

    Examples
    --------
    >>> from depthlaw import Network, predict
    >>> from depthlaw.theory.network.text import parse_layer
    >>> found = predict(Network(8, 2, parse_layer("linear"), stem=parse_layer("linear")), depth=1)
    >>> [value if value is None else float(value.lower)
    ...  for value in theory_curves(found, 1)["second_moment"]]
    [None, 1.0, 1.0]
    """
    network = found.network
    layers: list[Layer | None] = [None] if network.stem else []
    layers += found.layers
    layers += [None] * (depth + 1 + bool(network.stem) - len(layers))
    if network.head:
        layers.append(found.output)
    rows = [_numbers(layer, network.columns) for layer in layers]
    return {name: [row.get(name) for row in rows] for name in _NAMES}


def gradient_curves(found: GradientPrediction) -> dict[str, Curve]:
    """Return predicted gradients at each depth of a simulation, the stem counted.

    Those of weights are left out where the layer has more than one matrix.
    """
    stem: Curve = [None] if found.network.stem else []
    return {
        "stream_gradient_norm": [*stem, *(layer.log_norm for layer in found.layers)],
        "gradient_norm": [*stem, *(layer.log_weight_norm for layer in found.layers)],
    }


_NAMES = (
    *("second_moment", "mean_cosine", "isometry_gap", "isometry"),
    *("orthogonality_gap", "lyapunov", "stable_rank"),
)


def _numbers(layer: Layer | None, n: int) -> dict[str, Value | float | None]:
    if layer is None:
        return {}
    gap = layer.isometry_gap
    found: dict[str, Value | float | None] = {
        "second_moment": layer.second_moment,
        "mean_cosine": layer.correlation,
        "isometry_gap": gap,
        "isometry": math.exp(-(float(gap.lower) + float(gap.upper)) / 2),
    }
    if layer.gram is None:
        return found
    shares = _shares(layer.gram, n)
    squares = float((shares**2).sum())
    return {
        **found,
        "orthogonality_gap": math.sqrt(max(squares - 1 / n, 0.0)),
        "lyapunov": max(1 / n - float(shares.min()), 0.0),
        "stable_rank": 1 / squares,
    }


def _shares(gram: Array, n: int) -> Array:
    """Return the eigenvalues of K/tr K, of n columns that are all alike if two stand for them."""
    if len(gram) == n:
        return spectrum(gram)
    c = float(gram[0, 1] / gram[0, 0])
    return np.array([1 + (n - 1) * c, *[1 - c] * (n - 1)]) / n

"""Predictions in which one thing is drawn: the scores of softmax attention at finite head width.

Everything else is the wide limit. With finitely many heads what attention does stays random however
wide the stream is, so that a prediction is a sample, and medians of many come with exact intervals.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from depthlaw.numerics.estimation.median import median_bounds
from depthlaw.numerics.sampling.walk.draws import Draws
from depthlaw.numerics.sampling.walk.moments import Moments
from depthlaw.numerics.sampling.walk.scores import attention
from depthlaw.numerics.streams import check_seed
from depthlaw.theory.errors import ArgumentError, instance, integer, probability
from depthlaw.theory.network import Attention, Network, Operation, Residual
from depthlaw.theory.prediction import Layer, predict

Array = NDArray[np.float64]
QUANTITIES = ("second_moment", "correlation", "isometry_gap")


@dataclass(frozen=True)
class Median:
    """The median of draws, and an interval for the median of their law."""

    median: float
    lower: float
    upper: float

    def __str__(self) -> str:
        return f"{self.median:.4g} in [{self.lower:.4g}, {self.upper:.4g}]"


@dataclass(frozen=True)
class DrawnLayer:
    """What was drawn at one depth; None where a quantity does not exist."""

    depth: int
    second_moment: Median | None
    correlation: Median | None
    isometry_gap: Median | None


@dataclass(frozen=True)
class DrawnPrediction:
    """The wide limit with drawn attention.

    Attributes
    ----------
    network, replicas, seed, level
        What was drawn; all intervals hold together with probability at least 1 − `level`.
    layers
        Depths 0, 1, …, behind the stem.
    output
        Behind the head, if there is one.
    unanswered
        Why the layers end early, where theory has no answer to something else.
    """

    network: Network
    replicas: int
    seed: int | tuple[int, ...]
    level: float
    layers: tuple[DrawnLayer, ...]
    output: DrawnLayer | None
    unanswered: str | None


def predict_drawn(
    network: Network,
    *,
    depth: int,
    replicas: int = 30,
    seed: int = 0,
    level: float = 1e-3,
    correlation: float | None = None,
    initial_gram: ArrayLike | None = None,
    second_moment: float | None = None,
    gaussian: bool = True,
) -> DrawnPrediction:
    """Return the wide limit of a network with softmax attention, whose scores are drawn.

    Queries, keys and values have the width of a head (`head_width`, or the network's width over the
    heads); the stream and all other layers are infinitely wide.

    Parameters
    ----------
    network, depth, correlation, initial_gram, second_moment, gaussian
        As for `depthlaw.predict`.
    replicas
        Draws ≥ 1.
    seed
        A whole number ≥ 0; draw i is the same whatever their number.
    level
        Probability, in (0, 1), that any of the intervals misses its median.

    Raises
    ------
    ArgumentError
        If an argument is out of range, or a head has no width of its own where the width changes
        inside a layer.

    Examples
    --------
    Without anything to draw all draws are the prediction itself:

    >>> from depthlaw.theory.network.text import parse_layer
    >>> network = Network(8, 2, parse_layer("attention:uniform"))
    >>> drawn = predict_drawn(network, depth=1, replicas=2, correlation=0.5).layers[1]
    >>> wide = predict(network, depth=1, correlation=0.5).layers[1]
    >>> wide.second_moment.contains(drawn.second_moment.median)
    True
    """
    instance("network", network, Network, "a Network")
    count, entropy = integer("replicas", replicas), check_seed(seed)
    delta = probability("level", level)
    _require_widths(network)
    runs = []
    for replica in range(count):
        draws = Draws(entropy, replica, 1)

        def scores(K: Array, operation: Attention, net: Network, draws: Draws = draws) -> Array:
            seen = Moments(K[None], None, net.width)
            return np.asarray(attention(operation, seen, net.tokens, draws)[0])

        runs.append(
            predict(
                network,
                depth=depth,
                correlation=correlation,
                initial_gram=initial_gram,
                second_moment=second_moment,
                gaussian=gaussian,
                scores=scores,
            )
        )
    shared = min(len(run.layers) for run in runs)
    share = delta / (len(QUANTITIES) * (shared + 1))
    layers = tuple(_summed_up([run.layers[ell] for run in runs], share) for ell in range(shared))
    outputs = [run.output for run in runs if run.output is not None]
    output = _summed_up(outputs, share) if len(outputs) == count else None
    lost = next((run.unanswered for run in runs if run.unanswered is not None), None)
    return DrawnPrediction(network, count, entropy, delta, layers, output, lost)


def draws_attention(network: Network) -> bool:
    """Return whether the network has attention whose scores would be drawn.

    >>> from depthlaw.theory.network.text import parse_layer
    >>> draws_attention(Network(8, 2, parse_layer("residual(attention:heads=2)")))
    True
    """
    return network.tokens > 1 and any(
        isinstance(operation, Attention) and not operation.uniform and operation.window != 1
        for operation in all_operations(network)
    )


def all_operations(network: Network) -> list[Operation]:
    """Return the operations of the stem, the layer and the head, those of branches too."""
    return _all((*network.stem, *network.layer, *network.head))


def _all(operations: tuple[Operation, ...]) -> list[Operation]:
    found: list[Operation] = []
    for operation in operations:
        found.append(operation)
        if isinstance(operation, Residual):
            found += _all(operation.branch)
    return found


def _require_widths(network: Network) -> None:
    """Refuse heads whose width the network's own does not tell."""

    def check(operations: tuple[Operation, ...], width: int) -> int:
        for operation in operations:
            if isinstance(operation, Residual):
                check(operation.branch, width)
            elif (
                isinstance(operation, Attention)
                and operation.head_width is None
                and width != network.width
            ):
                raise ArgumentError(
                    "layer",
                    operation.describe(),
                    f"{width} neurons enter it in a network of width {network.width}: give "
                    "head_width",
                )
            width = network.width_after((operation,), width)
        return width

    width = check(network.stem, network.entry)
    check(network.head, check(network.layer, width))


def _summed_up(layers: list[Layer], level: float) -> DrawnLayer:
    found: dict[str, Median | None] = {}
    for name in QUANTITIES:
        values = [getattr(layer, name) for layer in layers]
        numbers = np.array([np.nan if v is None else (v.lower + v.upper) / 2 for v in values])
        if np.isnan(numbers).any():
            found[name] = None
            continue
        lower, upper = median_bounds(numbers, level=level)
        found[name] = Median(float(np.median(numbers)), lower, upper)
    return DrawnLayer(layers[0].depth, **found)

"""A simulated trajectory summed up over replicas, with intervals that all hold together."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from depthlaw.numerics.estimation.confidence import mean_bounds
from depthlaw.numerics.estimation.median import median_bounds
from depthlaw.numerics.trajectory import Trajectory
from depthlaw.render.start import FileStart, Start
from depthlaw.theory.network import Network
from depthlaw.theory.network.gram import Functional, isometry_gap, second_moment
from depthlaw.theory.network.observables import OBSERVABLES, SoftRank

Array = NDArray[np.float64]

MEAN, MEDIAN = "mean", "median"
THRESHOLD = 0.5
"""τ of the soft rank: half of the mean square of a neuron."""
_SOFT_RANK, _DEAD = "soft_rank", "dead_units"
Range = tuple[Callable[[int, int], float], Callable[[int, int], float]]
RANGES: dict[str, Range | None] = {
    **{
        name: (lambda n, d, o=known: o.lowest(n), lambda n, d, o=known: o.highest(n))  # type: ignore[misc]
        for name, known in OBSERVABLES.items()
    },
    "second_moment": None,
    "isometry_gap": None,
    _SOFT_RANK: (lambda n, d: 0.0, lambda n, d: float(min(n, d))),
    _DEAD: (lambda n, d: 0.0, lambda n, d: 1.0),
}
"""What is reported of every layer, with its proved range for n columns and d neurons; None where
there is no finite one, and only the median has an interval."""
SHOWN = (*OBSERVABLES, "second_moment")
"""What a table or a picture has unless others are asked for."""
WEIGHTS, STREAM = "gradient_norm", "stream_gradient_norm"
GRADIENTS = (WEIGHTS, STREAM)
"""Natural logarithms of ‖∂L/∂W‖², summed over a layer's weights, and of ‖∂L/∂H‖² behind it: what
is reported beside, where gradients were asked for. They have no finite range."""
WITH_GRADIENTS = (*GRADIENTS, "second_moment", "mean_cosine")
"""What a table or a picture has then unless others are asked for."""


def range_of(name: str) -> Range | None:
    """Return the proved range of an observable, None where there is no finite one."""
    return None if name in GRADIENTS else RANGES[name]


def names_of(run: Trajectory) -> tuple[str, ...]:
    """Return what is reported of every layer of a run."""
    return (*RANGES, *(GRADIENTS if run.gradients is not None else ()))


@dataclass(frozen=True)
class Interval:
    """What the replicas showed, and a confidence interval over all networks.

    Attributes
    ----------
    lower, upper
        For what `of` says: the mean, or the median of an observable whose range is not finite.
    """

    mean: float
    lower: float
    upper: float
    median: float
    smallest: float
    largest: float
    of: str = MEAN


@dataclass(frozen=True)
class Layer:
    """What was seen at one depth.

    Attributes
    ----------
    depth
        0 is the initial batch, which is known and has no interval; a stem and a head count too.
    layers
        Layers passed: what a reader calls depth.
    part
        start, stem, layer or head.
    width
        Neurons that come out.
    observables
        None where a replica had a zero Gram matrix, which has no direction to observe, and for dead
        units where no activation is.
    degenerate
        Rows and columns that were zero when this layer rescaled them, over all replicas.
    undefined
        Replicas whose Gram matrix was zero.
    """

    depth: int
    layers: int
    part: str
    width: int
    observables: Mapping[str, Interval | None]
    degenerate: int
    undefined: int


@dataclass(frozen=True)
class Summary:
    """A trajectory with intervals that all hold together with probability at least 1 − `level`."""

    trajectory: Trajectory
    start: Start | FileStart
    seed: int
    level: float
    layers: tuple[Layer, ...]
    cotangent: str | None = None

    @classmethod
    def of(
        cls,
        trajectory: Trajectory,
        start: Start | FileStart,
        *,
        seed: int,
        level: float,
        cotangent: str | None = None,
    ) -> Summary:
        """Sum up what `measured` was observed, sharing `level` evenly among all intervals.

        `cotangent` is the gradient at the output, as somebody typed it.
        """
        network, values = trajectory.network, _values(trajectory)
        parts = tuple(_parts(network, trajectory.depth))
        share = level / max(1, _intervals(trajectory, len(parts)))
        layers = (
            _layer(trajectory, values, depth, part, width, share)
            for depth, (part, width) in enumerate(parts)
        )
        return cls(trajectory, start, seed, level, tuple(layers), cotangent)

    @property
    def degenerate(self) -> int:
        """Rows and columns that were zero when a layer rescaled them, over the whole run."""
        return sum(layer.degenerate for layer in self.layers)

    @property
    def depth(self) -> int:
        """The depth at which it ends, stem and head counted."""
        return len(self.layers) - 1

    def tells(self, layer: Layer) -> set[str]:
        """Return the observables whose mean is known to lie in less than half of its range.

        Or whose median is known to lie between numbers, where there is no finite range.
        """
        found = set()
        for name, interval in layer.observables.items():
            if interval is None or (not layer.depth and name not in GRADIENTS):
                continue
            possible = math.inf
            if (ends := range_of(name)) is not None:
                n, d = self.trajectory.network.columns, layer.width
                possible = (ends[1](n, d) - ends[0](n, d)) / 2
            if interval.upper - interval.lower < possible:
                found.add(name)
        return found


def _intervals(run: Trajectory, parts: int) -> int:
    """Return how many intervals share the level; that of a stream's gradient has the start too."""
    return (parts - 1) * len(names_of(run)) + (run.gradients is not None)


def measured(network: Network, depth: int) -> dict[str, Functional]:
    """Return the functionals that a simulation has to take so that `Summary.of` can sum it up."""
    widths = {width for _, width in _parts(network, depth)}
    return {
        **{name: observable.function for name, observable in OBSERVABLES.items()},
        "second_moment": second_moment,
        "isometry_gap": isometry_gap,
        **{_at(width): SoftRank(width, THRESHOLD) for width in sorted(widths)},
    }


def _at(width: int) -> str:
    return f"{_SOFT_RANK} at width {width}"


def _parts(network: Network, depth: int) -> Iterator[tuple[str, int]]:
    """Yield the part that each depth belongs to, and the neurons that come out of it."""
    width = network.entry
    yield "start", width
    if network.stem:
        width = network.width_after(network.stem, width)
        yield "stem", width
    settled = False
    for _ in range(depth):
        if not settled:
            before, width = width, network.width_after(network.layer, width)
            settled = before == width
        yield "layer", width
    if network.head:
        yield "head", network.width_after(network.head, width)


def _values(run: Trajectory) -> dict[str, Array]:
    """Return what was seen of every observable, shape (replicas, depths)."""
    found = dict(run.values)
    with np.errstate(over="ignore"):
        found["second_moment"] = np.ldexp(found["second_moment"], run.exponents)
    ranks = np.empty_like(found["second_moment"])
    for depth, (_, width) in enumerate(_parts(run.network, run.depth)):
        ranks[:, depth] = found[_at(width)][:, depth]
    found |= {_SOFT_RANK: ranks, _DEAD: run.dead_units}
    if run.gradients is not None:
        found |= {
            WEIGHTS: run.gradients.log_total_weight_norms,
            STREAM: run.gradients.log_norms,
        }
    return found


def _layer(
    run: Trajectory, values: Mapping[str, Array], depth: int, part: str, width: int, level: float
) -> Layer:
    seen = {name: values[name][:, depth] for name in names_of(run)}
    # Dead units and gradients may have no number where the Gram matrix has its own.
    apart = (_DEAD, *GRADIENTS)
    zero = np.any([np.isnan(column) for name, column in seen.items() if name not in apart], axis=0)
    return Layer(
        depth,
        min(max(depth - bool(run.network.stem), 0), run.depth),
        part,
        width,
        {
            name: None
            if np.isnan(column).any() or (zero.any() and name not in apart)
            else _interval(name, column, run.network.columns, width, depth, level)
            for name, column in seen.items()
        },
        int(run.degenerate[:, depth].sum()),
        int(zero.sum()),
    )


def _interval(
    name: str, values: np.ndarray[Any, Any], n: int, d: int, depth: int, level: float
) -> Interval:
    ends = range_of(name)
    of = MEDIAN if ends is None else MEAN
    if depth == 0 and name not in GRADIENTS:
        first = float(values[0])
        return Interval(first, first, first, first, first, first, of)
    if ends is None:
        lower, upper = median_bounds(values, level=level)
    else:
        lower, upper = mean_bounds(values, lowest=ends[0](n, d), highest=ends[1](n, d), level=level)
    with np.errstate(over="ignore", invalid="ignore"):
        mean, median = float(values.mean()), float(np.median(values))
    return Interval(mean, lower, upper, median, float(values.min()), float(values.max()), of)

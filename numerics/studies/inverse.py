"""Inverse questions by measurement: from which depth or width on an observable is small."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from depthlaw.numerics.estimation.confidence import MeanBounds
from depthlaw.numerics.simulate import simulate
from depthlaw.theory.errors import ArgumentError, double, instance, integer, known_name, probability
from depthlaw.theory.network import Network
from depthlaw.theory.network.observables import OBSERVABLES, Observable

Array = NDArray[np.float64]
Interval = tuple[float, float]


@dataclass(frozen=True)
class Crossing:
    """Where the mean of an observable falls to a target.

    Attributes
    ----------
    parameter
        ``"depth"`` or ``"width"``.
    above
        Largest value looked at where the mean is certainly above the target (None: nowhere).
    below
        Smallest value beyond `above` where it is certainly at most the target, so that no value
        looked at from there on is certainly above (None: nowhere; raise the replicas or the largest
        value).
    level, replicas, seed
        Error probability of both statements together, and how they were found.
    undefined
        Values looked at where a network came out zero: it has no direction to observe, the
        observable no mean, and they count neither as above nor as below.
    """

    parameter: str
    above: int | None
    below: int | None
    level: float
    replicas: int
    seed: int
    undefined: tuple[int, ...] = ()


def smallest_depth(
    network: Network,
    *,
    target: float,
    initial_gram: Array,
    observable: str = "orthogonality_gap",
    largest: int = 100,
    replicas: int = 200,
    level: float = 1e-3,
    seed: int = 0,
    executor: Executor | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Crossing:
    """Return from which layer on the mean of an observable is at most `target`.

    Every layer up to `largest` is looked at in the same trajectories, and the last one at which the
    mean is certainly above the target counts: it may fall and rise again. The level is divided
    among them, so that all statements hold together.

    Parameters
    ----------
    network, initial_gram
        What is simulated; `initial_gram` has shape (n, n).
    target
        Strictly inside the observable's range.
    observable
        A name in `depthlaw.theory.network.observables.OBSERVABLES`.
    largest
        Layers ≥ 1.
    replicas, level, seed, executor, progress
        As in `depthlaw.numerics.simulate.simulate`; the interval for the mean of a bounded number
        needs about range/target replicas to reach down to a target.

    Raises
    ------
    ArgumentError
        If the target is outside the attainable range, or another argument is impossible.

    Examples
    --------
    Isometry has gap 0, below any target, from the start:

    >>> from depthlaw.theory.network import Linear, Rescale
    >>> network = Network(width=1000, batch=2, layer=(Linear(), Rescale()))
    >>> smallest_depth(network, target=0.3, initial_gram=np.eye(2), largest=2).below
    0
    """
    instance("network", network, Network, "a Network")
    measured, goal = _observable(observable, target, network.columns)
    layers = integer("largest", largest) + 1
    run = simulate(
        network,
        depth=layers - 1,
        replicas=integer("replicas", replicas),
        seed=seed,
        initial_gram=initial_gram,
        observables={observable: measured.function},
        executor=executor,
        progress=progress,
    )
    share = probability("level", level) / layers
    intervals = [
        _interval(measured, network.columns, run.values[observable][:, layer], share)
        for layer in range(layers)
    ]
    above, below, undefined = _bracket(range(layers), intervals, goal)
    return Crossing("depth", above, below, level, replicas, seed, undefined)


def smallest_width(
    network: Network,
    *,
    target: float,
    initial_gram: Array,
    depth: int,
    observable: str = "orthogonality_gap",
    largest: int = 1 << 16,
    replicas: int = 200,
    level: float = 1e-3,
    seed: int = 0,
    executor: Executor | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Crossing:
    """Return the first width, doubling from the batch, with a mean of at most `target` at `depth`.

    The widths n, 2n, 4n, … up to `largest` are simulated until one is certainly below; wider ones
    are not looked at, and the width of `network` is not used. Parameters and errors are those of
    `smallest_depth`.

    Examples
    --------
    >>> from depthlaw.theory.network import Linear, Rescale
    >>> network = Network(width=2, batch=2, layer=(Linear(), Rescale()))
    >>> found = smallest_width(network, target=0.3, initial_gram=np.eye(2), depth=4)
    >>> found.above < found.below
    True
    """
    instance("network", network, Network, "a Network")
    measured, goal = _observable(observable, target, network.columns)
    widths = _doubling(network.columns, integer("largest", largest, at_least=network.columns))
    share = probability("level", level) / len(widths)
    seen: list[Interval | None] = []
    for place, width in enumerate(widths):
        run = simulate(
            replace(network, width=width),
            depth=integer("depth", depth),
            replicas=integer("replicas", replicas),
            seed=(seed, place + 1),
            initial_gram=initial_gram,
            observables={observable: measured.function},
            executor=executor,
            progress=progress,
        )
        found = _interval(measured, network.columns, run.values[observable][:, -1], share)
        seen.append(found)
        if found is not None and found[1] <= goal:
            break
    above, below, undefined = _bracket(widths[: len(seen)], seen, goal)
    return Crossing("width", above, below, level, replicas, seed, undefined)


def _observable(name: str, target: float, batch: int) -> tuple[Observable, float]:
    known_name("observable", name, OBSERVABLES)
    found = OBSERVABLES[name]
    low, high = found.lowest(batch), found.highest(batch)
    if not low < double("target", target) < high:
        raise ArgumentError(
            "target", target, f"{name} of {batch} samples lies between {low:.6g} and {high:.6g}"
        )
    return found, float(target)


def _interval(observable: Observable, batch: int, samples: Array, level: float) -> Interval | None:
    """Return an interval for the mean, None where a network came out zero and there is none."""
    if np.isnan(samples).any():
        return None
    bounds = MeanBounds(
        lowest=observable.lowest(batch), highest=observable.highest(batch), level=level
    )
    return bounds.update(samples).interval()


def _bracket(
    values: Sequence[int], intervals: Sequence[Interval | None], target: float
) -> tuple[int | None, int | None, tuple[int, ...]]:
    pairs = list(zip(values, intervals, strict=True))
    known = [(value, *interval) for value, interval in pairs if interval is not None]
    above = max((value for value, low, _ in known if low > target), default=None)
    beyond = (value for value, _, high in known if high <= target)
    # A gap may fall and rise again: what counts is where it stays.
    below = next((value for value in beyond if above is None or value > above), None)
    return above, below, tuple(value for value, interval in pairs if interval is None)


def _doubling(start: int, largest: int) -> list[int]:
    values = [start]
    while values[-1] * 2 <= largest:
        values.append(values[-1] * 2)
    return values

"""A simulated trajectory, summed up over replicas with simultaneous confidence intervals."""

from __future__ import annotations

import math
import shlex
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from rich.text import Text

import depthlaw
from depthlaw.numerics.estimation.confidence import mean_bounds
from depthlaw.numerics.simulate import Trajectory
from depthlaw.render.numbers import interval_text, outwards, short
from depthlaw.render.page import Page, table
from depthlaw.theory.network import Network
from depthlaw.theory.network.observables import OBSERVABLES

MOST_ROWS = 20
"""Layers in the table for people; JSON has them all."""
EQUICORRELATED, ISOTROPIC = STARTS = ("equicorrelated", "isotropic")
"""Starts: all samples share a correlation, or none."""
MOST_CERTAIN = 0.9999
"""A probability above this one is said to be at least this one."""


@dataclass(frozen=True)
class Start:
    """The first Gram matrix, as its name on the command line and what its samples share."""

    name: str
    correlation: float

    def __str__(self) -> str:
        shared = f" with correlation {self.correlation:g}" if self.name == EQUICORRELATED else ""
        return f"{self.name}{shared}"


@dataclass(frozen=True)
class Interval:
    """What the replicas showed, and a confidence interval for the mean over all networks."""

    mean: float
    lower: float
    upper: float
    median: float
    smallest: float
    largest: float


@dataclass(frozen=True)
class Layer:
    """What was seen at one depth.

    Attributes
    ----------
    depth
        0 is the initial batch, which is known and has no interval.
    observables
        None where a replica had a zero Gram matrix, which has no direction to observe.
    degenerate
        Rows and columns that were zero when this layer rescaled them, over all replicas.
    undefined
        Replicas whose Gram matrix was zero.
    """

    depth: int
    observables: Mapping[str, Interval | None]
    degenerate: int
    undefined: int


@dataclass(frozen=True)
class Summary:
    """A trajectory with intervals that all hold together with probability at least 1 − `level`."""

    trajectory: Trajectory
    start: Start
    seed: int
    level: float
    layers: tuple[Layer, ...]

    @classmethod
    def of(cls, trajectory: Trajectory, start: Start, *, seed: int, level: float) -> Summary:
        """Sum up `trajectory`, sharing `level` evenly among all layers and observables."""
        share = level / max(1, trajectory.depth * len(OBSERVABLES))
        layers = (_layer(trajectory, depth, share) for depth in range(trajectory.depth + 1))
        return cls(trajectory, start, seed, level, tuple(layers))

    @property
    def degenerate(self) -> int:
        """Rows and columns that were zero when a layer rescaled them, over the whole run."""
        return sum(layer.degenerate for layer in self.layers)


def _layer(trajectory: Trajectory, depth: int, level: float) -> Layer:
    seen = {name: trajectory.values[name][:, depth] for name in OBSERVABLES}
    undefined = np.any([np.isnan(values) for values in seen.values()], axis=0)
    return Layer(
        depth,
        {
            name: None if undefined.any() else _interval(trajectory, name, values, depth, level)
            for name, values in seen.items()
        },
        int(trajectory.degenerate[:, depth].sum()),
        int(undefined.sum()),
    )


def _interval(
    trajectory: Trajectory, name: str, values: np.ndarray[Any, Any], depth: int, level: float
) -> Interval:
    if depth == 0:
        first = float(values[0])
        return Interval(first, first, first, first, first, first)
    observable, n = OBSERVABLES[name], trajectory.network.batch
    lower, upper = mean_bounds(
        values, lowest=observable.lowest(n), highest=observable.highest(n), level=level
    )
    seen = (values.mean(), lower, upper, np.median(values), values.min(), values.max())
    return Interval(*map(float, seen))


def simulation_document(summary: Summary) -> dict[str, Any]:
    """Return a summary as plain data: all that the run depended on, and every layer."""
    run = summary.trajectory
    return {
        **run_document(run.network, summary.start, run.replicas, summary.seed, summary.level),
        "depth": run.depth,
        "route": str(run.route),
        "command": _command(summary),
        "degenerate": summary.degenerate,
        "dropped": int(run.dropped.sum()),
        "layers": [_layer_document(layer) for layer in summary.layers],
    }


def run_document(
    network: Network, start: Start, replicas: int, seed: int, level: float
) -> dict[str, Any]:
    """Return what any run of simulations depends on as plain data."""
    return {
        "version": depthlaw.__version__,
        "numpy": np.__version__,
        "network": network.to_json(),
        "start": asdict(start),
        "seed": seed,
        "replicas": replicas,
        "level": level,
    }


def _command(summary: Summary) -> str:
    """Return the command that gives the same document again, on this version."""
    run, start = summary.trajectory, summary.start
    options = {
        "layer": run.network.describe(),
        "batch": run.network.batch,
        "width": run.network.width,
        "depth": run.depth,
        "replicas": run.replicas,
        "seed": summary.seed,
        "start": start.name,
        "correlation": repr(start.correlation) if start.name == EQUICORRELATED else None,
        "route": run.route,
        "level": repr(summary.level),
    }
    given = {name: str(value) for name, value in options.items() if value is not None}
    words = [word for name, value in given.items() for word in (f"--{name}", value)]
    return shlex.join(["depthlaw", "simulate", *words, "--json"])


def _layer_document(layer: Layer) -> dict[str, Any]:
    missing = dict.fromkeys(Interval.__dataclass_fields__)
    shown = {
        name: missing if interval is None else asdict(interval)
        for name, interval in layer.observables.items()
    }
    return {
        "depth": layer.depth,
        **shown,
        "degenerate": layer.degenerate,
        "undefined": layer.undefined,
    }


def chosen_depths(depth: int) -> list[int]:
    """Return the depths that the table shows: all of them, or few at the end and many early.

    >>> chosen_depths(3) == [0, 1, 2, 3]
    True
    >>> deep = chosen_depths(1000)
    >>> (deep[0], deep[-1]) == (0, 1000) and len(deep) <= MOST_ROWS + 1
    True
    """
    if depth <= MOST_ROWS:
        return list(range(depth + 1))
    spread = np.geomspace(1, depth, MOST_ROWS)
    return [0, *sorted({round(float(layer)) for layer in spread})]


def add_simulation(page: Page, summary: Summary) -> None:
    """Append a summary, for a reader."""
    run = summary.trajectory
    network = run.network
    page.add(
        f"{network.describe()}  width {network.width}, batch {network.batch}, "
        f"{_counted(run.replicas)}, seed {summary.seed}, {run.route} route, "
        f"start {summary.start}"
    )
    depths = chosen_depths(run.depth)
    layers = [summary.layers[depth] for depth in depths]
    means = page.wide or any(_tells(summary, layer) for layer in layers)
    shown = table(lines=False)
    shown.add_column("depth", justify="right", no_wrap=True)
    for name in OBSERVABLES:
        shown.add_column(name.replace("_", " "), no_wrap=page.wide, overflow="fold")
    for layer in layers:
        cells = (_cell(summary, name, layer, means, wide=page.wide) for name in OBSERVABLES)
        shown.add_row(str(layer.depth), *cells)
    page.add(shown, "")
    left_out = run.depth + 1 - len(depths)
    if left_out:
        page.add(f"{left_out} layers are left out here; --json has them all.")
    page.add(*_legend(summary))
    for note in _notes(summary):
        page.add(Text(note, style="yellow"))


def _cell(summary: Summary, name: str, layer: Layer, means: bool, *, wide: bool) -> Text:
    """Return the median, what the replicas span and, if `means`, the interval of the mean."""
    interval = layer.observables[name]
    if interval is None:
        return Text("undefined", style="yellow")
    parts = []
    digits = 3 if wide else 2
    if layer.depth and summary.trajectory.replicas > 1:
        least, most = interval.smallest, interval.largest
        parts.append(f"{outwards(least, digits, up=False)}…{outwards(most, digits, up=True)}")
    if layer.depth and means:
        mean = interval_text(interval.lower, interval.upper, digits)
        parts.append(mean if name in _tells(summary, layer) else "–")
    between = " " if wide else "\n"
    return Text(short(interval.median)).append("".join(between + p for p in parts), style="dim")


def _counted(replicas: int) -> str:
    return "1 replica" if replicas == 1 else f"{replicas} replicas"


def _tells(summary: Summary, layer: Layer) -> set[str]:
    """Return the observables whose mean is known to lie in less than half of its range."""
    n = summary.trajectory.network.batch
    return {
        name
        for name, interval in layer.observables.items()
        if interval is not None and layer.depth
        if interval.upper - interval.lower
        < (OBSERVABLES[name].highest(n) - OBSERVABLES[name].lowest(n)) / 2
    }


def _legend(summary: Summary) -> list[str]:
    """Return what the numbers in a cell mean."""
    replicas = summary.trajectory.replicas
    if replicas == 1:
        return ["One replica: how much others differ from it is not known; raise --replicas."]
    another = Fraction(replicas - 1, replicas + 1)
    median = min(1 - 0.5 ** (replicas - 1), MOST_CERTAIN)
    return [
        f"Median of {replicas} replicas, then the smallest…largest of them: in each cell one more "
        f"network lies between these with probability at least {another} "
        f"({_rounded_down(another)}), the median of all networks with at least "
        f"{outwards(median, 4, up=False)}.",
        f"In brackets an interval for the mean, – where it is wider than half of what is possible; "
        f"all intervals contain the true mean together with probability at least "
        f"{1 - summary.level:.12g}.",
    ]


def _rounded_down(share: Fraction) -> str:
    """Return two decimals of a share, exactly: a double of 3/5 lies below it.

    >>> _rounded_down(Fraction(3, 5)) == "0.6" and _rounded_down(Fraction(15, 17)) == "0.88"
    True
    """
    return f"{math.floor(100 * share) / 100:g}"


def _notes(summary: Summary) -> list[str]:
    notes = []
    replicas = summary.trajectory.replicas
    if summary.trajectory.depth and not any(_tells(summary, layer) for layer in summary.layers):
        notes.append(
            f"No mean is known well: {_counted(replicas)} cannot tell at level "
            f"{summary.level:g}; raise --replicas."
        )
    undefined = [layer for layer in summary.layers if layer.undefined]
    if undefined:
        notes.append(
            f"From depth {undefined[0].depth} on some replicas have a zero Gram matrix "
            f"({undefined[-1].undefined} of {replicas} at depth {undefined[-1].depth}): means are "
            "undefined there."
        )
    dropped = int(summary.trajectory.dropped.sum())
    if dropped:
        notes.append(
            f"{dropped} directions of the batch became too small to be told from rounding and were "
            "dropped."
        )
    if summary.degenerate:
        notes.append(
            f"{summary.degenerate} rows or columns were zero when a layer rescaled them; they "
            "stayed zero."
        )
    return notes

"""A simulated trajectory, summed up over replicas with simultaneous confidence intervals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from rich.text import Text

from depthlaw.numerics.confidence import mean_bounds
from depthlaw.numerics.simulate import Trajectory
from depthlaw.render.numbers import interval_text, outwards, short
from depthlaw.render.page import Page, table
from depthlaw.theory.gram import OBSERVABLES

MOST_ROWS = 20
"""Layers in the table for people; JSON has them all."""


@dataclass(frozen=True)
class Interval:
    """The mean over replicas, and a confidence interval for the mean over networks."""

    mean: float
    lower: float
    upper: float


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
    seed: int
    level: float
    layers: tuple[Layer, ...]

    @classmethod
    def of(cls, trajectory: Trajectory, *, seed: int, level: float) -> Summary:
        """Sum up `trajectory`, sharing `level` evenly among all layers and observables."""
        share = level / max(1, trajectory.depth * len(OBSERVABLES))
        layers = (_layer(trajectory, depth, share) for depth in range(trajectory.depth + 1))
        return cls(trajectory, seed, level, tuple(layers))

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
    mean = float(values.mean())
    if depth == 0:
        first = float(values[0])
        return Interval(first, first, first)
    observable, n = OBSERVABLES[name], trajectory.network.batch
    lower, upper = mean_bounds(
        values, lowest=observable.lowest(n), highest=observable.highest(n), level=level
    )
    return Interval(mean, lower, upper)


def simulation_document(summary: Summary) -> dict[str, Any]:
    """Return a summary as plain data: network, seed, route, level and every layer."""
    run = summary.trajectory
    return {
        "network": run.network.to_json(),
        "seed": summary.seed,
        "replicas": run.replicas,
        "route": str(run.route),
        "level": summary.level,
        "degenerate": summary.degenerate,
        "dropped": int(run.dropped.sum()),
        "layers": [_layer_document(layer) for layer in summary.layers],
    }


def _layer_document(layer: Layer) -> dict[str, Any]:
    missing = {"mean": None, "lower": None, "upper": None}
    shown = {
        name: missing
        if interval is None
        else {"mean": interval.mean, "lower": interval.lower, "upper": interval.upper}
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
        f"{run.replicas} replicas, seed {summary.seed}, {run.route} route"
    )
    shown = table(lines=False)
    shown.add_column("depth", justify="right", no_wrap=True)
    for name in OBSERVABLES:
        shown.add_column(name.replace("_", " "), no_wrap=page.wide)
    for depth in chosen_depths(run.depth):
        layer = summary.layers[depth]
        cells = [_cell(interval, page.wide, depth) for interval in layer.observables.values()]
        shown.add_row(str(depth), *cells)
    page.add(shown, "")
    left_out = run.depth + 1 - len(chosen_depths(run.depth))
    if left_out:
        page.add(f"{left_out} layers are left out here; --json has them all.")
    page.add(
        f"Mean over replicas, with intervals that all contain the true mean together, "
        f"with probability at least {1 - summary.level:.12g}."
    )
    for note in _notes(summary):
        page.add(Text(note, style="yellow"))


def _cell(interval: Interval | None, wide: bool, depth: int) -> Text:
    if interval is None:
        return Text("undefined", style="yellow")
    cell = Text(short(interval.mean))
    if depth:
        ends = interval_text(interval.lower, interval.upper) if wide else _narrow(interval)
        cell.append(f" {ends}" if wide else f"\n{ends}", style="dim")
    return cell


def _narrow(interval: Interval) -> str:
    return f"{outwards(interval.lower, 2, up=False)}…{outwards(interval.upper, 2, up=True)}"


def _notes(summary: Summary) -> list[str]:
    notes = []
    n, replicas = summary.trajectory.network.batch, summary.trajectory.replicas
    gap = OBSERVABLES["orthogonality_gap"]
    span = gap.highest(n) - gap.lowest(n)
    last = summary.layers[-1].observables["orthogonality_gap"]
    if summary.trajectory.depth and last is not None and last.upper - last.lower > span / 2:
        notes.append(
            f"The intervals are wide: {replicas} replicas say little at level {summary.level:g}; "
            "raise --replicas."
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

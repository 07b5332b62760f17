"""A simulated trajectory as text, for a reader."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction

import numpy as np
from rich.text import Text

from depthlaw.render.numbers import interval_text, outwards, short
from depthlaw.render.page import Page, table
from depthlaw.render.simulation_document import interval_of
from depthlaw.render.summary import GRADIENTS, MEDIAN, RANGES, STREAM, WEIGHTS, Layer, Summary
from depthlaw.theory.network import Network
from depthlaw.theory.network.residual import describe

MOST_ROWS = 20
"""Layers in the table for people; JSON has them all."""
MOST_CERTAIN = 0.9999
"""A probability above this one is said to be at least this one."""


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


def add_simulation(page: Page, summary: Summary, observables: Sequence[str]) -> None:
    """Append a summary, for a reader: the observables asked for, in their order."""
    run = summary.trajectory
    page.add(
        f"{_described(run.network)}, {_counted(run.replicas)}, seed {summary.seed}, "
        f"{run.route} route, start {summary.start}"
    )
    depths = chosen_depths(summary.depth)
    layers = [summary.layers[depth] for depth in depths]
    means = page.wide or any(summary.tells(layer) & {*observables} for layer in layers)
    # Side by side as many as there is room for.
    room = len(observables) if page.wide else max(1, (page.columns - _FIRST) // _COLUMN)
    tables = -(-len(observables) // room)
    each = -(-len(observables) // tables)
    for place in range(0, len(observables), each):
        shown = table(lines=False)
        shown.add_column("depth", justify="right", no_wrap=True)
        part = observables[place : place + each]
        for name in part:
            shown.add_column(name.replace("_", " "), no_wrap=page.wide, overflow="fold")
        for layer in layers:
            cells = (_cell(summary, name, layer, means, wide=page.wide) for name in part)
            shown.add_row(_place(layer), *cells)
        page.add(shown, "")
    left_out = summary.depth + 1 - len(depths)
    if left_out:
        page.add(f"{left_out} layers are left out here; --json has them all.")
    page.add(*_legend(summary, observables))
    for note in _notes(summary):
        page.add(Text(note, style="yellow"))


_FIRST, _COLUMN = 7, 14
"""Characters of the first column and of an observable where room is scarce."""


def _described(network: Network) -> str:
    """Return a network in a line, as its options say it."""
    parts = [f"{network.describe()}  width {network.width}, batch {network.batch}"]
    if network.positions:
        parts.append(f"positions {'x'.join(map(str, network.positions))}")
    if network.inputs is not None:
        parts.append(f"inputs {network.inputs}")
    for name in ("stem", "head"):
        operations = getattr(network, name)
        if operations:
            parts.append(f"{name} {describe(operations)}")
    return ", ".join(parts)


def _place(layer: Layer) -> str:
    """Return how many layers are passed, or stem or head."""
    return layer.part if layer.part in ("stem", "head") else str(layer.layers)


def _cell(summary: Summary, name: str, layer: Layer, means: bool, *, wide: bool) -> Text:
    """Return the median, what the replicas span and, if `means`, the interval of the mean."""
    interval = layer.observables[name]
    if interval is None:
        return Text("undefined", style="yellow") if layer.undefined else Text("–")
    parts = []
    digits = 3 if wide else 2
    # Of the start nothing is random but the gradients that come back to it.
    random = layer.depth or name in GRADIENTS
    if random and summary.trajectory.replicas > 1:
        least, most = interval.smallest, interval.largest
        parts.append(f"{outwards(least, digits, up=False)}…{outwards(most, digits, up=True)}")
    if random and means:
        mean = interval_text(interval.lower, interval.upper, digits)
        parts.append(mean if name in summary.tells(layer) else "–")
    between = " " if wide else "\n"
    return Text(short(interval.median)).append("".join(between + p for p in parts), style="dim")


def _counted(replicas: int) -> str:
    return "1 replica" if replicas == 1 else f"{replicas} replicas"


def _legend(summary: Summary, observables: Sequence[str]) -> list[str]:
    """Return what the numbers in a cell mean."""
    replicas = summary.trajectory.replicas
    if replicas == 1:
        return ["One replica: how much others differ from it is not known; raise --replicas."]
    another = Fraction(replicas - 1, replicas + 1)
    median = min(1 - 0.5 ** (replicas - 1), MOST_CERTAIN)
    of_median = [name.replace("_", " ") for name in observables if interval_of(name) == MEDIAN]
    but = f" (for {' and '.join(of_median)}: for the median, – if unknown)" if of_median else ""
    return [
        *_of_gradients(summary, observables),
        f"Median of {replicas} replicas, then the smallest…largest of them: in each cell one more "
        f"network lies between these with probability at least {another} "
        f"({_rounded_down(another)}), the median of all networks with at least "
        f"{outwards(median, 4, up=False)}.",
        f"In brackets an interval for the mean, – where it is wider than half of what is "
        f"possible{but}; all intervals contain the true mean"
        f"{' or median' if of_median else ''} together with probability at least "
        f"{1 - summary.level:.12g}.",
    ]


def _of_gradients(summary: Summary, observables: Sequence[str]) -> list[str]:
    """Return what gradients are of, and by which weights."""
    found = summary.trajectory.gradients
    if found is None or not {*observables} & {*GRADIENTS}:
        return []
    start = {
        "random": "a random direction of length 1",
        "output": "H itself, of L = ½‖H‖²",
    }.get(summary.cotangent or "random", f"that of {summary.cotangent}")
    weights = "drawn anew for the way back" if found.independent else "those of the way forward"
    means = {
        WEIGHTS: "Gradient norm: log of ‖∂L/∂W‖², summed over a layer's weights.",
        STREAM: "Stream gradient norm: log of ‖∂L/∂H‖² behind the layer.",
    }
    return [
        " ".join(
            [
                *(means[name] for name in observables if name in means),
                f"Natural logarithms; the gradient at the output is {start}, and weights are "
                f"{weights}.",
            ]
        )
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
    means = {name for name in RANGES if interval_of(name) != MEDIAN}
    if summary.depth and not any(summary.tells(layer) & means for layer in summary.layers):
        notes.append(
            f"No mean is known well: {_counted(replicas)} cannot tell at level "
            f"{summary.level:g}; raise --replicas."
        )
    undefined = [layer for layer in summary.layers if layer.undefined]
    if undefined:
        notes.append(
            f"From depth {undefined[0].layers} on some replicas have a zero Gram matrix "
            f"({undefined[-1].undefined} of {replicas} at depth {undefined[-1].layers}): means are "
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

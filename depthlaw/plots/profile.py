"""What a simulation showed over depth: a panel for each observable, with bands."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from depthlaw.plots.canvas import BLUE, Scale, literal, new_figure, set_scale
from depthlaw.render.summary import MEAN, Interval, Summary
from depthlaw.theory.network.residual import describe
from depthlaw.theory.values import Value

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Array = NDArray[np.float64]
Curve = Sequence[Value | float | None]
LONGEST = 90
"""Letters of a network's text above a picture."""


def profile(
    summary: Summary,
    observables: Sequence[str],
    *,
    predicted: Mapping[str, Curve] | None = None,
) -> Figure:
    """Draw observables over depth, each in a panel of its own.

    Parameters
    ----------
    summary
        What was simulated; the bands are its intervals, all of which hold together.
    observables
        Names in `depthlaw.render.summary.RANGES`.
    predicted
        By observable what theory predicts at each depth, stem and head counted; None where it has
        no answer. An enclosure is drawn as the band between its ends.
    """
    across = 1 if len(observables) == 1 else 2
    down = -(-len(observables) // across)
    figure = new_figure(width=5.2 * across, height=0.5 + 2.8 * down)
    for place, name in enumerate(observables):
        axes = figure.add_subplot(down, across, place + 1)
        axes.spines[["top", "right"]].set_visible(False)
        _panel(axes, summary, name, None if predicted is None else predicted.get(name))
    figure.suptitle(literal(_title(summary)), fontsize="medium")
    return figure


def picture_bytes(
    summary: Summary,
    observables: Sequence[str],
    path: str,
    *,
    predicted: Mapping[str, Curve] | None = None,
) -> bytes:
    """Return the picture as the content of a file with the ending of `path`."""
    figure, content = profile(summary, observables, predicted=predicted), BytesIO()
    figure.savefig(content, format=Path(path).suffix[1:].lower())
    return content.getvalue()


def require_matplotlib() -> None:
    """Raise a DepthlawError if Matplotlib is not installed."""
    new_figure()


def _title(summary: Summary) -> str:
    network = summary.trajectory.network
    text = ",".join(describe(part) for part in (network.stem, network.layer, network.head) if part)
    text = text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
    return f"{text}\nwidth {network.width}, {network.columns} columns, start {summary.start}"


def _panel(axes: Axes, summary: Summary, name: str, predicted: Curve | None) -> None:
    from matplotlib.ticker import MaxNLocator

    known = [layer.observables[name] for layer in summary.layers]
    depths = np.arange(len(known))
    of = next((interval.of for interval in known if interval is not None), MEAN)
    middle = _numbers(known, of)
    replicas = summary.trajectory.replicas
    word = f"{of} of {replicas} networks" if replicas > 1 else "one network"
    axes.plot(depths, middle, color=BLUE, label=word)
    drawn = [middle]
    if replicas > 1:
        for end, label in (("smallest", "smallest and largest"), ("largest", None)):
            drawn.append(_numbers(known, end))
            axes.plot(depths, drawn[-1], color=BLUE, linestyle=":", linewidth=0.8, label=label)
    if predicted is not None and sum(entry is not None for entry in predicted) > 1:
        low, high = (_ends(predicted, upper=upper) for upper in (False, True))
        at = depths[: len(high)]
        style: dict[str, Any] = {"color": "black", "linestyle": "--", "linewidth": 1.2}
        axes.plot(at, (low + high) / 2, label="theory, infinite width", **style)
        axes.fill_between(at, low, high, color="black", alpha=0.2, linewidth=0)
        drawn += [low, high]
    lower, upper = _numbers(known, "lower"), _numbers(known, "upper")
    bounded = np.isfinite(lower) & np.isfinite(upper)
    if bounded[1:].any():
        label = f"interval of the {of}, {100 * (1 - summary.level):.6g} % for all together"
        band: dict[str, Any] = {"color": BLUE, "alpha": 0.25, "linewidth": 0}
        axes.fill_between(depths, lower, upper, where=bounded, label=label, **band)
    # A band that says next to nothing may reach beyond the panel, so that the curves can be read.
    tells = np.array([name in summary.tells(layer) for layer in summary.layers])
    _frame(axes, np.concatenate(drawn), np.concatenate([lower[tells], upper[tells]]))
    axes.set_xlim(-0.02 * len(depths), 1.02 * len(depths) - 1)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set_xlabel("depth [layers]")
    axes.set_ylabel(f"{name.replace('_', ' ')} (no unit)")
    axes.grid(alpha=0.3)
    axes.legend(fontsize="x-small", frameon=False)


def _frame(axes: Axes, curves: Array, bands: Array) -> None:
    """Give the axis upwards the scale of the curves, and ends that show them and the bands."""
    finite = curves[np.isfinite(curves)]
    if not len(finite):
        axes.text(0.5, 0.5, "nowhere finite", ha="center", transform=axes.transAxes)
        return
    scale = set_scale(axes.yaxis, axes, finite)
    seen = np.concatenate([finite, bands[np.isfinite(bands)]])
    if scale is Scale.LOG:
        seen = seen[seen > 0]
    low, high = float(seen.min()), float(seen.max())
    if scale is Scale.LOG:
        room = (high / low) ** 0.05
        axes.set_ylim(low / room, high * room)
    elif scale is Scale.LINEAR:
        room = 0.05 * (high - low) or 0.05 * abs(high) or 1.0
        axes.set_ylim(low - room, high + room)


def _numbers(known: Sequence[Interval | None], field: str) -> Array:
    """Return one number of each interval, NaN where there is none or it is infinite."""
    found: list[Any] = [math.nan if each is None else getattr(each, field) for each in known]
    return _finite(found)


def _finite(numbers: Sequence[float]) -> Array:
    found = np.array(numbers, dtype=np.float64)
    return np.where(np.isfinite(found), found, np.nan)


def _ends(curve: Curve, *, upper: bool) -> Array:
    numbers = [
        math.nan
        if entry is None
        else float((entry.upper if upper else entry.lower) if isinstance(entry, Value) else entry)
        for entry in curve
    ]
    return _finite(numbers)

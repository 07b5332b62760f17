"""Pictures of the bounds: one for each claim, a panel for each parameter that is one number.

``python -m _extension.pictures OUT [CLAIM ...]`` draws those of the claims named, or of all.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from fractions import Fraction
from pathlib import Path

import matplotlib as mpl
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.ticker import NullFormatter

from depthlaw.plots import bound
from depthlaw.render.numbers import parameter_text
from depthlaw.theory.claim.check import ParameterValue
from depthlaw.theory.claim.claim import Claim
from depthlaw.theory.claim.parameter import Domain, Parameter
from depthlaw.theory.claim.registry import claim, claims
from depthlaw.theory.errors import DepthlawError

POINTS, FEWEST = 19, 3
PANELS_A_ROW = 2
PANEL_WIDTH, PANEL_HEIGHT, LEGEND_HEIGHT = 4.0, 3.0, 0.45
"""Inches."""
SPREAD = 4
"""Numbers are drawn from a fourth of the smallest of the checks to four times the largest."""

Instance = Mapping[str, ParameterValue]


def draw(chosen: Claim, path: Path) -> bool:
    """Draw the bound of a claim into the SVG file `path`; return whether there is one to draw."""
    panels = list(_panels(chosen))
    if not panels:
        return False
    across = min(len(panels), PANELS_A_ROW)
    down = -(-len(panels) // across)
    figure = Figure(figsize=(PANEL_WIDTH * across, PANEL_HEIGHT * down + LEGEND_HEIGHT))
    FigureCanvasSVG(figure)
    legend: dict[str, Artist] = {}
    for place, (parameter, values, others) in enumerate(panels, start=1):
        axes = bound(
            chosen, parameter, values, others=others, axes=figure.add_subplot(down, across, place)
        )
        _tidy(axes, others, first=place % across == 1 or across == 1)
        handles, labels = axes.get_legend_handles_labels()
        legend |= zip(labels, handles, strict=True)
    figure.legend(
        list(legend.values()),
        list(legend),
        loc="lower center",
        ncols=2 * across,
        frameon=False,
        fontsize=7,
    )
    _margins(figure, across, down)
    path.parent.mkdir(parents=True, exist_ok=True)
    # The same picture has the same bytes: no date, and identifiers from a fixed salt.
    with mpl.rc_context({"svg.hashsalt": chosen.id}):
        figure.savefig(path, format="svg", metadata={"Date": None})
    return True


def _tidy(axes: Axes, others: Instance, *, first: bool) -> None:
    """Leave to the whole figure what its panels share, and small numbers without labels."""
    shared = axes.get_legend()
    if shared is not None:
        shared.remove()
    lines = [f"{name} = {parameter_text(value)}" for name, value in others.items()]
    title = "\n".join(", ".join(lines[i : i + 3]) for i in range(0, len(lines), 3))
    axes.set_title(title, fontsize=8)
    axes.tick_params(labelsize=8)
    for axis in (axes.xaxis, axes.yaxis):
        axis.label.set_fontsize(9)
        if axis.get_scale() != "linear":
            axis.set_minor_formatter(NullFormatter())
    if not first:
        axes.set_ylabel("")


def _margins(figure: Figure, across: int, down: int) -> None:
    """Place the panels by inches: a layout engine would have to draw everything twice."""
    width, height = PANEL_WIDTH * across, PANEL_HEIGHT * down + LEGEND_HEIGHT
    figure.subplots_adjust(
        left=0.8 / width,
        right=1 - 0.15 / width,
        bottom=(LEGEND_HEIGHT + 0.5) / height,
        top=1 - 0.45 / height,
        wspace=0.8 / (PANEL_WIDTH - 0.8),
        hspace=1.0 / (PANEL_HEIGHT - 1.0),
    )


def _panels(chosen: Claim) -> Iterator[tuple[str, list[int | Fraction], Instance]]:
    """Yield the parameters that can be varied, with values and the other parameters."""
    instance = _instance(chosen)
    if instance is None:
        return
    for parameter in chosen.parameters:
        if parameter.domain is Domain.SPECTRUM:
            continue
        others = {name: value for name, value in instance.items() if name != parameter.name}
        values = _accepted(chosen, parameter, others)
        if len(values) >= FEWEST:
            yield parameter.name, values, others


def _instance(chosen: Claim) -> Instance | None:
    """Return the parameters of the first check at which the bound says something, if any does."""
    accepted = []
    for check in chosen.checks:
        try:
            accepted.append(chosen.accept(check.parameters))
        except DepthlawError:
            continue  # a check that shows that its parameters are refused
    speaking = (given for given in accepted if chosen.vacuous(**given) is False)
    return next(speaking, accepted[0] if accepted else None)


def _accepted(chosen: Claim, parameter: Parameter, others: Instance) -> list[int | Fraction]:
    """Return values of the parameter, in order, at which the bound can be evaluated and drawn."""
    found: list[int | Fraction] = []
    for value in _candidates(chosen, parameter):
        try:
            there = chosen.bound(**{**others, parameter.name: value})
        except (DepthlawError, ArithmeticError):
            continue  # outside the assumptions, or where the formula has no value
        if all(_drawable(end) for end in (there.lower, there.upper)):
            found.append(value)
    return found


def _drawable(number: float) -> bool:
    """Return whether axes can hold a number beside others: products of two must not overflow."""
    return number == 0 or 1e-150 < abs(number) < 1e150


def _candidates(chosen: Claim, parameter: Parameter) -> list[int | Fraction]:
    tried = [
        Fraction(value)
        for check in chosen.checks
        if not isinstance(value := check.parameters[parameter.name], tuple)
    ]
    low, high = min(tried), max(tried)
    wide = low > 0 and high >= 8 * low
    if low > 0:
        low, high = low / SPREAD, high * SPREAD
    else:
        low, high = low - (high - low) / SPREAD - Fraction(1, SPREAD), high * SPREAD + 1
    if parameter.domain is Domain.INTEGER:
        low = max(low, Fraction(parameter.least))
    steps = [Fraction(k, POINTS - 1) for k in range(POINTS)]
    if wide:
        # A power of floats is near enough for the place of a point; the point itself is exact.
        ratio = float(high / low) if high / low < 10**300 else 10.0**300
        values = [low * Fraction(ratio ** float(step)) for step in steps]
    else:
        values = [low + (high - low) * step for step in steps]
    values += tried
    if parameter.domain is Domain.INTEGER:
        return sorted({round(value) for value in values})
    return sorted({value.limit_denominator(10**6) for value in values})


def main(arguments: list[str]) -> None:
    """Draw pictures into a folder; ids of claims that have none are written beside them."""
    out = Path(arguments[0])
    chosen = [claim(claim_id) for claim_id in arguments[1:]] or claims()
    for each in chosen:
        draw(each, out / f"{each.id}.svg")


if __name__ == "__main__":
    main(sys.argv[1:])

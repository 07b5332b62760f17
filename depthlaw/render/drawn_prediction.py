"""A prediction with drawn attention: for a reader, as plain data, and as a table."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from rich.text import Text

import depthlaw
from depthlaw.drawn import QUANTITIES, DrawnLayer, DrawnPrediction, Median
from depthlaw.render.numbers import interval_text, short
from depthlaw.render.page import Page, table
from depthlaw.render.prediction import Begun
from depthlaw.render.simulation import chosen_depths
from depthlaw.theory.network.residual import describe
from depthlaw.theory.values import json_number


def drawn_document(found: DrawnPrediction, begun: Begun) -> dict[str, Any]:
    """Return the prediction as plain data; every number is an estimate of a median."""
    return {
        "version": depthlaw.__version__,
        "network": found.network.to_json(),
        "start": asdict(begun),
        "replicas": found.replicas,
        "seed": found.seed,
        "level": found.level,
        "layers": [_layer(layer) for layer in found.layers],
        "head": None if found.output is None else _layer(found.output),
        "unanswered": found.unanswered,
        "limit": None,
    }


def drawn_rows(found: DrawnPrediction) -> list[dict[str, Any]]:
    """Return a table: a row for each depth."""
    return [
        {
            "depth": layer.depth,
            **{
                f"{name}_{key}": value
                for name in QUANTITIES
                for key, value in _number(getattr(layer, name)).items()
                if key != "exact"
            },
        }
        for layer in found.layers
    ]


def _layer(layer: DrawnLayer) -> dict[str, Any]:
    return {
        "depth": layer.depth,
        **{name: _number(getattr(layer, name)) for name in QUANTITIES},
    }


def _number(value: Median | None) -> dict[str, Any]:
    known: dict[str, Any] = dict.fromkeys(("lower", "upper", "median"))
    if value is not None:
        known = {name: json_number(number) for name, number in asdict(value).items()}
    return {**known, "kind": "estimate", "exact": None, "of": "median"}


def add_drawn(page: Page, found: DrawnPrediction, begun: Begun) -> None:
    """Append the prediction, for a reader."""
    network = found.network
    places = "" if not network.positions else f", positions {'x'.join(map(str, network.positions))}"
    ends = "".join(
        f", {name} {describe(part)}"
        for name, part in (("stem", network.stem), ("head", network.head))
        if part
    )
    page.add(
        f"{network.describe()}{ends}  infinite width with attention of width {network.width}, "
        f"batch {network.batch}{places}, {found.replicas} draws, seed {found.seed}, from {begun}"
    )
    depths = [ell for ell in chosen_depths(len(found.layers) - 1) if ell < len(found.layers)]
    shown = table(lines=False)
    shown.add_column("depth", justify="right", no_wrap=True)
    for name in QUANTITIES:
        shown.add_column(name.replace("_", " "))
    for ell in depths:
        shown.add_row(str(ell), *_cells(found.layers[ell]))
    if found.output is not None:
        shown.add_row("head", *_cells(found.output))
    page.add(shown, "")
    left_out = len(found.layers) - len(depths)
    if left_out:
        page.add(f"{left_out} layers are left out here; --json and --out have them all.")
    page.add(
        "Estimated: theory has no answer to the mean over softmax, so its scores were drawn at the "
        "width of the heads; everything else is the wide limit. Median of the draws, and in "
        "brackets an interval for the median of their law; all of them hold together with "
        f"probability at least {1 - found.level:.12g}."
    )
    if found.unanswered:
        page.add(Text(found.unanswered, style="yellow"))


def _cells(layer: DrawnLayer) -> list[Text]:
    return [_cell(getattr(layer, name), layer.depth) for name in QUANTITIES]


def _cell(value: Median | None, depth: int) -> Text:
    if value is None:
        return Text("not known", style="yellow")
    text = Text(short(value.median))
    if value.lower == value.upper:
        return text
    return text.append(f" {interval_text(value.lower, value.upper, 3)}", style="dim")

"""A prediction for a reader, as plain data, and as rows of a table."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rich.text import Text

import depthlaw
from depthlaw.render.gradients import add_gradients, gradient_limit, gradient_numbers
from depthlaw.render.numbers import number_text, short
from depthlaw.render.page import Page, table
from depthlaw.render.simulation import chosen_depths
from depthlaw.theory.network.residual import describe
from depthlaw.theory.prediction import Layer, Limit, Prediction
from depthlaw.theory.tangent import GradientPrediction
from depthlaw.theory.values import Kind, Numeric, Value, as_json

KNOWN = {Kind.EXACT: "exact", Kind.ENCLOSURE: "enclosed", Kind.COMPUTED: "computed"}
_COLUMNS = ("second_moment", "correlation", "isometry_gap", "spread")


@dataclass(frozen=True)
class Begun:
    """How the prediction was started: a correlation of all samples, or a file."""

    correlation: float | None = None
    second_moment: float = 1.0
    file: str | None = None

    def __str__(self) -> str:
        if self.file is not None:
            return f"start {self.file}"
        return f"correlation {self.correlation:g} and second moment {self.second_moment:g}"


def prediction_document(
    found: Prediction,
    begun: Begun,
    width: int | None,
    gradients: GradientPrediction | None = None,
) -> dict[str, Any]:
    """Return a prediction as plain data, with every layer."""
    network = found.network.to_json()
    if width is None:
        del network["width"]
    return {
        "version": depthlaw.__version__,
        "network": network,
        "start": {
            "correlation": begun.correlation,
            "second_moment": None if begun.file is not None else begun.second_moment,
            "file": begun.file,
        },
        "layers": [_layer_document(layer, width, gradients) for layer in found.layers],
        "head": None if found.output is None else _layer_document(found.output),
        "unanswered": found.unanswered,
        "limit": {**_limit_document(found.limit), **gradient_limit(gradients)},
        **({} if gradients is None else {"gradients_unanswered": gradients.unanswered}),
        "remarks": list(found.remarks),
    }


def _layer_document(
    layer: Layer, width: int | None = None, gradients: GradientPrediction | None = None
) -> dict[str, Any]:
    numbers = _gradient_numbers(gradients, layer.depth, width)
    return {
        "depth": layer.depth,
        **{name: _json(getattr(layer, name)) for name in _COLUMNS},
        **{name: _json(value) for name, value in numbers.items()},
    }


def _gradient_numbers(
    gradients: GradientPrediction | None, depth: int, width: int | None
) -> dict[str, Value | None]:
    """Return predicted gradients; those of weights belong to a width."""
    numbers = gradient_numbers(gradients, depth)
    return {
        name: value if name != "gradient_norm" or width is not None else None
        for name, value in numbers.items()
    }


def _limit_document(limit: Limit) -> dict[str, Any]:
    names = ("correlation", "second_moment", "rate", "shift", "growth", "factor")
    return {
        "law": str(limit.law),
        **{name: _json(getattr(limit, name)) for name in names},
        "power": limit.power,
        "sentences": list(limit.sentences),
    }


def _json(value: Value | None) -> dict[str, Any] | None:
    return None if value is None else as_json(value)


def prediction_rows(
    found: Prediction, width: int | None = None, gradients: GradientPrediction | None = None
) -> list[dict[str, Any]]:
    """Return a row for each layer: of every number its two ends and how it is known."""
    parts = ("lower", "upper", "kind")
    rows = []
    for layer in found.layers:
        document = _layer_document(layer, width, gradients)
        row: dict[str, Any] = {"depth": layer.depth}
        for name in list(document)[1:]:
            number = document[name] or dict.fromkeys(parts)
            row |= {f"{name}_{part}": number[part] for part in parts}
        rows.append(row)
    return rows


def add_prediction(
    page: Page,
    found: Prediction,
    begun: Begun,
    width: int | None,
    gradients: GradientPrediction | None = None,
) -> None:
    """Append a prediction, for a reader."""
    network = found.network
    places = "" if not network.positions else f", positions {'x'.join(map(str, network.positions))}"
    ends = "".join(
        f", {name} {describe(part)}"
        for name, part in (("stem", network.stem), ("head", network.head))
        if part
    )
    page.add(
        f"{network.describe()}{ends}  infinite width, batch {network.batch}{places}, from {begun}"
    )
    depths = [ell for ell in chosen_depths(len(found.layers) - 1) if ell < len(found.layers)]
    shown = table(lines=False)
    shown.add_column("depth", justify="right", no_wrap=True)
    names = _COLUMNS if any(layer.spread for layer in found.layers) else _COLUMNS[:-1]
    for name in names:
        heading = name.replace("_", " ")
        shown.add_column(f"{heading} at width {width}" if name == "spread" else heading)
    columns = _gradient_columns(found, gradients, width)
    for name in columns:
        shown.add_column(name.replace("_", " "))
    shown.add_column("known")
    for ell in depths:
        numbers = _gradient_numbers(gradients, ell, width)
        shown.add_row(*_cells(found.layers[ell], str(ell), names, [numbers[n] for n in columns]))
    if found.output is not None:
        shown.add_row(*_cells(found.output, "head", names, [None] * len(columns)))
    page.add(shown, "")
    left_out = len(found.layers) - len(depths)
    if left_out:
        page.add(f"{left_out} layers are left out here; --json and --out have them all.")
    page.add(*_legend(found))
    if found.unanswered:
        page.add(Text(found.unanswered, style="yellow"))
    for remark in found.remarks:
        page.add(Text(remark, style="yellow"))
    page.heading("Great depth")
    for line in limit_lines(found.limit):
        page.add(line)
    if gradients is not None:
        add_gradients(page, gradients, width)


def _gradient_columns(
    found: Prediction, gradients: GradientPrediction | None, width: int | None
) -> list[str]:
    """Return the columns of predicted gradients that have a number anywhere."""
    seen: dict[str, None] = {}
    for layer in found.layers:
        for name, value in _gradient_numbers(gradients, layer.depth, width).items():
            if value is not None:
                seen[name] = None
    return list(seen)


def _cells(
    layer: Layer, name: str, names: tuple[str, ...], more: Sequence[Value | None]
) -> list[str]:
    values = [*(getattr(layer, column) for column in names), *more]
    cells = ["–" if value is None else _number(value) for value in values]
    return [name, *cells, KNOWN[layer.second_moment.kind]]


def _number(value: Value) -> str:
    if not math.isfinite(value.upper - value.lower):
        return short(value.lower) if value.lower == value.upper else "not known"
    if isinstance(value, Numeric) and value.error < 2e-3 * abs(value.number):
        return short(value.number, 4 if value.error < 1e-4 * abs(value.number) else 3)
    return number_text(value)


def _legend(found: Prediction) -> list[str]:
    kinds = {layer.second_moment.kind for layer in found.layers}
    lines = []
    if Kind.ENCLOSURE in kinds:
        lines.append("Enclosed: every step was proved, with its error carried on.")
    if Kind.COMPUTED in kinds:
        lines.append("Computed: by quadrature from some step on, without a proof.")
    if any(layer.spread for layer in found.layers):
        lines.append(
            "Spread: standard deviation of the correlation over networks, leading order in "
            "1/width; computed."
        )
    return lines


def limit_lines(limit: Limit) -> list[str]:
    """Return what is known of great depth, a line for each thing.

    >>> from depthlaw.theory.prediction.limit import unknown
    >>> limit_lines(unknown("its numbers do not settle"))
    ['No law is known here: its numbers do not settle.']
    """
    lines = list(limit.sentences)
    for value, name in limit.numbers():
        exact = f" = {as_json(value)['exact']}" if value.kind is Kind.EXACT else ""
        shown = number_text(value, 6)
        exact = "" if exact == f" = {shown}" else exact
        lines.append(f"  {name}: {shown}{exact} ({KNOWN[value.kind]})")
    return lines

"""Predicted gradients for a reader, as plain data, and as columns of a table."""

from __future__ import annotations

from typing import Any

from rich.text import Text

from depthlaw.render.numbers import number_text
from depthlaw.render.page import Page
from depthlaw.theory.tangent import GradientPrediction
from depthlaw.theory.values import Value, as_json

COLUMNS = {
    "gradient_growth": "growth",
    "stream_gradient_norm": "log_norm",
    "gradient_norm": "log_weight_norm",
}
"""Names in documents and tables, and what they are called where they come from."""


def gradient_numbers(found: GradientPrediction | None, depth: int) -> dict[str, Value | None]:
    """Return the numbers of one depth, by name; none where nobody asked for gradients."""
    if found is None:
        return {}
    known = depth < len(found.layers)
    return {
        name: getattr(found.layers[depth], attribute) if known else None
        for name, attribute in COLUMNS.items()
    }


def gradient_limit(found: GradientPrediction | None) -> dict[str, Any]:
    """Return what is known of great depth as plain data."""
    if found is None:
        return {}
    return {
        "gradient_growth": None if found.growth is None else as_json(found.growth),
        "gradient_power": None if found.power is None else as_json(found.power),
    }


def add_gradients(page: Page, found: GradientPrediction, width: int | None) -> None:
    """Append what the columns mean, and where gradients go with depth."""
    page.heading("Gradients")
    if found.unanswered is not None:
        page.add(Text(found.unanswered, style="yellow"))
        return
    page.add(
        "Growth: by what E ‖∂L/∂H‖² grows from a layer's output to its input. Stream gradient "
        "norm: log E ‖∂L/∂H‖² behind a layer, for a random gradient of norm 1 at the last one; "
        "natural logarithms. Mean field's: the weights of the way back are taken for new ones."
    )
    weights = any(layer.log_weight_norm is not None for layer in found.layers)
    if weights and width is not None:
        page.add(f"Gradient norm: log E ‖∂L/∂W‖² of the layer's weights at width {width}.")
    if found.growth is not None:
        number = number_text(found.growth, 6)
        page.add(f"With depth the squared gradient is multiplied by {number} in every layer.")
    elif found.power is not None:
        number = number_text(found.power, 6)
        page.add(f"At the start the squared gradient grows like depth^{number}.")
    else:
        page.add("The growth has not settled at this depth.")

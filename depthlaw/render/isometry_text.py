"""After how many layers a batch is nearly isometric, for a reader and as plain data."""

from __future__ import annotations

from typing import Any

from depthlaw.render.numbers import number_text
from depthlaw.render.page import Page
from depthlaw.theory.isometry.depth import Crossing, IsometryDepth
from depthlaw.theory.values import as_json


def depths_document(found: IsometryDepth) -> dict[str, Any]:
    """Return the answer as plain data; a depth that does not exist is null."""
    crossings = {
        "exact": found.exact,
        "sharp_bound": found.sharp,
        "unconditional_bound": found.unconditional,
    }
    return {
        "batch": found.batch,
        "target": found.target,
        "initial_gap": as_json(found.initial_gap),
        "smallest_eigenvalue": as_json(found.smallest),
        **{name: None if value is None else value.depth for name, value in crossings.items()},
        "reason": found.reason,
    }


def add_depths(page: Page, found: IsometryDepth) -> None:
    """Append the answer, for a reader."""
    page.heading(f"Isometry gap of your {found.batch} samples")
    page.add(
        f"  it starts at {number_text(found.initial_gap, 7)}; wanted: at most {found.target:g}"
    )
    page.add(f"  {_layers(found.exact)} by the mean-field recursion itself")
    page.add(f"  {_layers(found.sharp)} by the bound isometry.sharp-decay")
    page.add(f"  {_layers(found.unconditional)} by the bound isometry.unconditional-decay")
    if found.reason is not None:
        page.add(f"  note: {found.reason}")


def _layers(crossing: Crossing | None) -> str:
    if crossing is None:
        return "never, or not known,"
    plural = "" if crossing.depth == 1 else "s"
    return f"{crossing.depth} layer{plural}"

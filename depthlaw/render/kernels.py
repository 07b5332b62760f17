"""NNGP and NTK for a reader, as plain data, and as rows of a table."""

from __future__ import annotations

from typing import Any

import numpy as np
from rich.text import Text

import depthlaw
from depthlaw.render.numbers import number_text
from depthlaw.render.page import Page, table
from depthlaw.render.prediction import KNOWN, Begun
from depthlaw.render.simulation import chosen_depths
from depthlaw.theory.network.residual import describe
from depthlaw.theory.tangent import KernelLayer, Kernels
from depthlaw.theory.values import Kind

PARAMETRISATION = (
    "NTK parametrisation: a weight is σ_w ω/√(fan-in) and a bias σ_b β, with gradients by ω and β. "
    "By the weights themselves a layer's part is fan-in/σ_w² as large, which grows with the width."
)
MOST_IN_LAYERS = 8
"""Columns up to which all layers are given as data, and not the output alone."""
NAMES = ("nngp", "ntk")


def kernels_document(found: Kernels, begun: Begun) -> dict[str, Any]:
    """Return the kernels as plain data; every entry has two ends."""
    network = found.network.to_json()
    del network["width"]
    few = len(found.layers[-1].nngp) <= MOST_IN_LAYERS
    return {
        "version": depthlaw.__version__,
        "network": network,
        "start": {
            "correlation": begun.correlation,
            "second_moment": None if begun.file is not None else begun.second_moment,
            "file": begun.file,
        },
        "depth": found.depth,
        "readout": None if found.readout is None else str(found.readout),
        "parametrisation": "ntk",
        "layers": [_layer(layer, found.kind) for layer in found.layers] if few else [],
        "output": _layer(found.output, found.kind),
        "error": found.error,
        "unanswered": found.lost,
        "remarks": [PARAMETRISATION],
    }


def _layer(layer: KernelLayer, kind: Kind) -> dict[str, Any]:
    document: dict[str, Any] = {"depth": layer.depth}
    for name in NAMES:
        ends = _ends(layer, name)
        document[name] = None
        if ends is not None:
            lower, upper = ends
            document[name] = {"lower": lower.tolist(), "upper": upper.tolist(), "kind": str(kind)}
    return document


def _ends(layer: KernelLayer, name: str) -> tuple[np.ndarray, np.ndarray] | None:
    """Return both ends of all entries; where no error is known, the entries themselves."""
    matrix = getattr(layer, name)
    if matrix is None:
        return None
    n = len(matrix)
    if n <= MOST_IN_LAYERS:
        numbers = [[layer.number(name, i, j) for j in range(n)] for i in range(n)]
        lower, upper = (
            np.array([[getattr(number, end) for number in row] for row in numbers])
            for end in ("lower", "upper")
        )
    else:
        size = np.sqrt(np.abs(np.outer(np.diagonal(matrix), np.diagonal(matrix))))
        first = layer.number(name, 0, 0)
        error = (first.upper - first.lower) / 2 / size[0, 0] * size
        lower, upper = matrix - error, matrix + error
    return np.where(np.isnan(lower), matrix, lower), np.where(np.isnan(upper), matrix, upper)


def kernels_rows(found: Kernels) -> list[dict[str, Any]]:
    """Return a row for each pair of columns, of each layer that the document has."""
    few = len(found.layers[-1].nngp) <= MOST_IN_LAYERS
    places = [(str(layer.depth), layer) for layer in found.layers] if few else []
    rows = []
    for depth, layer in [*places, ("output", found.output)]:
        known = {name: _ends(layer, name) for name in NAMES}
        for i, j in zip(*np.triu_indices(len(layer.nngp)), strict=True):
            row: dict[str, Any] = {"depth": depth, "first": int(i), "second": int(j)}
            for name, ends in known.items():
                lower, upper = (None, None) if ends is None else (float(e[i, j]) for e in ends)
                row |= {f"{name}_lower": lower, f"{name}_upper": upper}
                row[f"{name}_kind"] = None if ends is None else str(found.kind)
            rows.append(row)
    return rows


def add_kernels(page: Page, found: Kernels, begun: Begun) -> None:
    """Append the kernels of the first two columns, for a reader."""
    network = found.network
    places = "" if not network.positions else f", positions {'x'.join(map(str, network.positions))}"
    ends = "".join(
        f", {name} {describe(part)}"
        for name, part in (("stem", network.stem), ("head", network.head))
        if part
    )
    pooled = "" if found.readout is None else f", readout {found.readout}"
    page.add(
        f"{network.describe()}{ends}{pooled}  infinite width, batch {network.batch}{places}, from "
        f"{begun}"
    )
    shown = table(lines=False)
    shown.add_column("depth", justify="right", no_wrap=True)
    pair = len(found.output.nngp) > 1
    for letter in ("K", "Θ"):
        for text in ("(x, x)", "(x, x′)") if pair else ("(x, x)",):
            shown.add_column(letter + text)
    shown.add_column("known")
    depths = set(chosen_depths(found.depth))
    for layer in found.layers:
        if layer.depth in depths:
            shown.add_row(str(layer.depth), *_cells(layer, pair), KNOWN[found.kind])
    shown.add_row("output", *_cells(found.output, pair), KNOWN[found.kind])
    page.add(shown, "")
    page.add("K: mean of f(x) f(x′), the NNGP. Θ: that of ⟨∂f(x), ∂f(x′)⟩, the NTK.")
    page.add(PARAMETRISATION)
    if found.kind is Kind.ENCLOSURE:
        page.add("Enclosed: every step was proved, in ball arithmetic.")
    elif found.error is not None:
        page.add(
            f"Computed: two ways differ by {found.error:.1g} of the diagonal, without a proof."
        )
    else:
        page.add("Computed in floats, without a proof.")
    if found.lost:
        page.add(Text(found.lost, style="yellow"))


def _cells(layer: KernelLayer, pair: bool) -> list[str]:
    places = [(0, 0), (0, 1)] if pair else [(0, 0)]
    cells = []
    for name in NAMES:
        for i, j in places:
            if getattr(layer, name) is None:
                cells.append("–")
                continue
            number = layer.number(name, i, j)
            known = not np.isnan(number.lower)
            cells.append(number_text(number) if known else f"{getattr(layer, name)[i, j]:.8g}")
    return cells

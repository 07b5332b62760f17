"""Write the table of how wrong gradient independence is: ``python docs/gradient_independence.py``.

Takes about a minute. It writes the numbers, the table on the page on gradients, and its picture; a
test holds the page against the numbers, and takes some of them again.
"""

from __future__ import annotations

import json
from pathlib import Path

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure

from depthlaw import Network, activation, parse_layer, simulate
from depthlaw.theory.mean_field_bn.rates import rates
from depthlaw.theory.network.gram import equicorrelated

DOCS = Path(__file__).parent
FILE = DOCS / "theory" / "gradient_independence.json"
PAGE = DOCS / "theory" / "gradients.md"
PICTURE = DOCS / "_static" / "gradient-independence.svg"
BEGIN, END = "<!-- begin table -->", "<!-- end table -->"
COLOURS = ("#0072B2", "#D55E00", "#009E73")
LAYERS = {
    "batch norm, ReLU": "linear,batchnorm:epsilon=0,relu",
    "ReLU, layer norm": "relu,layernorm:epsilon=0,linear",
}
BATCHES, WIDTHS = (4, 8, 16), (16, 32, 64, 128, 256)
DEPTH, UPPER, LOWER = 28, 24, 8
SEED = 1


def cell(layer: str, batch: int, width: int, replicas: int, seed: int = SEED) -> dict[str, float]:
    """Return growths per layer of log ‖∂L/∂W‖², true and independent, with standard errors."""
    seen = []
    for independent in (False, True):
        found = simulate(
            Network(width, batch, parse_layer(layer)),
            depth=DEPTH,
            replicas=replicas,
            seed=seed,
            initial_gram=equicorrelated(batch, 0.5),
            gradients=True,
            independent=independent,
            observables={},
        ).gradients
        assert found is not None
        norms = found.log_total_weight_norms
        seen.append((norms[:, LOWER] - norms[:, UPPER]) / (UPPER - LOWER))
    true, anew = seen
    numbers = {"true": true, "independent": anew, "difference": true - anew}
    root = np.sqrt(replicas)
    return {
        "batch": batch,
        "width": width,
        "replicas": replicas,
        **{name: round(float(values.mean()), 5) for name, values in numbers.items()},
        **{
            f"{name}_error": round(float(values.std(ddof=1) / root), 5)
            for name, values in numbers.items()
        },
    }


def table(found: dict[str, list[dict[str, float]]]) -> str:
    """Return the numbers as a table of the page."""
    lines = [
        "| layer | batch | width | true | independent | (true − independent)·width |",
        "|---|---|---|---|---|---|",
    ]
    for name, cells in found.items():
        for c in cells:
            d = int(c["width"])
            lines.append(
                f"| {name} | {c['batch']} | {d} | {c['true']:.4f} ± {c['true_error']:.4f} "
                f"| {c['independent']:.4f} ± {c['independent_error']:.4f} "
                f"| {c['difference'] * d:.2f} ± {c['difference_error'] * d:.2f} |"
            )
    return "\n".join(lines)


def draw(found: dict[str, list[dict[str, float]]]) -> Figure:
    """Return the picture: growth against the width, with mean field's rates."""
    figure = Figure(figsize=(8, 3.4))
    relu = activation("relu").operation()
    for place, (name, cells) in enumerate(found.items()):
        axes = figure.add_subplot(1, 2, place + 1)
        for batch, colour in zip(BATCHES, COLOURS, strict=True):
            part = [c for c in cells if c["batch"] == batch]
            widths = [c["width"] for c in part]
            for key, style in (("true", "-"), ("independent", ":")):
                errors = [2 * c[f"{key}_error"] for c in part]
                label = f"batch {batch}, {key}"
                values = [c[key] for c in part]
                axes.errorbar(widths, values, errors, ls=style, c=colour, label=label)
            if place == 0:
                axes.axhline(np.log(float(rates(batch, relu).growth.lower)), c=colour, lw=0.6)
        if place == 1:
            axes.axhline(np.log(np.pi / (np.pi - 1)), c="black", lw=0.6)
        axes.set(xscale="log", xlabel="width [neurons]", title=name)
        axes.set_xticks(WIDTHS, [str(width) for width in WIDTHS])
        axes.minorticks_off()
        axes.set_ylabel("growth per layer (logarithm, no unit)")
    figure.axes[0].legend(fontsize="x-small", frameon=False)
    figure.tight_layout()
    return figure


def write(found: dict[str, list[dict[str, float]]]) -> None:
    """Write the table into the page, and the picture."""
    page = PAGE.read_text(encoding="utf-8")
    before, rest = page.split(BEGIN)
    _, after = rest.split(END)
    PAGE.write_text(f"{before}{BEGIN}\n{table(found)}\n{END}{after}", encoding="utf-8")
    mpl.rcParams["svg.hashsalt"] = "depthlaw"
    draw(found).savefig(PICTURE, metadata={"Date": None})


def main() -> None:
    """Compute the numbers, and write them everywhere."""
    found = {
        name: [cell(layer, n, d, 400) for n in BATCHES for d in WIDTHS]
        for name, layer in LAYERS.items()
    }
    FILE.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    write(found)


if __name__ == "__main__":
    main()

"""Probability of the odd-point state at layer 200, over batch and width, with intervals."""

from __future__ import annotations

import numpy as np
from _figure import arguments, new_figure, save

from depthlaw.numerics.studies.sweep import phase_map

BATCHES, WIDTHS, DEPTH, REPLICAS = (6, 8, 10, 16), (50, 100, 200, 500), 200, 40


def main() -> None:
    """Draw the map and print the table; a second call goes on from the counts of the first."""
    given = arguments(__doc__ or "")
    found = phase_map(
        given.out / "nachum2024_phase_map",
        batches=BATCHES,
        widths=WIDTHS,
        depths=[DEPTH],
        replicas=REPLICAS,
        seed=given.seed,
    )
    print(found.table(DEPTH))
    cells = [[found.cell(n, d, DEPTH) for d in WIDTHS] for n in BATCHES]
    shares = np.array([[cell.successes / cell.trials for cell in row] for row in cells])
    figure = new_figure("Odd-point state at layer 200", "width d", "batch n")
    (axis,) = figure.axes
    axis.grid(visible=False)
    image = axis.imshow(shares, vmin=0, vmax=1, cmap="cividis", origin="lower", aspect="auto")
    axis.set_xticks(range(len(WIDTHS)), labels=[str(width) for width in WIDTHS])
    axis.set_yticks(range(len(BATCHES)), labels=[str(batch) for batch in BATCHES])
    for (row, column), share in np.ndenumerate(shares):
        colour = "black" if share > 0.5 else "white"
        axis.text(column, row, f"{share:.2f}", ha="center", va="center", color=colour)
    figure.colorbar(image, label="probability")
    save(figure, given.out, "nachum2024_phase_map")


if __name__ == "__main__":
    main()

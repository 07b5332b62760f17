"""A phase map: how often a state was seen, by batch and width."""

from __future__ import annotations

from numbers import Number
from typing import TYPE_CHECKING

import numpy as np

from depthlaw.numerics.studies.sweep import PhaseMap
from depthlaw.plots.canvas import literal, new_axes
from depthlaw.theory.errors import ArgumentError, instance

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def phase_map(found: PhaseMap, *, depth: int | None = None, axes: Axes | None = None) -> Axes:
    """Draw the probability of a state over batch and width, at one depth.

    Every cell says its share of networks and, below it, the exact interval for the probability, so
    that the map can be read without its colours.

    Parameters
    ----------
    found
        What `numerics.sweep.phase_map` returned.
    depth
        A depth of its grid; the deepest if left out.
    axes
        Where to draw; a new figure if left out.

    Returns
    -------
    matplotlib.axes.Axes
        Widths across, batch sizes up, both as categories.

    Raises
    ------
    ArgumentError
        If the map is empty, or `depth` is not on its grid.
    DepthlawError
        If Matplotlib is not installed.

    Examples
    --------
    >>> from depthlaw.numerics.studies.sweep import PhaseCell
    >>> cell = PhaseCell(3, 20, 5, successes=1, trials=4, lower=0.0, upper=0.9)
    >>> image = phase_map(PhaseMap("linear", 0.05, 0, (cell,))).images[0]
    >>> float(image.get_array()[0, 0]) == 1 / 4
    True
    """
    instance("found", found, PhaseMap, "what phase_map returned")
    depths = sorted({cell.depth for cell in found.cells})
    if not depths:
        raise ArgumentError("found", "a map without cells", "sweep a grid first")
    layer = depths[-1] if depth is None else depth
    if not isinstance(layer, Number) or layer not in depths:
        raise ArgumentError("depth", layer, f"the map has {', '.join(map(str, depths))}")
    batches = sorted({cell.batch for cell in found.cells})
    widths = sorted({cell.width for cell in found.cells})
    cells = [[found.cell(n, d, layer) for d in widths] for n in batches]
    shares = np.array([[cell.successes / cell.trials for cell in row] for row in cells])
    drawn = new_axes(axes, width=1.8 + 1.1 * len(widths), height=1.4 + 0.6 * len(batches))
    image = drawn.imshow(shares, vmin=0, vmax=1, cmap="cividis", origin="lower", aspect="auto")
    drawn.set_xticks(range(len(widths)), labels=[str(width) for width in widths])
    drawn.set_yticks(range(len(batches)), labels=[str(batch) for batch in batches])
    for (row, column), share in np.ndenumerate(shares):
        cell = cells[row][column]
        drawn.text(
            column,
            row,
            f"{share:.2f}\n[{cell.lower:.2f}, {cell.upper:.2f}]",
            ha="center",
            va="center",
            fontsize="x-small",
            # The map is dark below and light above its middle.
            color="black" if share > 0.5 else "white",
        )
    drawn.set_xlabel("width d [neurons]")
    drawn.set_ylabel("batch n [samples]")
    title = f"{found.layer}, layer {layer}, intervals at level {found.level:g}"
    drawn.set_title(literal(title), fontsize="medium")
    drawn.figure.colorbar(image, ax=drawn, label="share of networks")
    return drawn

"""What the reproductions share: arguments, a picture on disk, a slope with its interval."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import matplotlib as mpl
import numpy as np
from numpy.typing import NDArray

mpl.use("Agg")

import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from depthlaw.numerics.estimation.median import median_bounds

Array = NDArray[np.float64]

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7")
"""Okabe and Ito's palette, which colour-blind readers can tell apart."""
THEORY = {"color": "black", "linewidth": 1.2, "linestyle": "--"}
LEVEL = 0.05


@dataclass(frozen=True)
class Slope:
    """A log-log slope: median over independent runs, with an order-statistics interval."""

    median: float
    lower: float
    upper: float

    def __str__(self) -> str:
        return f"{self.median:.3f} (95% interval {self.lower:.3f} to {self.upper:.3f})"


def slope_over_runs(sizes: Sequence[int], values: Array) -> Slope:
    """Fit log value against log size in each run, `values` of shape (runs, sizes)."""
    x = np.log(np.array(sizes, dtype=np.float64))
    x -= x.mean()
    slopes = np.log(values) @ x / (x @ x)
    return Slope(float(np.median(slopes)), *median_bounds(slopes, level=LEVEL))


def new_figure(title: str, across: str, up: str, panels: int = 1) -> Figure:
    """Return a figure with labelled axes."""
    figure, axes = plt.subplots(1, panels, figsize=(5.2 * panels, 3.8), squeeze=False)
    for axis in axes[0]:
        axis.set_xlabel(across)
        axis.set_ylabel(up)
        axis.grid(alpha=0.3)
    figure.suptitle(title)
    return figure


def width_ticks(axis: Axes, widths: Sequence[int]) -> None:
    """Label a logarithmic axis with the widths themselves."""
    axis.set_xticks(list(widths), labels=[str(width) for width in widths])
    axis.minorticks_off()


def arguments(description: str) -> argparse.Namespace:
    """Read ``--out`` and ``--seed``."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--out", type=Path, default=Path(), help="folder for the picture")
    parser.add_argument("--seed", type=int, default=0)
    return parser.parse_args()


def save(figure: Figure, folder: Path, name: str) -> Path:
    """Write the figure as PNG and return its path."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.png"
    figure.tight_layout()
    figure.savefig(path, dpi=150)
    plt.close(figure)
    print(f"picture: {path}")
    return path

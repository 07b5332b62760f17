"""Draws the README's picture: Theorem 1, its sharper form and the truth, against the width.

    python docs/readme_picture.py

simulates a batch-normalised linear network with n = 8 at widths up to 2^20 (about a minute), takes
for α the largest threshold that held in every layer of every run, and writes
``docs/_static/theorem-1.svg``. The seed is fixed: the same numbers come out every time.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure

from depthlaw.numerics.estimation.median import median_bounds
from depthlaw.numerics.simulate import simulate
from depthlaw.theory.claim.registry import claim
from depthlaw.theory.network import Linear, Network, Rescale
from depthlaw.theory.network.gram import orthogonality_gap, smallest_eigenvalue

PICTURE = Path(__file__).parent / "_static" / "theorem-1.svg"
BATCH, DEPTH, RUNS, LEVEL, SEED = 8, 40, 8, 0.05, 0
WIDTHS = tuple(2**k for k in range(8, 21, 2))
BLUE, VERMILION, GREEN = "#0072B2", "#D55E00", "#009E73"


@dataclass(frozen=True)
class Point:
    """What was found at one width: α that held throughout, median gap with its 95% interval."""

    width: int
    alpha: Fraction
    median: float
    lower: float
    upper: float


def measure(width: int) -> Point:
    """Simulate at one width, from λ(H_0) = (2/9, 1/9, …, 1/9)."""
    start = np.diag([2 / 9] + [1 / 9] * (BATCH - 1))
    run = simulate(
        Network(width, BATCH, (Linear(), Rescale())),
        depth=DEPTH + 1,  # Theorem 1 with depth ℓ is about layer ℓ + 1, and A₁ about those before
        replicas=RUNS,
        seed=SEED,
        initial_gram=start,
        observables={"gap": orthogonality_gap, "smallest": smallest_eigenvalue},
    )
    gaps = run.values["gap"][:, -1]
    alpha = Fraction(float(run.values["smallest"][:, 1:-1].min()))
    return Point(width, alpha, float(np.median(gaps)), *median_bounds(gaps, level=LEVEL))


def published(width: int, alpha: Fraction) -> float:
    """Return Theorem 1's bound on E V, α for σ_min²."""
    theorem = claim("orthogonalization.theorem-1-corrected")
    return theorem.bound(batch=BATCH, width=width, depth=DEPTH, alpha=alpha).upper


def sharper(width: int, alpha: Fraction) -> float | None:
    """Return √ of the bound on E V², which bounds E V too; None where it does not contract."""
    if alpha * (BATCH + 2) <= 1:
        return None
    tight = claim("orthogonalization.tight-gap")
    return math.sqrt(tight.bound(batch=BATCH, width=width, depth=DEPTH, alpha=alpha).upper)


def draw(points: Sequence[Point]) -> Figure:
    """Return the picture."""
    trivial = (1 - 1 / BATCH) ** 0.5
    figure = Figure(figsize=(7.2, 4.0), layout="tight")
    axes = figure.add_subplot()
    widths = [point.width for point in points]
    printed = [published(point.width, point.alpha) for point in points]
    better = [(p.width, bound) for p in points if (bound := sharper(p.width, p.alpha)) is not None]
    axes.axhspan(trivial, 2 * max(printed), color="0.9", zorder=0)
    axes.text(widths[0], 1.25 * trivial, "says nothing: V ≤ √(1−1/n) anyway")
    axes.plot(widths, printed, "s-", color=VERMILION, label="Theorem 1 (α for the square)")
    axes.plot(*zip(*better, strict=True), "^-", color=BLUE, label="sharper, proved here")
    errors = np.array([(p.median - p.lower, p.upper - p.median) for p in points]).T
    medians = [point.median for point in points]
    axes.errorbar(widths, medians, errors, fmt="o", color=GREEN, capsize=3, label="simulated")
    axes.set(xscale="log", yscale="log", ylim=(medians[-1] / 2, 2 * max(printed)))
    axes.set_xlabel("width d")
    axes.set_ylabel(f"orthogonality gap V after {DEPTH + 1} layers")
    axes.set_title(f"Batch normalisation orthogonalises a batch of {BATCH}", loc="left")
    axes.grid(alpha=0.3)
    axes.legend(loc="upper right", frameon=False)
    return figure


def main() -> None:
    """Simulate, draw, write."""
    figure = draw([measure(width) for width in WIDTHS])
    with mpl.rc_context({"svg.hashsalt": "depthlaw"}):
        figure.savefig(PICTURE, metadata={"Date": None, "Creator": None})
    print(PICTURE.name, PICTURE.stat().st_size, "bytes")


if __name__ == "__main__":
    main()

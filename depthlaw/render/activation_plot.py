"""A figure of an activation: the function, its kernel map with a cobweb, correlations by depth."""

from __future__ import annotations

from fractions import Fraction
from io import BytesIO
from typing import TYPE_CHECKING, Any

import numpy as np

from depthlaw.render.output import PICTURES, check_ending, write_whole
from depthlaw.theory.errors import DepthlawError
from depthlaw.theory.kernels.floats import kernel_values
from depthlaw.theory.kernels.rates import trajectory

if TYPE_CHECKING:
    from depthlaw.render.activation_text import Card

STARTS = (Fraction(-9, 10), Fraction(0), Fraction(1, 2), Fraction(99, 100))
DEPTH = 40
COBWEB = 15


def save_plot(card: Card, path: str) -> None:
    """Draw a card into the file `path`.

    Raises
    ------
    ArgumentError
        If the ending is none of `PICTURES`, or the file cannot be written.
    DepthlawError
        If matplotlib is not installed.
    """
    suffix = check_ending("plot", path, PICTURES)
    try:
        from matplotlib.figure import Figure
    except ModuleNotFoundError:
        raise DepthlawError("a plot needs matplotlib: run pip install 'depthlaw[cli]'") from None
    # A figure of its own, without the state that pyplot keeps for the process.
    figure = Figure(figsize=(12, 3.8), layout="constrained")
    left, middle, right = figure.subplots(1, 3)
    _function(left, card)
    _cobweb(middle, card)
    _depths(right, card)
    picture = BytesIO()
    figure.savefig(picture, format=suffix[1:])
    write_whole({"plot": (path, picture.getvalue())})


def _function(axes: Any, card: Card) -> None:
    x = np.linspace(-4, 4, 801)
    axes.plot(x, card.activation.function(x))
    axes.set(title=card.activation.name, xlabel="x", ylabel="φ(x)")
    axes.grid(alpha=0.3)


def _cobweb(axes: Any, card: Card) -> None:
    rho = np.linspace(-1, 1, 801)
    axes.plot(rho, kernel_values(card.map, rho).values, label="κ(ρ)")
    axes.plot(rho, rho, linestyle="--", linewidth=1, label="ρ")
    path = [float(r.lower) for r in trajectory(card.map, STARTS[0], COBWEB)]
    corners = np.repeat(path, 2)
    axes.plot(corners[:-1], np.append([corners[0]], corners[2:]), linewidth=0.8, color="C3")
    if card.fixed is not None:
        place = card.fixed.attractor.location.lower
        axes.plot([place], [place], marker="o", color="C3", label="ρ*")
    axes.set(title="kernel map", xlabel="ρ", xlim=(-1, 1), ylim=(-1.05, 1.05))
    axes.legend()
    axes.grid(alpha=0.3)


def _depths(axes: Any, card: Card) -> None:
    for start in STARTS:
        path = [float(r.lower) for r in trajectory(card.map, start, DEPTH)]
        axes.plot(range(DEPTH + 1), path, label=f"ρ₀ = {float(start):g}")
    axes.set(title="correlation by depth", xlabel="layers ℓ", ylabel="ρ", ylim=(-1.05, 1.05))
    axes.legend()
    axes.grid(alpha=0.3)

"""The cobweb of a kernel map: how the correlation of two samples goes from layer to layer."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from depthlaw.plots.canvas import BLUE, GREY, VERMILION, literal, new_axes
from depthlaw.theory.errors import ArgumentError, DepthlawError, integer
from depthlaw.theory.kernels import KernelMap
from depthlaw.theory.kernels.correlation_map import CorrelationMap, normalised_map
from depthlaw.theory.kernels.fixed_points import fixed_points
from depthlaw.theory.kernels.floats import kernel_values
from depthlaw.theory.kernels.rates import trajectory

if TYPE_CHECKING:
    from matplotlib.axes import Axes

POINTS = 401
"""Correlations at which the curve is drawn: finer than a screen shows."""


MOST_LAYERS = 10_000
"""More steps would draw one upon the other."""


def cobweb(
    kernel_map: CorrelationMap | KernelMap,
    *,
    start: int | float | Fraction,
    layers: int = 20,
    axes: Axes | None = None,
) -> Axes:
    """Draw a map ρ ↦ f(ρ), the diagonal, and the staircase of ρ_{ℓ+1} = f(ρ_ℓ).

    Parameters
    ----------
    kernel_map
        A correlation map, or a kernel map κ, which is drawn as κ/κ(1): iterating needs f(1) = 1.
    start
        ρ_0 in [−1, 1].
    layers
        Steps of the staircase ≥ 1.
    axes
        Where to draw; a new figure if left out.

    Returns
    -------
    matplotlib.axes.Axes
        Correlation across, correlation one layer later up, with the attracting fixed point marked
        where one is proved.

    Raises
    ------
    ArgumentError
        If |`start`| > 1, `layers` is no whole number of at least 1, or no map was given.
    DepthlawError
        If Matplotlib is not installed.

    Examples
    --------
    >>> from depthlaw.theory.activations import activation
    >>> square = KernelMap(activation("hermite(2)"))  # f(ρ) = ρ²
    >>> stairs = cobweb(square, start=0.5, layers=2).lines[2]
    >>> bool(np.all(stairs.get_xdata() == [1 / 2, 1 / 2, 1 / 4, 1 / 4, 1 / 16]))
    True
    """
    layers = integer("layers", layers, at_most=MOST_LAYERS)
    if isinstance(kernel_map, KernelMap):
        kernel_map = normalised_map(kernel_map.activation)
    if not isinstance(kernel_map, CorrelationMap):
        raise ArgumentError("kernel_map", kernel_map, "give a KernelMap or a CorrelationMap")
    path = [(rho.lower + rho.upper) / 2 for rho in trajectory(kernel_map, start, layers)]
    drawn = new_axes(axes, width=4.6, height=4.6)
    across = np.linspace(-1, 1, POINTS)
    drawn.plot(across, kernel_values(kernel_map, across).values, color=BLUE, label="f(ρ)")
    drawn.plot([-1, 1], [-1, 1], color=GREY, linestyle="--", lw=1, label="ρ")
    corners = np.repeat(path, 2)
    label = f"{layers} layers from {float(start):.3g}"
    drawn.plot(corners[:-1], corners[1:], color=VERMILION, lw=1, label=label)
    _mark_attractor(drawn, kernel_map)
    drawn.set(xlim=(-1.02, 1.02), ylim=(-1.05, 1.05), aspect="equal")
    drawn.set_xlabel("correlation $\\rho_\\ell$ (no unit)")
    drawn.set_ylabel("correlation $\\rho_{\\ell+1}$ (no unit)")
    drawn.set_title(literal(kernel_map.activation.name), fontsize="medium")
    drawn.grid(alpha=0.3)
    drawn.legend(fontsize="small", frameon=False)
    return drawn


def _mark_attractor(axes: Axes, kernel_map: CorrelationMap) -> None:
    try:
        place = fixed_points(kernel_map).attractor.location.lower
    except DepthlawError:
        # The picture is right without the mark: linear maps have no attractor.
        return
    axes.plot([place], [place], marker="o", color="black", lw=0, label="attracting fixed point")

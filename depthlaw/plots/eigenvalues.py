"""Eigenvalues beside a law that theory predicts for them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from depthlaw.plots.canvas import BLUE, VERMILION, new_axes
from depthlaw.theory.errors import ArgumentError, function, real_array

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Array = NDArray[np.float64]
Curve = Callable[[Array], ArrayLike]
MOST_BINS = 200
POINTS = 400


def spectrum(
    eigenvalues: ArrayLike,
    *,
    density: Curve | None = None,
    distribution: Curve | None = None,
    axes: Axes | None = None,
) -> Axes:
    """Draw eigenvalues as a histogram, or as their empirical distribution, beside a theory curve.

    Parameters
    ----------
    eigenvalues
        Finite numbers, an array-like of any shape with at least one entry.
    density
        Density of the predicted law: takes an array of shape (points,) and returns one. The
        eigenvalues are then a histogram of total area 1, as they are without a curve.
    distribution
        Distribution function of the predicted law, in place of `density`. The eigenvalues are then
        a staircase, which does not depend on a choice of bins.
    axes
        Where to draw; a new figure if left out.

    Returns
    -------
    matplotlib.axes.Axes
        Eigenvalues across.

    Raises
    ------
    ArgumentError
        If there is no eigenvalue, one is not finite, both curves are given, or a curve returns an
        array of another shape.
    DepthlawError
        If Matplotlib is not installed.

    Examples
    --------
    >>> drawn = spectrum([[1.0, 2.0], [2.0, 5.0]])
    >>> area = sum(bar.get_width() * bar.get_height() for bar in drawn.patches)
    >>> bool(np.isclose(area, 1))
    True
    """
    values = np.sort(real_array("eigenvalues", eigenvalues).ravel())
    if not values.size:
        raise ArgumentError("eigenvalues", "empty", "give at least one")
    if not np.isfinite(values).all():
        raise ArgumentError("eigenvalues", "an array with NaN or infinity", "they must be finite")
    if density is not None and distribution is not None:
        raise ArgumentError("distribution", "given beside density", "give one of the two curves")
    for name, curve in (("density", density), ("distribution", distribution)):
        if curve is not None:
            function(name, curve, "a function of an array, or None")
    drawn = new_axes(axes)
    label = f"{values.size} eigenvalue{'s' if values.size > 1 else ''}"
    if distribution is None:
        try:
            bins = np.histogram_bin_edges(values, bins="auto")
        except ValueError:
            raise ArgumentError(
                "eigenvalues", "of a size that leaves no room for bins", "divide them by it"
            ) from None
        if bins.size > MOST_BINS:
            # A few far outliers make the automatic choice ask for millions of bins.
            bins = np.histogram_bin_edges(values, bins=MOST_BINS)
        drawn.hist(values, bins=bins.tolist(), density=True, color=BLUE, alpha=0.5, label=label)
        drawn.set_ylabel("density [1/eigenvalue]")
    else:
        drawn.ecdf(values, color=BLUE, label=label)
        drawn.set_ylabel("share of eigenvalues up to here")
    theory = density or distribution
    if theory is not None:
        across = np.linspace(*drawn.get_xlim(), POINTS)
        up = np.asarray(theory(across), dtype=np.float64)
        if up.shape != across.shape:
            name = "density" if density is not None else "distribution"
            raise ArgumentError(
                name, f"an array of shape {up.shape}", f"it must keep the shape {across.shape}"
            )
        drawn.plot(across, up, color=VERMILION, linestyle="--", label="theory")
    drawn.set_xlabel("eigenvalue (no unit)")
    drawn.grid(alpha=0.3)
    drawn.legend(fontsize="small", frameon=False)
    return drawn

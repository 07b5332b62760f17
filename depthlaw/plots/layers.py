"""An observable of a simulated network over its layers, with a band that holds at all of them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from depthlaw.numerics.estimation.confidence import mean_bounds
from depthlaw.numerics.trajectory import Trajectory
from depthlaw.plots.canvas import BLUE, literal, new_axes, set_scale
from depthlaw.theory.errors import (
    ArgumentError,
    double,
    instance,
    items,
    known_name,
    plain,
    probability,
)
from depthlaw.theory.network.observables import OBSERVABLES
from depthlaw.theory.values import Value

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Array = NDArray[np.float64]


def trajectory(
    run: Trajectory,
    observable: str = "orthogonality_gap",
    *,
    level: float = 0.05,
    bound: Sequence[Value | float] | None = None,
    axes: Axes | None = None,
) -> Axes:
    """Draw the mean of an observable over depth, with a confidence band.

    The band contains the true means of all layers together with probability at least 1 − `level`,
    whenever sampling stopped: `level` is shared evenly among the layers. The first batch is known
    and has no band.

    Parameters
    ----------
    run
        What `depthlaw.simulate` returned.
    observable
        One of `theory.network.observables.OBSERVABLES` that the run recorded: its proved range
        carries the band.
    level
        Probability, in (0, 1), that the band misses a mean.
    bound
        A bound for each depth 0, 1, …, depth: values (drawn at their upper ends) or floats.
    axes
        Where to draw; a new figure if left out.

    Returns
    -------
    matplotlib.axes.Axes
        Depth across, the observable up: on a logarithmic scale where it spans more than a decade.

    Raises
    ------
    UnknownNameError
        For an observable that the run did not record or whose range is not known.
    ArgumentError
        If `level` is out of range, `bound` has another length, or a replica vanished, so that its
        mean is undefined.
    DepthlawError
        If Matplotlib is not installed.

    Examples
    --------
    >>> from depthlaw import Linear, Network, simulate
    >>> run = simulate(Network(50, 3, (Linear(),)), depth=4, replicas=2, initial_gram=np.eye(3))
    >>> line = trajectory(run).lines[0]
    >>> bool(np.all(line.get_ydata() == run.values["orthogonality_gap"].mean(axis=0)))
    True
    """
    delta = probability("level", level)
    values = _values(run, observable)
    known = OBSERVABLES[observable]
    n = run.network.batch
    lower, upper = values[0].copy(), values[0].copy()
    for depth in range(1, run.depth + 1):
        lower[depth], upper[depth] = mean_bounds(
            values[:, depth],
            lowest=known.lowest(n),
            highest=known.highest(n),
            level=delta / run.depth,
        )
    depths, mean = np.arange(run.depth + 1), values.mean(axis=0)
    claimed = _claimed(bound, run.depth)
    drawn = new_axes(axes)
    drawn.plot(depths, mean, color=BLUE, label=f"mean of {run.replicas} networks")
    label = f"{100 * (1 - delta):.4g} % band, all layers together"
    drawn.fill_between(depths, lower, upper, color=BLUE, alpha=0.25, linewidth=0, label=label)
    if claimed is not None:
        drawn.plot(depths, claimed, color="black", linestyle="--", label="bound")
    # Not the band, which reaches to the end of the range while samples are few.
    set_scale(drawn.yaxis, drawn, [*mean, *([] if claimed is None else claimed)])
    drawn.set_xlabel("depth [layers]")
    drawn.set_ylabel(f"{observable.replace('_', ' ')} (no unit)")
    title = f"{run.network.describe()}: width {run.network.width}, batch {n}"
    drawn.set_title(literal(title), fontsize="medium")
    drawn.grid(alpha=0.3)
    drawn.legend(fontsize="small", frameon=False)
    return drawn


def _values(run: Trajectory, observable: str) -> Array:
    instance("run", run, Trajectory, "what simulate returned")
    known_name("observable", observable, [name for name in run.values if name in OBSERVABLES])
    values = np.asarray(run.values[observable], dtype=np.float64)
    missing = np.isnan(values).any(axis=0)
    if missing.any():
        raise ArgumentError(
            "run",
            f"undefined from depth {int(np.argmax(missing))} on",
            "a replica has a zero Gram matrix there, without direction: simulate fewer layers",
        )
    return values


def _claimed(bound: Sequence[Value | float] | None, depth: int) -> Array | None:
    if bound is None:
        return None
    bound = items("bound", bound, "values, one for each depth")
    if len(bound) != depth + 1:
        raise ArgumentError(
            "bound", f"{len(bound)} numbers", f"give {depth + 1}, for depths 0 to {depth}"
        )
    return np.array([_number(entry) for entry in bound], np.float64)


def _number(entry: object) -> float:
    number = plain(entry)
    if isinstance(number, float) and math.isinf(number):
        return number
    return number.upper if isinstance(number, Value) else double("bound", number)

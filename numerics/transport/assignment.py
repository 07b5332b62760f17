"""Exact transport between two samples, by the network simplex of POT (extra `transport`)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from depthlaw.theory.errors import DepthlawError

Array = NDArray[np.float64]

_MOST_PIVOTS = 10**8
INSTALL = "transport between samples needs POT: run python -m pip install 'depthlaw[transport]'"


@dataclass(frozen=True, eq=False)
class Assignment:
    """An optimal plan between two samples of equal weights, seen from both sides.

    Attributes
    ----------
    cost
        The mean cost of the plan.
    left, right
        Dual potentials u, v, shapes (m,) and (p,): u_i + v_j ≤ c_ij up to rounding, with equality
        where the plan carries something.
    """

    cost: float
    left: Array
    right: Array


def assign(costs: Array) -> Assignment:
    """Solve the transport problem with uniform weights on both sides.

    Parameters
    ----------
    costs
        c_ij ≥ 0, shape (m, p).

    Raises
    ------
    DepthlawError
        If POT is not installed, or its solver does not reach an optimum.

    Examples
    --------
    >>> solved = assign(np.array([[0.0, 1.0], [1.0, 0.0]]))
    >>> bool(solved.cost == 0 == solved.left.mean() + solved.right.mean())
    True
    """
    try:
        import ot
    except ModuleNotFoundError as error:
        if error.name != "ot":
            raise
        raise DepthlawError(INSTALL) from None
    m, p = costs.shape
    # The solver's stopping rule is absolute: give it costs of size one.
    unit = float(costs.max()) or 1.0
    plan, log = ot.emd(
        np.full(m, 1 / m),
        np.full(p, 1 / p),
        np.ascontiguousarray(costs / unit),
        numItermax=_MOST_PIVOTS,
        log=True,
    )
    if log["warning"] is not None:
        raise DepthlawError(
            f"the transport problem of {m} by {p} samples was not solved: {log['warning']}"
        )
    cost = float((plan * costs).sum())
    return Assignment(cost, np.asarray(log["u"] * unit), np.asarray(log["v"] * unit))

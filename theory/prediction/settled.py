"""Limits that are met: a layer is repeated until its numbers stand still. Computed, not proved."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from depthlaw.theory.network.layer import Network
from depthlaw.theory.network.normalise import Recenter, Rescale
from depthlaw.theory.prediction.answers import NoAnswer
from depthlaw.theory.prediction.limit import Law, Limit
from depthlaw.theory.prediction.normal_form import flattened
from depthlaw.theory.prediction.numbers import Numbers
from depthlaw.theory.prediction.rows import State
from depthlaw.theory.prediction.walk import walk
from depthlaw.theory.values import Numeric, Value

MORE = 400
"""Layers beyond those predicted that are tried."""
_STILL = 1e-13
_LARGEST = 2
"""Columns of a matrix up to which more layers are tried: larger ones take long."""


def settled_limit(network: Network, states: Sequence[State]) -> Limit | None:
    """Return the fixed point that the layers come to, and the ratio of successive steps.

    None where they do not come to rest, or columns differ in the limit.
    """
    if len(states) > 1 and _forgets(network, states[-1]):
        last = states[-1]
        number, end = Numbers(last.proved), last.covariance
        said = "The limit is reached in one layer: batch normalisation forgets where columns were."
        rho = number(float(end.correlations.value[0, 1]), float(end.correlations.error[0, 1]))
        moment = number(float(end.variances.value[0]), float(end.variances.error[0]))
        return Limit(Law.REACHED, (said,), rho, moment)
    path = list(states)
    more = MORE if path[-1].covariance.size <= _LARGEST else 0
    try:
        while _moved(path) > _STILL and more > 0:
            path.append(walk(network.layer, path[-1], network))
            more -= 1
    except NoAnswer:
        return None
    if len(path) < 3 or _moved(path) > _STILL:
        return None
    points = np.array([_point(state) for state in path])
    end = path[-1].covariance
    above = np.triu_indices(end.size, 1)
    if np.ptp(end.correlations.value[above]) > 1e-9 or np.ptp(end.variances.value) > 1e-9:
        return None
    steps = np.abs(np.diff(points, axis=0)).max(axis=1)
    proved = path[-1].proved
    rho = _number(points[-1, 1], float(end.correlations.error[above].max()), proved)
    moment = _number(points[-1, 0], float(end.variances.error.max()), proved)
    if steps.max() <= 100 * _STILL:
        return Limit(Law.STANDS, ("A layer leaves everything as it is.",), rho, moment)
    ratio = _ratio(steps)
    if ratio is None:
        reached = int(np.flatnonzero(steps > 100 * _STILL)[-1]) + 1
        layers = "one layer" if reached == 1 else f"{reached} layers"
        said = f"The limit is reached within {layers}, to rounding."
        return Limit(Law.REACHED, (said,), rho, moment)
    said = "The numbers come to rest there; successive steps have this ratio."
    return Limit(Law.GEOMETRIC, (said,), rho, moment, ratio)


def _forgets(network: Network, last: State) -> bool:
    """Whether what a layer gives depends on nothing before it.

    Gaussian columns that are all alike, recentred and rescaled without ε, are uniform on a sphere.
    """
    K = last.covariance
    operations = flattened(network.layer)
    exact = (Recenter(), Rescale())
    return (K.shared or (K.columns == 2 and K.alike)) and any(
        pair == exact for pair in pairwise(operations)
    )


def _point(state: State) -> tuple[float, float]:
    K = state.covariance
    above = np.triu_indices(K.size, 1)
    return float(K.variances.value.mean()), float(K.correlations.value[above].mean())


def _moved(path: Sequence[State]) -> float:
    if len(path) < 3:
        return np.inf
    one, two = (_point(state) for state in path[-2:])
    size = max(abs(two[0]), 1e-300)
    return max(abs(one[0] - two[0]) / size, abs(one[1] - two[1]))


def _number(value: float, error: float, proved: bool) -> Value:
    # That the iteration comes to rest is seen, not proved.
    return Numeric(float(value), error + 100 * _STILL * (0 if proved else 1) + _STILL)


def _ratio(steps: np.ndarray) -> Value | None:
    """Return the ratio of the last steps that rounding has not reached."""
    clear = np.flatnonzero((steps > 1e-10) & (steps < 1e-3))
    clear = clear[clear > 0]
    if len(clear) < 3:
        return None
    i = clear[-1]
    found, before = steps[i] / steps[i - 1], steps[i - 1] / steps[i - 2]
    return Numeric(float(found), float(abs(found - before)) + 1e-16 / float(steps[i]))

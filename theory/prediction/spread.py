"""How far the correlation of two columns spreads at finite width, to leading order: √(c/d).

The Gram matrix of fresh neurons is a mean over d independent rows: its entries K₁₁, K₁₂, K₂₂ spread
by Cov(f_i f_j, f_k f_l)/d, f being the row, or φ of it. What comes after carries the spread on by
its Jacobian. Of a cosine of Gaussian rows alone the variance is (1−ρ²)²/d per layer. A skip adds
the products of stream and branch. Moments of φ are quadrature, so that these numbers are computed.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from depthlaw.theory.elementwise import Elementwise
from depthlaw.theory.network.layer import Network
from depthlaw.theory.network.linear import Linear, Weights
from depthlaw.theory.network.normalise import Over, Recenter, Rescale
from depthlaw.theory.network.residual import Operation, Residual
from depthlaw.theory.network.width import neurons
from depthlaw.theory.prediction.nodes import legendre, panels
from depthlaw.theory.prediction.normal_form import flattened, is_plain_linear, variances_of
from depthlaw.theory.prediction.rows import State
from depthlaw.theory.values import Numeric, Value

Array = NDArray[np.float64]
_PAIRS = ((0, 0), (0, 1), (1, 1))
_STEP = 1e-4
_STEPS_APART = 1e-3
"""Relative error that is stated: of difference quotients, and of kinks between nodes."""


class _Unknown(Exception):  # noqa: N818  (never leaves this module)
    """The spread is not known behind an operation."""


@dataclass(frozen=True)
class _Moments:
    """K as (K₁₁, K₁₂, K₂₂), how it depends on the K at the beginning, and the noise since.

    `function` is what has been applied to fresh rows of covariance `value` since; None where only
    the Gram matrix is known. `centred` says that the mean over the features vanishes: a norm that
    subtracts it then changes K by a part 1/d, which is of higher order than the spread.
    """

    value: Array
    jacobian: Array
    noise: Array
    function: Callable[[Array], Array] | None = None
    width: int = 1
    centred: bool = True

    def after(
        self,
        value: Array,
        jacobian: Array,
        noise: Array | float = 0.0,
        *,
        centred: bool | None = None,
    ) -> _Moments:
        """Return what follows by a map of K with this value and Jacobian, and new noise."""
        carried = jacobian @ self.noise @ jacobian.T + noise
        kept = self.centred if centred is None else centred
        return _Moments(value, jacobian @ self.jacobian, carried, centred=kept)


def spreads(
    network: Network, start: State, states: Sequence[State]
) -> tuple[list[Value | None], tuple[str, ...]]:
    """Return the standard deviation of the correlation at each depth, and what is missing.

    Parameters
    ----------
    start
        Before the stem.
    states
        Behind the stem and each layer.
    """
    empty: list[Value | None] = [None] * len(states)
    K = start.covariance
    if network.positions or K.size != 2:
        return empty, ("The spread at finite width is given for columns that are all alike.",)
    G = K.matrix().value
    now = _Moments(np.array([G[i, j] for i, j in _PAIRS]), np.eye(3), np.zeros((3, 3)))
    found: list[Value | None] = []
    try:
        now = _walk(flattened(network.stem), now, network)
        for ell in range(len(states)):
            if ell:
                now = _walk(flattened(network.layer), now, network)
            found.append(_deviation(now))
    except _Unknown as lost:
        why = f"The spread at finite width is not known behind {lost}."
        return [*found, *empty][: len(states)], (why,)
    return found, ()


def _deviation(now: _Moments) -> Value | None:
    a, c, b = now.value
    size = math.sqrt(a * b)
    if not size > 0:
        return None
    gradient = np.array([-c / (2 * a), 1.0, -c / (2 * b)]) / size
    variance = float(gradient @ now.noise @ gradient)
    deviation = math.sqrt(max(variance, 0.0))
    return Numeric(deviation, _STEPS_APART * deviation)


def _walk(operations: Sequence[Operation], now: _Moments, network: Network) -> _Moments:
    for operation in operations:
        if not isinstance(operation, Elementwise):
            now = _settle(now)
        now = _step(operation, now, network)
    return _settle(now)


def _step(operation: Operation, now: _Moments, network: Network) -> _Moments:
    match operation:
        case Linear() if is_plain_linear(operation) and operation.weights is not Weights.HAAR:
            weight, bias = (float(x) for x in variances_of(operation))
            fresh = now.after(weight * now.value + bias, weight * np.eye(3), centred=True)
            width = neurons(operation.width, network.width)
            return _Moments(fresh.value, fresh.jacobian, fresh.noise, lambda x: x, width)
        case Elementwise() if now.function is not None:
            inner = now.function

            def composed(x: Array) -> Array:
                return np.asarray(operation.function(inner(x)), dtype=np.float64)

            return _Moments(now.value, now.jacobian, now.noise, composed, now.width, False)
        case Recenter(over=Over.FEATURES) if now.centred:
            return now
        case Rescale(over=Over.FEATURES):
            return _by_map(now, lambda x: _rescaled(x, operation.epsilon))
        case Residual():
            return _skip(operation, now, network)
    raise _Unknown(operation.describe())


def _settle(now: _Moments) -> _Moments:
    """Take the Gram matrix of fresh rows: add its noise."""
    if now.function is None:
        return now
    function = now.function

    def moments(x: Array) -> Array:
        return _two_moments(function, x)[0]

    value, noise = _two_moments(function, now.value)
    return now.after(value, _jacobian(moments, now.value), noise / now.width)


def _by_map(now: _Moments, function: Callable[[Array], Array]) -> _Moments:
    return now.after(function(now.value), _jacobian(function, now.value))


def _rescaled(x: Array, epsilon: float) -> Array:
    one, two = (math.sqrt(x[i] + epsilon) for i in (0, 2))
    return np.array([x[0] / one**2, x[1] / (one * two), x[2] / two**2])


def _jacobian(function: Callable[[Array], Array], x: Array) -> Array:
    found = np.empty((3, 3))
    # Towards the inside of the cone of covariances for K₁₂; the mean of both sides else.
    for j in range(3):
        step = _STEP * math.sqrt(x[0] * x[2])
        up, down = x.copy(), x.copy()
        up[j], down[j] = x[j] + step, x[j] - step
        if up[1] ** 2 > up[0] * up[2]:
            up = x
        if down[1] ** 2 > down[0] * down[2]:
            down = x
        found[:, j] = (function(up) - function(down)) / (up[j] - down[j])
    return found


@lru_cache(maxsize=1)
def _grid() -> tuple[Array, Array, Array]:
    x, w = legendre(panels((), -8.5, 8.5, 0.85), 8)
    w = w * np.exp(-(x**2) / 2) / math.sqrt(2 * math.pi)
    return np.repeat(x, len(x)), np.tile(x, len(x)), np.outer(w, w).ravel()


def _two_moments(function: Callable[[Array], Array], K: Array) -> tuple[Array, Array]:
    """Return E f_i f_j as three numbers, and the covariance of the three products."""
    x, z, w = _grid()
    a, c, b = K
    given = max(b - c**2 / a, 0.0)
    with np.errstate(all="ignore"):
        f = function(np.sqrt(a) * x), function(c / math.sqrt(a) * x + math.sqrt(given) * z)
    products = np.stack([f[i] * f[j] for i, j in _PAIRS])
    means = products @ w
    return means, (products * w) @ products.T - np.outer(means, means)


def _skip(operation: Residual, now: _Moments, network: Network) -> _Moments:
    begun = _Moments(now.value, np.eye(3), np.zeros((3, 3)))
    branch = _walk(flattened(operation.branch), begun, network)
    last = flattened(operation.branch)[-1]
    if not isinstance(last, Linear):
        raise _Unknown(operation.describe())
    a, b = operation.skip**2, operation.scale**2
    x, y = (_matrix(part) for part in (now.value, branch.value))
    width = neurons(last.width, network.width)
    cross = np.array(
        [
            [
                x[i, k] * y[j, m] + x[i, m] * y[j, k] + x[j, k] * y[i, m] + x[j, m] * y[i, k]
                for k, m in _PAIRS
            ]
            for i, j in _PAIRS
        ]
    )
    noise = b**2 * branch.noise + a * b * cross / width
    return now.after(a * now.value + b * branch.value, a * np.eye(3) + b * branch.jacobian, noise)


def _matrix(x: Array) -> Array:
    return np.array([[x[0], x[1]], [x[1], x[2]]])

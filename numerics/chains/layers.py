"""The layers of daneshmand2020, and one step of them with weights that are given.

H_{ℓ+1} = BN(H_ℓ + γ W_ℓ H_ℓ) with H ∈ R^{d×N} and BN(H) = diag(HHᵀ/N)^{-1/2} H; γ = ∞ stands for
BN(W_ℓ H_ℓ). On M = HHᵀ/N the same layer is M⁺ = D^{-1/2}(I+γW) M (I+γW)ᵀ D^{-1/2}, where D is the
diagonal of the middle factor: `step_state` and `step_covariance` take the same weights to the same
M, up to rounding.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from depthlaw.theory.errors import ArgumentError, double, flag, instance, plain, real_array
from depthlaw.theory.network import (
    Activate,
    Linear,
    Network,
    Operation,
    Recenter,
    Rescale,
    Variance,
    Weights,
)
from depthlaw.theory.network.weight_law import WeightLaw

Array = NDArray[np.float64]


def rank_network(
    width: int,
    batch: int,
    strength: float = math.inf,
    *,
    weights: Weights | WeightLaw = Weights.GAUSSIAN,
    mean: float = 0.0,
    normalise: bool = True,
    recenter: bool = False,
    activation: Activate | None = None,
) -> Network:
    """Return the network of daneshmand2020: unit-variance weights, BN without recentring.

    Parameters
    ----------
    width, batch
        d ≥ 1 and N ≥ 1.
    strength
        γ ∈ (0, ∞]; `math.inf` for no skip connection.
    weights
        A law with mean 0 and variance 1, or Haar's.
    mean
        m: entries get the mean m/√d.
    normalise, recenter
        Whether a layer rescales its neurons over the batch, and subtracts their mean before.
    activation
        Applied last, or None.

    Raises
    ------
    ArgumentError
        If a size or γ is out of range, or an orthogonal matrix is given a mean.

    Examples
    --------
    >>> rank_network(32, 32, 0.1).describe()
    'linear:unit:residual=0.1,rescale'
    >>> rank_network(32, 32).describe()
    'linear:unit,rescale'
    """
    # The entries of an orthogonal matrix have no variance to choose.
    orthogonal = isinstance(weights, str) and weights == Weights.HAAR
    variance = Variance.FAN_IN if orthogonal else Variance.UNIT
    layer: list[Operation] = [Linear(weights, variance, check_strength(strength), mean)]
    if flag("recenter", recenter):
        layer.append(Recenter())
    if flag("normalise", normalise):
        layer.append(Rescale())
    if activation is not None:
        layer.append(instance("activation", activation, Activate, "an Activate or None"))
    return Network(width, batch, tuple(layer))


def linear_layer(network: Network, why: str, *, bare: bool = True) -> tuple[Linear, bool]:
    """Return the linear operation of a layer that has no other, and whether it is rescaled.

    Raises
    ------
    ArgumentError
        If the layer is not one `Linear` followed by one `Rescale` over the batch, or alone where
        `bare` allows it; with the reason why it has to be.
    """
    linear, *rest = network.layer
    if not isinstance(linear, Linear) or not (rest == [Rescale()] or (bare and not rest)):
        raise ArgumentError("network", network.describe(), f"{why}: take rank_chain for others")
    return linear, bool(rest)


LARGEST_STRENGTH = 1e100
"""Squares of larger numbers leave the range of floats, and H + γWH is γWH long before."""


def check_strength(strength: float) -> float | None:
    """Return γ as `Linear` takes it: None for ∞.

    Raises
    ------
    ArgumentError
        If γ is not a number in (0, ∞].
    """
    if isinstance(given := plain(strength), float) and given == math.inf:
        return None
    gamma = double("strength", strength)
    if not gamma > 0:
        raise ArgumentError("strength", strength, "γ must be above 0 (math.inf for no skip)")
    if gamma > LARGEST_STRENGTH:
        raise ArgumentError("strength", strength, "take math.inf for no skip, or at most 1e100")
    return gamma


def step_matrix(weights: Array, strength: float = math.inf) -> Array:
    """Return I + γW, or W for γ = ∞; shape (..., d, d)."""
    gamma = check_strength(strength)
    W = real_array("weights", weights)
    if W.ndim < 2 or W.shape[-1] != W.shape[-2]:
        raise ArgumentError("weights", f"an array of shape {W.shape}", "it must be square")
    return W if gamma is None else np.eye(W.shape[-1]) + gamma * W


def step_state(state: Array, weights: Array, strength: float = math.inf) -> Array:
    """Return BN(H + γWH), or BN(WH) for γ = ∞.

    Parameters
    ----------
    state, weights
        H and W, shapes (..., d, N) and (..., d, d).

    Raises
    ------
    ArgumentError
        If γ is not in (0, ∞], or a neuron is zero on the whole batch: it has no direction.

    Examples
    --------
    >>> H = step_state(np.array([[3.0, 4.0]]), np.array([[-2.0]]))
    >>> bool(abs((H @ H.T)[0, 0] / 2 - 1) < 4 * np.finfo(float).eps)
    True
    """
    step = step_matrix(weights, strength)
    H = step @ _rows("state", state, step)
    sizes = np.sqrt(np.square(H).mean(axis=-1, keepdims=True))
    _require_directions(sizes)
    return np.asarray(H / sizes)


def step_covariance(covariance: Array, weights: Array, strength: float = math.inf) -> Array:
    """Return M⁺ = D^{-1/2}(I+γW) M (I+γW)ᵀ D^{-1/2}, with a diagonal of ones.

    Parameters
    ----------
    covariance, weights
        M and W, shapes (..., d, d).

    Raises
    ------
    ArgumentError
        As `step_state`.

    Examples
    --------
    The two chains stay together:

    >>> rng = np.random.default_rng(0)
    >>> H, W = rng.standard_normal((3, 5)), rng.standard_normal((3, 3))
    >>> there, here = step_state(H, W, 0.5), step_covariance(H @ H.T / 5, W, 0.5)
    >>> bool(np.abs(there @ there.T / 5 - here).max() < 3**3 * np.finfo(float).eps)
    True
    """
    A = step_matrix(weights, strength)
    middle = A @ _rows("covariance", covariance, A) @ A.swapaxes(-2, -1)
    sizes = np.sqrt(np.maximum(np.diagonal(middle, axis1=-2, axis2=-1), 0.0))
    _require_directions(sizes)
    M = middle / (sizes[..., :, None] * sizes[..., None, :])
    return np.asarray((M + M.swapaxes(-2, -1)) / 2)


def _rows(argument: str, value: ArrayLike, step: Array) -> Array:
    """Return an array of matrices with as many rows as `step` has."""
    matrix = real_array(argument, value)
    if matrix.ndim < 2 or matrix.shape[-2] != step.shape[-1]:
        shape = f"an array of shape {matrix.shape}"
        raise ArgumentError(argument, shape, f"weights of shape {step.shape} need as many rows")
    return matrix


def _require_directions(sizes: Array) -> None:
    if not sizes.min(initial=1.0) > 0:
        raise ArgumentError(
            "weights", "a matrix that makes a neuron zero", "batch normalisation cannot rescale it"
        )

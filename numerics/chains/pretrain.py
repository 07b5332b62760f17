"""Rank pre-training: raise r(H_L) of the last hidden layer before any label is seen.

r(H) = (tr M)²/‖M‖_F², M = HHᵀ/N, has the gradient

    ∇_H r = (4 tr M/(N ‖M‖_F²)) (H − (tr M/‖M‖_F²) M H),

from d tr M = (2/N)⟨H, dH⟩ and d‖M‖_F² = (4/N)⟨M H, dH⟩. It vanishes exactly where the nonzero
eigenvalues of M are equal, and ⟨∇_H r, H⟩ = 0: r does not know the scale. Through a ReLU network
H_ℓ = max(0, W_ℓ H_{ℓ−1}) it goes back by ∇_{H_{ℓ−1}} = W_ℓᵀ(∇_{H_ℓ} ∘ 1[W_ℓ H_{ℓ−1} > 0]), with the
derivative 0 at a kink. Maximising r is minimising daneshmand2020's loss ‖M‖_F/tr M = r^{−1/2}.

Everything here is deterministic.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike, NDArray

from depthlaw.theory.errors import ArgumentError, integer, items, nonzero_matrix, positive_double

Array = NDArray[np.float64]

_EPS = float(np.finfo(np.float64).eps)
_HALVINGS = 40
"""Steps that are 2⁻⁴⁰ of the first one no longer change weights of ordinary size."""


class Stopped(StrEnum):
    """Why pre-training ended."""

    STEPS = "all steps were taken"
    """More steps may raise r further."""
    FLAT = "no step along the gradient raises r"
    """A maximum, a kink, or the limit of double precision."""


@dataclass(frozen=True, eq=False)
class Pretrained:
    """Weights after rank pre-training.

    Attributes
    ----------
    weights
        W_1, …, W_L, shapes as given.
    history
        r(H_L) before the first step and after each one, shape (steps+1,); it never falls.
    lengths
        Length of each step relative to ‖W‖, shape (steps,).
    stopped
        Why it ended.
    """

    weights: tuple[Array, ...]
    history: Array
    lengths: Array
    stopped: Stopped


def stable_rank_gradient(state: ArrayLike) -> tuple[float, Array]:
    """Return r(H) and ∇_H r.

    Parameters
    ----------
    state
        H, shape (d, N), finite and not zero.

    Raises
    ------
    ArgumentError
        If H is anything else.

    Examples
    --------
    Where all singular values are equal r is largest, and its gradient vanishes:

    >>> r, gradient = stable_rank_gradient(3 * np.eye(4, 6))
    >>> r == 4 and not gradient.any()
    True
    """
    H = nonzero_matrix("state", state)
    # r is free of scale: a power of two keeps fourth powers within range, and exact.
    exponent = int(np.frexp(np.abs(H).max())[1])
    r, gradient = _gradient(np.ldexp(H, -exponent))
    return r, np.ldexp(gradient, -exponent)


def _gradient(H: Array) -> tuple[float, Array]:
    N = H.shape[1]
    M = H @ H.T / N
    trace, square = float(np.trace(M)), float(np.square(M).sum())
    gradient = 4 * trace / (N * square) * (H - trace / square * (M @ H))
    return trace**2 / square, gradient


def hidden_layers(batch: ArrayLike, weights: Sequence[ArrayLike]) -> tuple[Array, ...]:
    """Return H_1, …, H_L of the ReLU network H_ℓ = max(0, W_ℓ H_{ℓ−1}), H_0 the batch.

    Raises
    ------
    ArgumentError
        If shapes do not fit or numbers are not finite.
    """
    H, Ws = _checked(batch, weights)
    return tuple(_forward(H, Ws)[1:])


LARGEST_STEP = 1000.0
"""In norms of all weights: from there the step is halved in vain."""


def pretrain(
    batch: ArrayLike,
    weights: Sequence[ArrayLike],
    *,
    steps: int = 100,
    first_step: float = 0.1,
) -> Pretrained:
    """Return weights whose last hidden layer has a larger r on a batch.

    Gradient ascent on all weights together. A step has length η‖W‖ along the gradient (norms over
    all weights); η starts at `first_step`, is halved until r rises by at least a quarter of what
    the gradient promises, and doubled after a step that was not halved. So r never falls.

    Parameters
    ----------
    batch
        X = H_0, shape (d_0, N): rows are features, columns samples.
    weights
        W_1, …, W_L with shapes (d_ℓ, d_{ℓ−1}); they are not changed.
    steps
        At most this many, ≥ 1.
    first_step
        η of the first step, above 0.

    Raises
    ------
    ArgumentError
        If shapes do not fit, numbers are not finite, or the last hidden layer is zero: all its
        neurons are dead, and there is no gradient.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> X = rng.standard_normal((8, 20))
    >>> deep = [rng.standard_normal((8, 8)) / 2 for _ in range(6)]
    >>> made = pretrain(X, deep, steps=20)
    >>> bool(np.all(np.diff(made.history) >= 0) and made.history[-1] > made.history[0])
    True
    """
    H, Ws = _checked(batch, weights)
    steps = integer("steps", steps)
    eta = positive_double("first_step", first_step)
    if eta > LARGEST_STEP:
        raise ArgumentError("first_step", eta, f"it may be at most {LARGEST_STEP} norms of W")
    if not _forward(H, Ws)[-1].any():
        raise ArgumentError(
            "weights", "a network whose last hidden layer is zero", "its neurons are all dead"
        )
    history, lengths, stopped = [], [], Stopped.STEPS
    r, gradients = weight_gradients(H, Ws)
    history.append(r)
    for _ in range(steps):
        found = _line_search(H, Ws, r, gradients, eta)
        if found is None:
            stopped = Stopped.FLAT
            break
        Ws, length = found
        lengths.append(length)
        eta = 2 * length if length == eta else length
        r, gradients = weight_gradients(H, Ws)
        history.append(r)
    return Pretrained(tuple(Ws), np.array(history), np.array(lengths), stopped)


def weight_gradients(batch: ArrayLike, weights: Sequence[ArrayLike]) -> tuple[float, list[Array]]:
    """Return r(H_L) and its gradients with respect to W_1, …, W_L.

    Raises
    ------
    ArgumentError
        As `pretrain`.

    Examples
    --------
    Scaling a weight matrix does not change r:

    >>> W = np.array([[1.0, 2.0], [3.0, -1.0]])
    >>> r, (gradient,) = weight_gradients(np.eye(2), [W])
    >>> bool(abs((gradient * W).sum()) < 16 * np.finfo(float).eps * r)
    True
    """
    H, Ws = _checked(batch, weights)
    states = _forward(H, Ws)
    r, back = stable_rank_gradient(states[-1])
    gradients = []
    for W, below, above in zip(reversed(Ws), states[-2::-1], states[:0:-1], strict=True):
        # The output is positive exactly where the ReLU lets the gradient through.
        back = back * (above > 0)
        gradients.append(back @ below.T)
        back = W.T @ back
    return r, gradients[::-1]


def _line_search(
    H: Array, Ws: Sequence[Array], r: float, gradients: Sequence[Array], eta: float
) -> tuple[list[Array], float] | None:
    slope = _norm(gradients)
    size = _norm(Ws)
    if slope == 0:
        return None
    for _ in range(_HALVINGS):
        reach = eta * size / slope
        trial = [W + reach * g for W, g in zip(Ws, gradients, strict=True)]
        last = _forward(H, trial)[-1]
        # A quarter of the first-order gain eta·size·slope, as in Armijo's rule.
        if last.any() and stable_rank_gradient(last)[0] > r + eta * size * slope / 4:
            return trial, eta
        eta /= 2
    return None


def _norm(arrays: Sequence[Array]) -> float:
    return float(np.sqrt(sum(float(np.square(array).sum()) for array in arrays)))


def _forward(H: Array, Ws: Sequence[Array]) -> list[Array]:
    states = [H]
    for W in Ws:
        states.append(np.maximum(W @ states[-1], 0.0))
    return states


def _checked(batch: ArrayLike, weights: Sequence[ArrayLike]) -> tuple[Array, list[Array]]:
    H = nonzero_matrix("batch", batch)
    given_weights = items("weights", weights, "matrices")
    if not given_weights:
        raise ArgumentError("weights", weights, "give at least one matrix")
    Ws, rows = [], H.shape[0]
    for layer, given in enumerate(given_weights, start=1):
        W = nonzero_matrix("weights", given)
        if W.shape[1] != rows:
            raise ArgumentError(
                "weights", f"W_{layer} of shape {W.shape}", f"its layer gets {rows} features"
            )
        Ws.append(W)
        rows = W.shape[0]
    return H, Ws

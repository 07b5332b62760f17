"""An adversarial search for spectra that violate a conjecture about the mean map.

The search is deterministic: Nelder–Mead from structured starts, on the logarithms of the
eigenvalues, with p(λ) by a trapezoidal rule. What it finds is rounded to fractions and judged in
ball arithmetic; the search itself needs no trust.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

Array = NDArray[np.float64]
Objective = Callable[[Array, Array], float]

# The integrand of Lemma 9 over s = log 2θ is holomorphic for |Im s| < π and falls exponentially on
# both sides, where the trapezoidal rule converges geometrically: a step of 1/4 leaves e^{−8π²}.
_LOG_THETA = np.arange(-45.0, 60.0, 0.25)
_THETA = np.exp(_LOG_THETA)
_LEAST = 1e-9


def mean_map(spectrum: Array) -> Array:
    """Return p(λ) in floats, λ of shape (n,) with sum 1 and entries above 1e-9."""
    factors = 1 + _THETA[:, None] * spectrum
    weight = 0.25 * _THETA / np.sqrt(factors).prod(axis=1)
    p = 0.5 * spectrum * (weight[:, None] / factors).sum(axis=0)
    return np.asarray(p / p.sum(), dtype=np.float64)


def worst_spectrum(batch: int, objective: Objective) -> tuple[Fraction, ...]:
    """Return the spectrum of trace 1, as fractions, at which objective(λ, p(λ)) is largest."""

    def shares(logs: Array) -> Array:
        weights = np.maximum(np.exp(logs - logs.max()), _LEAST)
        normalised: Array = weights / weights.sum()
        return normalised

    def loss(logs: Array) -> float:
        spectrum = shares(logs)
        return -objective(spectrum, mean_map(spectrum))

    found = [
        minimize(loss, start, method="Nelder-Mead", options={"maxfev": 300 * batch})
        for start in _starts(batch)
    ]
    best = shares(min(found, key=lambda result: float(result.fun)).x)
    weights = [Fraction(round(float(share) * 2**40) or 1, 2**40) for share in best]
    return tuple(weight / sum(weights) for weight in weights)


def _starts(batch: int) -> list[Array]:
    """Two levels with k large eigenvalues, and geometric spectra, mild and steep."""
    starts: list[Array] = []
    for ratio in (2.0, 100.0):
        starts.extend(np.log(np.r_[np.full(k, ratio), np.ones(batch - k)]) for k in range(1, batch))
        starts.append(-np.log(ratio) * np.arange(batch))
    return starts

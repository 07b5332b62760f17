"""Exact confidence bounds for a median, whatever the law."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import binom

from depthlaw.theory.errors import ArgumentError, probability, real_array


def median_bounds(samples: ArrayLike, *, level: float) -> tuple[float, float]:
    """Return order statistics (lower, upper) that enclose a median; N is fixed before.

    If fewer than k of N independent samples are at most a median, an event of probability at most
    P(Bin(N, 1/2) < k), then the kth smallest sample lies above it; likewise from the other side.

    Parameters
    ----------
    samples
        Shape (N,), not NaN.
    level
        δ in (0, 1), half for each side.

    Returns
    -------
    The largest such k for which that probability is at most δ/2; an infinite end where N is too
    small for any.

    Raises
    ------
    ArgumentError
        If there is no sample, or one is NaN.

    Examples
    --------
    >>> lower, upper = median_bounds(range(101), level=0.05)
    >>> lower < 50 < upper and lower + upper == 100
    True
    """
    values = np.sort(real_array("samples", samples).ravel())
    if not len(values) or np.isnan(values[-1]):
        raise ArgumentError("samples", values, "at least one number is needed, and no NaN")
    half = probability("level", level) / 2
    # P(Bin < k) ≤ δ/2 ⟺ cdf(k − 1) ≤ δ/2: ppf gives the first count whose cdf reaches δ/2, and it
    # may meet it exactly.
    k = int(binom.ppf(half, len(values), 0.5)) + 1
    while k > 0 and binom.cdf(k - 1, len(values), 0.5) > half:
        k -= 1
    if k == 0:
        return -math.inf, math.inf
    return float(values[k - 1]), float(values[-k])

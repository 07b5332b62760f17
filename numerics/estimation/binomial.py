"""Exact confidence bounds for a probability."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from flint import arb
from scipy.special import betainccinv, betaincinv

from depthlaw.theory.errors import ArgumentError, integer, probability

_EPS = float(np.finfo(np.float64).eps)


MOST_TRIALS = 10**12
"""Nobody counts further, and the enclosures would take long."""


def binomial_bounds(successes: int, trials: int, *, level: float) -> tuple[float, float]:
    """Return the exact interval (lower, upper) for a probability; the sample size is fixed before.

    The ends are the p at which k or more (k or fewer) successes in N trials have probability
    `level`/2; each end is certified by ball arithmetic and moved outwards until it is. Source:
    Clopper and Pearson 1934, https://doi.org/10.1093/biomet/26.4.404.

    Parameters
    ----------
    successes, trials
        0 ≤ k ≤ N, N ≥ 1.
    level
        δ in (0, 1), half for each side.

    Raises
    ------
    ArgumentError
        If a number is out of its range.

    Examples
    --------
    >>> import math
    >>> lower, upper = binomial_bounds(0, 10, level=0.05)
    >>> lower == 0 and math.isclose((1 - upper) ** 10, 0.025)
    True
    """
    n = integer("trials", trials, at_most=MOST_TRIALS)
    k = integer("successes", successes, at_least=0)
    if k > n:
        raise ArgumentError("successes", k, f"it must be at most trials = {n}")
    half = probability("level", level) / 2
    lower, upper = 0.0, 1.0
    if k > 0:
        lower = _outwards(
            float(betaincinv(k, n - k + 1, half)),
            -1,
            lambda p: bool(arb(p).beta_lower(k, n - k + 1, True) <= half),
        )
    if k < n:
        upper = _outwards(
            float(betainccinv(k + 1, n - k, half)),
            1,
            lambda p: bool((1 - arb(p)).beta_lower(n - k, k + 1, True) <= half),
        )
    return lower, upper


def _outwards(start: float, direction: int, certified: Callable[[float], bool]) -> float:
    """Return the first certified p from `start` on, in doubling steps; 0 and 1 need no proof."""
    p, step = start, _EPS * start
    while 0 < p < 1 and not certified(p):
        p, step = p + direction * step, 2 * step
    return min(max(p, 0.0), 1.0)

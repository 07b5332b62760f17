"""The capital of a gambler who bets on bounded samples, and the means it refutes.

The formulas, the shares and what they cost are stated in `depthlaw.numerics.estimation.confidence`;
here everything is in distances from one end of the range, D = X − a and s = m − a (or b − X and b −
m):

    log K(s) = log Σ_j w_j Π_t (1 − c_jt + c_jt D_t/s),   nonincreasing in s,

with c_jt = c_j for constant bets and c_jt = min(λ_jt s, ½) for bets that follow the samples.

Every factor is a sum of nonnegative terms, so its relative error is a few units of rounding
whatever the samples are. A bound on what accumulates is subtracted from the result.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import brentq

from depthlaw.theory.errors import ArgumentError, double, integer, real_array

Array = NDArray[np.float64]
Counts = NDArray[np.int64]

# All have few bits, so that 1 − c is exact.
SHARES: Array = np.array([63 / 64, *(2.0**-j for j in range(2, 25))])
"""The constant shares c_j."""
HORIZONS: Array = np.array([16.0, 64.0, 256.0, 1024.0, 4096.0])
"""The horizons h of the bets λ_t that follow the samples."""
FOLLOWED = 2**14
"""Bets that follow the samples end here, four times the last horizon: their price stays bounded."""
_HARMONIC = 1 / np.arange(3, 26)
STAKES: Array = np.array([5.0, *(6 * _HARMONIC / _HARMONIC.sum()), 4.0, 3.0, 2.0, 1.0, 1.0])
"""What each bet gets of a start of 22: constant shares first, then horizons."""
LOG_WEIGHTS: Array = np.log(STAKES / STAKES.sum())
_MOST = 0.5

_EPS = float(np.finfo(np.float64).eps)
# Eight factors between 1/64 and 1 + 2¹⁰⁰ multiply without leaving the range of a float, and one
# logarithm of the product replaces eight.
_GROUP = 8
_DEPTH = 100
# Values in one pass: 24 shares × 1024 values × 8 bytes fit a level-2 cache.
_CHUNK = 1024
# Interval ends are sought among floats with this many bits.
_LATTICE_BITS = 32


def following(centred: Array) -> Array:
    """Return the bets λ_t that follow the samples, in the unit 1/range.

    λ_t = √(8/(v_{t−1} max(t, h))) for each horizon h, with v_{t−1} the variance of the samples
    before the tth, kept from vanishing by one sample of variance ¼ that was never drawn. A bet that
    knows only the past is fair, however it was made: rounding here costs nothing.

    Parameters
    ----------
    centred
        Samples as they came, (x − a)/(b − a) − ½, shape (..., time).

    Returns
    -------
    Shape (horizons, ..., time). For samples −x the result is the same to the last bit.

    Examples
    --------
    The first bet knows nothing, and a sample has no say in its own:

    >>> one, other = following(np.array([0.5, 0.5])), following(np.array([0.5, -0.5]))
    >>> bool((one == other).all() and np.allclose(one[:, 0] ** 2, 8 / (0.25 * HORIZONS)))
    True
    """
    time = np.arange(1, centred.shape[-1] + 1, dtype=np.float64)
    mean = np.cumsum(centred, axis=-1) / (time + 1)
    seen = (0.25 + np.cumsum((centred - mean) ** 2, axis=-1)) / (time + 1)
    variance = np.concatenate([np.full_like(seen[..., :1], 0.25), seen[..., :-1]], axis=-1)
    horizons = HORIZONS.reshape(-1, *(1 for _ in centred.shape))
    return np.asarray(np.sqrt(8 / (variance * np.maximum(time, horizons))), dtype=np.float64)


@dataclass(frozen=True, slots=True, eq=False)
class Bets:
    """Bets that distances D ≥ 0 from one end of the range exceed a hypothesised mean distance s."""

    singles: Array  # values that occurred once
    repeated: Array
    multiplicity: Counts
    ordered: Array  # the first samples as they came, and the bets on them
    rates: Array
    span: float

    @classmethod
    def on(
        cls,
        distances: Array,
        counts: Counts,
        first: Array,
        rounding: float,
        span: float,
    ) -> Bets:
        """Take distances in increasing order, and the first ones as they came.

        All are known to within `rounding`.
        """
        once = counts == 1
        moved = _moved(distances, rounding)
        return cls(
            moved[once],
            moved[~once],
            counts[~once],
            _moved(first, rounding),
            following(first / span - 0.5) / span,
            span,
        )

    @property
    def count(self) -> int:
        """Number of samples."""
        return self.singles.size + int(self.multiplicity.sum())

    @property
    def floor(self) -> float:
        """Smallest s that is evaluated; below it the capital is bounded by its value here."""
        return self.span * 2.0**-_DEPTH

    def moments(self) -> tuple[float, float]:
        """Return the mean of the distances and their standard deviation relative to it."""
        distances = np.concatenate([self.singles, self.repeated])
        counts = np.concatenate([np.ones(self.singles.size), self.multiplicity])
        mean = float(np.dot(distances, counts)) / self.count
        # Relative to the mean, squares neither overflow nor vanish, whatever the unit.
        variance = float(np.dot((distances / mean - 1) ** 2, counts)) / self.count
        return mean, math.sqrt(variance)

    def evidence(self, distance: float) -> float:
        """Return a lower bound on log K at a computed `distance`, which may be any number."""
        if distance < 0:
            return math.inf
        if distance == 0:
            some = any(bool(np.any(part > 0)) for part in (self.singles, self.repeated))
            return math.inf if some else self.log_capital(self.floor)
        return self.log_capital(distance)

    def log_capital(self, distance: float) -> float:
        """Return a lower bound on log K at s = `distance`, which may carry one rounding."""
        s, c = max(distance, self.floor), SHARES[:, None]
        total, magnitude = np.zeros(SHARES.size), np.zeros(SHARES.size)
        rounds = 0
        for start in range(0, self.singles.size, _CHUNK):
            ratios = self.singles[start : start + _CHUNK] / s
            # A ratio of 1 neither wins nor loses: the factor 1 − c + c is exact.
            ratios = np.pad(ratios, (0, -ratios.size % _GROUP), constant_values=1.0)
            factors = c * ratios
            factors += 1 - c
            products = np.multiply.reduce(factors.reshape(SHARES.size, _GROUP, -1), axis=1)
            logs = np.log(products)
            total += logs.sum(axis=1)
            magnitude += np.abs(logs).sum(axis=1)
            rounds += 1
        for start in range(0, self.repeated.size, _CHUNK):
            part = slice(start, start + _CHUNK)
            logs = np.log(c * (self.repeated[part] / s) + (1 - c)) * self.multiplicity[part]
            total += logs.sum(axis=1)
            magnitude += np.abs(logs).sum(axis=1)
            rounds += 1
        # Relative error of a factor: 2 roundings of D, one each of s, the ratio, its product with
        # c, the sum and the group's product: 7 × 2⁻⁵³ < 4 eps. A sum in any order errs by at most
        # the number of its additions × eps/2; a logarithm and its multiplicity by 9/2 eps.
        error = _EPS * (4 * self.count + (_CHUNK + rounds + 8) * magnitude)
        logs = LOG_WEIGHTS + np.concatenate([total - error, self._followed(s)])
        largest = float(logs.max())
        combined = largest + math.log(float(np.exp(logs - largest).sum()))
        # Each term exp(y), y ≤ 0, errs by (|y| + 8) exp(y) eps and |y| exp(y) < 1; the rest of the
        # 16 eps for each share is for the weights and their sum.
        return combined - _EPS * (4 * abs(largest) + 16 * STAKES.size)

    def _followed(self, s: float) -> Array:
        """Return lower bounds on the log capitals of the bets that follow the samples."""
        total, magnitude = np.zeros(HORIZONS.size), np.zeros(HORIZONS.size)
        rounds = 0
        for start in range(0, self.ordered.size, _CHUNK):
            part = slice(start, start + _CHUNK)
            c = np.minimum(self.rates[:, part] * s, _MOST)
            factors = c * (self.ordered[part] / s) + (1 - c)
            padding = ((0, 0), (0, -factors.shape[1] % _GROUP))
            factors = np.pad(factors, padding, constant_values=1.0)
            products = np.multiply.reduce(factors.reshape(HORIZONS.size, _GROUP, -1), axis=1)
            logs = np.log(products)
            total += logs.sum(axis=1)
            magnitude += np.abs(logs).sum(axis=1)
            rounds += 1
        # As above, with three more roundings: c has two (s and its product), which move the factor
        # by at most as much since c|D/s − 1| is at most the factor for c ≤ ½, and 1 − c one.
        return total - _EPS * (6 * self.ordered.size + (_CHUNK + rounds + 8) * magnitude)


def _moved(distances: Array, rounding: float) -> Array:
    # Enlarged by 4 units so that the error of the first subtraction cannot eat it up: the result is
    # at most (1 + 2⁻⁵³)² times the distance of the exact sample.
    return np.maximum(distances - rounding * (1 + 4 * _EPS), 0.0)


def log_threshold(level: float) -> float:
    """Return log(2/level), rounded up."""
    return math.log(2 / level) * (1 + 8 * _EPS) + 8 * _EPS


def _lattice(index: int) -> float:
    """Return the float number `index` among those with 32 bits; increasing in `index`."""
    exponent, mantissa = divmod(index, 1 << _LATTICE_BITS)
    return math.ldexp(1 + mantissa * 2.0**-_LATTICE_BITS, exponent)


def _index(number: float) -> int:
    """Return the index of the largest lattice point that is at most `number` > 0."""
    mantissa, exponent = math.frexp(number)
    return ((exponent - 1) << _LATTICE_BITS) + int((2 * mantissa - 1) * 2.0**_LATTICE_BITS)


def largest_refuted(bets: Bets, threshold: float) -> float:
    """Return the largest lattice point s with log K(s) ≥ `threshold`, or 0 if there is none.

    It is never above the sample mean, which bets that follow the samples may refute.
    How the search goes cannot make the answer invalid: it is a point that was evaluated, and all
    smaller ones are refuted with it.
    """
    if bets.count == 0 or bets.log_capital(bets.floor) < threshold:
        return 0.0

    @cache
    def excess(index: int) -> float:
        return bets.log_capital(_lattice(index)) - threshold

    mean, deviation = bets.moments()
    # Room for the rounding of the mean, and of the end that is made of the point.
    high = _index(mean * (1 - 2.0**-40))
    if excess(high) >= 0:
        return _lattice(high)
    reach = deviation * math.sqrt(2 * (threshold + 3) / bets.count) + threshold / bets.count
    reach = min(reach, 0.5)
    s = mean * (1 - reach)
    while excess(low := min(_index(s), high - 1)) < 0:
        high, reach = low, min(2 * reach, 0.75)
        s *= 1 - reach
    root: float = brentq(lambda x: excess(int(x)), low, high, xtol=1.0, disp=False)
    return _lattice(_last_true(lambda index: excess(index) >= 0, int(root)))


def _last_true(holds: Callable[[int], bool], start: int) -> int:
    """Return the last integer where a decreasing predicate holds; the search begins at `start`."""
    step = 1
    if holds(start):
        low = start
        while holds(low + step):
            low, step = low + step, 2 * step
        high = low + step
    else:
        high = start
        while not holds(high - step):
            high, step = high - step, 2 * step
        low = high - step
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if holds(middle) else (low, middle)
    return low


def evidence_paths(
    samples: ArrayLike, mean: float, *, lowest: float, highest: float, every: int = 1
) -> tuple[Array, Array]:
    """Return (log K⁺, log K⁻) along many independent runs at one hypothesised mean.

    The capital of `MeanBounds.log_evidence_above` and `log_evidence_below`, up to rounding, in one
    vectorised pass: for studies of error rates, and for stopping many runs at once.

    Parameters
    ----------
    samples
        Array-like of shape (..., time), within the range.
    mean
        m with lowest < m < highest.
    lowest, highest
        The proved range of a sample.
    every
        Samples between two looks, at least 1.

    Returns
    -------
    tuple
        Two arrays of shape (..., time // every): the logarithms after `every`, 2·`every`, …
        samples.

    Raises
    ------
    ArgumentError
        If `samples` has no time axis or leaves the range, or `mean` is not inside it.

    Examples
    --------
    Mirrored samples change the two sides:

    >>> above, _ = evidence_paths([0.25, 0.5, 1.0], 0.5, lowest=0, highest=1)
    >>> _, below = evidence_paths([0.75, 0.5, 0.0], 0.5, lowest=0, highest=1)
    >>> bool(np.allclose(above, below))
    True
    """
    x = real_array("samples", samples)
    a, b = double("lowest", lowest), double("highest", highest)
    m = double("mean", mean)
    step = integer("every", every)
    if not a < m < b:
        raise ArgumentError("mean", m, f"it must lie between lowest = {a} and highest = {b}")
    if x.ndim == 0 or not np.all((x >= a) & (x <= b)):
        raise ArgumentError(
            "samples",
            f"an array of shape {x.shape}",
            f"it must have a time axis and lie in [{a}, {b}]",
        )
    step = min(step, x.shape[-1] + 1)
    looks = x.shape[-1] // step
    x = x[..., : looks * step].reshape(*x.shape[:-1], looks, step)
    first = x.reshape(*x.shape[:-2], -1)[..., :FOLLOWED]
    rates = following((first - a) / (b - a) - 0.5) / (b - a)
    return _log_paths((x - a) / (m - a), rates * (m - a)), _log_paths(
        (b - x) / (b - m), rates * (b - m)
    )


def _log_paths(ratios: Array, shares: Array) -> Array:
    """Return log K, shape (..., looks), from the ratios D/s, shape (..., looks, every).

    `shares` are those of the bets that follow the first samples, before they are limited, shape
    (horizons, ..., time).
    """
    paths = np.full(ratios.shape[:-1], -np.inf)
    constant, changing = LOG_WEIGHTS[: SHARES.size], LOG_WEIGHTS[SHARES.size :]
    for c, log_weight in zip(SHARES, constant, strict=True):
        steps = np.log1p(c * (ratios - 1)).sum(axis=-1)
        np.logaddexp(paths, log_weight + np.cumsum(steps, axis=-1), out=paths)
    time = ratios.shape[-2] * ratios.shape[-1]
    for of_horizon, log_weight in zip(shares, changing, strict=True):
        c = np.zeros((*ratios.shape[:-2], time))
        c[..., : of_horizon.shape[-1]] = np.minimum(of_horizon, _MOST)
        steps = np.log1p(c.reshape(ratios.shape) * (ratios - 1)).sum(axis=-1)
        np.logaddexp(paths, log_weight + np.cumsum(steps, axis=-1), out=paths)
    return paths

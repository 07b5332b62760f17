"""Maps with nonnegative power series coefficients, Σ a_k ρᵏ, enclosed on all of [−1, 1].

Every kernel map is one (a_k = c_k²). On [0, 1] such a map and all its derivatives increase, and on
[−1, 0] it is the difference of two increasing functions of |ρ|: a ball of correlations is enclosed
from exact points, whatever the formula behind them.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Self

from flint import arb

from depthlaw.theory.errors import ArgumentError, DepthlawError, integer
from depthlaw.theory.rigorous.balls import Number, ball_text, check_number, precision
from depthlaw.theory.values import Enclosure

HIGHEST_ORDER = 100
"""Of a derivative: each is found from the one before."""
WORKING_BITS = 256
"""Precision at which maps are evaluated; what is left of it is the caller's rounding."""


class PowerSeriesMap(ABC):
    """A map Σ a_k ρᵏ with a_k ≥ 0 that converges on [−1, 1]."""

    @abstractmethod
    def point(self, order: int, rho: arb) -> arb:
        """Return a ball around the `order`-th derivative at an exact point ρ of [−1, 1]."""

    def sharpened(self, bits: int) -> Self:
        """Return the same map, known to about 2^{−`bits`} where that can be."""
        return self

    def __call__(
        self, correlation: Number, order: int = 0, *, bits: int | None = None
    ) -> Enclosure:
        """Return the map, or its `order`-th derivative, at a correlation.

        Parameters
        ----------
        correlation
            ρ ∈ [−1, 1], a number or a ball.
        order
            0 for the map itself.
        bits
            Accuracy wanted: a ball of radius at most 2^{−`bits`}. None takes what comes at
            the usual cost, 10^{−12} or better for everything in the catalogue.

        Returns
        -------
        Enclosure, infinite where the derivative is.

        Raises
        ------
        ArgumentError
            If |ρ| > 1, or `order` is negative.
        DepthlawError
            If the accuracy wanted is not reached.
        """
        j = integer("order", order, at_least=0, at_most=HIGHEST_ORDER)
        if bits is None:
            working = WORKING_BITS
        else:
            bits = integer("bits", bits)
            working = max(WORKING_BITS, 2 * bits + 64)
        # Inside, so that a fraction is a ball of that precision, too.
        with precision(working):
            rho = check_number("correlation", correlation, -1, 1)
            if not abs(rho) <= 1 and not (rho.rad() > 0 and abs(rho.mid()) <= 1):
                raise ArgumentError("correlation", correlation, "it must lie between −1 and 1")
            value = self.over(j, rho)
            if bits is not None and not value.rad() <= arb(2) ** -bits:
                value = self.sharpened(bits).over(j, rho)
            if bits is not None and not value.rad() <= arb(2) ** -bits:
                known = ball_text(value.rad(), 2)
                raise DepthlawError(
                    f"at correlation {ball_text(rho)} the map is known to ±{known} only, not to "
                    f"2^−{bits}: ask for fewer bits"
                )
        return Enclosure(value)

    def over(self, order: int, rho: arb) -> arb:
        """Return a ball around the values of the `order`-th derivative over a ball in [−1, 1]."""
        low, high = rho.lower().max(arb(-1)), rho.upper().min(arb(1))
        if low == high:
            return self.point(order, low)
        if low >= 0:
            return _between(self.point(order, low), self.point(order, high))
        if high <= 0:
            return self._negative(order, low, high)
        return self._negative(order, low, arb(0)).union(
            _between(self.point(order, arb(0)), self.point(order, high))
        )

    def _negative(self, order: int, low: arb, high: arb) -> arb:
        """Enclose over [low, high] ⊂ [−1, 0]: even part minus odd part of |ρ|, both increasing."""
        (even0, odd0), (even1, odd1) = self._parts(order, -high), self._parts(order, -low)
        return _between(even0 - odd1, even1 - odd0)

    def _parts(self, order: int, size: arb) -> tuple[arb, arb]:
        plus, minus = self.point(order, size), self.point(order, -size)
        return (plus + minus) / 2, (plus - minus) / 2


def _between(lower: arb, upper: arb) -> arb:
    """Return a ball around [lower end of `lower`, upper end of `upper`]."""
    return lower.lower().union(upper.upper())


@dataclass(frozen=True)
class Truncation:
    """What K + 1 coefficients leave out.

    Attributes
    ----------
    remainder
        An upper bound on Σ_{k>K} a_k.
    slope
        Returns an upper bound on Σ_{k>K} a_k k(k−1)…(k−j+1) for j ≥ 1, None where infinite.
    """

    remainder: arb
    slope: Callable[[int], arb | None]

    def bound(self, order: int, last: int, size: arb) -> arb | None:
        """Return a bound on the `order`-th derivative of the tail at |ρ| = `size`, or None."""
        j, K = order, last
        power = size ** max(0, K + 1 - j)
        if j == 0:
            return self.remainder * power
        if (K + 1) * (1 - size) >= j and j < K + 1:
            # k(k−1)…(k−j+1) ρ^{k−j} decreases for k > K, so that its first value bounds all.
            return self.remainder * math.perm(K + 1, j) * power
        slope = self.slope(j)
        return None if slope is None else slope * power


def sum_series(
    coefficients: Sequence[arb], truncation: Truncation, order: int, rho: arb
) -> arb | None:
    """Return a ball around Σ a_k k(k−1)…(k−j+1) ρ^{k−j}, or None where the tail has no bound."""
    K, j = len(coefficients) - 1, order
    tail = truncation.bound(j, K, abs(rho))
    if tail is None:
        return None
    total = arb(0)
    for k in range(K, j - 1, -1):
        total = total * rho + coefficients[k] * math.perm(k, j)
    # For ρ ≥ 0 the tail is not negative either.
    return total + (arb(0).union(tail) if rho >= 0 else (-tail).union(tail))

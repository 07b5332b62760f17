"""Fixed points of a correlation map on [−1, 1], each with a proof that there is no other.

Let f = Σ a_k ρᵏ with a_k ≥ 0 and f(1) = 1, not affine.

- On [0, 1] f is strictly convex, so that f(ρ) = ρ has at most two solutions there, and 1 is one.
  If f(0) = 0 the other is 0; if f(0) > 0 there is another exactly when f′(1) > 1.
- On (−1, 0), with even and odd parts e and o of f, o(s) ≤ s·o(1) = s(1 − e(1)), so that
  f(−s) ≥ e(s) − s(1 − e(1)) > −s as soon as e > 0 somewhere: no fixed point. If f is odd, −1 is
  one, and strict convexity of o leaves no further one.

Which case holds is decided with certainty: exact numbers are compared as such, so that f′(1) = 1
comes out as an equality. Source of the cases: joudaki2025, Theorem 1.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache

import sympy as sp
from flint import arb

from depthlaw.theory.activations.definition import Parity
from depthlaw.theory.errors import ArgumentError, DepthlawError
from depthlaw.theory.kernels.correlation_map import CorrelationMap, takes_map
from depthlaw.theory.kernels.kernel_map import as_value
from depthlaw.theory.kernels.power_series import WORKING_BITS, PowerSeriesMap
from depthlaw.theory.rigorous.balls import precision
from depthlaw.theory.rigorous.zero import sign_of
from depthlaw.theory.values import Enclosure, Exact

Number = Exact | Enclosure


class Case(IntEnum):
    """The four cases of joudaki2025, Theorem 1."""

    ORTHOGONALISES = 1
    """f(0) = 0: every pair tends to correlation 0."""
    COLLAPSES = 2
    """f(0) > 0, f′(1) < 1: every pair tends to correlation 1, geometrically."""
    COLLAPSES_SLOWLY = 3
    """f(0) > 0, f′(1) = 1: correlation 1, polynomially."""
    SETTLES_BETWEEN = 4
    """f(0) > 0, f′(1) > 1: a correlation strictly between 0 and 1."""


@dataclass(frozen=True)
class FixedPoint:
    """A solution of f(ρ) = ρ, with f′ there and whether it attracts.

    A point with slope 1 at the right end attracts from the left, as in case 3.
    """

    location: Number
    slope: Number
    attracting: bool


@dataclass(frozen=True)
class FixedPoints:
    """All fixed points on [−1, 1].

    Attributes
    ----------
    case
        Which of the four cases holds.
    attractor
        The one attracting fixed point.
    others
        The repelling ones, increasing.
    """

    case: Case
    attractor: FixedPoint
    others: tuple[FixedPoint, ...]


@takes_map
def decide_case(correlation_map: CorrelationMap) -> Case:
    """Return which of the four cases holds, proved.

    Raises
    ------
    ArgumentError
        If φ is affine: then every correlation is a fixed point, or the map is linear.
    DepthlawError
        If neither balls nor algebra decide.

    Examples
    --------
    >>> from depthlaw.theory.activations import activation
    >>> from depthlaw.theory.kernels.correlation_map import normalised_map
    >>> decide_case(normalised_map(activation("leaky_relu(0.3)")))
    <Case.COLLAPSES_SLOWLY: 3>
    """
    f = correlation_map
    if f.is_linear:
        raise ArgumentError(
            "activation", f.activation.name, "it is affine: the four cases need a curved one"
        )
    start = sign_of(f.at_zero)
    if start == 0:
        return Case.ORTHOGONALISES
    slope = 1 if f.slope_at_one is sp.oo else sign_of(f.slope_at_one - 1)
    if start is None or slope is None:
        raise DepthlawError(
            f"{f.activation.name}: whether f(0) = 0 or f′(1) = 1 is not decided by "
            "balls of 1024 bits nor by algebra"
        )
    return {-1: Case.COLLAPSES, 0: Case.COLLAPSES_SLOWLY, 1: Case.SETTLES_BETWEEN}[slope]


@takes_map
@lru_cache(maxsize=256)
def fixed_points(correlation_map: CorrelationMap) -> FixedPoints:
    """Return all fixed points of a correlation map on [−1, 1].

    Raises
    ------
    ArgumentError, DepthlawError
        As `decide_case`.

    Examples
    --------
    x²/√3 has κ(ρ) = (1 + 2ρ²)/3, so that ρ* = 1/2 and κ′(ρ*) = 2/3:

    >>> from depthlaw.theory.activations import activation
    >>> from depthlaw.theory.kernels.correlation_map import normalised_map
    >>> found = fixed_points(normalised_map(activation("monomial(2)")))
    >>> found.case, found.attractor.location.ball.contains(arb(1) / 2)
    (<Case.SETTLES_BETWEEN: 4>, True)
    """
    f = correlation_map
    case = decide_case(f)
    one = FixedPoint(Exact(sp.Integer(1)), as_value(f.slope_at_one), case in (2, 3))
    others = _at_minus_one(f)
    if case is Case.ORTHOGONALISES:
        zero = FixedPoint(Exact(sp.Integer(0)), as_value(f.slope_at_zero), True)
        return FixedPoints(case, zero, (*others, one))
    if case is Case.SETTLES_BETWEEN:
        with precision(WORKING_BITS):
            place = inner_fixed_point(f)
            slope = f.over(1, place)
        inner = FixedPoint(Enclosure(place), Enclosure(slope), True)
        return FixedPoints(case, inner, (*others, one))
    return FixedPoints(case, one, others)


def _at_minus_one(f: CorrelationMap) -> tuple[FixedPoint, ...]:
    """Return the fixed point −1 of an odd map."""
    odd = f.activation.parity is Parity.ODD and f.offset == 0
    if not odd:
        return ()
    return (FixedPoint(Exact(sp.Integer(-1)), as_value(f.slope_at_one), False),)


def inner_fixed_point(correlation_map: PowerSeriesMap) -> arb:
    """Return a ball around the fixed point in (0, 1) of a map with f(0) > 0 and f′(1) > 1.

    Bisection finds lo < hi with f(lo) > lo and f(hi) < hi, both certain; the interval Newton step
    N = m − g(m)/g′([lo, hi]) for g = f − id is then repeated until it no longer shrinks. As soon as
    N lies inside the interval, existence and uniqueness in it are proved.

    Raises
    ------
    DepthlawError
        If the enclosures are too wide to prove it.
    """
    low, high = _bracket(correlation_map)
    place = low.union(high)
    proved = False
    for _ in range(60):
        slope = correlation_map.over(1, place) - 1
        middle = arb(place.mid())
        if not (slope < 0 or slope > 0):
            place = _halve(correlation_map, place)
            continue
        newton = middle - (correlation_map.point(0, middle) - middle) / slope
        proved = proved or bool(place.contains_interior(newton))
        if not newton.overlaps(place):
            break
        shrunk = newton.intersection(place)
        if proved and shrunk.rad() * 2 >= place.rad():
            return shrunk
        place = shrunk
    raise DepthlawError("the fixed point could not be enclosed: the map is not known well enough")


def _bracket(f: PowerSeriesMap) -> tuple[arb, arb]:
    """Return lo, hi with f(lo) > lo and f(hi) < hi, certain."""
    low, high = arb(0), None
    for power in (1, 2, 4, 8, 16, 32, 48, 60):
        near_one = 1 - arb(2) ** -power
        if f.point(0, near_one) < near_one:
            high = near_one
            break
        if f.point(0, near_one) > near_one:
            low = near_one
    if high is None:
        raise DepthlawError(
            "no point with f(ρ) < ρ was found below 1: the slope there is too near 1"
        )
    return low, high


def _halve(f: PowerSeriesMap, place: arb) -> arb:
    """Return the half of a bracket that still brackets the fixed point."""
    low, high = place.lower(), place.upper()
    for share in (0.5, 0.375, 0.625):
        # On the scale of log(1 − ρ), so that a fixed point next to 1 is near, too.
        cut = arb((1 - (1 - low) * ((1 - high) / (1 - low)) ** arb(share)).mid())
        value = f.point(0, cut)
        if value > cut:
            return cut.union(high)
        if value < cut:
            return low.union(cut)
    raise DepthlawError("the fixed point could not be bracketed: the map is not known well enough")

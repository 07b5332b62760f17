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
from depthlaw.theory.kernels.power_series import WORKING_BITS, PowerSeriesMap
from depthlaw.theory.rigorous.balls import precision
from depthlaw.theory.rigorous.zero import sign_of
from depthlaw.theory.values import Enclosure, Exact, as_value

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
            # By convexity the slope there is between 0 and 1, however little is known of the map.
            slope = _within_unit(slope_at(f, place))
        inner = FixedPoint(Enclosure(place), Enclosure(slope), True)
        return FixedPoints(case, inner, (*others, one))
    return FixedPoints(case, one, others)


def _within_unit(value: arb) -> arb:
    """Return a ball around what of `value` lies in [0, 1]."""
    if not value.is_finite():
        return arb(0).union(1)
    low, high = value.lower().max(arb(0)), value.upper().min(arb(1))
    return low.union(high)


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
    N lies inside the interval, existence and uniqueness in it are proved. Where the map is not
    known well enough for that, what is left of the bracket is returned: by convexity the point is
    in it.

    Raises
    ------
    DepthlawError
        If the enclosures are too wide to find a bracket.
    """
    place = _bracket(correlation_map)
    proved = False
    for _ in range(60):
        slope = correlation_map.over(1, place) - 1
        middle = arb(place.mid())
        if not (slope < 0 or slope > 0):
            # Where φ jumps there is a slope only below the reach of the series.
            halved = _halve(correlation_map, place) if slope.is_finite() else None
            if halved is None:
                return _without_slope(correlation_map, place)
            place = halved
            continue
        newton = middle - (correlation_map.point(0, middle) - middle) / slope
        proved = proved or bool(place.contains_interior(newton))
        shrunk = newton.intersection(place)
        if shrunk.rad() * 2 >= place.rad():
            halved = None if proved else _halve(correlation_map, shrunk)
            if halved is None:
                return shrunk
            shrunk = halved
        place = shrunk
    return place


def _without_slope(f: PowerSeriesMap, place: arb) -> arb:
    """Return a narrower bracket of the fixed point where f′ is not known, if two signs prove one.

    f is strictly convex on [0, 1], so that there is one fixed point where f(ρ) > ρ turns into
    f(ρ) < ρ. It is looked for by regula falsi on midpoints, then proved by two signs.
    """
    a, b = place.lower(), place.upper()
    above, under = ((f.point(0, end) - end).mid() for end in (a, b))
    guess = (a + b) / 2
    for _ in range(60):
        guess = arb(((a * under - b * above) / (under - above)).mid())
        if not (guess > a and guess < b):
            break
        value = (f.point(0, guess) - guess).mid()
        if abs(value) < arb(2) ** -88 * (1 - guess):
            break
        if value > 0:
            a, above, under = guess, value, under / 2
        else:
            b, under, above = guess, value, above / 2
    for power in range(88, 3, -6):
        reach = (1 - guess) * arb(2) ** -power
        left, right = (arb((guess + side * reach).mid()) for side in (-1, 1))
        if f.point(0, left) > left and f.point(0, right) < right:
            return left.union(right)
    return place


def slope_at(f: PowerSeriesMap, place: arb) -> arb:
    """Return a ball around f′ at a fixed point in (0, 1): by chords where φ jumps (f is convex)."""
    slope = f.over(1, place)
    if slope.is_finite():
        return slope
    middle, best = arb(place.mid()), arb(0).union(arb(1))
    centre = f.over(0, place)
    for power in range(6, 60, 9):
        step = arb(((1 - middle) * arb(2) ** -power).mid())
        left, right = arb((middle - step).mid()), arb((middle + step).mid())
        if not (place.lower() > left and place.upper() < right):
            break
        chords = (
            (centre - f.point(0, left)) / (place - left),
            (f.point(0, right) - centre) / (right - place),
        )
        found = chords[0].lower().union(chords[1].upper())
        if not found.rad() < best.rad():
            break
        best = found
    return best


def _bracket(f: PowerSeriesMap) -> arb:
    """Return [lo, hi] with f(lo) > lo and f(hi) < hi, certain."""
    low, high = arb(0), None
    for power in (*range(1, 17), 20, 24, 32, 40, 48, 60, 80, 100, 120, 160, 200):
        near_one = 1 - arb(2) ** -power
        value = f.point(0, near_one)
        if value < near_one:
            high = near_one
            break
        if value > near_one:
            low = near_one
    if high is None:
        raise DepthlawError(
            "no point with f(ρ) < ρ was found below 1: the slope there is too near 1"
        )
    return low.union(high)


def _halve(f: PowerSeriesMap, place: arb) -> arb | None:
    """Return the half of a bracket that still brackets the fixed point, if one is known to."""
    low, high = place.lower(), place.upper()
    for share in (0.5, 0.375, 0.625):
        # On the scale of log(1 − ρ), so that a fixed point next to 1 is near, too.
        cut = arb((1 - (1 - low) * ((1 - high) / (1 - low)) ** arb(share)).mid())
        value = f.point(0, cut)
        if value > cut:
            return cut.union(high)
        if value < cut:
            return low.union(cut)
    return None

"""All fixed points of the one-dimensional map, counted and enclosed with proof.

On (0, s_0], s_0 = √(n(n−2)) the spread of the symmetric state, F is shown to have no zero on a
piece (by its value at the middle and its slope), or to be strictly monotone there, when its signs
at the ends count the zeros. Beyond s_0 the same is done up to s = 8m, and from there on

    F(s) ≥ s² ψ(s_0) − 2m(π + s) > 0    since    32m ψ(s_0) > π + 8m.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from flint import arb

from depthlaw.theory.decomposition.odd_point import (
    OddPointState,
    excess,
    excess_slope,
    falling,
    psi,
    rising,
)
from depthlaw.theory.errors import DepthlawError, integer
from depthlaw.theory.rigorous.balls import precision

BITS = 128
WITNESS = 2
"""F(2) > 0 for every n ≥ 7, so that an odd-point state exists: proved for all n in
`depthlaw.theory.claims.decomposition.odd_point_existence`."""
_MOST_PIECES = 100_000


@dataclass(frozen=True)
class FixedPoints:
    """All fixed states with one odd point of the mean field at a batch size; the list is proved.

    Attributes
    ----------
    odd
        The odd-point state (norm ratio above 1, the larger of two), or None.
    separatrix
        The unstable state between `odd` and `symmetric`, or None.
    symmetric
        All cosines equal.
    """

    odd: OddPointState | None
    separatrix: OddPointState | None
    symmetric: OddPointState

    @property
    def with_odd_point(self) -> tuple[OddPointState, ...]:
        """The states whose norm ratio is above 1."""
        return tuple(state for state in (self.odd, self.separatrix) if state is not None)


def symmetric_spread(batch: int) -> arb:
    """Return s_0 = √(n(n−2)), where all points have the same norm."""
    return arb(batch * (batch - 2)).sqrt()


def fixed_points(batch: int) -> FixedPoints:
    """Return all fixed states of n − 1 exchangeable points and one odd point.

    Parameters
    ----------
    batch
        n ≥ 3: two points have no cluster.

    Raises
    ------
    ArgumentError
        If `batch` is below 3 or not a whole number.

    Examples
    --------
    >>> [len(fixed_points(n).with_odd_point) for n in (3, 6, 7, 8)]
    [0, 0, 2, 2]
    """
    return _fixed_points(integer("batch", batch, at_least=3))


@lru_cache(maxsize=4096)
def _fixed_points(batch: int) -> FixedPoints:
    n = batch
    with precision(BITS):
        m, top = n - 1, symmetric_spread(n)
        near = _monotone_around(top, m)
        low = _start(m)
        inner = [_refine(piece, m) for piece in _zeros(low, near[0], m)]
        if _zeros(near[1], arb(8 * m), m) or not 32 * m * psi(top, m) > arb.pi() + 8 * m:
            raise DepthlawError(f"batch = {n}: a state whose odd point is shorter was not excluded")
        states = [OddPointState(n, spread) for spread in inner]
    if len(states) not in (0, 2):
        raise DepthlawError(f"batch = {n}: {len(states)} states with an odd point are not a pair")
    odd, separatrix = states or (None, None)
    return FixedPoints(odd, separatrix, OddPointState(n, top))


def odd_state_exists(batch: int) -> bool | None:
    """Return whether a state with an odd point (norm ratio above 1) exists, proved, or None.

    F is negative at 0, so one point where it is positive proves existence for the cost of one
    evaluation. Without it all of (0, s_0) is searched.

    Raises
    ------
    ArgumentError
        As `fixed_points`.

    Examples
    --------
    >>> [odd_state_exists(n) for n in (6, 7)]
    [False, True]
    """
    n = integer("batch", batch, at_least=3)
    with precision(BITS):
        inside = bool(arb(WITNESS) < symmetric_spread(n))
        if inside and excess(arb(WITNESS), n - 1) > 0:
            return True
        try:
            return (
                len(_zeros(_start(n - 1), _monotone_around(symmetric_spread(n), n - 1)[0], n - 1))
                > 0
            )
        except DepthlawError:
            return None


def _start(points: int) -> arb:
    """Return a power of two below which F < 0, as its rising part stays below 2mπ there."""
    low = arb(1)
    while not rising(low, points) < falling(arb(0), points):
        low /= 2
    return low


def _monotone_around(top: arb, points: int) -> tuple[arb, arb]:
    """Return an interval around the symmetric state on which F′ has one sign: no second zero."""
    for power in range(2, 40):
        low, high = (arb((top * (1 + side * arb(2) ** -power)).mid()) for side in (-1, 1))
        slope = excess_slope(low, high, points)
        if slope > 0 or slope < 0:
            return low, high
    raise DepthlawError("the symmetric state could not be told from a double zero")


def _zeros(low: arb, high: arb, points: int) -> list[tuple[arb, arb]]:
    """Return intervals, increasing, that hold one zero of F each; elsewhere there is none."""
    found: list[tuple[arb, arb]] = []
    todo = [(low, high)]
    for _ in range(_MOST_PIECES):
        if not todo:
            return found
        left, right = todo.pop()
        middle = arb((left * right).sqrt().mid())
        slope = excess_slope(left, right, points)
        reach = excess(middle, points) + slope * (left - middle).union(right - middle)
        if reach > 0 or reach < 0:
            continue
        if slope > 0 or slope < 0:
            product = excess(left, points) * excess(right, points)
            if product > 0:
                continue
            if product < 0:
                found.append((left, right))
                continue
        todo += [(middle, right), (left, middle)]
    raise DepthlawError("the zeros could not be told apart: raise the precision")


def _refine(piece: tuple[arb, arb], points: int) -> arb:
    """Return a ball around the one zero in `piece`, by the interval Newton step."""
    low, high = piece
    place = low.union(high)
    while True:
        middle = arb(place.mid())
        slope = excess_slope(place.lower(), place.upper(), points)
        newton = middle - excess(middle, points) / slope
        shrunk = newton.intersection(place)
        if shrunk.rad() * 2 > place.rad():
            return shrunk
        place = shrunk

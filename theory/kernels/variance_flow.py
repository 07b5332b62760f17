"""Where the variance of a deep network goes from its start."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from flint import arb

from depthlaw.theory.kernels.variance_map import WORKING, Landscape, Root, VarianceMap
from depthlaw.theory.rigorous.balls import ball, precision
from depthlaw.theory.rigorous.zero import ball_of, sign_of

_STEPS = 300


class Fate(StrEnum):
    """What the variance does with depth, why, and what to do about it."""

    SETTLES = "settles"
    """It tends to an attracting fixed point q* > 0."""
    KEPT = "kept"
    """φ is positively homogeneous, σ_w² E φ² = 1 and σ_b² = 0: every variance stays as it is."""
    VANISHES = "vanishes"
    """V(q) < q from the start down to 0: it tends to 0. Raise σ_w² or σ_b² for a fixed point."""
    GROWS = "grows"
    """V(q) > q from the start upwards, as far as was searched: it tends to infinity, or leaves the
    range for good. Lower σ_w², or normalise."""
    UNDECIDED = "undecided"
    """It could not be proved: the start is a repelling fixed point or next to one, or two fixed
    points nearly meet. Start elsewhere, or move σ_w² a little."""

    @property
    def reason(self) -> str:
        """The sentence for a reader."""
        return _REASONS[self]


_REASONS = {
    Fate.SETTLES: "the variance settles at an attracting fixed point",
    Fate.KEPT: "every variance is kept: the activation is positively homogeneous and critical",
    Fate.VANISHES: (
        "the variance tends to 0, so that there is no fixed point q* > 0 on its way: "
        "raise the weight variance or the bias variance"
    ),
    Fate.GROWS: (
        "the variance grows beyond every bound that was searched: lower the weight variance, "
        "or normalise"
    ),
    Fate.UNDECIDED: (
        "where the variance goes is not decided: it starts at or next to a repelling fixed point, "
        "or two fixed points nearly meet; start elsewhere, or move the weight variance a little"
    ),
}


@dataclass(frozen=True)
class Flow:
    """Where the start goes, and all fixed points above 0."""

    fate: Fate
    root: Root | None
    roots: tuple[Root, ...]
    searched: arb
    complete: bool


def flow(variances: VarianceMap, start: Fraction) -> Flow:
    """Return where q ← V(q) goes from `start`, proved.

    Examples
    --------
    >>> from depthlaw.theory.activations import activation
    >>> flow(VarianceMap(activation("relu"), Fraction(3), Fraction(0)), Fraction(1)).fate
    <Fate.GROWS: 'grows'>
    """
    if variances.factor is not None:
        return _homogeneous(variances)
    land = variances.landscape
    complete = not land.doubtful and bool(land.low == 0) and 0 not in land.signs
    with precision(WORKING):
        fate, root = _follow(variances, land, ball(start))
    return Flow(fate, root, land.roots, land.high, complete)


def _homogeneous(variances: VarianceMap) -> Flow:
    """V(q) = aq + σ_b²: everything is known."""
    a = variances.factor
    assert a is not None
    side, b = sign_of(a - 1), variances.bias
    with precision(WORKING):
        slope, infinite = ball_of(a), arb.pos_inf()
        if side is None:
            return Flow(Fate.UNDECIDED, None, (), infinite, False)
        if side < 0 and b > 0:
            root = Root(ball(b) / (1 - slope), slope)
            return Flow(Fate.SETTLES, root, (root,), infinite, True)
    fate = {-1: Fate.VANISHES, 0: Fate.KEPT if b == 0 else Fate.GROWS, 1: Fate.GROWS}[side]
    return Flow(fate, None, (), infinite, True)


def _follow(variances: VarianceMap, land: Landscape, q: arb) -> tuple[Fate, Root | None]:
    undecided = (Fate.UNDECIDED, None)
    roots = land.roots
    for _ in range(_STEPS):
        below = sum(bool(root.place < q) for root in roots)
        here = next((root for root in roots if root.place.overlaps(q)), None)
        if here is not None:
            return (Fate.SETTLES, here) if here.slope < 1 else undecided
        side = land.signs[below]
        if q > land.high or side == 0:
            # A bounded φ brings every start back; an unbounded one was searched beyond the start.
            growth = variances.activation.growth
            if growth.linear > 0 or growth.start > 0:
                return undecided
        elif side > 0:
            if below == len(roots):
                clear = not any(ball_.upper() > q.lower() for ball_ in land.doubtful)
                return (Fate.GROWS, None) if clear else undecided
            target, passed = roots[below], below + 1
        else:
            if below == 0:
                clear = land.low == 0 and not any(d.lower() < q.upper() for d in land.doubtful)
                return (Fate.VANISHES, None) if clear else undecided
            target, passed = roots[below - 1], below - 2
        if not q > land.high and side != 0:
            # No later variance is beyond q*√(q*/q).
            reach = target.place * (target.place / q).sqrt()
            other = roots[passed].place if 0 <= passed < len(roots) else None
            free = other is None or _stops_before(variances, q, target.place, other)
            way = q.union(reach)
            if any(d.overlaps(way) for d in land.doubtful):
                return undecided
            if free and target.slope < 1:
                return Fate.SETTLES, target
        q = variances.value(q)
    return undecided


def _stops_before(variances: VarianceMap, q: arb, target: arb, other: arb) -> bool:
    """Return whether V, from q to the fixed point `target`, is proved not to reach `other` beyond.

    √q (V(q) − σ_b²) increases. So V is at most σ_b² + (V(c) − σ_b²)√(c/a) on [a, c], and at least
    σ_b² + (V(a) − σ_b²)√(a/c); parts on which that is not enough are halved.
    """
    upwards, b = bool(other > target), ball(variances.bias)
    parts = [(q, target, target)]  # an end, the end nearer to the target, and V there
    for _ in range(_PARTS):
        if not parts:
            return True
        far, near, value = parts.pop()
        reach = b + (value - b) * (near / far).sqrt()
        if reach < other if upwards else reach > other:
            continue
        middle = arb((far * near).sqrt().mid())
        parts += [(far, middle, variances.value(middle)), (middle, near, value)]
    return False


_PARTS = 40
"""How often that is tried before the iteration takes a step."""

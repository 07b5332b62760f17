"""How a claim compares two sides, and what a comparison may conclude.

Nobody writes ``<=`` in a test by hand: the sense of a claim does.
"""

from __future__ import annotations

import math
from enum import Enum, StrEnum
from fractions import Fraction

from depthlaw.theory.rigorous.balls import ball
from depthlaw.theory.values import Asymptotic, Enclosure, Exact, Value, certainly_at_most


class Comparison(Enum):
    """Whether the two sides stand as the claim says."""

    HOLDS = "holds"
    FAILS = "fails"
    UNDECIDED = "undecided"


class Sense(StrEnum):
    """The relation that a claim asserts between what it measures and its bound."""

    UPPER = "upper"
    """The quantity is at most the bound."""
    LOWER = "lower"
    """The quantity is at least the bound."""
    EQUAL = "equal"
    """The quantity equals the bound (or its leading term, if the bound is asymptotic)."""
    RATE = "rate"
    """The quantity, a factor per layer or an exponent, tends to the bound: compared as EQUAL."""

    @property
    def relation(self) -> str:
        """The sign between the two sides."""
        return {"upper": "≤", "lower": "≥", "equal": "=", "rate": "→"}[self.value]

    def compare(
        self,
        value: Value,
        bound: Value,
        resolution: Fraction | None,
        *,
        approximate: bool = False,
    ) -> Comparison:
        """Return whether `value` stands to `bound` as the sense says.

        An inequality holds or fails only where what is known of both sides leaves no doubt. An
        equality between exact numbers is decided symbolically. Otherwise an equality *holds* when
        everything that `value` can be lies within the relative `resolution` of the bound (this is
        all that measuring can show), and *fails* when nothing that it can be equals the bound. One
        that is meant to be `approximate` fails only where nothing lies within the resolution.

        >>> one, two = Enclosure.of(1), Enclosure.of(2)
        >>> Sense.UPPER.compare(one, two, None), Sense.LOWER.compare(one, two, None)
        (<Comparison.HOLDS: 'holds'>, <Comparison.FAILS: 'fails'>)
        """
        if self is Sense.UPPER:
            return _decide(certainly_at_most(value, bound))
        if self is Sense.LOWER:
            return _decide(certainly_at_most(bound, value))
        if isinstance(value, Exact) and isinstance(bound, Exact):
            below, above = certainly_at_most(value, bound), certainly_at_most(bound, value)
            equal = below and above
            if equal or (equal is not None and not approximate):
                return _decide(equal)
        margin = abs(bound.ball) * ball(resolution or 0)
        low, high = Enclosure(bound.ball - margin), Enclosure(bound.ball + margin)
        if certainly_at_most(low, value) and certainly_at_most(value, high):
            return Comparison.HOLDS
        band = low.ball.union(high.ball)
        inside = band if approximate or isinstance(bound, Asymptotic) else bound.ball
        return Comparison.UNDECIDED if value.ball.overlaps(inside) else Comparison.FAILS

    def vacuous(self, bound: Value, trivial: Value | None) -> bool | None:
        """Return whether `bound` says no more than `trivial`, which always holds.

        None where what is known of the two does not decide it. What is not known to be finite is
        never said to be worth something.

        >>> nothing = Enclosure(ball(1) / 0)
        >>> Sense.UPPER.vacuous(nothing, None), Sense.EQUAL.vacuous(nothing, None)
        (None, None)
        >>> half, one = Enclosure.of(Fraction(1, 2)), Enclosure.of(1)
        >>> Sense.UPPER.vacuous(half, one), Sense.UPPER.vacuous(one, one)
        (False, True)
        """
        answer: bool | None = False
        if trivial is not None and self is Sense.UPPER:
            answer = certainly_at_most(trivial, bound)
        elif trivial is not None and self is Sense.LOWER:
            answer = certainly_at_most(bound, trivial)
        sides = (bound,) if trivial is None else (bound, trivial)
        # What a user reads is the pair of floats around each number.
        known = all(math.isfinite(end) for side in sides for end in (side.lower, side.upper))
        return answer if known or answer else None


def _decide(answer: bool | None) -> Comparison:
    if answer is None:
        return Comparison.UNDECIDED
    return Comparison.HOLDS if answer else Comparison.FAILS

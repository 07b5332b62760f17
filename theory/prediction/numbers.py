"""Floats with errors as values that say how they are known."""

from __future__ import annotations

from dataclasses import dataclass

from flint import arb

from depthlaw.theory.values import Enclosure, Numeric, Value


@dataclass(frozen=True)
class Numbers:
    """Makes values: enclosures where everything before was proved.

    >>> Numbers(True)(0.5, 0.25).contains(0.75), Numbers(False)(0.5, 0.25).upper
    (True, 0.75)
    """

    proved: bool

    def __call__(self, value: float, error: float) -> Value:
        """Return value ± error."""
        if self.proved:
            return Enclosure(arb(value, error))
        return Numeric(value, error)

    def of_ball(self, ball: arb) -> Value:
        """Return what is known of a ball."""
        if self.proved:
            return Enclosure(ball)
        return Numeric(float(ball.mid()), float(ball.rad()))

"""Gaussian expectations of functions that are analytic on each of finitely many intervals."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import pairwise

from flint import acb, arb

from depthlaw.theory.rigorous.balls import Number, ball
from depthlaw.theory.rigorous.holomorphic import Holomorphic
from depthlaw.theory.rigorous.integrate import integral


@dataclass(frozen=True)
class Segment:
    """A function on [`lower`, `upper`], a finite interval, analytic but at single points.

    `mass` bounds the integral of its absolute value over an interval inside; without it the values
    of `function` do.
    """

    lower: arb
    upper: arb
    function: Holomorphic
    mass: Callable[[arb, arb], arb] | None = None

    def mass_between(self, lower: arb, upper: arb) -> arb:
        """Return an upper bound on ∫|f| over an interval inside."""
        if self.mass is not None:
            return self.mass(lower, upper)
        value = self.function(acb(lower.union(upper)), False)
        size = value.abs_upper() if value.is_finite() else arb.pos_inf()
        return ((upper - lower) * size).abs_upper()


def gaussian_weight(z: acb) -> acb:
    """Return the Gaussian density at a complex ball."""
    return (-z * z / 2).exp() / (2 * acb.pi()).sqrt()


def expectation(segments: Iterable[Segment], tail: Number) -> arb:
    """Return a ball that contains E φ(x), x ~ N(0, 1).

    Parameters
    ----------
    segments
        φ between its breakpoints, on an interval [−R, R].
    tail
        An upper bound on |E[φ(x); |x| > R]|, which is added to the ball.

    Examples
    --------
    >>> square = Segment(arb(-20), arb(20), lambda z, analytic: z * z)
    >>> abs(expectation([square], tail=0) - 1) < arb("1e-12")
    True
    """
    total = arb(0)
    for segment in segments:

        def weighted(z: acb, analytic: bool, segment: Segment = segment) -> acb:
            return segment.function(z, analytic) * gaussian_weight(z)

        # Pieces of unit length keep wide balls, on which a pole looks near, out of the first try.
        for lower, upper in _unit_pieces(segment.lower, segment.upper):
            total += integral(weighted, lower, upper)
    return total + arb(0, ball(tail).abs_upper())


def _unit_pieces(lower: arb, upper: arb) -> list[tuple[arb, arb]]:
    count = max(1, int((upper - lower).upper().ceil().unique_fmpz()))
    ends = [lower + (upper - lower) * i / count for i in range(count)] + [upper]
    return list(pairwise(ends))

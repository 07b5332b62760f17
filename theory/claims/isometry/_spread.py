"""Which numbers of given sum and sum of squares have the largest, and the smallest, product.

Those of which n − 1 are b and one is a: log x lies on one side of the parabola that touches it at b
and meets it at a, and the sum of a parabola over such numbers depends on the two sums alone.
"""

from __future__ import annotations

import sympy as sp

from depthlaw.theory.claim import Identity, TouchingParabola
from depthlaw.theory.writing.symbols import n

_x = sp.Symbol("x", positive=True)


def parabola(meets: sp.Expr, touches: sp.Expr, *, below: bool = False) -> TouchingParabola:
    """Return that log x is at least the parabola for x ≥ a = `meets`, or at most for x ≤ a."""
    side = "below" if below else "above"
    where = "x ≤ a" if below else "x ≥ a"
    return TouchingParabola(
        f"for {where}, log x lies {side} the parabola that touches it at b and meets it at a",
        sp.log(_x),
        _x,
        meets,
        touches,
        below,
    )


def at_extreme(rule: TouchingParabola, first: sp.Expr, second: sp.Expr) -> Identity:
    """Return the sum of the parabola, from Σ (x_i − b) = `first` and Σ (x_i − b)² = `second`."""
    f, x, a, b = rule.function, rule.variable, rule.meets, rule.touches
    constant, slope, bend, one, two = sp.symbols("q_0 q_1 q_2 D_1 D_2", real=True)
    given = {
        constant: f.subs(x, b),
        slope: sp.diff(f, x).subs(x, b),
        bend: rule.curvature,
        one: first,
        two: second,
    }
    return Identity(
        "the sum of the parabola, from Σ (x_i − b) and Σ (x_i − b)²: that of the logarithms where "
        "n − 1 numbers are b and one is a",
        sp.Subs(n * constant + slope * one + bend * two, tuple(given), tuple(given.values())),
        f.subs(x, a) + (n - 1) * f.subs(x, b),
    )

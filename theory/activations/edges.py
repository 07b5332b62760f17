"""Next to the end of a piece where a formula is not analytic: |φ| ≤ M |x − e|^{−a}."""

from __future__ import annotations

from dataclasses import dataclass

import sympy as sp
from flint import arb

from depthlaw.theory.rigorous.quotient import Quotient
from depthlaw.theory.rigorous.ranges import real_range
from depthlaw.theory.rigorous.zero import ball_of, sign_of
from depthlaw.theory.writing.variable import X


@dataclass(frozen=True)
class Edge:
    """|φ(x)| ≤ `size` |x − e|^{−`exponent`} on an interval with end e, of length at most 1."""

    size: arb
    exponent: sp.Rational

    def mass(self, width: arb) -> arb:
        """Return a bound on the integral of |φ| over an interval of this width at e."""
        a = ball_of(self.exponent)
        return self.size * width ** (1 - a) / (1 - a) if a < 1 else arb.pos_inf()


def edge(e: sp.Expr, end: sp.Expr, interval: arb) -> Edge | None:
    """Bound a formula on an interval of length at most 1 next to `end`, or return None.

    >>> edge(X ** sp.Rational(-1, 4), sp.Integer(0), arb(0.5, 0.5)).exponent
    1/4
    """
    values = real_range(e, X, interval)
    if values.is_finite():
        return Edge(abs(values).upper(), sp.Integer(0))
    if e.is_Add or e.is_Mul:
        parts = [edge(part, end, interval) for part in e.args]
        found = [part for part in parts if part is not None]
        if len(found) < len(parts):
            return None
        if e.is_Add:
            total = sum((part.size for part in found), start=arb(0))
            return Edge(total, max(part.exponent for part in found))
        size = arb(1)
        for part in found:
            size *= part.size
        return Edge(size, sum((part.exponent for part in found), start=sp.Integer(0)))
    if e.is_Pow and e.exp.is_Rational:
        if e.exp > 0:
            inner = edge(e.base, end, interval)
            if inner is None:
                return None
            return Edge(inner.size ** ball_of(e.exp), inner.exponent * e.exp)
        return _root(e, end, interval)
    return None


def _root(e: sp.Expr, end: sp.Expr, interval: arb) -> Edge | None:
    """Bound a negative power of what has a simple zero at `end`."""
    slope = real_range(sp.diff(e.base, X), X, interval)
    if e.base.has(Quotient) or not slope.is_finite() or slope.contains(0):
        return None
    if sign_of(e.base.subs(X, end)) != 0:
        return None
    return Edge(abs(slope).lower() ** ball_of(e.exp), -e.exp)

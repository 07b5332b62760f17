"""How fast a function may grow: |φ(x)| ≤ A exp(B|x| + C x²) on the real line.

B and C come from the formula far out (`depthlaw.theory.activations.tails`), A from there and from
the values up to there. With C < 1/4 the function is square-integrable against the Gaussian weight,
and what an integral leaves out beyond |x| > R has an explicit bound.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

import sympy as sp
from flint import arb

from depthlaw.theory.activations.domain import NOT_INTEGRABLE
from depthlaw.theory.activations.edges import edge
from depthlaw.theory.activations.envelopes import Envelope, Tail
from depthlaw.theory.activations.piece import Piece, Pieces
from depthlaw.theory.activations.sign_changes import REACH
from depthlaw.theory.activations.tails import tail
from depthlaw.theory.errors import ArgumentError
from depthlaw.theory.rigorous.balls import Number, ball, precision
from depthlaw.theory.rigorous.ranges import real_range
from depthlaw.theory.rigorous.zero import ball_of
from depthlaw.theory.writing.variable import X

_UNCERTAIN = (
    "no bound A exp(B|x| + C x²) with C < 1/4 was found for it, so that it is not known "
    "to be square-integrable against the Gaussian weight"
)


class NotSquareIntegrableError(ArgumentError):
    """The function is certainly not square-integrable against the Gaussian weight."""


@dataclass(frozen=True)
class GrowthBound:
    """|φ(x)| ≤ `scale` · exp(`linear` |x| + `quadratic` x²) for all real x with |x| ≥ `start`.

    `start` is above 0 only where φ is square-integrable but not bounded next to a breakpoint.

    >>> bound = growth_bound((Piece(-sp.oo, sp.oo, X * sp.exp(X)),))
    >>> bool(abs(5 * math.exp(5)) <= bound.scale * math.exp(5 * bound.linear))
    True
    """

    scale: float
    linear: float
    quadratic: float
    start: float = 0.0

    def square_beyond(self, radius: Number) -> arb:
        """Return an upper bound on E[φ(x)²; |x| > `radius`], x ~ N(0, 1).

        With w = 1 − 4C the bound is A² w^{−1/2} e^{2B²/w} erfc((R − 2B/w)√(w/2)), by completing the
        square.
        """
        A, B, C = ball(self.scale), ball(self.linear), ball(self.quadratic)
        w = 1 - 4 * C
        R = ball(radius)
        tail = A * A / w.sqrt() * (2 * B * B / w).exp() * ((R - 2 * B / w) * (w / 2).sqrt()).erfc()
        return tail.upper()

    def radius(self, bits: int) -> Fraction:
        """Return R with E[φ²; |x| > R] ≤ 4^{−`bits`}."""
        R = Fraction(max(1, math.ceil(2 * self.linear), math.ceil(self.start)))
        goal = arb(2) ** (-2 * bits)
        while not self.square_beyond(R) < goal:
            R += Fraction(1, 2)
        return R

    def times(self, factor: float) -> GrowthBound:
        """Return the bound of a multiple of φ."""
        scale = _up(ball(self.scale) * abs(ball(factor)))
        return GrowthBound(scale, self.linear, self.quadratic, self.start)


def _up(value: arb) -> float:
    upper = value.upper()
    try:
        number = float(upper)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise ArgumentError("expression", "a formula with numbers above 10³⁰⁸", "scale it down")
    return number if arb(number) >= upper else math.nextafter(number, math.inf)


@lru_cache(maxsize=256)
def growth_bound(pieces: Pieces) -> GrowthBound:
    """Return a growth bound of a piecewise function.

    Raises
    ------
    NotSquareIntegrableError
        If it is certainly not square-integrable against the Gaussian weight.
    ArgumentError
        If it could not be shown to be.
    """
    with precision(64):
        parts = [_Part(piece) for piece in pieces]
        linear = max((part.linear for part in parts), default=0.0)
        quadratic = max((part.quadratic for part in parts), default=0.0)
        if not quadratic < 0.25:
            raise ArgumentError("expression", pieces[0].expression, _UNCERTAIN)
        inner = [part.inner(linear, quadratic) for part in parts]
        scale = max(arb(0), *(s for part in parts for s in part.scales), *(s for s, _ in inner))
        return GrowthBound(_up(scale), linear, quadratic, max(start for _, start in inner))


class _Part:
    """One piece: its ends far out, and what lies between them."""

    def __init__(self, piece: Piece) -> None:
        self.piece = piece
        self.linear, self.quadratic = 0.0, 0.0
        self.scales: list[arb] = []
        self.ends: list[arb] = []
        for end, other, side in ((piece.lower, piece.upper, -1), (piece.upper, piece.lower, 1)):
            if end.is_finite:
                self.ends.append(ball_of(end))
                continue
            near = REACH if other.is_infinite else max(REACH, int(sp.ceiling(abs(sp.N(other)))) + 1)
            self._outer(tail(piece.expression, side, arb(near)), arb(near))
            self.ends.append(arb(side * near))

    def _outer(self, found: Tail, near: arb) -> None:
        if found.huge or _too_steep(found.lower):
            raise NotSquareIntegrableError("expression", self.piece.expression, NOT_INTEGRABLE)
        upper = found.upper
        if upper is None:
            raise ArgumentError("expression", self.piece.expression, _UNCERTAIN)
        # t^d ≤ (d/(eδ))^d e^{δt}
        d = upper.power.upper().max(arb(0))
        delta = d.sqrt().max(arb(1)) if d > 0 else arb(0)
        scale = upper.scale * ((d / (delta * arb(1).exp())) ** d if d > 0 else 1)
        if d > 0 and upper.linear < 0:
            delta = delta.min(arb(1))
        linear = (upper.linear + delta).upper()
        self.scales.append(scale.upper())
        self.linear = max(self.linear, _up(linear.max(arb(0))))
        self.quadratic = max(self.quadratic, _up(upper.quadratic.max(arb(0))))

    def inner(self, linear: float, quadratic: float) -> tuple[arb, float]:
        """Return a bound on |φ| e^{−B|x| − Cx²} between the ends, and from which |x| it holds."""
        low, high = self.ends
        if not low < high:
            return arb(0), 0.0
        if not self.piece.expression.has(X):
            return abs(ball_of(self.piece.expression)).upper(), 0.0
        worst, start = arb(0), 0.0
        todo, seen = [(low, high, 0)], 0
        while todo:
            seen += 1
            left, right, depth = todo.pop()
            span = left.union(right)
            nearest = span.abs_lower()
            shrink = (-ball(linear) * nearest - ball(quadratic) * nearest**2).exp()
            size = abs(real_range(self.piece.expression, X, span)).upper() * shrink
            if size.is_finite() and (size <= 2 * worst or depth >= _FINE):
                worst = worst.max(size.upper())
                continue
            if seen > _MOST:
                where = ((left + right) / 2).str(4, radius=False)
                raise ArgumentError(
                    "expression",
                    self.piece.expression,
                    f"no bound was found for it near x = {where}",
                )
            if depth >= _FINEST:
                self._unbounded(left, right)
                start = max(start, _up(abs(span).upper()) + 1)
                continue
            middle = arb(((left + right) / 2).mid())
            todo += [(left, middle, depth + 1), (middle, right, depth + 1)]
        return worst, start

    def _unbounded(self, left: arb, right: arb) -> None:
        """Refuse the piece unless it is square-integrable next to its end, if that is in reach."""
        formula = self.piece.expression
        for end, place in zip((self.piece.lower, self.piece.upper), (left, right), strict=True):
            if end.is_finite and place.overlaps(ball_of(end)):
                found = edge(formula, end, left.union(right))
                if found is None:
                    break
                if 2 * found.exponent < 1:
                    return
                certain = not formula.is_Add
                kind = NotSquareIntegrableError if certain else ArgumentError
                raise kind("expression", formula, NOT_INTEGRABLE if certain else _UNCERTAIN)
        where = ((left + right) / 2).str(4, radius=False)
        raise ArgumentError("expression", formula, f"no bound was found for it near x = {where}")


_FINE = 7
"""Halvings of a piece after which a bound on its values is taken as it is."""
_FINEST = 60
_MOST = 4000
"""Intervals after which a bound is given up."""


def _too_steep(lower: Envelope | None) -> bool:
    """Whether t^d e^{Bt + Ct²} is not square-integrable: C ≥ 1/4, and no decay beside it."""
    if lower is None or not lower.scale > 0:
        return False
    C, B = lower.quadratic, lower.linear
    return bool(C > 0.25 or (C >= 0.25 and (B > 0 or (B >= 0 and lower.power >= -0.5))))

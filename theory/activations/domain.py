"""Where a formula is defined: poles, and what stands under roots and logarithms, on one piece.

A quotient whose numerator vanishes with its denominator is rewritten as a `Quotient`, which knows
that it has no pole. Everything else that leaves the domain is refused, with the place.
"""

from __future__ import annotations

import sympy as sp
from flint import arb

from depthlaw.theory.activations.piece import Piece
from depthlaw.theory.activations.sign_changes import REACH, SignChanges, position
from depthlaw.theory.errors import ArgumentError
from depthlaw.theory.rigorous.balls import precision
from depthlaw.theory.rigorous.quotient import Quotient, value_at
from depthlaw.theory.rigorous.ranges import real_range
from depthlaw.theory.rigorous.zero import ball_of, sign_of
from depthlaw.theory.writing.variable import X

NOT_INTEGRABLE = "it is not square-integrable against the Gaussian weight"
_HIGHEST_ORDER = 8
_NOT_REAL = (sp.I, sp.zoo, sp.nan, sp.oo, -sp.oo)


class _PoleError(Exception):
    """A part of the formula, on its own, has a pole."""

    def __init__(self, part: sp.Expr, place: sp.Expr) -> None:
        self.part, self.place = part, place


def must_be_real(piece: Piece, whole: sp.Expr) -> Piece:
    """Return a piece of a formula if the constants in it are real numbers.

    Raises
    ------
    ArgumentError
        If one is not, as under a root whose sign is the same on the whole piece.
    """
    for node in sp.preorder_traversal(piece.expression):
        if not node.has(X) and (node.has(*_NOT_REAL) or node.is_real is False):
            advice = f"it is not finite and real at x = {_shown(piece.inside)}"
            raise ArgumentError("expression", whole, advice)
    return piece


def settled(piece: Piece) -> Piece:
    """Return a piece whose formula is defined on all of it, removable poles removed.

    Raises
    ------
    ArgumentError
        If the formula is not defined, or not real, somewhere on the piece.

    Examples
    --------
    >>> from depthlaw.theory.activations.piece import whole_line
    >>> (part,) = (settled(p) for p in whole_line(sp.tanh(X) / X))
    >>> part.expression.has(Quotient)
    True
    """
    if not piece.expression.has(X):
        return piece
    try:
        formula = _Domain(piece).regular(piece.expression)
    except _PoleError as pole:
        where = _shown(pole.place)
        raise ArgumentError(
            "expression",
            pole.part,
            f"{NOT_INTEGRABLE}, having a pole at x = {where}"
            if _is_power(pole.part) and _linear_in(piece.expression, pole.part)
            else f"it is not defined at x = {where}",
        ) from None
    return Piece(piece.lower, piece.upper, formula)


def _shown(place: sp.Expr) -> str:
    return str(place) if place.is_Rational else str(sp.N(place, 6))


def _is_power(e: sp.Expr) -> bool:
    return any(f.is_Pow for f in sp.Mul.make_args(e))


def _linear_in(whole: sp.Expr, part: sp.Expr) -> bool:
    """Whether the part is a summand or a factor of the formula, rather than inside a function."""
    if whole == part:
        return True
    if whole.is_Mul or whole.is_Add:
        return any(_linear_in(argument, part) for argument in whole.args)
    return False


class _Domain:
    def __init__(self, piece: Piece) -> None:
        self.lower, self.upper = piece.lower, piece.upper
        self.inside = piece.inside
        self.known: dict[sp.Expr, list[sp.Expr]] = {}

    def regular(self, e: sp.Expr) -> sp.Expr:
        """Return the formula without removable poles."""
        if not e.has(X) or not e.args or isinstance(e, Quotient):
            return e
        try:
            parts = [self.regular(argument) for argument in e.args]
            rebuilt = e.func(*parts) if tuple(parts) != e.args else e
        except _PoleError as pole:
            if e.is_Add or e.is_Mul:
                return self._removed(e, pole)
            raise
        self._check(rebuilt)
        return rebuilt

    def _check(self, e: sp.Expr) -> None:
        if isinstance(e, sp.log):
            self._positive(e, e.args[0], "the logarithm needs an argument above 0")
        elif e.is_Pow and e.base.has(X) and e.exp.is_Rational:
            if not e.exp.is_Integer:
                self._positive(e, e.base, "a root needs an argument above 0")
            elif e.exp < 0:
                for zero in self.zeros(e.base):
                    raise _PoleError(e, zero)

    def _positive(self, e: sp.Expr, u: sp.Expr, need: str) -> None:
        if u.is_positive:
            return
        inside = False
        for zero in self.zeros(u):
            at_end = zero in (self.lower, self.upper)
            if not (at_end and e.is_Pow and e.exp > 0):
                inside = True
        for point in (self.inside, *self._spread()):
            with precision(256):
                middle = real_range(u, X, ball_of(point))
            if middle < 0:
                where = f"it is negative at x = {_shown(point)}"
                raise ArgumentError("expression", e, f"{need}: {where}")
        if inside:
            zero = self.zeros(u)[0]
            raise ArgumentError("expression", e, f"{need}: it is 0 at x = {_shown(zero)}")
        if not middle > 0:
            raise ArgumentError("expression", e, f"{need}: its sign was not found")

    def _spread(self) -> list[sp.Expr]:
        """Return points between which a formula would show another sign."""
        low, high = position(self.lower), position(self.upper)
        points = [sp.Rational(k, 2) for k in range(-8, 9)]
        return [p for p in points if low < p < high]

    def zeros(self, u: sp.Expr) -> list[sp.Expr]:
        """Return the zeros of u on the closed piece."""
        if u not in self.known:
            self.known[u] = self._zeros(u)
        return self.known[u]

    def _zeros(self, u: sp.Expr) -> list[sp.Expr]:
        if u.is_positive or u.is_negative:
            return []
        with precision(128):
            span = real_range(u, X, _hull(self.lower, self.upper))
        if span > 0 or span < 0:
            return []
        try:
            found = _touching(u, self.lower, self.upper)
        except ArgumentError as error:
            raise ArgumentError(
                "expression", u, f"whether it vanishes is not known: {error.advice}"
            ) from None
        low, high = position(self.lower), position(self.upper)
        places = [zero for zero in found.places if low <= position(zero) <= high]
        places.sort(key=lambda zero: abs(position(zero)))
        for side in found.open_sides:
            end = self.upper if side > 0 else self.lower
            if not places and end.is_infinite:
                raise ArgumentError(
                    "expression", u, f"whether it vanishes beyond |x| = {REACH} is not known"
                )
        return places

    def _removed(self, e: sp.Expr, pole: _PoleError) -> sp.Expr:
        """Return a sum or product without its removable poles."""
        top, bottom = sp.fraction(sp.together(e))
        if not bottom.has(X):
            raise pole
        top, factors = self.regular(top), []
        for factor in sp.Mul.make_args(bottom):
            base, power = factor.as_base_exp()
            if not (power.is_Integer and power > 0):
                base, power = factor, sp.Integer(1)
            base = self.regular(base)
            for zero in self.zeros(base):
                base, top, power = self._divide(e, base, top, power, zero)
            factors.append(base**power)
        return top / sp.Mul(*factors)

    def _divide(
        self, e: sp.Expr, base: sp.Expr, top: sp.Expr, power: sp.Expr, zero: sp.Expr
    ) -> tuple[sp.Expr, sp.Expr, sp.Expr]:
        """Divide the denominator and the numerator by x − zero, as often as the former vanishes."""
        for _ in range(_HIGHEST_ORDER):
            if not _vanishes(base, zero):
                return base, top, power
            for _ in range(int(power)):
                if not _vanishes(top, zero):
                    raise _PoleError(e, zero)
                top = _divided(top, zero)
            base = _divided(base, zero)
        raise _PoleError(e, zero)


def _vanishes(formula: sp.Expr, place: sp.Expr) -> bool:
    sign = sign_of(value_at(formula, X, place))
    if sign is None:
        advice = f"whether it is 0 at x = {_shown(place)} is not decided"
        raise ArgumentError("expression", formula, advice)
    return sign == 0


def _divided(formula: sp.Expr, zero: sp.Expr) -> sp.Expr:
    """Return u/(x − zero) for a formula u that vanishes there, as a formula without a pole."""
    if formula.is_polynomial(X):
        quotient, _ = sp.div(sp.Poly(formula, X, extension=None), sp.Poly(X - zero, X))
        return sp.expand(quotient.as_expr())
    if formula.is_Mul:
        for factor in formula.args:
            if factor.has(X) and _vanishes(factor, zero):
                return _divided(factor, zero) * (formula / factor)
    return Quotient.of(formula, X, zero)


def _touching(u: sp.Expr, lower: sp.Expr, upper: sp.Expr) -> SignChanges:
    """Return all zeros of u, also those where it keeps its sign: `SignChanges` lists both."""
    if u.is_nonnegative or u.is_nonpositive:
        return SignChanges.isolated(u, lower, upper)
    return SignChanges.of(u, lower, upper)


def _hull(lower: sp.Expr, upper: sp.Expr) -> arb:
    if lower.is_infinite or upper.is_infinite:
        return arb.nan()
    return ball_of(lower).union(ball_of(upper))

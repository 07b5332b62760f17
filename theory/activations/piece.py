"""A function on the line as finitely many pieces, each a formula that is analytic on its interval.

Absolute values, signs, maxima and minima are resolved into pieces, because quadrature must be split
at their kinks and because a formula without them extends to the complex plane.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

import sympy as sp

from depthlaw.theory.activations.sign_changes import REACH, SignChanges, in_order, position
from depthlaw.theory.errors import ArgumentError
from depthlaw.theory.rigorous.balls import precision
from depthlaw.theory.rigorous.quotient import written
from depthlaw.theory.rigorous.ranges import real_range
from depthlaw.theory.rigorous.zero import ball_of
from depthlaw.theory.writing.variable import X as X


@dataclass(frozen=True)
class Piece:
    """`expression` (in `X`) on the open interval (`lower`, `upper`); the ends may be infinite."""

    lower: sp.Expr
    upper: sp.Expr
    expression: sp.Expr

    @property
    def inside(self) -> sp.Expr:
        """A rational point of the open interval, with a short denominator."""
        if self.lower.is_infinite and self.upper.is_infinite:
            return sp.Integer(0)
        low, high = position(self.lower), position(self.upper)
        if self.lower.is_infinite:
            return sp.Integer(sp.ceiling(high)) - 1
        if self.upper.is_infinite:
            return sp.Integer(sp.floor(low)) + 1
        middle, scale = (low + high) / 2, sp.Integer(1)
        while True:
            point = sp.Rational(sp.floor(middle * scale), scale)
            if low < point < high:
                return point
            scale *= 2


Pieces = tuple[Piece, ...]


def whole_line(expression: sp.Expr) -> Pieces:
    """Return the single piece of a formula that holds everywhere."""
    return (Piece(-sp.oo, sp.oo, expression),)


def joined(pieces: Iterable[Piece]) -> Pieces:
    """Merge neighbours that carry the same formula.

    >>> joined([Piece(-sp.oo, sp.S(0), X), Piece(sp.S(0), sp.oo, X)]) == whole_line(X)
    True
    """
    merged: list[Piece] = []
    for piece in pieces:
        if merged and merged[-1].expression == piece.expression:
            merged[-1] = Piece(merged[-1].lower, piece.upper, piece.expression)
        else:
            merged.append(piece)
    return tuple(merged)


def breakpoints(pieces: Pieces) -> tuple[sp.Expr, ...]:
    """Return the inner end points, increasing."""
    return tuple(piece.upper for piece in pieces[:-1])


def at(pieces: Pieces, inside: sp.Expr) -> sp.Expr:
    """Return the formula that holds around the point `inside`, which is no breakpoint."""
    for piece in pieces[:-1]:
        if position(inside) < position(piece.upper):
            return piece.expression
    return pieces[-1].expression


def refine(*functions: Pieces) -> list[Piece]:
    """Return the common refinement: one interval each, carrying the formulas as a SymPy tuple."""
    cuts = in_order(cut for pieces in functions for cut in breakpoints(pieces))
    ends = [-sp.oo, *cuts, sp.oo]
    result = []
    for lower, upper in pairwise(ends):
        middle = Piece(lower, upper, sp.Integer(0)).inside
        formulas = sp.Tuple(*(at(pieces, middle) for pieces in functions))
        result.append(Piece(lower, upper, formulas))
    return result


def to_expression(pieces: Pieces) -> sp.Expr:
    """Return one SymPy expression: the formula itself, or a `Piecewise`."""
    if len(pieces) == 1:
        return written(pieces[0].expression)
    inner = [
        (written(piece.expression), sp.StrictGreaterThan(piece.upper, X, evaluate=False))
        for piece in pieces[:-1]
    ]
    return sp.Piecewise(*inner, (written(pieces[-1].expression), True))


def from_expression(expression: sp.Expr) -> Pieces:
    """Split `expression` (in `X`) into pieces.

    Kinks that no formula gives are enclosed as far as |x| = `REACH`. Where there may be more of
    them beyond, the formula keeps its absolute value, maximum or sign there.

    Raises
    ------
    ArgumentError
        If the places where an argument of abs, sign, max or min changes its sign cannot be found.

    Examples
    --------
    >>> [piece.expression for piece in from_expression(sp.Max(X, 0))]
    [0, x]
    """
    return joined(_split(expression, -sp.oo, sp.oo, frozenset()))


def _split(
    expression: sp.Expr, lower: sp.Expr, upper: sp.Expr, kept: frozenset[sp.Basic]
) -> list[Piece]:
    special = _innermost_special(expression, kept)
    if special is None:
        return [Piece(lower, upper, expression)]
    cuts, open_sides = _cuts(special, lower, upper)
    inner = [cut for cut in cuts if position(lower) < position(cut) < position(upper)]
    outer = {side: sp.Integer(side * REACH) for side in open_sides}
    if outer and isinstance(special, _JUMPING) and not inner:
        raise ArgumentError(
            "expression", special, f"whether it jumps somewhere beyond |x| = {REACH} is not known"
        )
    ends = [lower, *in_order([*inner, *(c for c in outer.values() if lower < c < upper)]), upper]
    result: list[Piece] = []
    for low, high in pairwise(ends):
        beyond = (-1 in outer and position(high) <= -REACH) or (
            1 in outer and position(low) >= REACH
        )
        if beyond:
            result += _split(expression, low, high, kept | {special})
            continue
        inside = _generic(_differences(special), low, high)
        try:
            branch = expression.xreplace({special: _resolve(special, inside)})
        except (TypeError, ValueError):
            # Numbers that are not real have no maximum and no sign.
            advice = f"it is not finite and real at x = {inside}"
            raise ArgumentError("expression", expression, advice) from None
        result += _split(branch, low, high, kept)
    return result


_JUMPING = (sp.sign, sp.Heaviside, sp.Piecewise)
_SPECIAL = (sp.Abs, sp.Max, sp.Min, *_JUMPING)


def slope(expression: sp.Expr) -> sp.Expr:
    """Return the derivative of a formula between its kinks.

    >>> slope(sp.sign(sp.sin(X)) + X)
    1
    """
    found = sp.diff(expression, X)
    if not found.has(sp.DiracDelta):
        return found
    return found.replace(sp.DiracDelta, lambda *_: sp.Integer(0))


def is_resolved(expression: sp.Expr) -> bool:
    """Whether a formula holds no kinks of its own."""
    return not any(node.has(X) for node in expression.atoms(*_SPECIAL))


def may_jump(expression: sp.Expr) -> bool:
    """Whether a formula that kept its kinks holds a sign or a step."""
    return any(node.has(X) for node in expression.atoms(*_JUMPING))


def _innermost_special(expression: sp.Expr, kept: frozenset[sp.Basic]) -> sp.Basic | None:
    for node in sp.postorder_traversal(expression):
        if isinstance(node, _SPECIAL) and node.has(X) and node not in kept:
            return node
    return None


def _differences(special: sp.Basic) -> list[sp.Expr]:
    """Return the formulas whose signs decide the branch of `special`."""
    if isinstance(special, sp.Piecewise):
        return [
            relation.lhs - relation.rhs
            for _, condition in special.args
            for relation in condition.atoms(sp.core.relational.Relational)
        ]
    if isinstance(special, sp.Max | sp.Min):
        return [a - b for i, a in enumerate(special.args) for b in special.args[i + 1 :]]
    return [special.args[0]]


def _generic(differences: list[sp.Expr], low: sp.Expr, high: sp.Expr) -> sp.Expr:
    """Return a point of an interval at which none of the formulas vanishes, if one is found.

    They keep their signs on it, but one that only touches 0 tells nothing where it does.
    """
    middle = Piece(low, high, sp.Integer(0)).inside
    others = (Piece(*ends, sp.Integer(0)).inside for ends in ((middle, high), (low, middle)))
    for point in (middle, *others):
        with precision(128):
            at = ball_of(point)
            values = [real_range(difference, X, at) for difference in differences]
        if not any(value.contains(0) for value in values):
            return point
    return middle


def _cuts(special: sp.Basic, lower: sp.Expr, upper: sp.Expr) -> tuple[set[sp.Expr], set[int]]:
    """Return where the branch of `special` changes, and the sides on which that is not known."""
    cuts: set[sp.Expr] = set()
    open_sides: set[int] = set()
    for difference in _differences(special):
        found = SignChanges.of(difference, lower, upper)
        cuts |= set(found.places)
        open_sides |= found.open_sides
    return cuts, open_sides


def _resolve(special: sp.Basic, inside: sp.Expr) -> sp.Expr:
    """Return the formula that `special` reduces to around the point `inside`."""
    if isinstance(special, sp.Piecewise):
        for formula, condition in special.args:
            if condition.subs(X, inside) == sp.true:
                return formula
        raise ArgumentError("expression", special, "it must be defined on the whole line")
    if isinstance(special, sp.Max | sp.Min):
        best = special.args[0]
        for other in special.args[1:]:
            above = _is_positive(other - best, inside)
            best = other if above == isinstance(special, sp.Max) else best
        return best
    positive = _is_positive(special.args[0], inside)
    if isinstance(special, sp.Abs):
        return special.args[0] if positive else -special.args[0]
    if isinstance(special, sp.sign):
        return sp.Integer(1 if positive else -1)
    return sp.Integer(1 if positive else 0)


def _is_positive(formula: sp.Expr, inside: sp.Expr) -> bool:
    """Whether a formula is above 0 at a point that is no zero of it, unless it is 0 around it."""
    for bits in (128, 512, 2048):
        with precision(bits):
            value = real_range(formula, X, ball_of(inside))
            if value > 0 or value < 0:
                return bool(value > 0)
    return False

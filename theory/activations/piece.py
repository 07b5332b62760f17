"""A function on the line as finitely many pieces, each a formula that is analytic on its interval.

Absolute values, signs, maxima and minima are resolved into pieces, because quadrature must be split
at their kinks and because a formula without them extends to the complex plane.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import pairwise

import sympy as sp

from depthlaw.theory.errors import ArgumentError

X = sp.Symbol("x", real=True)
"""The argument of every activation."""

_ODD_INCREASING = (sp.tanh, sp.sinh, sp.erf, sp.atan, sp.asinh)


@dataclass(frozen=True)
class Piece:
    """`expression` (in `X`) on the open interval (`lower`, `upper`); the ends may be infinite."""

    lower: sp.Expr
    upper: sp.Expr
    expression: sp.Expr

    @property
    def inside(self) -> sp.Expr:
        """A point of the open interval."""
        if self.lower.is_infinite and self.upper.is_infinite:
            return sp.Integer(0)
        if self.lower.is_infinite:
            return self.upper - 1
        return self.lower + 1 if self.upper.is_infinite else (self.lower + self.upper) / 2


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
        if (inside < piece.upper) == sp.true:
            return piece.expression
    return pieces[-1].expression


def refine(*functions: Pieces) -> list[Piece]:
    """Return the common refinement: one interval each, carrying the formulas as a SymPy tuple."""
    cuts = sorted({cut for pieces in functions for cut in breakpoints(pieces)}, key=_position)
    ends = [-sp.oo, *cuts, sp.oo]
    result = []
    for lower, upper in pairwise(ends):
        middle = Piece(lower, upper, sp.Integer(0)).inside
        formulas = sp.Tuple(*(at(pieces, middle) for pieces in functions))
        result.append(Piece(lower, upper, formulas))
    return result


def _position(point: sp.Expr) -> sp.Expr:
    # Numbers of 50 digits order any two breakpoints that differ; equal ones are one set element.
    return sp.N(point, 50)


def to_expression(pieces: Pieces) -> sp.Expr:
    """Return one SymPy expression: the formula itself, or a `Piecewise`."""
    if len(pieces) == 1:
        return pieces[0].expression
    inner = [(piece.expression, piece.upper > X) for piece in pieces[:-1]]
    return sp.Piecewise(*inner, (pieces[-1].expression, True))


def from_expression(expression: sp.Expr) -> Pieces:
    """Split `expression` (in `X`) into pieces.

    Raises
    ------
    ArgumentError
        If the sign of an argument of abs, sign, max or min cannot be found: it changes infinitely
        often, or is no polynomial.

    Examples
    --------
    >>> [piece.expression for piece in from_expression(sp.Max(X, 0))]
    [0, x]
    """
    special = _innermost_special(expression)
    if special is None:
        return whole_line(expression)
    cuts = sorted(_cuts(special), key=_position)
    ends = [-sp.oo, *cuts, sp.oo]
    result: list[Piece] = []
    for lower, upper in pairwise(ends):
        inside = Piece(lower, upper, expression).inside
        branch = expression.xreplace({special: _resolve(special, inside)})
        for piece in from_expression(branch):
            low, high = sp.Max(lower, piece.lower), sp.Min(upper, piece.upper)
            if (low < high) == sp.true:
                result.append(Piece(low, high, piece.expression))
    return joined(result)


_SPECIAL = (sp.Abs, sp.sign, sp.Max, sp.Min, sp.Heaviside, sp.Piecewise)


def _innermost_special(expression: sp.Expr) -> sp.Basic | None:
    for node in sp.postorder_traversal(expression):
        if isinstance(node, _SPECIAL) and node.has(X):
            return node
    return None


def _cuts(special: sp.Basic) -> set[sp.Expr]:
    if isinstance(special, sp.Piecewise):
        return {
            root
            for _, condition in special.args
            for relation in condition.atoms(sp.core.relational.Relational)
            for root in sign_changes(relation.lhs - relation.rhs)
        }
    if isinstance(special, sp.Max | sp.Min):
        arguments = special.args
        return {
            root
            for i, first in enumerate(arguments)
            for second in arguments[i + 1 :]
            for root in sign_changes(first - second)
        }
    return set(sign_changes(special.args[0]))


def _resolve(special: sp.Basic, inside: sp.Expr) -> sp.Expr:
    """Return the formula that `special` reduces to around the point `inside`."""
    if isinstance(special, sp.Piecewise):
        for formula, condition in special.args:
            if condition.subs(X, inside) == sp.true:
                return formula
        raise ArgumentError("expression", special, "it must be defined on the whole line")
    if isinstance(special, sp.Max | sp.Min):
        order = 1 if isinstance(special, sp.Max) else -1
        return max(special.args, key=lambda argument: order * sp.N(argument.subs(X, inside), 50))
    positive = sp.N(special.args[0].subs(X, inside), 50) > 0
    if isinstance(special, sp.Abs):
        return special.args[0] if positive else -special.args[0]
    if isinstance(special, sp.sign):
        return sp.Integer(1 if positive else -1)
    return sp.Integer(1 if positive else 0)


def _real_roots(polynomial: sp.Poly) -> list[sp.Expr]:
    """Return the real roots in radicals, increasing."""
    if polynomial.degree() == 1:
        slope, constant = polynomial.all_coeffs()
        return [sp.simplify(-constant / slope)]
    if polynomial.domain.is_ZZ or polynomial.domain.is_QQ:
        roots = [root for root, _ in sp.real_roots(polynomial, multiple=False)]
        if not any(root.has(sp.CRootOf) for root in roots):
            return roots
    raise ArgumentError(
        "expression", polynomial.as_expr(), "its roots, which are kinks, have no simple formula"
    )


def _atanh(y: sp.Expr) -> sp.Expr:
    return sp.log((1 + y) / (1 - y)) / 2


_INVERSES: dict[type[sp.Basic], tuple[sp.Expr, sp.Expr, Callable[[sp.Expr], sp.Expr]]] = {
    sp.tanh: (sp.Integer(-1), sp.Integer(1), _atanh),
    sp.exp: (sp.Integer(0), sp.oo, sp.log),
    sp.sinh: (-sp.oo, sp.oo, sp.asinh),
    sp.asinh: (-sp.oo, sp.oo, sp.sinh),
}
"""Increasing functions with their range and inverse."""


def _level(expression: sp.Expr) -> sp.Expr | None:
    """Return u − f⁻¹(y), with the sign changes of a f(u) − a y for an increasing f, or None."""
    constant, rest = expression.as_independent(X, as_Add=True)
    factor, outer = rest.as_independent(X, as_Add=False)
    if outer.func not in _INVERSES:
        return None
    lower, upper, inverse = _INVERSES[outer.func]
    y = -constant / factor
    inside = bool(y > lower) and bool(y < upper)
    return outer.args[0] - inverse(y) if inside else sp.Integer(0)


def sign_changes(expression: sp.Expr) -> list[sp.Expr]:
    """Return the points where `expression` may change its sign, increasing.

    Raises
    ------
    ArgumentError
        If they cannot be found exactly.

    Examples
    --------
    >>> sign_changes(sp.tanh(X**2 - 2))
    [-sqrt(2), sqrt(2)]
    """
    if not expression.has(X) or expression.is_nonnegative or expression.is_nonpositive:
        return []
    if isinstance(expression, _ODD_INCREASING):
        return sign_changes(expression.args[0])
    if expression.is_Mul:
        return sorted(
            {root for factor in expression.args for root in sign_changes(factor)}, key=_position
        )
    if expression.is_polynomial(X):
        return _real_roots(sp.Poly(expression, X))
    level = _level(expression)
    if level is not None:
        return sign_changes(level)
    raise ArgumentError(
        "expression",
        expression,
        "abs, sign, step, max and min need arguments that change sign at roots of polynomials",
    )

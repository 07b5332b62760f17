"""Where a formula changes its sign: exact places where formulas give them, else enclosed ones."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

import sympy as sp
from flint import arb

from depthlaw.theory.activations.roots import named_root, roots_between
from depthlaw.theory.activations.tails import tail
from depthlaw.theory.errors import ArgumentError, DepthlawError
from depthlaw.theory.writing.variable import X as X

REACH = 24
"""How far out kinks without a formula are looked for: beyond is e^{−288} of the mass."""


_ODD_INCREASING = (sp.tanh, sp.sinh, sp.erf, sp.atan, sp.asinh)


def position(point: sp.Expr) -> sp.Expr:
    """Return a place on the line to 50 digits."""
    return point if point.is_infinite else sp.N(point, 50)


def in_order(cuts: Iterable[sp.Expr]) -> list[sp.Expr]:
    """Return distinct places on the line, increasing.

    Raises
    ------
    DepthlawError
        If two of them agree in 40 digits, which does not tell whether they are one.
    """
    found = sorted(set(cuts), key=position)
    for left, right in pairwise(found):
        if position(right) - position(left) < sp.Rational(1, 10**40) * (1 + abs(position(left))):
            raise DepthlawError(f"two kinks near x = {position(left).n(6)} cannot be told apart")
    return found


def _real_roots(polynomial: sp.Poly) -> list[sp.Expr]:
    """Return the real roots, increasing: in radicals where they have short ones."""
    if polynomial.degree() == 1:
        slope, constant = polynomial.all_coeffs()
        return [sp.simplify(-constant / slope)]
    if polynomial.domain.is_ZZ or polynomial.domain.is_QQ:
        roots = [root for root, _ in sp.real_roots(polynomial, multiple=False)]
        return [_named(root) if root.has(sp.CRootOf) else root for root in roots]
    raise DepthlawError("no formula")


def _named(root: sp.Expr) -> sp.Expr:
    """Return an algebraic number as the root of its polynomial in a bracket that isolates it."""
    (algebraic,) = root.atoms(sp.CRootOf)
    interval = algebraic._get_interval().refine_size(sp.Rational(1, 2**20))
    found = named_root(algebraic.poly.as_expr(X), sp.Rational(interval.a), sp.Rational(interval.b))
    return root.xreplace({algebraic: found})


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


@dataclass(frozen=True)
class SignChanges:
    """Where a formula may change its sign on an interval.

    Attributes
    ----------
    places
        All such places, or all up to |x| = `REACH`.
    open_sides
        The sides, 1 and −1, on which there may be more beyond.
    """

    places: tuple[sp.Expr, ...] = ()
    open_sides: frozenset[int] = frozenset()

    @classmethod
    def of(cls, formula: sp.Expr, lower: sp.Expr = -sp.oo, upper: sp.Expr = sp.oo) -> SignChanges:
        """Find them.

        Raises
        ------
        ArgumentError
            If they cannot be found.

        Examples
        --------
        >>> SignChanges.of(sp.tanh(X**2 - 2)).places
        (-sqrt(2), sqrt(2))
        """
        if not formula.has(X) or formula.is_nonnegative or formula.is_nonpositive:
            return cls()
        if isinstance(formula, _ODD_INCREASING):
            return cls.of(formula.args[0], lower, upper)
        if formula.is_Mul:
            parts = [cls.of(factor, lower, upper) for factor in formula.args]
            places = in_order(place for part in parts for place in part.places)
            return cls(tuple(places), frozenset().union(*(part.open_sides for part in parts)))
        try:
            if formula.is_polynomial(X):
                return cls(tuple(_real_roots(sp.Poly(formula, X))))
        except DepthlawError:
            pass
        level = _level(formula)
        if level is not None:
            return cls.of(level, lower, upper)
        squared = _squared_wave(formula)
        if squared is not None:
            return cls.of(squared, lower, upper)
        if isinstance(formula, sp.sin | sp.cos) and _is_linear(formula.args[0]):
            return cls(_of_wave(formula), frozenset({-1, 1}))
        try:
            return cls.isolated(formula, lower, upper)
        except DepthlawError as error:
            reason = error.advice if isinstance(error, ArgumentError) else str(error)
            raise ArgumentError(
                "expression", formula, f"where it changes its sign was not found: {reason}"
            ) from None

    @classmethod
    def isolated(cls, formula: sp.Expr, lower: sp.Expr, upper: sp.Expr) -> SignChanges:
        """Find them by enclosures, as far as |x| = `REACH`."""
        low, high = _outside(lower, -1), _outside(upper, 1)
        open_sides = frozenset(
            side
            for side, end in ((-1, lower), (1, upper))
            if end.is_infinite and tail(formula, side, arb(REACH)).sign == 0
        )
        places = [] if low >= high else roots_between(formula, low, high)
        return cls(tuple(places), open_sides)


def _of_wave(formula: sp.Expr) -> tuple[sp.Expr, ...]:
    """Return the zeros of sin(ax + b) or cos(ax + b) with |x| ≤ `REACH`."""
    a, b = sp.Poly(formula.args[0], X).all_coeffs()
    shift = sp.Integer(0) if isinstance(formula, sp.sin) else sp.pi / 2
    ends = sorted(((a * side * REACH + b - shift) / sp.pi for side in (-1, 1)), key=position)
    first, last = int(sp.ceiling(ends[0])), int(sp.floor(ends[1]))
    if last - first > _MOST_WAVES:
        raise ArgumentError(
            "expression", formula, f"it has {last - first} zeros up to x = ±{REACH}"
        )
    places = ((sp.pi * k + shift - b) / a for k in range(first, last + 1))
    return tuple(in_order(sp.expand(place) for place in places))


_MOST_WAVES = 400


def _is_linear(u: sp.Expr) -> bool:
    return bool(u.is_polynomial(X)) and sp.Poly(u, X).degree() == 1


def _squared_wave(formula: sp.Expr) -> sp.Expr | None:
    """Return the wave whose square is a multiple of 1 ± cos u or 1 ± sin u, or None."""
    constant, rest = formula.as_independent(X, as_Add=True)
    factor, outer = rest.as_independent(X, as_Add=False)
    if not isinstance(outer, sp.sin | sp.cos) or constant**2 != factor**2:
        return None
    u = outer.args[0] if isinstance(outer, sp.cos) else sp.pi / 2 - outer.args[0]
    return sp.sin(u / 2) if constant == -factor else sp.sin(sp.expand((u + sp.pi) / 2))


def _outside(end: sp.Expr, side: int) -> Fraction:
    """Return a rational next to an end, not inside, and not beyond `REACH`."""
    if end.is_infinite:
        return Fraction(side * REACH)
    if end.is_Rational:
        found = Fraction(int(end.p), int(end.q))
    else:
        found = Fraction(int(sp.floor(position(end) * 2**40)) + (side > 0), 2**40)
    return max(Fraction(-REACH), min(Fraction(REACH), found))

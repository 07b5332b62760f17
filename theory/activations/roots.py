"""Where a formula changes its sign on an interval: all places, each exact or as a named root."""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache
from itertools import pairwise
from typing import Any

import sympy as sp
from flint import arb, ctx

from depthlaw.theory.errors import DepthlawError
from depthlaw.theory.rigorous.balls import ball, precision
from depthlaw.theory.rigorous.number import BallNumber
from depthlaw.theory.rigorous.quotient import bound_symbol, value_at
from depthlaw.theory.rigorous.ranges import between, real_range
from depthlaw.theory.rigorous.zero import sign_of
from depthlaw.theory.writing.variable import X

_BITS = 160
_NARROW = Fraction(1, 2**24)
_MOST = 6000
_SHARED = 2**16


class Root(BallNumber):
    """The one zero of f in [`low`, `high`], where f changes its sign.

    It has no formula, but a ball around it is computed at whatever precision is in force.

    >>> root = Root.of(X**3 - X - 1, sp.Integer(1), sp.Integer(2))
    >>> bool((root.as_ball() ** 3 - root.as_ball() - 1).contains(0))
    True
    """

    @classmethod
    def of(cls, formula: sp.Expr, low: sp.Rational, high: sp.Rational) -> Root:
        """Return the zero of a formula in `X`, monotone on [low, high]."""
        z = bound_symbol(formula)
        return cls(sp.Lambda(z, formula.xreplace({X: z})), low, high)

    def as_ball(self) -> arb:
        """Return a ball that contains the root, at the working precision."""
        bits = next((size for size in _SIZES if size >= ctx.prec), ctx.prec)
        return +_located(self, bits)

    def _eval_is_positive(self) -> bool | None:
        return True if self.args[1] > 0 else False if self.args[2] <= 0 else None

    def _sympystr(self, printer: Any) -> str:
        with precision(64):
            return str(self.as_ball().str(8, radius=False))

    def _latex(self, printer: Any) -> str:
        return self._sympystr(printer)


def named_root(f: sp.Expr, low: sp.Rational, high: sp.Rational) -> sp.Expr:
    """Return the zero of f in [low, high] so that equal roots of f, −f and f(−x) look equal."""
    if high <= 0:
        return -named_root(f.xreplace({X: -X}), -high, -low)
    return Root.of(-f if f.could_extract_minus_sign() else f, low, high)


def vanishes_at_root(formula: sp.Expr, place: sp.Expr) -> bool:
    """Whether a formula is 0 at ± a `Root` because the formula behind the root is.

    Each summand of the latter is put in as what it equals there, less all others.

    >>> root = Root.of(sp.exp(X) - 2 * X - 2, sp.Integer(1), sp.Integer(2))
    >>> vanishes_at_root(sp.exp(sp.exp(X)) - sp.exp(2 * X + 2), root)
    True
    """
    sign, root = (-1, -place) if (-place).func is Root else (1, place)
    if not isinstance(root, Root):
        return False
    zero = root.args[0].expr.xreplace({root.args[0].variables[0]: sign * X})
    for behind in (zero, sp.expand(zero)):
        if behind.is_polynomial(X) and formula.is_polynomial(X):
            return bool(sp.rem(sp.expand(formula), sp.expand(behind), X) == 0)
        for term in sp.Add.make_args(behind):
            scale = term.as_independent(X, as_Add=False)[0]
            if not term.has(X):
                continue
            part = term / scale
            value = -(behind - term) / scale
            if 0 in (
                sp.expand(formula.xreplace({part: value})),
                sp.expand(formula.subs(part, value)),
            ):
                return True
    return False


_SIZES = (64, 160, 320, 640, 1280, 2560)


@lru_cache(maxsize=1024)
def _located(root: Root, bits: int) -> arb:
    """Enclose a root: halve the bracket, then interval Newton steps."""
    formula = root.args[0].expr.xreplace({root.args[0].variables[0]: X})
    slope = sp.diff(formula, X)
    low, high = (Fraction(int(end.p), int(end.q)) for end in root.args[1:])
    with precision(bits + 40):
        upwards = real_range(formula, X, ball(high)) > 0
        place = ball(low).union(ball(high))
        for _ in range(4 * bits):
            if place.rad() < arb(2) ** -(bits + 8):
                break
            middle = arb(place.mid())
            value = real_range(formula, X, middle)
            steep = real_range(slope, X, place)
            if not steep.contains(0):
                newton = middle - value / steep
                if newton.overlaps(place):
                    shrunk = newton.intersection(place)
                    if shrunk.rad() * 2 < place.rad():
                        place = shrunk
                        continue
            if value > 0 or value < 0:
                left = (value > 0) == upwards
                place = between(place, middle) if left else between(middle, place)
            else:
                break
        return place


def roots_between(f: sp.Expr, low: Fraction, high: Fraction) -> list[sp.Expr]:
    """Return every zero of f in [low, high] where it may change its sign, increasing.

    Parameters
    ----------
    f
        A formula in `X`, analytic on the interval.
    low, high
        The ends.

    Raises
    ------
    DepthlawError
        If somewhere neither its values nor its derivatives tell whether there is one.

    Examples
    --------
    >>> roots_between(sp.exp(X) - 1 - X, Fraction(-3), Fraction(3))
    [0]
    """
    search = _Search(f)
    step = Fraction(1)
    ends = [low]
    while ends[-1] + step < high:
        ends.append(Fraction(int(ends[-1] // 1)) + step)
    ends.append(high)
    with precision(_BITS):
        for left, right in pairwise(ends):
            if left < right:
                search.look(left, right)
    return search.found


class _Search:
    def __init__(self, f: sp.Expr) -> None:
        self.derivatives = [f]
        self.found: list[sp.Expr] = []
        self.seen = 0

    def derivative(self, order: int) -> sp.Expr:
        while len(self.derivatives) <= order:
            self.derivatives.append(sp.diff(self.derivatives[-1], X))
        return self.derivatives[order]

    def look(self, low: Fraction, high: Fraction) -> None:
        """Add the zeros in [low, high], from the left."""
        self.seen += 1
        if self.seen > _MOST:
            raise DepthlawError("it has too many, or they are too hard to tell from others")
        span = ball(low).union(ball(high))
        value = real_range(self.derivatives[0], X, span)
        if value > 0 or value < 0:
            return
        if high - low < _NARROW and not value.is_finite():
            raise DepthlawError(f"it is not defined, or not bounded, near x = {float(low):.6g}")
        slope = real_range(self.derivative(1), X, span)
        centre = ball((low + high) / 2)
        middle = real_range(self.derivatives[0], X, centre)
        if slope.is_finite():
            nearer = middle + slope * (span - centre)
            if nearer > 0 or nearer < 0:
                return
            if not slope.contains(0):
                self._single(low, high)
                return
        if high - low < _NARROW:
            self._multiple(low, high, span)
            return
        cut = (low + high) / 2
        self.look(low, cut)
        self.look(cut, high)

    def _add(self, root: sp.Expr) -> None:
        if root not in self.found:
            self.found.append(root)

    def _single(self, low: Fraction, high: Fraction) -> None:
        """Add the zero of f, monotone on [low, high], if there is one."""
        ends = [self._sign(end) for end in (low, high)]
        for end, sign in zip((low, high), ends, strict=True):
            if sign == 0:
                self._add(sp.Rational(end.numerator, end.denominator))
                return
        if ends[0] == ends[1]:
            return
        while high - low > Fraction(1, 16 * _SHARED):
            cut = Fraction(round((low + high) * 16 * _SHARED), 32 * _SHARED)
            sign = self._sign(cut)
            if sign == 0:
                self._add(sp.Rational(cut.numerator, cut.denominator))
                return
            low, high = (cut, high) if sign == ends[0] else (low, cut)
        # A bracket between fixed places, so that a root has one name wherever it is met.
        cell = Fraction(low * _SHARED // 1, _SHARED), Fraction(-(-high * _SHARED // 1), _SHARED)
        slope = real_range(self.derivative(1), X, ball(cell[0]).union(ball(cell[1])))
        if slope.is_finite() and not slope.contains(0):
            low, high = cell
        bracket = (sp.Rational(end.numerator, end.denominator) for end in (low, high))
        self._add(named_root(self.derivatives[0], *bracket))

    def _sign(self, place: Fraction) -> int:
        value = real_range(self.derivatives[0], X, ball(place))
        if value > 0:
            return 1
        if value < 0:
            return -1
        at = sp.Rational(place.numerator, place.denominator)
        exact = value_at(self.derivatives[0], X, at)
        if exact.has(sp.zoo, sp.nan, sp.oo, sp.I):
            raise DepthlawError(f"it is not defined, or not real, at x = {at}")
        sign = sign_of(exact)
        if sign is None:
            raise DepthlawError(f"its sign at x = {place} is not decided")
        return sign

    def _multiple(self, low: Fraction, high: Fraction, span: arb) -> None:
        """Add the zero of higher order in a narrow interval, at a number with a short name."""
        middle = (low + high) / 2
        place = middle.limit_denominator(1000)
        if not low <= place <= high:
            raise DepthlawError(f"it nearly has one at x = {float(middle):.6g}")
        r = sp.Rational(place.numerator, place.denominator)
        for order in range(12):
            formula = self.derivative(order)
            value = real_range(formula, X, span)
            if order and value.is_finite() and not value.contains(0):
                self._add(r)
                return
            exact = value_at(formula, X, r)
            if exact.has(sp.zoo, sp.nan, sp.oo, sp.I):
                raise DepthlawError(f"it is not defined, or not real, at x = {r}")
            if sign_of(exact) != 0:
                break
        raise DepthlawError(f"it nearly has one at x = {float(middle):.6g}")

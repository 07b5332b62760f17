"""Evaluate a formula in floats together with a bound on its rounding error, element by element.

Every operation returns the rounded value and a bound on its error: what its arguments' errors can
do, plus its own rounding, one unit in the last place for + − × ÷ √ and four for NumPy's elementary
functions (an assumption on the mathematical library, checked by the tests against ball arithmetic).
True roundings are half of what is allowed: that is room for those of the bounds.

A bound is r·|v| + a, with one number r for all elements: products, quotients and roots only change
r, and cost no more than their values. An array a comes of sums, where digits cancel.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, reduce

import numpy as np
import sympy as sp
from numpy.typing import NDArray

from depthlaw.theory.errors import DepthlawError

Array = NDArray[np.float64]
_UNIT = float(np.finfo(np.float64).eps)
_TINY = float(np.finfo(np.float64).tiny)
_ELEMENTARY = 4 * _UNIT


@dataclass(frozen=True)
class Rounded:
    """Floats v, each with |x − v| ≤ r·|v| + a for the number x that it stands for.

    Attributes
    ----------
    value
        v.
    absolute, relative
        a, an array of that shape or one number for all, and r.
    """

    value: Array
    absolute: Array | float = 0.0
    relative: float = 0.0

    @property
    def error(self) -> Array:
        """r·|v| + a, of the shape of the values."""
        spread = np.abs(self.value)
        spread *= self.relative
        spread += self.absolute
        return np.asarray(spread)

    @property
    def exact(self) -> bool:
        """Whether every float is the number itself."""
        return not self.relative and _is_zero(self.absolute)

    def __add__(self, other: Rounded) -> Rounded:
        value = self.value + other.value
        absolute = _sum(self.absolute, other.absolute)
        for part in (self, other):
            if part.relative:
                absolute = _sum(absolute, part.relative * np.abs(part.value))
        return Rounded(value, absolute, _UNIT)

    def __mul__(self, other: Rounded) -> Rounded:
        value = self.value * other.value
        r, s = self.relative, other.relative
        # |v w| is at most (1 + unit) times its float, or the smallest of them more.
        relative = (r + s + r * s) * (1 + _UNIT) + _UNIT
        absolute = _sum(_TINY, _product(self.absolute, other.value, 1 + s))
        absolute = _sum(absolute, _product(other.absolute, self.value, 1 + r))
        if not (_is_zero(self.absolute) or _is_zero(other.absolute)):
            absolute = _sum(absolute, self.absolute * other.absolute)
        return Rounded(value, absolute, relative)

    def __neg__(self) -> Rounded:
        return Rounded(-self.value, self.absolute, self.relative)

    def inverse(self) -> Rounded:
        """Return 1/x; infinite error where x may be zero."""
        with np.errstate(divide="ignore", invalid="ignore"):
            value = 1 / self.value
            relative = self._all_relative()
            if relative < 0.5:
                return Rounded(value, _TINY, relative / (1 - relative) + 2 * _UNIT)
            error = self.error
            room = np.abs(self.value) - error
            spread = np.where(room > 0, error / (room * np.abs(self.value)), np.inf)
            return Rounded(value, spread, _UNIT)

    def _all_relative(self) -> float:
        """Return an r that does for the whole bound, infinite where there is none."""
        if isinstance(self.absolute, np.ndarray):
            return np.inf
        if not self.absolute:
            return self.relative
        least = float(np.abs(self.value).min(initial=np.inf))
        return self.relative + 2 * self.absolute / least if least > 0 else np.inf

    def sqrt(self) -> Rounded:
        """Return √x, x ≥ 0."""
        value = np.sqrt(np.maximum(self.value, 0.0))
        # |√x − √v| = |x − v|/(√x + √v), and never more than √|x − v|
        if not isinstance(self.absolute, np.ndarray):
            # With |x − v| ≤ r v + a that is at most r √v + (1 + √r)√a, whichever of v, a is larger.
            absolute = (1 + 2 * np.sqrt(self.relative)) * np.sqrt(self.absolute)
            return Rounded(value, float(absolute), self.relative + _UNIT)
        error = self.error
        with np.errstate(divide="ignore", invalid="ignore"):
            spread = np.where(error > 0, error / value, 0.0)
        return Rounded(value, np.fmin(spread, np.sqrt(error)), _UNIT)

    def power(self, exponent: int) -> Rounded:
        """Return xⁿ by repeated multiplication."""
        result = self
        for _ in range(abs(exponent) - 1):
            result = result * self
        return result.inverse() if exponent < 0 else result

    def through(
        self, function: Callable[[Array], Array], slope: Callable[[Array], Array]
    ) -> Rounded:
        """Return f(x), given a bound on |f′| over an interval, as a function of |x| + error."""
        value = function(self.value)
        if self.exact:
            return Rounded(value, 0.0, _ELEMENTARY)
        error = self.error
        return Rounded(value, error * slope(np.abs(self.value) + error), _ELEMENTARY)


def _is_zero(bound: Array | float) -> bool:
    return not isinstance(bound, np.ndarray) and not bound


def _sum(one: Array | float, other: Array | float) -> Array | float:
    """Return the sum of two bounds; no array is made of numbers."""
    if _is_zero(one) or _is_zero(other):
        return other if _is_zero(one) else one
    return one + other


def _product(bound: Array | float, value: Array, factor: float) -> Array | float:
    """Return a bound on `factor` · a · |v|: one number, where a is one."""
    if isinstance(bound, np.ndarray):
        return bound * np.abs(value) * factor
    if not bound:
        return 0.0
    return 2 * bound * factor * float(np.abs(value).max(initial=0.0))


def _asin(x: Rounded) -> Rounded:
    clipped = np.clip(x.value, -1.0, 1.0)
    value = np.arcsin(clipped)
    if x.exact:
        return Rounded(value, 0.0, _ELEMENTARY)
    if not isinstance(x.absolute, np.ndarray):
        largest = float(np.abs(x.value).max(initial=0.0)) * (1 + 2 * x.relative) + x.absolute
        if largest < 1 - 2.0**-20:
            # |arcsin′| is at most 1/√(1 − largest), and |v| ≤ |arcsin v|.
            steep = 1 / np.sqrt(1 - largest)
            return Rounded(value, x.absolute * steep, x.relative * steep + _ELEMENTARY)
    # |arcsin′| grows without bound at ±1: an error e costs at most π√(e/2) there.
    error = x.error
    room = 1 - np.abs(x.value) - error
    with np.errstate(divide="ignore", invalid="ignore"):
        inside = np.where(room > 0, error / np.sqrt(room), np.inf)
    spread = np.where(error > 0, np.minimum(inside, np.pi * np.sqrt(error)), 0.0)
    return Rounded(value, spread, _ELEMENTARY)


_FUNCTIONS: dict[type[sp.Basic], Callable[[Rounded], Rounded]] = {
    sp.exp: lambda x: _exponential(x),
    sp.sin: lambda x: x.through(np.sin, np.ones_like),
    sp.cos: lambda x: x.through(np.cos, np.ones_like),
    sp.sinh: lambda x: x.through(np.sinh, np.cosh),
    sp.cosh: lambda x: x.through(np.cosh, np.sinh),
    sp.asin: _asin,
}


def _exponential(x: Rounded) -> Rounded:
    value = np.exp(x.value)
    if not isinstance(x.absolute, np.ndarray):
        most = x.relative * float(np.abs(x.value).max(initial=0.0)) + x.absolute
        return Rounded(value, 0.0, float(np.expm1(most)) * (1 + _ELEMENTARY) + _ELEMENTARY)
    return Rounded(value, value * np.expm1(x.error) * (1 + _ELEMENTARY), _ELEMENTARY)


def evaluate_rounded(formula: sp.Expr, symbol: sp.Symbol, at: Array) -> Rounded:
    """Return `formula` at the floats `at`, each taken exactly, with error bounds.

    Raises
    ------
    DepthlawError
        If the formula holds a function that has no rule.

    Examples
    --------
    >>> x = sp.Symbol("x")
    >>> found = evaluate_rounded((x + 1) * (x - 1) - x**2 + 1, x, np.array([1e8, 0.1]))
    >>> bool(np.all(np.abs(found.value) <= found.error))
    True
    """
    steps = _steps(formula, symbol)
    known: list[Rounded] = []
    for step in steps:
        known.append(step(Rounded(at), known))
    return known[-1]


_Step = Callable[[Rounded, list[Rounded]], Rounded]
"""Takes the symbol's floats and the results of the steps before to its own result."""


@cache
def _steps(formula: sp.Expr, symbol: sp.Symbol) -> tuple[_Step, ...]:
    """Return the steps of an evaluation, each subexpression once; the last one is the formula."""
    steps: list[_Step] = []
    places: dict[sp.Expr, int] = {}

    def place(e: sp.Expr) -> int:
        if e not in places:
            step = _step(e, symbol, place)
            places[e] = len(steps)
            steps.append(step)
        return places[e]

    place(formula)
    return tuple(steps)


def _step(e: sp.Expr, symbol: sp.Symbol, place: Callable[[sp.Expr], int]) -> _Step:
    if e == symbol:
        return lambda x, known: x
    if not e.has(symbol):
        constant = _constant(e)
        return lambda x, known: constant
    if e.is_Add or e.is_Mul:
        kind = sp.Add if e.is_Add else sp.Mul
        number, rest = e.as_independent(symbol, as_Add=bool(e.is_Add))
        if e.is_Mul and number == -1:
            inner = place(rest)
            return lambda x, known: -known[inner]
        parts = [place(part) for part in kind.make_args(rest)]
        if number != kind.identity:
            parts.append(place(number))
        fold = operator.add if e.is_Add else operator.mul
        return lambda x, known: reduce(fold, [known[part] for part in parts])
    if e.is_Pow and e.exp.is_Integer:
        base, exponent = place(e.base), int(e.exp)
        return lambda x, known: known[base].power(exponent)
    if e.is_Pow and e.exp.is_Rational and e.exp.q == 2:
        base, exponent = place(e.base), int(e.exp.p)
        return lambda x, known: known[base].sqrt().power(exponent)
    if e.func in _FUNCTIONS:
        inner, outer = place(e.args[0]), _FUNCTIONS[e.func]
        return lambda x, known: outer(known[inner])
    raise DepthlawError(f"{e.func} has no rule for its rounding error")


def _constant(e: sp.Expr) -> Rounded:
    return Rounded(np.full((), float(sp.N(e, 30))), 0.0, 0.0 if e.is_Integer else _UNIT)

"""Evaluate a formula in floats together with a bound on its rounding error, element by element.

Every operation returns the rounded value and an error: what its arguments' errors can do, plus its
own rounding, one unit in the last place for + − × ÷ √ and four for NumPy's elementary functions (an
assumption on the mathematical library, checked by the tests against ball arithmetic).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

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
    """Floats and a bound on the distance of each from the number it stands for."""

    value: Array
    error: Array

    def __add__(self, other: Rounded) -> Rounded:
        value = self.value + other.value
        return Rounded(value, self.error + other.error + _UNIT * np.abs(value))

    def __mul__(self, other: Rounded) -> Rounded:
        value = self.value * other.value
        spread = np.abs(self.value) * other.error + np.abs(other.value) * self.error
        spread = spread + self.error * other.error + _UNIT * np.abs(value) + _TINY
        return Rounded(value, spread)

    def inverse(self) -> Rounded:
        """Return 1/x; infinite error where x may be zero."""
        with np.errstate(divide="ignore", invalid="ignore"):
            value = 1 / self.value
            room = np.abs(self.value) - self.error
            spread = np.where(room > 0, self.error / (room * np.abs(self.value)), np.inf)
            return Rounded(value, spread + _UNIT * np.abs(value))

    def sqrt(self) -> Rounded:
        """Return √x, x ≥ 0."""
        value = np.sqrt(np.maximum(self.value, 0.0))
        # |√a − √b| = |a − b|/(√a + √b), and never more than √|a − b|
        with np.errstate(divide="ignore", invalid="ignore"):
            spread = np.where(self.error > 0, self.error / value, 0.0)
        spread = np.fmin(spread, np.sqrt(self.error))
        return Rounded(value, spread + _UNIT * value)

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
        spread = self.error * slope(np.abs(self.value) + self.error) if self.error.any() else 0.0
        return Rounded(value, spread + _ELEMENTARY * np.abs(value))


def _asin(x: Rounded) -> Rounded:
    clipped = np.clip(x.value, -1.0, 1.0)
    value = np.arcsin(clipped)
    # |arcsin′| grows without bound at ±1: an error e costs at most π√(e/2) there.
    room = 1 - np.abs(x.value) - x.error
    with np.errstate(divide="ignore", invalid="ignore"):
        inside = np.where(room > 0, x.error / np.sqrt(room), np.inf)
    spread = np.where(x.error > 0, np.minimum(inside, np.pi * np.sqrt(x.error)), 0.0)
    return Rounded(value, spread + _ELEMENTARY * np.abs(value))


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
    return Rounded(value, value * (np.expm1(x.error) + _ELEMENTARY))


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
    known: dict[sp.Expr, Rounded] = {symbol: Rounded(at, np.zeros_like(at))}
    return _walk(formula, symbol, at, known)


def _walk(e: sp.Expr, symbol: sp.Symbol, at: Array, known: dict[sp.Expr, Rounded]) -> Rounded:
    if e in known:
        return known[e]
    if not e.has(symbol):
        value = np.full((), float(sp.N(e, 30)))
        result = Rounded(value, np.abs(value) * (0.0 if e.is_Integer else _UNIT))
    elif e.is_Add or e.is_Mul:
        parts = [_walk(part, symbol, at, known) for part in e.args]
        result = parts[0]
        for part in parts[1:]:
            result = result + part if e.is_Add else result * part
    elif e.is_Pow and e.exp.is_Integer:
        result = _walk(e.base, symbol, at, known).power(int(e.exp))
    elif e.is_Pow and e.exp.is_Rational and e.exp.q == 2:
        result = _walk(e.base, symbol, at, known).sqrt().power(int(e.exp.p))
    elif e.func in _FUNCTIONS:
        result = _FUNCTIONS[e.func](_walk(e.args[0], symbol, at, known))
    else:
        raise DepthlawError(f"{e.func} has no rule for its rounding error")
    known[e] = result
    return result

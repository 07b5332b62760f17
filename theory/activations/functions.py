"""Vectorised NumPy versions of activations, stable for |x| ≤ 10³.

A process pool pickles them, so they are module-level functions or small frozen objects.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import sympy as sp
from flint import arb
from numpy.typing import NDArray

from depthlaw.theory.activations import special
from depthlaw.theory.activations.piece import Pieces, slope
from depthlaw.theory.errors import DepthlawError
from depthlaw.theory.rigorous.balls import precision
from depthlaw.theory.rigorous.quotient import Quotient
from depthlaw.theory.rigorous.ranges import real_range
from depthlaw.theory.writing.variable import X

Array = NDArray[np.float64]
Vectorised = Callable[[Array], Array]


@dataclass(frozen=True)
class AffineOf:
    """x ↦ `factor` · φ(`gain` x + `shift`) + `offset`."""

    function: Vectorised
    gain: float = 1.0
    shift: float = 0.0
    factor: float = 1.0
    offset: float = 0.0

    def __call__(self, x: Array) -> Array:
        """Return the values at `x`."""
        return self.factor * self.function(self.gain * x + self.shift) + self.offset


@dataclass(frozen=True)
class SumOf:
    """x ↦ φ(x) + ψ(x)."""

    first: Vectorised
    second: Vectorised

    def __call__(self, x: Array) -> Array:
        """Return the values at `x`."""
        return self.first(x) + self.second(x)


_UFUNCS: dict[type[sp.Basic], Vectorised] = {
    sp.exp: np.exp,
    sp.log: np.log,
    sp.sin: np.sin,
    sp.cos: np.cos,
    sp.sinh: np.sinh,
    sp.cosh: np.cosh,
    sp.tanh: np.tanh,
    sp.atan: np.arctan,
    sp.asinh: np.arcsinh,
    sp.erf: special.erf,
    sp.erfc: special.erfc,
    sp.Abs: np.abs,
    sp.sign: np.sign,
    sp.Heaviside: lambda u: np.heaviside(u, 0.5),
}
_FOLDED: dict[type[sp.Basic], np.ufunc] = {sp.Max: np.maximum, sp.Min: np.minimum}


def compile_numpy(expression: sp.Expr) -> Vectorised:
    """Return a formula in `X` as a function of arrays; nothing is evaluated as Python text.

    It is what floats make of the formula: it may overflow on the way, or cancel.

    Raises
    ------
    DepthlawError
        If the formula holds a function without a NumPy version.
    """
    if expression == X:
        return lambda x: x
    if not expression.has(X):
        value = float(sp.N(expression, 30))
        return lambda x: np.full_like(x, value)
    if isinstance(expression, Quotient):
        return compile_numpy(expression.as_formula())
    if isinstance(expression, sp.log) and (softplus := _softplus_argument(expression)) is not None:
        inner = compile_numpy(softplus)
        return lambda x: np.logaddexp(0.0, inner(x))
    if expression.is_Add and (power := _exponential_less_one(expression)) is not None:
        factor, inner = float(sp.N(power[0], 30)), compile_numpy(power[1])
        return lambda x: factor * np.expm1(inner(x))
    if expression.is_Add and (small := _one_less_saturated(expression)) is not None:
        factor, outer, inner = float(sp.N(small[0], 30)), small[1], compile_numpy(small[2])
        return (lambda x: outer(inner(x))) if factor == 1 else (lambda x: factor * outer(inner(x)))
    if expression.is_Add or expression.is_Mul or expression.func in _FOLDED:
        fold = np.add if expression.is_Add else np.multiply
        return _Folded(_FOLDED.get(expression.func, fold), expression.args)
    parts = [compile_numpy(argument) for argument in expression.args]
    if expression.is_Pow and expression.exp.is_Integer:
        power_ = int(expression.exp)
        return lambda x: np.power(parts[0](x), power_)
    if expression.is_Pow and expression.exp.is_Rational:
        root = float(expression.exp)
        return lambda x: np.power(parts[0](x), root)
    if expression.func in _UFUNCS:
        outer = _UFUNCS[expression.func]
        return lambda x: outer(parts[0](x))
    raise DepthlawError(f"{expression.func} has no NumPy version")


class _Folded:
    """A ufunc folded over parts, from the left; constants stay numbers, and one array is made."""

    def __init__(self, ufunc: np.ufunc, arguments: tuple[sp.Expr, ...]) -> None:
        self._ufunc = ufunc
        self._parts = [
            compile_numpy(part) if part.has(X) else float(sp.N(part, 30)) for part in arguments
        ]

    def __call__(self, x: Array) -> Array:
        first, *others = (part if isinstance(part, float) else part(x) for part in self._parts)
        total: Any = first
        for place, other in enumerate(others):
            # After the first step the array is our own.
            mine = total if place and isinstance(total, np.ndarray) else None
            total = self._ufunc(total, other, out=mine)
        return np.asarray(total)


def _softplus_argument(logarithm: sp.Expr) -> sp.Expr | None:
    """Return u where the logarithm is log(1 + eᵘ), whose direct evaluation overflows."""
    inside = logarithm.args[0]
    rest = inside - 1
    return rest.args[0] if isinstance(rest, sp.exp) else None


def _exponential_less_one(total: sp.Expr) -> tuple[sp.Expr, sp.Expr] | None:
    """Return c and u where the sum is c eᵘ − c, whose direct evaluation cancels near u = 0."""
    constant, rest = total.as_independent(X, as_Add=True)
    factor, outer = rest.as_independent(X, as_Add=False)
    return (factor, outer.args[0]) if isinstance(outer, sp.exp) and factor == -constant else None


_ONE_LESS: dict[type[sp.Basic], tuple[Vectorised, sp.Expr]] = {
    sp.erf: (special.ndtr, sp.sqrt(2)),
    sp.tanh: (special.expit, sp.Integer(2)),
}
"""f and a with 1 + erf u = 2 f(au), and 1 + tanh u = 2 f(au)."""


def _one_less_saturated(total: sp.Expr) -> tuple[sp.Expr, Vectorised, sp.Expr] | None:
    """Return c, f and u where the sum is c f(u) for an f that vanishes far out, as 1 ± erf does.

    Evaluated directly the sum cancels there.
    """
    constant, rest = total.as_independent(X, as_Add=True)
    factor, outer = rest.as_independent(X, as_Add=False)
    if outer.func not in _ONE_LESS or constant not in (factor, -factor):
        return None
    function, scale = _ONE_LESS[outer.func]
    sign = 1 if constant == factor else -1
    return 2 * constant, function, sign * scale * outer.args[0]


class FromPieces:
    """The function of arrays given by symbolic pieces; a breakpoint belongs to its right.

    Floats compute it wherever they can. Where they overflow on the way, or a sample shows that they
    cancel, ball arithmetic does, number by number.
    """

    def __init__(self, pieces: Pieces) -> None:
        self.pieces = pieces
        self._cuts = np.array([float(sp.N(piece.upper, 30)) for piece in pieces[:-1]])
        self._quotients = any(piece.expression.has(Quotient) for piece in pieces)
        self._functions = [compile_numpy(piece.expression) for piece in pieces]

    def __reduce__(self) -> tuple[Any, ...]:
        # The compiled closures do not pickle; the formulas do.
        return FromPieces, (self.pieces,)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, FromPieces) and self.pieces == other.pieces

    def __hash__(self) -> int:
        return hash(self.pieces)

    def __call__(self, x: Array) -> Array:
        """Return φ(x), each formula evaluated on its own interval only."""
        x = np.asarray(x, dtype=np.float64)
        result = self._in_floats(x)
        # A finite x whose value is not finite overflowed, or really is that large.
        finite = np.isfinite(result)
        doubtful = np.zeros((), dtype=np.bool_) if finite.all() else ~finite & np.isfinite(x)
        if self._quotients:
            # Next to 0 floats lose the digits of a numerator before they lose those of x.
            doubtful = doubtful | (np.abs(x) < _SMALL)
        if self._delicate.any():
            doubtful = doubtful | np.isfinite(x) & self._delicate[np.searchsorted(_CELLS, x)]
        if doubtful.any():
            result = np.array(result)
            result[doubtful] = [self._in_balls(float(value)) for value in x[doubtful]]
        return result

    def _in_floats(self, x: Array) -> Array:
        with np.errstate(all="ignore"):
            if len(self._functions) == 1:
                return self._functions[0](x)
            place = np.searchsorted(self._cuts, x, side="right")
            result = np.empty_like(x)
            for index, function in enumerate(self._functions):
                mask = place == index
                result[mask] = function(x[mask])
            return result

    def _formula(self, x: float) -> sp.Expr:
        return self.pieces[int(np.searchsorted(self._cuts, x, side="right"))].expression

    def _in_balls(self, x: float) -> float:
        return nearest_float(self._formula(x), x)

    @cached_property
    def _delicate(self) -> NDArray[np.bool_]:
        """In which cells between `_CELLS` floats were found to lose digits, at points of each."""
        found = np.zeros(len(_CELLS) + 1, dtype=bool)
        points = _CELLS[:-1, None] + np.diff(_CELLS)[:, None] * np.array([0.05, 0.37, 0.81])
        values = self._in_floats(points)
        for cell, (row, results) in enumerate(zip(points, values, strict=True), start=1):
            for x, value in zip(row, results, strict=True):
                found[cell] |= not _is_close(self._formula(float(x)), float(x), float(value))
        found[0], found[-1] = found[1], found[-2]
        return found


_CELLS = np.concatenate([-np.logspace(3, -8, 67), np.logspace(-8, 3, 67)])
"""Ends of the cells in which floats are tried: each about half as long again as its neighbour."""
_SMALL = 1e-280
_UNIT = float(np.finfo(np.float64).eps)


def nearest_float(formula: sp.Expr, x: float) -> float:
    """Return the float next to the value of a formula; infinite where that is beyond all floats.

    >>> nearest_float(sp.exp(X) / (1 + sp.exp(X)), 1000.0)
    1.0
    """
    value = arb.nan()
    for bits in (100, 400, 1700, 6000):
        with precision(bits):
            value = real_range(formula, X, arb(x))
            if value.is_finite() and (value.rel_accuracy_bits() > 64 or abs(value) < _SMALLEST):
                break
    if not value.is_finite():
        return math.nan
    try:
        return float(value.mid())
    except OverflowError:
        return math.inf if value > 0 else -math.inf


_SMALLEST = 2.0**-1060


def _is_close(formula: sp.Expr, x: float, value: float) -> bool:
    """Whether a float is what a backward stable evaluation may return, as far as balls tell."""
    exact = nearest_float(formula, x)
    if not math.isfinite(exact):
        return value == exact or math.isnan(exact)
    # The slope to full accuracy as well: what is left of it by cancelling would excuse anything.
    steep = nearest_float(slope(formula), x)
    with precision(100):
        room = abs(arb(exact)) + (abs(arb(x) * arb(steep)) if math.isfinite(steep) else 0)
        terms = 4 * sp.count_ops(formula) + 8
        return math.isfinite(value) and bool(
            abs(arb(value) - arb(exact)) <= room * terms * _UNIT + 2.0**-1000
        )


def identity(x: Array) -> Array:
    """Return x."""
    return np.array(x, dtype=np.float64)


def relu(x: Array) -> Array:
    """Return max(x, 0)."""
    return np.maximum(x, 0.0)


def step(x: Array) -> Array:
    """Return 1 for x > 0, else 0."""
    return np.where(x > 0, 1.0, 0.0)


def sigmoid(x: Array) -> Array:
    """Return 1/(1 + e^{−x})."""
    return special.expit(x)


def silu(x: Array) -> Array:
    """Return x/(1 + e^{−x})."""
    return x * sigmoid(x)


def softplus(x: Array) -> Array:
    """Return log(1 + eˣ)."""
    return np.logaddexp(0.0, x)


def log_sigmoid(x: Array) -> Array:
    """Return −log(1 + e^{−x})."""
    return -np.logaddexp(0.0, -x)


def mish(x: Array) -> Array:
    """Return x tanh(log(1 + eˣ))."""
    return x * np.tanh(softplus(x))


def normal_cdf(x: Array) -> Array:
    """Return Φ(x)."""
    return special.ndtr(x)


def gelu(x: Array) -> Array:
    """Return x Φ(x)."""
    return x * normal_cdf(x)


def clipped_gelu(x: Array) -> Array:
    """Return x Φ(x) clipped to [−10, 10]."""
    return np.clip(gelu(x), -10.0, 10.0)


def relu_squared(x: Array) -> Array:
    """Return max(x, 0)²."""
    return np.square(np.maximum(x, 0.0))


def hard_tanh(x: Array) -> Array:
    """Return x clipped to [−1, 1]."""
    return np.clip(x, -1.0, 1.0)


@dataclass(frozen=True)
class Elu:
    """x for x > 0, `alpha` (e^{x/`scale`} − 1) for x ≤ 0, times `factor`."""

    alpha: float = 1.0
    scale: float = 1.0
    factor: float = 1.0

    def __call__(self, x: Array) -> Array:
        """Return the values at `x`."""
        below = self.alpha * np.expm1(np.minimum(x, 0.0) / self.scale)
        return self.factor * np.where(x > 0, x, below)


@dataclass(frozen=True)
class Threshold:
    """x for x > `threshold`, else `value`; of −x as well, mirrored, where `both` sides have one."""

    threshold: float
    value: float = 0.0
    both: bool = False

    def __call__(self, x: Array) -> Array:
        """Return the values at `x`."""
        return np.where((np.abs(x) if self.both else x) > self.threshold, x, self.value)

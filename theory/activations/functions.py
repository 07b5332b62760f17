"""Vectorised NumPy versions of activations, stable for |x| ≤ 10³.

A process pool pickles them, so they are module-level functions or small frozen objects.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce
from typing import Any

import numpy as np
import sympy as sp
from numpy.typing import NDArray
from scipy import special

from depthlaw.theory.activations.piece import Pieces, X
from depthlaw.theory.errors import DepthlawError

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
}


def compile_numpy(expression: sp.Expr) -> Vectorised:
    """Return a formula in `X` as a function of arrays; nothing is evaluated as Python text.

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
    if isinstance(expression, sp.log) and (softplus := _softplus_argument(expression)) is not None:
        inner = compile_numpy(softplus)
        return lambda x: np.logaddexp(0.0, inner(x))
    parts = [compile_numpy(argument) for argument in expression.args]
    if expression.is_Add:
        return lambda x: reduce(np.add, [part(x) for part in parts])
    if expression.is_Mul:
        return lambda x: reduce(np.multiply, [part(x) for part in parts])
    if expression.is_Pow and expression.exp.is_Integer:
        power = int(expression.exp)
        return lambda x: np.power(parts[0](x), power)
    if expression.is_Pow and expression.exp.is_Rational:
        root = float(expression.exp)
        return lambda x: np.power(parts[0](x), root)
    if expression.func in _UFUNCS:
        outer = _UFUNCS[expression.func]
        return lambda x: outer(parts[0](x))
    raise DepthlawError(f"{expression.func} has no NumPy version")


def _softplus_argument(logarithm: sp.Expr) -> sp.Expr | None:
    """Return u where the logarithm is log(1 + eᵘ), whose direct evaluation overflows."""
    inside = logarithm.args[0]
    rest = inside - 1
    return rest.args[0] if isinstance(rest, sp.exp) else None


class FromPieces:
    """The function of arrays given by symbolic pieces; a breakpoint belongs to its right."""

    def __init__(self, pieces: Pieces) -> None:
        self.pieces = pieces
        self._cuts = np.array([float(sp.N(piece.upper, 30)) for piece in pieces[:-1]])
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
        # Overflow to infinity is the right limit of quotients such as 1/(1 + e^{−x}).
        with np.errstate(over="ignore"):
            if len(self._functions) == 1:
                return self._functions[0](x)
            place = np.searchsorted(self._cuts, x, side="right")
            result = np.empty_like(x)
            for index, function in enumerate(self._functions):
                mask = place == index
                result[mask] = function(x[mask])
            return result


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
    return np.asarray(special.expit(x), dtype=np.float64)


def silu(x: Array) -> Array:
    """Return x/(1 + e^{−x})."""
    return x * sigmoid(x)


def softplus(x: Array) -> Array:
    """Return log(1 + eˣ)."""
    return np.logaddexp(0.0, x)


def mish(x: Array) -> Array:
    """Return x tanh(log(1 + eˣ))."""
    return x * np.tanh(softplus(x))


def normal_cdf(x: Array) -> Array:
    """Return Φ(x)."""
    return np.asarray(special.ndtr(x), dtype=np.float64)


def gelu(x: Array) -> Array:
    """Return x Φ(x)."""
    return x * normal_cdf(x)


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

"""Formulas as programs on arrays of floats: each common part once, roots and arcsines kept real."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import numpy as np
import sympy as sp
from numpy.typing import NDArray

from depthlaw.theory.activations.piece import Pieces, X
from depthlaw.theory.activations.special import erf
from depthlaw.theory.prediction.covariance import constant

Array = NDArray[np.float64]
Step = Callable[[list[Array]], Array]


def _root(x: Array) -> Array:
    return np.asarray(np.sqrt(np.maximum(x, 0.0)))


_FUNCTIONS: dict[type[sp.Basic], Callable[[Array], Array]] = {
    sp.exp: np.exp,
    sp.sin: np.sin,
    sp.cos: np.cos,
    sp.sinh: np.sinh,
    sp.cosh: np.cosh,
    sp.tanh: np.tanh,
    sp.log: np.log,
    sp.erf: erf,
    sp.asin: lambda x: np.arcsin(np.clip(x, -1.0, 1.0)),
}


@lru_cache(maxsize=64)
def program(
    formulas: tuple[sp.Expr, ...], symbols: tuple[sp.Symbol, ...]
) -> Callable[..., list[Array]] | None:
    """Return a function of arrays, one for each symbol, or None where a formula has no rule.

    The results have the shape that the arrays have together, or less where a formula is constant.

    >>> x, y = sp.symbols("x y")
    >>> run = program((sp.sqrt(x * y), sp.exp(x * y)), (x, y))
    >>> run(np.array([2.0, 8.0]), np.array([2.0]))[0].tolist()
    [2.0, 4.0]
    """
    replaced, reduced = sp.cse(formulas, symbols=sp.numbered_symbols("_part"))
    builder = _Builder({symbol: place for place, symbol in enumerate(symbols)}, len(symbols))
    try:
        for symbol, part in replaced:
            builder.places[symbol] = builder.place(part)
        results = [builder.place(formula) for formula in reduced]
    except KeyError:
        return None

    def run(*at: Array) -> list[Array]:
        known = list(at)
        for step in builder.steps:
            known.append(step(known))
        return [known[place] for place in results]

    return run


class _Builder:
    def __init__(self, places: dict[sp.Expr, int], count: int) -> None:
        self.places, self.count = places, count
        self.steps: list[Step] = []

    def place(self, e: sp.Expr) -> int:
        """Return where the value of `e` stands."""
        if e not in self.places:
            step = self._step(e)
            self.places[e] = self.count + len(self.steps)
            self.steps.append(step)
        return self.places[e]

    def _step(self, e: sp.Expr) -> Step:
        if not e.free_symbols:
            number = constant(e).value
            return lambda known: number
        if e.is_Add or e.is_Mul:
            # Numbers and what depends on few symbols first: those arrays are small.
            parts = [self.place(part) for part in sorted(e.args, key=_size)]
            combine = np.add if e.is_Add else np.multiply
            return lambda known: _folded(combine, [known[part] for part in parts])
        if e.is_Pow and e.exp.is_Rational and e.exp.q in (1, 2):
            base, n, root = self.place(e.base), int(e.exp.p), e.exp.q == 2
            return lambda known: _power(_root(known[base]) if root else known[base], n)
        function = _FUNCTIONS[e.func]
        inner = self.place(e.args[0])
        return lambda known: function(known[inner])


def _size(e: sp.Expr) -> int:
    return len(e.free_symbols)


def _folded(combine: np.ufunc, parts: list[Array]) -> Array:
    total = parts[0]
    for part in parts[1:]:
        total = combine(total, part)
    return total


def _power(base: Array, n: int) -> Array:
    total = base
    for _ in range(abs(n) - 1):
        total = total * base
    return total if n > 0 else 1 / total


def by_pieces(pieces: Pieces) -> Callable[[Array], Array] | None:
    """Return a function of arrays from its formulas between breakpoints, or None without rules.

    Where a formula is not finite in floats the value is not a number.

    >>> from depthlaw.theory.activations import activation
    >>> by_pieces(activation("hard_tanh").pieces)(np.array([-3.0, 0.5])).tolist()
    [-1.0, 0.5]
    """
    parts = [program((piece.expression,), (X,)) for piece in pieces]
    cuts = [float(constant(piece.upper).value) for piece in pieces[:-1]]

    def function(x: Array) -> Array:
        place = np.searchsorted(np.array(cuts), x)
        found = np.empty_like(x)
        for k, part in enumerate(parts):
            assert part is not None
            here = place == k
            found[here] = np.broadcast_to(part(x[here])[0], (int(here.sum()),))
        return found

    return function if all(part is not None for part in parts) else None

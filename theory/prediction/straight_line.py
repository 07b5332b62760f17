"""Formulas as straight-line programs on balls: each common part once, no tree to walk.

`depthlaw.theory.rigorous.evaluate` gives the same balls; a layer that is evaluated thousands of
times needs them faster.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import sympy as sp
from flint import arb

from depthlaw.theory.errors import DepthlawError
from depthlaw.theory.rigorous.balls import precision
from depthlaw.theory.rigorous.evaluate import FUNCTIONS
from depthlaw.theory.rigorous.zero import ball_of

_BITS = 192
"""Of the constants."""
Step = Callable[[list[arb]], arb]


@dataclass(frozen=True)
class Program:
    """Takes balls for the symbols to balls for the formulas."""

    steps: tuple[Step, ...]
    results: tuple[int, ...]

    def __call__(self, *at: arb) -> tuple[arb, ...]:
        """Return the formulas there."""
        known = list(at)
        for step in self.steps:
            known.append(step(known))
        return tuple(known[place] for place in self.results)


def compiled(formulas: tuple[sp.Expr, ...], symbols: tuple[sp.Symbol, ...]) -> Program:
    """Return the program of formulas in symbols.

    Raises
    ------
    DepthlawError
        If a formula holds a function that balls do not have.

    Examples
    --------
    >>> x, y = sp.symbols("x y")
    >>> program = compiled((sp.sqrt(x + y) / 3, sp.exp(x + y)), (x, y))
    >>> program(arb(1), arb(3))[0].contains(arb(2) / 3)
    True
    """
    replaced, reduced = sp.cse(formulas, symbols=sp.numbered_symbols("_part"))
    builder = _Builder({symbol: place for place, symbol in enumerate(symbols)}, len(symbols))
    for symbol, part in replaced:
        builder.places[symbol] = builder.place(part)
    results = tuple(builder.place(formula) for formula in reduced)
    return Program(tuple(builder.steps), results)


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
            with precision(_BITS):
                constant = ball_of(e)
            return lambda known: constant
        if e.is_Add:
            parts = [self.place(part) for part in e.args]
            return lambda known: _sum(known, parts)
        if e.is_Mul:
            parts = [self.place(part) for part in e.args]
            return lambda known: _product(known, parts)
        if e.is_Pow and e.exp.is_Integer:
            base, n = self.place(e.base), int(e.exp)
            return lambda known: _power(known[base], n)
        if e.is_Pow and e.exp.is_Rational and e.exp.q == 2:
            base, n = self.place(e.base), int(e.exp.p)
            return lambda known: _power(known[base].sqrt(), n)
        if e.func in FUNCTIONS:
            function = FUNCTIONS[e.func]
            inner = [self.place(part) for part in e.args]
            return lambda known: function(*(known[part] for part in inner))
        raise DepthlawError(f"{e.func} has no evaluation in ball arithmetic")


def _sum(known: list[arb], parts: list[int]) -> arb:
    total = known[parts[0]]
    for part in parts[1:]:
        total = total + known[part]
    return total


def _product(known: list[arb], parts: list[int]) -> arb:
    total = known[parts[0]]
    for part in parts[1:]:
        total = total * known[part]
    return total


def _power(base: arb, n: int) -> arb:
    """Return base^n by multiplications: flint's own power loses a ball that holds 0.

    >>> _power(arb(0, 0.25), 2).contains(arb(1) / 16)
    True
    """
    total = base
    for _ in range(abs(n) - 1):
        total = total * base
    return total if n > 0 else 1 / total

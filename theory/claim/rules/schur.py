"""The criterion of Schur and Ostrowski."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

import sympy as sp

from depthlaw.theory.claim.rules.rule import Box, Hypothesis, Rule, nonnegative


@dataclass(frozen=True)
class SchurOstrowski(Rule):
    """A symmetric f with (x − y)(∂f/∂x − ∂f/∂y) ≥ 0 is Schur-convex.

    Moving x and y together, at a fixed sum, makes it smaller. With ≤ it is Schur-concave, and then
    moving them together makes it larger.

    Parameters
    ----------
    title
        What the step says.
    function, first, second
        f, an expression in two of its arguments; the others may be symbols.
    concave
        Whether f is Schur-concave.
    box
        Ranges of all symbols, where they do not give the sign.

    Examples
    --------
    >>> x, y = sp.symbols("x y", nonnegative=True)
    >>> SchurOstrowski("", x**2 + y**2, x, y).check().holds
    True
    >>> SchurOstrowski("", x * y, x, y).check().holds  # concave
    False
    """

    title: str
    function: sp.Expr
    first: sp.Symbol
    second: sp.Symbol
    concave: bool = False
    box: Box | None = None
    reference: ClassVar[str] = "Marshall, Olkin and Arnold, Inequalities, Theorem 3.A.4"

    @property
    def left(self) -> sp.Expr:
        return self.function

    @property
    def right(self) -> sp.Expr:
        middle = (self.first + self.second) / 2
        both = {self.first: middle, self.second: middle}
        return self.function.subs(both, simultaneous=True)

    @property
    def relation(self) -> str:
        return "<=" if self.concave else ">="

    def hypotheses(self) -> Iterable[Hypothesis]:
        f, x, y = self.function, self.first, self.second
        swapped = f.subs({x: y, y: x}, simultaneous=True)
        yield Hypothesis("f is symmetric", bool(sp.simplify(f - swapped) == 0))
        slope = (x - y) * (sp.diff(f, x) - sp.diff(f, y)) * (-1 if self.concave else 1)
        yield nonnegative("(x − y)(f_x − f_y)", slope, self.box)

"""A convex function lies above its tangents."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

import sympy as sp

from depthlaw.theory.claim.rules.rule import Box, Hypothesis, Rule, nonnegative


@dataclass(frozen=True)
class Tangent(Rule):
    """f(x) ≥ f(a) + f′(a)(x − a) for convex f, and ≤ for concave f.

    Parameters
    ----------
    title
        What the step says.
    function, variable
        f, an expression in the variable x.
    point
        a.
    concave
        Whether f is concave.
    box
        Ranges of all symbols, where they do not give the sign of f″.

    Examples
    --------
    >>> x = sp.Symbol("x", positive=True)
    >>> Tangent("", -sp.log(x), x, sp.Integer(1)).right
    1 - x
    >>> Tangent("", sp.log(x), x, sp.Integer(1)).check().holds  # concave
    False
    """

    title: str
    function: sp.Expr
    variable: sp.Symbol
    point: sp.Expr
    concave: bool = False
    box: Box | None = None
    reference: ClassVar[str] = "Rockafellar, Convex Analysis, Theorem 25.1"

    @property
    def left(self) -> sp.Expr:
        return self.function

    @property
    def right(self) -> sp.Expr:
        f, x, a = self.function, self.variable, self.point
        return f.subs(x, a) + sp.diff(f, x).subs(x, a) * (x - a)

    @property
    def relation(self) -> str:
        return "<=" if self.concave else ">="

    def hypotheses(self) -> Iterable[Hypothesis]:
        curvature = sp.diff(self.function, self.variable, 2) * (-1 if self.concave else 1)
        yield nonnegative("−f″" if self.concave else "f″", curvature, self.box)

"""A convex sum is largest at a vertex."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

import sympy as sp

from depthlaw.theory.claim.rules.rule import Hypothesis, Rule, nonnegative


@dataclass(frozen=True)
class VertexMaximum(Rule):
    """Σ f(x_i) ≤ (n−1) f(m) + f(S − (n−1)m) for convex f, x_i ≥ m and Σ x_i = S.

    The set is a simplex; its vertices are the permutations of one point, where all entries are m
    but one. For concave f the sum is at least that value.

    Parameters
    ----------
    title
        What the step says.
    function, variable
        f, an expression in the variable.
    smallest, total
        m and S.
    count
        n.
    concave
        Whether f is concave.

    Examples
    --------
    >>> x, m = sp.symbols("x m", nonnegative=True)
    >>> n = sp.Symbol("n", integer=True, positive=True)
    >>> VertexMaximum("", x**2, x, sp.Integer(0), sp.Integer(1), n).right
    1
    >>> VertexMaximum("", -x**2, x, m, sp.Integer(1), n).check().holds
    False
    """

    title: str
    function: sp.Expr
    variable: sp.Symbol
    smallest: sp.Expr
    total: sp.Expr
    count: sp.Expr
    concave: bool = False
    reference: ClassVar[str] = "Rockafellar, Convex Analysis, Corollary 32.3.4"

    @property
    def left(self) -> sp.Expr:
        i = sp.Symbol("i", integer=True, positive=True)
        entry = sp.IndexedBase(self.variable.name)[i]
        return sp.Sum(self.function.subs(self.variable, entry), (i, 1, self.count))

    @property
    def right(self) -> sp.Expr:
        f, x, m, n = self.function, self.variable, self.smallest, self.count
        return (n - 1) * f.subs(x, m) + f.subs(x, self.total - (n - 1) * m)

    @property
    def relation(self) -> str:
        return ">=" if self.concave else "<="

    def hypotheses(self) -> Iterable[Hypothesis]:
        curvature = sp.diff(self.function, self.variable, 2) * (-1 if self.concave else 1)
        yield nonnegative("−f″" if self.concave else "f″", curvature)

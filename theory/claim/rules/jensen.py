"""Jensen's inequality."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

import sympy as sp

from depthlaw.theory.claim.rules.rule import Box, E, Hypothesis, Rule, nonnegative


@dataclass(frozen=True)
class Jensen(Rule):
    """E f(X) ≥ f(E X) for convex f, and ≤ for concave f.

    Parameters
    ----------
    title
        What the step says.
    function, variable
        f, an expression in the variable; its domain is in the assumptions on the symbol, or `box`.
    mean
        E X.
    concave
        Whether f is concave.
    box
        Ranges of all symbols, where they do not give the sign.

    Examples
    --------
    >>> x, m = sp.symbols("x m", positive=True)
    >>> Jensen("", 1 / x, x, m).check().holds
    True
    >>> Jensen("", sp.sqrt(x), x, m).check().holds  # concave
    False
    """

    title: str
    function: sp.Expr
    variable: sp.Symbol
    mean: sp.Expr
    concave: bool = False
    box: Box | None = None
    reference: ClassVar[str] = "Durrett, Probability: Theory and Examples, Theorem 1.6.2"

    @property
    def left(self) -> sp.Expr:
        return E(self.function)

    @property
    def right(self) -> sp.Expr:
        return self.function.subs(self.variable, self.mean)

    @property
    def relation(self) -> str:
        return "<=" if self.concave else ">="

    def hypotheses(self) -> Iterable[Hypothesis]:
        curvature = sp.diff(self.function, self.variable, 2) * (-1 if self.concave else 1)
        yield nonnegative("−f″" if self.concave else "f″", curvature, self.box)

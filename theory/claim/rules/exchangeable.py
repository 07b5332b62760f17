"""Means of a convex function of a weighted sum of exchangeable variables."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

import sympy as sp

from depthlaw.theory.claim.rules.rule import Box, E, Hypothesis, Rule, nonnegative


@dataclass(frozen=True)
class ExchangeableSum(Rule):
    """E g(Σ λ_i X_i), X_i exchangeable, is Schur-convex in λ if g is convex, else Schur-concave.

    It is then largest, at a given sum of the λ_i, for convex g with λ_i in [0, c] at
    (c, …, c, e, 0, …, 0), which majorises all others, and for concave g where all are equal, which
    all others majorise.

    Parameters
    ----------
    title
        What the step says.
    function, variable
        g, an expression in the variable, which stands for the sum.
    extreme
        The sum Σ λ_i X_i at that place, an expression for printing.
    concave
        Whether g is concave.
    box
        Ranges of all symbols, where they do not give the sign of g″.

    Examples
    --------
    >>> x, a = sp.symbols("x a", positive=True)
    >>> ExchangeableSum("", a / (a + x), x, x).check().holds  # convex
    True
    >>> ExchangeableSum("", x / (a + x), x, x).check().holds
    False
    """

    title: str
    function: sp.Expr
    variable: sp.Symbol
    extreme: sp.Expr
    concave: bool = False
    box: Box | None = None
    reference: ClassVar[str] = "Marshall, Olkin and Arnold, Inequalities, Proposition 11.B.2"

    @property
    def left(self) -> sp.Expr:
        return E(self.function)

    @property
    def right(self) -> sp.Expr:
        return E(self.function.subs(self.variable, self.extreme))

    def hypotheses(self) -> Iterable[Hypothesis]:
        curvature = sp.diff(self.function, self.variable, 2) * (-1 if self.concave else 1)
        yield nonnegative("−g″" if self.concave else "g″", curvature, self.box)

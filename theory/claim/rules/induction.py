"""Induction over layers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

import sympy as sp

from depthlaw.theory.claim.rules.rule import Box, Hypothesis, Rule, nonnegative, not_negative

LAYER = sp.Symbol("k", integer=True, nonnegative=True)
"""Counts the layers in the bound of an induction."""


@dataclass(frozen=True)
class Induction(Rule):
    """From x_0 ≤ s and x_{k+1} ≤ g(x_k) with increasing g follows x_k ≤ b(k).

    Parameters
    ----------
    title
        What the step says.
    sequence
        Name of x_k, for printing.
    step, variable
        g, an expression in the variable, which stands for x_k.
    start
        s.
    bound
        b, an expression in `LAYER`.
    box
        Ranges of all symbols, where they do not give the signs.

    Examples
    --------
    >>> r, c, s, x = sp.symbols("r c s x", nonnegative=True)
    >>> k = LAYER
    >>> Induction("", "x_k", r * x, x, s, s * r**k).check().holds
    True
    >>> Induction("", "x_k", r * x + c, x, s, s * r**k).check().holds  # loses the noise c
    False
    """

    title: str
    sequence: str
    step: sp.Expr
    variable: sp.Symbol
    start: sp.Expr
    bound: sp.Expr
    box: Box | None = None
    reference: ClassVar[str] = "induction over the layers"

    @property
    def left(self) -> sp.Expr:
        return sp.Symbol(self.sequence)

    @property
    def right(self) -> sp.Expr:
        return self.bound

    def hypotheses(self) -> Iterable[Hypothesis]:
        g, x, b = self.step, self.variable, self.bound
        first = sp.simplify(b.subs(LAYER, 0) - self.start)
        yield Hypothesis("the start is at most b(0)", not_negative(first, self.box))
        yield nonnegative("g′", sp.diff(g, x), self.box)
        following = sp.simplify(b.subs(LAYER, LAYER + 1) - g.subs(x, b))
        yield Hypothesis("g(b(k)) ≤ b(k+1)", not_negative(following, self.box))

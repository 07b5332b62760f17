"""Integrals keep the order of their integrands."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

import sympy as sp

from depthlaw.theory.claim.rules.rule import Box, Hypothesis, Rule, nonnegative


@dataclass(frozen=True)
class MonotoneIntegral(Rule):
    """∫ f ≤ ∫ g when f ≤ g between the limits.

    Parameters
    ----------
    title
        What the step says.
    smaller, larger
        f and g.
    variable, lower, upper
        Variable of integration, whose symbol's assumptions hold between the limits; the limits.
    box
        Ranges of all symbols, where they do not give the sign.

    Examples
    --------
    >>> t = sp.Symbol("t", nonnegative=True)
    >>> MonotoneIntegral("", 1 / (1 + t)**3, 1 / (1 + t)**2, t, sp.Integer(0), sp.oo).check().holds
    True
    >>> MonotoneIntegral("", 1 / (1 + t), 1 / (1 + t)**2, t, sp.Integer(0), sp.oo).check().holds
    False
    """

    title: str
    smaller: sp.Expr
    larger: sp.Expr
    variable: sp.Symbol
    lower: sp.Expr
    upper: sp.Expr
    box: Box | None = None
    reference: ClassVar[str] = "Rudin, Principles of Mathematical Analysis, Theorem 6.12"

    @property
    def left(self) -> sp.Expr:
        return sp.Integral(self.smaller, (self.variable, self.lower, self.upper))

    @property
    def right(self) -> sp.Expr:
        return sp.Integral(self.larger, (self.variable, self.lower, self.upper))

    def hypotheses(self) -> Iterable[Hypothesis]:
        yield nonnegative("the difference", self.larger - self.smaller, self.box)

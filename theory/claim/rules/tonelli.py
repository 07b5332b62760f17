"""The mean of an integral is the integral of the mean."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

import sympy as sp

from depthlaw.theory.claim.rules.rule import E, Hypothesis, Rule, nonnegative


@dataclass(frozen=True)
class Tonelli(Rule):
    """E c∫ f dt = c∫ m dt for f ≥ 0, where m(t) = E f(t).

    Parameters
    ----------
    title
        What the step says.
    integrand
        f, an expression that is not negative.
    mean
        m, an expression in the variable of integration.
    variable, lower, upper
        Variable of integration, whose symbol's assumptions hold between the limits; the limits.
    factor
        c, a number that is not random.

    Examples
    --------
    >>> t, s = sp.symbols("t s", nonnegative=True)
    >>> m = sp.Function("m")(t)
    >>> Tonelli("", sp.exp(-t * s), m, t, sp.Integer(0), sp.oo).check().holds
    True
    >>> Tonelli("", sp.cos(t * s), m, t, sp.Integer(0), sp.oo).check().holds
    False
    """

    title: str
    integrand: sp.Expr
    mean: sp.Expr
    variable: sp.Symbol
    lower: sp.Expr
    upper: sp.Expr
    factor: sp.Expr = sp.S.One
    reference: ClassVar[str] = "Rudin, Real and Complex Analysis, Theorem 8.8"

    @property
    def left(self) -> sp.Expr:
        return self.factor * E(self._integral(self.integrand))

    @property
    def right(self) -> sp.Expr:
        return self.factor * self._integral(self.mean)

    def _integral(self, function: sp.Expr) -> sp.Expr:
        return sp.Integral(function, (self.variable, self.lower, self.upper))

    @property
    def relation(self) -> str:
        return "=="

    def hypotheses(self) -> Iterable[Hypothesis]:
        yield nonnegative("the integrand", self.integrand)

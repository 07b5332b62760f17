"""Hölder's inequality."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

import sympy as sp

from depthlaw.theory.claim.rules.rule import E, Hypothesis, Rule, nonnegative


@dataclass(frozen=True)
class Holder(Rule):
    """E XY ≤ (E Xᵖ)^{1/p} (E Y^q)^{1/q} for X, Y ≥ 0 and 1/p + 1/q = 1.

    Parameters
    ----------
    title
        What the step says.
    first, second
        X and Y, expressions that are not negative.
    power
        p > 1; q follows.
    mean
        What stands for E when it is printed.

    Examples
    --------
    >>> s = sp.Symbol("s", positive=True)
    >>> rule = Holder("", s**sp.Rational(2, 3), s**sp.Rational(4, 3), sp.Rational(3, 2))
    >>> rule.check().holds, rule.conjugate
    (True, 3)
    >>> Holder("", s, s, sp.Rational(1, 2)).check().holds
    False
    """

    title: str
    first: sp.Expr
    second: sp.Expr
    power: sp.Expr
    mean: sp.core.function.UndefinedFunction = E
    reference: ClassVar[str] = "Steele, The Cauchy–Schwarz Master Class, chapter 9"

    @property
    def conjugate(self) -> sp.Expr:
        """Q = p/(p − 1)."""
        return self.power / (self.power - 1)

    @property
    def left(self) -> sp.Expr:
        return self.mean(self.first * self.second)

    @property
    def right(self) -> sp.Expr:
        p, q, mean = self.power, self.conjugate, self.mean
        return mean(self.first**p) ** (1 / p) * mean(self.second**q) ** (1 / q)

    def hypotheses(self) -> Iterable[Hypothesis]:
        yield nonnegative("X", self.first)
        yield nonnegative("Y", self.second)
        yield Hypothesis("p > 1", bool((self.power - 1).is_positive))

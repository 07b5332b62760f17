"""Minkowski's inequality, the triangle inequality of Lᵖ."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

import sympy as sp

from depthlaw.theory.claim.rules.rule import E, Hypothesis, Rule


@dataclass(frozen=True)
class Minkowski(Rule):
    """(E|X + Y|ᵖ)^{1/p} ≤ (E|X|ᵖ)^{1/p} + (E|Y|ᵖ)^{1/p} for p ≥ 1.

    Parameters
    ----------
    title
        What the step says.
    first, second
        X and Y.
    power
        p.
    mean
        What stands for E when it is printed.

    Examples
    --------
    >>> x, y = sp.symbols("x y", real=True)
    >>> Minkowski("", x, y, sp.Integer(2)).check().holds
    True
    >>> Minkowski("", x, y, sp.Rational(1, 2)).check().holds
    False
    """

    title: str
    first: sp.Expr
    second: sp.Expr
    power: sp.Expr
    mean: sp.core.function.UndefinedFunction = E
    reference: ClassVar[str] = "Steele, The Cauchy–Schwarz Master Class, chapter 9"

    @property
    def left(self) -> sp.Expr:
        return self._norm(self.first + self.second)

    @property
    def right(self) -> sp.Expr:
        return self._norm(self.first) + self._norm(self.second)

    def _norm(self, value: sp.Expr) -> sp.Expr:
        return self.mean(sp.Abs(value) ** self.power) ** (1 / self.power)

    def hypotheses(self) -> Iterable[Hypothesis]:
        yield Hypothesis("p ≥ 1", bool((self.power - 1).is_nonnegative))

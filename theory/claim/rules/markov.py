"""Markov's inequality, and Chebyshev's with it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

import sympy as sp

from depthlaw.theory.claim.rules.rule import E, Hypothesis, P, Rule, nonnegative


@dataclass(frozen=True)
class Markov(Rule):
    """P(X ≥ t) ≤ E X/t for X ≥ 0 and t > 0.

    Parameters
    ----------
    title
        What the step says.
    variable
        X, an expression that is not negative: a square gives Chebyshev's inequality.
    threshold
        t.
    mean
        E X where it is known; printed as a mean otherwise.

    Examples
    --------
    >>> x, t = sp.Symbol("x", real=True), sp.Symbol("t", positive=True)
    >>> Markov("", x**2, t**2).check().holds
    True
    >>> Markov("", x, t).check().holds
    False
    """

    title: str
    variable: sp.Expr
    threshold: sp.Expr
    mean: sp.Expr | None = None
    reference: ClassVar[str] = "Durrett, Probability: Theory and Examples, Theorem 1.6.4"

    @property
    def left(self) -> sp.Expr:
        return P(sp.Ge(self.variable, self.threshold, evaluate=False))

    @property
    def right(self) -> sp.Expr:
        return (E(self.variable) if self.mean is None else self.mean) / self.threshold

    def hypotheses(self) -> Iterable[Hypothesis]:
        yield nonnegative("X", self.variable)
        yield Hypothesis("t > 0", bool(self.threshold.is_positive))

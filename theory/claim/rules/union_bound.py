"""The union bound."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

import sympy as sp

from depthlaw.theory.claim.rules.rule import Hypothesis, P, Rule, nonnegative


@dataclass(frozen=True)
class UnionBound(Rule):
    """P(A_1 or … or A_m) ≤ Σ p_k when P(A_k) ≤ p_k.

    Parameters
    ----------
    title
        What the step says.
    event
        What happens when one of the A_k does, for printing.
    probability, index
        p_k, an expression in the index k.
    count
        m.

    Examples
    --------
    >>> k, m = sp.symbols("k m", integer=True, positive=True)
    >>> p = sp.Symbol("p", nonnegative=True)
    >>> UnionBound("", "A", p, k, m).right.doit()
    m*p
    """

    title: str
    event: str
    probability: sp.Expr
    index: sp.Symbol
    count: sp.Expr
    reference: ClassVar[str] = "Durrett, Probability: Theory and Examples, Theorem 1.1.1"

    @property
    def left(self) -> sp.Expr:
        return P(sp.Symbol(self.event))

    @property
    def right(self) -> sp.Expr:
        return sp.Sum(self.probability, (self.index, 1, self.count))

    def hypotheses(self) -> Iterable[Hypothesis]:
        yield nonnegative("every p_k", self.probability)

"""The inequality of the arithmetic and the geometric mean."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

import sympy as sp

from depthlaw.theory.claim.rules.rule import Hypothesis, Rule, nonnegative


@dataclass(frozen=True)
class AmGm(Rule):
    """Π a_i^{1/n} ≤ Σ a_i/n for a_i ≥ 0.

    Parameters
    ----------
    title
        What the step says.
    term, index
        a_i, an expression that is not negative, in the index i.
    count
        n.

    Examples
    --------
    >>> i, n = sp.symbols("i n", integer=True, positive=True)
    >>> a = sp.IndexedBase("a", positive=True)
    >>> AmGm("", a[i], i, n).check().holds
    True
    """

    title: str
    term: sp.Expr
    index: sp.Symbol
    count: sp.Expr
    reference: ClassVar[str] = "Steele, The Cauchy–Schwarz Master Class, chapter 2"

    @property
    def left(self) -> sp.Expr:
        return sp.Product(self.term, (self.index, 1, self.count)) ** (1 / self.count)

    @property
    def right(self) -> sp.Expr:
        return sp.Sum(self.term, (self.index, 1, self.count)) / self.count

    def hypotheses(self) -> Iterable[Hypothesis]:
        yield nonnegative("every term", self.term)
        yield Hypothesis("n ≥ 1", bool(self.count.is_positive))

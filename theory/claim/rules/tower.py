"""The tower property of conditional expectations."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

import sympy as sp

from depthlaw.theory.claim.rules.rule import E, Hypothesis, Rule, not_negative


@dataclass(frozen=True)
class TowerProperty(Rule):
    """E X = E E[X | H], and so E X ≤ E b(H) when E[X | H] ≤ b(H) for every H.

    Parameters
    ----------
    title
        What the step says.
    variable
        X, for printing.
    conditional
        What is known of E[X | H], an expression of what H determines.
    relation
        ``"=="``, ``"<="`` or ``">="``: how E[X | H] stands to it.
    lowest
        A number that X never falls below, so that the means exist; an expression that is not
        negative needs none.

    Examples
    --------
    >>> x, q = sp.symbols("x q", nonnegative=True)
    >>> TowerProperty("", x, q / 2, "<=").check().holds
    True
    """

    title: str
    variable: sp.Expr
    conditional: sp.Expr
    relation: str = "=="
    lowest: sp.Expr | None = None
    reference: ClassVar[str] = "Durrett, Probability: Theory and Examples, Theorem 4.1.13"

    @property
    def left(self) -> sp.Expr:
        return E(self.variable)

    @property
    def right(self) -> sp.Expr:
        return E(self.conditional)

    def hypotheses(self) -> Iterable[Hypothesis]:
        bounded = self.lowest is not None and self.lowest.is_finite is not False
        yield Hypothesis("X is bounded below", bounded or not_negative(self.variable))

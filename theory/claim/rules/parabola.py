"""The parabola that meets a function at one point and touches it at another."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

import sympy as sp

from depthlaw.theory.claim.rules.rule import Box, Hypothesis, Rule, nonnegative


@dataclass(frozen=True)
class TouchingParabola(Rule):
    """f(x) ≥ q(x) for x ≥ a, and ≤ for x ≤ a, where f‴ ≥ 0 and q meets f at a and touches it at b.

    q is of degree two, so that f(x) − q(x) = f‴(ξ) (x − a)(x − b)²/6. Summed over numbers
    of given sum and sum of squares q is a constant, which tells their extreme Σ f.

    Parameters
    ----------
    title
        What the step says.
    function, variable
        f, an expression in the variable x.
    meets, touches
        a and b.
    below
        Whether x ≤ a is meant.
    box
        Ranges of all symbols, where they do not give the sign of f‴.

    Examples
    --------
    >>> x, m = sp.symbols("x m", positive=True)
    >>> TouchingParabola("", sp.log(x), x, m, sp.Integer(1)).check().holds
    True
    >>> TouchingParabola("", 1 / x, x, m, sp.Integer(1)).check().holds  # f‴ < 0
    False
    """

    title: str
    function: sp.Expr
    variable: sp.Symbol
    meets: sp.Expr
    touches: sp.Expr
    below: bool = False
    box: Box | None = None
    reference: ClassVar[str] = "Davis, Interpolation and Approximation, Theorem 3.5.1"

    @property
    def curvature(self) -> sp.Expr:
        """The coefficient of (x − b)² in q."""
        f, x, a, b = self.function, self.variable, self.meets, self.touches
        tangent = f.subs(x, b) + sp.diff(f, x).subs(x, b) * (a - b)
        return (f.subs(x, a) - tangent) / (a - b) ** 2

    @property
    def left(self) -> sp.Expr:
        return self.function

    @property
    def right(self) -> sp.Expr:
        f, x, b = self.function, self.variable, self.touches
        slope = sp.diff(f, x).subs(x, b)
        return f.subs(x, b) + slope * (x - b) + self.curvature * (x - b) ** 2

    @property
    def relation(self) -> str:
        return "<=" if self.below else ">="

    def hypotheses(self) -> Iterable[Hypothesis]:
        yield nonnegative("f‴", sp.diff(self.function, self.variable, 3), self.box)
        yield Hypothesis("a ≠ b", sp.simplify(self.meets - self.touches) != 0)

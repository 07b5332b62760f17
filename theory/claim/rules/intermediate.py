"""The intermediate value theorem."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar

import sympy as sp

from depthlaw.theory.claim.rules.rule import Box, Hypothesis, Rule, not_negative, positive

COUNT = sp.Function(r"\#")
"""How many, for printing."""
_EVERYWHERE = (sp.exp, sp.sin, sp.cos, sp.sinh, sp.cosh, sp.tanh, sp.atan, sp.Abs)


@dataclass(frozen=True)
class IntermediateValue(Rule):
    """A continuous f with f < 0 at one end of an interval and f > 0 at the other has a zero.

    Parameters
    ----------
    title
        What the step says.
    function, variable
        f, an expression in the variable.
    lower, upper
        The ends, rational numbers; where f has no value there, its limit from inside counts.
    falling
        Whether f is positive at the lower end.
    box
        Ranges of the other symbols, where they do not give the signs.

    Examples
    --------
    >>> x, a = sp.symbols("x a", positive=True)
    >>> zero, two = sp.Integer(0), sp.Integer(2)
    >>> IntermediateValue("", x**2 + a * x - 1, x, zero, two).check().holds
    True
    >>> IntermediateValue("", 1 / (x - 1), x, zero, two).check().holds  # a pole, and no zero
    False
    """

    title: str
    function: sp.Expr
    variable: sp.Symbol
    lower: sp.Expr
    upper: sp.Expr
    falling: bool = False
    box: Box | None = None
    reference: ClassVar[str] = "Rudin, Principles of Mathematical Analysis, Theorem 4.23"

    @property
    def left(self) -> sp.Expr:
        inside = sp.And(
            sp.Lt(self.lower, self.variable, evaluate=False),
            sp.Lt(self.variable, self.upper, evaluate=False),
            sp.Eq(self.function, 0, evaluate=False),
            evaluate=False,
        )
        return COUNT(inside)

    @property
    def right(self) -> sp.Expr:
        return sp.Integer(1)

    @property
    def relation(self) -> str:
        return ">="

    def hypotheses(self) -> Iterable[Hypothesis]:
        a, b, x = self.lower, self.upper, self.variable
        rational = a.is_Rational and b.is_Rational
        yield Hypothesis("an interval", bool(rational and a < b and not x.is_integer))
        if not rational:
            return
        inside = not (x.is_nonnegative and a < 0) and not (x.is_nonpositive and b > 0)
        yield Hypothesis("inside the range of the variable", inside)
        yield Hypothesis("f is continuous", self._continuous(self.function))
        signs = (1, -1) if self.falling else (-1, 1)
        for end, sign, side in zip((a, b), signs, "+-", strict=True):
            shown = f"f {'>' if sign > 0 else '<'} 0 at {end}"
            value = sign * self._value(end, side)
            yield Hypothesis(shown, bool(value == sp.oo) or positive(value, self.box))

    def _value(self, end: sp.Expr, side: str) -> sp.Expr:
        value = self.function.subs(self.variable, end)
        if value.has(sp.nan, sp.zoo, sp.oo, sp.AccumBounds):
            value = sp.limit(self.function, self.variable, end, side)
        return value

    def _continuous(self, f: sp.Expr) -> bool:
        """Return whether f is built of continuous functions inside their domains."""
        x = self.variable
        if f == x or not f.has(x):
            return True
        if not all(self._continuous(part) for part in f.args):
            return False
        if f.is_Add or f.is_Mul or isinstance(f, _EVERYWHERE):
            return True
        if f.is_Pow:
            return self._power(f.base, f.exp)
        if isinstance(f, sp.log):
            return self._positive(f.args[0])
        if isinstance(f, sp.asin | sp.acos):
            return not_negative(1 - f.args[0] ** 2, self._ranges())
        return False

    def _power(self, base: sp.Expr, exponent: sp.Expr) -> bool:
        if exponent.is_integer and exponent.is_nonnegative:
            return True
        if exponent.is_integer:
            return self._positive(base) or self._positive(-base)
        if exponent.is_positive and not exponent.has(self.variable):
            return not_negative(base, self._ranges())
        return self._positive(base)

    def _positive(self, expression: sp.Expr) -> bool:
        return positive(expression, self._ranges())

    def _ranges(self) -> Box:
        low, high = (Fraction(int(end.p), int(end.q)) for end in (self.lower, self.upper))
        return {**(self.box or {}), self.variable: (low, high)}

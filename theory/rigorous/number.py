"""Exact numbers that SymPy has no formula for, or whose formula would drown the page.

They are constants to SymPy and know how to enclose themselves: `as_ball` gives a ball at the
working precision, which is what `depthlaw.theory.rigorous.holomorphic` calls.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import sympy as sp
from flint import arb, ctx

from depthlaw.theory.rigorous.balls import precision
from depthlaw.theory.rigorous.holomorphic import enclose


class BallNumber(sp.Expr):
    """A finite real constant that encloses itself."""

    is_commutative = True
    is_real = True
    is_finite = True
    is_number = True

    @property
    def free_symbols(self) -> set[sp.Basic]:
        """None: the number is a constant, whatever its definition binds."""
        return set()

    def as_ball(self) -> arb:
        """Return a ball that contains the number, at the working precision."""
        raise NotImplementedError

    def _xreplace(self, rule: Mapping[sp.Basic, sp.Basic]) -> tuple[sp.Basic, bool]:
        # What is inside is bound: only the number as a whole can be replaced.
        return (rule[self], True) if self in rule else (self, False)

    def _eval_subs(self, old: sp.Basic, new: sp.Basic) -> sp.Expr:
        return self

    def _eval_evalf(self, prec: int) -> sp.Float:
        with precision(int(prec) + 20):
            digits = int(prec * 0.30103) + 3
            return sp.Float(self.as_ball().str(digits, radius=False), digits)


class Named(BallNumber):
    """A positive constant with a name, and a formula behind it that `doit` puts in.

    >>> golden = Named("phi", (1 + sp.sqrt(5)) / 2)
    >>> sp.simplify((golden**2 - golden).doit())
    1
    """

    is_positive = True

    def __new__(cls, name: str | sp.Symbol, formula: sp.Expr) -> Named:
        """Return the constant called `name`, equal to `formula` > 0."""
        number: Named = super().__new__(cls, sp.Symbol(str(name)), formula)
        return number

    def doit(self, **hints: Any) -> sp.Expr:
        """Return the formula."""
        return self.args[1].doit(**hints)

    def as_ball(self) -> arb:
        """Return a ball that contains the number, at the working precision."""
        return _enclosed(self, ctx.prec)

    def _sympystr(self, printer: Any) -> str:
        return str(printer.doprint(self.args[0]))

    def _latex(self, printer: Any) -> str:
        return str(printer.doprint(self.args[0]))


@lru_cache(maxsize=1024)
def _enclosed(number: Named, bits: int) -> arb:
    """Enclose a named constant; `bits` is the precision in force, and part of the key."""
    with precision(bits):
        return enclose(number.args[1], sp.Dummy(), arb(0))

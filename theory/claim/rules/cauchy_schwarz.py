"""The Cauchy–Schwarz inequality."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

import sympy as sp

from depthlaw.theory.claim.rules.rule import E, Hypothesis, Rule


@dataclass(frozen=True)
class CauchySchwarz(Rule):
    """(E XY)² ≤ E X² · E Y² for real X and Y; sums are means under counting.

    Parameters
    ----------
    title
        What the step says.
    first, second
        X and Y, real expressions.
    mean
        What stands for E when it is printed; `sympy.Function`.

    Examples
    --------
    >>> x, y = sp.symbols("x y", real=True)
    >>> CauchySchwarz("", x, y).check().holds
    True
    >>> CauchySchwarz("", sp.I * x, y).check().holds
    False
    """

    title: str
    first: sp.Expr
    second: sp.Expr
    mean: sp.core.function.UndefinedFunction = E
    reference: ClassVar[str] = "Steele, The Cauchy–Schwarz Master Class, chapter 1"

    @property
    def left(self) -> sp.Expr:
        return self.mean(self.first * self.second) ** 2

    @property
    def right(self) -> sp.Expr:
        return self.mean(self.first**2) * self.mean(self.second**2)

    def hypotheses(self) -> Iterable[Hypothesis]:
        yield Hypothesis("both factors are real", bool(self.first.is_real and self.second.is_real))

"""Length and direction of a Gaussian vector are independent."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar

import sympy as sp

from depthlaw.theory.claim.rules.rule import E, Hypothesis, Rule


@dataclass(frozen=True)
class RotationInvariance(Rule):
    """E f(w) = E|w|ᵖ · E f(ŵ) for standard Gaussian w = |w| ŵ and f homogeneous of degree p.

    Parameters
    ----------
    title
        What the step says.
    function, coordinates
        f, an expression in the coordinates of w; the rest of w does not enter it.
    degree
        p, an even whole number from 0: E|w|ᵖ = n(n+2)…(n+p−2).
    dimension
        n, the number of all coordinates of w.

    Examples
    --------
    >>> a, b = sp.symbols("a b", positive=True)
    >>> n = sp.Symbol("n", integer=True, positive=True)
    >>> RotationInvariance("", a**2 * b**2, (a, b), 4, n).factor
    n*(n + 2)
    >>> RotationInvariance("", a**2 * b**2, (a, b), 2, n).check().holds
    False
    """

    title: str
    function: sp.Expr
    coordinates: Sequence[sp.Symbol]
    degree: int
    dimension: sp.Expr
    reference: ClassVar[str] = "Muirhead, Aspects of Multivariate Statistical Theory, Theorem 1.5.6"

    @property
    def factor(self) -> sp.Expr:
        """E|w|ᵖ, a moment of χ² with n degrees of freedom."""
        factors = [self.dimension + 2 * j for j in range(self.degree // 2)]
        return sp.Mul(*factors)

    @property
    def left(self) -> sp.Expr:
        return E(self.function)

    @property
    def right(self) -> sp.Expr:
        directions = {w: sp.Symbol(rf"\hat{{{w}}}") for w in self.coordinates}
        return self.factor * E(self.function.subs(directions))

    @property
    def relation(self) -> str:
        return "=="

    def hypotheses(self) -> Iterable[Hypothesis]:
        t = sp.Symbol("t", positive=True)
        scaled = self.function.subs({w: t * w for w in self.coordinates}, simultaneous=True)
        same = sp.simplify(scaled - t**self.degree * self.function) == 0
        yield Hypothesis(f"f is homogeneous of degree {self.degree}", bool(same))
        even = self.degree >= 0 and self.degree % 2 == 0
        yield Hypothesis("the degree is even", even)

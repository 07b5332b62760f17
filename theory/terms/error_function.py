"""Hermite moments of x^m erf(αx + β), by Gaussian integration by parts.

E[f He_k] = E[f′ He_{k−1}], and the derivative of erf(αx + β) is the exponential of a quadratic.
"""

from __future__ import annotations

from dataclasses import dataclass

import sympy as sp
from flint import arb

from depthlaw.theory.rigorous.zero import ball_of
from depthlaw.theory.terms.interval import (
    IntervalTerm,
    raise_power,
    raise_power_exactly,
    raise_power_symbolically,
)
from depthlaw.theory.writing.variable import X


@dataclass(frozen=True)
class ErrorFunctionTerm:
    """`coefficient` · x^`power` · erf(`slope` x + `offset`) on the whole line."""

    coefficient: sp.Expr
    power: int
    slope: sp.Expr
    offset: sp.Expr

    terminates = False

    def formula(self) -> sp.Expr:
        """Return the term as a formula."""
        return self.coefficient * X**self.power * sp.erf(self.slope * X + self.offset)

    def mean(self) -> sp.Expr:
        """Return E erf(αx + β) = erf(β/√(1 + 2α²))."""
        return sp.erf(self.offset / sp.sqrt(1 + 2 * self.slope**2))

    def derivative(self) -> IntervalTerm:
        """Return d/dx erf(αx + β) = (2α/√π) e^{−(αx+β)²}."""
        a, b = self.slope, self.offset
        front = 2 * a / sp.sqrt(sp.pi) * sp.exp(-(b**2))
        return IntervalTerm(front, 0, a**2, -2 * a * b)

    def moments(self, order: int) -> list[sp.Expr]:
        """Return E[φ He_k], k = 0, …, `order`, exactly."""
        base = [self.mean(), *self.derivative().moments(order + self.power)]
        raised = raise_power_exactly(base, self.power)
        return [sp.expand(self.coefficient * value) for value in raised[: order + 1]]

    def coefficients(self, order: int) -> list[arb]:
        """Return balls that contain c_k = E[φ h_k], k = 0, …, `order`."""
        slopes = self.derivative().coefficients(order + self.power)
        base = [ball_of(self.mean())]
        base += [value / arb(k + 1).sqrt() for k, value in enumerate(slopes)]
        for _ in range(self.power):
            base = raise_power(base)
        factor = ball_of(self.coefficient)
        return [factor * value for value in base[: order + 1]]

    def general(self, k: sp.Symbol) -> sp.Expr | None:
        """Return E[φ He_k] for symbolic k > `power`."""
        slope = self.derivative().general(k)
        if slope is None:
            return None
        base = slope.subs(k, k - 1)
        return self.coefficient * raise_power_symbolically(base, k, self.power)

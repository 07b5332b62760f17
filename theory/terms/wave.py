"""Hermite moments of x^m cos(ωx + ϑ), from the generating function.

E e^{iωx} e^{zx − z²/2} = e^{−ω²/2} e^{iωz}, so that
E[cos(ωx + ϑ) He_k] = ω^k e^{−ω²/2} cos(ϑ + kπ/2).
"""

from __future__ import annotations

from dataclasses import dataclass

import sympy as sp
from flint import arb

from depthlaw.theory.rigorous.zero import ball_of
from depthlaw.theory.terms.interval import (
    raise_power,
    raise_power_exactly,
    raise_power_symbolically,
)
from depthlaw.theory.writing.variable import X


@dataclass(frozen=True)
class WaveTerm:
    """`coefficient` · x^`power` · cos(`frequency` x + `phase`) on the whole line."""

    coefficient: sp.Expr
    power: int
    frequency: sp.Expr
    phase: sp.Expr

    terminates = False

    def formula(self) -> sp.Expr:
        """Return the term as a formula."""
        return self.coefficient * X**self.power * sp.cos(self.frequency * X + self.phase)

    def _base(self, k: sp.Expr) -> sp.Expr:
        w = self.frequency
        return w**k * sp.exp(-(w**2) / 2) * sp.cos(self.phase + k * sp.pi / 2)

    def moments(self, order: int) -> list[sp.Expr]:
        """Return E[φ He_k], k = 0, …, `order`, exactly."""
        base = [self._base(sp.Integer(k)) for k in range(order + self.power + 1)]
        raised = raise_power_exactly(base, self.power)
        return [sp.expand(self.coefficient * value) for value in raised[: order + 1]]

    def coefficients(self, order: int) -> list[arb]:
        """Return balls that contain c_k = E[φ h_k], k = 0, …, `order`."""
        w = ball_of(self.frequency)
        quarter_turns = [ball_of(sp.cos(self.phase + j * sp.pi / 2)) for j in range(4)]
        size = (-w * w / 2).exp()
        base = []
        for k in range(order + self.power + 1):
            base.append(size * quarter_turns[k % 4])
            size *= w / arb(k + 1).sqrt()
        for _ in range(self.power):
            base = raise_power(base)
        factor = ball_of(self.coefficient)
        return [factor * value for value in base[: order + 1]]

    def general(self, k: sp.Symbol) -> sp.Expr | None:
        """Return E[φ He_k] for symbolic k > `power`."""
        return self.coefficient * raise_power_symbolically(self._base(k), k, self.power)

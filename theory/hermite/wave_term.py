"""Hermite moments of x^m cos(ωx + ϑ), from the generating function.

E e^{iωx} e^{zx − z²/2} = e^{−ω²/2} e^{iωz}, so that E[cos(ωx + ϑ) He_k] = ω^k e^{−ω²/2} cos(ϑ + kπ/2).
"""

from __future__ import annotations

from dataclasses import dataclass

import sympy as sp
from flint import arb

from depthlaw.theory.activations.piece import X
from depthlaw.theory.hermite.interval_term import raise_power
from depthlaw.theory.rigorous.evaluate import evaluate


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
        for _ in range(self.power):
            base = [
                base[k + 1] + (k * base[k - 1] if k else sp.Integer(0))
                for k in range(len(base) - 1)
            ]
        return [sp.expand(self.coefficient * value) for value in base[: order + 1]]

    def coefficients(self, order: int) -> list[arb]:
        """Return balls that contain c_k = E[φ h_k], k = 0, …, `order`."""
        w = evaluate(self.frequency, {})
        quarter_turns = [evaluate(sp.cos(self.phase + j * sp.pi / 2), {}) for j in range(4)]
        size = (-w * w / 2).exp()
        base = []
        for k in range(order + self.power + 1):
            base.append(size * quarter_turns[k % 4])
            size *= w / arb(k + 1).sqrt()
        for _ in range(self.power):
            base = raise_power(base)
        factor = evaluate(self.coefficient, {})
        return [factor * value for value in base[: order + 1]]

    def general(self, k: sp.Symbol) -> sp.Expr | None:
        """Return E[φ He_k] for symbolic k > `power`."""
        base = self._base(k)
        for _ in range(self.power):
            base = base.subs(k, k + 1) + k * base.subs(k, k - 1)
        return self.coefficient * base

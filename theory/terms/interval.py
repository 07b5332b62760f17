"""Hermite moments of x^m e^{−s x² + t x} on an interval, by integration by parts.

Let f(x) = e^{−s x² + t x} on (l, u), γ the Gaussian density, w = 1 + 2s > 0 and
I_k = ∫_l^u f He_k γ. Since He_k γ = −(He_{k−1} γ)′ and x He_{k−1} = He_k + (k−1) He_{k−2},

    w I_k = −[f He_{k−1} γ]_l^u + t I_{k−1} − 2s(k−1) I_{k−2}.

A factor x is taken in by E[x f He_k] = E[f He_{k+1}] + k E[f He_{k−1}].
"""

from __future__ import annotations

from dataclasses import dataclass

import sympy as sp
from flint import arb

from depthlaw.theory.rigorous.zero import ball_of
from depthlaw.theory.terms.polynomials import hermite_at, hermite_values, orthonormal_values
from depthlaw.theory.writing.variable import X


def density(x: sp.Expr) -> sp.Expr:
    """Return the Gaussian density γ(x)."""
    return sp.exp(-(x**2) / 2) / sp.sqrt(2 * sp.pi)


@dataclass(frozen=True)
class IntervalTerm:
    """`coefficient` · x^`power` · exp(−`quadratic` x² + `linear` x) on (`lower`, `upper`)."""

    coefficient: sp.Expr
    power: int = 0
    quadratic: sp.Expr = sp.S.Zero
    linear: sp.Expr = sp.S.Zero
    lower: sp.Expr = sp.S.NegativeInfinity
    upper: sp.Expr = sp.S.Infinity

    @property
    def on_whole_line(self) -> bool:
        """Whether the interval is the whole line."""
        return bool(self.lower.is_infinite and self.upper.is_infinite)

    @property
    def terminates(self) -> bool:
        """Whether it is a polynomial on the whole line: its moments vanish beyond the degree."""
        return self.on_whole_line and self.quadratic == 0 and self.linear == 0

    def formula(self) -> sp.Expr:
        """Return the term as a formula, without its interval."""
        exponent = -self.quadratic * X**2 + self.linear * X
        return self.coefficient * X**self.power * sp.exp(exponent)

    def mass(self) -> sp.Expr:
        """Return I_0 = ∫ f γ, by completing the square."""
        w = 1 + 2 * self.quadratic
        centre, scale = self.linear / w, sp.sqrt(w / 2)
        front = sp.exp(self.linear**2 / (2 * w)) / sp.sqrt(w)
        if self.on_whole_line:
            return front
        if self.upper.is_infinite:
            return front * sp.erfc(scale * (self.lower - centre)) / 2
        if self.lower.is_infinite:
            return front * sp.erfc(-scale * (self.upper - centre)) / 2
        ends = (sp.erf(scale * (end - centre)) for end in (self.upper, self.lower))
        return front * (next(ends) - next(ends)) / 2

    def moments(self, order: int) -> list[sp.Expr]:
        """Return E[φ He_k], k = 0, …, `order`, exactly."""
        base = self._base_moments(order + self.power)
        raised = raise_power_exactly(base, self.power)
        return [sp.expand(self.coefficient * value) for value in raised[: order + 1]]

    def _base_moments(self, order: int) -> list[sp.Expr]:
        # Each moment combines three transcendental constants, with algebraic coefficients.
        ends = [(sign, end) for sign, end in ((-1, self.upper), (1, self.lower)) if end.is_finite]
        values = [hermite_values(order, end) for _, end in ends]
        total = [sp.Integer(0)] * (order + 1)
        for (sign, end), he in zip(ends, values, strict=True):
            weight = sp.exp(-self.quadratic * end**2 + self.linear * end) * density(end)
            forcing = [sp.Integer(0)] + [sign * value for value in he[:order]]
            total = _add(total, self._solve(sp.Integer(0), forcing), weight)
        return _add(total, self._solve(sp.Integer(1), [sp.Integer(0)] * (order + 1)), self.mass())

    def _solve(self, start: sp.Expr, forcing: list[sp.Expr]) -> list[sp.Expr]:
        w = 1 + 2 * self.quadratic
        values = [start]
        for k in range(1, len(forcing)):
            value = forcing[k] + self.linear * values[k - 1]
            if k > 1:
                value -= 2 * self.quadratic * (k - 1) * values[k - 2]
            values.append(sp.expand(value / w))
        return values

    def coefficients(self, order: int) -> list[arb]:
        """Return balls that contain c_k = E[φ h_k], k = 0, …, `order`."""
        base = self._base_coefficients(order + self.power)
        for _ in range(self.power):
            base = raise_power(base)
        factor = ball_of(self.coefficient)
        return [factor * value for value in base[: order + 1]]

    def _base_coefficients(self, order: int) -> list[arb]:
        s, t = ball_of(self.quadratic), ball_of(self.linear)
        boundary = [arb(0)] * (order + 1)
        for sign, end in ((-1, self.upper), (1, self.lower)):
            if end.is_finite:
                x = ball_of(end)
                weight = sign * (-s * x * x + t * x - x * x / 2).exp() / (2 * arb.pi()).sqrt()
                h = orthonormal_values(order, x)
                boundary = [b + weight * value for b, value in zip(boundary, h, strict=True)]
        values = [ball_of(self.mass())]
        for k in range(1, order + 1):
            root = arb(k).sqrt()
            value = (boundary[k - 1] + t * values[k - 1]) / root
            if k > 1:
                value -= 2 * s * (arb(k - 1).sqrt() / root) * values[k - 2]
            values.append(value / (1 + 2 * s))
        return values

    def general(self, k: sp.Symbol) -> sp.Expr | None:
        """Return E[φ He_k] for symbolic k > `power`, or None where only the recurrence is known."""
        base = self._general_base(k)
        if base is None:
            return None
        return self.coefficient * raise_power_symbolically(base, k, self.power)

    def _general_base(self, k: sp.Symbol) -> sp.Expr | None:
        s, t = self.quadratic, self.linear
        if self.terminates:
            return sp.Integer(0)
        if self.on_whole_line:
            w = 1 + 2 * s
            if s == 0:
                return t**k * self.mass()
            # Σ_k I_k z^k/k! = I_0 exp(tz/w − sz²/w): the generating function of σ^k He_k(t/(wσ))
            sigma = sp.sqrt(2 * s / w)
            return self.mass() * sigma**k * hermite_at(k, t / (w * sigma))
        if s == 0 and t == 0:
            return self._bracket(k - 1)
        if s == 0:
            j = sp.Symbol("j", integer=True, nonnegative=True)
            rest = sp.Sum(t ** (k - 1 - j) * self._bracket(j), (j, 0, k - 1))
            return t**k * self.mass() + rest
        return None

    def _bracket(self, j: sp.Expr) -> sp.Expr:
        """Return −[e^{tx} He_j γ]_l^u."""
        total = sp.Integer(0)
        for sign, end in ((-1, self.upper), (1, self.lower)):
            if end.is_finite:
                total += sign * sp.exp(self.linear * end) * density(end) * hermite_at(j, end)
        return total


def raise_power(coefficients: list[arb]) -> list[arb]:
    """Return the coefficients of x f from those of f: c_k[xf] = √(k+1) c_{k+1} + √k c_{k−1}."""
    result = []
    for k in range(len(coefficients) - 1):
        value = arb(k + 1).sqrt() * coefficients[k + 1]
        if k:
            value += arb(k).sqrt() * coefficients[k - 1]
        result.append(value)
    return result


def raise_power_symbolically(base: sp.Expr, k: sp.Symbol, power: int) -> sp.Expr:
    """Return E[x^m f He_k] from E[f He_k], for symbolic k."""
    for _ in range(power):
        base = base.subs(k, k + 1) + k * base.subs(k, k - 1)
    return base


def raise_power_exactly(moments: list[sp.Expr], power: int) -> list[sp.Expr]:
    """Return E[x^m f He_k] from E[f He_k], k = 0, 1, …; the list gets shorter by `power`."""
    for _ in range(power):
        moments = [
            moments[k + 1] + (k * moments[k - 1] if k else sp.Integer(0))
            for k in range(len(moments) - 1)
        ]
    return moments


def _add(total: list[sp.Expr], part: list[sp.Expr], weight: sp.Expr) -> list[sp.Expr]:
    return [a + b * weight for a, b in zip(total, part, strict=True)]

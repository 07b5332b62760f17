"""Inequalities between power series with weights a_k ≥ 0, proved power by power.

κ(ρ) = Σ a_k ρᵏ with Σ a_k = 1 is the mean of ρᵏ over a random degree k. An inequality
f(k) ≤ Σ_i c_i w_i(k) for every degree gives Σ a_k f(k) ≤ Σ_i c_i Σ a_k w_i(k), and the sums on the
right are numbers of κ: 1 for w = 1, κ′(1) for k, κ(0) and κ′(0) for the degrees 0 and 1, κ(x) for
xᵏ, κ′(x) for k xᵏ⁻¹.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

import sympy as sp

from depthlaw.theory.claim.rules import Rule
from depthlaw.theory.claim.rules.rule import Hypothesis, not_negative

DEGREE = sp.Symbol("k", integer=True, nonnegative=True)
WEIGHT = sp.IndexedBase("a")
_later = sp.Symbol("j", integer=True, nonnegative=True)


def total(factor: sp.Expr) -> sp.Tuple:
    """Return factor · Σ a_k = factor."""
    return sp.Tuple(factor, 1, 1)


def at(factor: sp.Expr, degree: int, value: sp.Expr) -> sp.Tuple:
    """Return factor · a_degree; `value` is the name of that weight."""
    return sp.Tuple(factor, sp.KroneckerDelta(DEGREE, degree), value)


def power(factor: sp.Expr, point: sp.Expr, value: sp.Expr) -> sp.Tuple:
    """Return factor · κ(point); `value` is the name of κ there."""
    return sp.Tuple(factor, point**DEGREE, value)


def slope(factor: sp.Expr, point: sp.Expr, value: sp.Expr) -> sp.Tuple:
    """Return factor · κ′(point); `value` is the name of κ′ there."""
    return sp.Tuple(factor, DEGREE * point ** (DEGREE - 1), value)


@dataclass(frozen=True)
class Termwise(Rule):
    """Σ a_k f(k) ≤ Σ_i c_i v_i where f(k) ≤ Σ_i c_i w_i(k) for every degree and v_i = Σ a_k w_i(k).

    The difference d_0 of both sides is shown to be at least 0 by induction over the degree: with
    d_{i+1}(k) = d_i(k + stride) − r_i d_i(k) for the given r_i ≥ 0, every d_i is at least 0 at the
    first degrees, and the last one at all of them. Degrees before `first` are tried one by one.

    Parameters
    ----------
    title
        What the step says.
    term
        f, an expression in `DEGREE`.
    bound
        Triples (c_i, w_i, v_i): `total`, `at`, `power` and `slope` make them.
    factors
        The r_i.
    first, stride
        Degree at which the induction starts, and how far it goes at a time.
    unit
        Symbols that lie between 0 and 1.
    given
        What stands for a symbol of the formulas in the proof: ρ = ρ* + (1 − ρ*)y, say.

    Examples
    --------
    >>> s = sp.Symbol("s", nonnegative=True)
    >>> square = (total(s**2),)
    >>> Termwise("", s**DEGREE, square, (s,), first=2, unit=(s,)).check().holds  # not for k < 2
    False
    >>> Termwise("", s**DEGREE, (total(sp.Integer(1)),), (s,), unit=(s,)).check().holds
    True
    """

    title: str
    term: sp.Expr
    bound: tuple[sp.Basic, ...]
    factors: tuple[sp.Basic, ...]
    first: int = 0
    stride: int = 1
    unit: Sequence[sp.Symbol] = ()
    given: Mapping[sp.Symbol, sp.Expr] = field(default_factory=dict)
    reference: ClassVar[str] = "sums with weights that are not negative keep inequalities"

    @property
    def left(self) -> sp.Expr:
        return sp.Sum(WEIGHT[DEGREE] * self.term, (DEGREE, 0, sp.oo))

    @property
    def right(self) -> sp.Expr:
        return sp.Add(*(c * value for c, _, value in self.bound))

    def hypotheses(self) -> Iterable[Hypothesis]:
        larger = sp.Add(*(c * weight for c, weight, _ in self.bound))
        difference = (larger - self.term).subs(dict(self.given))
        yield Hypothesis(
            f"f ≤ g for each k < {self.first}",
            all(self._shown(_at(difference, k)) for k in range(self.first)),
        )
        for order, raw in enumerate(self.factors):
            factor = raw.subs(dict(self.given))
            starts = range(self.first, self.first + self.stride)
            yield Hypothesis(
                f"d_{order} ≥ 0 at k = {self.first}"
                + (f", {self.first + 1}" if self.stride == 2 else ""),
                self._shown(factor) and all(self._shown(_at(difference, k)) for k in starts),
            )
            following = difference.subs(DEGREE, DEGREE + self.stride)
            difference = following - factor * difference
        last = difference.subs(DEGREE, self.first + _later)
        yield Hypothesis(f"d_{len(self.factors)} ≥ 0 for every k", self._shown(last))

    def _shown(self, expression: sp.Expr) -> bool:
        """Return whether an expression is at least 0 for 0 < x ≤ 1; at 0 it is by continuity."""
        plain = sp.factor(sp.powsimp(sp.powdenest(sp.expand(sp.expand_power_exp(expression)))))
        inside = {x: 1 / (1 + sp.Symbol(f"t_{x.name}", nonnegative=True)) for x in self.unit}
        moved = plain.subs(inside)
        # One after the other: the last takes longest, and is seldom needed.
        return (
            not_negative(moved)
            or not_negative(_numerators(moved))
            or not_negative(sp.simplify(moved))
        )


def _at(expression: sp.Expr, degree: int) -> sp.Expr:
    """Return the expression at a degree."""
    return sp.simplify(expression.subs(DEGREE, degree))


def _numerators(expression: sp.Expr) -> sp.Expr:
    """Return each factor over one denominator, multiplied out."""
    factors = []
    for part in sp.Mul.make_args(expression):
        base, exponent = part.as_base_exp()
        numerator, denominator = sp.fraction(sp.together(base))
        factors.append((sp.factor(sp.expand(numerator)) / denominator) ** exponent)
    return sp.Mul(*factors)

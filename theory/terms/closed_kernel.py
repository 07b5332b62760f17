"""The kernel map E[φ(X)φ(Y)] in closed form, for any variances, where the rules give one."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import sympy as sp

from depthlaw.theory.activations.definition import Activation, takes_activation
from depthlaw.theory.terms.factors import Factor, collect
from depthlaw.theory.terms.pairs import Gaussian, pair
from depthlaw.theory.terms.rule_table import decompose

Q1, Q2 = sp.symbols("q1 q2", positive=True)
"""The variances of X and Y."""
R = sp.Symbol("r", real=True)
"""Their covariance."""
RHO = sp.Symbol("rho", real=True)
"""Their correlation, at unit variances."""


@dataclass(frozen=True)
class ClosedKernel:
    """E[φ(X)φ(Y)] as a formula in `Q1`, `Q2` and `R`."""

    expression: sp.Expr

    def at(self, first: sp.Expr, second: sp.Expr, covariance: sp.Expr) -> sp.Expr:
        """Return the formula with variances and covariance put in."""
        values = {Q1: first, Q2: second, R: covariance}
        return sp.expand(self.expression.subs(values, simultaneous=True))

    @property
    def unit(self) -> sp.Expr:
        """κ(ρ), at unit variances, in `RHO`."""
        return self.unit_derivative(0)

    def unit_derivative(self, order: int) -> sp.Expr:
        """Return the `order`-th derivative of κ(ρ), in `RHO`."""
        return _unit(self, order)


@lru_cache(maxsize=1024)
def _unit(closed: ClosedKernel, order: int) -> sp.Expr:
    if order > 0:
        return _tidy(sp.diff(_unit(closed, order - 1), RHO))
    return _tidy(closed.expression.subs({Q1: 1, Q2: 1, R: RHO}, simultaneous=True))


def _tidy(expression: sp.Expr) -> sp.Expr:
    """Collect what multiplies each square root, arcsine or exponential; write 1−ρ² as (1−ρ)(1+ρ).

    The product keeps its accuracy near |ρ| = 1, where the difference loses it.
    """
    collected = sp.Add(*(sp.factor_terms(part) for part in sp.Add.make_args(expression)))
    return collected.replace(
        lambda e: e.is_Pow and e.exp.is_Rational and e.exp.q == 2 and e.base.is_Add,
        lambda e: sp.factor(e.base) ** e.exp,
    )


@takes_activation
@lru_cache(maxsize=512)
def closed_kernel(activation: Activation) -> ClosedKernel | None:
    """Return the kernel map in closed form, or None where the rules give none.

    Examples
    --------
    >>> from depthlaw.theory.activations import activation
    >>> closed_kernel(activation("sign")).unit == 2 * sp.asin(RHO) / sp.pi
    True
    """
    terms = decompose(activation.pieces)
    factors = None if terms is None else collect(terms)
    if factors is None:
        return None
    law = Gaussian(sp.Integer(0), sp.Integer(0), Q1, R, Q2)
    total = sp.Integer(0)
    for first, a in factors.items():
        for second, b in factors.items():
            if _odd_pair(first, second):
                continue
            value = pair(first, second, law)
            if value is None:
                return None
            total += a * b * value
    return ClosedKernel(total)


def _parity(factor: Factor) -> int | None:
    """Return the parity of a factor: 0 even, 1 odd, None neither."""
    special = factor.special
    if factor.linear != 0 or not (special is None or getattr(special, "offset", None) == 0):
        return None
    return (factor.power + (special is not None)) % 2


def _odd_pair(first: Factor, second: Factor) -> bool:
    """Whether the mean vanishes because (X, Y) ↦ (−X, −Y) turns the sign of the product."""
    parities = _parity(first), _parity(second)
    return None not in parities and parities[0] != parities[1]

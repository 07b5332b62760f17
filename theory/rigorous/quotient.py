"""(N(x) − N(r))/(x − r) as a formula that is known to be analytic at r, with its derivatives.

tanh(x)/x has no pole, but nothing that evaluates it term by term can tell. An integral can: with
g(x) = ∫₀¹ N′(r + t(x − r)) dt, g⁽ʲ⁾(x) = ∫₀¹ tʲ N⁽ʲ⁺¹⁾(r + t(x − r)) dt, which lies in 1/(j+1)
times the values of N⁽ʲ⁺¹⁾ on any box that holds r and x, where N is analytic on it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import sympy as sp
from flint import acb, arb, ctx

from depthlaw.theory.rigorous.holomorphic import Holomorphic, compile_holomorphic

_NOTHING = acb(arb.nan(), arb.nan())


class Quotient(sp.Function):
    """The `order`-th derivative of (N(u) − N(r))/(u − r): ``Quotient(N, r, order, u)``.

    >>> x = sp.Symbol("x", real=True)
    >>> sinc = Quotient.of(sp.sin(x), x, sp.Integer(0))
    >>> sinc.over(arb(0)).contains(1)
    True
    """

    nargs = 4
    is_real = True

    @classmethod
    def of(cls, numerator: sp.Expr, symbol: sp.Symbol, place: sp.Expr) -> sp.Expr:
        """Return (N(x) − N(r))/(x − r)."""
        z = bound_symbol(numerator)
        return cls(sp.Lambda(z, numerator.xreplace({symbol: z})), place, sp.Integer(0), symbol)

    def fdiff(self, argindex: int = 4) -> sp.Expr:
        """Return the derivative by the argument."""
        numerator, place, order, u = self.args
        return Quotient(numerator, place, order + 1, u)

    def _eval_is_finite(self) -> bool:
        return True

    def as_formula(self) -> sp.Expr:
        """Return the formula as a quotient."""
        numerator, place, order, u = self.args
        return _as_formula(numerator, place, int(order)).xreplace({numerator.variables[0]: u})

    def _eval_evalf(self, prec: int) -> sp.Expr:
        return self.as_formula()._eval_evalf(prec)

    def _sympystr(self, printer: Any) -> str:
        return f"({printer.doprint(self.as_formula())})"

    def over(self, at: arb) -> arb:
        """Return a ball around the values over a real ball."""
        return self.holomorphic(acb(at), False).real

    def holomorphic(self, z: acb, analytic: bool) -> acb:
        """Return the values over a complex ball, or not-a-number."""
        j, place, away, close = _compiled(self)
        r = place(z, False)
        direct = _NOTHING
        if not (z - r).contains(0):
            direct = away(z, analytic)
            if direct.real.rel_accuracy_bits() > ctx.prec // 2:
                return direct
        box = acb(z.real.union(r.real), z.imag.union(r.imag))
        near = close(box, True) / (j + 1)
        if not near.is_finite() or (direct.is_finite() and direct.rad() < near.rad()):
            return direct
        return near


@lru_cache(maxsize=1024)
def _compiled(quotient: Quotient) -> tuple[int, Holomorphic, Holomorphic, Holomorphic]:
    """Return the order, r, the quotient itself and the derivative of N that bounds it."""
    numerator, place, order, _ = quotient.args
    (symbol,) = numerator.variables
    formulas = place, _as_formula(numerator, place, int(order)), _slope(numerator, int(order) + 1)
    at, away, close = (compile_holomorphic(formula, symbol) for formula in formulas)
    return int(order), at, away, close


def bound_symbol(formula: sp.Expr) -> sp.Symbol:
    """Return the symbol for the variable inside a `Quotient` of a formula, not used in it yet.

    >>> bound_symbol(sp.Integer(1))
    z_0
    """
    depth = 0
    for quotient in formula.atoms(Quotient):
        (symbol,) = quotient.args[0].variables
        depth = max(depth, int(symbol.name.removeprefix("z_")) + 1)
    return sp.Symbol(f"z_{depth}", real=True)


@lru_cache(maxsize=256)
def _slope(numerator: sp.Lambda, order: int) -> sp.Expr:
    return sp.diff(numerator.expr, numerator.variables[0], order)


@lru_cache(maxsize=256)
def _as_formula(numerator: sp.Lambda, place: sp.Expr, order: int) -> sp.Expr:
    (z,) = numerator.variables
    top = numerator.expr - value_at(numerator.expr, z, place)
    return sp.diff(top / (z - place), z, order)


def value_at(formula: sp.Expr, symbol: sp.Symbol, place: sp.Expr) -> sp.Expr:
    """Return the value of a formula; that of a quotient at its own place is a derivative.

    >>> x = sp.Symbol("x", real=True)
    >>> value_at(Quotient.of(sp.sin(x), x, sp.Integer(0)), x, sp.Integer(0))
    1
    """

    def value(e: Quotient) -> sp.Expr:
        numerator, r, order, u = e.args
        if u.subs(symbol, place) != r:
            return e.as_formula()
        slope = _slope(numerator, int(order) + 1)
        return value_at(slope, numerator.variables[0], r) / (order + 1)

    return _mapped(formula, value).subs(symbol, place)


def written(expression: sp.Expr) -> sp.Expr:
    """Return a formula with every `Quotient` written as one."""
    while expression.has(Quotient):
        expression = _mapped(expression, Quotient.as_formula)
    return expression


def _mapped(e: sp.Expr, change: Callable[[Quotient], sp.Expr]) -> sp.Expr:
    """Return a formula with its outermost quotients changed; what they bind is left alone."""
    if isinstance(e, Quotient):
        return change(e)
    if not e.has(Quotient):
        return e
    return e.func(*(_mapped(part, change) for part in e.args))

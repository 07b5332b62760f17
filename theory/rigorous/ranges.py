"""What a real formula can be on an interval of the line.

Unlike its extension to the complex plane a real formula may hold kinks, and the ends of its domain:
roots and logarithms are given what is at least 0, which whoever calls has proved, so that rounding
below 0 is cut off.
"""

from __future__ import annotations

from collections.abc import Callable

import sympy as sp
from flint import arb

from depthlaw.theory.errors import DepthlawError
from depthlaw.theory.rigorous.quotient import Quotient
from depthlaw.theory.rigorous.zero import ball_of

_FUNCTIONS: dict[type[sp.Basic], Callable[[arb], arb]] = {
    sp.sin: lambda u: _wave(u, arb.sin, arb("0.5")),
    sp.cos: lambda u: _wave(u, arb.cos, arb(0)),
    sp.cosh: lambda u: u.cosh(),
    sp.asin: lambda u: u.asin(),
    sp.acos: lambda u: u.acos(),
    sp.Abs: abs,
    sp.sign: lambda u: u.sgn(),
    sp.Heaviside: lambda u: (1 + u.sgn()) / 2,
}
_INCREASING: dict[type[sp.Basic], Callable[[arb], arb]] = {
    sp.exp: lambda u: u.exp(),
    sp.sinh: lambda u: u.sinh(),
    sp.tanh: lambda u: u.tanh(),
    sp.atan: lambda u: u.atan(),
    sp.asinh: lambda u: u.asinh(),
    sp.erf: lambda u: u.erf(),
    sp.erfc: lambda u: -u.erfc(),
}


def between(low: arb, high: arb) -> arb:
    """Return a ball around everything from the lower end of `low` to the upper end of `high`."""
    return low.lower().union(high.upper())


def _wave(u: arb, wave: Callable[[arb], arb], shift: arb) -> arb:
    """Return sines or cosines over a ball, by its ends where they are monotone between them."""
    low, high = u.lower(), u.upper()
    halves = [(end / arb.pi() - shift).floor() for end in (low, high)]
    if all(half.is_exact() for half in halves) and halves[0] == halves[1]:
        return wave(low).union(wave(high))
    return wave(u)


def real_range(expression: sp.Expr, symbol: sp.Symbol, at: arb) -> arb:
    """Return a ball around the values of a real formula over the interval `at`.

    The ball is not finite where no bound was found. What stands under a root or a logarithm must
    be known to be at least 0.

    >>> x = sp.Symbol("x", real=True)
    >>> real_range(sp.sqrt(x), x, arb(1, 1)).overlaps(arb(0))
    True
    """
    return _value(expression, symbol, at, {})


def _value(e: sp.Expr, symbol: sp.Symbol, at: arb, known: dict[sp.Expr, arb]) -> arb:
    if e == symbol:
        return at
    if not e.has(symbol):
        return ball_of(e)
    if e not in known:
        known[e] = _node(e, symbol, at, known)
    return known[e]


def _node(e: sp.Expr, symbol: sp.Symbol, at: arb, known: dict[sp.Expr, arb]) -> arb:
    if isinstance(e, Quotient):
        return e.over(_value(e.args[3], symbol, at, known))
    if isinstance(e, sp.Piecewise):
        parts = [_value(formula, symbol, at, known) for formula, _ in e.args]
        total = parts[0]
        for part in parts[1:]:
            total = total.union(part)
        return total
    if isinstance(e, sp.log) and isinstance(e.args[0] - 1, sp.exp):
        # A ball around 1 and e^{1000} would hold negative numbers: log(1 + e^u) by the ends of u.
        u = _value((e.args[0] - 1).args[0], symbol, at, known)
        return between(_softplus(u.lower()), _softplus(u.upper()))
    values = [_value(argument, symbol, at, known) for argument in e.args]
    if e.is_Add:
        return sum(values[1:], start=values[0])
    if e.is_Mul:
        product = values[0]
        for value in values[1:]:
            product *= value
        return product
    if e.is_Pow:
        return _power(values[0], e.exp, values[1])
    if isinstance(e, sp.Max | sp.Min):
        best = values[0]
        for value in values[1:]:
            best = best.max(value) if isinstance(e, sp.Max) else best.min(value)
        return best
    if isinstance(e, sp.log):
        u = values[0].upper()
        low = values[0].lower()
        return between(low.log(), u.log()) if low > 0 else arb.nan()
    if e.func in _INCREASING:
        f = _INCREASING[e.func]
        found = between(f(values[0].lower()), f(values[0].upper()))
        return -found if isinstance(e, sp.erfc) else found
    if e.func in _FUNCTIONS:
        return _FUNCTIONS[e.func](values[0])
    raise DepthlawError(f"{e.func} has no range")


def _softplus(u: arb) -> arb:
    return u + (-u).exp().log1p() if u > 0 else u.exp().log1p()


def _power(base: arb, exponent: sp.Expr, power: arb) -> arb:
    if exponent.is_Integer:
        return _whole(base, int(exponent))
    if not base.upper() >= 0:
        return arb.nan()
    low, high = base.lower().max(arb(0)), base.upper()
    if power < 0 and not low > 0:
        return arb.nan()
    ends = [end**power if end > 0 else arb(0) for end in (low, high)]
    return between(*ends) if power > 0 else between(ends[1], ends[0])


def _whole(base: arb, n: int) -> arb:
    if n < 0:
        return arb.nan() if base.contains(0) else 1 / _whole(base, -n)
    low, high = base.lower() ** n, base.upper() ** n
    if n % 2:
        return between(low, high)
    top = low.upper().max(high.upper())
    return arb(0).union(top) if base.contains(0) else low.union(high)

"""Turn a SymPy expression in one variable into a function of complex balls that knows where it is holomorphic.

`flint`'s integration calls an integrand with a flag `analytic`: where it is true, the value must be
not-a-number unless the function is holomorphic on the whole ball. Functions with branch cuts obey it
below; a quotient with a pole in the ball comes out as not-a-number by itself.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import sympy as sp
from flint import acb, arb

from depthlaw.theory.errors import DepthlawError
from depthlaw.theory.rigorous.balls import ball

Holomorphic = Callable[[acb, bool], acb]
_NOT_A_NUMBER = acb(arb.nan(), arb.nan())


def _cut_on_imaginary_axis(z: acb) -> bool:
    """Whether `z` touches the cuts i(−∞, −1] and i[1, ∞) of atan and asinh."""
    return bool(z.real.contains(0)) and not abs(z.imag) < 1


def _cut_on_real_axis(z: acb) -> bool:
    """Whether `z` touches the cuts (−∞, −1] and [1, ∞) of asin and acos."""
    return bool(z.imag.contains(0)) and not abs(z.real) < 1


def _atan(z: acb, analytic: bool) -> acb:
    return _NOT_A_NUMBER if analytic and _cut_on_imaginary_axis(z) else z.atan()


def _asinh(z: acb, analytic: bool) -> acb:
    return _NOT_A_NUMBER if analytic and _cut_on_imaginary_axis(z) else z.asinh()


def _asin(z: acb, analytic: bool) -> acb:
    return _NOT_A_NUMBER if analytic and _cut_on_real_axis(z) else z.asin()


def _acos(z: acb, analytic: bool) -> acb:
    return _NOT_A_NUMBER if analytic and _cut_on_real_axis(z) else z.acos()


FUNCTIONS: dict[type[sp.Basic], Holomorphic] = {
    sp.exp: lambda z, analytic: z.exp(),
    sp.log: lambda z, analytic: z.log(analytic),
    sp.sin: lambda z, analytic: z.sin(),
    sp.cos: lambda z, analytic: z.cos(),
    sp.sinh: lambda z, analytic: z.sinh(),
    sp.cosh: lambda z, analytic: z.cosh(),
    sp.tanh: lambda z, analytic: z.tanh(),
    sp.asin: _asin,
    sp.acos: _acos,
    sp.atan: _atan,
    sp.asinh: _asinh,
    sp.erf: lambda z, analytic: z.erf(),
    sp.erfc: lambda z, analytic: z.erfc(),
    sp.Abs: lambda z, analytic: z.real_abs(analytic),
    sp.sign: lambda z, analytic: z.real_sgn(analytic),
    sp.Heaviside: lambda z, analytic: z.real_heaviside(analytic),
}
"""The functions of one argument that have a holomorphic version."""


def compile_holomorphic(expression: sp.Expr, symbol: sp.Symbol) -> Holomorphic:
    """Return `expression` as a function of (complex ball, analytic flag).

    Parameters
    ----------
    expression
        In sums, products, powers, `FUNCTIONS`, minima and maxima, with no other symbol than `symbol`.
        Constants are enclosed at the precision in force when the function is called.

    Raises
    ------
    DepthlawError
        If the expression holds another symbol or a function without a holomorphic version.

    Examples
    --------
    >>> x = sp.Symbol("x")
    >>> f = compile_holomorphic(sp.sqrt(x**2), x)
    >>> f(acb(-3), False).real.contains(3)
    True
    >>> f(acb(arb(0, 1), arb(0, 1)), True).is_finite()
    False
    """
    return _compile(expression, symbol)


@lru_cache(maxsize=4096)
def _compile(expression: sp.Expr, symbol: sp.Symbol) -> Holomorphic:
    if expression == symbol:
        return lambda z, analytic: z
    if expression.is_Rational:
        numerator, denominator = int(expression.p), int(expression.q)
        return lambda z, analytic: acb(arb(numerator) / denominator)
    if expression.is_Float:
        return _compile(sp.Rational(expression), symbol)
    if expression is sp.pi:
        return lambda z, analytic: acb(arb.pi())
    if expression is sp.E:
        return lambda z, analytic: acb(arb(1).exp())
    own = getattr(expression, "as_ball", None)
    if own is not None:
        return lambda z, analytic: acb(own())
    parts = [_compile(argument, symbol) for argument in expression.args]
    if expression.is_Add:
        return lambda z, analytic: _sum([part(z, analytic) for part in parts])
    if expression.is_Mul:
        return lambda z, analytic: _product([part(z, analytic) for part in parts])
    if expression.is_Pow:
        return _power(expression.exp, *parts)
    if isinstance(expression, sp.Max):
        return lambda z, analytic: _fold(acb.real_max, parts, z, analytic)
    if isinstance(expression, sp.Min):
        return lambda z, analytic: _fold(acb.real_min, parts, z, analytic)
    if expression.func in FUNCTIONS:
        outer, inner = FUNCTIONS[expression.func], parts[0]
        return lambda z, analytic: outer(inner(z, analytic), analytic)
    what = "symbol" if expression.is_Symbol else "function"
    name = expression if expression.is_Symbol else expression.func
    raise DepthlawError(f"the {what} {name} has no evaluation in complex ball arithmetic")


def _sum(values: list[acb]) -> acb:
    return sum(values[1:], start=values[0])


def _product(values: list[acb]) -> acb:
    result = values[0]
    for value in values[1:]:
        result *= value
    return result


def _fold(
    pick: Callable[[acb, acb, bool], acb], parts: list[Holomorphic], z: acb, analytic: bool
) -> acb:
    best = parts[0](z, analytic)
    for part in parts[1:]:
        best = pick(best, part(z, analytic), analytic)
    return best


def _power(exponent: sp.Expr, base: Holomorphic, power: Holomorphic) -> Holomorphic:
    if exponent.is_Integer:
        n = int(exponent)
        return lambda z, analytic: base(z, analytic) ** n
    if exponent == sp.Rational(1, 2):
        return lambda z, analytic: base(z, analytic).sqrt(analytic)
    if exponent == sp.Rational(-1, 2):
        return lambda z, analytic: base(z, analytic).rsqrt(analytic)
    return lambda z, analytic: base(z, analytic).pow(power(z, analytic), analytic)


def enclose(expression: sp.Expr, symbol: sp.Symbol, at: arb) -> arb:
    """Return a ball that contains the real value of `expression` at the real ball `at`.

    >>> x = sp.Symbol("x")
    >>> enclose(sp.tanh(x), x, ball(2)).overlaps(1 - 2 / (ball(4).exp() + 1))
    True
    """
    return compile_holomorphic(expression, symbol)(acb(at), False).real

"""SymPy expressions as functions of complex balls that know where they are holomorphic.

`flint`'s integration calls an integrand with a flag `analytic`: where it is true, the value must be
not-a-number unless the function is holomorphic on the whole ball. Functions with branch cuts obey
it below; a quotient with a pole in the ball comes out as not-a-number by itself.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator
from functools import lru_cache, reduce

import sympy as sp
from flint import acb, arb

from depthlaw.theory.errors import DepthlawError

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
    if analytic and _cut_on_imaginary_axis(z):
        return _NOT_A_NUMBER
    # FLINT loses balls with a positive real part that have a width.
    return -(-z).asinh() if z.real > 0 else z.asinh()


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
        In sums, products, powers, `FUNCTIONS`, minima and maxima.
        Constants are enclosed at the precision in force when the function is called.
    symbol
        The one symbol it may hold.

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
    """Return a straight-line program: every distinct subexpression is evaluated once."""
    nodes = list(dict.fromkeys(_postorder(expression, symbol)))
    place = {node: index for index, node in enumerate(nodes)}
    steps: list[tuple[Operation, list[int]]] = []
    for node in nodes:
        operation, arguments = _operation(node, symbol)
        steps.append((operation, [place[argument] for argument in arguments]))

    def run(z: acb, analytic: bool) -> acb:
        values: list[acb] = []
        for operation, arguments in steps:
            values.append(operation(z, analytic, [values[i] for i in arguments]))
        return values[-1]

    return run


Operation = Callable[[acb, bool, list[acb]], acb]


def _postorder(e: sp.Expr, symbol: sp.Symbol) -> Iterator[sp.Expr]:
    for argument in _operation(e, symbol)[1]:
        yield from _postorder(argument, symbol)
    yield e


@lru_cache(maxsize=16384)
def _operation(e: sp.Expr, symbol: sp.Symbol) -> tuple[Operation, tuple[sp.Expr, ...]]:
    """Return what computes the node from the variable, the flag and its arguments' values."""
    constant = _constant(e)
    if constant is not None:
        return lambda z, analytic, v: acb(constant()), ()
    if e == symbol:
        return lambda z, analytic, v: z, ()
    if e.is_Add:
        return lambda z, analytic, v: sum(v[1:], start=v[0]), e.args
    if e.is_Mul:
        return lambda z, analytic, v: reduce(operator.mul, v), e.args
    if e.is_Pow:
        return _power(e)
    if isinstance(e, sp.Max | sp.Min):
        pick = acb.real_max if isinstance(e, sp.Max) else acb.real_min
        return lambda z, analytic, v: reduce(lambda a, b: pick(a, b, analytic), v), e.args
    if e.func in FUNCTIONS:
        outer = FUNCTIONS[e.func]
        return lambda z, analytic, v: outer(v[0], analytic), e.args[:1]
    own: Holomorphic | None = getattr(e, "holomorphic", None)
    if own is not None:
        return lambda z, analytic, v: own(v[0], analytic), e.args[-1:]
    what = "symbol" if e.is_Symbol else "function"
    raise DepthlawError(
        f"the {what} {e if e.is_Symbol else e.func} has no evaluation in complex ball arithmetic"
    )


def _constant(e: sp.Expr) -> Callable[[], arb] | None:
    """Return what encloses a constant at the precision in force, or None for another node."""
    if e.is_Float:
        return _constant(sp.Rational(e))
    if e.is_Rational:
        numerator, denominator = int(e.p), int(e.q)
        return lambda: arb(numerator) / denominator
    if e is sp.pi:
        return lambda: arb.pi()
    if e is sp.E:
        return lambda: arb(1).exp()
    own: Callable[[], arb] | None = getattr(e, "as_ball", None)
    return own


def _power(e: sp.Expr) -> tuple[Operation, tuple[sp.Expr, ...]]:
    base, exponent = e.args
    if exponent.is_Integer:
        n = int(exponent)
        return lambda z, analytic, v: v[0] ** n, (base,)
    if exponent == sp.Rational(1, 2):
        return lambda z, analytic, v: v[0].sqrt(analytic), (base,)
    if exponent == sp.Rational(-1, 2):
        return lambda z, analytic, v: v[0].rsqrt(analytic), (base,)
    return lambda z, analytic, v: v[0].pow(v[1], analytic), (base, exponent)


def enclose(expression: sp.Expr, symbol: sp.Symbol, at: arb) -> arb:
    """Return a ball that contains the real value of `expression` at the real ball `at`.

    >>> x = sp.Symbol("x")
    >>> enclose(sp.tanh(x), x, arb(2)).overlaps(1 - 2 / (arb(4).exp() + 1))
    True
    """
    return compile_holomorphic(expression, symbol)(acb(at), False).real

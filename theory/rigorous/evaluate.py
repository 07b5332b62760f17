"""Evaluate a SymPy expression in ball arithmetic.

The formula that a claim prints is the formula that is evaluated: there is no second copy in code.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import sympy as sp
from flint import arb

from depthlaw.theory.errors import DepthlawError
from depthlaw.theory.rigorous.balls import ball, ball_text

FUNCTIONS: dict[type[sp.Basic], Callable[..., arb]] = {
    sp.exp: lambda x: x.exp(),
    sp.log: lambda x: x.log(),
    sp.sin: lambda x: x.sin(),
    sp.cos: lambda x: x.cos(),
    sp.tan: lambda x: x.tan(),
    sp.sinh: lambda x: x.sinh(),
    sp.cosh: lambda x: x.cosh(),
    sp.tanh: lambda x: x.tanh(),
    sp.asin: lambda x: _between_ends(arb.asin, x),
    sp.acos: lambda x: _between_ends(arb.acos, x),
    sp.atan: lambda x: x.atan(),
    sp.erf: lambda x: x.erf(),
    sp.erfc: lambda x: x.erfc(),
    sp.gamma: lambda x: x.gamma(),
    sp.loggamma: lambda x: x.lgamma(),
    sp.polygamma: lambda order, x: _polygamma(order, x),
    sp.factorial: lambda x: (x + 1).gamma(),
    sp.binomial: lambda x, k: _binomial(x, k),
    sp.Abs: abs,
    sp.Max: lambda *xs: _fold(arb.max, xs),
    sp.Min: lambda *xs: _fold(arb.min, xs),
}


def _polygamma(order: arb, x: arb) -> arb:
    """ψ^{(order)}(x); only the digamma function (order 0) has a ball version on the reals."""
    if not order.is_zero():
        raise DepthlawError(
            f"polygamma of order {ball_text(order, 6)} has no evaluation in ball arithmetic"
        )
    return x.digamma()


def _binomial(x: arb, k: arb) -> arb:
    """C(x, k) for a whole number k."""
    whole = k.unique_fmpz()
    if whole is None or whole < 0 or not k.is_exact():
        raise DepthlawError(f"a binomial coefficient of {ball_text(k, 6)} is not evaluated")
    return x.bin(int(whole))


def _between_ends(monotone: Callable[[arb], arb], x: arb) -> arb:
    """Evaluate arcsine or arccosine: the argument lies in [−1, 1] though its ball may not."""
    one = arb(1)
    if not (x.overlaps(one) or x.overlaps(-one)):
        return monotone(x)
    low, high = x.lower().max(-one), x.upper().min(one)
    return monotone(low).union(monotone(high))


def _fold(pick: Callable[[arb, arb], arb], values: tuple[arb, ...]) -> arb:
    best, *rest = values
    for value in rest:
        best = pick(best, value)
    return best


def evaluate(expression: sp.Expr, values: Mapping[sp.Symbol, arb]) -> arb:
    """Return a ball that contains `expression` at `values`.

    Parameters
    ----------
    expression
        A real SymPy expression in sums, products, powers and the elementary functions.
    values
        A ball for each free symbol.

    Raises
    ------
    DepthlawError
        If a symbol has no value or a function has no ball version.

    Examples
    --------
    >>> x = sp.Symbol("x")
    >>> evaluate(sp.sin(x)**2 + sp.cos(x)**2, {x: ball(3)}).contains(1)
    True
    """
    if expression.is_Symbol:
        if expression not in values:
            raise DepthlawError(f"{expression} has no value: give one for every symbol")
        return values[expression]
    if expression.is_Rational:
        return ball(int(expression.p)) / int(expression.q)
    if expression is sp.pi:
        return arb.pi()
    if expression is sp.E:
        return arb(1).exp()
    if expression.is_Float:
        return evaluate(sp.Rational(expression), values)
    if hasattr(expression, "as_ball"):
        return expression.as_ball()
    arguments = [evaluate(argument, values) for argument in expression.args]
    if expression.is_Add:
        return sum(arguments[1:], start=arguments[0])
    if expression.is_Mul:
        product = arguments[0]
        for factor in arguments[1:]:
            product *= factor
        return product
    if expression.is_Pow:
        return _power(expression.exp, *arguments)
    if expression.func in FUNCTIONS:
        return FUNCTIONS[expression.func](*arguments)
    raise DepthlawError(f"{expression.func} has no evaluation in ball arithmetic")


def _power(exponent: sp.Expr, base: arb, power: arb) -> arb:
    """Raise `base`, keeping integer and half-integer exponents exact (and negative bases legal)."""
    if exponent.is_Integer:
        return _whole_power(base, int(exponent))
    if exponent.is_Rational and exponent.q == 2:
        # A real root has an argument of at least 0, though its ball may reach below.
        root = (base.nonnegative_part() if base.overlaps(arb(0)) else base).sqrt()
        return _whole_power(root, int(exponent.p))
    if base >= 0 and not abs(power) < _WHOLE:
        return _huge_power(base, power)
    if power.is_integer():
        return _whole_power(base, int(power.unique_fmpz()))
    return base**power


_WHOLE = 2**64
"""Size from which a whole exponent is no longer written out."""


def _huge_power(base: arb, power: arb) -> arb:
    """Return b^p = e^{p log b}, which is not negative, for b ≥ 0 and any p."""
    if base == 0 or base == 1:
        return base if power > 0 or base == 1 else arb.nan()
    value = (power * base.log()).exp()
    if not (value.is_finite() and value.contains(0)):
        return value
    # The ball of an underflow reaches below 0: shift it up by its own radius, which is exact.
    around = arb(0, value.abs_upper())
    return around + around.rad()


def _whole_power(base: arb, exponent: int) -> arb:
    if exponent <= 0 or base.mid() != 0 or base.is_exact():
        return base**exponent
    # FLINT's power of a ball about exactly 0 goes through its logarithm and is NaN.
    largest = base.abs_upper() ** exponent
    return largest.union(0 if exponent % 2 == 0 else -largest)

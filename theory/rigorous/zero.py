"""Deciding whether an exact number is zero: balls say no, symbols say yes, nobody guesses."""

from __future__ import annotations

import sympy as sp
from flint import arb

from depthlaw.theory.rigorous.balls import precision
from depthlaw.theory.rigorous.holomorphic import enclose
from depthlaw.theory.rigorous.number import Named

_NO_SYMBOL = sp.Dummy()
_BITS = (64, 256, 1024)


def ball_of(expression: sp.Expr) -> arb:
    """Return a ball that contains a constant expression, at the working precision.

    >>> (ball_of(sp.sqrt(2)) ** 2).contains(2)
    True
    """
    return enclose(expression, _NO_SYMBOL, arb(0))


def sign_of(expression: sp.Expr) -> int | None:
    """Return −1, 0 or 1, proved, or None where neither balls nor algebra decide.

    >>> sign_of(sp.sqrt(2) + sp.sqrt(3) - sp.sqrt(5 + 2 * sp.sqrt(6)))
    0
    >>> sign_of(sp.pi - sp.Rational(355, 113))
    -1
    """
    if expression.is_Rational:
        return int(sp.sign(expression))
    for bits in _BITS:
        with precision(bits):
            value = ball_of(expression)
        if value > 0:
            return 1
        if value < 0:
            return -1
    return 0 if _is_zero(expression) else None


def _is_zero(expression: sp.Expr) -> bool:
    """Prove that a number is zero: factor by factor, and named constants put in one at a time."""
    e = sp.factor_terms(expression.replace(sp.erfc, lambda u: 1 - sp.erf(u)))
    if e.is_Mul:
        return any(_is_zero(factor) for factor in e.args if not factor.is_positive)
    if sp.expand(sp.numer(sp.together(e))) == 0:
        return True
    names = e.atoms(Named)
    outer = {n for n in names if not any(n in other.args[1].atoms(Named) for other in names)}
    if outer:
        return _is_zero(e.xreplace({name: name.args[1] for name in outer}))
    simplified = sp.simplify(e.rewrite([sp.sinh, sp.cosh, sp.tanh], sp.exp))
    return bool(simplified == 0 or simplified.equals(0))

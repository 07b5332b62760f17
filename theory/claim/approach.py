"""Whether a formula is seen to approach its limit, at points nearer and nearer."""

from __future__ import annotations

from collections.abc import Iterator

import sympy as sp
from flint import arb

from depthlaw.theory.rigorous.balls import ball, precision
from depthlaw.theory.rigorous.evaluate import evaluate

_NEAR = (10**8, 10**300)
"""Points tried are this far out, or one over this from a finite limit point."""
_BITS = 8000


def approaches(expression: sp.Expr, symbol: sp.Symbol, point: sp.Expr, value: sp.Expr) -> bool:
    """Return whether `expression` comes ten times as near to a finite `value`.

    Other symbols are set to numbers that their assumptions allow and that lie below 1 unless they
    are whole. SymPy's limits are wrong at times where a symbol is in the way; a formula that goes
    elsewhere stays as far from the value as it is.

    >>> n = sp.Symbol("n", positive=True)
    >>> slow = 1 / sp.log(n)
    >>> approaches(slow, n, sp.oo, sp.Integer(0)), approaches(slow, n, sp.oo, sp.Rational(1, 100))
    (True, False)
    """
    others = (expression.free_symbols | value.free_symbols) - {symbol}
    with precision(_BITS):
        at = {other: _number(other, place) for place, other in enumerate(sorted(others, key=str))}
        for way in _ways(point):
            far, near = (abs(evaluate(expression - value, {**at, symbol: x})) for x in way)
            if far.is_finite() and near.is_finite():
                return bool(10 * near <= far)
    return False


def _number(symbol: sp.Symbol, place: int) -> arb:
    return ball(5 + place) if symbol.is_integer else ball(2 + place) / (7 + 2 * place)


def _ways(point: sp.Expr) -> Iterator[tuple[arb, arb]]:
    far, near = (ball(size) for size in _NEAR)
    if point in (sp.oo, -sp.oo):
        yield (far, near) if point is sp.oo else (-far, -near)
    else:
        end = evaluate(point, {})
        yield end + 1 / far, end + 1 / near
        yield end - 1 / far, end - 1 / near

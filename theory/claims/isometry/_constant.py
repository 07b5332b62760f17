"""The best constant c_n in I(G̃) ≥ I(G)(1 + c cv²), enclosed.

For n − 1 norms 1 and one norm s > 1 the largest c is c(s) = (q s^{−2/n} − 1)/cv² with
q = (n−1+s²)/n; the derivation of `isometry.optimal-constant` shows that no other norms are worse,
so c_n = inf c(s). That c(s) ≥ c on all s > 1 is proved in three parts: by the second derivative of
h(s) = (q s^{−2/n} − 1) m² − c (q − m²), m = (n−1+s)/n, near s = 1, where h and h′ vanish; by
subdivision up to a large S; beyond it q s^{−2/n} − 1 ≥ s^{2−2/n}/n − 1 against cv² ≤ n − 1.
"""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache

import sympy as sp
from flint import arb, arb_series

from depthlaw.theory.errors import DepthlawError, integer
from depthlaw.theory.rigorous.balls import ball, precision
from depthlaw.theory.rigorous.boxes import positive_on
from depthlaw.theory.rigorous.evaluate import evaluate
from depthlaw.theory.values import Enclosure
from depthlaw.theory.writing.symbols import n

_ROOM = Fraction(1, 10**4)
_NEAR = Fraction(1, 64)
_S = sp.Symbol("s", positive=True)


def at_outlier(s: sp.Expr) -> sp.Expr:
    """Return c(s)."""
    mean_square, mean = (n - 1 + s**2) / n, (n - 1 + s) / n
    variation = (n - 1) * (s - 1) ** 2 / (n**2 * mean**2)
    return (mean_square * s ** (-2 / n) - 1) / variation


def _outlier_constant(batch: int, outlier: float) -> arb:
    return evaluate(at_outlier(_S), {n: ball(batch), _S: ball(outlier)})


def _excess(batch: int, constant: arb, outlier: arb_series) -> arb_series:
    """Return h(s)."""
    others = batch - 1
    mean_square, mean = (outlier * outlier + others) / batch, (outlier + others) / batch
    power = (outlier.log() * ball(Fraction(-2, batch))).exp()
    return (mean_square * power - 1) * mean * mean - (mean_square - mean * mean) * constant


def _proved(batch: int, constant: arb) -> bool:
    """Whether h > 0 on (1, ∞)."""

    def curvature(s: arb) -> arb:
        return _excess(batch, constant, arb_series([s, 1], prec=3))[2]

    def value(s: arb) -> arb:
        # Mean value form: on small pieces it is sharper by an order than h over the piece.
        middle = arb(s.mid())
        slope = _excess(batch, constant, arb_series([s, 1], prec=2))[1]
        return _excess(batch, constant, arb_series([middle], prec=1))[0] + slope * (s - middle)

    near, beyond = 1 + _NEAR, Fraction(batch * (1 + 2 * (batch - 1)))
    return (
        positive_on(curvature, [(Fraction(1), near)]).proved
        and positive_on(value, [(near, beyond)]).proved
        and _proved_beyond(batch, constant, beyond)
    )


def _proved_beyond(batch: int, constant: arb, start: Fraction) -> bool:
    """Whether c(s) > c follows from S = `start` on.

    There the numerator is at least s/n − 1, as s^{2−2/n} ≥ s for n ≥ 2, and cv² is at most n − 1.
    """
    return bool(constant * (batch - 1) < ball(start / batch) - 1)


def best_constant(batch: int) -> Enclosure:
    """Return c_n, the infimum over all norms that are not all equal.

    Raises
    ------
    ArgumentError
        If `batch` is not a whole number ≥ 2.
    DepthlawError
        If the lower bound could not be proved.

    Examples
    --------
    Two samples: c(s) = 2/(1 − t²) with t = (s − 1)/(s + 1), and c_2 = 2 is its limit at t = 0.

    >>> best_constant(2).contains(2)
    True
    """
    return _best_constant(integer("batch", batch, at_least=2))


@lru_cache(maxsize=64)
def _best_constant(batch: int) -> Enclosure:
    if batch == 2:
        return Enclosure.of(2)
    from scipy.optimize import minimize_scalar  # here, since listing claims does without

    found = minimize_scalar(
        lambda s: float(_outlier_constant(batch, s).mid()),
        bounds=(1.01, 4.0 * batch),
        method="bounded",
    )
    with precision(128):
        upper = _outlier_constant(batch, found.x)
        lower = upper - ball(_ROOM)
        if not _proved(batch, lower):
            raise DepthlawError(f"no lower bound was proved for the constant at batch = {batch}")
        return Enclosure(lower.union(upper))

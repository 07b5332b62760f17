"""E φ(X)φ(Y) from a closed form, over balls of variances and correlation.

With G(q₁, q₂, ρ) = κ(q₁, q₂, ρ√(q₁q₂)) the mean value theorem gives
G(ball) ⊂ G(middle) + Σ ∂G(ball)·(ball − middle): where a layer contracts, so do the errors.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import sympy as sp
from flint import arb
from numpy.typing import NDArray

from depthlaw.theory.activations.definition import Activation, Parity
from depthlaw.theory.errors import DepthlawError
from depthlaw.theory.kernels.running_error import Rounded
from depthlaw.theory.prediction.covariance import Covariance, rounded
from depthlaw.theory.prediction.straight_line import Program, compiled
from depthlaw.theory.rigorous.balls import float_bounds, precision
from depthlaw.theory.terms.closed_kernel import Q1, Q2, RHO, R, closed_kernel

Array = NDArray[np.float64]
_BITS = 128
MOST_PAIRS = 120
"""Different pairs of columns in one layer up to which balls are used."""


@dataclass(frozen=True)
class Formula:
    """G, E φ² and (E φ)², each with its derivatives."""

    pair: tuple[Program, Program]
    square: tuple[Program, Program]
    mean_square: tuple[Program, Program]


@lru_cache(maxsize=64)
def formula(phi: Activation) -> Formula | None:
    """Return what is evaluated, or None where there is no closed form that is finite at ρ = 1.

    >>> from depthlaw.theory.activations import activation
    >>> formula(activation("tanh")) is None, formula(activation("sin")) is None
    (True, False)
    """
    closed = closed_kernel(phi)
    if closed is None:
        return None
    kappa = closed.expression
    square = kappa.subs({Q2: Q1, R: Q1}, simultaneous=True)
    if square.has(sp.zoo, sp.nan, sp.oo):
        return None
    pair = kappa.subs(R, RHO * sp.sqrt(Q1 * Q2))
    zero = kappa.subs({Q2: Q1, R: 0}, simultaneous=True)
    return Formula(
        _with_slopes(pair, (Q1, Q2, RHO)), _with_slopes(square, (Q1,)), _with_slopes(zero, (Q1,))
    )


def _with_slopes(value: sp.Expr, at: tuple[sp.Symbol, ...]) -> tuple[Program, Program]:
    return compiled((value,), at), compiled(tuple(sp.diff(value, symbol) for symbol in at), at)


def by_formula(phi: Activation, K: Covariance, sign: Array) -> tuple[Covariance, Rounded] | None:
    """Return K and the mean after φ on N(0, K), with proved errors, or None where balls are lost.

    Parameters
    ----------
    sign
        Of the means, shape (m,): the formula knows their squares.
    """
    form = formula(phi)
    q, rho = K.variances, K.correlations
    if form is None or not (q.value > 2 * q.error).all():
        return None
    m, spread = K.size, rho.error
    keys = {
        (q.value[i], q.error[i], q.value[j], q.error[j], rho.value[i, j], spread[i, j])
        for i in range(m)
        for j in range(i)
    }
    if len(keys) > MOST_PAIRS:
        return None
    values, errors = np.empty((m, m)), np.empty((m, m))
    means = [np.zeros(m), np.zeros(m)]
    known: dict[tuple[float, ...], tuple[float, float]] = {}
    key: tuple[float, ...]
    try:
        with precision(_BITS):
            for i in range(m):
                one = arb(float(q.value[i]), float(q.error[i]))
                values[i, i], errors[i, i] = _ends(_over(form.square, one))
                if phi.parity is not Parity.ODD:
                    size = _over(form.mean_square, one)
                    middle, around = _ends(size.sqrt() if size > 0 else arb.nan())
                    means[0][i], means[1][i] = sign[i] * middle, around
                for j in range(i):
                    key = (
                        q.value[i],
                        q.error[i],
                        q.value[j],
                        q.error[j],
                        rho.value[i, j],
                        spread[i, j],
                    )
                    if key not in known:
                        two = arb(float(q.value[j]), float(q.error[j]))
                        cosine = arb(float(rho.value[i, j]), float(spread[i, j]))
                        found = _over(form.pair, one, two, cosine)
                        known[key] = _ends(found)
                    values[i, j], errors[i, j] = values[j, i], errors[j, i] = known[key]
    except DepthlawError:
        return None
    if not (np.isfinite(errors).all() and np.isfinite(means[1]).all()):
        return None
    if not (np.diagonal(values) > 2 * np.diagonal(errors)).all():
        return None
    found_K = Covariance.of_matrix(rounded(values, errors), K.columns, K.shared)
    return found_K, rounded(*means)


def _over(programs: tuple[Program, Program], *at: arb) -> arb:
    """Return a ball around a value over balls, by its value at their middles and its slopes."""
    value, slopes = programs
    middles = [arb(ball.mid()) for ball in at]
    total = value(*middles)[0]
    if not all(ball.is_exact() for ball in at):
        for slope, ball, middle in zip(slopes(*at), at, middles, strict=True):
            if not ball.is_exact():
                total += slope * (ball - middle)
    return total


def _ends(value: arb) -> tuple[float, float]:
    low, high = float_bounds(value)
    middle = low + (high - low) / 2
    return middle, float(np.nextafter(max(high - middle, middle - low), np.inf))

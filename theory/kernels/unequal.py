"""E φ(X)φ(Y) for any variances q₁, q₂ and covariance r, to a relative accuracy that is asked for.

==========================  ==================================================================
case                        route
==========================  ==================================================================
a variance is 0             φ(0) E φ(√q z)
a closed form is known      the formula in balls, at a precision that outlasts its cancellation
r² = q₁q₂                   one integral, of φ(√q₁ z) φ(±√q₂ z)
exponentials on intervals   one integral, of φ(X) E[φ(Y) | X]
everything else             Mehler: Σ c_k(q₁) c_k(q₂) ρᵏ, the tail by Cauchy and Schwarz
==========================  ==================================================================
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import lru_cache

from flint import arb

from depthlaw.theory.activations.definition import Activation
from depthlaw.theory.errors import ArgumentError, DepthlawError
from depthlaw.theory.kernels.conditional import conditional_covariance, smoothable
from depthlaw.theory.kernels.scaled import (
    aligned_mean,
    scaled_coefficients,
    square_mean,
    value_at_zero,
)
from depthlaw.theory.rigorous.balls import ball, precision
from depthlaw.theory.rigorous.evaluate import evaluate
from depthlaw.theory.terms.closed_kernel import Q1, Q2, ClosedKernel, R

ORDERS = (200, 400, 800)
"""Hermite orders, each tried where the one before leaves too much out."""
_DEEPEST = 2**16
"""Working precision at which a closed form that cancels is given up: it may well be 0."""
_MOST = 400
"""Absolute accuracy at which integrals stop."""

Point = tuple[Fraction, Fraction, Fraction]


USUAL = 80
"""Relative accuracy aimed at where none is asked for."""


def unequal(
    activation: Activation, closed: ClosedKernel | None, at: Point, bits: int | None
) -> arb:
    """Return a ball around E φ(X)φ(Y), of relative accuracy 2^{−`bits`} where that is reached.

    Without `bits` the longest series is not tried: it takes minutes.
    """
    q1, q2, r = at
    orders, bits = (ORDERS[:1], USUAL) if bits is None else (ORDERS, bits)
    if q1 == 0 or q2 == 0:
        return _sharpest(lambda b: _degenerate(activation, q1, q2, b), bits)
    if closed is not None:
        value = _by_formula(closed, at, bits)
        if value is not None:
            return value
    if r**2 == q1 * q2:
        sign = 1 if r > 0 else -1
        return _sharpest(lambda b: _aligned(activation, q1, q2, sign, b), bits)
    if smoothable(activation) is not None:
        return _sharpest(lambda b: _conditional(activation, at, b), bits)
    return _sharpest(lambda b: _mehler(activation, at, b, orders), bits)


def _good(value: arb, bits: int) -> bool:
    return bool(value == 0) or (value.is_finite() and value.rel_accuracy_bits() >= bits)


def _by_formula(closed: ClosedKernel, at: Point, bits: int) -> arb | None:
    """Evaluate a closed form in balls, or return None where it is singular at the very point."""
    best, working = None, 2 * bits + 64
    while working <= _DEEPEST:
        with precision(working):
            values = dict(zip((Q1, Q2, R), map(ball, at), strict=True))
            value = evaluate(closed.expression, values)
        if value.is_finite():
            best = value
            if _good(value, bits):
                break
        elif best is None and working > 4096 and at[2] ** 2 == at[0] * at[1]:
            return None
        working *= 2
    return best


def _sharpest(route: Callable[[int], arb], bits: int) -> arb:
    """Raise the absolute accuracy until the relative one is there, or it no longer helps."""
    accuracy = bits + 8
    value = route(accuracy)
    # Where a route misses the absolute accuracy, as a series does by its tail, more does not help.
    while not _good(value, bits) and accuracy < _MOST and value.rad() < arb(2) ** (12 - accuracy):
        # 2^{−accuracy} of a number of size |value|: as many bits more as it is small.
        missing = bits - max(0, int(value.rel_accuracy_bits()))
        accuracy = min(_MOST, accuracy + max(16, missing))
        again = route(accuracy)
        if not again.rad() < value.rad():
            break
        value = again
    return value


def _degenerate(activation: Activation, q1: Fraction, q2: Fraction, bits: int) -> arb:
    with precision(2 * bits):
        product = arb(1)
        for q in (q1, q2):
            if q == 0:
                if any(place == 0 for place, _ in activation.jumps):
                    raise ArgumentError("variance", 0, f"{activation.name} jumps at 0")
                product *= value_at_zero(activation)
            else:
                product *= scaled_coefficients(activation, ball(q), 0, bits)[0]
        return product


def _aligned(activation: Activation, q1: Fraction, q2: Fraction, sign: int, bits: int) -> arb:
    with precision(2 * bits):
        one, two = ball(q1), ball(q2)
        if q1 == q2 and sign == 1:
            return square_mean(activation, one, bits)
        return aligned_mean(activation, one, two, sign, bits)


def _conditional(activation: Activation, at: Point, bits: int) -> arb:
    q1, q2, r = at
    with precision(2 * bits):
        slope, given = ball(r) / ball(q1).sqrt(), ball(q2 - r**2 / q1)
        value = conditional_covariance(activation, ball(q1), slope, given, ball(q2), bits + 8)
    if value is None:
        raise DepthlawError(f"{activation.name} is no sum of exponentials on intervals")
    return value


def _mehler(activation: Activation, at: Point, bits: int, orders: tuple[int, ...]) -> arb:
    q1, q2, r = at
    total = arb(0)
    for K in orders:
        one, left = _expansion(activation, q1, K, bits)
        two, right = _expansion(activation, q2, K, bits)
        with precision(2 * bits):
            rho = ball(r) / ball(q1 * q2).sqrt()
            total = arb(0)
            for c, d in zip(reversed(one), reversed(two), strict=True):
                total = total * rho + c * d
            tail = (left * right).sqrt() * abs(rho) ** (K + 1)
            total += arb(0, tail.abs_upper())
        if tail < arb(2) ** -bits or _good(total, bits):
            break
    return total


@lru_cache(maxsize=64)
def _expansion(
    activation: Activation, variance: Fraction, order: int, bits: int
) -> tuple[tuple[arb, ...], arb]:
    """Return c_0, …, c_K of φ(√q ·) and a bound on Σ_{k>K} c_k²."""
    with precision(2 * bits):
        q = ball(variance)
        found = tuple(scaled_coefficients(activation, q, order, bits))
        left = square_mean(activation, q, bits) - sum((c * c for c in found), start=arb(0))
        return found, left.upper().max(arb(0))

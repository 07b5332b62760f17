"""Balls from exact numbers, outward-rounded floats from balls, and the working precision.

`flint` keeps one precision for the whole process. `precision` is the only place where the package
changes it, under a lock, and it is put back however the block ends.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from threading import RLock
from typing import TypeAlias

import numpy as np
from flint import arb, ctx, fmpq

from depthlaw.theory.errors import at_ends, finite, integer

Number: TypeAlias = int | float | Fraction | arb
_LOCK = RLock()


@contextmanager
def precision(bits: int) -> Iterator[None]:
    """Work at `bits` bits of precision inside the block.

    Blocks nest; a second thread waits until the first has left its block.

    >>> before = ctx.prec
    >>> with precision(before + 100):
    ...     ctx.prec == before + 100
    True
    >>> ctx.prec == before
    True
    """
    with _LOCK:
        before = ctx.prec
        ctx.prec = integer("bits", bits, at_least=2)
        try:
            yield
        finally:
            ctx.prec = before


def ball(number: Number) -> arb:
    """Return the smallest ball at the working precision that contains `number`.

    Floats are taken at their exact binary value; pass a `fractions.Fraction` for a decimal.

    Raises
    ------
    ArgumentError
        If `number` is a float that is not finite.

    Examples
    --------
    >>> (3 * ball(Fraction(1, 3))).contains(1)
    True
    """
    if isinstance(number, arb):
        return number
    if isinstance(number, Fraction):
        return arb(fmpq(number.numerator, number.denominator))
    if isinstance(number, int | np.integer):
        return arb(int(number))
    # Anything else that is a number, like a NumPy scalar, or is none.
    plain = finite("number", number)
    return ball(plain) if not isinstance(plain, float) else arb(plain)


def check_number(argument: str, value: object, *ends: int) -> arb:
    """Return a finite real number or a ball as a ball, at the working precision.

    A float that leaves the range between `ends` by a few roundings is the end, as in
    `errors.at_ends`.

    >>> check_number("correlation", np.float32(0.5)) == arb("0.5")
    True
    """
    if isinstance(value, arb):
        return value
    number = finite(argument, value)
    return ball(at_ends(number, *ends, of=value) if ends else number)


def ball_text(value: arb, digits: int = 8) -> str:
    """Return a ball for a reader: its digits where they are known, else its two ends.

    >>> ball_text(ball(Fraction(1, 4))), ball_text(arb(2, 1)), ball_text(arb.neg_inf())
    ('0.25000000', '[1, 3]', '-inf')
    """
    if value.is_finite() and (value.rel_accuracy_bits() >= 20 or value == 0):
        return str(value.str(digits, radius=False))
    low, high = float_bounds(value)
    return f"{low:.4g}" if low == high else f"[{low:.4g}, {high:.4g}]"


def from_zero(top: arb) -> arb:
    """Return a ball around [0, `top`] whose lower end is 0, where a double can hold its middle.

    The union of two balls rounds outwards, and would print a negative end for what has none.

    >>> from_zero(ball(Fraction(1, 3))).lower() == 0
    True
    """
    share, exponent = math.frexp(float(top.abs_upper()))
    # A radius has 30 bits and is rounded up, even where it would fit.
    half = math.ldexp(math.ceil(math.ldexp(share, 20)), exponent - 21) if 0 < share < 1 else 0.0
    found = arb(half, math.nextafter(half, 0.0))
    return found if found.contains(0) and found.contains(top) else arb(0).union(top)


def exact_key(value: arb) -> object:
    """Return what tells a ball from every other: its midpoint and radius, exactly.

    Decimal text will not do, for neighbouring balls print alike; and balls do not hash. One that
    is not finite is like no other, not even itself.

    >>> third = ball(Fraction(1, 3))
    >>> exact_key(third) == exact_key(ball(Fraction(1, 3))) != exact_key(third.mid())
    True
    """
    return (value.mid().man_exp(), value.rad().man_exp()) if value.is_finite() else object()


def float_bounds(value: arb) -> tuple[float, float]:
    """Return floats ``(lower, upper)`` that enclose the ball, rounded outwards.

    >>> low, high = float_bounds(ball(Fraction(1, 10)))
    >>> Fraction(low) <= Fraction(1, 10) <= Fraction(high)
    True
    """
    if value.is_nan():
        return -math.inf, math.inf
    low_end, high_end = value.lower(), value.upper()
    low, high = float(low_end), float(high_end)
    # The conversion rounds to nearest (and overflows to infinity): step outwards where it went in.
    if not arb(low) <= low_end:
        low = math.nextafter(low, -math.inf)
    if not arb(high) >= high_end:
        high = math.nextafter(high, math.inf)
    return low, high

"""Balls enclose, floats round outwards, precision is put back."""

import math
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction

import pytest
from flint import arb, ctx
from hypothesis import given
from hypothesis import strategies as st

from depthlaw.theory.errors import ArgumentError
from depthlaw.theory.rigorous.balls import ball, exact_key, float_bounds, precision

fractions = st.fractions(min_value=-(10**9), max_value=10**9, max_denominator=10**9)


@given(fractions)
def test_float_bounds_enclose_and_are_neighbours(value: Fraction) -> None:
    with precision(200):
        low, high = float_bounds(ball(value))
    assert Fraction(low) <= value <= Fraction(high)
    assert math.nextafter(math.nextafter(low, math.inf), math.inf) >= high


@given(fractions, fractions)
def test_arithmetic_encloses(a: Fraction, b: Fraction) -> None:
    low, high = float_bounds(ball(a) * ball(b) + ball(a))
    assert Fraction(low) <= a * b + a <= Fraction(high)


def test_overflow_and_underflow_stay_enclosures() -> None:
    low, high = float_bounds(arb("1e400"))
    assert math.isfinite(low)
    assert high == math.inf
    low, high = float_bounds(arb("1e-400"))
    assert low == 0
    assert high > 0


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_not_finite_is_refused(value: float) -> None:
    with pytest.raises(ArgumentError, match="number = "):
        ball(value)


@given(st.integers(1, 2**60), st.integers(-80, 80), st.integers(1, 20))
def test_balls_that_print_alike_are_told_apart(mantissa: int, power: int, below: int) -> None:
    one = arb(mantissa) * arb(2) ** power
    with precision(200):
        neighbour = one + arb(2) ** (power - 60 - below)
    wider = arb(one, 2.0 ** (power - 60 - below))
    keys = {exact_key(one), exact_key(neighbour), exact_key(wider)}
    assert len(keys) == 3
    assert exact_key(arb(mantissa) * arb(2) ** power) in keys


def test_a_ball_that_is_not_finite_is_like_no_other() -> None:
    endless = arb("inf")
    assert exact_key(endless) != exact_key(endless)


def test_precision_is_restored_after_an_error() -> None:
    before = ctx.prec
    with pytest.raises(ZeroDivisionError), precision(before + 64):
        _ = 1 // 0
    assert ctx.prec == before


def test_precision_blocks_of_two_threads_do_not_mix() -> None:
    def seen(bits: int) -> bool:
        found = []
        for _ in range(200):
            with precision(bits):
                found.append(ctx.prec == bits)
        return all(found)

    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(seen, [64, 128, 256, 512]))

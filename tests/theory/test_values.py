"""Numbers say how they are known, and comparisons claim no more than that."""

import json
import math
from fractions import Fraction

import pytest
import sympy as sp
from flint import arb
from hypothesis import given
from hypothesis import strategies as st

from depthlaw.theory.values import (
    Asymptotic,
    Enclosure,
    Estimate,
    Exact,
    Numeric,
    Value,
    as_json,
    certainly_at_most,
)

fractions = st.fractions(min_value=-100, max_value=100, max_denominator=1000)

EVERY_KIND: list[Value] = [
    Exact(sp.sqrt(2)),
    Enclosure.of(Fraction(1, 3)),
    Asymptotic(Enclosure.of(2), "O(1/width)"),
    Numeric(0.5, 1e-12),
    Estimate(0.5, 0.4, 0.6, 1e-3, 100, 7),
]


@pytest.mark.parametrize("value", EVERY_KIND, ids=lambda v: v.kind)
def test_json_has_the_contract_keys_and_is_strict(value: Value) -> None:
    shown = as_json(value)
    assert {"lower", "upper", "kind", "exact"} <= set(shown)
    assert shown["kind"] == value.kind
    json.dumps(shown, allow_nan=False)


@pytest.mark.parametrize("value", [math.inf, -math.inf, 0.0, 1 / 3, -2.5e300])
def test_what_is_known_prints_as_a_number_and_never_as_a_ball(value: float) -> None:
    assert float(str(Enclosure(arb(value)))) == pytest.approx(value, rel=1e-7)
    assert str(Enclosure.between(-1, 2)) == "[-1, 2]"
    assert str(Enclosure(arb.nan())) == "[-inf, inf]"


def test_infinite_ends_become_text() -> None:
    shown = as_json(Estimate(0.0, float("-inf"), float("inf"), 0.1, 1, 0))
    assert (shown["lower"], shown["upper"]) == ("-inf", "inf")


@given(fractions, fractions)
def test_exact_numbers_are_always_decided(a: Fraction, b: Fraction) -> None:
    left, right = (Exact(sp.Rational(v.numerator, v.denominator)) for v in (a, b))
    assert certainly_at_most(left, right) is (a <= b)


@given(fractions, fractions, fractions, fractions)
def test_intervals_decide_only_when_apart(
    a: Fraction, b: Fraction, c: Fraction, e: Fraction
) -> None:
    (a, b), (c, e) = sorted((a, b)), sorted((c, e))
    answer = certainly_at_most(Enclosure.between(a, b), Enclosure.between(c, e))
    if answer is True:
        assert b <= c
    elif answer is False:
        assert a > e


def test_equal_surds_in_different_dress() -> None:
    left, right = Exact(sp.sqrt(3 + 2 * sp.sqrt(2))), Exact(1 + sp.sqrt(2))
    assert certainly_at_most(left, right)
    assert certainly_at_most(right, left)

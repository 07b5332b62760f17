"""What a proof argues in a formula is tried on random instances before it is believed."""

from fractions import Fraction

import pytest
import sympy as sp
from hypothesis import given
from hypothesis import strategies as st

from depthlaw.theory.claim import Argued
from depthlaw.theory.claim.registry import claims
from depthlaw.theory.rigorous.balls import ball, precision
from depthlaw.theory.rigorous.evaluate import evaluate


def tried(step: Argued, shares: dict[sp.Symbol, Fraction]) -> bool:
    """Return whether the relation holds where each symbol lies at this share of its range."""
    assert step.relation is not None
    values = {}
    for symbol, (low, high) in step.ranges.items():
        value = Fraction(low) + shares[symbol] * (Fraction(high) - Fraction(low))
        values[symbol] = ball(round(value) if symbol.is_integer else value)
    with precision(256):
        difference = evaluate(step.relation.lhs - step.relation.rhs, values)
    if isinstance(step.relation, sp.Eq):
        return bool(difference.overlaps(ball(0)))
    sign = 1 if isinstance(step.relation, sp.Le | sp.Lt) else -1
    return not sign * difference > 0


def survives(step: Argued) -> None:
    """Try the relation of a step on random instances of all of its symbols."""
    symbols = sorted(step.ranges, key=str)
    assert step.relation is not None
    assert set(symbols) == step.relation.free_symbols

    @given(st.tuples(*(st.fractions(0, 1, max_denominator=1000) for _ in symbols)))
    def on_an_instance(shares: tuple[Fraction, ...]) -> None:
        assert tried(step, dict(zip(symbols, shares, strict=True)))

    on_an_instance()


def test_argued_formulas_survive_random_instances() -> None:
    for found in claims():
        for step in found.derivation().steps:
            if isinstance(step, Argued) and step.relation is not None:
                survives(step)


def test_a_false_formula_does_not() -> None:
    x = sp.Symbol("x", real=True)
    ranges = {x: (Fraction(0), Fraction(2))}
    false = Argued("", "", relation=sp.Le(x**2, x, evaluate=False), ranges=ranges)
    assert not tried(false, {x: Fraction(9, 10)})
    with pytest.raises(AssertionError):
        survives(false)
    survives(Argued("", "", relation=sp.Le(x**2, 2 * x, evaluate=False), ranges=ranges))

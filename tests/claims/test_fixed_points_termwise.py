"""Inequalities between power series that are proved power by power, and false ones that are not."""

from __future__ import annotations

import pytest
import sympy as sp

from depthlaw.theory.claim import Induction
from depthlaw.theory.claim.registry import claim, claims
from depthlaw.theory.claims.fixed_points._termwise import (
    DEGREE,
    Termwise,
    at,
    power,
    slope,
    total,
)

s, r, y, v = sp.symbols("s r y v", nonnegative=True)
rho = sp.Symbol("rho", real=True)
one = sp.Integer(1)
value = sp.Symbol("value", nonnegative=True)
FALSE = {
    "s³ is no bound on s²": Termwise("", s**DEGREE, (total(s**3),), (s,), first=3, unit=(s,)),
    "1 − ρᵏ is not below 9k(1 − ρ)/10": Termwise(
        "",
        1 - rho**DEGREE,
        (slope(sp.Rational(9, 10) * (1 - rho), one, value),),
        (rho**2,),
        stride=2,
        unit=(v,),
        given={rho: 1 - 2 * v},
    ),
    "the parabola fails at k = 1 without its weight": Termwise(
        "",
        1 - rho**DEGREE,
        (slope(1 - rho, one, value), total(-((1 - rho) ** 2)), at((1 - rho) ** 2, 0, value)),
        (rho**2,),
        first=2,
        stride=2,
        unit=(v,),
        given={rho: 1 - 2 * v},
    ),
    "κ is not below its tangent": Termwise(
        "",
        rho**DEGREE,
        (power(one, r, r), slope((1 - r) * y, r, value)),
        (one, rho),
        first=1,
        unit=(r, y),
        given={rho: r + (1 - r) * y},
    ),
    "(−s)ᵏ is not below −sᵏ": Termwise(
        "", (-s) ** DEGREE, (power(-one, s, value),), (s**2,), stride=2, unit=(s,)
    ),
    "a factor below 0 carries no induction": Termwise(
        "", s**DEGREE, (total(one),), (-s,), unit=(s,)
    ),
}


@pytest.mark.parametrize("step", FALSE.values(), ids=FALSE)
def test_what_is_false_for_a_degree_is_not_shown(step: Termwise) -> None:
    assert not step.check().holds


STEPS = {
    (entry.id, step.title): step
    for entry in (*claims("fixed-points"), *claims("isometry"))
    for step in entry.derivation().steps
    if isinstance(step, Termwise)
}


@pytest.mark.parametrize("step", STEPS.values(), ids=[title for _, title in STEPS])
def test_what_is_shown_holds_at_points(step: Termwise) -> None:
    # Symbols of the proof take rational values inside the range; weights sit on one degree.
    larger = sp.Add(*(c * weight for c, weight, _ in step.bound)) - step.term
    difference = larger.subs(dict(step.given))
    places = (sp.Rational(1, 10), sp.Rational(1, 2), sp.Rational(9, 10))
    for degree in range(9):
        at_degree = difference.subs(DEGREE, degree)
        for shift in range(3):
            point = {
                symbol: places[(k + shift) % 3]
                for k, symbol in enumerate(sorted(at_degree.free_symbols - {DEGREE}, key=str))
                if symbol in step.unit
            }
            found = at_degree.subs(point).subs(dict.fromkeys(at_degree.free_symbols, 2))
            assert found >= 0, (degree, point)


def test_layers_end_in_the_formula_of_the_claim() -> None:
    for case in ("1", "2", "3", "4-corrected", "4-sharp", "4-asymptotic"):
        found = claim(f"fixed-points.theorem-1-case-{case}")
        assert found.proof == "proved"
        assert any(isinstance(step, Induction) for step in found.derivation().steps)

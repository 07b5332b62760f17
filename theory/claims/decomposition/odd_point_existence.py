"""The odd-point state exists exactly from seven points on.

Among the batch sizes 3, …, N, exactly max(N − 6, 0) have a fixed state of the mean field in which
n − 1 exchangeable points are shorter than the other.

The derivation proves it for every n: for n ≥ 7 by the intermediate value theorem, F being negative
at s → 0 and positive at s = 2 for all n at once; for n = 3, …, 6 by a search of all of (0, s_0).

Example: seven is the first.

>>> CLAIM.bound(largest=7).ball == 1
True
"""

from __future__ import annotations

from fractions import Fraction

import sympy as sp
from flint import arb

from depthlaw.theory.claim import (
    Budget,
    Check,
    Computed,
    Domain,
    Heading,
    Identity,
    IntermediateValue,
    Order,
    Outcome,
    Parameter,
    Sign,
    Status,
    Steps,
    declare,
    equal,
)
from depthlaw.theory.claims.decomposition import PAPER
from depthlaw.theory.claims.decomposition import _fixed_states as fixed_states
from depthlaw.theory.claims.decomposition import _setting as setting
from depthlaw.theory.decomposition import closed_forms, fixed_points, odd_state_exists
from depthlaw.theory.errors import DepthlawError
from depthlaw.theory.values import Enclosure, Exact, Value

LARGEST = Parameter("largest", sp.Symbol("N", integer=True), Domain.INTEGER, 3, "largest batch")


def count(largest: int) -> Enclosure | Exact:
    """Return how many n ≤ `largest` have an odd-point state; an interval where n is undecided."""
    answers = [odd_state_exists(n) for n in range(3, largest + 1)]
    sure = answers.count(True)
    if None in answers:
        return Enclosure.between(sure, sure + answers.count(None))
    return Exact(sp.Integer(sure))


def _without(batch: int) -> arb:
    """Return the number of states with an odd point, from the complete list."""
    try:
        return arb(len(fixed_points(batch).with_odd_point))
    except DepthlawError:
        return arb.nan()


def _search_step(batch: int) -> Order:
    return Order(
        f"n = {batch}: the complete list of fixed states has none in (0, s_0)",
        rf"\#\{{s < s_0 : F(s) = 0\}} < 1, \quad n = {batch}",
        lambda: _without(batch),
        lambda: arb(1),
    )


def _derivation() -> Steps:
    s, (m, v, x) = closed_forms.s, sp.symbols("m v x", positive=True)
    angle, psi = 2 * sp.asin(x), sp.Symbol("psi")
    half = 2 * (x * sp.sqrt(1 - x**2) - sp.asin(x) * (1 - 2 * x**2)) / (2 * x**2)
    sine = s * sp.sqrt((1 + v) / (2 * (1 + s**2)))
    turned = 2 * v * (1 + v) * (sp.pi + s - sp.atan(s))
    scaled = ((1 + 2 * v) ** 2 + s**2 * v**2) * psi - turned
    yield Heading("Fixed states are the zeros of F")
    yield from fixed_states.steps()
    yield Identity(
        "the odd point is longer, r = m/√(1 + s²) > 1, exactly for s < s_0 = √(m² − 1), where "
        "r is 1",
        sp.Subs(m / sp.sqrt(1 + s**2), s, sp.sqrt(m**2 - 1)),
        sp.Integer(1),
    )
    yield Heading("n ≥ 7: F has a zero in (0, 2), and s_0 > 2")
    extra = sp.Symbol("p", nonnegative=True)
    yield Sign("s_0² − 4 at n = 7 + p", sp.expand((6 + extra) ** 2 - 1 - 4), strict=True)
    yield Identity(
        "ψ in the sine x of half the angle",
        sp.Subs(closed_forms.psi(closed_forms.theta), closed_forms.theta, angle),
        half,
    )
    yield Identity(
        "with v = 1/(m − 1), cos θ = 1 − 2x² for x = s √((1 + v)/(2(1 + s²)))",
        sp.Subs(1 - 2 * x**2, x, sine),
        closed_forms.cosine_of(1 + 1 / v, s),
    )
    yield Identity(
        "v²F is",
        v**2 * sp.Subs(closed_forms.excess(m, s, closed_forms.theta), m, 1 + 1 / v),
        scaled.subs(psi, closed_forms.psi(closed_forms.theta)),
    )
    yield IntermediateValue(
        "it changes its sign, for every n ≥ 7 at once: v lies in (0, 1/5]",
        scaled.subs(psi, half.subs(x, sine)),
        s,
        sp.Integer(0),
        sp.Integer(2),
        box={v: (Fraction(0), Fraction(1, 5))},
    )
    yield Heading("n < 7: F has no zero in (0, s_0)")
    yield from (_search_step(batch) for batch in (3, 4, 5, 6))
    yield Heading("The count")
    j = sp.Symbol("j", integer=True)
    yield Identity(
        "the sizes that count are 7, …, N, and none if N < 7",
        sp.Max(sp.Sum(1, (j, 7, LARGEST.symbol)), 0),
        sp.Max(LARGEST.symbol - 6, 0),
    )


def _quantity(largest: int) -> Value:
    return count(largest)


def _check(largest: int, budget: Budget = Budget.QUICK) -> Check:
    return Check(
        f"n ≤ {largest}",
        {"largest": largest},
        Computed(_quantity, {"largest": largest}),
        budget=budget,
    )


CLAIM = declare(
    __name__,
    "an odd-point state exists iff n ≥ 7",
    equal(
        sp.Symbol(r"\#\{n \le N : \text{odd-point state}\}"),
        sp.Max(LARGEST.symbol - 6, 0),
    ),
    source=PAPER.ours("existence of the odd-point state"),
    status=Status.SHARPENED,
    expected=Outcome.CERTIFIED,
    parameters=(LARGEST,),
    assumes=(
        *setting.MEAN_FIELD,
        "the n − 1 points are not all equal",
    ),
    checks=(
        *(_check(largest) for largest in (6, 7, 8, 1000)),
        _check(10_000, Budget.STANDARD),
    ),
    derivation=_derivation,
    control=Fraction(999, 1000),
    siblings=("decomposition.odd-point-pair", "decomposition.odd-point-threshold"),
)

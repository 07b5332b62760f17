"""The odd-point state exists exactly from seven points on.

Among the batch sizes 3, …, N, exactly max(N − 6, 0) have a fixed state of the mean field in which
n − 1 exchangeable points are shorter than the other.

The derivation proves it for every n: for n ≥ 7 by one point, s = 2, where F > 0 for all of
1/m in (0, 1/6] at once, F being negative at s = 0; for n = 3, …, 6 by a search of all of (0, s_0).

Example: seven is the first.

>>> CLAIM.bound(largest=7).ball == 1
True
"""

from __future__ import annotations

from fractions import Fraction

import sympy as sp
from flint import arb

from depthlaw.theory.claim import (
    Argued,
    Budget,
    Check,
    Computed,
    Domain,
    Identity,
    Order,
    Outcome,
    Parameter,
    PositiveOnBox,
    Status,
    Steps,
    declare,
    equal,
)
from depthlaw.theory.claims.decomposition import PAPER
from depthlaw.theory.claims.decomposition import _setting as setting
from depthlaw.theory.decomposition import fixed_points, formulas, odd_state_exists
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
    u, s, m = sp.Symbol("u"), formulas.s, sp.Symbol("m", positive=True)
    two = sp.Integer(2)
    cosine = formulas.cosine_of(1 / u, two)
    psi = sp.Symbol("psi")
    scaled = ((1 + u) ** 2 + 4 * u**2) * psi - 2 * u * (sp.pi + two - sp.atan(two))
    chord = (1 - formulas.kappa(cosine)) / (1 - cosine)
    yield Argued(
        "what is to be shown",
        "fixed states are the zeros of F (one-dimensional-map), a continuous function, and the "
        "odd point is longer than the others exactly for s < s_0; so it is enough that F changes "
        "sign in (0, 2) for n ≥ 7, and has no zero in (0, s_0) for n < 7",
    )
    yield Identity(
        "s_0² = m² − 1, where r² = m²/(1 + s²) is 1, and s_0² ≥ 35 > 4 from n = 7 on: n(n − 2)",
        sp.Subs(m**2 - 1, m, formulas.m),
        formulas.n * (formulas.n - 2),
    )
    yield Identity(
        "F → −2(n−1)π < 0 at the exact cluster, s → 0 and θ → 0",
        sp.Subs(sp.limit(formulas.excess(m, s, formulas.theta), formulas.theta, 0), s, 0),
        -2 * m * sp.pi,
    )
    yield Identity(
        "with u = 1/m, F(2)/m² is",
        u**2 * (((1 / u + 1) ** 2 + 4) * psi - 2 / u * (sp.pi + 2 - sp.atan(2))),
        scaled,
    )
    yield PositiveOnBox(
        "n ≥ 7, all at once: F(2) > 0 for u in [0, 1/6], with ψ = π(1 − (1−κ)/(1−ρ)) and "
        "cos θ = (1 − 4u/(1−u))/5, so F has a zero in (0, 2)",
        scaled.subs(psi, sp.pi * (1 - chord)).subs(cosine, (1 - 4 * u / (1 - u)) / 5),
        {u: (Fraction(0), Fraction(1, 6))},
    )
    yield from (_search_step(batch) for batch in (3, 4, 5, 6))
    j = sp.Symbol("j", integer=True)
    yield Identity(
        "so the sizes that count are 7, …, N, and none if N < 7",
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

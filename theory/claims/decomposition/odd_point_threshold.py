"""The real batch size at which the odd-point pair is born.

2|n_c − 6.107| ≤ 10⁻³ (and so for fewer decimals), where n_c is the batch size, taken real, at which
F and dF/ds vanish together.

Example: seven is the first whole number above n_c.

>>> import math
>>> math.ceil(threshold().batch.lower) == math.ceil(threshold().batch.upper) == 7
True

Twice the error of a rounded number is at most a unit of its last decimal.

>>> all(CLAIM.bound(decimals=q).contains(Fraction(1, 10**q)) for q in (1, 2, 3))
True
"""

from __future__ import annotations

from fractions import Fraction

import sympy as sp
from flint import arb

from depthlaw.theory.claim import (
    Agreement,
    Check,
    Computed,
    Domain,
    Heading,
    Identity,
    Order,
    Outcome,
    Parameter,
    PositiveOnBox,
    Requires,
    Status,
    Steps,
    declare,
    upper,
)
from depthlaw.theory.claims.decomposition import PAPER
from depthlaw.theory.claims.decomposition import _fixed_states as fixed_states
from depthlaw.theory.claims.decomposition import _setting as setting
from depthlaw.theory.decomposition import closed_forms, threshold
from depthlaw.theory.rigorous.balls import ball
from depthlaw.theory.rigorous.evaluate import evaluate
from depthlaw.theory.values import Enclosure, Value

PRINTED = Fraction(6107, 1000)
DECIMALS = Parameter("decimals", sp.Symbol("q", integer=True), Domain.INTEGER, 1, "decimals of n_c")
AT_MOST_THREE = Requires(DECIMALS.symbol <= 3, "three decimals are printed")


def distance(decimals: int) -> Enclosure:
    """Return 2|n_c − 6.107 rounded to `decimals` decimals|."""
    shown = Fraction(round(PRINTED * 10**decimals), 10**decimals)
    return Enclosure(2 * abs(threshold().batch.ball - ball(shown)))


def _quantity(decimals: int) -> Value:
    return distance(decimals)


def _check(decimals: int) -> Check:
    return Check(
        f"{decimals} decimals", {"decimals": decimals}, Computed(_quantity, {"decimals": decimals})
    )


def _map_and_slope() -> list[arb]:
    """Return T(τ)/τ and T′(τ) at the saddle-node, from the formula of the one-dimensional map."""
    m, found = sp.Symbol("m", positive=True), threshold()
    points = found.batch.ball - 1
    tau = found.spread.ball**2 / (points * (points - 1))
    values = {m: points, closed_forms.tau: tau}
    T = closed_forms.next_difference(m, closed_forms.tau)
    return [evaluate(T, values) / tau, evaluate(sp.diff(T, closed_forms.tau), values)]


def _derivation() -> Steps:
    q, x = DECIMALS.symbol, sp.Symbol("x")
    yield Heading("At n_c two zeros of F merge: F = 0 and dF/ds = 0, two equations in s and m")
    yield from fixed_states.steps()
    yield Agreement(
        "solved by an interval Newton step that maps a box into its inside, which proves one "
        "solution there, and compared with T(τ) = τ, T′(τ) = 1 in the map's own formula",
        r"T(\tau)/\tau = T'(\tau) = 1 \text{ at } n = n_c",
        _map_and_slope,
        lambda: [arb(1), arb(1)],
        accuracy_bits=30,
    )
    yield Heading("Where it is")
    yield Order("n_c > 6", r"6 < n_c", lambda: arb(6), lambda: threshold().batch.ball)
    yield Order("n_c < 7", r"n_c < 7", lambda: threshold().batch.ball, lambda: arb(7))
    yield Order(
        "twice its distance from 6.107",
        r"2|n_c - 6.107| < 1/5000",
        lambda: distance(3).ball,
        lambda: arb(1) / 5000,
    )
    spare = sp.Integer(10) ** (-q) - sp.Rational(1, 5000)
    yield PositiveOnBox(
        "leaves room, for up to three decimals", spare, {q: (Fraction(1), Fraction(3))}
    )
    yield Identity(
        "with which it makes", sp.Subs(x + sp.Rational(1, 5000), x, spare), sp.Integer(10) ** (-q)
    )


CLAIM = declare(
    __name__,
    "the odd-point pair is born at n_c ≈ 6.107",
    upper(sp.Symbol(r"2|n_c - 6.107|"), sp.Integer(10) ** (-DECIMALS.symbol)),
    source=PAPER.ours("saddle-node"),
    status=Status.SHARPENED,
    expected=Outcome.CERTIFIED,
    parameters=(DECIMALS,),
    assumes=(
        *setting.MEAN_FIELD,
        "n real in the formula of F",
        AT_MOST_THREE,
    ),
    checks=tuple(_check(decimals) for decimals in (1, 2, 3)),
    derivation=_derivation,
    control=Fraction(1, 2),
    siblings=("decomposition.odd-point-existence",),
)

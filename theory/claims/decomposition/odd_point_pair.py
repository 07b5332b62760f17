"""From seven points on, odd-point states come as a pair: one stable within the family, one not.

For n ≥ 7 the mean field has exactly 2 fixed states in which n − 1 exchangeable points, not all
equal, are shorter than the other.

For every n ≥ 7 at least one of them is proved (odd-point-existence). That there are no more than
two is certified for each n of the checks, not proved for all n at once.

Example: the pair is one stable and one unstable state.

>>> states = fixed_points(9).with_odd_point
>>> [bool(state.multiplier.ball < 1) for state in states]
[True, False]
"""

from __future__ import annotations

import sympy as sp
from flint import arb

from depthlaw.theory.claim import (
    Argued,
    Budget,
    Check,
    Computed,
    Identity,
    Order,
    Outcome,
    Status,
    Steps,
    declare,
    equal,
)
from depthlaw.theory.claims.decomposition import PAPER
from depthlaw.theory.claims.decomposition import _setting as setting
from depthlaw.theory.decomposition import closed_forms, fixed_points
from depthlaw.theory.decomposition.odd_point import excess, excess_slope
from depthlaw.theory.values import Exact, Value


def _quantity(batch: int) -> Value:
    return Exact(sp.Integer(len(fixed_points(batch).with_odd_point)))


def _check(batch: int, budget: Budget = Budget.QUICK) -> Check:
    return Check(
        f"n = {batch}",
        {"batch": batch},
        Computed(_quantity, {"batch": batch}),
        budget=budget,
    )


def _derivation() -> Steps:
    s, angle, (m, h) = closed_forms.s, closed_forms.theta, sp.symbols("m h", positive=True)
    cosine = closed_forms.cosine_of(m, s)
    chord = m / (m - 1) * s**2 / (1 + s**2)
    yield Identity(
        "the angle turns with s as sin θ dθ/ds = 2ms/((m−1)(1+s²)²)",
        -sp.Derivative(cosine, s),
        2 * m * s / ((m - 1) * (1 + s**2) ** 2),
    )
    yield Identity(
        "ψ′ = sin θ (θ − sin θ)/(1 − cos θ)²",
        sp.Derivative(closed_forms.psi(angle), angle),
        sp.sin(angle) * (angle - sp.sin(angle)) / (1 - sp.cos(angle)) ** 2,
    )
    yield Identity(
        "so F′ = 2sψ + 2(n² + s²)(θ − sin θ)(m−1)/(m s³) − 2ms²/(1+s²): the middle term",
        sp.Subs((angle - sp.sin(angle)) / h**2 * 2 * m * s / ((m - 1) * (1 + s**2) ** 2), h, chord),
        2 * (angle - sp.sin(angle)) * (m - 1) / (m * s**3),
    )
    yield Argued(
        "counting",
        "(0, s_0) is cut into pieces; on each, F has no zero (middle value and slope), or "
        "F′ has one sign and the signs of F at the ends count the zero",
    )
    yield Order(
        "for n = 7, F is positive between the two zeros",
        r"0 < F(2), \quad n = 7",
        lambda: arb(0),
        lambda: excess(arb(2), 6),
    )
    yield Order(
        "and falls at the second, near s = 3.96",
        r"F'([3.9, 4]) < 0, \quad n = 7",
        lambda: excess_slope(arb(39) / 10, arb(4), 6),
        lambda: arb(0),
    )


CLAIM = declare(
    __name__,
    "odd-point states come as a pair",
    equal(
        sp.Symbol(r"\#\{\text{odd-point states}\}"),
        sp.Integer(2),
    ),
    source=PAPER.ours("saddle and node"),
    status=Status.CONJECTURE,
    expected=Outcome.CERTIFIED,
    parameters=(setting.CLUSTERED,),
    assumes=(
        *setting.MEAN_FIELD,
        setting.HAS_ODD_POINT,
    ),
    checks=(
        *(_check(batch) for batch in (7, 8, 10, 16, 32, 100, 1000)),
        *(_check(batch, Budget.STANDARD) for batch in (64, 128, 256, 512, 2000, 5000)),
    ),
    derivation=_derivation,
    control=setting.HALF,
    siblings=("decomposition.odd-point-existence", "decomposition.odd-point-attracts"),
)

"""With rescaling there is a state of one long point, from 52 points on.

r ≥ √n/4 for the norm of the long point over that of the others, centred, in a fixed state.

It is no odd point: its cosine with the others is near κ(0) = 1/π. In batches of 51 or fewer the
search finds no such state. There are states with several long points too, each fixed in the mean
field: from 52 points on the state of equal cosines is one of many, and no width tells them apart.

Example: in a batch of 100 it is more than twice as long as the rest.

>>> CLAIM.bound(batch=100).ball > 2
True
"""

from __future__ import annotations

from fractions import Fraction
from functools import partial

import sympy as sp
from flint import arb

from depthlaw.theory.claim import (
    Budget,
    Check,
    Cited,
    Computed,
    Order,
    Outcome,
    Requires,
    Status,
    Steps,
    declare,
    lower,
)
from depthlaw.theory.claims.decomposition import PAPER, rescaled_break_away
from depthlaw.theory.claims.decomposition import _setting as setting
from depthlaw.theory.decomposition import rescaled
from depthlaw.theory.errors import DepthlawError
from depthlaw.theory.rigorous.balls import ball
from depthlaw.theory.values import Enclosure, Value
from depthlaw.theory.writing.symbols import n

FIRST = 52
FROM_FIRST = Requires(
    sp.And(n >= FIRST, n <= 10**4),
    "in smaller batches no such state was found, and larger ones were not looked at",
)


def norm_ratio(batch: int) -> Enclosure:
    """Return r of a fixed state.

    Raises
    ------
    DepthlawError
        If none was found.
    """
    found = rescaled.long_point(batch)
    if found is None:
        raise DepthlawError(f"batch = {batch}: no state with a long point was found")
    return found


def _quantity(batch: int) -> Value:
    return norm_ratio(batch)


def _check(batch: int, budget: Budget = Budget.QUICK) -> Check:
    return Check(
        f"n = {batch}", {"batch": batch}, Computed(_quantity, {"batch": batch}), budget=budget
    )


def _before(ratio: Fraction) -> arb:
    return rescaled.spread_of(ball(ratio), FIRST)


def _after(ratio: Fraction) -> arb:
    return rescaled.next_spread(_before(ratio), FIRST)


def _derivation() -> Steps:
    grows, shrinks = Fraction(7, 4), Fraction(5, 2)
    yield from rescaled_break_away.averages()
    yield Order(
        f"n = {FIRST}: a point {grows} times as long as the others grows",
        "s' < s",
        partial(_after, grows),
        partial(_before, grows),
    )
    yield Order(
        f"and one that is {shrinks} times as long shrinks",
        "s < s'",
        partial(_before, shrinks),
        partial(_after, shrinks),
    )
    yield Cited(
        "a fixed state lies between, as the map of s is continuous",
        "Rudin, Principles of Mathematical Analysis, Theorem 4.23",
    )


CLAIM = declare(
    __name__,
    "a long point under rescaling",
    lower(sp.Symbol("r"), sp.sqrt(n) / 4, trivial=sp.Integer(1)),
    source=PAPER.ours("the need for recentring without rescaling"),
    status=Status.CONJECTURE,
    expected=Outcome.CERTIFIED,
    parameters=(setting.CLUSTERED,),
    assumes=(*setting.RESCALED_MEAN_FIELD, setting.EXCHANGEABLE, FROM_FIRST),
    checks=(*(_check(n) for n in (FIRST, 64, 256, 1024)), _check(10**4, Budget.STANDARD)),
    derivation=_derivation,
    control=Fraction(3),
    siblings=("decomposition.rescaling-destroys", "decomposition.rescaled-break-away"),
)

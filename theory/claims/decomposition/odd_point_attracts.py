"""The odd-point state attracts, in all directions.

The spectral radius of the derivative of the full mean-field step, up to scale, is at most 1
(and below it).

Example: the slowest direction keeps to the one-dimensional family.

>>> from depthlaw.theory.decomposition import fixed_points
>>> two_groups(9).spectral_radius().contains(fixed_points(10).odd.multiplier.ball)
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
    Order,
    Outcome,
    Status,
    Steps,
    declare,
    upper,
)
from depthlaw.theory.claims.decomposition import PAPER
from depthlaw.theory.claims.decomposition import _jacobian as jacobian
from depthlaw.theory.claims.decomposition import _setting as setting
from depthlaw.theory.decomposition import two_groups
from depthlaw.theory.values import Enclosure, Value


def radius(batch: int) -> Enclosure:
    """Return the spectral radius at the odd-point state."""
    return two_groups(batch - 1).spectral_radius()


def largest_radius(batch: int) -> Enclosure:
    """Return the largest spectral radius among 7, …, `batch` points."""
    worst = arb(0)
    for n in range(7, batch + 1):
        worst = worst.max(radius(n).ball)
    return Enclosure(worst)


def _quantity(batch: int) -> Value:
    return radius(batch)


def _check(batch: int) -> Check:
    return Check(f"n = {batch}", {"batch": batch}, Computed(_quantity, {"batch": batch}))


def _derivation() -> Steps:
    yield from jacobian.steps(8, 1)
    yield Order(
        "and the radius is below 1 for all 7 ≤ n ≤ 50 at once",
        r"\max_{7 \le n \le 50} \varrho_n < 1",
        lambda: largest_radius(50).ball,
        lambda: arb(1),
    )
    yield Argued("larger n", "not proved for all n at once; each n is certified on its own")


CLAIM = declare(
    __name__,
    "the odd-point state attracts",
    upper(sp.Symbol(r"\varrho(J)"), sp.Integer(1)),
    source=PAPER.ours("stability of the odd-point state"),
    status=Status.CONJECTURE,
    expected=Outcome.CERTIFIED,
    parameters=(setting.CLUSTERED,),
    assumes=(
        *setting.MEAN_FIELD,
        setting.HAS_ODD_POINT,
    ),
    checks=(
        *(_check(batch) for batch in (7, 8, 16, 32, 100, 1000)),
        Check(
            "every n from 7 to 1000",
            {"batch": 1000},
            Computed(largest_radius, {"batch": 1000}),
            budget=Budget.STANDARD,
        ),
    ),
    derivation=_derivation,
    control=Fraction(9, 10),
    siblings=("decomposition.more-odd-points", "decomposition.slowest-multiplier"),
)

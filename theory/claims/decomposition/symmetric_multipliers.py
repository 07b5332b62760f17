"""The multipliers of the state of equal cosines.

The largest multiplier is λ_1 = 1 − (1 − λ_2)/m, λ_2 = (n/m) κ′(−1/m)/(1 − κ(−1/m)), m = n − 1.

Example: it is T′ of the one-dimensional map at its symmetric fixed point.

>>> from depthlaw.theory.decomposition import fixed_points
>>> CLAIM.bound(batch=9).contains(fixed_points(9).symmetric.multiplier.ball)
True
"""

from __future__ import annotations

from fractions import Fraction

import sympy as sp

from depthlaw.theory.claim import (
    Check,
    Computed,
    Identity,
    Outcome,
    Status,
    Steps,
    declare,
    equal,
)
from depthlaw.theory.claims.decomposition import PAPER
from depthlaw.theory.claims.decomposition import _setting as setting
from depthlaw.theory.claims.decomposition import _symmetric as symmetric
from depthlaw.theory.values import Enclosure, Value
from depthlaw.theory.writing.symbols import n


def _quantity(batch: int) -> Value:
    return Enclosure(symmetric.measured(batch)[0])


def _check(batch: int) -> Check:
    return Check(
        f"n = {batch}",
        {"batch": batch},
        Computed(_quantity, {"batch": batch}),
    )


def _derivation() -> Steps:
    lam, size = sp.Symbol("lambda_2"), n - 1
    yield from symmetric.steps()
    yield Identity(
        "with λ_2 at m = n − 1 and ρ = −1/m",
        sp.Subs(1 - (1 - lam) / size, lam, symmetric.outer_multiplier(size)),
        symmetric.inner_multiplier(size),
    )


CLAIM = declare(
    __name__,
    "multipliers of the state of equal cosines",
    equal(
        sp.Symbol(r"\lambda_1"), symmetric.inner_multiplier(n - 1), tested=sp.Rational(1, 10**15)
    ),
    source=PAPER.ours("symmetric state"),
    status=Status.SHARPENED,
    expected=Outcome.CERTIFIED,
    parameters=(setting.CLUSTERED,),
    assumes=(
        *setting.MEAN_FIELD,
        "all cosines are −1/m after recentring and κ(−1/m) after ReLU",
    ),
    checks=tuple(_check(batch) for batch in (3, 4, 7, 16)),
    derivation=_derivation,
    control=Fraction(1001, 1000),
    siblings=("decomposition.symmetric-stability", "decomposition.symmetric-margin"),
)

"""The rarer of two values is the longer one.

‖z′‖/‖y′‖ = (n − k)/k for a batch of n − k copies of y and k copies of z.

Example: exchanging the two values inverts the ratio.

>>> from depthlaw.theory.rigorous.balls import ball
>>> (CLAIM.bound(batch=7, odd=2).ball * CLAIM.bound(batch=7, odd=5).ball).contains(1)
True
"""

from __future__ import annotations

from fractions import Fraction

import sympy as sp

from depthlaw.theory.claim import (
    Check,
    Cited,
    Computed,
    Identity,
    Outcome,
    Status,
    Steps,
    declare,
    equal,
)
from depthlaw.theory.claims.decomposition import PAPER, leaky_cosine
from depthlaw.theory.claims.decomposition import _setting as setting
from depthlaw.theory.claims.decomposition import _two_values as two
from depthlaw.theory.decomposition import closed_forms
from depthlaw.theory.values import Enclosure, Value
from depthlaw.theory.writing.symbols import n

k = closed_forms.k


def ratio(batch: int, odd: int) -> Enclosure:
    """Return ‖z′‖/‖y′‖ after one layer of infinite width."""
    G = leaky_cosine.stepped(batch, odd, Fraction(0))
    return Enclosure((G[-1][-1] / G[0][0]).sqrt())


def _quantity(batch: int, odd: int) -> Value:
    return ratio(batch, odd)


def _check(batch: int, odd: int) -> Check:
    return Check(
        f"n = {batch}, k = {odd}",
        {"batch": batch, "odd": odd},
        Computed(_quantity, {"batch": batch, "odd": odd}),
    )


def _derivation() -> Steps:
    upper, lower = sp.symbols("h_+ h_-", positive=True)
    yield from two.steps()
    yield Cited(
        "a coordinate of v and its negative have the same law, and with it the same mean of x₊²: "
        "E v₊² = E v₋², so that |v₊| and |v₋| are equal at infinite width",
        "Durrett, Probability: Theory and Examples, Theorems 1.6.9 and 2.4.1",
    )
    yield Identity(
        "the ratio of ((n−k)/n)|v₋| and (k/n)|v₊|",
        sp.Subs((n - k) / n * lower / (k / n * upper), lower, upper),
        (n - k) / k,
    )


CLAIM = declare(
    __name__,
    "norm ratio of two values",
    equal(sp.Symbol(r"\|z'\| / \|y'\|"), (n - k) / k, tested=sp.Rational(leaky_cosine.RESOLUTION)),
    source=PAPER.ours("norms of two values"),
    status=Status.SHARPENED,
    expected=Outcome.CERTIFIED,
    parameters=(setting.PAIR, setting.ODD),
    assumes=(
        *setting.MEAN_FIELD,
        "weights with a symmetric law",
        setting.ODD_BELOW_BATCH,
    ),
    checks=(_check(2, 1), _check(7, 1), _check(7, 5), _check(16, 3)),
    derivation=_derivation,
    control=Fraction(1001, 1000),
    siblings=("decomposition.orthogonality", "decomposition.norm-ratio"),
)

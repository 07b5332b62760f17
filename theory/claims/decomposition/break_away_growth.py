"""The growth of the odd point per layer, in a large batch.

r′²/r² → π/(π − 1) as r → ∞ with r/n → 0.

Example: the limit of the break-away map.

>>> from depthlaw.theory.claims.decomposition.break_away import FORMULA, r
>>> sp.simplify(sp.limit(FORMULA / r**2, r, sp.oo) - CLAIM.formula) == 0
True
"""

from __future__ import annotations

from fractions import Fraction
from math import isqrt

import sympy as sp
from flint import arb

from depthlaw.theory.claim import (
    Check,
    Computed,
    Identity,
    Outcome,
    Status,
    Steps,
    Uses,
    declare,
    rate,
)
from depthlaw.theory.claims.decomposition import PAPER, break_away
from depthlaw.theory.claims.decomposition import _setting as setting
from depthlaw.theory.decomposition.odd_point import next_norm_ratio
from depthlaw.theory.values import Enclosure, Value


def growth(batch: int) -> Enclosure:
    """Return r′²/r² at r = √n, half way (in logarithms) between 1 and n."""
    r = arb(isqrt(batch))
    return Enclosure((next_norm_ratio(r, batch - 1) / r) ** 2)


def _quantity(exponent: int) -> Value:
    return growth(10**exponent)


def _check(exponent: int) -> Check:
    return Check(
        f"n = 10^{exponent}, r = √n",
        {"batch": 10**exponent},
        Computed(_quantity, {"exponent": exponent}),
        # What is left out is of order 1/r + r/n.
        resolution=Fraction(4, 10 ** (exponent // 2)),
    )


def _derivation() -> Steps:
    y, formula = sp.Symbol("y", positive=True), break_away.FORMULA / break_away.r**2
    yield Uses("one layer, up to a relative error below 8r/m", "decomposition.break-away")
    yield Identity(
        "with y = 1/r, how far that is from π/(π − 1), relative to it: of order y",
        sp.Subs(formula / (sp.pi / (sp.pi - 1)) - 1, break_away.r, 1 / y),
        y * (y - 2) / sp.pi,
    )
    yield Identity(
        "both are of order 1/√n at r = √n, and the limit y → 0 is",
        sp.Subs(1 + (1 - y) ** 2 / (sp.pi - 1), y, 0),
        sp.pi / (sp.pi - 1),
    )


CLAIM = declare(
    __name__,
    "growth of the odd point per layer",
    rate(
        sp.Symbol("r'^2/r^2"), sp.pi / (sp.pi - 1), leading="O(1/√n)", within=sp.Rational(4, 10**4)
    ),
    source=PAPER.ours("break-away of the odd point"),
    status=Status.SHARPENED,
    expected=Outcome.CERTIFIED,
    parameters=(setting.CLUSTERED,),
    assumes=(
        *setting.MEAN_FIELD,
        "then n → ∞",
    ),
    checks=(_check(8), _check(12)),
    derivation=_derivation,
    control=Fraction(101, 100),
    siblings=("decomposition.break-away",),
)

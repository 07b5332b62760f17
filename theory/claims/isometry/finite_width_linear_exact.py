"""What one linear layer of finite width does to an isometric batch, exactly.

E I(G_1) = (2/d) Π_{i=0}^{n−1} Γ((d−i)/2 + 1/n)/Γ((d−i)/2).

Example: two samples: (d − 1)/d · …, by the duplication formula exactly 1 − 1/d.

>>> CLAIM.bound(batch=2, width=5).contains(Fraction(4, 5))
True
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

import sympy as sp

from depthlaw.theory.claim import (
    BATCH,
    WIDTH,
    Outcome,
    ParameterValue,
    Status,
    declare,
    equal,
    number,
)
from depthlaw.theory.claims.isometry import PAPER
from depthlaw.theory.claims.isometry import _wishart as wishart
from depthlaw.theory.values import Enclosure


def _mean(values: Mapping[str, ParameterValue]) -> Enclosure:
    n, d = (int(number(values, name)) for name in ("batch", "width"))
    return Enclosure(wishart.mean_isometry(n, d))


CLAIM = declare(
    __name__,
    "isometry after one linear layer of finite width, exactly",
    equal(wishart.QUANTITY, wishart.FORMULA, by=_mean, tested=sp.Rational(1, 20)),
    source=PAPER.at("Figures 4 to 6", "finite-width effect, ours"),
    status=Status.SHARPENED,
    expected=Outcome.SUPPORTED,
    parameters=(BATCH, WIDTH),
    assumes=(
        *wishart.MODEL,
        wishart.MORE_NEURONS,
    ),
    checks=(
        wishart.check(2, 5, replicas=20_000),
        wishart.check(8, 12, replicas=8_000),
        wishart.check(32, 64, replicas=1_000),
    ),
    derivation=wishart.exact_steps,
    control=Fraction(11, 10),
    siblings=("isometry.finite-width-linear",),
)

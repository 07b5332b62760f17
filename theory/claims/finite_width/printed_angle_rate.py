"""The printed approximation of the rate of small angles is far off at usual widths.

ρ(n) = ln((n+5)/(n−1)) − 10n/(n+5)² + 6n/(n−1)², within a tenth of the exact rate: refuted.

It begins 2/n + 100/n², the exact rate 2/n + 8/n²: at 16 neurons it is .400 for .174, at 64 .053 for
.033, and it is a tenth off up to some 450.

Example: sixteen neurons.

>>> round(float(CLAIM.bound(width=16).ball), 3)
0.4
"""

from __future__ import annotations

import sympy as sp

from depthlaw.theory.claim import Limit, Outcome, Status, Steps, declare, equal
from depthlaw.theory.claims.finite_width import PAPER
from depthlaw.theory.claims.finite_width import _angles as angles
from depthlaw.theory.writing.symbols import d

FORMULA = sp.log((d + 5) / (d - 1)) - 10 * d / (d + 5) ** 2 + 6 * d / (d - 1) ** 2


def _derivation() -> Steps:
    yield Limit(
        "beyond 2/n the printed rate begins with 100/n², where the exact one has 8/n²",
        (FORMULA - 2 / d) * d**2,
        d,
        sp.oo,
        sp.Integer(100),
    )


CLAIM = declare(
    __name__,
    "rate at which small angles shrink in ReLU networks, as printed",
    equal(angles.RATE, FORMULA, within=sp.Rational(1, 10)),
    source=PAPER.at("Theorem 1 of Jakub and Nica, 2023 (JMLR 25:239)", "by a secondary source"),
    status=Status.PUBLISHED,
    expected=Outcome.REFUTED,
    parameters=(angles.NEURONS,),
    assumes=angles.MODEL,
    checks=tuple(angles.check(width) for width in (16, 64, 256)),
    derivation=_derivation,
    errata=(
        "The expectation of ln sin²θ is −∞ at every finite width, since with probability at least "
        "(n+1)2^(−n) at most one neuron is active: it has to be conditioned.",
    ),
    siblings=("finite-width.small-angle",),
)

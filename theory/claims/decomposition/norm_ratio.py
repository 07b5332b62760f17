"""The norm ratio of the odd-point state, for large n.

r ≈ (n − 1)(1 − 9π²/(4n²)).

No remainder is proved: each n of the checks is certified on its own.

Example: two exact values have the ratio n − 1 (two-value-norm-ratio), a saturated cluster less.

>>> CLAIM.bound(batch=40).ball < 39
True
"""

from __future__ import annotations

from fractions import Fraction

import sympy as sp

from depthlaw.theory.claim import Identity, Limit, Outcome, Status, Steps, declare, equal
from depthlaw.theory.claims.decomposition import PAPER
from depthlaw.theory.claims.decomposition import _asymptotics as asymptotics
from depthlaw.theory.claims.decomposition import _setting as setting
from depthlaw.theory.decomposition import closed_forms
from depthlaw.theory.writing.symbols import n


def _derivation() -> Steps:
    s, theta = closed_forms.s, closed_forms.theta
    yield from asymptotics.steps()
    yield Limit(
        "r = m/√(1+s²) ≈ m(1 − s²/2)",
        (1 / sp.sqrt(1 + s**2) - 1) / s**2,
        s,
        sp.Integer(0),
        -sp.Rational(1, 2),
    )
    yield Identity(
        "with s = θ/√2 and θ = 3π/n",
        sp.Subs((theta / sp.sqrt(2)) ** 2 / 2, theta, 3 * sp.pi / n),
        9 * sp.pi**2 / (4 * n**2),
    )


CLAIM = declare(
    __name__,
    "norm of the odd point over the others",
    equal(
        sp.Symbol(r"r"),
        (n - 1) * (1 - 9 * sp.pi**2 / (4 * n**2)),
        leading="O(1/n^3)",
        within=400 / n**3,
    ),
    source=PAPER.ours("the odd-point state for large n"),
    status=Status.CONJECTURE,
    expected=Outcome.CERTIFIED,
    parameters=(setting.CLUSTERED,),
    assumes=(
        *setting.MEAN_FIELD,
        setting.EXCHANGEABLE,
        setting.HAS_ODD_POINT,
    ),
    checks=asymptotics.checks("norm_ratio"),
    derivation=_derivation,
    control=Fraction(1001, 1000),
    siblings=("decomposition.cluster-angle", "decomposition.two-value-norm-ratio"),
)

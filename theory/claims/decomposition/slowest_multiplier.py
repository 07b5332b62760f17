"""How slowly the odd-point state is reached, for large n.

1 − T′(τ) ≈ 1/n at the odd-point state: it is reached within some n layers.

No remainder is proved: each n of the checks is certified on its own.

Example: a batch twice as large takes twice as long.

>>> (CLAIM.bound(batch=50).ball / CLAIM.bound(batch=100).ball).contains(2)
True
"""

from __future__ import annotations

from fractions import Fraction

import sympy as sp

from depthlaw.theory.claim import Identity, Outcome, Status, Steps, declare, equal
from depthlaw.theory.claims.decomposition import PAPER
from depthlaw.theory.claims.decomposition import _asymptotics as asymptotics
from depthlaw.theory.claims.decomposition import _setting as setting
from depthlaw.theory.decomposition import closed_forms
from depthlaw.theory.writing.symbols import n


def _derivation() -> Steps:
    s, theta = closed_forms.s, closed_forms.theta
    slope = sp.Rational(2, 3) * n**2 * theta
    yield from asymptotics.steps()
    yield Identity(
        "sF′ ≈ n²·2θ/3 since F ≈ n²·2θ/3 − 2πm and θ is proportional to s",
        s * sp.Derivative(sp.Rational(2, 3) * n**2 * sp.sqrt(2) * s, s),
        slope.subs(theta, sp.sqrt(2) * s),
    )
    yield Identity(
        "so 1 − T′ = sF′/(2n²(π − ψ)) ≈ θ/(3π), which is 1/n for θ = 3π/n",
        sp.Subs(slope / (2 * n**2 * sp.pi), theta, 3 * sp.pi / n),
        1 / n,
    )


CLAIM = declare(
    __name__,
    "distance of the slowest multiplier from 1",
    equal(sp.Symbol(r"1 - T'(\tau)"), 1 / n, leading="O(1/n)", within=4 / n),
    source=PAPER.ours("the odd-point state for large n"),
    status=Status.CONJECTURE,
    expected=Outcome.CERTIFIED,
    parameters=(setting.CLUSTERED,),
    assumes=(
        *setting.MEAN_FIELD,
        setting.EXCHANGEABLE,
        setting.HAS_ODD_POINT,
    ),
    checks=asymptotics.checks("multiplier", below_one=True),
    derivation=_derivation,
    control=Fraction(21, 20),
    siblings=("decomposition.cluster-angle", "decomposition.odd-point-attracts"),
)

"""The cosine between odd point and cluster, for large n.

9π²/(2√2 n³), after ReLU, to leading order: the odd point is all but orthogonal.

No remainder is proved: each n of the checks is certified on its own.

Example: it falls by 8 when n doubles.

>>> (CLAIM.bound(batch=50).ball / CLAIM.bound(batch=100).ball).contains(8)
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
        "κ(ρ_o) = r(s − arctan s)/(πm) ≈ s³/(3π), as r ≈ m",
        (s - sp.atan(s)) / (sp.sqrt(1 + s**2) * sp.pi * s**3),
        s,
        sp.Integer(0),
        1 / (3 * sp.pi),
    )
    yield Identity(
        "with s = θ/√2 and θ = 3π/n",
        sp.Subs((theta / sp.sqrt(2)) ** 3 / (3 * sp.pi), theta, 3 * sp.pi / n),
        9 * sp.pi**2 / (2 * sp.sqrt(2) * n**3),
    )


CLAIM = declare(
    __name__,
    "cosine between odd point and cluster",
    equal(
        sp.Symbol(r"\kappa(\rho_o)"),
        9 * sp.pi**2 / (2 * sp.sqrt(2) * n**3),
        leading="O(1/n)",
        within=6 / n,
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
    checks=asymptotics.checks("odd_cosine"),
    derivation=_derivation,
    control=Fraction(21, 20),
    siblings=("decomposition.cluster-angle", "decomposition.norm-ratio"),
)

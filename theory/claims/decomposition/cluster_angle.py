"""The angle within the cluster of the odd-point state, for large n.

ϑ ≈ (3π/n)(1 − 2/n): the angle between two points of the cluster after ReLU.

No remainder is proved: each n of the checks is certified on its own.

Example: the cosine that goes with it at n = 100, to the order of the remainder.

>>> found = setting.odd_state(100).cluster_angle.ball * 100 / (3 * sp.pi)
>>> abs(float(found) - (1 - 2 / 100)) < 40 / 100**2
True
"""

from __future__ import annotations

from fractions import Fraction

import sympy as sp

from depthlaw.theory.claim import Limit, Outcome, Status, Steps, declare, equal
from depthlaw.theory.claims.decomposition import PAPER
from depthlaw.theory.claims.decomposition import _asymptotics as asymptotics
from depthlaw.theory.claims.decomposition import _setting as setting
from depthlaw.theory.decomposition import closed_forms
from depthlaw.theory.writing.symbols import n


def _derivation() -> Steps:
    theta, u = closed_forms.theta, sp.Symbol("u", positive=True)
    chord = (1 - sp.cos(theta)) * (1 - closed_forms.psi(theta) / sp.pi)
    centred = 3 * sp.pi * u * (1 - 2 * u)
    in_batch = (centred * (1 - centred / (3 * sp.pi))).subs(u, u / (1 - u))
    yield from asymptotics.steps()
    yield Limit(
        "ReLU contracts: ϑ ≈ θ(1 − θ/(3π)), from 1 − cos ϑ = (1 − cos θ)(1 − ψ/π)",
        (2 * chord / theta**2 - 1) / theta,
        theta,
        sp.Integer(0),
        -2 / (3 * sp.pi),
    )
    yield Limit(
        "with 1/m = u/(1 − u), u = 1/n, the first two terms are 3πu(1 − 2u)",
        (in_batch - 3 * sp.pi * u * (1 - 2 * u)) / u**2,
        u,
        sp.Integer(0),
        sp.Integer(0),
    )


CLAIM = declare(
    __name__,
    "angle within the cluster",
    equal(
        sp.Symbol(r"\vartheta"), 3 * sp.pi / n * (1 - 2 / n), leading="O(1/n^2)", within=40 / n**2
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
    checks=asymptotics.checks("cluster_angle"),
    derivation=_derivation,
    control=Fraction(101, 100),
    siblings=("decomposition.odd-cosine", "decomposition.norm-ratio"),
)

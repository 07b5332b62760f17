"""The cluster closes slowly while the odd point is away.

t·θ_t → 3π, as long as t is far below n: the angle within the cluster after t layers.

No remainder is proved: each depth of the checks is certified on its own.

Example: at t = n the angle meets the saturated one, 3π/n (cluster-angle).

>>> from depthlaw.theory.claim.registry import claim
>>> saturated = claim("decomposition.cluster-angle").formula
>>> sp.limit(saturated * setting.CLUSTERED.symbol / CLAIM.formula, setting.CLUSTERED.symbol, sp.oo)
1
"""

from __future__ import annotations

from fractions import Fraction

import sympy as sp
from flint import arb

from depthlaw.theory.claim import (
    LAYERS,
    Argued,
    Budget,
    Check,
    Computed,
    Limit,
    Outcome,
    Status,
    Steps,
    declare,
    rate,
)
from depthlaw.theory.claims.decomposition import PAPER
from depthlaw.theory.claims.decomposition import _setting as setting
from depthlaw.theory.decomposition import closed_forms
from depthlaw.theory.decomposition.odd_point import angle, next_spread
from depthlaw.theory.values import Enclosure, Value
from depthlaw.theory.writing.symbols import ell

BATCH = 10**12


def scaled_angle(depth: int) -> Enclosure:
    """Return t·θ_t in a batch of 10^12 points, started at a norm ratio of 2."""
    m = BATCH - 1
    s = arb(m * m / 4 - 1).sqrt()
    for _ in range(depth):
        s = next_spread(s, m)
    return Enclosure(depth * angle(s, m))


def _quantity(depth: int) -> Value:
    return scaled_angle(depth)


def _check(depth: int, budget: Budget = Budget.QUICK) -> Check:
    return Check(
        f"t = {depth}",
        {"depth": depth},
        Computed(_quantity, {"depth": depth}),
        budget=budget,
    )


def _derivation() -> Steps:
    theta = closed_forms.theta
    chord = (1 - sp.cos(theta)) * (1 - closed_forms.psi(theta) / sp.pi)
    yield Argued(
        "the odd point is far away",
        "for r of order n the term s²ψ − 2m(s − arctan s) is negligible in the growth, and "
        "the centred cluster follows the plain map cos θ′ = κ(cos θ)",
    )
    yield Limit(
        "one layer of it: θ′ ≈ θ − θ²/(3π)",
        (2 * chord / theta**2 - 1) / theta,
        theta,
        sp.Integer(0),
        -2 / (3 * sp.pi),
    )
    yield Limit(
        "so 1/θ grows by 1/(3π) per layer",
        1 / (theta - theta**2 / (3 * sp.pi)) - 1 / theta,
        theta,
        sp.Integer(0),
        1 / (3 * sp.pi),
    )


CLAIM = declare(
    __name__,
    "angle within the cluster while the odd point breaks away",
    rate(sp.Symbol(r"t\,\theta_t"), 3 * sp.pi, leading="O((log n)/t)", within=150 / ell),
    source=PAPER.ours("break-away of the odd point"),
    status=Status.CONJECTURE,
    expected=Outcome.CERTIFIED,
    parameters=(LAYERS,),
    assumes=(
        *setting.MEAN_FIELD,
        "n far above t",
    ),
    checks=(_check(2000), _check(20_000, Budget.STANDARD)),
    derivation=_derivation,
    control=Fraction(6, 5),
    siblings=("decomposition.break-away", "decomposition.cluster-angle"),
)

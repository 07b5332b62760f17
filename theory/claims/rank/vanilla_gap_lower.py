"""The rate at which a linear net without normalisation collapses, bounded below.

L_1 − L_2 = ½ (ψ(d/2) − ψ((d−1)/2)) ≥ 1/(2d−3) − 1/(2d−3)³.

Example: the bound at d = 3.

>>> from depthlaw.theory.rigorous.balls import ball
>>> CLAIM.bound(width=3).ball.overlaps(ball(Fraction(8, 27)))
True
"""

from __future__ import annotations

from fractions import Fraction

import sympy as sp

from depthlaw.theory.claim import (
    WIDTH,
    Argued,
    Identity,
    Outcome,
    Sign,
    Status,
    Steps,
    declare,
    lower,
)
from depthlaw.theory.claims.rank import PAPER
from depthlaw.theory.claims.rank import vanilla_gap as upper

FORMULA = upper.FORMULA - upper.FORMULA**3


def _derivation() -> Steps:
    u, v = sp.symbols("u v", positive=True)
    series = sp.cosh(v) * (1 - v**2 / 2)
    yield from upper.laplace()
    yield Argued(
        "bound on 1/cosh",
        "cosh(v)(1 − v²/2) is 1 at v = 0 and falls, which gives 1/cosh v ≥ 1 − v²/2",
    )
    yield Identity(
        "it falls: minus its derivative is (v cosh v − sinh v) + v² sinh(v)/2",
        -sp.Derivative(series, v),
        (v * sp.cosh(v) - sp.sinh(v)) + v**2 * sp.sinh(v) / 2,
    )
    yield Identity(
        "of which v cosh v − sinh v has the derivative v sinh v",
        sp.Derivative(v * sp.cosh(v) - sp.sinh(v), v),
        v * sp.sinh(v),
    )
    yield Sign("all of them positive", v * sp.sinh(v) + v**2 * sp.sinh(v) / 2, strict=True)
    yield Identity(
        "1 − u²/8 integrated against e^{−cu}/2 with c = d − 3/2",
        upper.integrated(1 - u**2 / 8, u),
        FORMULA,
    )


CLAIM = declare(
    __name__,
    "first Lyapunov gap of a linear net, from below",
    lower(upper.CLAIM.quantity, FORMULA),
    source=PAPER.at("collapse of vanilla networks", "lower bound, ours"),
    status=Status.SHARPENED,
    expected=Outcome.CERTIFIED,
    parameters=(WIDTH,),
    assumes=(
        "independent Gaussian weights of any variance",
        "no skip connection",
        upper.THREE,
    ),
    checks=upper.checks(),
    derivation=_derivation,
    control=Fraction(11, 10),
    siblings=("rank.vanilla-gap",),
)

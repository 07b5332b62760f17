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
    Heading,
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
    s = sp.Symbol("s", nonnegative=True)
    falls = s * sp.cosh(s) - sp.sinh(s) + s**2 * sp.sinh(s) / 2
    yield from upper.laplace()
    yield Heading("1/cosh(v) is at least 1 − v²/2, at v = u/2")
    yield Identity(
        "cosh(v)(1 − v²/2) is 1 less an integral",
        1 - sp.Integral(falls, (s, 0, v)),
        sp.cosh(v) * (1 - v**2 / 2),
    )
    yield Identity(
        "of something not negative: s cosh s − sinh s is itself an integral",
        sp.Integral(s * sp.sinh(s), (s, 0, v)),
        v * sp.cosh(v) - sp.sinh(v),
    )
    yield Sign("whose integrand is", s * sp.sinh(s))
    yield Sign("as is the rest", s**2 * sp.sinh(s) / 2)
    yield Heading("Integrated against e^{−cu}/2 with c = d − 3/2")
    yield Identity("1 − u²/8", upper.integrated(1 - u**2 / 8, u), FORMULA)


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

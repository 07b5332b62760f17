"""Near isometry one layer takes the isometry gap to d/(d+2) of it, on average.

E φ(X′)/φ(X) → d/(d+2) as X tends to isometry.

So that it takes some (d+2)/2 layers to fall by e, where the theorem has d² of them.

Example: two samples, half of it.

>>> CLAIM.bound(width=2).contains(Fraction(1, 2))
True
"""

from __future__ import annotations

from fractions import Fraction

import sympy as sp

from depthlaw.theory.claim import (
    Argued,
    Check,
    Computed,
    Identity,
    Outcome,
    Status,
    Steps,
    declare,
    rate,
)
from depthlaw.theory.claims.no_explosion import PAPER
from depthlaw.theory.claims.no_explosion import _step as step
from depthlaw.theory.values import Enclosure
from depthlaw.theory.writing.symbols import d

FORMULA = d / (d + 2)
NEAR = Fraction(1, 10**4)


def _ratio(width: int, distance: Fraction) -> Enclosure:
    larger = 1 + distance
    gap = step.gap(width, larger)
    return Enclosure(1 + step.change(width, larger).ball / gap.ball)


def _check(width: int) -> Check:
    return Check(
        f"d = {width}, λ₁ = 1 + {NEAR}",
        {"width": width},
        Computed(_ratio, {"width": width, "distance": NEAR}),
    )


def _derivation() -> Steps:
    s = step.s
    yield Argued(
        "to second order in λ_k − 1",
        "φ(X) is Σ(λ_k − 1)²/(2d), and the change E log wᵀXXᵀw is −Σ(λ_k − 1)²/(d(d+2)), half the "
        "variance of wᵀXXᵀw, with s for the sum",
    )
    yield Identity("so that what is left is", 1 - s / (d * (d + 2)) / (s / (2 * d)), FORMULA)


CLAIM = declare(
    __name__,
    "contraction of the isometry gap near isometry",
    rate(sp.Symbol(r"\mathbb E\,\varphi(X') / \varphi(X)"), FORMULA, within=sp.Rational(1, 1000)),
    source=PAPER.ours("the rate near isometry"),
    status=Status.SHARPENED,
    expected=Outcome.CERTIFIED,
    parameters=(step.SIZE,),
    assumes=step.MODEL,
    checks=tuple(map(_check, (2, 3, 5, 20))),
    derivation=_derivation,
    control=Fraction(101, 100),
    siblings=("no-explosion.corollary-4", "no-explosion.theorem-1"),
)

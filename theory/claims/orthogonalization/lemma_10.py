"""Lemma 10: the integrand of Lemma 8 lies above its tangent.

g(δ) = (1+2θ(1/n−δ))^{−3/2} (1+2θ(1/n+δ/(n−1)))^{−(n−1)/2} is convex on [0, 1/n]; hence g(δ) ≥
(1+2θ/n)^{−(n+2)/2} (1 + 2θδ/(1+2θ/n)).

Convexity itself is derived symbolically for all n; the tangent, which is what Lemma 8 uses, is also
compared with g in ball arithmetic.

Example: at θ = 0 both are 1.

>>> CLAIM.bound(batch=3, theta=0, delta=Fraction(1, 3)).contains(1)
True
"""

from __future__ import annotations

from fractions import Fraction

import sympy as sp
from flint import arb

from depthlaw.theory.claim import (
    BATCH,
    Check,
    Computed,
    Domain,
    Identity,
    Outcome,
    Parameter,
    PositiveOnBox,
    Status,
    Steps,
    declare,
    lower,
)
from depthlaw.theory.claims.orthogonalization import PAPER
from depthlaw.theory.claims.orthogonalization import _lemma_8 as lemma
from depthlaw.theory.claims.orthogonalization import _sawa as sawa
from depthlaw.theory.claims.orthogonalization import _setting as setting
from depthlaw.theory.rigorous.balls import ball
from depthlaw.theory.symbols import delta, n, theta
from depthlaw.theory.values import Enclosure

THETA = Parameter("theta", theta, Domain.REAL, 0, "integration variable θ")
DELTA = Parameter("delta", delta, Domain.REAL, 0, "deviation 1/n − λ_n")
FORMULA = (1 + 2 * theta / n) ** (-(n + 2) / 2) * (1 + 2 * theta * delta / (1 + 2 * theta / n))


def _integrand(batch: int, t: Fraction, deviation: Fraction) -> Enclosure:
    a = ball(1 + 2 * t * (Fraction(1, batch) - deviation))
    b = ball(1 + 2 * t * (Fraction(1, batch) + deviation / (batch - 1)))
    return Enclosure(arb(1) / (a * a.sqrt() * b.sqrt() ** (batch - 1)))


def _check(batch: int, t: Fraction, deviation: Fraction) -> Check:
    return Check(
        f"n = {batch}, θ = {float(t):g}, δ = {float(deviation):.3g}",
        {"batch": batch, "theta": t, "delta": deviation},
        Computed(_integrand, {"batch": batch, "t": t, "deviation": deviation}),
    )


def _derivation() -> Steps:
    g = sawa.reduced_integrand()
    ratio = sp.diff(g, delta, 2) / g
    box = {theta: (Fraction(1, 10), Fraction(10)), delta: (Fraction(0), Fraction(1, 4))}
    yield from sawa.convexity_and_tangent()
    yield from lemma.misprint_step()
    yield PositiveOnBox(
        "g″/g > 0 once more, differentiated by machine, at n = 4",
        sp.simplify(ratio.subs(n, 4)),
        box,
    )
    yield Identity(
        "the tangent at δ = 0, differentiated by machine",
        sp.Subs(g, delta, 0) + sp.Subs(sp.Derivative(g, delta), delta, 0) * delta,
        FORMULA,
    )


CLAIM = declare(
    __name__,
    "the integrand of Lemma 8 lies above its tangent",
    lower(sp.Symbol(r"g(\delta)"), FORMULA),
    source=PAPER.at("Lemma 10"),
    status=Status.PUBLISHED,
    expected=Outcome.CERTIFIED,
    parameters=(BATCH, THETA, DELTA),
    assumes=(
        "θ ≥ 0",
        setting.at_most_one_over_batch(DELTA),
    ),
    checks=tuple(
        _check(batch, t, Fraction(k, 4 * batch))
        for batch in (2, 3, 8, 32)
        for t in (Fraction(1, 10), Fraction(3), Fraction(50))
        for k in (1, 4)
    ),
    derivation=_derivation,
    control=Fraction(11, 10),
    errata=(lemma.MISPRINT,),
    siblings=("orthogonalization.lemma-8", "orthogonalization.lemma-8-sharp"),
)

"""Lemma 10: the integrand of Lemma 8 lies above its tangent.

g(δ) = (1+2θ(1/n−δ))^{−3/2} (1+2θ(1/n+δ/(n−1)))^{−(n−1)/2} is convex on [0, 1/n]; hence g(δ) ≥
(1+2θ/n)^{−(n+2)/2} (1 + 2θδ/(1+2θ/n)).

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
    Cited,
    Computed,
    Domain,
    Identity,
    Outcome,
    Parameter,
    Sign,
    Status,
    Steps,
    declare,
    lower,
)
from depthlaw.theory.claims.orthogonalization import PAPER
from depthlaw.theory.claims.orthogonalization import _setting as setting
from depthlaw.theory.rigorous.balls import ball
from depthlaw.theory.rigorous.evaluate import evaluate
from depthlaw.theory.values import Enclosure
from depthlaw.theory.writing.symbols import delta, n, theta

THETA = Parameter("theta", theta, Domain.REAL, 0, "integration variable θ")
DELTA = Parameter("delta", delta, Domain.REAL, 0, "deviation 1/n − λ_n")
SMALLEST = 1 + 2 * theta * (1 / n - delta)
OTHERS = 1 + 2 * theta * (1 / n + delta / (n - 1))
INTEGRAND = SMALLEST ** sp.Rational(-3, 2) * OTHERS ** (-(n - 1) / 2)
"""g(δ): the integrand of p_n/λ_n at λ_n = 1/n − δ, the other eigenvalues being equal."""
FORMULA = (1 + 2 * theta / n) ** (-(n + 2) / 2) * (1 + 2 * theta * delta / (1 + 2 * theta / n))


def _integrand(batch: int, t: Fraction, deviation: Fraction) -> Enclosure:
    return Enclosure(evaluate(INTEGRAND, {n: arb(batch), theta: ball(t), delta: ball(deviation)}))


def _check(batch: int, t: Fraction, deviation: Fraction) -> Check:
    return Check(
        f"n = {batch}, θ = {float(t):g}, δ = {float(deviation):.3g}",
        {"batch": batch, "theta": t, "delta": deviation},
        Computed(_integrand, {"batch": batch, "t": t, "deviation": deviation}),
    )


def _derivation() -> Steps:
    a, b = sp.symbols("a b", positive=True)
    m = sp.Symbol("m", positive=True)
    first = 3 * theta / a - theta / b
    second = 6 * theta**2 / a**2 + 2 * theta**2 / ((n - 1) * b**2)
    here = {a: SMALLEST, b: OTHERS}
    yield Identity(
        "g′/g, with a = 1 + 2θ(1/n − δ) and b = 1 + 2θ(1/n + δ/(n−1))",
        sp.Derivative(sp.log(INTEGRAND), delta),
        first.subs(here),
    )
    yield Identity(
        "(g′/g)′, which with (g′/g)² makes g″/g",
        sp.Derivative(first.subs(here), delta),
        second.subs(here),
    )
    yield Sign("g″/g, with m = n − 1: g is convex", (first**2 + second).subs(n - 1, m))
    yield Identity(
        "the misprint: the exponent −(n+1)/2 of the second term of g′ comes down",
        sp.Derivative(OTHERS ** (-(n + 1) / 2), delta),
        -((n + 1) / 2) * (2 * theta / (n - 1)) * OTHERS ** (-(n + 3) / 2),
    )
    yield Cited(
        "so g lies above its tangent at δ = 0",
        "Rockafellar, Convex Analysis, Theorem 25.1",
        r"g(\delta) \ge g(0) + g'(0)\,\delta",
    )
    yield Identity(
        "which is",
        sp.Subs(INTEGRAND, delta, 0) + sp.Subs(sp.Derivative(INTEGRAND, delta), delta, 0) * delta,
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
    errata=(
        "The derivative h₁′ carries the coefficient (n+1)/2 where (n−3)/2 is printed; convexity "
        "still holds.",
    ),
    siblings=("orthogonalization.lemma-8", "orthogonalization.lemma-8-sharp"),
)

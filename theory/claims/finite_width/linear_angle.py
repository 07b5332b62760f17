"""In a linear network of Gaussian weights angles shrink by the same, whatever they are.

E ln sin²θ′ − ln sin²θ = ψ((d−1)/2) − ψ(d/2).

Example: two neurons, −2 log 2.

>>> bool(abs(CLAIM.bound(width=2).lower + 2 * float(sp.log(2))) < 1e-14)
True
"""

from __future__ import annotations

from fractions import Fraction

import sympy as sp

from depthlaw.theory.claim import (
    Check,
    Cited,
    Computed,
    Domain,
    Identity,
    Outcome,
    Parameter,
    Status,
    Steps,
    declare,
    equal,
)
from depthlaw.theory.claims.finite_width import PAPER
from depthlaw.theory.writing.symbols import d

NEURONS = Parameter("width", d, Domain.INTEGER, 2, "neurons in a layer")
FORMULA = sp.polygamma(0, (d - 1) / 2) - sp.polygamma(0, d / 2)


def from_orthogonal(width: int) -> sp.Expr:
    """Return E ln sin²θ′ of two samples at a right angle, by integration.

    Their images are independent directions: cos θ′ = x has the density (1 − x²)^((d−3)/2).
    """
    x = sp.Symbol("x", positive=True)
    weight = sp.expand((1 - x**2) ** sp.Rational(width - 3, 2))
    parts = (sp.integrate(weight * sp.log(1 + sign * x), (x, 0, 1)) for sign in (1, -1))
    return sp.simplify(sum(parts) / sp.integrate(weight, (x, 0, 1)))


def _check(width: int) -> Check:
    sizes = {"width": width}
    return Check(f"width {width}, a right angle", sizes, Computed(from_orthogonal, dict(sizes)))


def _derivation() -> Steps:
    a, b = sp.symbols("a b", real=True)
    yield Cited(
        "two images have a Wishart matrix for their Gram matrix: its determinant is det G χ²_d "
        "χ²_{d−1}, its diagonal entries G_ii χ²_d",
        "Muirhead, Aspects of Multivariate Statistical Theory, 1982, Theorems 3.2.15 and 3.2.7",
    )
    yield Cited(
        "E log χ²_k = ψ(k/2) + log 2",
        "Johnson, Kotz and Balakrishnan, Continuous Univariate Distributions, volume 1, 18.3",
    )
    yield Identity(
        "sin² is the determinant over both diagonal entries: with a for ψ(d/2), b for ψ((d−1)/2)",
        sp.Subs(a + b - 2 * a, (a, b), (sp.polygamma(0, d / 2), sp.polygamma(0, (d - 1) / 2))),
        FORMULA,
    )


CLAIM = declare(
    __name__,
    "rate at which angles shrink in linear networks",
    equal(
        sp.Symbol(r"\mathbb E \ln\sin^2\theta' - \ln\sin^2\theta"),
        FORMULA,
        tested=sp.Rational(1, 10**9),
    ),
    source=PAPER.ours("linear networks"),
    status=Status.SHARPENED,
    expected=Outcome.CERTIFIED,
    parameters=(NEURONS,),
    assumes=("Gaussian weights, no bias, no activation; d neurons in every layer",),
    checks=tuple(map(_check, (3, 5, 9))),
    derivation=_derivation,
    control=Fraction(101, 100),
    siblings=("finite-width.small-angle",),
)

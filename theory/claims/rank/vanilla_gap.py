"""The rate at which a linear net without normalisation collapses: its first Lyapunov gap.

L_1 − L_2 = ½ (ψ(d/2) − ψ((d−1)/2)) ≤ 1/(2d−3).

So σ₂/σ₁ falls like e^{−ℓ/(2d)}: a wide net takes about 2d layers to lose a factor e.

Example: the bound at d = 3.

>>> from depthlaw.theory.rigorous.balls import ball
>>> CLAIM.bound(width=3).ball.overlaps(ball(Fraction(1, 3)))
True
"""

from __future__ import annotations

from fractions import Fraction

import sympy as sp

from depthlaw.theory.claim import (
    WIDTH,
    Check,
    Cited,
    Computed,
    Heading,
    Identity,
    Outcome,
    Requires,
    Sign,
    Status,
    Steps,
    declare,
    upper,
)
from depthlaw.theory.claims.rank import PAPER
from depthlaw.theory.claims.rank import _vanilla as vanilla
from depthlaw.theory.rank.exponents import exponent_gap
from depthlaw.theory.values import Value
from depthlaw.theory.writing.symbols import d

FORMULA = 1 / (2 * d - 3)
THREE = Requires(d >= 3, "at 2 the gap is log 2 exactly")


def _quantity(width: int) -> Value:
    return exponent_gap(width)


def _check(width: int) -> Check:
    return Check(f"d = {width}", {"width": width}, Computed(_quantity, {"width": width}))


def checks() -> tuple[Check, ...]:
    """Return widths at which the gap is evaluated, for both bounds."""
    return tuple(_check(width) for width in (3, 4, 8, 32, 64, 1000, 10**4))


def laplace() -> Steps:
    """Yield why the gap is ½ ∫ e^{−(d − 3/2)u} / cosh(u/2) du."""
    u, w, x = sp.symbols("u w x", positive=True)
    yield Heading("The gap as an integral")
    yield from vanilla.triangular()
    yield Cited(
        "ψ(x + ½) − ψ(x), which at x = (d−1)/2 is twice the gap",
        "Gauss's integral; NIST Digital Library of Mathematical Functions, 5.9.12",
        r"\psi(x+\tfrac12) - \psi(x) = \int_0^\infty "
        r"\frac{e^{-xv} - e^{-(x+1/2)v}}{1 - e^{-v}}\,dv",
    )
    yield Identity(
        "with w = e^{−v/2} the integrand is w^{2x}/(1 + w)",
        (w ** (2 * x) - w ** (2 * x + 1)) / (1 - w**2),
        w ** (2 * x) / (1 + w),
    )
    yield Identity(
        "at x = (d−1)/2 and v = 2u, half the integrand times dv/du and 2 cosh(u/2) is",
        sp.exp(-(d - 1) * u) / (1 + sp.exp(-u)) * (sp.exp(u / 2) + sp.exp(-u / 2)),
        sp.exp(-(d - sp.Rational(3, 2)) * u),
    )


def integrated(factor: sp.Expr, u: sp.Symbol) -> sp.Expr:
    """Return ½ ∫ e^{−cu} × `factor` du over u > 0, at c = d − 3/2, to be evaluated."""
    c = sp.Symbol("c", positive=True)
    whole = sp.Integral(sp.exp(-c * u) * factor / 2, (u, 0, sp.oo))
    return sp.Subs(whole, c, d - sp.Rational(3, 2))


def _derivation() -> Steps:
    u = sp.Symbol("u", positive=True)
    yield from laplace()
    yield Heading("1/cosh(u/2) is at most 1")
    yield Identity("since cosh − 1 is", sp.cosh(u / 2) - 1, 2 * sp.sinh(u / 4) ** 2)
    yield Sign("a square", 2 * sp.sinh(u / 4) ** 2)
    yield Identity(
        "integrated against e^{−cu}/2 with c = d − 3/2", integrated(sp.Integer(1), u), FORMULA
    )


CLAIM = declare(
    __name__,
    "first Lyapunov gap of a linear net, from above",
    upper(sp.Symbol("L_1 - L_2"), FORMULA),
    source=PAPER.at("collapse of vanilla networks", "upper bound, ours"),
    status=Status.SHARPENED,
    expected=Outcome.CERTIFIED,
    parameters=(WIDTH,),
    assumes=(
        "independent Gaussian weights of any variance",
        "no skip connection",
        THREE,
    ),
    checks=checks(),
    derivation=_derivation,
    control=Fraction(9, 10),
    siblings=("rank.vanilla-gap-lower", "rank.vanilla-exponents", "rank.vanilla-collapse"),
)

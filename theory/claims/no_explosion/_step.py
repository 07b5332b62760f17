"""One layer of orthogonal weights and batch norm: the change of the isometry gap, enclosed."""

from __future__ import annotations

from fractions import Fraction

import sympy as sp
from flint import acb, arb

from depthlaw.theory.claim import Check, Computed, Domain, Parameter
from depthlaw.theory.rigorous.balls import ball
from depthlaw.theory.values import Enclosure
from depthlaw.theory.writing.symbols import d

s = sp.Symbol("s", nonnegative=True)
SIZE = Parameter("width", d, Domain.INTEGER, 2, "neurons, and samples: n = d")
SPREAD = Parameter("spread", s, Domain.REAL, 0, "Σ(λ_k − 1)² over the eigenvalues of XXᵀ")
CHANGE = sp.Symbol(r"\mathbb E\,\varphi(X') - \varphi(X)", real=True)
MODEL = (
    "X′ = BN(WX), BN dividing rows by their lengths; W uniform orthogonal",
    "n = d, tr XXᵀ = d, X is not singular",
)


def change(width: int, larger: Fraction) -> Enclosure:
    """Return E log wᵀXXᵀw for one larger eigenvalue and d − 1 equal ones, by integration.

    w₁ = cos θ with the density sin^(d−2) θ.
    """
    one = ball(larger)
    other = (ball(width) - one) / (width - 1)

    def weight(angle: acb, analytic: bool) -> acb:
        return angle.sin() ** (width - 2)

    def weighed(angle: acb, analytic: bool) -> acb:
        inside = one * angle.cos() ** 2 + other * angle.sin() ** 2
        return inside.log(analytic=analytic) * angle.sin() ** (width - 2)

    top, bottom = (acb.integral(f, 0, acb.pi() / 2).real for f in (weighed, weight))
    return Enclosure(arb(top / bottom))


def check(width: int, larger: Fraction) -> Check:
    """Return the check at a size and a larger eigenvalue."""
    other = (width - larger) / (width - 1)
    spread = (larger - 1) ** 2 + (width - 1) * (other - 1) ** 2
    return Check(
        f"d = {width}, λ₁ = {larger}, the others equal",
        {"width": width, "spread": spread},
        Computed(change, {"width": width, "larger": larger}),
    )


CHECKS = (
    check(2, Fraction(6, 5)),
    check(2, Fraction(19, 10)),
    check(3, Fraction(2)),
    check(5, Fraction(9, 2)),
    check(20, Fraction(3)),
)


def gap(width: int, larger: Fraction) -> Enclosure:
    """Return φ(X) = −(log det XXᵀ)/d of one larger eigenvalue and d − 1 equal ones.

    >>> bool(gap(3, Fraction(1)).contains(0))
    True
    """
    one = ball(larger)
    other = (ball(width) - one) / (width - 1)
    return Enclosure(-(one.log() + (width - 1) * other.log()) / width)

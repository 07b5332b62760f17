"""Small angles shrink by 2/n + 8/n² per ReLU layer of n neurons, in the mean of ln sin².

ρ₀(n) = E[ψ(m/2) − ψ((m−1)/2) | m ≥ 2] = 2/n + 8/n² to within 30/n² of it.

Infinitely wide networks leave small angles alone, to first order: this is the part of finite width.

Example: 64 neurons.

>>> CLAIM.bound(width=64).contains(Fraction(2, 64) + Fraction(8, 64**2))
True
"""

from __future__ import annotations

from fractions import Fraction

import sympy as sp

from depthlaw.theory.claim import Argued, Cited, Identity, Outcome, Status, Steps, declare, equal
from depthlaw.theory.claims.finite_width import PAPER
from depthlaw.theory.claims.finite_width import _angles as angles
from depthlaw.theory.writing.symbols import d

FORMULA = 2 / d + 8 / d**2


def _derivation() -> Steps:
    m, t = sp.symbols("m t", positive=True)
    yield Cited(
        "on the m neurons that are active for both samples these are a linear map: the part of one "
        "that is orthogonal to the other has a length of χ²_{m−1}, the whole one of χ²_m",
        "Muirhead, Aspects of Multivariate Statistical Theory, 1982, Theorem 3.2.14",
    )
    yield Cited(
        "ψ(x) = log x − 1/(2x) − 1/(12x²) + O(x⁻⁴)",
        "Abramowitz and Stegun, 6.3.18",
    )
    psi = sp.log(m / 2) - 1 / m - 1 / (3 * m**2)
    other = psi.subs(m, m - 1)
    yield Identity(
        "so that ψ(m/2) − ψ((m−1)/2) is 1/m + 3/(2m²) + O(1/m³): with m = 1/t its expansion begins",
        sp.series(sp.expand_log((psi - other).subs(m, 1 / t), force=True), t, 0, 3).removeO(),
        t + sp.Rational(3, 2) * t**2,
    )
    yield Argued(
        "the mean over m",
        "m is n/2 up to fluctuations of variance n/4: E 1/m = 2/n + 2/n² + …, E 1/m² = 4/n² + …",
    )
    yield Identity("together", 2 / d + 2 / d**2 + sp.Rational(3, 2) * (4 / d**2), 2 / d + 8 / d**2)


CLAIM = declare(
    __name__,
    "rate at which small angles shrink in ReLU networks",
    equal(angles.RATE, FORMULA, within=30 / d**2),
    source=PAPER.ours("small angles"),
    status=Status.SHARPENED,
    expected=Outcome.CERTIFIED,
    parameters=(angles.NEURONS,),
    assumes=angles.MODEL,
    checks=tuple(angles.check(width) for width in (16, 64, 256, 1024)),
    derivation=_derivation,
    control=Fraction(5, 4),
    siblings=("finite-width.printed-angle-rate",),
)

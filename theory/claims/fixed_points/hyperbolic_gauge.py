"""A hyperbolic gauge shrinks by (1 + κ′(ρ*))/2 per layer.

sinh d(ρ_ℓ) ≤ ((1 + κ′(ρ*))/2)^ℓ sinh d(ρ₀), d the hyperbolic distance of y = (ρ − ρ*)/(1 − ρ*) from
0 in the unit disc: sinh d = 2|y|/(1 − y²).

In the gauge |y|/(1−|y|) of Theorem 1 the rate is 1/(2 − κ′(ρ*)) ≤ (1 + κ′(ρ*))/2. The distance d
itself does not shrink geometrically: near |y| = 1 it falls by log(2 − κ′(ρ*)) per layer.

Example: sinh d = 4/3 at y = 1/2.

>>> from fractions import Fraction
>>> CLAIM.bound(depth=1, start=Fraction(1, 2), attractor=0, slope=0).contains(Fraction(2, 3))
True
"""

from __future__ import annotations

from fractions import Fraction

import sympy as sp
from flint import arb

from depthlaw.theory.claim import (
    DEPTH,
    Check,
    Heading,
    Identity,
    Outcome,
    ParameterValue,
    Requires,
    Sign,
    Status,
    Steps,
    declare,
    upper,
)
from depthlaw.theory.claims.fixed_points import PAPER
from depthlaw.theory.claims.fixed_points import _case_4 as case_4
from depthlaw.theory.claims.fixed_points import _gauge as gauge
from depthlaw.theory.claims.fixed_points import _powers as powers
from depthlaw.theory.claims.fixed_points import _setting as setting
from depthlaw.theory.claims.fixed_points._setting import rho0, slope_star, star
from depthlaw.theory.kernels import Case
from depthlaw.theory.values import Enclosure
from depthlaw.theory.writing.symbols import ell

_START = (rho0 - star) / (1 - star)
FORMULA = ((1 + slope_star) / 2) ** ell * 2 * sp.Abs(_START) / (1 - _START**2)
NEAR_ONE = 1 - Fraction(1, 10**6)

ABOVE = Requires(
    sp.Or(sp.Eq(star, 0), rho0 >= star),
    "in case 4 the start is at least the attractor",
    argument="start",
)


def sinh_gauge(y: arb) -> arb:
    """Return sinh d = 2|y|/(1 − y²)."""
    return 2 * abs(y) / (1 - y * y)


def _gauge(subject: setting.Subject, start: Fraction, depth: int) -> Enclosure:
    place = subject.attractor
    return Enclosure(sinh_gauge((subject.after(start, depth) - place) / (1 - place)))


def _check(subject: setting.Subject, start: Fraction, depth: int) -> Check:
    def find() -> dict[str, ParameterValue]:
        if subject.case is Case.ORTHOGONALISES:
            return {"attractor": Fraction(0), "slope": setting.above(subject.slope_at_zero)}
        found = case_4.numbers(subject, start)
        return {"attractor": found["attractor"], "slope": found["slope"]}

    return setting.instance(subject, start, depth, find, _gauge)


def _derivation() -> Steps:
    b, s, x, z = sp.symbols("b s x z", positive=True)
    q = 1 - b * (1 - s)
    excess = (2 - b) / 2 * (1 - q**2 * s**2) - q * (1 - s**2)
    over = sp.factor(excess / (b * (1 - s)))
    positive = sp.factor(sp.together(over.subs({b: x / (1 + x), s: z / (1 + z)})))
    yield powers.MEHLER
    yield Heading("case 1: |f(y)| ≤ sq with s = |y|, q = a₁ + (1 − a₁)s, a₁ = κ′(ρ*) = 1 − b")
    yield from powers.quadratic(slope_star)
    yield Heading("case 4 from above ρ*: the same in the variable y")
    yield from gauge.quadratic_above()
    yield Heading("one layer: sq/(1 − s²q²) ≤ ((2 − b)/2) s/(1 − s²)")
    yield Identity(
        "2s/(1 − s²) grows with s, so that sq may stand for the image",
        sp.Derivative(2 * s / (1 - s**2), s),
        2 * (1 + s**2) / (1 - s**2) ** 2,
    )
    yield Identity(
        "cleared of fractions the difference has the factors b and 1 − s",
        excess,
        sp.factor(b * (1 - s) * over),
    )
    yield Identity(
        "with b = x/(1+x), s = z/(1+z)",
        over,
        positive.subs(x, b / (1 - b)).subs(z, s / (1 - s)),
    )
    yield Sign("what is left is positive", positive, strict=True)
    yield from powers.layers(
        r"\sinh d(\rho_k)", FORMULA, 2 * sp.Abs(_START) / (1 - _START**2), (1 + slope_star) / 2
    )


CLAIM = declare(
    __name__,
    "a hyperbolic gauge shrinks by (1 + κ′(ρ*))/2",
    upper(sp.Symbol(r"\sinh d(\rho_\ell)"), FORMULA),
    source=PAPER.at("Theorem 1", "rate of a later note, not available; gauge and proof ours"),
    status=Status.SHARPENED,
    expected=Outcome.CERTIFIED,
    parameters=(DEPTH, setting.START, setting.PLACE, setting.SLOPE),
    assumes=(
        *setting.MODEL,
        setting.START_BELOW_ONE,
        setting.BELOW_ONE,
        setting.CONTRACTS,
        ABOVE,
    ),
    checks=(
        *(
            _check(subject, start, depth)
            for subject in (
                setting.catalogue("sin"),
                setting.catalogue("erf"),
                setting.catalogue("hermite(2)"),
                setting.centred("relu"),
                setting.weighted(Fraction(0), Fraction(9, 10), Fraction(1, 10)),
            )
            for start, depth in ((-Fraction(9, 10), 4), (Fraction(1, 100), 3), (NEAR_ONE, 20))
        ),
        *(
            _check(setting.catalogue(name), start, depth)
            for name in ("monomial(2)", "gelu", "relu_squared")
            for start, depth in ((Fraction(77, 100), 3), (NEAR_ONE, 20))
        ),
    ),
    derivation=_derivation,
    control=Fraction(9, 10),
    decreasing=("depth",),
    siblings=("fixed-points.theorem-1-case-1", "fixed-points.theorem-1-case-4-corrected"),
)

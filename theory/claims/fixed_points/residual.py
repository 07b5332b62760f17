"""Residual layers keep the fixed points and slow the approach.

(ρ_{ℓ+1} − ρ*)/(ρ_ℓ − ρ*) → r² + (1 − r²) κ′(ρ*) for κ_r(ρ) = (1 − r²)κ(ρ) + r²ρ.

ρ* is that of κ itself: the checks measure distances from it.

Example: no branch, no change.

>>> from fractions import Fraction
>>> CLAIM.bound(strength=0, slope=Fraction(3, 4)).contains(Fraction(3, 4))
True
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import sympy as sp

from depthlaw.theory.claim import (
    Argued,
    Check,
    Computed,
    Derivation,
    Outcome,
    ParameterValue,
    Status,
    declare,
    rate,
)
from depthlaw.theory.claims.fixed_points import PAPER
from depthlaw.theory.claims.fixed_points import _residual as residual
from depthlaw.theory.claims.fixed_points import _setting as setting
from depthlaw.theory.claims.fixed_points._residual import r
from depthlaw.theory.claims.fixed_points._setting import rho_ell, slope_star, star
from depthlaw.theory.kernels import Case
from depthlaw.theory.values import Enclosure

NEAR = Fraction(1, 10**5)
"""Distance of the start from ρ*; the ratio is off by something of its order."""
_LAYERS = 5


def _ratio(subject: setting.Subject, slowed: Any) -> Enclosure:
    place = subject.attractor
    sign = 1 if subject.case is Case.ORTHOGONALISES else -1
    start = setting.below(place) + sign * NEAR
    before, after = (slowed.after(start, depth) - place for depth in (_LAYERS, _LAYERS + 1))
    return Enclosure(after / before)


def _check(subject: setting.Subject, strength: Fraction) -> Check:
    slowed = residual.residual(subject, strength)

    def parameters() -> dict[str, ParameterValue]:
        return {"strength": strength, "slope": setting.above(subject.slope)}

    return Check(
        slowed.label,
        setting.Deferred(parameters),
        Computed(_ratio, {"subject": subject, "slowed": slowed}),
    )


CLAIM = declare(
    __name__,
    "residual layers keep the fixed points and slow the approach",
    rate(
        (sp.Symbol(r"\rho_{\ell+1}") - star) / (rho_ell - star),
        r**2 + (1 - r**2) * slope_star,
        within=sp.Rational(1, 1000),
    ),
    source=PAPER.at("Residual connections"),
    status=Status.PUBLISHED,
    expected=Outcome.CERTIFIED,
    parameters=(residual.STRENGTH, setting.SLOPE),
    assumes=(
        *setting.MODEL,
        "the linear branch has independent weights",
        "ρ* attracts",
        residual.BELOW_ONE,
        setting.at_most(setting.SLOPE, 1, strict=False),
        "ρ_ℓ ≠ ρ* for every ℓ: an even κ takes −ρ* to ρ* at once, and then both sides are 0",
    ),
    checks=tuple(
        _check(setting.catalogue(name), strength)
        for name in ("sin", "cos", "gelu", "relu_squared", "monomial(2)")
        for strength in (Fraction(1, 10), Fraction(1, 2), Fraction(9, 10))
    ),
    derivation=lambda: Derivation(
        (
            *residual.steps(),
            Argued(
                "near ρ* the map is its tangent",
                "κ_r(ρ) − ρ* = κ_r′(ρ*)(ρ − ρ*) + O((ρ − ρ*)²), and κ_r′(ρ*) = r² + (1 − r²)κ′(ρ*)",
            ),
        )
    ),
    control=Fraction(101, 100),
    siblings=("fixed-points.residual-slower", "fixed-points.kernel-ode"),
)

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
    Check,
    Cited,
    Computed,
    Deferred,
    Identity,
    Outcome,
    ParameterValue,
    Requires,
    Status,
    Steps,
    declare,
    rate,
)
from depthlaw.theory.claims.fixed_points import PAPER
from depthlaw.theory.claims.fixed_points import _powers as powers
from depthlaw.theory.claims.fixed_points import _residual as residual
from depthlaw.theory.claims.fixed_points import _setting as setting
from depthlaw.theory.claims.fixed_points._residual import r
from depthlaw.theory.claims.fixed_points._setting import rho_ell, slope_star, star
from depthlaw.theory.kernels import Case
from depthlaw.theory.values import Enclosure

FORMULA = r**2 + (1 - r**2) * slope_star
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
        Deferred(parameters),
        Computed(_ratio, {"subject": subject, "slowed": slowed}),
    )


def _derivation() -> Steps:
    slope = sp.Derivative(residual.image, residual.rho)
    own = sp.Function("kappa")(residual.rho).diff(residual.rho)
    yield residual.same_fixed_points()
    yield powers.MEHLER
    yield Cited(
        "the ratio tends to the derivative of κ_r at ρ*: a power series has one inside its disc, "
        "and at 1 if Σ k a_k < ∞",
        "Rudin, Principles of Mathematical Analysis, Theorems 8.1 and 8.2",
        r"\lim \frac{\rho_{\ell+1} - \rho^*}{\rho_\ell - \rho^*} = \kappa_r'(\rho^*)",
    )
    yield Identity(
        "its slope is nearer to 1: 1 − κ_r′ = (1 − r²)(1 − κ′)", 1 - slope, (1 - r**2) * (1 - own)
    )
    yield Identity("at ρ*", sp.Subs(slope.doit(), own, slope_star), FORMULA)


CLAIM = declare(
    __name__,
    "residual layers keep the fixed points and slow the approach",
    rate(
        (sp.Symbol(r"\rho_{\ell+1}") - star) / (rho_ell - star),
        FORMULA,
        within=sp.Rational(1, 1000),
    ),
    source=PAPER.at("Residual connections"),
    status=Status.PUBLISHED,
    expected=Outcome.CERTIFIED,
    parameters=(residual.STRENGTH, setting.SLOPE),
    assumes=(
        *setting.MODEL,
        residual.MAP,
        "ρ* attracts",
        residual.BELOW_ONE,
        Requires(slope_star <= 1, "ρ* attracts"),
        "ρ_ℓ ≠ ρ* for every ℓ: an even κ takes −ρ* to ρ* at once, and then both sides are 0",
    ),
    checks=tuple(
        _check(setting.catalogue(name), strength)
        for name in ("sin", "cos", "gelu", "relu_squared", "monomial(2)")
        for strength in (Fraction(1, 10), Fraction(1, 2), Fraction(9, 10))
    ),
    derivation=_derivation,
    control=Fraction(101, 100),
    siblings=(
        "fixed-points.residual-slower",
        "fixed-points.residual-finite-width",
        "fixed-points.kernel-ode",
    ),
)

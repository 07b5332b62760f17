"""Residual layers √(1−r²) φ(·) + r·(linear, with weights of its own): what both claims share."""

from __future__ import annotations

from fractions import Fraction

import sympy as sp

from depthlaw.theory.claim import Argued, Domain, Identity, Parameter, Step
from depthlaw.theory.claims.fixed_points import _setting as setting

r = sp.Symbol("r", nonnegative=True)
STRENGTH = Parameter("strength", r, Domain.REAL, 0, "weight r of the linear branch, in [0, 1)")
BELOW_ONE = setting.at_most(STRENGTH, 1)


def residual(subject: setting.Subject, strength: Fraction) -> setting.Subject:
    """Return (1 − r²)κ(ρ) + r²ρ."""
    return setting.Subject(
        f"{subject.label}, r = {strength}", lambda: subject.map.residual(strength)
    )


def steps() -> tuple[Step, ...]:
    """Return the map, its fixed points and its slope."""
    rho, star = sp.symbols("rho rho_star", real=True)
    kappa = sp.Function("kappa")
    image = (1 - r**2) * kappa(rho) + r**2 * rho
    return (
        Argued(
            "the map",
            "the two branches have independent weights, so that covariances add: "
            "(1 − r²) E φ(X)φ(Y) + r² E XY",
            r"\kappa_r(\rho) = (1 - r^2) \kappa(\rho) + r^2 \rho",
        ),
        Identity(
            "κ_r(ρ) − ρ has the zeros of κ(ρ) − ρ, and its sign",
            image - rho,
            (1 - r**2) * (kappa(rho) - rho),
        ),
        Identity(
            "its slope is nearer to 1: 1 − κ_r′ = (1 − r²)(1 − κ′)",
            1 - sp.Derivative(image, rho),
            (1 - r**2) * (1 - sp.diff(kappa(rho), rho)),
        ),
        Identity(
            "distances from a fixed point ρ* = κ(ρ*)",
            image - star,
            (1 - r**2) * (kappa(rho) - star) + r**2 * (rho - star),
        ),
    )

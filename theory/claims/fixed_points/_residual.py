"""Residual layers √(1−r²) φ(·) + r·(linear, with weights of its own): what both claims share."""

from __future__ import annotations

from fractions import Fraction

import sympy as sp

from depthlaw.theory.claim import Domain, Identity, Parameter, Requires, Step
from depthlaw.theory.claims.fixed_points import _setting as setting

r = sp.Symbol("r", nonnegative=True)
rho = sp.Symbol("rho", real=True)
STRENGTH = Parameter("strength", r, Domain.REAL, 0, "weight r of the linear branch, in [0, 1)")
BELOW_ONE = Requires(r < 1, "with 1 nothing but the linear branch is left")


def residual(subject: setting.Subject, strength: Fraction) -> setting.Subject:
    """Return (1 − r²)κ(ρ) + r²ρ."""
    return setting.Subject(
        f"{subject.label}, r = {strength}", lambda: subject.map.residual(strength)
    )


MAP = (
    "ρ_{ℓ+1} = (1 − r²) κ(ρ_ℓ) + r² ρ_ℓ: the linear branch has weights of its own, so that "
    "covariances add"
)
image = (1 - r**2) * sp.Function("kappa")(rho) + r**2 * rho


def same_fixed_points() -> Step:
    """κ_r(ρ) − ρ has the zeros of κ(ρ) − ρ, and its sign."""
    return Identity(
        "κ_r(ρ) − ρ has the zeros of κ(ρ) − ρ, and its sign",
        image - rho,
        (1 - r**2) * (sp.Function("kappa")(rho) - rho),
    )

"""One layer of a map of case 4, on each side of its attractor ρ*: what its proofs share."""

from __future__ import annotations

from typing import Any

import sympy as sp

from depthlaw.theory.claim import Heading, Identity, Sign, Steps
from depthlaw.theory.claims.fixed_points import _powers as powers
from depthlaw.theory.claims.fixed_points._setting import kappa0, slope_star
from depthlaw.theory.claims.fixed_points._termwise import (
    DEGREE,
    Termwise,
    at,
    power,
    slope,
    total,
)

rho = sp.Symbol("rho", positive=True)
r = sp.Symbol("rho_*", positive=True)
y, u, s, b = sp.symbols("y u s b", positive=True)
one = sp.Integer(1)
ABOVE: dict[str, Any] = {"unit": (r, y), "given": {rho: r + (1 - r) * y}}
"""ρ runs from ρ* to 1, and y = (ρ − ρ*)/(1 − ρ*) from 0 to 1."""
BELOW: dict[str, Any] = {"unit": (r, u), "given": {rho: r * u}}
"""ρ runs from 0 to ρ*."""


def not_passed_from_above() -> Termwise:
    """κ(ρ) ≥ κ(ρ*) for ρ in [ρ*, 1]."""
    return Termwise(
        "ρ* is not passed from above: κ(ρ) ≥ κ(ρ*) = ρ*",
        r**DEGREE,
        (power(one, rho, sp.Symbol(r"\kappa(\rho)")),),
        (r,),
        **ABOVE,
    )


def not_passed_from_below() -> Termwise:
    """κ(ρ) ≤ κ(ρ*) for ρ in [0, ρ*]."""
    return Termwise(
        "ρ* is not passed from below: κ(ρ) ≤ κ(ρ*) = ρ*",
        rho**DEGREE,
        (power(one, r, r),),
        (rho,),
        **BELOW,
    )


def quadratic_above() -> Steps:
    """On [ρ*, 1], y ↦ at most σy + (1 − σ)y², σ = κ′(ρ*)."""
    yield Termwise(
        "with ρ = ρ* + (1 − ρ*)y and κ(ρ*) = ρ*: κ lies below the parabola through ρ* and 1 that "
        "touches it at ρ*",
        rho**DEGREE,
        (
            power(1 - y**2, r, r),
            slope((1 - r) * (y - y**2), r, slope_star),
            total(y**2),
        ),
        (one, rho),
        first=1,
        **ABOVE,
    )
    yield Identity(
        "in the variable y that is a map of case 1, whose a₁ is σ = κ′(ρ*)",
        (r * (1 - y**2) + slope_star * (1 - r) * (y - y**2) + y**2 - r) / (1 - r),
        slope_star * y + (1 - slope_star) * y**2,
    )
    yield not_passed_from_above()


def above_the_attractor() -> Steps:
    """On [ρ*, 1) the gauge (ρ − ρ*)/(1 − ρ) shrinks by 1/(2 − κ′(ρ*)) in each layer."""
    yield Heading("above ρ* the gauge (ρ − ρ*)/(1 − ρ) shrinks by 1/(2 − κ′(ρ*))")
    yield from quadratic_above()
    yield Identity(
        "the gauge of case 1 in the variable y",
        sp.Subs(y / (1 - y), y, (rho - r) / (1 - r)),
        (rho - r) / (1 - rho),
    )
    yield from powers.gauge()


def below_the_attractor() -> Steps:
    """On [0, ρ*] the distance shrinks by κ′(ρ*) ≤ 1/(2 − κ′(ρ*)), and ρ* is not passed."""
    yield Heading("between 0 and ρ* the distance shrinks by κ′(ρ*)")
    yield Termwise(
        "with κ(ρ*) = ρ*: κ lies above its tangent at ρ*, that is ρ* − κ(ρ) ≤ κ′(ρ*)(ρ* − ρ)",
        r**DEGREE - rho**DEGREE,
        (slope(r - rho, r, slope_star),),
        (r, rho),
        first=1,
        **BELOW,
    )
    yield not_passed_from_below()
    yield Identity(
        "the rate: 1/(2 − κ′(ρ*)) − κ′(ρ*), with κ′(ρ*) = 1 − b",
        sp.Subs(1 / (2 - slope_star) - slope_star, slope_star, 1 - b),
        b**2 / (1 + b),
    )
    yield Sign("it is no smaller than κ′(ρ*)", b**2 / (1 + b))


def from_negative() -> Steps:
    """From ρ = −s < 0: three places where κ(ρ) may be, each with |ρ − ρ*|/(1 − s) shrinking."""
    h, e, low, q = sp.symbols("h e s_1 q", positive=True)
    yield Heading(
        "from ρ = −s < 0, where V(ρ) = (ρ* + s)/(1 − s): if κ(ρ) lies in [0, ρ*], its distance is "
        "at most (1 − κ(0))(ρ* + s)"
    )
    yield Termwise(
        "κ(ρ*) = ρ* is at most κ(0) + (1 − κ(0))ρ*, since ρ*ᵏ ≤ ρ* from k = 1 on",
        r**DEGREE,
        (total(r), at(1 - r, 0, kappa0)),
        (r,),
        first=1,
        unit=(r,),
    )
    yield Termwise(
        "−κ(−s) is at most (1 − κ(0))s − κ(0), hence at most s",
        -((-s) ** DEGREE),
        (total(s), at(-1 - s, 0, kappa0)),
        (s**2,),
        first=1,
        stride=2,
        unit=(s,),
    )
    yield Identity(
        "the two together bound ρ* − κ(−s)",
        (r + (1 - r) * kappa0) + (s - (1 + s) * kappa0),
        (1 - kappa0) * (r + s),
    )
    yield Heading("if κ(ρ) = −s₁ < 0, then s₁ ≤ s and V shrinks by 1 − κ(0)")
    yield Identity(
        "with 1 − s = h, 1 − s₁ = h + e and (1 − κ(0))(ρ* + s) = ρ* + s₁ + q",
        (r + low + q) / h - (r + low) / (h + e),
        (r + low) * e / (h * (h + e)) + q / h,
    )
    yield Sign("is not negative", (r + low) * e / (h * (h + e)) + q / h)
    yield Heading(
        "if κ(ρ) > ρ*, then s > ρ*, and the gauge of κ(ρ) is at most that of κ(s), which is at "
        "most (s − ρ*)/((2 − κ′(ρ*))(1 − s))"
    )
    yield Termwise(
        "κ(−s) ≤ κ(s)",
        (-s) ** DEGREE,
        (power(one, s, sp.Symbol(r"\kappa(s)")),),
        (s**2,),
        stride=2,
        unit=(s,),
    )
    yield Identity(
        "and V(ρ) is larger than the gauge of s by",
        (s + r) / h - (s - r) / h,
        2 * r / h,
    )
    yield Sign("which is positive", 2 * r / h, strict=True)

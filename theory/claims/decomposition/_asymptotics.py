"""The odd-point state for large n, derived once: θ = (3π/m)(1 − 2/m + …), m = n − 1."""

from __future__ import annotations

import sympy as sp

from depthlaw.theory.claim import Argued, Budget, Check, Computed, Limit, Step
from depthlaw.theory.claims.decomposition import _setting as setting
from depthlaw.theory.decomposition import closed_forms
from depthlaw.theory.values import Enclosure, Value

SIZES = (100, 1000, 10_000, 1_000_000)
_NEXT = sp.Symbol("u", positive=True)


def checks(quantity: str, *, below_one: bool = False) -> tuple[Check, ...]:
    """Return checks of a number of the odd-point state, or of how far it is `below_one`."""
    return tuple(_check(quantity, batch, below_one) for batch in SIZES)


def _quantity(quantity: str, batch: int, below_one: bool) -> Value:
    found: Enclosure = getattr(setting.odd_state(batch), quantity)
    return Enclosure(1 - found.ball) if below_one else found


def _check(quantity: str, batch: int, below_one: bool) -> Check:
    return Check(
        f"n = {batch}",
        {"batch": batch},
        Computed(_quantity, {"quantity": quantity, "batch": batch, "below_one": below_one}),
        budget=Budget.QUICK if batch <= 10_000 else Budget.STANDARD,
    )


def steps() -> tuple[Step, ...]:
    """Return the first two terms of θ and the first of s."""
    u, theta, s = _NEXT, closed_forms.theta, closed_forms.s
    trial = 3 * sp.pi * u - 6 * sp.pi * u**2
    return (
        Limit(
            "ψ(θ) ≈ 2θ/3", closed_forms.psi(theta) / theta, theta, sp.Integer(0), sp.Rational(2, 3)
        ),
        Limit(
            "s − arctan s ≈ s³/3, so with s of order 1/m it enters F/m² at order 1/m⁴",
            (s - sp.atan(s)) / s**3,
            s,
            sp.Integer(0),
            sp.Rational(1, 3),
        ),
        Argued(
            "the balance",
            "with u = 1/m, F/m² = ((1+u)² + s²u²)ψ − 2u(π + s − arctan s); s²u²ψ is of order u⁵ "
            "and ψ − 2θ/3 of order θ³, so up to u² only (1+u)²·2θ/3 − 2πu is left",
        ),
        Limit(
            "which vanishes up to u² for θ = 3πu − 6πu²",
            ((1 + u) ** 2 * sp.Rational(2, 3) * trial - 2 * sp.pi * u) / u**2,
            u,
            sp.Integer(0),
            sp.Integer(0),
        ),
        Limit(
            "s ≈ θ/√2, from 1 − cos θ = (m/(m−1)) s²/(1+s²)",
            (1 - sp.cos(theta)) / (1 - (1 - sp.cos(theta))) / theta**2,
            theta,
            sp.Integer(0),
            sp.Rational(1, 2),
        ),
    )

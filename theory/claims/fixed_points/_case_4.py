"""What the three forms of Theorem 1, case 4, share: instances, and a trajectory from far away.

A trajectory that starts at 1 − ε leaves the repelling fixed point 1 slowly, by the factor κ′(1) per
layer. It is followed without iterating: δ_{ℓ+1} ≤ κ′(1) δ_ℓ for δ = 1 − ρ (the tangent at 1), so
that after N layers ρ_N ≥ 1 − η if ε κ′(1)^N ≤ η; and κ increases on [0, 1], so that M more layers
lead at least to the M-th iterate of 1 − η. Thousands of layers are certified from a few.
"""

from __future__ import annotations

from fractions import Fraction

from depthlaw.theory.claim import Budget, Check, ParameterValue
from depthlaw.theory.claims.fixed_points import _setting as setting
from depthlaw.theory.rigorous.balls import ball, precision
from depthlaw.theory.values import Enclosure

SQUARE = setting.catalogue("monomial(2)")
"""φ = x²/√3: κ(ρ) = (1 + 2ρ²)/3, ρ* = 1/2, κ′(ρ*) = 2/3."""
EXACT: dict[str, ParameterValue] = {
    "at_zero": Fraction(1, 3),
    "attractor": Fraction(1, 2),
    "slope": Fraction(2, 3),
}


def numbers(subject: setting.Subject, start: Fraction) -> dict[str, ParameterValue]:
    """Return κ(0), ρ* and κ′(ρ*), each rounded so that the bound does not fall."""
    place = subject.attractor
    towards = setting.above if ball(start) < place else setting.below
    return {
        "at_zero": setting.below(subject.at_zero),
        "attractor": towards(place),
        "slope": setting.above(subject.slope),
    }


def distance(subject: setting.Subject, start: Fraction, depth: int) -> Enclosure:
    """Return |ρ_ℓ − ρ*|."""
    return Enclosure(abs(subject.after(start, depth) - subject.attractor))


def exact_distance(subject: setting.Subject, start: Fraction, depth: int) -> Enclosure:
    """Return |ρ_ℓ − 1/2|, for φ = x²/√3."""
    return Enclosure(abs(subject.after(start, depth) - ball(Fraction(1, 2))))


def _distance_from_afar(
    subject: setting.Subject, start: Fraction, depth: int, near: int
) -> Enclosure:
    with precision(setting.BITS):
        eta = ball(1 - start) * subject.slope_at_one**near
    least = subject.after(1 - setting.above(eta), depth - near) - subject.attractor
    return Enclosure.between(least.lower(), (1 - subject.attractor).upper())


def followed(
    subject: setting.Subject, start: Fraction, depth: int, budget: Budget = Budget.QUICK
) -> Check:
    """Return a check whose trajectory is iterated layer by layer."""
    return setting.instance(
        subject, start, depth, lambda: numbers(subject, start), distance, budget=budget
    )


def square(start: Fraction, depth: int) -> Check:
    """Return a check of φ = x²/√3, with its exact numbers."""
    return setting.instance(SQUARE, start, depth, lambda: dict(EXACT), exact_distance)


def far_away(
    subject: setting.Subject, *, bits: int, near: int, slow: int, budget: Budget = Budget.QUICK
) -> Check:
    """Return a check from ρ₀ = 1 − 2^{−`bits`} at depth `near` + `slow`, `near` of them near 1."""
    start = 1 - Fraction(1, 2**bits)

    return setting.instance(
        subject,
        start,
        near + slow,
        lambda: numbers(subject, start),
        _distance_from_afar,
        budget=budget,
        note=f"1 − 2^−{bits}",
        near=near,
    )

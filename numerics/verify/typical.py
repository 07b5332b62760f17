"""Checks whose quantity is a typical value: the median over independent trajectories."""

from __future__ import annotations

from depthlaw.numerics.verify.conditions import Conditions
from depthlaw.numerics.verify.finding import Finding
from depthlaw.numerics.verify.medians import follow
from depthlaw.theory.claim.check import Check, Typical
from depthlaw.theory.claim.claim import Claim, Sides


def locate(
    claim: Claim,
    check: Check,
    quantity: Typical,
    sides: Sides,
    terms: Conditions,
) -> Finding:
    """Compare the median, known between two order statistics, with the bound."""
    return follow(claim, check, (quantity.measured,), lambda medians: medians[0], sides, terms)

"""Checks whose quantity is exact or enclosed, or at least computed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from depthlaw.numerics.verify.finding import Finding
from depthlaw.theory.claim.check import Check, Computed, ParameterValue
from depthlaw.theory.claim.claim import WORKING_BITS, Claim, Sides
from depthlaw.theory.claim.outcome import Outcome
from depthlaw.theory.claim.sense import Comparison
from depthlaw.theory.rigorous.balls import precision
from depthlaw.theory.values import Exact, Numeric

MOST_BITS = 2048
"""A computed quantity that is still undecided at this precision is left undecided."""


def compare(
    claim: Claim,
    check: Check,
    quantity: Computed,
    accepted: Mapping[str, ParameterValue],
    sides: Sides,
) -> Finding:
    """Compute value and bound, at doubled precision as long as the comparison is undecided."""
    bits, resolution = WORKING_BITS, claim.resolution(check)
    while True:
        with precision(bits):
            value = quantity.value()
            bound = sides.bound
            if not isinstance(bound, Exact):  # which it would be at every precision
                bound = claim.bound_at(accepted)
            comparison = claim.compare(value, bound, resolution)
        if comparison is Comparison.UNDECIDED and bits >= MOST_BITS:
            # An inequality that is attained: only exact numbers tell.
            exact = claim.exact_bound(accepted)
            if exact is not None and isinstance(value, Exact):
                bound = exact
                comparison = claim.compare(value, bound, resolution)
        if isinstance(value, Numeric):
            # Computed without a proof: no precision helps, and nothing is certified.
            return Finding(value, replace(sides, bound=bound), comparison, Outcome.SUPPORTED)
        if comparison is not Comparison.UNDECIDED or bits >= MOST_BITS:
            return Finding(value, replace(sides, bound=bound), comparison, Outcome.CERTIFIED)
        bits *= 2

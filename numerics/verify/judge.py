"""One check: find its quantity, compare, conclude."""

from __future__ import annotations

from depthlaw.numerics.verify import computed, measured, scaling, typical
from depthlaw.numerics.verify.check_verdict import CheckVerdict
from depthlaw.numerics.verify.conditions import Conditions
from depthlaw.theory.claim.check import Check, Computed, Measured, Scaling, Typical
from depthlaw.theory.claim.claim import Claim
from depthlaw.theory.claim.outcome import Outcome
from depthlaw.theory.errors import ArgumentError


def judge(claim: Claim, check: Check, terms: Conditions) -> CheckVerdict:
    """Return the verdict on one check of a claim."""
    try:
        accepted = claim.accept(check.parameters)
    except ArgumentError as error:
        return CheckVerdict(check.label, check.parameters, Outcome.ASSUMPTION_FAILED, str(error))
    sides = claim.sides(accepted)
    match check.quantity:
        case Computed() as quantity:
            finding = computed.compare(claim, check, quantity, accepted, sides)
        case Measured() as quantity:
            finding = measured.sample(claim, check, quantity, sides, terms)
        case Scaling() as quantity:
            finding = scaling.fit(claim, check, quantity, sides, terms)
        case Typical() as quantity:
            finding = typical.locate(claim, check, quantity, sides, terms)
    return finding.verdict(claim, check, accepted)

"""What a claim is, and on what grounds it stands."""

from depthlaw.theory.claim.check import (
    Budget,
    Check,
    Computed,
    Measured,
    PathAssumption,
    Scaling,
    Typical,
)
from depthlaw.theory.claim.claim import Claim, Source
from depthlaw.theory.claim.derivation import Derivation
from depthlaw.theory.claim.outcome import Outcome, Status
from depthlaw.theory.claim.parameter import Assumption, Parameter
from depthlaw.theory.claim.sense import Sense

__all__ = [
    "Assumption",
    "Budget",
    "Check",
    "Claim",
    "Computed",
    "Derivation",
    "Measured",
    "Outcome",
    "Parameter",
    "PathAssumption",
    "Scaling",
    "Sense",
    "Source",
    "Status",
    "Typical",
]

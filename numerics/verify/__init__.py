"""The one room where claims meet simulation."""

from depthlaw.numerics.verify.check_verdict import AssumptionRecord, CheckVerdict
from depthlaw.numerics.verify.run import Progress, verify
from depthlaw.numerics.verify.verdict import STANDING, Report, Verdict

__all__ = [
    "STANDING",
    "AssumptionRecord",
    "CheckVerdict",
    "Progress",
    "Report",
    "Verdict",
    "verify",
]

"""What was found about one check, and the verdict and the sentence that follow from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from depthlaw.numerics.verify.check_verdict import AssumptionRecord, CheckVerdict, Tightness
from depthlaw.theory.claim.check import Check, ParameterValue
from depthlaw.theory.claim.claim import Claim, Sides
from depthlaw.theory.claim.outcome import Outcome
from depthlaw.theory.claim.sense import Comparison, Sense
from depthlaw.theory.values import Value


@dataclass(frozen=True)
class Finding:
    """Both sides of a check and how they compare, with the evidence."""

    value: Value
    sides: Sides
    comparison: Comparison
    agreement: Outcome
    samples: int = 0
    route: str | None = None
    degenerate: int = 0
    assumption: AssumptionRecord | None = None

    @property
    def outcome(self) -> Outcome:
        """The verdict: a refutation counts whatever else is true of the instance.

        The bound may be vacuous, or the assumption rare: what fails on the trajectories that meet
        it is false.
        """
        if self.comparison is Comparison.FAILS:
            return Outcome.REFUTED
        record = self.assumption
        if record is not None and 2 * record.held < record.trials:
            return Outcome.ASSUMPTION_FAILED
        if self.sides.vacuous:
            return Outcome.VACUOUS
        if self.sides.vacuous is None:
            return Outcome.INCONCLUSIVE
        holds = self.comparison is Comparison.HOLDS
        return self.agreement if holds else Outcome.INCONCLUSIVE

    def verdict(
        self, claim: Claim, check: Check, accepted: Mapping[str, ParameterValue]
    ) -> CheckVerdict:
        """Return the verdict on the check."""
        tightness = Tightness.of(claim.sense, self.value, self.sides.bound)
        return CheckVerdict(
            check.label,
            accepted,
            self.outcome,
            self._advice(claim.sense, tightness),
            self.value,
            self.sides.bound,
            self.sides.trivial,
            tightness,
            self.samples,
            self.route,
            self.degenerate,
            self.assumption,
            check.document(),
        )

    def _advice(self, sense: Sense, tightness: Tightness | None) -> str:
        said = self._said(sense, tightness)
        record = self.assumption
        if record is None:
            return said
        return (
            f"{said}; {record.name} held on {record.held} of {record.trials} trajectories, "
            f"up to {record.largest_that_held:.4g} on all"
        )

    def _said(self, sense: Sense, tightness: Tightness | None) -> str:
        value, bound, trivial = self.value, self.sides.bound, self.sides.trivial
        match self.outcome:
            case Outcome.VACUOUS:
                assert trivial is not None
                if sense is Sense.LOWER:
                    limit, extreme = bound.upper, f"is never below {trivial.lower:.3g}"
                else:
                    limit, extreme = bound.lower, f"never exceeds {trivial.upper:.3g}"
                return (
                    f"the bound {limit:.3g} says nothing, since the quantity {extreme}: "
                    "do not use it at these parameters"
                )
            case Outcome.REFUTED:
                return f"the quantity is {value}, the bound {bound}: do not rely on this statement"
            case Outcome.ASSUMPTION_FAILED:
                return "the assumption failed on most trajectories: weaken it, or widen the network"
            case Outcome.INCONCLUSIVE if self.sides.vacuous is None:
                return f"it cannot be told whether the bound {bound} says anything here"
            case Outcome.INCONCLUSIVE:
                return f"the quantity is {value}, the bound {bound}: raise the budget to decide"
        if tightness is None:
            return "holds; the quantity may be zero, so there is no ratio"
        if sense in (Sense.UPPER, Sense.LOWER):
            times = f"{tightness.ratio:.3g}"
            if times == "1":
                return "holds, and is attained to three digits"
            if tightness.ratio < 1:
                return "holds, and is attained within the error of the measurement"
            return f"holds, and is {times} times looser than the truth"
        return f"holds: truth over formula is {tightness.ratio:.4g}"

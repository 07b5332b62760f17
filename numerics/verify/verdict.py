"""Verdicts on claims, and the report of a run: returned, never printed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from depthlaw.numerics.verify.check_verdict import CheckVerdict, Tightness
from depthlaw.numerics.verify.notebook import checks_table, conditions, ratio_text
from depthlaw.theory.claim.check import Budget
from depthlaw.theory.claim.claim import Claim
from depthlaw.theory.claim.derivation import DerivationReport
from depthlaw.theory.claim.outcome import Outcome, combine
from depthlaw.theory.claim.sense import Sense
from depthlaw.theory.writing.markup import formula, paragraph, strong, table, words

STANDING = {True: "as expected", False: "NOT as expected", None: "undecided"}
"""Whether a verdict is the expected one, in words."""
LOOSE = 1e4
"""Ratio from which on a bound is called loose: one that is so on every instance is no estimate."""


@dataclass(frozen=True)
class Verdict:
    """The verdict on a claim: all its checks together, and its derivation.

    Attributes
    ----------
    claim
        What was checked.
    checks
        One verdict for each instance that ran.
    derivation
        What re-checking the steps of the derivation found.
    level, seed, budget
        Error probability of the whole run this claim was checked in, its seed and budget.
    """

    claim: Claim
    checks: tuple[CheckVerdict, ...]
    derivation: DerivationReport
    level: float
    seed: int
    budget: Budget

    def __repr__(self) -> str:
        number = len(self.checks)
        counted = "1 check" if number == 1 else f"{number} checks"
        return f"Verdict({self.claim.id!r}, {self.outcome.name}, {counted})"

    @property
    def outcome(self) -> Outcome:
        """The checks' outcomes combined."""
        return combine([check.outcome for check in self.checks])

    @property
    def as_expected(self) -> bool | None:
        """Whether the verdict is the expected one; None where the budget ended undecided.

        A derivation with a failed step is never as expected.
        """
        if not self.derivation.holds:
            return False
        return self.outcome.fulfils(self.claim.expected)

    @property
    def standing(self) -> str:
        """The same in words."""
        return STANDING[self.as_expected]

    @property
    def deciding(self) -> CheckVerdict | None:
        """The check that says most: the tightest of those that decided the verdict, else the first.

        For a refuted claim that is the clearest refutation. For an equality it is the check whose
        ratio is furthest from 1.
        """
        speaking = [check for check in self.checks if check.outcome is self.outcome]
        speaking = speaking or [check for check in self.checks if check.outcome.agrees]
        rated = [check for check in speaking if check.tightness is not None]
        if rated:
            return min(rated, key=self._looseness)
        candidates = speaking or list(self.checks)
        return candidates[0] if candidates else None

    def _looseness(self, check: CheckVerdict) -> float:
        assert check.tightness is not None
        ratio = check.tightness.ratio
        if self.claim.sense in (Sense.EQUAL, Sense.RATE):
            return -abs(ratio - 1)
        return ratio

    @property
    def ratios(self) -> tuple[Tightness, Tightness] | None:
        """The best and the worst ratio among the checks behind the verdict; None without any.

        For an inequality the tightest and the loosest, for an equality the nearest to 1 and the
        furthest from it. For a claim that holds, every check counts on which it held.
        """
        outcome = self.outcome
        rated = [
            check
            for check in self.checks
            if check.tightness is not None
            and (check.outcome is outcome or (outcome.agrees and check.outcome.agrees))
        ]
        if not rated:
            return None
        ordered = sorted(rated, key=self._looseness)
        if self.claim.sense in (Sense.EQUAL, Sense.RATE):
            ordered.reverse()
        best, worst = ordered[0].tightness, ordered[-1].tightness
        assert best is not None
        assert worst is not None
        return best, worst

    @property
    def loose(self) -> bool:
        """Whether the claim holds, by a bound that is `LOOSE` times the truth at best."""
        inequality = self.claim.sense in (Sense.UPPER, Sense.LOWER)
        if not inequality or not self.outcome.agrees or self.ratios is None:
            return False
        return self.ratios[0].ratio >= LOOSE

    @property
    def tightness(self) -> Tightness | None:
        """Tightness of the deciding check."""
        return self.deciding.tightness if self.deciding else None

    @property
    def samples(self) -> int:
        """Trajectories simulated for all checks."""
        return sum(check.samples for check in self.checks)

    @property
    def advice(self) -> str:
        """One sentence from the deciding check, or from the derivation if a step failed."""
        if not self.derivation.holds:
            failed = self.derivation.failures[0]
            return f"a step of the derivation failed: {failed.title} ({failed.detail})"
        if self.deciding is None:
            return "no check ran under this budget"
        if self.loose:
            return f"no estimate of the size: on its best instance it {self.deciding.advice}"
        return self.deciding.advice

    def _repr_html_(self) -> str:
        claim, outcome = self.claim, self.outcome
        return "".join(
            (
                paragraph(strong(claim.id), words(claim.title)),
                paragraph(formula(claim.latex())),
                paragraph(
                    strong(outcome),
                    words(f"({self.standing}): {outcome.meaning}."),
                    words(self.advice),
                ),
                checks_table(self.checks),
                paragraph(words(f"Derivation: {self.derivation.summary()}.")),
                conditions(self.budget, self.level, self.seed),
            )
        )

    def to_json(self) -> dict[str, Any]:
        """Return the verdict as plain data."""
        claim = self.claim
        return {
            "id": claim.id,
            "title": claim.title,
            "status": str(claim.status),
            "proof": str(claim.proof),
            "source": str(claim.source),
            "statement": {
                "latex": claim.latex(),
                "sense": str(claim.sense),
                "qualification": claim.statement.qualification,
            },
            "assumptions": [assumption.statement for assumption in claim.assumptions],
            "verdict": str(self.outcome),
            "expected": str(claim.expected),
            "as_expected": self.as_expected,
            "tightness": self.tightness.ratio if self.tightness else None,
            "tightness_interval": self.tightness.to_json() if self.tightness else None,
            "tightness_best": self.ratios[0].to_json() if self.ratios else None,
            "tightness_worst": self.ratios[1].to_json() if self.ratios else None,
            "samples": self.samples,
            "advice": self.advice,
            "derivation": {
                "holds": self.derivation.holds,
                "steps": [
                    {
                        "title": step.title,
                        "ground": str(step.ground),
                        "holds": step.holds,
                        "carries": step.carries,
                        "detail": step.detail,
                    }
                    for step in self.derivation.results
                ],
            },
            "checks": [check.to_json() for check in self.checks],
        }


@dataclass(frozen=True)
class Report:
    """The verdicts of one run; all of them hold together at `level`."""

    verdicts: tuple[Verdict, ...]
    level: float
    seed: int
    budget: Budget

    @property
    def as_expected(self) -> bool:
        """Whether no verdict is certainly other than expected."""
        return all(verdict.as_expected is not False for verdict in self.verdicts)

    @property
    def undecided(self) -> tuple[str, ...]:
        """Ids of the claims whose budget ended before they were decided."""
        return tuple(v.claim.id for v in self.verdicts if v.as_expected is None)

    def __getitem__(self, claim_id: str) -> Verdict:
        for verdict in self.verdicts:
            if verdict.claim.id == claim_id:
                return verdict
        raise KeyError(claim_id)

    def _repr_html_(self) -> str:
        rows = [
            (
                words(verdict.claim.id),
                words(verdict.claim.title),
                strong(verdict.outcome),
                words(verdict.standing),
                words(ratio_text(verdict.tightness)),
                words(verdict.samples or "–"),
            )
            for verdict in self.verdicts
        ]
        headings = ("claim", "says", "verdict", "expected", "tightness", "samples")
        return table(headings, rows) + conditions(self.budget, self.level, self.seed)

    def to_json(self) -> dict[str, Any]:
        """Return the run as plain data, under the key ``"claims"``."""
        return {
            "claims": [verdict.to_json() for verdict in self.verdicts],
            "level": self.level,
            "seed": self.seed,
            "budget": str(self.budget),
            "undecided": list(self.undecided),
        }

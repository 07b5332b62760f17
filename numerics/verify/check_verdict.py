"""The verdict on one instance of a claim: both sides, how tight, on what evidence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from depthlaw.theory.claim.check import ParameterValue
from depthlaw.theory.claim.outcome import Outcome
from depthlaw.theory.claim.sense import Sense
from depthlaw.theory.values import Estimate, Value, as_data, as_json


@dataclass(frozen=True)
class AssumptionRecord:
    """How often an assumption held on simulated trajectories.

    Attributes
    ----------
    name, threshold
        The condition ``statistic ≥ threshold``.
    held, trials
        Trajectories on which it held, out of how many.
    lower, upper
        Confidence limits on its probability, valid at every look.
    largest_that_held
        The smallest statistic seen: the assumption held everywhere up to this threshold.
    level
        Error probability of those limits, a part of the check's share.
    """

    name: str
    threshold: float
    held: int
    trials: int
    lower: float
    upper: float
    largest_that_held: float
    level: float

    def to_json(self) -> dict[str, Any]:
        """Return the record as plain data."""
        return dict(self.__dict__)


@dataclass(frozen=True)
class Tightness:
    """How many times the bound exceeds the truth (for equalities: truth over bound)."""

    ratio: float
    lower: float
    upper: float

    @classmethod
    def of(cls, sense: Sense, value: Value, bound: Value) -> Tightness | None:
        """Return the ratio with its interval, or None where a side may be zero."""
        if value.upper < 0 and bound.upper < 0:
            # Two negative exponents: their ratio is that of their absolute values.
            return cls(
                _at_least(value) / _at_least(bound),
                value.upper / bound.lower,
                value.lower / bound.upper,
            )
        above, below = (bound, value) if sense is Sense.UPPER else (value, bound)
        if below.lower <= 0 or above.lower < 0:
            point = _at_least(above) / _at_least(below) if _at_least(below) > 0 else None
            if point is None:
                return None
            return cls(point, max(above.lower, 0.0) / below.upper, float("inf"))
        return cls(
            _at_least(above) / _at_least(below),
            above.lower / below.upper,
            above.upper / below.lower,
        )

    def to_json(self) -> dict[str, Any]:
        """Return ratio and interval; an unbounded end is null."""
        return {
            "ratio": self.ratio,
            "lower": self.lower,
            "upper": self.upper if self.upper != float("inf") else None,
        }


def _at_least(value: Value) -> float:
    """Return the mean of an estimate; of anything else, what it certainly reaches."""
    return value.mean if isinstance(value, Estimate) else value.lower


@dataclass(frozen=True)
class CheckVerdict:
    """The verdict on one instance of a claim.

    Attributes
    ----------
    label, parameters
        Which instance.
    outcome
        What was found.
    value, bound, trivial
        The claim's left side, its bound, and what holds without it (each may be missing).
    tightness
        Bound over truth.
    samples, route, degenerate
        Trajectories simulated, the sampling route, and the neurons that had no direction.
    assumption
        How often the assumption on trajectories held.
    instance
        All that the instance is made of, as plain data: enough to repeat it.
    advice
        One sentence: what happened and what to do.
    """

    label: str
    parameters: Mapping[str, ParameterValue]
    outcome: Outcome
    advice: str
    value: Value | None = None
    bound: Value | None = None
    trivial: Value | None = None
    tightness: Tightness | None = None
    samples: int = 0
    route: str | None = None
    degenerate: int = 0
    assumption: AssumptionRecord | None = None
    instance: Mapping[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Return the verdict as plain data."""
        return {
            "label": self.label,
            "parameters": as_data(self.parameters),
            "instance": dict(self.instance),
            "verdict": str(self.outcome),
            "value": as_json(self.value) if self.value is not None else None,
            "bound": as_json(self.bound) if self.bound is not None else None,
            "trivial": as_json(self.trivial) if self.trivial is not None else None,
            "tightness": self.tightness.to_json() if self.tightness else None,
            "samples": self.samples,
            "route": self.route,
            "degenerate": self.degenerate,
            "assumption": self.assumption.to_json() if self.assumption else None,
            "advice": self.advice,
        }

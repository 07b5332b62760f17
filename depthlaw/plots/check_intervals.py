"""The two sides of a verdict's checks as stretches of one axis, for whoever draws them."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from depthlaw.numerics.verify import CheckVerdict, Verdict
from depthlaw.theory.claim import Outcome
from depthlaw.theory.values import Estimate, Value

SIGNS = {
    Outcome.CERTIFIED: "✓",
    Outcome.SUPPORTED: "≈",
    Outcome.REFUTED: "✗",
    Outcome.VACUOUS: "∅",
    Outcome.INCONCLUSIVE: "?",
    Outcome.ASSUMPTION_FAILED: "!",
}
"""One sign for each outcome, so that it can be told without its colour."""

SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(frozen=True)
class Stretch:
    """What is known of a number: it lies from `lower` to `upper`, and `point` stands for it."""

    lower: float
    point: float
    upper: float
    sampled: bool = False

    @classmethod
    def of(cls, value: Value | None) -> Stretch | None:
        """Return the stretch of a value: a confidence interval if it is sampled.

        >>> from depthlaw.theory.values import Enclosure
        >>> found = Stretch.of(Enclosure.between(1, 3))
        >>> found.lower <= 1 < found.point < 3 <= found.upper
        True
        """
        if value is None:
            return None
        lower, upper = value.lower, value.upper
        if isinstance(value, Estimate):
            return cls(lower, value.mean, upper, sampled=True)
        if math.isfinite(upper - lower):
            return cls(lower, lower + (upper - lower) / 2, upper)
        return cls(lower, lower if math.isfinite(lower) else upper, upper)


@dataclass(frozen=True)
class Sides:
    """One check: what was found, the claim's bound, and what is trivially true.

    Attributes
    ----------
    number
        Its place among the checks, from 1.
    """

    number: int
    label: str
    outcome: Outcome
    value: Stretch | None
    bound: Stretch | None
    trivial: Stretch | None
    ratio: float | None

    @classmethod
    def of(cls, number: int, check: CheckVerdict) -> Sides:
        """Return the sides of one check."""
        return cls(
            number,
            check.label,
            check.outcome,
            Stretch.of(check.value),
            Stretch.of(check.bound),
            Stretch.of(check.trivial),
            check.tightness.ratio if check.tightness else None,
        )

    def points(self) -> Iterator[float]:
        """Yield the finite numbers that a picture must have room for.

        The lower end of an interval is none of them: a mean of 0.1 known to lie above 10⁻³⁰⁰ is
        read on the scale of 0.1.
        """
        for stretch in (self.value, self.bound, self.trivial):
            if stretch is not None:
                ends = (stretch.point, stretch.upper) if stretch is self.value else (stretch.point,)
                yield from (end for end in ends if math.isfinite(end))


def sides(verdict: Verdict) -> tuple[Sides, ...]:
    """Return the sides of all checks, in their order.

    >>> from depthlaw.numerics.verify import verify
    >>> verdict = verify("orthogonalization.lemma-4").verdicts[0]
    >>> [side.number for side in sides(verdict)] == list(range(1, len(verdict.checks) + 1))
    True
    """
    return tuple(Sides.of(number, check) for number, check in enumerate(verdict.checks, start=1))


def ratio_text(ratio: float | None) -> str:
    """Return how many times the bound exceeds the truth, in three digits or whole.

    >>> ratio_text(None), ratio_text(2.5), ratio_text(4612.3), ratio_text(4.612e7)
    ('–', '×2.5', '×4612', '×4.61·10⁷')
    """
    if ratio is None:
        return "–"
    if 1000 <= ratio < 99_999.5:
        return f"×{ratio:.0f}"
    number, _, exponent = f"{ratio:.3g}".replace("inf", "∞").partition("e")
    power = f"·10{str(int(exponent)).translate(SUPERSCRIPTS)}" if exponent else ""
    return f"×{number}{power}"

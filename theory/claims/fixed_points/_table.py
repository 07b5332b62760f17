"""The numbers of the paper's table of kernels, as enclosures, and what is printed beside them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import sympy as sp
from flint import arb

from depthlaw.theory.claim import Budget, Check, Computed, Domain, Parameter
from depthlaw.theory.claims.fixed_points import _setting as setting
from depthlaw.theory.rigorous.balls import ball
from depthlaw.theory.rigorous.zero import ball_of
from depthlaw.theory.values import Enclosure, Value

printed = sp.Symbol("x", real=True)
PRINTED = Parameter("printed", printed, Domain.REAL, 0, "the number as printed, a decimal")


@dataclass(frozen=True)
class Entry:
    """A column of the table: its label, and how its number is found for a kernel map."""

    label: str
    find: Callable[[setting.Subject], arb]


AT_ZERO = Entry("κ(0)", lambda subject: ball_of(subject.map.at_zero))
SLOPE_AT_ZERO = Entry("κ′(0)", lambda subject: ball_of(subject.map.slope_at_zero))
SLOPE_AT_ONE = Entry("κ′(1)", lambda subject: ball_of(subject.map.slope_at_one))
PLACE = Entry("ρ*", lambda subject: subject.attractor)
SLOPE = Entry("κ′(ρ*)", lambda subject: subject.slope)
CASE = Entry("case", lambda subject: arb(int(subject.case)))
DEFECT = Entry(
    "α = 1 − κ(0) − κ′(0)",
    lambda subject: ball_of(1 - subject.map.at_zero - subject.map.slope_at_zero),
)


def _quantity(entry: Entry, subject: Any) -> Value:
    return Enclosure(entry.find(subject))


def row(entry: Entry, name: str, text: str, budget: Budget = Budget.QUICK) -> Check:
    """Return the check that a printed decimal is the number to half a unit of its last digit."""
    subject = setting.catalogue(name)
    decimals = len(text.partition(".")[2])
    value = Fraction(text)
    half_unit = Fraction(1, 2 * 10**decimals)
    return Check(
        f"{name}, {entry.label} = {text}",
        {"printed": value},
        Computed(_quantity, {"entry": entry, "subject": subject}),
        budget=budget,
        # The resolution of an equality is relative; zeros are exact.
        resolution=half_unit / value if value and "." in text else None,
    )


def largest_error(rows: Iterable[tuple[Entry, str, str]]) -> arb:
    """Return the largest relative error of printed numbers; what is printed as 0 is to be 0."""
    largest = arb(0)
    for entry, name, text in rows:
        number, shown = entry.find(setting.catalogue(name)), ball(Fraction(text))
        error = abs(number - shown)
        largest = largest.max(error if shown == 0 else error / shown)
    return largest

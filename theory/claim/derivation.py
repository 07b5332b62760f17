"""A derivation is steps under headings; it says how far they prove a statement.

The documentation renders these same objects.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from typing import TYPE_CHECKING

import sympy as sp

from depthlaw.theory.claim.fields import check_fields
from depthlaw.theory.claim.outcome import Proof
from depthlaw.theory.claim.steps import CHECKED, Ground, Identity, Limit, Sign, Step, StepResult

if TYPE_CHECKING:
    from depthlaw.theory.claim.statement import Statement


@dataclass(frozen=True)
class Checked:
    """A step where it stands, and what checking it found.

    Attributes
    ----------
    number
        From 1, through all parts.
    part
        The heading under which it stands; empty before the first.
    """

    number: int
    part: str
    step: Step
    result: StepResult


@dataclass(frozen=True)
class DerivationReport:
    """All steps with their results."""

    steps: tuple[Checked, ...]

    @property
    def results(self) -> tuple[StepResult, ...]:
        """The results alone."""
        return tuple(checked.result for checked in self.steps)

    @property
    def holds(self) -> bool:
        """Whether no machine-checked step failed."""
        return all(result.holds for result in self.results)

    def count(self, ground: Ground) -> int:
        """Return how many steps stand on `ground`."""
        return sum(result.ground is ground for result in self.results)

    @property
    def failures(self) -> tuple[StepResult, ...]:
        """The steps that could not be proved again."""
        return tuple(result for result in self.results if not result.holds)

    @property
    def in_words(self) -> tuple[int, ...]:
        """Numbers, from 1, of the steps whose words carry the proof."""
        return tuple(checked.number for checked in self.steps if checked.result.carries)

    def summary(self) -> str:
        """Return for instance ``"7 steps, of which 2 and 5 rest on words"``."""
        if not self.steps:
            return ""
        number = len(self.steps)
        shown = "1 step" if number == 1 else f"{number} steps"
        words = [str(place) for place in self.in_words]
        if len(words) == number:
            shown += ", in words"
        elif words:
            listed = " and ".join(filter(None, (", ".join(words[:-1]), words[-1])))
            shown += f", of which {listed} {'rests' if len(words) == 1 else 'rest'} on words"
        else:
            shown += ", each checked or cited"
        failed = len(self.failures)
        return shown + (f"; {failed} FAILED" if failed else "")


@dataclass(frozen=True)
class Heading:
    """Opens a part of a derivation: what its steps show."""

    text: str

    def __post_init__(self) -> None:
        check_fields(self)


Steps = Iterator[Step | Heading]
"""What a derivation, written as a generator, yields."""


@dataclass(frozen=True)
class Part:
    """Steps under one heading; empty for those before the first."""

    heading: str
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class Derivation:
    """Steps in the order in which a reader meets them, in parts that headings open."""

    entries: tuple[Step | Heading, ...]

    @property
    def steps(self) -> tuple[Step, ...]:
        """The steps of all parts."""
        return tuple(entry for entry in self.entries if not isinstance(entry, Heading))

    @property
    def parts(self) -> tuple[Part, ...]:
        """The steps by heading; a heading without steps is left out."""
        found: list[tuple[str, list[Step]]] = [("", [])]
        for entry in self.entries:
            if isinstance(entry, Heading):
                found.append((entry.text, []))
            else:
                found[-1][1].append(entry)
        return tuple(Part(heading, tuple(steps)) for heading, steps in found if steps)

    @property
    def placed(self) -> tuple[tuple[int, str, Step], ...]:
        """Each step with its number, from 1, and the heading under which it stands."""
        under = ((part.heading, step) for part in self.parts for step in part.steps)
        return tuple((number, *place) for number, place in enumerate(under, start=1))

    def check(self) -> DerivationReport:
        """Check every step, the first time, and report which is which."""
        return self._report

    @cached_property
    def _report(self) -> DerivationReport:
        return DerivationReport(tuple(Checked(*place, _check(place[-1])) for place in self.placed))

    def proves(self, statement: Statement, *, refuted: bool = False, checked: bool = True) -> Proof:
        """Return how far the steps prove a statement, or, if it is false, that it is.

        Proved is what no words carry and whose last step ends in the formula of the statement; of
        a refutation it is asked that a machine finds the two sides apart. Unless `checked`, steps
        are taken to hold.
        """
        if not self.steps:
            return Proof.NONE
        last = self.steps[-1]
        ends = last.ground in CHECKED if refuted else _ends_in(last, statement.formula)
        carried = not any(getattr(step, "carries", False) for step in self.steps)
        holds = ends and carried and (not checked or self.check().holds)
        return Proof.PROVED if holds else Proof.ARGUED


def _ends_in(step: Step, formula: sp.Expr) -> bool:
    if step.ground not in CHECKED:
        return False
    side = getattr(step, "right", None)
    return side is not None and _same(side, formula)


def _same(left: sp.Expr, right: sp.Expr) -> bool:
    """Return whether two formulas are equal; most that are not differ at one point already."""
    if left == right:
        return True
    if left.free_symbols != right.free_symbols or left.has(sp.Indexed) or right.has(sp.Indexed):
        return False
    point = {symbol: sp.Integer(sp.prime(3 + k)) for k, symbol in enumerate(left.free_symbols)}
    difference = (left - right).subs(point).evalf(30)
    if difference.is_number and abs(difference) > sp.Float("1e-20"):
        return False
    return bool(sp.simplify(left - right) == 0)


def _check(step: Step) -> StepResult:
    # Sibling claims share lemmas; a step made of expressions alone needs no second proof.
    return _proved_once(step) if isinstance(step, Identity | Limit | Sign) else step.check()


@cache
def _proved_once(step: Identity | Limit | Sign) -> StepResult:
    return step.check()

"""What all rules share: a conclusion in two sides, hypotheses that a machine checks, a textbook."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import ClassVar

import sympy as sp

from depthlaw.theory.claim.fields import check_fields
from depthlaw.theory.claim.steps import Ground, PositiveOnBox, StepResult
from depthlaw.theory.rigorous.boxes import Interval
from depthlaw.theory.writing.latex import latex

E = sp.Function(r"\mathbb{E}")
"""Expectation, for printing."""
P = sp.Function(r"\mathbb{P}")
"""Probability, for printing."""
Box = Mapping[sp.Symbol, Interval]
_SIGNS = {"<=": r"\le", ">=": r"\ge", "==": "="}


@dataclass(frozen=True)
class Hypothesis:
    """One condition of a rule, and whether it was found to hold."""

    text: str
    holds: bool


class Rule(ABC):
    """A named standard fact, applied: `left` stands in `relation` to `right`.

    Concrete rules are frozen dataclasses with a `title`; each names its reference.
    """

    title: str
    ground: ClassVar[Ground] = Ground.RULE
    reference: ClassVar[str]

    def __post_init__(self) -> None:
        check_fields(self)

    @property
    @abstractmethod
    def left(self) -> sp.Expr:
        """Left side of the conclusion."""

    @property
    @abstractmethod
    def right(self) -> sp.Expr:
        """Right side of the conclusion."""

    @property
    def relation(self) -> str:
        """How they stand: ``<=``, ``>=`` or ``==``."""
        return "<="

    @abstractmethod
    def hypotheses(self) -> Iterable[Hypothesis]:
        """Check every condition of the rule."""

    def check(self) -> StepResult:
        """Check all conditions; the detail names them and the reference."""
        found = tuple(self.hypotheses())
        failed = [each.text for each in found if not each.holds]
        detail = "; ".join(failed or [each.text for each in found])
        if failed:
            return StepResult(self.title, self.ground, False, f"not shown: {detail}")
        return StepResult(self.title, self.ground, True, f"{detail} ({self.reference})")

    def latex(self) -> str:
        """Return the conclusion."""
        return f"{latex(self.left)} {_SIGNS[self.relation]} {latex(self.right)}"


def not_negative(expression: sp.Expr, box: Box | None = None) -> bool:
    """Return whether an expression is provably at least 0: from its symbols, or over a box.

    >>> x = sp.Symbol("x", positive=True)
    >>> not_negative(x**2 - 2 * x + 1), not_negative(x - 1)
    (True, False)
    """
    return any(form.is_nonnegative for form in _forms(expression)) or _on(box, expression)


def positive(expression: sp.Expr, box: Box | None = None) -> bool:
    """Return whether an expression is provably above 0: from its symbols, or over a box.

    >>> x = sp.Symbol("x", positive=True)
    >>> positive(x**2 + x), positive(x**2 - 2 * x + 1)
    (True, False)
    """
    return any(form.is_positive for form in _forms(expression)) or _on(box, expression)


def _forms(expression: sp.Expr) -> Iterable[sp.Expr]:
    yield expression
    yield sp.expand(expression)
    yield sp.factor(expression)
    yield sp.factor(sp.together(expression))


def _on(box: Box | None, expression: sp.Expr) -> bool:
    if box is None or not expression.free_symbols <= set(box):
        return False
    return PositiveOnBox("", expression, dict(box)).check().holds


def nonnegative(name: str, expression: sp.Expr, box: Box | None = None) -> Hypothesis:
    """Return the condition that an expression, called `name`, is at least 0."""
    return Hypothesis(f"{name} ≥ 0", not_negative(expression, box))

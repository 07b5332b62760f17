"""A bound at given parameters, and whether it says anything there."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rich.text import Text

from depthlaw.render.latex_text import unicode_words
from depthlaw.render.mathematics import sign, unicode_formula
from depthlaw.render.numbers import number_text, short, typed
from depthlaw.render.page import Page
from depthlaw.theory.claim import Claim, Outcome, Sense
from depthlaw.theory.claim.check import ParameterValue
from depthlaw.theory.claim.claim import MOST_BITS, Sides
from depthlaw.theory.claim.solve import Solution
from depthlaw.theory.values import as_json


@dataclass(frozen=True)
class Evaluation:
    """A claim's bound at one set of parameters.

    Attributes
    ----------
    claim, parameters
        What was evaluated.
    sides
        What it gives there.
    """

    claim: Claim
    parameters: Mapping[str, ParameterValue]
    sides: Sides

    @classmethod
    def of(cls, claim: Claim, values: Mapping[str, object]) -> Evaluation:
        """Evaluate `claim`; raises what `Claim.accept` raises.

        >>> from depthlaw.theory.claim.registry import claim
        >>> lemma = claim("orthogonalization.lemma-4")
        >>> values = {"batch": 4, "lyapunov": 0.125}
        >>> Evaluation.of(lemma, values).sides.vacuous == lemma.vacuous(**values)
        True
        """
        accepted = claim.accept(values)
        return cls(claim, accepted, claim.sides(accepted))

    @property
    def trivial_limit(self) -> float | None:
        """The trivial bound as a float, rounded to the side on which it stays true."""
        trivial = self.sides.trivial
        if trivial is None:
            return None
        return trivial.lower if self.claim.sense is Sense.LOWER else trivial.upper


def bound_document(evaluation: Evaluation, solution: Solution | None = None) -> dict[str, Any]:
    """Return an evaluation as plain data: ``claim``, ``bound``, ``trivial``, ``vacuous``.

    A solution adds ``solved``: the parameter, its smallest value and the target.

    >>> from depthlaw.theory.claim.registry import claim
    >>> lemma = claim("orthogonalization.lemma-4")
    >>> sorted(bound_document(Evaluation.of(lemma, {"batch": 4, "lyapunov": 0})))
    ['bound', 'claim', 'parameters', 'trivial', 'vacuous']
    """
    document: dict[str, Any] = {
        "claim": evaluation.claim.id,
        "parameters": dict(evaluation.parameters),
        "bound": as_json(evaluation.sides.bound),
        "trivial": evaluation.trivial_limit,
        "vacuous": evaluation.sides.vacuous,
    }
    if solution is not None:
        document["solved"] = {
            "parameter": solution.parameter,
            "smallest": solution.smallest,
            "target": as_json(solution.target),
        }
    return document


def add_solution(page: Page, solution: Solution, target: str | None) -> None:
    """Append the answer to an inverse question, for a reader."""
    goal = "says something" if target is None else f"is at most {target}"
    page.add(
        Text(
            f"{solution.parameter} = {solution.smallest} "
            f"is the smallest at which the bound {goal}.",
            style="bold",
        )
    )


def add_bound(page: Page, evaluation: Evaluation) -> None:
    """Append an evaluation, for a reader."""
    claim, sides = evaluation.claim, evaluation.sides
    given = ", ".join(f"{name} = {typed(value)}" for name, value in evaluation.parameters.items())
    page.add(Text(claim.id, style="bold"), unicode_words(claim.title), "")
    quantity = unicode_formula(claim.quantity, encoding=page.encoding)
    if "\n" in quantity:
        page.add(quantity, "")
        quantity = "the quantity above"
    shown = number_text(sides.bound)
    relation = "" if shown.startswith("≈") else sign(claim) + " "
    page.add(f"  {quantity} {relation}{shown}   at {given}")
    if sides.trivial is not None:
        page.add(f"  {quantity} {claim.sense.relation} {number_text(sides.trivial)}   trivially")
    style = "green" if sides.vacuous is False else "yellow"
    page.add("", Text(what_it_says(evaluation), style=style))
    if claim.expected is Outcome.REFUTED:
        corrected = " or ".join(claim.siblings)
        instead = f"; use {corrected}" if corrected else ""
        page.add(
            Text(
                f"Beware: this statement is false in general (depthlaw show {claim.id}){instead}.",
                style="magenta",
            )
        )


def what_it_says(evaluation: Evaluation) -> str:
    """Return one sentence on whether the bound says anything at these parameters."""
    sides = evaluation.sides
    if sides.vacuous is None:
        return _cannot_tell(evaluation)
    if evaluation.claim.sense in (Sense.EQUAL, Sense.RATE):
        closeness = " to leading order" if evaluation.claim.remainder else ""
        return f"It gives the value itself{closeness}, not just a bound."
    if sides.vacuous:
        return "It says nothing here: the bound is no better than what is trivially true."
    if sides.trivial is None:
        return "Nothing holds trivially here, so any bound says something."
    if evaluation.claim.sense is Sense.UPPER:
        above, below, word = sides.trivial.lower, sides.bound.upper, "smaller"
    else:
        above, below, word = sides.bound.lower, sides.trivial.upper, "larger"
    ratio = above / below if below > 0 else float("inf")
    shown = short(ratio)
    factor = "" if not 0 < ratio < math.inf else "slightly " if shown == "1" else f"{shown} times "
    return f"It says something here: the bound is {factor}{word} than what is trivially true."


def _cannot_tell(evaluation: Evaluation) -> str:
    """Return the sentence for a bound that is not known well enough."""
    bound = evaluation.sides.bound
    how = f"at {MOST_BITS} bits of precision"
    ends = (bound.lower, bound.upper)
    if bound.ball.is_finite() and not all(map(math.isfinite, ends)):
        reason = "its value is beyond 1.8e308"
    elif bound.ball.is_finite():
        reason = f"{how} it cannot be told from what is trivially true"
    else:
        reason = f"{how} it is not known to be finite"
    return f"It cannot be told here whether the bound says anything: {reason}."

"""``depthlaw bound``: what a claim gives at your parameters, and whether that says anything."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING

from depthlaw.commands.options import Json
from depthlaw.theory.errors import ArgumentError, UnknownNameError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from depthlaw.theory.claim import Claim
    from depthlaw.theory.claim.check import ParameterValue
    from depthlaw.theory.claim.solve import Solution


def bound(
    claim: str,
    /,
    *values: str,
    solve: str | None = None,
    target: str | None = None,
    json: Json = False,
) -> int:
    """Evaluate a claim's bound with a proved error, beside what holds trivially.

    Parameters
    ----------
    claim
        An id, as `depthlaw claims` lists them.
    values
        Its parameters as name=value, like width=1e6 alpha=1/8 (decimals are taken exactly; a list
        of eigenvalues is written with commas).
    solve
        A parameter left out of the values: find its smallest value at which the bound is at most
        the target, or, without a target, at which the bound says something.
    target
        What the bound is to fall below, like 0.1 or 1/8.
    json
        Print one JSON document instead of text.
    """
    from depthlaw.render.bound_text import Evaluation, add_bound, add_solution, bound_document
    from depthlaw.render.json_text import print_json
    from depthlaw.render.page import Page
    from depthlaw.theory.claim import registry

    found = registry.claim(claim)
    given = read_values(found, values)
    solution = _solution(found, given, solve, target)
    if solution is not None:
        given[solution.parameter] = solution.smallest
    evaluation = Evaluation.of(found, given)
    if json:
        print_json(bound_document(evaluation, solution))
        return 0
    page = Page()
    add_bound(page, evaluation)
    if solution is not None:
        add_solution(page, solution, target)
    page.write()
    return 0


def _solution(
    claim: Claim, given: dict[str, ParameterValue], name: str | None, target: str | None
) -> Solution | None:
    from depthlaw.commands.options import read_real
    from depthlaw.theory.claim.solve import smallest, smallest_not_vacuous

    if name is None:
        if target is not None:
            raise ArgumentError("target", target, "say what to solve for, like --solve width")
        return None
    if target is None:
        return smallest_not_vacuous(claim, name, **given)
    number = read_real("target", target)
    exact = Fraction(target) if math.isfinite(number) else number
    return smallest(claim, name, exact, **given)


def read_values(claim: Claim, texts: Iterable[str]) -> dict[str, ParameterValue]:
    """Return the parameters written as ``name=value``.

    Raises
    ------
    ArgumentError
        For text of another form, a parameter given twice, or a value that is not possible.
    UnknownNameError
        For a parameter that the claim does not have.

    Examples
    --------
    >>> from depthlaw.theory.claim.registry import claim
    >>> lemma = claim("orthogonalization.lemma-4")
    >>> read_values(lemma, ["batch=4", "lyapunov=1/8"]) == lemma.accept(
    ...     {"batch": 4, "lyapunov": 0.125})
    True
    """
    known = {parameter.name: parameter for parameter in claim.parameters}
    values: dict[str, ParameterValue] = {}
    for text in texts:
        name, _, value = text.partition("=")
        name = name.strip()
        if not name or not value.strip():
            raise ArgumentError(
                "argument", text or "''", f"write name=value, like {claim.parameters[0].name}=…"
            )
        if name not in known:
            raise UnknownNameError("parameter", name, known)
        if name in values:
            raise ArgumentError(name, value, "it is given twice")
        values[name] = known[name].parse(value)
    return values

"""A claim as text and as data."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.text import Text

from depthlaw.render.claim_list import expected_text, summary
from depthlaw.render.latex_text import unicode_words
from depthlaw.render.mathematics import unicode_formula, unicode_statement
from depthlaw.render.page import Page
from depthlaw.theory.claim import Check, Claim, Computed, Parameter, Proof
from depthlaw.theory.claim.steps import Ground, Step


def claim_document(claim: Claim) -> dict[str, Any]:
    """Return everything about a claim as plain data.

    >>> from depthlaw.theory.claim.registry import claim
    >>> lemma = claim("orthogonalization.lemma-4")
    >>> claim_document(lemma)["statement"]["latex"] == lemma.latex()
    True
    """
    return {
        **summary(claim),
        "proof": str(claim.proof),
        "statement": {
            "sense": str(claim.sense),
            "unicode": unicode_statement(claim),
            "latex": claim.latex(),
            "remainder": claim.remainder,
            "qualification": claim.statement.qualification,
        },
        "assumptions": [assumption.statement for assumption in claim.assumptions],
        "parameters": [_parameter_document(parameter) for parameter in claim.parameters],
        "derivation": [
            {
                "part": part.heading,
                "title": step.title,
                "ground": str(step.ground),
                "carries": getattr(step, "carries", False),
                "latex": step.latex(),
                "text": _words(step),
            }
            for part in claim.derivation().parts
            for step in part.steps
        ],
        "errata": list(claim.errata),
        "siblings": list(claim.siblings),
        "checks": [_check_document(check) for check in claim.checks],
    }


def _parameter_document(parameter: Parameter) -> dict[str, Any]:
    return {
        "name": parameter.name,
        "symbol": unicode_formula(parameter.symbol),
        "domain": str(parameter.domain),
        "least": parameter.least,
        "least_excluded": parameter.above,
        "description": parameter.description,
    }


def _check_document(check: Check) -> dict[str, Any]:
    return {
        "label": check.label,
        "parameters": dict(check.parameters),
        "instance": check.document(),
        "quantity": type(check.quantity).__name__.lower(),
        "budget": str(check.budget),
        "replicas": None if isinstance(check.quantity, Computed) else check.replicas,
    }


def _words(step: Step) -> str:
    """Return the argument or the source of a step in words; checking those tries nothing."""
    return "" if step.ground is Ground.MACHINE else step.check().detail


def add_claim(page: Page, claim: Claim) -> None:
    """Append everything about a claim, for a reader."""
    page.add(Text(claim.id, style="bold"), unicode_words(claim.title))
    statement = unicode_statement(claim, width=page.columns - 4, encoding=page.encoding)
    page.add("", *(f"    {line}" for line in statement.splitlines()), "")
    if claim.statement.qualification:
        page.add(_sentence(unicode_words(claim.statement.qualification)))
    page.add(
        f"Source: {unicode_words(str(claim.source))}",
        Text(f"Status: {claim.status}; expected verdict: ").append_text(
            expected_text(claim.expected)
        ),
        f"Proof: {claim.proof}{_rests_on(claim)}.",
    )
    page.heading("Parameters")
    for parameter in claim.parameters:
        page.item(parameter_line(parameter, encoding=page.encoding))
    _add_list(page, "Assumptions", [a.statement for a in claim.assumptions])
    _add_derivation(page, claim)
    _add_list(page, "Errata", claim.errata)
    page.heading("Checks")
    for check in claim.checks:
        page.item(f"{unicode_words(check.label)} ({_kind(check)})")
    page.add(f"The whole instance of each: depthlaw show {claim.id} --json")
    _add_list(page, "See also", claim.siblings)


def parameter_line(parameter: Parameter, *, encoding: str = "utf-8") -> str:
    """Return what a parameter is called, where it may lie and what it means."""
    symbol = unicode_formula(parameter.symbol, encoding=encoding)
    return f"{parameter.name} ({symbol}): {parameter.range}, {unicode_words(parameter.description)}"


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."


def _rests_on(claim: Claim) -> str:
    """Return on which steps in words a proof rests, empty where on none."""
    if claim.proof is not Proof.ARGUED:
        return ""
    words = claim.derivation().check().in_words
    if not words:
        return "; its steps end before the statement"
    return f"; it rests on words in {'step' if len(words) == 1 else 'steps'} " + ", ".join(
        map(str, words)
    )


def _kind(check: Check) -> str:
    how = "computed" if isinstance(check.quantity, Computed) else "simulated"
    return f"{how}, {check.budget}"


def _add_list(page: Page, heading: str, lines: Sequence[str]) -> None:
    if lines:
        page.heading(heading)
        for line in lines:
            page.item(unicode_words(line))


def _add_derivation(page: Page, claim: Claim) -> None:
    if not claim.derivation().steps:
        return
    page.heading("Derivation")
    number = 0
    for part in claim.derivation().parts:
        if part.heading:
            page.add("", Text(unicode_words(part.heading), style="italic"))
        for step in part.steps:
            number += 1
            parts = [Text(unicode_words(step.title)).append(f"  [{step.ground}]", style="dim")]
            words = _words(step)
            if words:
                parts.append(Text(unicode_words(words), style="dim"))
            page.item(*parts, mark=f"{number:2d}.")
    page.add(f"Its formulas in LaTeX, those of the steps too: depthlaw show {claim.id} --json")

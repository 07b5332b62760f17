"""A derivation as a numbered list: each step with its ground, its formula and its check."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from _extension.claim_latex import step_latex
from _extension.markdown import badge, display, words
from depthlaw.theory.claim.claim import Claim
from depthlaw.theory.claim.derivation import Derivation
from depthlaw.theory.claim.steps import Ground, Step

KINDS = {
    Ground.MACHINE: "machine",
    Ground.RULE: "machine",
    Ground.CLAIM: "machine",
    Ground.CITED: "cited",
    Ground.ARGUED: "argued",
}


def results_of(derivation: Derivation) -> list[dict[str, Any]]:
    """Check every step now and return the results as a verification writes them."""
    return [
        {"title": r.title, "ground": str(r.ground), "holds": r.holds, "detail": r.detail}
        for r in derivation.check().results
    ]


def derivation_text(claim: Claim, results: Sequence[Mapping[str, Any]]) -> str:
    """Return the derivation of a claim as MyST text.

    Parameters
    ----------
    claim
        The claim.
    results
        What checking found, one mapping for each step with ``title``, ``ground``, ``holds`` and
        ``detail``.

    Raises
    ------
    ValueError
        If the results are not those of this derivation.

    Examples
    --------
    >>> from depthlaw.theory.claim.registry import claim
    >>> lemma = claim("orthogonalization.lemma-8")
    >>> steps = lemma.derivation().steps
    >>> text = derivation_text(lemma, results_of(lemma.derivation()))
    >>> all(f"{number}. " in text for number in range(1, len(steps) + 1))
    True
    """
    steps = claim.derivation().steps
    if [step.title for step in steps] != [result["title"] for result in results]:
        raise ValueError(f"the results are not those of the derivation of {claim.id}")
    shown = [f"Proof: {claim.proof}. {claim.derivation().check().summary()}."]
    pairs = iter(enumerate(results, start=1))
    for part in claim.derivation().parts:
        if part.heading:
            shown.append(f"**{words(part.heading)}**")
        for step in part.steps:
            number, result = next(pairs)
            shown.append(_step_text(number, step, result))
    return "\n\n".join(shown)


def _step_text(number: int, step: Step, result: Mapping[str, Any]) -> str:
    """Return one item of the list; what belongs to it is indented under its text."""
    mark = f"{number}. "
    parts = [f"{words(step.title)} {badge(str(step.ground), KINDS[step.ground])}"]
    formula = step_latex(step)
    if formula:
        parts.append(display(formula))
    parts.append(_ground_text(step, result))
    lines = "\n\n".join(parts).splitlines()
    indent = " " * len(mark)
    return "\n".join([mark + lines[0], *(indent + line if line else "" for line in lines[1:])])


def _ground_text(step: Step, result: Mapping[str, Any]) -> str:
    detail = words(str(result["detail"]))
    if not result["holds"]:
        return f"**FAILED**: {detail}."
    if step.ground is Ground.MACHINE:
        return f"{{step-check}}`proved again by {type(step).__name__.lower()}: {result['detail']}`"
    return f"Source: {detail}." if step.ground is Ground.CITED else f"{detail}."

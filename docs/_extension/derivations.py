"""A derivation as a numbered list: each step with its ground, its formula and its check."""

from __future__ import annotations

from _extension.claim_latex import step_latex
from _extension.markdown import badge, display, words
from depthlaw.theory.claim.claim import Claim
from depthlaw.theory.claim.derivation import Checked
from depthlaw.theory.claim.steps import Ground, Step, StepResult

KINDS = {
    Ground.MACHINE: "machine",
    Ground.RULE: "machine",
    Ground.CLAIM: "machine",
    Ground.CITED: "cited",
    Ground.ARGUED: "argued",
}


def derivation_text(claim: Claim) -> str:
    """Return the derivation of a claim as MyST text, each step as checking it found it.

    >>> from depthlaw.theory.claim.registry import claim
    >>> lemma = claim("orthogonalization.lemma-8")
    >>> text = derivation_text(lemma)
    >>> all(f"{checked.number}. " in text for checked in lemma.derivation().check().steps)
    True
    """
    report = claim.derivation().check()
    shown = [f"Proof: {claim.proof}. {report.summary()}."]
    part = ""
    for checked in report.steps:
        if checked.part != part:
            part = checked.part
            shown.append(f"**{words(part)}**")
        shown.append(_step_text(checked))
    return "\n\n".join(shown)


def _step_text(checked: Checked) -> str:
    """Return one item of the list; what belongs to it is indented under its text."""
    step, mark = checked.step, f"{checked.number}. "
    parts = [f"{words(step.title)} {badge(str(step.ground), KINDS[step.ground])}"]
    formula = step_latex(step)
    if formula:
        parts.append(display(formula))
    parts.append(_ground_text(step, checked.result))
    lines = "\n\n".join(parts).splitlines()
    indent = " " * len(mark)
    return "\n".join([mark + lines[0], *(indent + line if line else "" for line in lines[1:])])


def _ground_text(step: Step, result: StepResult) -> str:
    detail = words(result.detail)
    if not result.holds:
        return f"**FAILED**: {detail}."
    if step.ground is Ground.MACHINE:
        return f"{{step-check}}`proved again by {type(step).__name__.lower()}: {result.detail}`"
    return f"Source: {detail}." if step.ground is Ground.CITED else f"{detail}."

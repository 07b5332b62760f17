"""The page of a claim: statement, source, picture, verdict, derivation, errata, siblings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from _extension.claim_latex import claim_latex, symbol_latex
from _extension.derivations import derivation_text
from _extension.evidence import Evidence
from _extension.markdown import badge, directive, display, inline, table, words
from _extension.overview import claims_table, kind, link, verdict_badge
from depthlaw.render.numbers import parameter_text
from depthlaw.theory.claim.check import Check, Computed
from depthlaw.theory.claim.claim import Claim
from depthlaw.theory.claim.outcome import Outcome, Status
from depthlaw.theory.claim.registry import papers

KINDS = {
    "theorem": "theorem",
    "lemma": "lemma",
    "corollary": "corollary",
    "conjecture": "conjecture",
}
MOST_SHOWN = 24
"""Characters up to which an exact number is shown."""


def claim_page(claim: Claim, evidence: Evidence | None = None, picture: str | None = None) -> str:
    """Return the page of a claim as MyST text.

    Parameters
    ----------
    claim
        The claim.
    evidence
        A verification of the registry; without it the expected verdict is shown.
    picture
        Path of the picture of its bound, as seen from the page.

    Examples
    --------
    >>> from depthlaw.theory.claim.registry import claim
    >>> page = claim_page(claim("orthogonalization.lemma-8"))
    >>> "{cite:t}`daneshmand2021`" in page and "## Derivation" in page
    True
    """
    parts = [
        f"# {claim.id}",
        _lead(claim, evidence),
        statement_box(claim, "box-" + claim.id.replace(".", "-")),
        _facts(claim),
        _parameters(claim),
    ]
    if picture:
        parts.append(_picture(claim, picture))
    parts += [
        _verdict(claim, evidence),
        "## Derivation",
        derivation_text(claim),
        *_errata(claim),
        *_siblings(claim),
        _try_it(claim),
    ]
    return "\n\n".join(parts) + "\n"


def statement_box(claim: Claim, label: str, *, linked: bool = False) -> str:
    """Return the statement of a claim in a box, with its assumptions; `linked` to its page.

    No two boxes of the site may have the same `label`.
    """
    body = [f"{words(claim.title)}:", display(claim_latex(claim))]
    if claim.statement.qualification:
        body.append(f"({words(claim.statement.qualification)})")
    if claim.assumptions:
        conditions = ", ".join(words(a.statement) for a in claim.assumptions)
        body.append(f"Assuming {conditions}.")
    if linked:
        body.append(f"{link(claim.id, 'Derivation, verdict and picture')} {_cite(claim)}")
    return directive(
        f"prf:{_environment(claim)}",
        words(f"{claim.source.key}, {claim.source.place}{_standing(claim)}"),
        body="\n\n".join(body),
        depth=4,
        label=label,
        nonumber="",
    )


def _environment(claim: Claim) -> str:
    if claim.status is Status.CONJECTURE:
        return "conjecture"
    first = claim.source.place.split()[0].lower()
    return KINDS.get(first, "proposition")


def _standing(claim: Claim) -> str:
    return "" if claim.status is Status.PUBLISHED else f", {claim.status}"


def _cite(claim: Claim) -> str:
    return f"{{cite:p}}`{claim.source.key}`"


def _lead(claim: Claim, evidence: Evidence | None) -> str:
    title = words(claim.title)
    return f"{verdict_badge(claim, evidence)} {badge(str(claim.status), 'status')} **{title}.**"


def _facts(claim: Claim) -> str:
    source = claim.source
    place = ", ".join(words(part) for part in (source.place, source.version, source.note) if part)
    return "\n".join(
        [
            f"Source\n: {{cite:t}}`{source.key}`: {place}.\n",
            f"Status\n: {claim.status}: {claim.status.meaning}.\n",
            f"Expected verdict\n: {claim.expected}: {claim.expected.meaning}.\n",
        ]
    )


def _parameters(claim: Claim) -> str:
    rows = [
        [
            inline(symbol_latex(parameter.symbol)),
            f"`{parameter.name}`",
            words(parameter.description),
            words(parameter.range),
        ]
        for parameter in claim.parameters
    ]
    if not rows:
        return "## Parameters\n\nNone: the statement is about one number."
    return "## Parameters\n\n" + table(["symbol", "in code", "meaning", "range"], rows)


def _picture(claim: Claim, picture: str) -> str:
    caption = (
        "The bound over each parameter, around the instances of the checks; the other parameters "
        "are those of the instance in the title."
    )
    if claim.trivial is not None:
        caption += " Shaded: the bound is no better than what always holds."
    return "## Bound\n\n" + directive(
        "figure",
        picture,
        body=caption,
        class_="on-white",
        alt=f"Bound of {claim.id} over its parameters",
    )


def _verdict(claim: Claim, evidence: Evidence | None) -> str:
    if evidence is None or claim.id not in evidence.verdicts:
        rows = [[words(c.label), _how(c), words(_given(c.parameters))] for c in claim.checks]
        return "## Checks\n\n" + table(["instance", "quantity", "parameters"], rows)
    verdict = evidence.verdicts[claim.id]
    run = (
        f"{badge(verdict['verdict'], kind(verdict['verdict']))} "
        f"{Outcome(verdict['verdict']).meaning}. "
        f"Found while this page was built: budget {evidence.budget}, level {evidence.level:g} for "
        f"all claims together, seed {evidence.seed}."
    )
    skipped = len(claim.checks) - len(verdict["checks"])
    if skipped:
        run += f" {skipped} further {'check needs' if skipped == 1 else 'checks need'} a larger "
        run += "budget."
    instances = "\n\n".join(_check_text(claim, check) for check in verdict["checks"])
    return f"## Verdict\n\n{run}\n\n{instances}"


def _how(check: Check) -> str:
    how = "computed" if isinstance(check.quantity, Computed) else "simulated"
    return f"{how}, budget {check.budget}"


def _check_text(claim: Claim, check: Mapping[str, Any]) -> str:
    """Return an instance as a term with what was found there."""
    term = f"{badge(check['verdict'], kind(check['verdict']))} {words(check['label'])}"
    sides = f"The quantity is {_number(check['value'])}, the bound {_number(check['bound'])}"
    told = [words(f"{_given(check['parameters'])}.")] if check["parameters"] else []
    advice = check["advice"][:1].upper() + check["advice"][1:]
    # Some advice begins with both sides already.
    if check["value"] and check["bound"] and not advice.startswith("The quantity is"):
        told.append(f"{words(sides)}.")
    if check["samples"]:
        told.append(f"{check['samples']} trajectories.")
    told.append(f"{words(advice)}.")
    return f"{term}\n: {' '.join(told)}"


def _number(value: Mapping[str, Any] | None) -> str:
    """Return a number as the verification's document gives it, short enough for a table."""
    if value is None:
        return "–"
    if value["exact"] is not None and len(value["exact"]) <= MOST_SHOWN:
        return str(value["exact"])
    low, high = float(value["lower"]), float(value["upper"])
    if value["kind"] == "estimate":
        return f"{value['mean']:.4g} in [{low:.4g}, {high:.4g}]"
    shown = f"{low:.6g}"
    return shown if shown == f"{high:.6g}" else f"[{low:.4g}, {high:.4g}]"


def _given(parameters: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} = {parameter_text(value)}" for name, value in parameters.items())


def _errata(claim: Claim) -> list[str]:
    if not claim.errata:
        return []
    return ["## Errata", "\n".join(f"- {words(text)}" for text in claim.errata)]


def _siblings(claim: Claim) -> list[str]:
    if not claim.siblings:
        return []
    return ["## See also", "\n".join(f"- {link(sibling)}" for sibling in claim.siblings)]


def _try_it(claim: Claim) -> str:
    command = f"depthlaw show {claim.id}\ndepthlaw verify {claim.id}"
    return "## Try it\n\n" + directive("code-block", "console", body=_prompted(command))


def _prompted(commands: str) -> str:
    return "\n".join(f"$ {line}" for line in commands.splitlines())


def paper_page(paper: str, pages: list[str], evidence: Evidence | None = None) -> str:
    """Return the page that lists a paper's claims, with the table of contents of their pages."""
    entries = "\n".join(f"{page} <{page}>" for page in pages)
    contents = directive("toctree", body=entries, hidden="")
    cite = f"Claims of and about {{cite:t}}`{papers()[paper].key}`."
    return (
        "\n\n".join([f"# All claims: {paper}", cite, claims_table(paper, evidence), contents])
        + "\n"
    )

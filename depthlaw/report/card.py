"""What a claim's card says, in the words and the order of the page."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from depthlaw.numerics.verify import CheckVerdict, Report, Verdict
from depthlaw.plots.check_intervals import ratio_text
from depthlaw.render.claim_text import parameter_line
from depthlaw.render.latex_text import unicode_words
from depthlaw.render.mathml import mathml
from depthlaw.render.numbers import number_text, parameter_text, short
from depthlaw.render.verdicts import advice_on
from depthlaw.report.picture import Picture, picture
from depthlaw.report.reproduce import card_command
from depthlaw.theory.claim import Outcome
from depthlaw.theory.claim.derivation import Checked
from depthlaw.theory.claim.steps import Ground
from depthlaw.theory.values import Kind, Value

KNOWN = {
    Kind.EXACT: "exact",
    Kind.ENCLOSURE: "enclosed",
    Kind.ASYMPTOTIC: "leading term",
    Kind.COMPUTED: "computed",
    Kind.ESTIMATE: "sampled",
}


@dataclass(frozen=True)
class Instance:
    """A row of the table of checks."""

    number: int
    label: str
    parameters: tuple[tuple[str, str], ...]
    outcome: Outcome
    value: str
    known: str
    bound: str
    trivial: str
    ratio: str
    samples: str
    notes: tuple[str, ...]


@dataclass(frozen=True)
class DerivationStep:
    """A step of the derivation, with the ground it stands on."""

    title: str
    ground: Ground
    holds: bool
    formula: Markup | None
    detail: str


@dataclass(frozen=True)
class Card:
    """Everything about one claim."""

    id: str
    anchor: str
    paper: str
    title: str
    statement: Markup
    qualification: str
    proof: str
    source: str
    status: str
    outcome: Outcome
    expected: Outcome
    as_expected: bool | None
    standing: str
    advice: str
    picture: Picture | None
    tightness: str
    samples: int
    instances: tuple[Instance, ...]
    parameters: tuple[str, ...]
    assumptions: tuple[str, ...]
    steps: tuple[DerivationStep, ...]
    grounds: str
    derived: bool
    errata: tuple[str, ...]
    siblings: tuple[tuple[str, bool], ...]
    command: str


def card(report: Report, verdict: Verdict) -> Card:
    """Return the card of one verdict of a run.

    >>> from depthlaw.numerics.verify import verify
    >>> report = verify("orthogonalization.lemma-4")
    >>> made = card(report, report.verdicts[0])
    >>> len(made.instances) == len(report.verdicts[0].checks)
    True
    """
    claim = verdict.claim
    present = {other.claim.id for other in report.verdicts}
    return Card(
        id=claim.id,
        anchor=anchor(claim.id),
        paper=claim.paper,
        title=unicode_words(claim.title),
        statement=mathml(claim.latex()),
        qualification=unicode_words(claim.statement.qualification),
        proof=str(claim.proof),
        source=unicode_words(str(claim.source)),
        status=str(claim.status),
        outcome=verdict.outcome,
        expected=claim.expected,
        as_expected=verdict.as_expected,
        standing=verdict.standing,
        advice=advice_on(verdict) or unicode_words(verdict.advice),
        picture=picture(verdict),
        tightness=_ratios(verdict),
        samples=verdict.samples,
        instances=tuple(_instance(n, check) for n, check in enumerate(verdict.checks, start=1)),
        parameters=tuple(map(parameter_line, claim.parameters)),
        assumptions=tuple(unicode_words(a.statement) for a in claim.assumptions),
        steps=tuple(map(_step, verdict.derivation.steps)),
        grounds=verdict.derivation.summary(),
        derived=verdict.derivation.holds,
        errata=tuple(map(unicode_words, claim.errata)),
        siblings=tuple((name, name in present) for name in claim.siblings),
        command=card_command(report, verdict),
    )


def _ratios(verdict: Verdict) -> str:
    """Return the best and the worst ratio behind the verdict; one where they are the same."""
    if verdict.ratios is None:
        return ratio_text(None)
    best, worst = (ratio_text(tightness.ratio) for tightness in verdict.ratios)
    return best if best == worst else f"{best} at best, {worst} at worst"


def anchor(claim_id: str) -> str:
    """Return the identifier of a claim's card within the page."""
    return f"claim-{claim_id}"


def _instance(number: int, check: CheckVerdict) -> Instance:
    notes = [check.advice]
    if check.assumption is not None:
        low, high = short(check.assumption.lower, 3), short(check.assumption.upper, 3)
        notes.append(f"the assumption holds with probability {low} to {high}")
    if check.degenerate:
        notes.append(f"{check.degenerate} rows or columns were zero when rescaled")
    if check.route:
        notes.append(f"{check.route} route")
    return Instance(
        number,
        unicode_words(check.label),
        tuple((name, parameter_text(value)) for name, value in check.parameters.items()),
        check.outcome,
        _number(check.value),
        KNOWN[check.value.kind] if check.value is not None else "",
        _number(check.bound),
        _number(check.trivial),
        ratio_text(check.tightness.ratio if check.tightness else None),
        str(check.samples) if check.samples else "–",
        tuple(map(unicode_words, notes)),
    )


def _number(value: Value | None) -> str:
    return "–" if value is None else number_text(value)


def _step(checked: Checked) -> DerivationStep:
    found, latex = checked.result, checked.step.latex()
    return DerivationStep(
        unicode_words(found.title),
        found.ground,
        found.holds,
        mathml(latex) if latex else None,
        unicode_words(found.detail),
    )

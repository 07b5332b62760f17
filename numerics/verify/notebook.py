"""Verdicts as a notebook shows them."""

from __future__ import annotations

from depthlaw.numerics.verify.verdict import CheckVerdict, Report, Tightness, Verdict
from depthlaw.theory.markup import formula, paragraph, strong, table, words
from depthlaw.theory.values import Value

_EXPECTED = {True: "as expected", False: "NOT as expected", None: "undecided"}


def verdict_html(verdict: Verdict) -> str:
    """Return a verdict with a row for each of its checks.

    >>> from depthlaw.numerics.verify import verify
    >>> verdict = verify("orthogonalization.lemma-4-sharp").verdicts[0]
    >>> verdict_html(verdict).count("<tr>") == 1 + len(verdict.checks)
    True
    """
    claim = verdict.claim
    headings = ("check", "verdict", "value", "bound", "how known", "tightness", "samples")
    return "".join(
        (
            paragraph(strong(claim.id), words(claim.title)),
            paragraph(formula(claim.latex())),
            paragraph(
                strong(verdict.outcome),
                words(f"({_EXPECTED[verdict.as_expected]}): {verdict.outcome.meaning}."),
                words(verdict.advice),
            ),
            table(headings, [_row(check) for check in verdict.checks]),
            paragraph(words(f"Derivation: {verdict.derivation.summary()}.")),
            paragraph(words(_terms(verdict))),
        )
    )


def report_html(report: Report) -> str:
    """Return the verdicts of a run with a row for each claim.

    >>> from depthlaw.numerics.verify import verify
    >>> report_html(verify("orthogonalization.lemma-4-sharp")).count("<tr>")
    2
    """
    rows = [
        (
            words(verdict.claim.id),
            words(verdict.claim.title),
            strong(verdict.outcome),
            words(_EXPECTED[verdict.as_expected]),
            words(_ratio(verdict.tightness)),
            words(verdict.samples or "–"),
        )
        for verdict in report.verdicts
    ]
    headings = ("claim", "says", "verdict", "expected", "tightness", "samples")
    return table(headings, rows) + paragraph(words(_terms(report)))


def _row(check: CheckVerdict) -> tuple[str, ...]:
    return (
        words(check.label),
        strong(check.outcome),
        words(_number(check.value)),
        words(_number(check.bound)),
        words(check.value.kind if check.value is not None else "–"),
        words(_ratio(check.tightness)),
        words(check.samples or "–"),
    )


def _number(value: Value | None) -> str:
    return "–" if value is None else str(value)


def _ratio(tightness: Tightness | None) -> str:
    return "–" if tightness is None else f"{tightness.ratio:.4g}"


def _terms(run: Verdict | Report) -> str:
    return f"Budget {run.budget}, level {run.level:g} for the whole run, seed {run.seed}."

"""The verdicts of a run, as a table with advice below it."""

from __future__ import annotations

from rich.table import Table
from rich.text import Text

from depthlaw.numerics.verify import STANDING, Report, Verdict
from depthlaw.render.latex_text import unicode_words
from depthlaw.render.mathematics import sign
from depthlaw.render.numbers import number_text, short
from depthlaw.render.page import Page, table
from depthlaw.theory.claim import Outcome

_MARKS = {True: ("✓", "green"), False: ("✗", "bold red"), None: ("?", "yellow")}


def add_verdicts(page: Page, report: Report) -> None:
    """Append table, advice and a line that sums up."""
    page.add(verdict_table(report, wide=page.wide), "")
    for verdict in report.verdicts:
        advice = advice_on(verdict)
        if advice:
            page.item(Text.assemble((verdict.claim.id, "bold"), ": ", advice))
    page.add(Text(summary(report), style="bold"))


def verdict_table(report: Report, *, wide: bool) -> Table:
    """Return one row for each verdict.

    Tightness is the best and the worst ratio among the checks behind the verdict; both sides are
    those of the deciding one.

    If not `wide`, each paper has a heading row, its ids lose that part, and both sides share a
    column, so that 80 columns are enough.
    """
    shown = table()
    shown.add_column("claim", no_wrap=True)
    shown.add_column("verdict", no_wrap=True)
    for heading in ("value", "", "bound") if wide else ("value and bound",):
        shown.add_column(heading, no_wrap=wide, overflow="fold")
    for heading in ("tightness" if wide else "tight", "samples"):
        shown.add_column(heading, no_wrap=True, justify="right")
    paper = ""
    for verdict in report.verdicts:
        name = verdict.claim.id
        if not wide:
            if verdict.claim.paper != paper:
                paper = verdict.claim.paper
                shown.add_row(Text(paper, style="bold"))
            name = f".{verdict.claim.name}"
        sides = _sides(verdict, digits=4 if wide else 3)
        shown.add_row(
            name,
            _outcome(verdict),
            *(sides if wide else [" ".join(sides).replace(" ± ", "±")]),
            _tightness(verdict, digits=4 if wide else 3),
            str(verdict.samples or "–"),
        )
    return shown


def _outcome(verdict: Verdict) -> Text:
    mark, style = _MARKS[verdict.as_expected]
    return Text(f"{mark} {verdict.outcome}", style=style)


def _tightness(verdict: Verdict, *, digits: int) -> str:
    """Return the best and the worst ratio; one where they are the same."""
    if verdict.ratios is None:
        return "–"
    best, worst = (_ratio(tightness.ratio, digits) for tightness in verdict.ratios)
    return best if best == worst else f"{best}…{worst}"


def _ratio(ratio: float, digits: int) -> str:
    if ratio < 1000:
        return short(ratio, digits)
    return f"{ratio:.0f}" if ratio < 1e6 else f"{ratio:.0e}"


def _sides(verdict: Verdict, *, digits: int) -> list[str]:
    """Return value, sign and bound of the deciding check."""
    check = verdict.deciding
    if check is None or check.value is None or check.bound is None:
        return ["–", "", "–"]
    bound = number_text(check.bound, digits).removeprefix("≈ ")
    return [number_text(check.value, digits), sign(verdict.claim), bound]


def advice_on(verdict: Verdict) -> str:
    """Return one line on a claim that is not simply fine; empty for the others."""
    check = verdict.deciding
    if verdict.as_expected is True and verdict.outcome.agrees:
        silent = sum(c.outcome is Outcome.VACUOUS for c in verdict.checks)
        notes = [f"says nothing on {silent} of {len(verdict.checks)} instances"] * (silent > 0)
        if verdict.loose:
            assert verdict.ratios is not None
            notes.append(
                f"is {_ratio(verdict.ratios[0].ratio, 3)} times looser than the truth at best"
            )
        return f"holds, but {' and '.join(notes)}" if notes else ""
    parts = [verdict.advice]
    if check is not None and verdict.outcome is Outcome.REFUTED and verdict.derivation.holds:
        parts.append(f"instance: {check.label}")
    if verdict.as_expected is True:
        parts.insert(0, verdict.standing)
        if verdict.outcome is Outcome.REFUTED and verdict.claim.siblings:
            parts.append(f"see {verdict.claim.siblings[0]}")
    elif verdict.as_expected is False:
        parts.insert(0, f"expected {verdict.claim.expected}")
    return unicode_words("; ".join(parts))


def summary(report: Report) -> str:
    """Return one line with the counts."""
    states = [verdict.as_expected for verdict in report.verdicts]
    counts = ((states.count(state), words) for state, words in STANDING.items())
    shown = ", ".join(f"{count} {words}" for count, words in counts if count)
    noun = "claim" if len(states) == 1 else "claims"
    return (
        f"{len(states)} {noun}: {shown}. Budget {report.budget}, level {report.level:g}, "
        f"seed {report.seed}."
    )

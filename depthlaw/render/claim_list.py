"""A list of claims as text and as data; neither needs their formulas."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from rich.table import Table
from rich.text import Text

from depthlaw.render.latex_text import unicode_words
from depthlaw.render.page import table
from depthlaw.theory.claim.listing import Entry
from depthlaw.theory.claim.outcome import Outcome

if TYPE_CHECKING:
    from depthlaw.theory.claim.claim import Claim


def claims_document(claims: Sequence[Claim]) -> dict[str, Any]:
    """Return the list of claims as plain data, under the key ``"claims"``.

    How far each is proved is read off its derivation, which is not checked again for a list: the
    tests of this package hold each of them.

    >>> claims_document([]) == {"claims": []}
    True
    """
    return {"claims": [{**summary(claim), "proof": str(claim.outline)} for claim in claims]}


def summary(claim: Claim | Entry) -> dict[str, Any]:
    """Return what a list says of a claim, as plain data."""
    return {
        "id": claim.id,
        "title": claim.title,
        "status": str(claim.status),
        "expected": str(claim.expected),
        "source": str(claim.source),
    }


def claims_table(claims: Sequence[Entry], *, wide: bool) -> Table:
    """Return the table of claims: one line each if `wide`, else two columns of two lines."""
    if wide:
        shown = table()
        for heading in ("claim", "status", "expected", "says", "source"):
            shown.add_column(heading, no_wrap=True)
        for claim in claims:
            says = unicode_words(claim.title), unicode_words(str(claim.source))
            shown.add_row(claim.id, str(claim.status), expected_text(claim.expected), *says)
        return shown
    shown = table(lines=True)
    shown.add_column("claim", no_wrap=True)
    shown.add_column("says")
    for claim in claims:
        standing = Text(f"{claim.status}, expected ", style="dim")
        place = f"{claim.source.key}, {claim.source.place}"
        shown.add_row(
            Text(f"{claim.id}\n").append_text(standing.append_text(expected_text(claim.expected))),
            Text(f"{unicode_words(claim.title)}\n").append(place, style="dim"),
        )
    return shown


def expected_text(outcome: Outcome) -> Text:
    """Return the expected verdict; a refutation stands out."""
    return Text(str(outcome), style="magenta" if outcome is Outcome.REFUTED else "")

"""The page as a whole: summary, what to look at first, all cards."""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup

from depthlaw.numerics.verify import Report
from depthlaw.plots.check_intervals import SIGNS
from depthlaw.render.verdict_file import PAGE_MARK
from depthlaw.render.verdicts import summary
from depthlaw.report.card import Card, card
from depthlaw.report.environment import versions
from depthlaw.report.reproduce import run_command
from depthlaw.theory.claim import Outcome, Status


def render_report(report: Report) -> str:
    """Return a verification as one HTML page that loads nothing from anywhere.

    The same report gives the same page: it holds no date, no path and no name of a machine. Words
    and formulas of claims are escaped, and the page forbids all scripts but its own.

    Parameters
    ----------
    report
        What `depthlaw.verify` returned.

    Returns
    -------
    str
        The page, about 20 kB for each claim.

    Examples
    --------
    >>> from depthlaw.numerics.verify import verify
    >>> page = render_report(verify("orthogonalization.lemma-4"))
    >>> page.startswith("<!DOCTYPE html>") and PAGE_MARK in page
    True
    """
    cards = [card(report, verdict) for verdict in report.verdicts]
    script = _source("filter.js")
    text = (
        _environment()
        .get_template("page.html.j2")
        .render(
            mark=Markup(PAGE_MARK),
            style=Markup(_source("style.css")),
            script=Markup(script),
            script_hash=_hash(script),
            papers=_by_paper(cards),
            counts=_counts(cards),
            first=_first(cards),
            summary=summary(report),
            report=report,
            versions=versions(),
            command=run_command(report),
        )
    )
    return text + "\n"


def _by_paper(cards: list[Card]) -> dict[str, list[Card]]:
    papers: dict[str, list[Card]] = {}
    for made in cards:
        papers.setdefault(made.paper, []).append(made)
    return papers


def _counts(cards: list[Card]) -> list[tuple[Outcome, int]]:
    found = Counter(made.outcome for made in cards)
    return [(outcome, found[outcome]) for outcome in Outcome if found[outcome]]


def _first(cards: list[Card]) -> list[tuple[str, list[Card]]]:
    """Return groups of cards in the order in which they deserve a look; empty ones are left out."""
    groups = [
        ("Not as expected", [c for c in cards if c.as_expected is False]),
        ("Undecided within this budget", [c for c in cards if c.as_expected is None]),
        (
            "Published, and refuted here as expected",
            [
                c
                for c in cards
                if c.as_expected
                and c.outcome is Outcome.REFUTED
                and c.status == str(Status.PUBLISHED)
            ],
        ),
        (
            "True, but no better than what is trivially true",
            [c for c in cards if c.as_expected and c.outcome is Outcome.VACUOUS],
        ),
    ]
    return [(heading, group) for heading, group in groups if group]


def _hash(script: str) -> str:
    """Return what lets this script, and no other, run in the page."""
    digest = hashlib.sha256(script.encode()).digest()
    return f"sha256-{base64.b64encode(digest).decode()}"


@cache
def _environment() -> Environment:
    environment = Environment(
        autoescape=True,
        loader=FunctionLoader(_source),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    shared: dict[str, Any] = {"signs": SIGNS, "Outcome": Outcome}
    environment.globals.update(shared)
    return environment


def _source(name: str) -> str:
    return files("depthlaw.report").joinpath(name).read_text(encoding="utf-8")

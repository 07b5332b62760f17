"""``depthlaw verify``: check claims and say what was found."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from depthlaw.commands.options import Json, Real, Whole
from depthlaw.theory.errors import DepthlawError

if TYPE_CHECKING:
    from depthlaw.numerics.verify import Report

NEEDED = ("jinja2", "markupsafe", "math_core", "matplotlib")
"""What draws the page, all of it in the extra of the command line."""


def verify(
    *claims: str,
    budget: str = "quick",
    level: Real = 1e-3,
    seed: Whole = 0,
    report: str | None = None,
    json: Json = False,
) -> int:
    """Check claims against their derivations and against simulated networks.

    Exit status 0 if every verdict is the expected one, 1 if one is not, 2 for a mistake in the
    command, 3 if nothing is wrong and something undecided.

    Parameters
    ----------
    claims
        Ids of claims, or the first part of ids for all claims of a paper; everything unless given.
    budget
        How much work: quick, standard or thorough.
    level
        Probability that any sampled check of the run is judged wrongly.
    seed
        Whole number of at least 0; the same seed gives the same result.
    report
        Folder for report.html, a page to look at, and verdicts.json, the same as data. Both are
        written whole or not at all.
    json
        Print one JSON document instead of text.
    """
    from depthlaw.numerics.verify import verify as run
    from depthlaw.render.json_text import json_text, print_json
    from depthlaw.render.page import Page
    from depthlaw.render.progress import checking
    from depthlaw.render.verdict_file import PAGE, VERDICTS, ReportFolder, verdict_document
    from depthlaw.render.verdicts import add_verdicts
    from depthlaw.theory.claim import registry

    named = [found for name in claims for found in registry.claims(name)]
    chosen = list({found.id: found for found in named}.values()) or registry.claims()
    render = _renderer() if report is not None else None
    with ReportFolder.at(report) as folder:
        with checking([claim.id for claim in chosen]) as progress:
            found = run(chosen, budget=budget, level=level, seed=seed, progress=progress)
        if render is not None:
            data = json_text(verdict_document(found)) + "\n"
            folder.write({VERDICTS: data, PAGE: render(found)})
    if json:
        print_json(verdict_document(found))
    else:
        page = Page()
        add_verdicts(page, found)
        if folder.path is not None:
            page.add(f"Written to {folder.path / PAGE} and {folder.path / VERDICTS}.")
        page.write()
    return 3 if found.undecided and found.as_expected else 0 if found.as_expected else 1


def _renderer() -> Callable[[Report], str]:
    """Return what makes the page, or say what is missing for it: before the run, not after."""
    try:
        from depthlaw.report import render_report
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in NEEDED:
            raise
        raise DepthlawError(
            f"--report needs {error.name}: run pip install 'depthlaw[cli]'"
        ) from None
    return render_report

"""``depthlaw verify``: check claims and say what was found."""

from __future__ import annotations

from depthlaw.commands.options import Json, Real, Whole


def verify(
    *claims: str,
    budget: str = "quick",
    level: Real = 1e-3,
    seed: Whole = 0,
    report: str | None = None,
    json: Json = False,
) -> int:
    """Check claims against their derivations and against simulated networks.

    Exit status 1 if a verdict is not the expected one.

    Parameters
    ----------
    claims
        Ids of claims; all of them unless given.
    budget
        How much work: quick, standard or thorough.
    level
        Probability that any sampled check of the run is judged wrongly.
    seed
        Whole number of at least 0; the same seed gives the same result.
    report
        Folder for verdicts.json, which is written whole or not at all.
    json
        Print one JSON document instead of text.
    """
    from depthlaw.numerics.verify import verify as run
    from depthlaw.render.json_text import print_json
    from depthlaw.render.page import Page
    from depthlaw.render.progress import checking
    from depthlaw.render.verdict_file import VerdictFile, verdict_document
    from depthlaw.render.verdicts import add_verdicts
    from depthlaw.theory.claim import registry

    chosen = [registry.claim(claim_id) for claim_id in dict.fromkeys(claims)] or registry.claims()
    with VerdictFile.in_folder(report) as file:
        with checking([claim.id for claim in chosen]) as progress:
            found = run(chosen, budget=budget, level=level, seed=seed, progress=progress)
        file.write(verdict_document(found))
    if json:
        print_json(verdict_document(found))
    else:
        page = Page()
        add_verdicts(page, found)
        if file.path is not None:
            page.add(f"Written to {file.path}.")
        page.write()
    return 0 if found.as_expected else 1

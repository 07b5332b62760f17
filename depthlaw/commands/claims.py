"""``depthlaw claims``: what can be checked."""

from __future__ import annotations

from depthlaw.commands.options import Json


def claims(paper: str | None = None, /, *, json: Json = False) -> int:
    """List the claims: id, what it says, where it comes from, and the verdict it should get.

    Parameters
    ----------
    paper
        The first part of ids, like rank, for the claims of one paper; all unless given.
    json
        Print one JSON document instead of text.
    """
    from depthlaw.render.claim_list import claims_document, claims_table
    from depthlaw.render.json_text import print_json
    from depthlaw.render.page import Page
    from depthlaw.theory.claim import registry
    from depthlaw.theory.claim.listing import listed

    if json:
        print_json(claims_document(registry.claims(paper)))
        return 0
    found = listed(paper)
    page = Page()
    page.add(claims_table(found, wide=page.wide), "")
    counted = "1 claim" if len(found) == 1 else f"{len(found)} claims"
    page.add(f"{counted}. depthlaw show CLAIM tells more, depthlaw verify checks them.")
    page.write()
    return 0

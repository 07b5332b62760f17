"""``depthlaw show``: one claim in full."""

from __future__ import annotations

from depthlaw.commands.options import Json


def show(claim: str, /, *, json: Json = False) -> int:
    """Show a claim: statement, source, assumptions, parameters, derivation, errata, checks.

    Parameters
    ----------
    claim
        An id, as `depthlaw claims` lists them.
    json
        Print one JSON document instead of text.
    """
    from depthlaw.render.claim_text import add_claim, claim_document
    from depthlaw.render.json_text import print_json
    from depthlaw.render.page import Page
    from depthlaw.theory.claim import registry

    found = registry.claim(claim)
    if json:
        print_json(claim_document(found))
        return 0
    page = Page()
    add_claim(page, found)
    page.write()
    return 0

"""What chapters write to include what is generated: directives, and a role that links a claim.

==============================  ==================================================================
``{claims} paper``              the paper's claims, each linked to its page, with the verdict
``{claim} id``                  the statement in a box
``{derivation} id``             the derivation, step by step
``{errata}``                    misprints, gaps and false statements of all papers
``{verdicts}``                  number of claims by paper and verdict
``{notation}``                  the letters
``{claim}`id```                 a link to the claim's page
==============================  ==================================================================
"""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from docutils import nodes
from sphinx import addnodes
from sphinx.util.docutils import SphinxDirective, SphinxRole

from _extension.claim_page import statement_box
from _extension.derivations import derivation_text
from _extension.evidence import Evidence
from _extension.overview import claims_table, errata, notation, page_of, verdicts_table
from depthlaw.theory.claim.registry import claim
from depthlaw.theory.errors import DepthlawError

WITH_ARGUMENT: dict[str, Callable[[str, Evidence | None], str]] = {
    "claims": claims_table,
    "derivation": lambda name, _: derivation_text(claim(name)),
}
WITHOUT_ARGUMENT: dict[str, Callable[[Evidence | None], str]] = {
    "errata": lambda _: errata(),
    "verdicts": verdicts_table,
    "notation": lambda _: notation(),
}
BOX = "claim"


class Generated(SphinxDirective):
    """Includes MyST text that a function makes of the directive's argument."""

    optional_arguments = 1
    evidence: ClassVar[Evidence | None] = None
    """What the verification of this build found."""

    def run(self) -> list[nodes.Node]:
        """Make the text and parse it in place."""
        try:
            return self.parse_text_to_nodes(self._text(self.evidence))
        except DepthlawError as error:
            raise self.error(str(error)) from None

    def _text(self, evidence: Evidence | None) -> str:
        if self.name in WITHOUT_ARGUMENT:
            if self.arguments:
                raise self.error(f"{self.name} takes no argument")
            return WITHOUT_ARGUMENT[self.name](evidence)
        if not self.arguments:
            raise self.error(f"{self.name} needs an argument")
        if self.name == BOX:
            label = f"{BOX}-{self.env.docname}-{self.env.new_serialno(BOX)}".replace("/", "-")
            return statement_box(claim(self.arguments[0]), label, linked=True)
        return WITH_ARGUMENT[self.name](self.arguments[0], evidence)


class ClaimLink(SphinxRole):
    """A link to the page of a claim, checked against the registry."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Return the link."""
        try:
            found = claim(self.text)
        except DepthlawError as error:
            message = self.inliner.reporter.error(str(error), line=self.lineno)
            return [self.inliner.problematic(self.rawtext, self.rawtext, message)], [message]
        return [self._link(found.id)], []

    def _link(self, claim_id: str) -> nodes.Node:
        """Return a reference that Sphinx resolves like any other between documents."""
        return addnodes.pending_xref(
            "",
            nodes.inline(claim_id, claim_id, classes=["doc"]),
            refdomain="std",
            reftype="doc",
            reftarget=page_of(claim_id),
            refdoc=self.env.docname,
            refexplicit=True,
            refwarn=True,
        )

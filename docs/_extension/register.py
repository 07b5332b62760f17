"""Joins the generated pages, the directives and the formulas to Sphinx."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from docutils import nodes
from sphinx.errors import ExtensionError
from sphinx.util import logging
from sphinx.util.docutils import SphinxRole

from _extension import visitors
from _extension.directives import BOX, WITH_ARGUMENT, WITHOUT_ARGUMENT, ClaimLink, Generated
from _extension.docstrings import prepared
from _extension.generate import Site
from _extension.jobs import JobFailedError

if TYPE_CHECKING:
    from sphinx.application import Sphinx

_LOGGER = logging.getLogger(__name__)

BADGES = (
    "certified",
    "supported",
    "refuted",
    "vacuous",
    "inconclusive",
    "assumption-failed",
    "machine",
    "cited",
    "argued",
    "status",
)


class Styled(SphinxRole):
    """Text in a style of the site."""

    def __init__(self, *classes: str) -> None:
        super().__init__()
        self.classes = classes

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Return the text with its classes."""
        return [nodes.inline(self.rawtext, self.text, classes=list(self.classes))], []


def register(app: Sphinx) -> None:
    """Register configuration, directives, roles, formulas and the generated pages."""
    app.add_config_value("depthlaw_seconds_a_script", 120.0, "env", [float, int])
    for name in (BOX, *WITH_ARGUMENT, *WITHOUT_ARGUMENT):
        app.add_directive(name, Generated)
    app.add_role("claim", ClaimLink())
    for kind in BADGES:
        app.add_role(f"badge-{kind}", Styled("badge", f"badge-{kind}"))
    app.add_role("step-check", Styled("step-check"))
    app.add_html_math_renderer(
        "mathml", (visitors.visit_inline, None), (visitors.visit_block, None)
    )
    app.connect("autodoc-process-docstring", _process)
    app.connect("builder-inited", _generate)


def _process(
    app: Sphinx, what: str, name: str, found: object, options: object, lines: list[str]
) -> None:
    lines[:] = prepared(lines)


def _generate(app: Sphinx) -> None:
    _LOGGER.info("verifying the registry and drawing pictures …")
    try:
        site = Site(
            Path(app.srcdir),
            Path(app.doctreedir) / "depthlaw",
            seconds=float(app.config.depthlaw_seconds_a_script),
        )
        evidence = site.compute()
    except (JobFailedError, ValueError) as error:
        raise ExtensionError(str(error)) from None
    if evidence.failed_steps:
        raise ExtensionError("steps of derivations failed: " + "; ".join(evidence.failed_steps))
    for claim_id in evidence.unexpected:
        _LOGGER.warning("the verdict on %s is not the expected one", claim_id)
    site.write(evidence)
    Generated.evidence = evidence

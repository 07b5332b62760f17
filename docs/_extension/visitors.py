"""Writes formulas into pages; one that is not valid LaTeX is a warning and so fails the build."""

from __future__ import annotations

from html import escape
from typing import Any

from docutils import nodes
from math_core import LatexError
from sphinx.util import logging

from depthlaw.render.mathml import convert

_LOGGER = logging.getLogger(__name__)


def visit_inline(translator: Any, node: nodes.Element) -> None:
    """Write a formula within a line."""
    translator.body.append(_converted(node, display=False))
    raise nodes.SkipNode


def visit_block(translator: Any, node: nodes.Element) -> None:
    """Write a formula of its own, which scrolls where the page is narrower."""
    translator.body.append(translator.starttag(node, "div", CLASS="math", tabindex="0"))
    translator.body.append(_converted(node, display=True))
    translator.body.append("</div>\n")
    raise nodes.SkipNode


def _converted(node: nodes.Element, *, display: bool) -> str:
    try:
        return convert(node.astext(), display=display)
    except LatexError as error:
        _LOGGER.warning("formula %r: %s", node.astext(), error, location=node)
        return f"<code>{escape(node.astext())}</code>"

"""The site's Sphinx extension: pages and directives made from the registry of claims.

The modules that make text (`claim_page`, `derivations`, `overview`, `gallery`, `reference`) are a
plain library, registry in and MyST text out, and know nothing of Sphinx; `setup` joins them to it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sphinx.application import Sphinx


def setup(app: Sphinx) -> dict[str, Any]:
    """Register everything with Sphinx."""
    # Loaded here: the tests import the modules beside this one without Sphinx.
    from _extension.register import register

    register(app)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}

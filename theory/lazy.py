"""Packages whose public names are loaded on first use, and are written down once.

Such a package imports its names under ``if TYPE_CHECKING``, where editors and type checkers see
them; what runs reads the same lines.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any


def exports(package: str, file: str) -> tuple[Callable[[str], Any], list[str]]:
    """Return the ``__getattr__`` and the ``__all__`` of a package.

    Parameters
    ----------
    package, file
        Its ``__name__`` and ``__file__``. The file imports every public name as
        ``from module import name as name`` in a block ``if TYPE_CHECKING:``.

    Examples
    --------
    >>> import depthlaw
    >>> find, names = exports(depthlaw.__name__, depthlaw.__file__)
    >>> all(find(name) is getattr(depthlaw, name) for name in names)
    True
    """
    homes = _homes(Path(file).read_text(encoding="utf-8"))

    def find(name: str) -> Any:
        if name not in homes:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        home = homes[name]
        if home == package:
            return import_module(f"{package}.{name}")
        return getattr(import_module(home), name)

    return find, sorted(homes)


def _homes(source: str) -> dict[str, str]:
    """Return where each name of the block comes from."""
    blocks = (
        node.body
        for node in ast.parse(source).body
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
    )
    return {
        alias.name: node.module or ""
        for block in blocks
        for node in block
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }

"""Pages of the reference: one for each package, made of its modules' docstrings by autodoc."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Sequence

import depthlaw
from _extension.markdown import directive, table, words
from depthlaw.theory.claim.parameter import Parameter

AREAS = {
    "Theory": "depthlaw.theory",
    "Simulation and verification": "depthlaw.numerics",
    "Drawn attention": "depthlaw.drawn",
    "Pictures": "depthlaw.plots",
    "Tests of your own": "depthlaw.testing",
}
LEFT_OUT = ("depthlaw.theory.claims",)
"""Claims have pages of their own."""


def public_modules(package: str) -> dict[str, list[str]]:
    """Return the packages from `package` on, each with its modules, itself first.

    Names that begin with ``_`` are left out.

    >>> found = public_modules("depthlaw.theory")
    >>> "depthlaw.theory.network.gram" in found["depthlaw.theory.network"]
    True
    """
    path = getattr(importlib.import_module(package), "__path__", ())
    found = {package: [package]}
    for module in sorted(pkgutil.walk_packages(path, package + "."), key=lambda m: m.name):
        private = any(part.startswith("_") for part in module.name.split("."))
        if private or module.name.startswith(LEFT_OUT):
            continue
        if module.ispkg:
            found[module.name] = [module.name]
        else:
            found[module.name.rpartition(".")[0]].append(module.name)
    return found


def package_page(package: str, modules: Sequence[str]) -> str:
    """Return the page of a package, in the markup of docstrings (reStructuredText).

    >>> print(package_page("depthlaw.plots", ["depthlaw.plots"]).splitlines()[0])
    depthlaw.plots
    """
    lines = [package, "=" * len(package)]
    for name in modules:
        if name != package:
            lines += ["", name, "-" * len(name)]
        lines += [
            "",
            f".. automodule:: {name}",
            "   :members:",
            "   :ignore-module-all:",
            "   :show-inheritance:",
        ]
    return "\n".join(lines) + "\n"


def index_page() -> str:
    """Return the page that lists the names of the front door and the packages by area."""
    rows = []
    for name in depthlaw.__all__:
        found = getattr(depthlaw, name)
        # An instance is documented by its class.
        named = found if inspect.isclass(found) or inspect.isroutine(found) else type(found)
        text = inspect.getdoc(found) or ""
        if isinstance(found, Parameter):
            text = f"The parameter {found.name} of a claim: {found.description}."
        target = f"{{py:obj}}`{name} <{named.__module__}.{named.__qualname__}>`"
        if inspect.ismodule(found):
            target = f"`{name}`"
        rows.append([target, words(text.partition("\n")[0])])
    parts = [
        "# Reference",
        "What `from depthlaw import …` offers, each name linked to the module it lives in:",
        table(["name", "what it is"], rows),
    ]
    for area, package in AREAS.items():
        contents = directive("toctree", body="\n".join(public_modules(package)), maxdepth="1")
        parts += [f"## {area}", contents]
    return "\n\n".join(parts) + "\n"

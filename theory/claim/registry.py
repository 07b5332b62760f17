"""Finds the claims: one file in `depthlaw.theory.claims.<paper>`, one claim.

The id of a claim is the name of its file: ``claims/orthogonalization/theorem_1.py`` holds
``orthogonalization.theorem-1`` as ``CLAIM``. Nothing is listed by hand, and looking an id up loads
only its own file.
"""

from __future__ import annotations

import pkgutil
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

from depthlaw.theory import claims as _claims
from depthlaw.theory.claim.ids import halves, identifier
from depthlaw.theory.claim.source import Paper
from depthlaw.theory.errors import known_name

if TYPE_CHECKING:
    from depthlaw.theory.claim.claim import Claim


@cache
def _modules() -> dict[str, str]:
    found: dict[str, str] = {}
    for paper in pkgutil.iter_modules(_claims.__path__, _claims.__name__ + "."):
        if not paper.ispkg:
            continue
        package = import_module(paper.name)
        for module in pkgutil.iter_modules(package.__path__, paper.name + "."):
            if not module.name.rpartition(".")[2].startswith("_"):
                found[identifier(module.name)] = module.name
    return dict(sorted(found.items()))


def claim_ids() -> tuple[str, ...]:
    """Return all claim ids in alphabetical order, without loading any claim."""
    return tuple(_modules())


def claim(claim_id: str) -> Claim:
    """Return one claim.

    Raises
    ------
    UnknownNameError
        If there is none, with the nearest ids.

    Examples
    --------
    >>> all(claim(claim_id).id == claim_id for claim_id in claim_ids())
    True
    """
    module = module_of(claim_id)
    found: Claim = import_module(module).CLAIM
    if found.id != claim_id:
        raise RuntimeError(f"{module} holds a claim with the id {found.id}")
    return found


def module_of(claim_id: str) -> str:
    """Return the module that holds a claim, without loading it.

    Raises
    ------
    UnknownNameError
        If there is none, with the nearest ids.

    Examples
    --------
    >>> module_of("rank.lemma-1")
    'depthlaw.theory.claims.rank.lemma_1'
    """
    modules = _modules()
    return modules[known_name("claim", claim_id, modules)]


def papers() -> dict[str, Paper]:
    """Return the papers by the first halves of their claims' ids, in the order of the chapters.

    >>> [paper.chapter for paper in papers().values()] == sorted(range(1, 1 + len(papers())))
    True
    """
    packages = {halves(claim_id)[0]: module for claim_id, module in _modules().items()}
    found: dict[str, Paper] = {
        name: import_module(module.rpartition(".")[0]).PAPER for name, module in packages.items()
    }
    return dict(sorted(found.items(), key=lambda entry: entry[1].chapter))


def matching(name: str | None = None) -> tuple[str, ...]:
    """Return all ids, those of a paper named by the first part of its ids, or one id.

    Raises
    ------
    UnknownNameError
        If there is neither, with the nearest names.

    Examples
    --------
    >>> all(found.startswith("rank.") for found in matching("rank"))
    True
    """
    if name is None:
        return claim_ids()
    known = known_name("claim", name, (*claim_ids(), *papers()))
    if known in papers():
        return tuple(each for each in claim_ids() if each.startswith(f"{known}."))
    return (known,)


def claims(name: str | None = None) -> tuple[Claim, ...]:
    """Return the claims that `matching` finds, by default all, in alphabetical order of their ids.

    Raises
    ------
    UnknownNameError
        As `matching`.
    """
    return tuple(claim(claim_id) for claim_id in matching(name))

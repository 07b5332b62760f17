"""Ids of claims: the name of a file, and its two halves."""

from __future__ import annotations

from depthlaw.theory.errors import ArgumentError, text


def identifier(name: str) -> str:
    """Return the id that a name gives: its last two parts, with hyphens.

    Raises
    ------
    ArgumentError
        If it has no two parts.

    Examples
    --------
    >>> identifier("depthlaw.theory.claims.rank.lemma_1")
    'rank.lemma-1'
    """
    parts = text("name", name).split(".")
    if len(parts) < 2:
        raise ArgumentError("name", name, "write it as paper.statement, like rank.lemma-1")
    return ".".join(parts[-2:]).replace("_", "-")


def halves(claim_id: str) -> tuple[str, str]:
    """Return the paper and the statement that an id names.

    >>> halves("rank.lemma-1")
    ('rank', 'lemma-1')
    """
    paper, _, statement = claim_id.partition(".")
    return paper, statement

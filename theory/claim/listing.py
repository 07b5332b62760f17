"""What a list of claims shows, read from their files without running them.

A claim brings its formulas, and they bring SymPy: a list of titles does without. The fields that it
shows are written as plain words where `declare` is called; a claim that computes one is loaded.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from depthlaw.theory.claim import registry
from depthlaw.theory.claim.outcome import Outcome, Status
from depthlaw.theory.claim.source import Paper, Source

_DECLARED = "\nCLAIM = declare("


@dataclass(frozen=True)
class Entry:
    """One line of a list of claims; the fields are those of `Claim`."""

    id: str
    title: str
    status: Status
    expected: Outcome
    source: Source


def listed(name: str | None = None) -> tuple[Entry, ...]:
    """Return the entries of all claims, of one paper's, or of one claim, in the order of ids.

    Raises
    ------
    UnknownNameError
        If `name` is neither a paper nor the id of a claim.

    Examples
    --------
    >>> entry, = listed("rank.lemma-1")
    >>> entry.title == registry.claim("rank.lemma-1").title
    True
    """
    return tuple(_entry(claim_id) for claim_id in registry.matching(name))


def _entry(claim_id: str) -> Entry:
    module = registry.module_of(claim_id)
    spec = find_spec(module)
    assert spec is not None
    assert spec.origin is not None
    text = Path(spec.origin).read_text(encoding="utf-8")
    paper: Paper = import_module(module.rpartition(".")[0]).PAPER
    try:
        return _read(claim_id, text[text.index(_DECLARED) :], paper)
    except (AttributeError, KeyError, SyntaxError, TypeError, ValueError):
        claim = registry.claim(claim_id)
        return Entry(claim_id, claim.title, claim.status, claim.expected, claim.source)


def _read(claim_id: str, declaration: str, paper: Paper) -> Entry:
    """Return the entry that a declaration writes in plain words, or raise one of the above."""
    first = ast.parse(declaration).body[0]
    call = first.value if isinstance(first, ast.Assign) else None
    if not isinstance(call, ast.Call):
        raise TypeError
    fields = {field.arg: field.value for field in call.keywords}
    source = fields["source"]
    if not isinstance(source, ast.Call) or source.keywords:
        raise TypeError
    made = {"PAPER.at": paper.at, "PAPER.ours": paper.ours}[ast.unparse(source.func)]
    return Entry(
        claim_id,
        ast.literal_eval(call.args[1]),
        Status[_member("Status", fields["status"])],
        Outcome[_member("Outcome", fields["expected"])],
        made(*(ast.literal_eval(argument) for argument in source.args)),
    )


def _member(enumeration: str, written: ast.expr) -> str:
    name, _, member = ast.unparse(written).partition(".")
    return member if name == enumeration else ""

"""Tables over the whole registry: claims of a paper, verdicts by paper, errata, notation."""

from __future__ import annotations

import inspect
from collections import Counter
from collections.abc import Iterable, Sequence

from _extension.claim_latex import symbol_latex
from _extension.evidence import Evidence
from _extension.markdown import badge, directive, inline, table, words
from depthlaw.theory.claim.claim import Claim
from depthlaw.theory.claim.ids import halves
from depthlaw.theory.claim.outcome import Outcome, Proof, Status
from depthlaw.theory.claim.registry import claim as sibling_claim
from depthlaw.theory.claim.registry import claims, papers
from depthlaw.theory.errors import UnknownNameError
from depthlaw.theory.writing import symbols


def page_of(claim_id: str) -> str:
    """Return the document of a claim's page, from the site's root.

    >>> page_of("rank.lemma-1")
    '/theory/claims/rank/lemma-1'
    """
    return "/theory/claims/" + claim_id.replace(".", "/")


def link(claim_id: str, text: str = "") -> str:
    """Return a link to a claim's page."""
    return f"{{doc}}`{text or claim_id} <{page_of(claim_id)}>`"


def verdict_badge(claim: Claim, evidence: Evidence | None) -> str:
    """Return the latest verdict, or the expected one where none is known, and says so."""
    if evidence is None or claim.id not in evidence.verdicts:
        return badge(str(claim.expected), kind(claim.expected)) + " expected"
    verdict = evidence.verdicts[claim.id]
    shown = badge(verdict["verdict"], kind(Outcome(verdict["verdict"])))
    if verdict["as_expected"]:
        return shown
    return f"{shown} expected {claim.expected}"


def kind(outcome: Outcome) -> str:
    return str(outcome).lower().replace("_", "-")


def claims_table(paper: str, evidence: Evidence | None = None) -> str:
    """Return the table of a paper's claims.

    Raises
    ------
    UnknownNameError
        If there is no claim of this paper.
    """
    chosen = [claim for claim in claims() if claim.paper == paper]
    if not chosen:
        raise UnknownNameError("paper", paper, list(papers()))
    rows = [
        [
            link(claim.id, claim.name),
            words(claim.title),
            str(claim.status),
            words(claim.source.place),
            str(claim.proof),
            verdict_badge(claim, evidence),
        ]
        for claim in chosen
    ]
    return table(["claim", "says", "status", "place", "proof", "verdict"], rows)


def verdicts_table(evidence: Evidence | None = None) -> str:
    """Return the table of papers with the number of claims by verdict, and of those proved.

    >>> "**all**" in verdicts_table()
    True
    """
    present = papers()
    counts = {paper: Counter[str]() for paper in present}
    proved = Counter[str]()
    for claim in claims():
        proved[claim.paper] += claim.proof is Proof.PROVED
        known = evidence.verdicts.get(claim.id) if evidence else None
        counts[claim.paper][known["verdict"] if known else str(claim.expected)] += 1
    total = sum(counts.values(), Counter[str]())
    outcomes = [outcome for outcome in Outcome if total[outcome]]
    rows = [
        [
            f"{{doc}}`{paper} </theory/claims/{paper}/index>`",
            _cite(papers()[paper].key),
            *(str(counts[paper][outcome] or "") for outcome in outcomes),
            str(counts[paper].total()),
            str(proved[paper]),
        ]
        for paper in present
    ]
    sums = [str(total[outcome]) for outcome in outcomes]
    sums += [str(total.total()), str(proved.total())]
    rows.append(["**all**", "", *(f"**{s}**" for s in sums)])
    headings = [badge(str(outcome), kind(outcome)) for outcome in outcomes]
    return table(["claims", "paper", *headings, "all", "proved"], rows)


def _cite(key: str) -> str:
    return f"{{cite:t}}`{key}`"


def errata(chosen: Iterable[Claim] | None = None) -> str:
    """Return every misprint, gap and false statement, by paper and place in the paper.

    What a claim records is taken once, also where siblings record it too. A published statement
    that is refuted is listed even if nothing else is wrong with it.
    """
    everything = list(chosen) if chosen is not None else list(claims())
    parts = []
    for paper in papers():
        rows = _erratum_rows([claim for claim in everything if claim.paper == paper])
        if rows:
            parts.append(f"**{paper}**, {_cite(papers()[paper].key)}")
            body = table(
                ["place", "what is printed, why it is wrong, what holds", "shown by"], rows
            )
            parts.append(directive("table", body=body, class_="errata"))
    return "\n\n".join(parts)


def _erratum_rows(chosen: Sequence[Claim]) -> list[list[str]]:
    shown_by: dict[str, list[Claim]] = {}
    for claim in chosen:
        for text in claim.errata or _false_as_printed(claim):
            shown_by.setdefault(text, []).append(claim)
    rows = []
    for text, showing in shown_by.items():
        links = [_shown_by(claim) for claim in showing]
        place = words(showing[0].source.place)
        rows.append([place, words(text), "; ".join(dict.fromkeys(links))])
    return rows


def _shown_by(claim: Claim) -> str:
    """Return a link to the claim; of a false one also to what holds in its place."""
    if claim.expected is not Outcome.REFUTED:
        return link(claim.id)
    shown = f"{link(claim.id)} {badge('REFUTED', 'refuted')}"
    better = [
        link(sibling)
        for sibling in claim.siblings
        if sibling_claim(sibling).status in (Status.CORRECTED, Status.SHARPENED)
    ]
    return f"{shown}, instead {', '.join(better)}" if better else shown


def _false_as_printed(claim: Claim) -> tuple[str, ...]:
    if claim.expected is Outcome.REFUTED and claim.status is Status.PUBLISHED:
        return (f"False as printed: {claim.title}.",)
    return ()


def notation() -> str:
    """Return the letters: what the papers write, the word for it, and where it lies.

    Letters shared by all claims come from the docstring of `depthlaw.theory.writing.symbols`; the
    others from the claims' own parameters, each with the claims that use it.
    """
    shared = _docstring_rows(inspect.getdoc(symbols) or "")
    known = {row[1] for row in shared}
    parts = [table(["on paper", "in code", "meaning", "domain"], [_shared_row(r) for r in shared])]
    rows: dict[tuple[str, str, str, str], list[str]] = {}
    for claim in claims():
        for parameter in claim.parameters:
            if parameter.name in known:
                continue
            key = (
                inline(symbol_latex(parameter.symbol)),
                f"`{parameter.name}`",
                words(parameter.description),
                words(parameter.range),
            )
            rows.setdefault(key, []).append(claim.id)
    shown = [
        [*key, _used_in(ids)] for key, ids in sorted(rows.items(), key=lambda item: item[0][1])
    ]
    parts.append(table(["on paper", "in code", "meaning", "domain", "used in"], shown))
    return "\n\n".join(parts)


def _used_in(ids: Sequence[str]) -> str:
    papers_using = dict.fromkeys(halves(claim_id)[0] for claim_id in ids)
    if len(ids) == 1:
        return link(ids[0])
    return ", ".join(papers_using)


def _shared_row(row: Sequence[str]) -> list[str]:
    return [words(row[0]), f"`{row[1]}`", words(row[2]), words(row[3])]


def _docstring_rows(text: str) -> list[list[str]]:
    """Return the rows of the first table of a docstring (reStructuredText, ruled by ``=``)."""
    lines = text.splitlines()
    rules = [number for number, line in enumerate(lines) if line.startswith("===")]
    starts = [
        i
        for i, c in enumerate(lines[rules[0]])
        if c == "=" and (i == 0 or lines[rules[0]][i - 1] == " ")
    ]
    ends = [*starts[1:], None]
    body = lines[rules[1] + 1 : rules[2]]
    return [[line[a:b].strip() for a, b in zip(starts, ends, strict=True)] for line in body]

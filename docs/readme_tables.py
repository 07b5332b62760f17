"""Writes the README's table of papers: how many claims of each, by the verdict they are to get.

    python docs/readme_tables.py

counts what the registry holds and replaces what stands between the markers. A test holds the
committed table against the registry, and the registry's own tests hold each expected verdict
against the one that a verification returns.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from depthlaw.theory.claim.claim import Claim
from depthlaw.theory.claim.outcome import Outcome, Proof
from depthlaw.theory.claim.registry import claims, papers

README = Path(__file__).parents[1] / "README.md"
START, END = "<!-- papers: written by docs/readme_tables.py -->", "<!-- end of papers -->"


def papers_table(registry: Iterable[Claim]) -> str:
    """Return the table in Markdown: a row for each paper with claims, and their sum.

    Columns are the verdicts that at least one claim is expected to get, and how many of the claims
    (for a refuted one: of the refutations) are proved. That their steps hold is what the tests of
    the registry ask.

    Raises
    ------
    KeyError
        For a claim of a paper that is not in the registry.
    """
    known = papers()
    counts: dict[str, Counter[Outcome]] = {paper: Counter() for paper in known}
    proved: Counter[str] = Counter()
    for claim in registry:
        counts[claim.paper][claim.expected] += 1
        proved[claim.paper] += claim.outline is Proof.PROVED
    total: Counter[Outcome] = sum(counts.values(), start=Counter())
    seen = [outcome for outcome in Outcome if total[outcome]]
    rows = [
        ["paper", "claim ids", *(f"`{outcome}`" for outcome in seen), "claims", "proved"],
        ["---", "---", *("---:" for _ in seen), "---:", "---:"],
    ]
    for paper, count in counts.items():
        if count:
            cells = [*_cells(count, seen), str(proved[paper])]
            rows.append([known[paper].reference, f"`{paper}.`", *cells])
    rows.append(["together", "", *_cells(total, seen), str(proved.total())])
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _cells(count: Counter[Outcome], outcomes: Iterable[Outcome]) -> list[str]:
    shown = [str(count[outcome] or "–") for outcome in outcomes]
    return [*shown, str(count.total())]


def with_table(text: str, table: str) -> str:
    """Return the README's `text` with `table` between the markers.

    Raises
    ------
    ValueError
        Unless each marker stands in the text exactly once.
    """
    for marker in (START, END):
        if text.count(marker) != 1:
            raise ValueError(f"{README.name} must hold {marker!r} exactly once")
    before, _, rest = text.partition(START)
    return f"{before}{START}\n\n{table}\n\n{END}{rest.partition(END)[2]}"


if __name__ == "__main__":
    text = README.read_text(encoding="utf-8")
    README.write_text(with_table(text, papers_table(claims())), encoding="utf-8")

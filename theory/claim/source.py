"""Where a statement is printed."""

from __future__ import annotations

from dataclasses import dataclass

from depthlaw.theory.errors import integer, items, text


@dataclass(frozen=True)
class Source:
    """Where a statement is printed: bibliography key, place in the paper, version read.

    Attributes
    ----------
    key
        Of the bibliography.
    place
        For instance ``"Theorem 1"``.
    version, note
        Which print was read, and what there is to know about it.
    """

    key: str
    place: str
    version: str = ""
    note: str = ""

    def __post_init__(self) -> None:
        for name in ("key", "place", "version", "note"):
            text(name, getattr(self, name))

    def __str__(self) -> str:
        parts = [self.key, self.place, self.version, self.note]
        return ", ".join(part for part in parts if part)


OWN = Source("own", "this claim")
"""Of a claim that nobody has printed."""


@dataclass(frozen=True)
class Paper:
    """A paper whose statements are claims; its metadata stand once, beside its claims.

    Attributes
    ----------
    key
        Of the bibliography.
    title
        As printed.
    version
        Which print was read, for instance ``"arXiv:2106.03970"``.
    authors
        Family names, in the paper's order.
    venue, year
        Where and when it was published, if it was; for instance ``"NeurIPS"`` and 2021.
    chapter
        Its place among the papers.

    Examples
    --------
    >>> paper = Paper("daneshmand2021", "Batch Normalization Orthogonalizes …", "NeurIPS 2021")
    >>> str(paper.at("Lemma 8"))
    'daneshmand2021, Lemma 8, NeurIPS 2021'
    """

    key: str
    title: str
    version: str = ""
    authors: tuple[str, ...] = ()
    venue: str = ""
    year: int | None = None
    chapter: int = 0

    def __post_init__(self) -> None:
        for name in ("key", "title", "version", "venue"):
            text(name, getattr(self, name))
        named = items("authors", self.authors, "family names")
        object.__setattr__(self, "authors", tuple(text("authors", name) for name in named))
        if self.year is not None:
            object.__setattr__(self, "year", integer("year", self.year))
        object.__setattr__(self, "chapter", integer("chapter", self.chapter, at_least=0))

    @property
    def reference(self) -> str:
        """Authors, title in Markdown's italics, venue and year."""
        when = f"{self.venue} {self.year or ''}".strip()
        return ", ".join(filter(None, (*self.authors, f"*{self.title}*", when)))

    def at(self, place: str, note: str = "") -> Source:
        """Return the source of a statement that the paper prints."""
        published = f"{self.venue} {self.year}" if self.venue else ""
        return Source(self.key, place, ", ".join(filter(None, (published, self.version))), note)

    def ours(self, what: str, place: str = "setting") -> Source:
        """Return the source of a statement of ours about the paper's setting, or near `place`."""
        return self.at(place, f"{what}: ours")

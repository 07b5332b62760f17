"""Writes the generated pages, and nothing where nothing changed, so that a rebuild stays short."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path

from _extension import gallery, reference
from _extension.claim_page import claim_page, paper_page
from _extension.evidence import Evidence, fingerprint
from _extension.jobs import Job, run_all
from depthlaw.theory.claim.registry import claims, papers

CLAIMS, GALLERY, REFERENCE = Path("theory", "claims"), Path("reproductions"), Path("api")


class Site:
    """The generated part of the site.

    Parameters
    ----------
    source
        Folder of the site's sources, into which the pages are written.
    store
        Folder where results of computations are kept between builds.
    seconds
        The longest that a reproduction may take.
    """

    def __init__(self, source: Path, store: Path, *, seconds: float) -> None:
        self.source, self.store, self.seconds = source, store, seconds
        here = Path(__file__).parent
        package = fingerprint()
        self.verification = Job("verdicts", package, ("-m", "depthlaw", "verify", "--json"), (0, 1))
        self.bounds = Job(
            "bounds",
            fingerprint(here / "pictures.py", rooms=("depthlaw.theory", "depthlaw.plots")),
            ("-m", "_extension.pictures", "{out}"),
        )
        folder = source / GALLERY
        self.shown = gallery.reproductions(folder)
        self.scripts = {
            each.script: Job(
                each.script,
                fingerprint(folder / "_figure.py", folder / f"{each.script}.py"),
                (str(folder / f"{each.script}.py"), "--out", "{out}"),
                seconds=seconds,
            )
            for each in self.shown
        }

    def compute(self) -> Evidence:
        """Run what has no result yet, and return what the verification found."""
        run_all(
            [self.verification, self.bounds, *self.scripts.values()],
            self.store,
            search=Path(__file__).parents[1],
        )
        return Evidence.read(self.verification.folder(self.store) / "output.txt")

    def write(self, evidence: Evidence) -> None:
        """Write all pages and pictures, and remove those of which there is no source any more."""
        self._write_claims(evidence)
        self._write_gallery()
        self._write_reference()

    def _write_claims(self, evidence: Evidence) -> None:
        folder = self.source / CLAIMS
        written = set()
        pages: dict[str, list[str]] = {paper: [] for paper in papers()}
        for claim in claims():
            name = claim.name
            drawn = self.bounds.folder(self.store) / f"{claim.id}.svg"
            picture = None
            if drawn.exists():
                picture = f"{name}.svg"
                written.add(_copy(drawn, folder / claim.paper / picture))
            page = claim_page(claim, evidence, picture)
            written.add(_write(folder / claim.paper / f"{name}.md", page))
            pages[claim.paper].append(name)
        for paper, names in pages.items():
            written.add(_write(folder / paper / "index.md", paper_page(paper, names, evidence)))
        _prune(folder.glob("*/*"), written)

    def _write_gallery(self) -> None:
        folder = self.source / GALLERY
        outputs = {name: job.output(self.store) for name, job in self.scripts.items()}
        written = {folder / "README.md"}
        for each in self.shown:
            output = outputs[each.script]
            if output is not None:
                drawn = self.scripts[each.script].folder(self.store) / f"{each.script}.png"
                written.add(_copy(drawn, folder / drawn.name))
            page = gallery.script_page(each, output, self.seconds)
            written.add(_write(folder / f"{each.script}.md", page))
        written.add(_write(folder / "index.md", gallery.index_page(self.shown, outputs)))
        _prune([*folder.glob("*.md"), *folder.glob("*.png")], written)

    def _write_reference(self) -> None:
        folder = self.source / REFERENCE
        written = {_write(folder / "index.md", reference.index_page())}
        for area in reference.AREAS.values():
            for package, modules in reference.public_modules(area).items():
                page = reference.package_page(package, modules)
                written.add(_write(folder / f"{package}.rst", page))
        _prune(folder.glob("*.*"), written)


def _write(path: Path, text: str) -> Path:
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return path


def _copy(source: Path, target: Path) -> Path:
    if not target.exists() or target.read_bytes() != source.read_bytes():
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
    return target


def _prune(present: Iterable[Path], written: set[Path]) -> None:
    for path in set(present) - written:
        path.unlink()

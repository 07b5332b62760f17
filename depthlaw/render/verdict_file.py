"""The files of a verification: both written whole or neither, and never over something else."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex
from typing import Any

from depthlaw.numerics.verify import Report
from depthlaw.theory.errors import ArgumentError

SCHEMA = "depthlaw.verdicts/1"
"""Marks a document as ours; the number grows when a key changes its meaning."""
PAGE_MARK = '<meta name="generator" content="depthlaw report/1">'
"""Marks a page as ours; the number grows when its shape does."""
VERDICTS, PAGE = "verdicts.json", "report.html"
NAMES = (VERDICTS, PAGE)
_LARGEST = 2**28
"""Bytes of verdicts; a run of the whole registry leaves about a thousandth of that."""
_BEGINNING = 2000
"""Characters of a page among which its mark stands."""


def verdict_document(report: Report) -> dict[str, Any]:
    """Return what ``verify --json`` prints and the file holds."""
    return {
        "schema": SCHEMA,
        **report.to_json(),
        "as_expected": report.as_expected,
    }


@dataclass(frozen=True)
class ReportFolder:
    """Where the files of a run go: a folder, or nowhere (path None)."""

    path: Path | None

    @classmethod
    @contextmanager
    def at(cls, folder: str | None) -> Iterator[ReportFolder]:
        """Make sure, before a long run, that its report can be written to `folder`.

        A folder may be new, empty, or hold an earlier report of ours, which is replaced. Folders
        made here are removed again if the run does not end.

        Raises
        ------
        ArgumentError
            If the folder is a file, cannot be written to, or holds something that is not ours.
        """
        if folder is None:
            yield cls(None)
            return
        path = Path(folder)
        made: list[Path] = []
        try:
            _prepare(folder, path, made)
            yield cls(path)
        except BaseException:
            for parent in made:
                with suppress(OSError, ValueError):  # it may have a name that no folder can have
                    parent.rmdir()
            raise

    def write(self, texts: Mapping[str, str]) -> None:
        """Write files by name, all of them or none, over earlier ones of ours.

        Each file is replaced in one step: a reader sees the old one or the new one, never a part.
        Where the system refuses halfway, or the user interrupts, the earlier files come back.

        Raises
        ------
        ArgumentError
            If the system refuses, or a file that is not ours has appeared.
        """
        if self.path is None:
            return
        folder = str(self.path)
        _require_ours(folder, self.path)
        mark = f"{os.getpid()}-{token_hex(4)}"
        try:
            with ExitStack() as litter:
                staged = {
                    self.path / name: _staged(self.path / f".{name}-{mark}", text, litter)
                    for name, text in texts.items()
                }
                kept = {
                    target: _kept(target, target.with_name(f".{target.name}-{mark}-old"), litter)
                    for target in staged
                }
                try:
                    for target, temporary in staged.items():
                        os.replace(temporary, target)
                except BaseException:
                    _put_back(kept, staged)
                    raise
        except OSError as error:
            raise _refused(folder, error) from None


def _staged(temporary: Path, text: str, litter: ExitStack) -> Path:
    """Write a file that is not yet in its place; it is removed in the end, if still there."""
    litter.callback(_remove, temporary)
    # Made by `open` rather than `tempfile`, whose files are private to their owner.
    with open(temporary, "x", encoding="utf-8", newline="\n") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    return temporary


def _kept(target: Path, backup: Path, litter: ExitStack) -> Path | None:
    """Give the earlier file a second name, so that it can come back; None where there is none."""
    if not os.path.lexists(target):
        return None
    litter.callback(_remove, backup)
    try:
        os.link(target, backup)
    except OSError:
        # Some file systems know no second names.
        shutil.copy2(target, backup)
    return backup


def _put_back(kept: Mapping[Path, Path | None], staged: Mapping[Path, Path]) -> None:
    for target, backup in kept.items():
        with suppress(OSError):
            if staged[target].exists():
                continue  # it never took its place
            if backup is None:
                target.unlink()
            else:
                os.rename(backup, target)


def _remove(path: Path) -> None:
    with suppress(OSError):
        path.unlink()


def _prepare(folder: str, path: Path, made: list[Path]) -> None:
    if not folder.strip():
        raise ArgumentError("report", repr(folder), "name a folder")
    try:
        if path.exists() and not path.is_dir():
            raise ArgumentError("report", folder, "it is a file: name a folder")
        made += [parent for parent in (path, *path.parents) if not parent.exists()]
        path.mkdir(parents=True, exist_ok=True)
        # Permission bits do not tell (read-only mounts, full disks): trying does.
        with tempfile.NamedTemporaryFile(prefix=".verdicts-", dir=path) as probe:
            probe.write(b"\n")
            probe.flush()
        _require_ours(folder, path)
        if not any((path / name).exists() for name in NAMES):
            _require_empty(folder, path)
    except ArgumentError:
        raise
    except (OSError, ValueError) as error:
        raise _refused(folder, error) from None


def _require_empty(folder: str, path: Path) -> None:
    # Hidden files are the desktop's and the file system's, nobody's work.
    others = sorted(entry.name for entry in path.iterdir() if not entry.name.startswith("."))
    if others:
        raise ArgumentError(
            "report",
            folder,
            f"it holds {others[0]} and no report of depthlaw: name a new or an empty folder",
        )


def _require_ours(folder: str, path: Path) -> None:
    for name, is_ours in ((VERDICTS, _our_verdicts), (PAGE, _our_page)):
        file = path / name
        if not os.path.lexists(file):
            continue
        try:
            # Replacing a link would leave what it points at as it is, against expectation.
            ours = not file.is_symlink() and file.is_file() and is_ours(file)
        except (OSError, ValueError, TypeError, KeyError, RecursionError):
            ours = False
        if not ours:
            raise ArgumentError(
                "report", folder, f"its {name} was not written by depthlaw: name another folder"
            )


def _our_verdicts(file: Path) -> bool:
    if file.stat().st_size > _LARGEST:
        return False
    found = json.loads(file.read_text(encoding="utf-8"))
    return "claims" in found and str(found["schema"]).startswith("depthlaw.verdicts/")


def _our_page(file: Path) -> bool:
    kind = PAGE_MARK.rpartition("/")[0]
    with open(file, encoding="utf-8") as page:
        return kind in page.read(_BEGINNING)


def _refused(folder: str, error: Exception) -> ArgumentError:
    reason = error.strerror if isinstance(error, OSError) else str(error)
    return ArgumentError(
        "report", folder, f"it cannot be written to ({reason}): name another folder"
    )

"""The file of a verification: written whole or not at all, and never over something else."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex
from typing import Any

from depthlaw.numerics.verify import Report
from depthlaw.render.json_text import json_text
from depthlaw.theory.errors import ArgumentError

SCHEMA = "depthlaw.verdicts/1"
"""Marks a document as ours; the number grows when a key changes its meaning."""
NAME = "verdicts.json"


def verdict_document(report: Report) -> dict[str, Any]:
    """Return what ``verify --json`` prints and the file holds."""
    return {
        "schema": SCHEMA,
        **report.to_json(),
        "as_expected": report.as_expected,
    }


@dataclass(frozen=True)
class VerdictFile:
    """Where the verdicts of a run go: ``verdicts.json`` in a folder, or nowhere (path None)."""

    path: Path | None

    @classmethod
    @contextmanager
    def in_folder(cls, folder: str | None) -> Iterator[VerdictFile]:
        """Make sure, before a long run, that its verdicts can be written to `folder`.

        Folders made for that are removed again if the run does not end.

        Raises
        ------
        ArgumentError
            If the folder is a file, cannot be written to, or holds a ``verdicts.json`` of another
            program.
        """
        if folder is None:
            yield cls(None)
            return
        path = Path(folder)
        made: list[Path] = []
        try:
            _prepare(folder, path, made)
            yield cls(path / NAME)
        except BaseException:
            for parent in made:
                with suppress(OSError):
                    parent.rmdir()
            raise

    def write(self, document: dict[str, Any]) -> None:
        """Replace the file in one step: a reader sees the old verdicts or the new, never a part.

        Raises
        ------
        ArgumentError
            If the system refuses.
        """
        if self.path is None:
            return
        _require_ours(str(self.path.parent), self.path)
        text = json_text(document) + "\n"
        try:
            # Made by `open` rather than `tempfile`, whose files are private to their owner.
            temporary = self.path.with_name(f".verdicts-{os.getpid()}-{token_hex(4)}")
            try:
                with open(temporary, "x", encoding="utf-8") as file:
                    file.write(text)
                    file.flush()
                    os.fsync(file.fileno())
                os.replace(temporary, self.path)
            except BaseException:
                with suppress(OSError):
                    os.unlink(temporary)
                raise
        except OSError as error:
            raise _refused(str(self.path.parent), error) from None


def _prepare(folder: str, path: Path, made: list[Path]) -> None:
    if not folder.strip():
        raise ArgumentError("report", repr(folder), "name a folder")
    try:
        if path.exists() and not path.is_dir():
            raise ArgumentError("report", folder, "it is a file: name a folder")
        made += [parent for parent in (path, *path.parents) if not parent.exists()]
        path.mkdir(parents=True, exist_ok=True)
        # Permission bits do not tell (read-only mounts, full disks): trying does.
        with tempfile.NamedTemporaryFile(prefix=".verdicts-", dir=path):
            pass
    except ArgumentError:
        raise
    except (OSError, ValueError) as error:
        raise _refused(folder, error) from None
    _require_ours(folder, path / NAME)


def _require_ours(folder: str, path: Path) -> None:
    if not os.path.lexists(path):
        return
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        ours = "claims" in found and str(found["schema"]).startswith("depthlaw.verdicts/")
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        ours = False
    if not ours:
        raise ArgumentError(
            "report", folder, f"its {NAME} was not written by depthlaw: name another folder"
        )


def _refused(folder: str, error: Exception) -> ArgumentError:
    reason = error.strerror if isinstance(error, OSError) else str(error)
    return ArgumentError(
        "report", folder, f"it cannot be written to ({reason}): name another folder"
    )

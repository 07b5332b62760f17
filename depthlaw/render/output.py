"""Files that a command writes at its end: all of them whole, or none."""

from __future__ import annotations

import csv
import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

from depthlaw.render.json_text import json_text
from depthlaw.theory.errors import ArgumentError, DepthlawError

FRAMES = "a .parquet file needs pyarrow: run pip install 'depthlaw[frames]', or name a .csv file"
PICTURES = (".pdf", ".png", ".svg")
TABLES = (".csv", ".json", ".parquet")
"""Endings of pictures and of tables."""


def check_ending(argument: str, path: str, endings: Sequence[str]) -> str:
    """Return the ending of a file that is to be written, once it is clear that it can be.

    Raises
    ------
    ArgumentError
        If the ending is none of `endings`, or there is no such folder.
    """
    suffix = Path(path).suffix.lower()
    if suffix not in endings:
        raise ArgumentError(argument, path, f"the file must end in {', '.join(endings)}")
    # Before a long run, not after it.
    try:
        there = Path(path).parent.is_dir()
    except (OSError, ValueError):
        there = False
    if not there:
        raise ArgumentError(argument, path, "it cannot be written: No such file or directory")
    return suffix


def check_table(path: str) -> str:
    """Return the ending of a table that is to be written, once it is clear that it can be.

    Raises
    ------
    ArgumentError
        As `check_ending`.
    DepthlawError
        If it takes a package that is not installed.
    """
    suffix = check_ending("out", path, TABLES)
    if suffix == ".parquet":
        _parquet()
    return suffix


def table_bytes(rows: Sequence[Mapping[str, Any]], suffix: str) -> bytes:
    """Return rows with the same keys as the content of a file with that ending.

    An empty cell of .csv is what does not exist; infinity is written inf.

    >>> table_bytes([{"depth": 1, "mean": None}], ".csv").decode().splitlines()
    ['depth,mean', '1,']
    """
    if suffix == ".json":
        return (json_text(list(rows)) + "\n").encode()
    if suffix == ".parquet":
        arrow, parquet = _parquet()
        content = BytesIO()
        parquet.write_table(arrow.Table.from_pylist([dict(row) for row in rows]), content)
        return content.getvalue()
    text = StringIO()
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def _parquet() -> tuple[Any, Any]:
    try:
        import pyarrow
        from pyarrow import parquet
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != "pyarrow":
            raise
        raise DepthlawError(FRAMES) from None
    return pyarrow, parquet


def write_whole(files: Mapping[str, tuple[str, bytes]]) -> None:
    """Write files, by argument their path and content: nothing is left of them unless all are.

    Raises
    ------
    ArgumentError
        If one cannot be written, with its argument and the reason.
    """
    targets = {argument: Path(path) for argument, (path, _) in files.items()}
    written: dict[str, Path] = {}
    now = ""
    try:
        for now, target in targets.items():
            written[now] = target.with_name(f".{target.name}-{os.getpid()}")
            written[now].write_bytes(files[now][1])
        for now, target in targets.items():
            os.replace(written[now], target)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        path = files[now][0]
        raise ArgumentError(now, path, f"it cannot be written: {reason}") from None
    finally:
        for temporary in written.values():
            with suppress(OSError, ValueError):
                temporary.unlink(missing_ok=True)

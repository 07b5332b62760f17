"""The three streams of a process, where they are closed, full, or of no sensible width."""

from __future__ import annotations

import os
import shutil
import sys
from contextlib import suppress
from typing import TextIO

from depthlaw.theory.errors import DepthlawError

COLUMNS = (20, 1000)
"""Columns that a terminal can have; what says more or less is taken for the nearer of the two."""


def require_stdout() -> None:
    """Raise an error where standard output is closed: before a long run, not after."""
    if sys.stdout is None:
        raise DepthlawError("standard output is closed: there is nowhere to write to")


def terminal_columns() -> int:
    """Return the columns of the terminal, whatever COLUMNS says of them.

    >>> COLUMNS[0] <= terminal_columns() <= COLUMNS[1]
    True
    """
    lowest, highest = COLUMNS
    return min(max(shutil.get_terminal_size().columns, lowest), highest)


def silence(stream: TextIO) -> None:
    """Let what a stream still holds go nowhere: the interpreter flushes it once more as it ends."""
    with suppress(OSError, ValueError):  # it may have no file behind it
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)

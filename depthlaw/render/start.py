"""What a simulation starts from, as a command names it and as data that finds it again."""

from __future__ import annotations

import shlex
from dataclasses import asdict, dataclass
from typing import Any

EQUICORRELATED, ISOTROPIC = STARTS = ("equicorrelated", "isotropic")
"""Starts that have a name: all columns share a correlation, or none."""
FILE = "file"


@dataclass(frozen=True)
class Start:
    """A first Gram matrix that has a name, and what its columns share."""

    name: str
    correlation: float

    def __str__(self) -> str:
        shared = f" with correlation {self.correlation:g}" if self.name == EQUICORRELATED else ""
        return f"{self.name}{shared}"

    def document(self) -> dict[str, Any]:
        """Return it as plain data."""
        return asdict(self)

    def options(self) -> dict[str, str]:
        """Return the options of a command that ask for it."""
        found = {"start": self.name}
        if self.name == EQUICORRELATED:
            found["correlation"] = repr(self.correlation)
        return found


@dataclass(frozen=True)
class FileStart:
    """A first batch out of a file.

    Attributes
    ----------
    file
        Its path, as somebody typed it.
    columns
        Whether its columns are the samples, rather than its rows.
    samples, features
        Samples (each of their positions counts) and features.
    sha256
        Of the numbers as doubles, sample after sample: whether it is still the same batch.
    """

    file: str
    columns: bool
    samples: int
    features: int
    sha256: str

    def __str__(self) -> str:
        lines = "columns" if self.columns else "rows"
        return f"{self.file} ({self.samples} {lines} as samples, {self.features} features)"

    def document(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {"name": FILE, **asdict(self)}

    def options(self) -> dict[str, str | None]:
        """Return the options of a command that ask for it; None for a flag."""
        return {"start": self.file, **({"columns": None} if self.columns else {})}


def command_line(command: str, options: dict[str, Any]) -> str:
    """Return a command with its options; a flag has the value None.

    >>> command_line("simulate", {"layer": "tanh(2*x)", "json": None})
    "depthlaw simulate --layer 'tanh(2*x)' --json"
    """
    words = [
        word
        for name, value in options.items()
        for word in (f"--{name}", *(() if value is None else (str(value),)))
    ]
    return shlex.join(["depthlaw", command, *words])

"""What ``depthlaw simulate`` starts from: a Gram matrix that has a name, or a batch in a file."""

from __future__ import annotations

import math
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from depthlaw.commands.start_file import read_samples
from depthlaw.render.start import ISOTROPIC, STARTS, FileStart, Start
from depthlaw.theory.errors import ArgumentError, UnknownNameError, integer

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

DEFAULT_CORRELATION = 0.5


@dataclass(frozen=True)
class Batch:
    """The first batch: what it is called, how many samples and features it has, and itself.

    `features` and `samples` (a sample on each row, shape (columns, features)) are there if it came
    out of a file.
    """

    start: Start | FileStart
    size: int
    features: int | None = None
    samples: NDArray[np.float64] | None = None

    def gram(self, columns: int) -> NDArray[np.float64]:
        """Return the Gram matrix of a start that has a name, shape (columns, columns)."""
        from depthlaw.theory.network.gram import equicorrelated

        assert isinstance(self.start, Start), "a file has its own"
        return equicorrelated(columns, self.start.correlation)


def first_batch(
    start: str,
    *,
    batch: int | None,
    positions: tuple[int, ...],
    correlation: float | None,
    columns: bool,
) -> Batch:
    """Return what `start` names: one of `STARTS`, or a file.

    Raises
    ------
    UnknownNameError
        If it is neither.
    ArgumentError
        If the file is no batch, or another argument contradicts it.
    """
    if start in STARTS:
        if columns:
            raise ArgumentError("columns", True, "it says how to read --start FILE: name one")
        return Batch(_named(start, correlation), _size(batch, positions))
    if not (os.path.splitext(start)[1] or os.sep in start or os.path.exists(start)):
        raise UnknownNameError("start", start, [*STARTS, "FILE.npy", "FILE.csv"])
    if correlation is not None:
        raise ArgumentError(
            "correlation", correlation, "the file has its own: leave one of the two out"
        )
    samples = read_samples(start, columns=columns)
    rows, features = samples.shape
    size = _samples_of(rows, batch, positions)
    found = FileStart(start, columns, rows, features, _digest(samples))
    return Batch(found, size, features, samples)


def _named(start: str, correlation: float | None) -> Start:
    if start != ISOTROPIC:
        return Start(start, DEFAULT_CORRELATION if correlation is None else correlation)
    if correlation is not None:
        raise ArgumentError(
            "correlation", correlation, "an isotropic start has none: leave one of the two out"
        )
    return Start(start, 0.0)


def _size(batch: int | None, positions: tuple[int, ...]) -> int:
    if batch is None:
        raise ArgumentError(
            "batch",
            "missing",
            "depthlaw simulate needs it, or a batch: --start FILE; see depthlaw simulate --help",
        )
    # Samples are compared with each other, or positions are.
    return integer("batch", batch, at_least=1 if math.prod(positions) > 1 else 2)


def _samples_of(rows: int, batch: int | None, positions: tuple[int, ...]) -> int:
    """Return the samples in a file of so many rows, one for each position."""
    each = math.prod(positions)
    if rows % each:
        raise ArgumentError(
            "positions",
            "x".join(map(str, positions)),
            f"the file has {rows} rows, which are no multiple of {each} positions: a row is one "
            "position of a sample, all those of the first sample first",
        )
    if batch is not None and batch != rows // each:
        raise ArgumentError("batch", batch, f"the file has {rows // each} samples: leave it out")
    if rows < 2:
        raise ArgumentError("start", f"a file of {rows} row", "give at least 2, one for a sample")
    return rows // each


def _digest(samples: NDArray[np.float64]) -> str:
    from hashlib import sha256

    import numpy as np

    return sha256(np.ascontiguousarray(samples, dtype="<f8").tobytes()).hexdigest()

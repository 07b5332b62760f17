"""Files that hold a batch: one sample a row (or a column), numbers only.

======  =======================================================================
ending  read as
======  =======================================================================
.npy    an array of NumPy with two axes, of real numbers; never a pickle
.csv    numbers separated by commas, a row on each line, without a heading
======  =======================================================================
"""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING

from depthlaw.commands.files import read_text
from depthlaw.commands.options import read_real
from depthlaw.theory.errors import ArgumentError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

LARGEST = 2**31
"""Bytes of an array; larger ones are refused before they are read."""


def read_samples(path: str, *, columns: bool = False, name: str = "start") -> NDArray[np.float64]:
    r"""Return the samples in a file, shape (samples, features).

    Parameters
    ----------
    path
        A .npy or .csv file.
    columns
        Whether samples are its columns instead of its rows.
    name
        Of the option that named the file.

    Raises
    ------
    ArgumentError
        If the file has another ending, cannot be read, or holds anything but a table of finite
        real numbers.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder) / "batch.csv"
    ...     _ = file.write_text("1,2,3\n4,5,6\n")
    ...     rows, turned = read_samples(str(file)), read_samples(str(file), columns=True)
    >>> bool((rows.T == turned).all()), rows.shape
    (True, (2, 3))
    """
    import numpy as np

    ending = Path(path).suffix.lower()
    if ending == ".npy":
        table = _array(path, name)
    elif ending == ".csv":
        table = _table(path, name)
    else:
        raise ArgumentError(name, path or "''", "name a .npy or a .csv file")
    if table.ndim != 2 or 0 in table.shape:
        raise ArgumentError(
            name,
            path,
            f"it holds an array of shape {table.shape}: give a table of samples and features",
        )
    bad = np.argwhere(~np.isfinite(table))
    if len(bad):
        row, place = (int(i) + 1 for i in bad[0])
        raise ArgumentError(
            name, path, f"row {row}, column {place} is NaN or infinite: all must be finite"
        )
    found = np.ascontiguousarray(table.T if columns else table)
    if not found.any():
        raise ArgumentError(name, path, "all its samples are zero: one must not be")
    return found


def _array(path: str, name: str) -> NDArray[np.float64]:
    import numpy as np

    try:
        status = os.stat(path)
        if not stat.S_ISREG(status.st_mode):
            raise ArgumentError(name, path, "it is no file")
        if status.st_size > LARGEST:
            raise ArgumentError(
                name, path, f"it has {status.st_size} bytes, and at most {LARGEST} are read"
            )
        found = np.load(path, allow_pickle=False)
    except ArgumentError:
        raise
    except OSError as error:
        reason = error.strerror or "it is no array of NumPy"
        raise ArgumentError(name, path, f"the file cannot be read: {reason}") from None
    except (ValueError, EOFError, SyntaxError, OverflowError):
        raise ArgumentError(
            name, path, "the file cannot be read: it is no array of numbers"
        ) from None
    if not isinstance(found, np.ndarray) or found.dtype.kind not in "iuf":
        kind = getattr(found, "dtype", "several arrays")
        raise ArgumentError(name, path, f"it holds {kind}: give real numbers")
    return np.asarray(found, dtype=np.float64)


def _table(path: str, name: str) -> NDArray[np.float64]:
    import numpy as np

    rows: list[list[float]] = []
    for number, line in enumerate(read_text(name, path).splitlines(), start=1):
        if not line.strip():
            continue
        rows.append([read_real(f"{name}, line {number}", part.strip()) for part in line.split(",")])
        if len(rows[-1]) != len(rows[0]):
            raise ArgumentError(
                name,
                path,
                f"line {number} has {len(rows[-1])} numbers and the first has {len(rows[0])}: all "
                "rows must have equally many",
            )
    return np.array(rows, dtype=np.float64)

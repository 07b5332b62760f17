"""The same normals from the same generators, by compiled code: the extra ``fast``.

NumPy's generators are open to Numba, whose normals are NumPy's bit for bit, and leave a generator
in the same state; compiled once, a number costs less than half as much. So nothing depends on
whether the extra is there but time. Loading it takes as long as some ten million numbers: it is
loaded where more than that are drawn.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from threading import Lock

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

Fill = Callable[[Generator, NDArray[np.float64]], None]
"""Fills an array with standard normals."""

WORTH_LOADING = 20_000_000
"""Numbers drawn in a process before the compiled code is loaded."""
WORTH_A_CALL = 3_000
"""Numbers from which on a call of compiled code is faster than NumPy's."""


class Normals:
    """Standard normals, drawn by NumPy, or by compiled code from the moment it pays.

    Parameters
    ----------
    worth_loading
        Numbers after which compiled code is looked for.
    """

    def __init__(self, worth_loading: int = WORTH_LOADING) -> None:
        self._left = worth_loading
        self._lock = Lock()
        self._compiled: Fill | None = None

    def fill(self, generator: Generator, out: NDArray[np.float64]) -> None:
        """Fill `out`, of any shape, from the generator.

        Examples
        --------
        >>> one, other = np.empty(5000), np.empty(5000)
        >>> Normals(worth_loading=0).fill(np.random.default_rng(1), one)
        >>> Normals().fill(np.random.default_rng(1), other)
        >>> bool((one == other).all())
        True
        """
        if out.size < WORTH_A_CALL or not out.flags.c_contiguous:
            generator.standard_normal(out=out)
            return
        if self._left >= 0:
            self._count(out.size)
        if self._compiled is None:
            generator.standard_normal(out=out)
        else:
            self._compiled(generator, out.reshape(-1))

    def _count(self, size: int) -> None:
        with self._lock:
            self._left -= size
            if self._left < 0 and self._compiled is None:
                self._compiled = compiled_fill()


@cache
def compiled_fill() -> Fill | None:
    """Return the compiled code, or None where the extra is not installed."""
    try:
        import numba
    except ImportError:
        return None

    @numba.njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
    def fill(generator: Generator, out: NDArray[np.float64]) -> None:
        for place in range(out.size):
            out[place] = generator.standard_normal()

    compiled: Fill = fill
    return compiled

"""What is left where the workers are lost: the replicas that are through, and who is missing."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from depthlaw.theory.errors import DepthlawError


class UnfinishedError(DepthlawError):
    """The workers were lost before all replicas were done; those that were done are kept.

    Attributes
    ----------
    finished
        What the call would have returned for runs of consecutive replicas that came through every
        layer, in order: `Trajectory` of `simulate`, `ChainAverages` of `rank_chain` and
        `covariance_chain`, `DeepChain` of `deep_chain`; of `lyapunov_spectrum`, whose interval
        takes all replicas, the means of each one, shape (replicas, count).
    missing
        The numbers of the others, as ranges. The same call with ``first_replica=part.start`` and
        ``replicas=len(part)`` draws them as it would have, and `join` puts neighbours together.
        `lyapunov_spectrum` starts at replica 0 only: with the same seed it draws all of them again.
    """

    def __init__(self, message: str, finished: tuple[Any, ...], missing: tuple[range, ...]) -> None:
        super().__init__(message)
        self.message, self.finished, self.missing = message, finished, missing

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.message, self.finished, self.missing)


def unfinished(
    reason: str, done: NDArray[np.bool_], first: int, rows: Callable[[range], Any]
) -> UnfinishedError:
    """Return the error that holds the replicas that are done.

    Parameters
    ----------
    reason
        A sentence without its stop.
    done
        Which replicas are through, shape (replicas,).
    first
        The number of the first one.
    rows
        Takes a range of rows of the tables to a result for them alone.

    Examples
    --------
    >>> error = unfinished("no workers", np.array([True, False, False, True]), 10, list)
    >>> error.finished, error.missing
    (([0], [3]), (range(11, 13),))
    """
    ends = [0, *(np.flatnonzero(np.diff(done)) + 1).tolist(), len(done)]
    parts = [range(start, stop) for start, stop in pairwise(ends)]
    missing = [part for part in parts if not done[part.start]]
    return UnfinishedError(
        f"{reason}; {int(done.sum())} of {len(done)} replicas are finished and kept",
        tuple(rows(part) for part in parts if done[part.start]),
        tuple(range(first + part.start, first + part.stop) for part in missing),
    )

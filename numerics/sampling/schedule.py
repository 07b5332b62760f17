"""Calls handed to an executor: chains of calls, and calls whose results are wanted in order.

Nothing is left pending when a caller stops early, whether by an error or by an interrupt.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from itertools import islice
from typing import TypeVar

Result = TypeVar("Result")


def run_chains(
    executor: Executor | None,
    starts: Iterable[Callable[[], Result]],
    follow: Callable[[Result], Callable[[], Result] | None],
    *,
    at_once: int,
) -> None:
    """Run chains of calls, at most `at_once` of them at a time.

    Parameters
    ----------
    executor
        Where the calls run; None runs them here, one after the other.
    starts
        The first call of each chain.
    follow
        Takes a result, in the calling thread, to the chain's next call, or None at its end.

    Examples
    --------
    >>> seen = []
    >>> run_chains(None, [lambda: 1, lambda: 2], seen.append, at_once=1)
    >>> seen == [1, 2]
    True
    """
    waiting = iter(starts)
    if executor is None:
        for start in waiting:
            call: Callable[[], Result] | None = start
            while call is not None:
                call = follow(call())
        return
    pending: set[Future[Result]] = set()
    try:
        for start in islice(waiting, at_once):
            pending.add(executor.submit(start))
        while pending:
            done, pending = wait(pending, return_when=FIRST_COMPLETED)
            while done:
                following = follow(done.pop().result()) or next(waiting, None)
                if following is not None:
                    pending.add(executor.submit(following))
    finally:
        for future in pending:
            future.cancel()


def in_order(
    executor: Executor, calls: Iterable[Callable[[], Result]], *, at_once: int
) -> Iterator[Result]:
    """Yield the results of calls in the order of the calls, with at most `at_once` under way."""
    pending: deque[Future[Result]] = deque()
    try:
        for call in calls:
            pending.append(executor.submit(call))
            if len(pending) >= at_once:
                yield pending.popleft().result()
        while pending:
            yield pending.popleft().result()
    finally:
        for future in pending:
            future.cancel()

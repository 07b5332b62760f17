"""Calls handed to an executor: chains of calls, and calls whose results are wanted in order.

Nothing is left pending when a caller stops early, whether by an error or by an interrupt. Nothing
that was done is lost when a worker dies, not even where that ends the work.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, wait
from itertools import islice
from typing import TypeVar

from depthlaw.numerics.sampling.workers import Workers, WorkersLostError, one_blas_thread

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

    Raises
    ------
    WorkersLostError
        If workers cannot be had; all results that came home went through `follow` before.

    Examples
    --------
    >>> seen = []
    >>> run_chains(None, [lambda: 1, lambda: 2], seen.append, at_once=1)
    >>> seen == [1, 2]
    True
    """
    waiting = iter(starts)
    if executor is None:
        with one_blas_thread():
            for start in waiting:
                call: Callable[[], Result] | None = start
                while call is not None:
                    call = follow(call())
        return
    workers = Workers(executor)
    pending: dict[Future[Result], Callable[[], Result]] = {}
    try:
        with one_blas_thread():
            for start in islice(waiting, at_once):
                pending[workers.submit(start)] = start
            while pending:
                broken: BrokenExecutor | None = None
                given_up: WorkersLostError | None = None
                lost: list[Callable[[], Result]] = []
                for future in wait(pending, return_when=FIRST_COMPLETED).done:
                    task = pending.pop(future)
                    try:
                        result = workers.result(future)
                    except BrokenExecutor as error:
                        broken = error
                        lost.append(task)
                        continue
                    except WorkersLostError as error:
                        given_up = error
                        continue
                    following = follow(result) or next(waiting, None)
                    if following is not None:
                        pending[workers.submit(following)] = following
                if given_up is not None:
                    raise given_up
                if broken is not None:
                    # Whatever is under way is lost too, or about to be.
                    wait(pending)
                    lost += [task for f, task in pending.items() if not _came_home(f)]
                    pending = {f: task for f, task in pending.items() if _came_home(f)}
                    workers.replace(broken)
                    for task in lost:
                        pending[workers.submit(task)] = task
    except WorkersLostError:
        for future in pending:
            if future.done() and not future.cancelled() and future.exception() is None:
                follow(future.result())
        raise
    finally:
        for future in pending:
            future.cancel()
        workers.close()


def in_order(
    executor: Executor, calls: Iterable[Callable[[], Result]], *, at_once: int
) -> Iterator[Result]:
    """Yield the results of calls in the order of the calls, with at most `at_once` under way."""
    workers = Workers(executor)
    pending: deque[tuple[Future[Result], Callable[[], Result]]] = deque()

    def next_result() -> Result:
        while True:
            try:
                result = workers.result(pending[0][0])
            except BrokenExecutor as error:
                workers.replace(error)
                again = [
                    (future, call) if _came_home(future) else (workers.submit(call), call)
                    for future, call in pending
                ]
                pending.clear()
                pending.extend(again)
            else:
                pending.popleft()
                return result

    try:
        with one_blas_thread():
            for call in calls:
                pending.append((workers.submit(call), call))
                if len(pending) >= at_once:
                    yield next_result()
            while pending:
                yield next_result()
    finally:
        for future, _ in pending:
            future.cancel()
        workers.close()


def _came_home(future: Future[Result]) -> bool:
    """Return whether a task of a broken executor was done before it broke."""
    wait([future])
    return not isinstance(future.exception(), BrokenExecutor)

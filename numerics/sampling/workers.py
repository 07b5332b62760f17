"""Who does the work: how many workers an executor has, BLAS in them, and workers that die.

**BLAS.** The matrices of one worker are small, and a BLAS that starts threads of its own in each of
them spends its time waiting. All tasks run with one BLAS thread, which is also what makes their
results independent of the machine's number of cores. The number is put back when the last task of
the process is done.

**Death.** A process that is killed (most often for memory) takes its pool with it: every task under
way is lost, every later one refused. Results that came home are kept. What was lost is a function
of its arguments alone and is done again in a new pool, with the same results. Where that is no use
either (it dies over and over, or the executor is of a kind that does such things itself and gives
up, as Dask does) `WorkersLostError` ends the work, and what came home is still kept.

**Fork.** A process that is forked gets every lock as it is at that moment, and nobody to open those
that another thread holds. The thread that winds a pool down holds some. So a pool is at its end
before the next one forks: the broken one before it is replaced, the new one before the work is
handed back.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import (
    BrokenExecutor,
    CancelledError,
    Executor,
    Future,
    ProcessPoolExecutor,
)
from contextlib import contextmanager
from functools import cache, partial
from threading import Lock
from typing import Any, TypeVar

from threadpoolctl import OpenBLASController, ThreadpoolController

from depthlaw.theory.errors import DepthlawError

Result = TypeVar("Result")


def worker_count(executor: Executor | None) -> int:
    """Return how many tasks the executor runs at a time; this machine's cores where it has none.

    >>> from concurrent.futures import ThreadPoolExecutor
    >>> with ThreadPoolExecutor(16) as pool:
    ...     worker_count(pool)
    16
    """
    for name in ("_max_workers", "num_workers"):  # the standard library and loky; mpi4py
        count = getattr(executor, name, None)
        if isinstance(count, int) and count > 0:
            return count
    client: Any = getattr(executor, "_client", None)
    if callable(getattr(client, "nthreads", None)):  # Dask: threads of every worker, by its address
        count = sum(client.nthreads().values())
        if count > 0:
            return int(count)
    return os.cpu_count() or 1


_PATIENCE = 3
"""Deaths in a row after which nobody else is sent."""

_winding_down = Lock()
"""A pool's `shutdown` is not for two threads at once; two may have found the same one broken."""

_lock = Lock()
_inside = 0
_limit: Any = None


def _forget_the_lock() -> None:
    global _lock
    _lock = Lock()


if hasattr(os, "register_at_fork"):
    # A process may be forked while another thread holds the lock, which nobody would then open.
    os.register_at_fork(after_in_child=_forget_the_lock)


@contextmanager
def one_blas_thread() -> Iterator[None]:
    """Keep BLAS to one thread inside the block; blocks nest, also in different threads.

    >>> with one_blas_thread():
    ...     all(each["num_threads"] == 1 for each in _controller().select(user_api="blas").info())
    True
    """
    global _inside, _limit
    with _lock:
        if not _inside:
            # threadpoolctl listens to the first thread that asks; here the lock decides who asks.
            OpenBLASController.clear_controlling_thread(force=True)
            _limit = _controller().limit(limits=1, user_api="blas")
        _inside += 1
    try:
        yield
    finally:
        with _lock:
            _inside -= 1
            if not _inside:
                OpenBLASController.clear_controlling_thread(force=True)
                _limit.restore_original_limits()


@cache
def _controller() -> ThreadpoolController:
    """Return the thread pools of this process, which takes milliseconds to find."""
    return ThreadpoolController()


class WorkersLostError(DepthlawError):
    """The executor will not finish a task, for a reason that is not the task's own."""


_BY_TASK = "raised_by_depthlaw_task"


def run_task(call: Callable[[], Result]) -> Result:
    """Run a task, in whatever process; what it raises is marked as its own."""
    with one_blas_thread():
        try:
            return call()
        except Exception as error:
            error.__dict__[_BY_TASK] = True
            raise


def is_own(error: BaseException) -> bool:
    """Return whether the task raised the error, and not who was to run it."""
    return isinstance(error, DepthlawError) or hasattr(error, _BY_TASK)


class Workers:
    """An executor whose tasks survive the death of a worker; close it at the end.

    Parameters
    ----------
    executor
        The user's. If it breaks a new pool of processes like it takes over; where the executor is
        of another kind the tasks run here.
    """

    def __init__(self, executor: Executor) -> None:
        self._given = self._executor = executor
        self._deaths = 0

    def submit(self, call: Callable[[], Result]) -> Future[Result]:
        """Hand in a task; that the executor is broken is told by its future."""
        try:
            return self._executor.submit(partial(run_task, call))
        except BrokenExecutor as error:
            lost: Future[Result] = Future()
            lost.set_exception(error)
            return lost

    def result(self, future: Future[Result]) -> Result:
        """Return a task's result, and remember that something was done.

        Raises
        ------
        BrokenExecutor
            If the executor broke, which another one may mend.
        WorkersLostError
            If the executor gave the task up for another reason.
        """
        try:
            found = future.result()
        except BrokenExecutor:
            raise
        except (Exception, CancelledError) as error:
            if is_own(error):
                raise
            raise WorkersLostError(
                f"executor: it gave a task up ({type(error).__name__}), most often because its "
                "workers died for want of memory; take fewer workers or a smaller width"
            ) from error
        self._deaths = 0
        return found

    def replace(self, error: BrokenExecutor) -> None:
        """Go on with new workers, unless the last ones died too before anything was done.

        Raises
        ------
        WorkersLostError
            If they did.
        """
        self._deaths += 1
        if self._deaths == _PATIENCE:
            raise WorkersLostError(
                f"executor: its workers died {_PATIENCE} times over the same tasks, most often for "
                "want of memory; take fewer workers or a smaller width"
            ) from error
        if isinstance(self._executor, ProcessPoolExecutor):
            _wind_down(self._executor)
        self._executor = _like(self._given)

    def close(self) -> None:
        """Shut down what was opened here."""
        if self._executor is not self._given and isinstance(self._executor, ProcessPoolExecutor):
            _wind_down(self._executor)


def _wind_down(pool: ProcessPoolExecutor) -> None:
    """Wait until nothing of a pool is left, not its thread either.

    A pool that is broken stays so, and says so to whoever hands it a task.
    """
    with _winding_down:
        pool.shutdown(wait=True, cancel_futures=True)


def _like(executor: Executor) -> Executor:
    if not isinstance(executor, ProcessPoolExecutor):
        return _Here()
    return ProcessPoolExecutor(
        worker_count(executor),
        mp_context=getattr(executor, "_mp_context", None),
        initializer=getattr(executor, "_initializer", None),
        initargs=getattr(executor, "_initargs", ()),
    )


class _Here(Executor):
    """Runs each task at once, in the calling thread."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:  # told by the future, as every executor does
            future.set_exception(error)
        return future

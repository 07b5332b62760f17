"""Workers: how many there are, what dies with one of them, and BLAS in their hands."""

from __future__ import annotations

import os
import pickle
import signal
from collections.abc import Callable
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import partial, reduce
from multiprocessing import get_context
from multiprocessing.context import ForkContext
from multiprocessing.process import BaseProcess
from pathlib import Path
from threading import Event, active_count
from typing import Any
from unittest import mock

import numpy as np
import pytest
from numpy.typing import NDArray
from threadpoolctl import threadpool_info, threadpool_limits

from depthlaw.numerics.chains.chain import ChainAverages, rank_chain
from depthlaw.numerics.chains.covariance import covariance_chain
from depthlaw.numerics.chains.layers import rank_network
from depthlaw.numerics.chains.linear_chain import DeepChain, deep_chain
from depthlaw.numerics.chains.lyapunov import lyapunov_spectrum
from depthlaw.numerics.sampling import plan as planning
from depthlaw.numerics.sampling import schedule, streamed
from depthlaw.numerics.sampling.unfinished import UnfinishedError
from depthlaw.numerics.sampling.workers import one_blas_thread, worker_count
from depthlaw.numerics.simulate import simulate
from depthlaw.numerics.trajectory import Trajectory
from depthlaw.theory.errors import DepthlawError
from depthlaw.theory.network import Linear, Network, Rescale
from depthlaw.theory.network.gram import orthogonality_gap

Array = NDArray[np.float64]

NARROW = Network(30, 3, (Linear(), Rescale()))
WIDE = Network(20_000, 8, (Linear(), Rescale()))
"""Its layer has five chunks, which workers share."""


def die(mark: Path, times: int = 1) -> None:
    """Kill this process, unless that was done so often already."""
    for death in range(times):
        place = mark.with_suffix(f".{death}")
        if not place.exists():
            place.touch()
            os.kill(os.getpid(), signal.SIGKILL)


def fatal_gap(gram: Array, mark: Path, owner: int, times: int) -> Array:
    """V, but a worker is killed on the way, late enough for others to have come home."""
    if os.getpid() != owner and np.any(orthogonality_gap(gram) < 0.2):
        die(mark, times)
    return orthogonality_gap(gram)


def fatal_late(gram: Array, mark: Path, owner: int) -> Array:
    """V, but from its 300th call on (of 360) every worker is killed."""
    if os.getpid() != owner:
        with mark.open("a") as file:
            file.write(".")
        if mark.stat().st_size > 300:
            os.kill(os.getpid(), signal.SIGKILL)
    return orthogonality_gap(gram)


def fatal_piece(task: Callable[..., Any], mark: Path, owner: int, *arguments: Any) -> Any:
    if os.getpid() != owner and arguments[2][0] != streamed.chunk_width(8):
        die(mark)
    return task(*arguments)


def processes(workers: int) -> ProcessPoolExecutor:
    return ProcessPoolExecutor(workers, mp_context=get_context("fork"))


def same(one: Trajectory, other: Trajectory) -> bool:
    return np.array_equal(one.final_gram, other.final_gram) and all(
        np.array_equal(one.values[name], other.values[name]) for name in one.values
    )


def narrow(
    observable: Callable[[Array], Array],
    executor: Executor | None,
    *,
    first_replica: int = 0,
    replicas: int = 12,
) -> Trajectory:
    with mock.patch.object(planning, "_LEG", 2000), mock.patch.object(planning, "_BLOCK", 200):
        return simulate(
            NARROW,
            depth=60,
            replicas=replicas,
            first_replica=first_replica,
            seed=5,
            initial_gram=np.eye(3) + 2,
            observables={"gap": observable},
            executor=executor,
        )


@pytest.mark.parametrize(
    ("workers", "times"),
    [
        *((1, 1), (2, 2)),
        *(pytest.param(*many, marks=pytest.mark.slow) for many in ((1, 2), (2, 1), (3, 1), (3, 2))),
    ],
)
def test_a_killed_worker_changes_no_number(tmp_path: Path, workers: int, times: int) -> None:
    expected = narrow(orthogonality_gap, None)
    fatal = partial(fatal_gap, mark=tmp_path / "dead", owner=os.getpid(), times=times)
    seen: list[int] = []
    submit = schedule.Workers.submit

    def counted(self: schedule.Workers, call: Callable[[], Any]) -> Future[Any]:
        seen.append(1)
        return submit(self, call)

    with (
        processes(workers) as pool,
        mock.patch.object(schedule.Workers, "submit", counted),
    ):
        found = narrow(fatal, pool)
        again = narrow(orthogonality_gap, pool)
    assert len(list(tmp_path.iterdir())) == times
    assert same(found, expected)
    # The pool is still broken, and is gone round once more.
    assert same(again, expected)


def test_what_came_home_is_not_done_again(tmp_path: Path) -> None:
    done: list[tuple[int, int]] = []
    fatal = partial(fatal_gap, mark=tmp_path / "dead", owner=os.getpid(), times=1)
    with (
        processes(2) as pool,
        mock.patch.object(planning, "_LEG", 2000),
        mock.patch.object(planning, "_BLOCK", 200),
    ):
        simulate(
            NARROW,
            depth=60,
            replicas=12,
            initial_gram=np.eye(3) + 2,
            observables={"gap": fatal},
            executor=pool,
            progress=lambda *seen: done.append(seen),
        )
    counts = [count for count, _ in done]
    assert counts == sorted(set(counts))
    assert counts[-1] == 12 * 60


def test_a_worker_killed_over_its_share_of_a_layer_changes_no_number(tmp_path: Path) -> None:
    common: dict[str, Any] = {"depth": 3, "replicas": 2, "initial_gram": np.eye(8) + 1.0}
    expected = simulate(WIDE, **common)
    fatal = partial(fatal_piece, streamed.chunk_task, tmp_path / "dead", os.getpid())
    with processes(2) as pool, mock.patch("depthlaw.numerics.sampling.shared.chunk_task", fatal):
        found = simulate(WIDE, executor=pool, **common)
    assert (tmp_path / "dead.0").exists()
    assert same(found, expected)


class Watching(ForkContext):
    """Forks, and writes down how many threads there are that a child would lack."""

    def __init__(self) -> None:
        super().__init__()
        self.threads: list[int] = []

    def Process(self, *arguments: Any, **named: Any) -> BaseProcess:  # noqa: N802
        self.threads.append(active_count())
        return super().Process(*arguments, **named)


@pytest.mark.parametrize("times", [1, 2])
def test_no_process_is_forked_while_a_pool_winds_down(tmp_path: Path, times: int) -> None:
    # It would have the locks of that pool's thread, which nobody opens there.
    context, before = Watching(), active_count()
    fatal = partial(fatal_gap, mark=tmp_path / "dead", owner=os.getpid(), times=times)
    with ProcessPoolExecutor(2, mp_context=context) as pool:
        narrow(fatal, pool)
        assert active_count() <= before
    assert len(context.threads) > 2
    assert max(context.threads) <= before


def test_a_chain_survives_too(tmp_path: Path) -> None:
    network = rank_network(8, 8)
    expected = rank_chain(network, depth=30, burn_in=10, replicas=6)
    with processes(2) as pool:
        doomed = pool.submit(die, tmp_path / "dead")
        with pytest.raises(BrokenProcessPool):
            doomed.result()
        found = rank_chain(network, depth=30, burn_in=10, replicas=6, executor=pool)
    assert np.array_equal(expected.final_gram, found.final_gram)
    for name, sums in expected.sums.items():
        assert np.array_equal(sums, found.sums[name])


def test_workers_that_die_over_and_over_are_a_sentence(tmp_path: Path) -> None:
    fatal = partial(fatal_gap, mark=tmp_path / "dead", owner=os.getpid(), times=1000)
    with processes(1) as pool, pytest.raises(DepthlawError, match="its workers died 3 times"):
        narrow(fatal, pool)


def test_what_was_finished_before_the_workers_were_lost_is_kept(tmp_path: Path) -> None:
    whole = narrow(orthogonality_gap, None)
    # The first worker to see a small gap dies, and so do those who try again.
    fatal = partial(fatal_late, mark=tmp_path / "dead", owner=os.getpid())
    with processes(2) as pool, pytest.raises(UnfinishedError, match="are finished") as caught:
        narrow(fatal, pool)
    found = caught.value
    done = [
        i
        for part in found.finished
        for i in range(part.first_replica, part.first_replica + part.replicas)
    ]
    left = [i for part in found.missing for i in part]
    assert done
    assert left
    assert sorted(done + left) == list(range(12))
    for part in found.finished:
        rows = slice(part.first_replica, part.first_replica + part.replicas)
        assert np.array_equal(part.final_gram, whole.final_gram[rows])
        assert np.array_equal(part.values["gap"], whole.values["gap"][rows])


def test_a_run_is_resumed_from_what_was_kept(tmp_path: Path) -> None:
    whole = narrow(orthogonality_gap, None)
    fatal = partial(fatal_late, mark=tmp_path / "dead", owner=os.getpid())
    with processes(2) as pool, pytest.raises(UnfinishedError) as caught:
        narrow(fatal, pool)
    lost: UnfinishedError = pickle.loads(pickle.dumps(caught.value))
    rest = [
        narrow(fatal, None, first_replica=part.start, replicas=len(part)) for part in lost.missing
    ]
    joined = reduce(
        Trajectory.join, sorted([*lost.finished, *rest], key=lambda part: part.first_replica)
    )
    assert joined.replicas == 12
    assert same(joined, whole)


class GivesUp(ThreadPoolExecutor):
    """Runs tasks, until it gives one up as Dask does: with an error of its own."""

    def __init__(self, after: int) -> None:
        super().__init__(1)
        self.left = after

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        self.left -= 1
        if self.left >= 0:
            return super().submit(fn, *args, **kwargs)
        lost: Future[Any] = Future()
        lost.set_exception(RuntimeError("KilledWorker"))
        return lost


def test_an_executor_that_gives_up_keeps_what_is_finished() -> None:
    whole = narrow(orthogonality_gap, None)
    with GivesUp(25) as pool, pytest.raises(UnfinishedError, match="gave a task up") as caught:
        narrow(orthogonality_gap, pool)
    assert sum(part.replicas for part in caught.value.finished) > 0
    for part in caught.value.finished:
        rows = slice(part.first_replica, part.first_replica + part.replicas)
        assert np.array_equal(part.final_gram, whole.final_gram[rows])


def test_a_chain_that_loses_its_workers_keeps_what_is_finished() -> None:
    network, common = rank_network(8, 8), {"depth": 30, "burn_in": 10, "seed": 3}
    whole = rank_chain(network, replicas=6, **common)
    with (
        mock.patch.object(planning, "_BLOCK", 200),
        GivesUp(3) as pool,
        pytest.raises(UnfinishedError, match="of 6 replicas are finished") as caught,
    ):
        rank_chain(network, replicas=6, executor=pool, **common)
    assert caught.value.finished
    assert caught.value.missing
    rest = [
        rank_chain(network, first_replica=part.start, replicas=len(part), **common)
        for part in caught.value.missing
    ]
    parts = sorted([*caught.value.finished, *rest], key=lambda part: part.first_replica)
    joined = reduce(ChainAverages.join, parts)
    assert np.array_equal(joined.final_gram, whole.final_gram)
    for name, sums in whole.sums.items():
        assert np.array_equal(joined.sums[name], sums)


def averages_of(run: ChainAverages | DeepChain) -> ChainAverages:
    return run.averages if isinstance(run, DeepChain) else run


@pytest.mark.parametrize("chain", [covariance_chain, deep_chain])
def test_every_kind_of_chain_keeps_what_is_finished(chain: Callable[..., Any]) -> None:
    network, common = rank_network(8, 8), {"depth": 30, "burn_in": 10, "blocks": 2, "seed": 3}
    whole = averages_of(chain(network, replicas=6, **common))
    with (
        mock.patch.object(planning, "_BLOCK", 200),
        GivesUp(3) as pool,
        pytest.raises(UnfinishedError, match="of 6 replicas are finished") as caught,
    ):
        chain(network, replicas=6, executor=pool, **common)
    kept = [averages_of(part) for part in caught.value.finished]
    assert kept
    assert sum(part.replicas for part in kept) + sum(map(len, caught.value.missing)) == 6
    for part in kept:
        rows = slice(part.first_replica, part.first_replica + part.replicas)
        assert np.array_equal(part.final_gram, whole.final_gram[rows])
        for name, sums in whole.sums.items():
            assert np.array_equal(part.sums[name], sums[rows])


def test_a_spectrum_that_loses_its_workers_keeps_the_means_that_are_finished() -> None:
    common: dict[str, Any] = {"depth": 30, "burn_in": 10, "replicas": 6, "count": 3, "seed": 3}
    whole = lyapunov_spectrum(8, 0.5, **common).replica_means
    with (
        mock.patch.object(planning, "_BLOCK", 64),
        GivesUp(3) as pool,
        pytest.raises(UnfinishedError, match="of 6 replicas are finished") as caught,
    ):
        lyapunov_spectrum(8, 0.5, executor=pool, **common)
    lost: UnfinishedError = pickle.loads(pickle.dumps(caught.value))
    left = [i for part in lost.missing for i in part]
    done = sorted(set(range(6)) - set(left))
    assert done
    assert left
    assert np.array_equal(np.concatenate(lost.finished), whole[done])


def test_a_spectrum_survives_the_death_of_a_worker(tmp_path: Path) -> None:
    common: dict[str, Any] = {"depth": 30, "replicas": 6, "count": 3, "seed": 3}
    expected = lyapunov_spectrum(8, **common)
    with processes(2) as pool:
        doomed = pool.submit(die, tmp_path / "dead")
        with pytest.raises(BrokenProcessPool):
            doomed.result()
        found = lyapunov_spectrum(8, executor=pool, **common)
    assert np.array_equal(found.replica_means, expected.replica_means)
    assert np.array_equal(found.lower, expected.lower)
    assert np.array_equal(found.upper, expected.upper)


def test_an_error_of_the_task_is_not_the_executors() -> None:
    def faulty(_: Array) -> Array:
        raise ZeroDivisionError("mine")

    with ThreadPoolExecutor(2) as pool, pytest.raises(ZeroDivisionError, match="mine"):
        narrow(faulty, pool)


@pytest.mark.slow  # a cluster takes a while to come up
def test_a_dask_run_keeps_what_is_finished(tmp_path: Path) -> None:
    import distributed  # here, since it takes long to load and only this test needs it

    whole = narrow(orthogonality_gap, None)
    fatal = partial(fatal_late, mark=tmp_path / "dead", owner=os.getpid())
    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        assert same(narrow(orthogonality_gap, client.get_executor()), whole)
        with pytest.raises(UnfinishedError, match="gave a task up") as caught:
            narrow(fatal, client.get_executor(retries=0))
    for part in caught.value.finished:
        rows = slice(part.first_replica, part.first_replica + part.replicas)
        assert np.array_equal(part.final_gram, whole.final_gram[rows])
    done = sum(part.replicas for part in caught.value.finished)
    assert done + sum(map(len, caught.value.missing)) == 12


class Refusing(Executor):
    """An executor that broke before anything was done."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        raise BrokenProcessPool("gone")


def test_another_kind_of_executor_that_breaks_leaves_the_work_here() -> None:
    assert same(narrow(orthogonality_gap, Refusing()), narrow(orthogonality_gap, None))


class SixteenAtATime(ThreadPoolExecutor):
    """Starts nothing before it has sixteen tasks, so that no task is done before they are there."""

    def __init__(self) -> None:
        super().__init__(16)
        self.waiting, self.full, self.patient = 0, Event(), True

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        self.waiting += 1
        if self.waiting == 16:
            self.full.set()
        return super().submit(self._once_full, partial(fn, *args, **kwargs))

    def _once_full(self, task: Callable[[], Any]) -> Any:
        if not self.full.wait(10):
            self.patient = False
            self.full.set()
        return task()


def test_tasks_are_sized_by_the_workers_not_by_the_machine() -> None:
    with mock.patch("os.cpu_count", return_value=2), SixteenAtATime() as pool:
        simulate(
            Network(3000, 8, (Linear(), Rescale())),
            depth=20,
            replicas=64,
            initial_gram=np.eye(8),
            executor=pool,
        )
    assert pool.full.is_set()
    assert pool.patient


class OfMpi(Executor):
    num_workers = 7


class Client:
    def nthreads(self) -> dict[str, int]:
        return {"tcp://one": 4, "tcp://two": 8}


class OfDask(Executor):
    _client = Client()


@pytest.mark.parametrize(("executor", "count"), [(OfMpi(), 7), (OfDask(), 12), (Executor(), 3)])
def test_workers_are_counted_in_every_kind_of_executor(executor: Executor, count: int) -> None:
    with mock.patch("os.cpu_count", return_value=3):
        assert worker_count(executor) == count


def blas_threads(_: Array) -> Array:
    threads = [pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"]
    return np.full(len(_), float(max(threads, default=1)))


@pytest.mark.parametrize("kind", [None, ThreadPoolExecutor, processes])
def test_blas_has_one_thread_in_every_worker_and_its_own_afterwards(
    kind: Callable[[int], Executor] | None,
) -> None:
    with threadpool_limits(2, user_api="blas"):
        before = threadpool_info()
        common: dict[str, Any] = {
            "depth": 2,
            "replicas": 4,
            "initial_gram": np.eye(3),
            "observables": {"threads": blas_threads},
        }
        if kind is None:
            run = simulate(NARROW, **common)
        else:
            with kind(2) as pool:
                run = simulate(NARROW, executor=pool, **common)
        assert (run.values["threads"][:, 1:] == 1).all()
        assert threadpool_info() == before


def test_limits_of_several_threads_do_not_undo_each_other() -> None:
    def inside(_: int) -> int:
        with one_blas_thread():
            return int(blas_threads(np.empty(1))[0])

    with threadpool_limits(2, user_api="blas"):
        before = threadpool_info()
        with ThreadPoolExecutor(4) as pool:
            assert set(pool.map(inside, range(200))) == {1}
        assert threadpool_info() == before

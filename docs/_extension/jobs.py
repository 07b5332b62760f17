"""What a build computes, each job once: the verification, pictures of bounds, reproductions.

Jobs are processes, two at a time. Each leaves its result in a folder whose name tells from which
sources it came, so that a second build computes only what changed.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

AT_ONCE = 2
DONE = "output.txt"
"""Holds what the job printed; written last, so that its presence marks a finished job."""


class JobFailedError(Exception):
    """A job ended with an error; the message holds what it wrote about it."""


@dataclass(frozen=True)
class Job:
    """A process that is run once for each state of its sources.

    Attributes
    ----------
    name
        Of its folder, before the key.
    key
        Digest of everything the result depends on.
    command
        Arguments of the Python interpreter; ``{out}`` becomes the folder.
    accepted
        Exit statuses that are no failure.
    seconds
        Longest time it may take; None for any. A job that takes longer leaves no result.
    """

    name: str
    key: str
    command: tuple[str, ...]
    accepted: tuple[int, ...] = (0,)
    seconds: float | None = None

    def folder(self, store: Path) -> Path:
        """Return where the result lies."""
        return store / f"{self.name}-{self.key}"

    def output(self, store: Path) -> str | None:
        """Return what the job printed, or None if it has not finished."""
        path = self.folder(store) / DONE
        return path.read_text(encoding="utf-8") if path.exists() else None


def run_all(jobs: Sequence[Job], store: Path, *, search: Path) -> None:
    """Run the jobs that have no result yet, and remove results of other states of their sources.

    Parameters
    ----------
    jobs
        In the order in which they are begun: the longest first.
    store
        Folder for the results.
    search
        Folder from which the jobs import.

    Raises
    ------
    JobFailedError
        If one fails; the others are finished first.
    """
    store.mkdir(parents=True, exist_ok=True)
    wanted = {job.folder(store) for job in jobs}
    for stale in set(store.iterdir()) - wanted:
        shutil.rmtree(stale, ignore_errors=True)
    waiting = [job for job in jobs if job.output(store) is None]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for finished in [pool.submit(_run, job, store, search) for job in waiting]:
            finished.result()


def _run(job: Job, store: Path, search: Path) -> None:
    folder = job.folder(store)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    command = [sys.executable, *(part.format(out=folder) for part in job.command)]
    # One thread for linear algebra: the processes share the cores already.
    environment = os.environ | {
        "PYTHONPATH": str(search),
        "OPENBLAS_NUM_THREADS": "1",
        "MPLBACKEND": "Agg",
        "PYTHONIOENCODING": "utf-8",
    }
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            encoding="utf-8",
            env=environment,
            timeout=job.seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return
    if done.returncode not in job.accepted:
        raise JobFailedError(f"{job.name} ended with status {done.returncode}:\n{done.stderr}")
    (folder / DONE).write_text(done.stdout, encoding="utf-8")

"""Where a long run is, on stderr: a bar for whoever watches, a line now and then for a log.

Standard output is for results alone; a short run says nothing.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from time import monotonic
from typing import TYPE_CHECKING

from depthlaw.render.letters import fitting
from depthlaw.render.streams import silence, terminal_columns

if TYPE_CHECKING:
    from rich.progress import Progress as Bar

    from depthlaw.numerics.verify import Progress

FIRST, EVERY = 30.0, 10.0
"""Seconds before the first line where nobody watches, and from one to the next."""


@contextmanager
def counting(unit: str) -> Iterator[Callable[[int, int], None] | None]:
    """Show how many of a known number of units are done; None where stderr is closed."""
    if sys.stderr is None:
        yield None
        return
    if not sys.stderr.isatty():
        log = _Log()
        yield lambda done, total: log.say(lambda: f"{done} of {total} {unit}")
        return
    with _bar() as bar:
        task = bar.add_task(unit, total=None, detail="")

        def report(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total, detail=f"{done}/{total}")

        yield report


@contextmanager
def checking(claims: Sequence[str]) -> Iterator[Callable[[Progress], None] | None]:
    """Show which claim is being checked, and how far its sampling is; None as in `counting`."""
    if sys.stderr is None:
        yield None
        return
    places = {claim: place for place, claim in enumerate(claims, start=1)}

    def detail(progress: Progress) -> str:
        sampled = f" · {progress.done}/{progress.most} samples" if progress.most else ""
        return f"{progress.claim} · {progress.check}{sampled}"

    if not sys.stderr.isatty():
        log = _Log()
        yield lambda progress: log.say(
            lambda: f"claim {places[progress.claim]} of {len(claims)} · {detail(progress)}"
        )
        return
    # Asked for before the bar puts a stream of its own in the place of stderr.
    encoding = sys.stderr.encoding
    with _bar() as bar:
        task = bar.add_task("", total=len(claims), detail="")

        def report(progress: Progress) -> None:
            place = places[progress.claim]
            bar.update(
                task,
                completed=place - 1,
                description=f"{place}/{len(claims)}",
                detail=fitting(detail(progress), encoding),
            )

        yield report


class _Log:
    """Says something at most every so many seconds."""

    def __init__(self) -> None:
        self._begun = monotonic()
        self._next = self._begun + FIRST

    def say(self, what: Callable[[], str]) -> None:
        """Write a line, if it is time to."""
        now = monotonic()
        if now < self._next:
            return
        self._next = now + EVERY
        line = f"depthlaw: {now - self._begun:.0f} s · {what()}"
        try:
            print(fitting(line, sys.stderr.encoding), file=sys.stderr, flush=True)
        except OSError:
            # No result depends on it.
            silence(sys.stderr)


def _bar() -> Bar:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
    from rich.table import Column

    return Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=16),
        TimeElapsedColumn(),
        TextColumn(
            "{task.fields[detail]}", markup=False, table_column=Column(no_wrap=True, ratio=1)
        ),
        console=Console(stderr=True, width=terminal_columns()),
        transient=True,
        expand=True,
    )

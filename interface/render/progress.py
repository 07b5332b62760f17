"""Progress on stderr while a person watches; nothing at all where nobody does."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import Progress as Bar

    from depthlaw.numerics.verify import Progress


@contextmanager
def counting(unit: str) -> Iterator[Callable[[int, int], None] | None]:
    """Show how many of a known number of units are done; None where stderr is no terminal."""
    if not sys.stderr.isatty():
        yield None
        return
    with _bar() as bar:
        task = bar.add_task(unit, total=None, detail="")

        def report(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total, detail=f"{done}/{total}")

        yield report


@contextmanager
def checking(claims: Sequence[str]) -> Iterator[Callable[[Progress], None] | None]:
    """Show which claim is being checked, and how far its sampling is."""
    if not sys.stderr.isatty():
        yield None
        return
    with _bar() as bar:
        task = bar.add_task("", total=len(claims), detail="")

        def report(progress: Progress) -> None:
            sampled = f" · {progress.done}/{progress.most} samples" if progress.most else ""
            bar.update(
                task,
                completed=claims.index(progress.claim),
                description=f"{claims.index(progress.claim) + 1}/{len(claims)}",
                detail=f"{progress.claim} · {progress.check}{sampled}",
            )

        yield report


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
        console=Console(stderr=True),
        transient=True,
        expand=True,
    )

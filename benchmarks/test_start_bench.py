"""What starting a command costs, as a multiple of what it cannot do without."""

from __future__ import annotations

import resource
import subprocess
import sys
from typing import Any

import pytest


def processor_seconds(*words: str, repeats: int = 5) -> float:
    """Return the least processor time of a Python process, in seconds."""
    times = []
    for _ in range(repeats):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([sys.executable, *words], capture_output=True, check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        times.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return min(times)


@pytest.mark.parametrize(
    ("command", "needs"),
    [
        # The framework of commands is all that help needs; a list adds the reading of files.
        (["--help"], "import cyclopts, rich.console"),
        (["claims"], "import cyclopts, rich.console, rich.table"),
        # A card is made of formulas.
        (["activation", "gelu"], "import cyclopts, rich.console, sympy, numpy, flint"),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else None,
)
def test_start(benchmark: Any, command: list[str], needs: str) -> None:
    needed = processor_seconds("-c", needs)
    taken = benchmark.pedantic(
        processor_seconds, args=("-m", "depthlaw", *command), rounds=1, iterations=1
    )
    benchmark.extra_info["ratio"] = taken / needed
    print(f"\n{' '.join(command)}: {taken:.2f} s, {taken / needed:.2f} times its imports")

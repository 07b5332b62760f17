"""Theory is deterministic: it never draws, simulates, or reads a clock, and loads fast."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FILES = sorted((ROOT / "theory").rglob("*.py"))
FORBIDDEN = ("random", "time", "datetime", "secrets", "uuid", "depthlaw.numerics", "numpy.random",
             "eval", "exec", "sympify")  # fmt: skip


def named(node: ast.AST) -> Iterator[str]:
    """Yield what a node imports, and the names that it says to be those of generators or text."""
    match node:
        case ast.Import():
            yield from (alias.name for alias in node.names)
        case ast.ImportFrom(module=str(module)):
            yield from (module, *(f"{module}.{alias.name}" for alias in node.names))
        case ast.Attribute(value=ast.Name(id="np" | "numpy"), attr="random"):
            yield "numpy.random"
        case ast.Call(func=ast.Name(id="eval" | "exec" | "sympify" as called)):
            yield called


def offences(source: str) -> list[str]:
    names = (name for node in ast.walk(ast.parse(source)) for name in named(node))
    return [
        name
        for name in names
        if name.startswith(tuple(f"{bad}." for bad in FORBIDDEN)) or name in FORBIDDEN
    ]


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_no_randomness_no_clock_no_evaluation_of_text(path: Path) -> None:
    assert offences(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "source",
    [
        "import random",
        "from numpy.random import default_rng",
        "import numpy as np\nx = np.random.default_rng()",
        "from depthlaw.numerics import simulate",
        "import numpy\nx = numpy.random.default_rng()",
        "import time",
        "from time import monotonic",
        "eval('1')",
        "sympify('1')",
    ],
)
def test_the_scan_finds_what_it_looks_for(source: str) -> None:
    assert offences(source) != []


def test_importing_theory_loads_neither_sympy_nor_any_extra() -> None:
    code = (
        "import sys, depthlaw.theory;"
        "heavy = ('sympy', 'scipy', 'matplotlib', 'rich', 'cyclopts', 'jinja2');"
        "print(sorted(m for m in heavy if m in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"

"""Theory is deterministic: it never draws, simulates, or reads a clock, and loads fast."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FILES = sorted((ROOT / "theory").rglob("*.py"))
FORBIDDEN = ("random", "time", "datetime", "secrets", "uuid", "depthlaw.numerics", "numpy.random")


def imported(source: str) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return names


def offences(source: str) -> list[str]:
    found = [
        name
        for name in imported(source)
        if any(name == bad or name.startswith(bad + ".") for bad in FORBIDDEN)
    ]
    attributes = [
        ast.unparse(node)
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Attribute) and ast.unparse(node) in ("np.random", "numpy.random")
    ]
    calls = [
        node.func.id
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in ("eval", "exec", "sympify")
    ]
    return found + attributes + calls


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
        "import time",
        "eval('1')",
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

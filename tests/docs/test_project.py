"""The project's files say what is true of it."""

import ast
import re
import tomllib
from collections.abc import Iterator
from importlib import import_module, util
from pathlib import Path

import pytest

import depthlaw

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
ROOMS = {"theory": "depthlaw.theory", "numerics": "depthlaw.numerics", "depthlaw": "depthlaw"}
COMMANDS = [
    "python -m pip install '.[cli]' && depthlaw verify",
    "python -m pip install -e '.[test]' && python -m pytest",
]


def test_the_rooms_are_found_through_links_in_the_package() -> None:
    for folder, name in ROOMS.items():
        found = util.find_spec(name)
        assert found is not None
        assert found.origin is not None
        assert Path(found.origin).resolve() == ROOT / folder / "__init__.py"


def test_every_folder_with_code_is_a_package() -> None:
    for folder in ROOMS:
        for module in (ROOT / folder).rglob("*.py"):
            assert (module.parent / "__init__.py").exists(), module.parent


@pytest.mark.parametrize("command", COMMANDS)
def test_the_set_up_commands_stand_in_the_readme_once(command: str) -> None:
    assert README.count(command) == 1


def test_ci_runs_the_test_command_verbatim() -> None:
    assert COMMANDS[1] in (ROOT / ".ci" / "run").read_text(encoding="utf-8")


def test_versions_agree() -> None:
    citation = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    version = PROJECT["project"]["version"]
    assert depthlaw.__version__ == version
    assert f"version: {version}" in citation
    assert f"## {version}" in changes


def test_public_names_all_load() -> None:
    for name in depthlaw.__all__:
        assert getattr(depthlaw, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = depthlaw.nothing


def test_every_module_stays_small_enough_to_read() -> None:
    for folder in ROOMS:
        for module in (ROOT / folder).rglob("*.py"):
            lines = module.read_text(encoding="utf-8").count("\n")
            assert lines <= 400, f"{module.relative_to(ROOT)} has {lines} lines"


def test_no_machine_path_is_committed() -> None:
    pattern = re.compile(r"(?<![\w.])/(?:tmp|home|root|work|Users)/\w")
    for folder in (*ROOMS, "tests", "benchmarks", "docs"):
        for path in (ROOT / folder).rglob("*"):
            if path.suffix in {".py", ".md", ".toml", ".cff"}:
                assert not pattern.search(path.read_text(encoding="utf-8")), path


FOLDERS = (*ROOMS, "tests", "docs", "benchmarks")
PATH = re.compile(
    rf"(?<![\w./<>-])((?:{'|'.join(FOLDERS)}|[.]ci)/(?:[\w.-]+/)*[\w.-]*\w)(?![\w/<*])"
)
LINK = re.compile(r"\]\((?!https?:)([^)#\s]+)\)")
MODULE = re.compile(r"(?<![\w./-])depthlaw(?:[.][A-Za-z_]\w*)+(?![\w/-])")
MADE = ("docs/_build", "docs/api", "docs/reproductions/index.md", "docs/theory/claims")
"""What building the site makes."""


def prose() -> Iterator[tuple[Path, str]]:
    """Yield what is written for people: pages, and the docstrings of modules and what they hold."""
    yield from ((page, page.read_text(encoding="utf-8")) for page in ROOT.glob("*.md"))
    for folder in FOLDERS:
        for page in (ROOT / folder).rglob("*.md"):
            if not str(page.relative_to(ROOT)).startswith(MADE):
                yield page, page.read_text(encoding="utf-8")
        for module in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
                # A string that is a statement documents the name above it.
                if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
                    yield module, str(node.value.value)


def places(page: Path, name: str) -> list[Path]:
    """Return where a name may lie: below the project, or beside the page that it stands on."""
    return [base / ending for base in (ROOT, page.parent) for ending in (name, f"{name}.md")]


def missing(page: Path, text: str) -> set[str]:
    """Return the files and modules that a text names and that are not there."""
    paths = {name for pattern in (PATH, LINK) for name in pattern.findall(text)}
    lost = {
        name
        for name in paths
        if not any(place.exists() for place in places(page, name))
        and not str((page.parent / name).resolve().relative_to(ROOT)).startswith(MADE)
        and not name.startswith(MADE)
    }
    return lost | {name for name in MODULE.findall(text) if not is_there(name)}


def is_there(name: str) -> bool:
    """Whether a dotted name is a module, or something in one."""
    parts = name.split(".")
    for length in range(len(parts), 0, -1):
        try:
            found = import_module(".".join(parts[:length]))
        except ModuleNotFoundError:
            continue
        for attribute in parts[length:]:
            if not hasattr(found, attribute):
                return False
            found = getattr(found, attribute)
        return True
    return False


def test_every_file_and_module_that_is_named_is_there() -> None:
    for page, text in prose():
        assert not missing(page, text), page.relative_to(ROOT)


def test_a_file_that_is_not_there_would_be_noticed() -> None:
    here = ROOT / "docs" / "tutorial.md"
    lost = "`benchmarks/test_streams_bench.py`, [x](how-to/nowhere.md), depthlaw.numerics.nothing"
    names = {"benchmarks/test_streams_bench.py", "how-to/nowhere.md", "depthlaw.numerics.nothing"}
    assert missing(here, lost) == names
    assert not missing(here, "`numerics/streams.py`, [x](theory/index.md), depthlaw.verify")


def test_the_generators_compared_are_those_listed() -> None:
    row = re.search(r"^\| (PCG64.*?) ÷ SFC64", page_of("README.md"), re.MULTILINE)
    assert row is not None
    listed = re.search(r"GENERATORS = \((.*?)\)", page_of("test_simulate_bench.py"))
    assert listed is not None
    assert ["SFC64", *row[1].split(", ")] == re.findall(r"\w+", listed[1])


def page_of(name: str) -> str:
    return (ROOT / "benchmarks" / name).read_text(encoding="utf-8")

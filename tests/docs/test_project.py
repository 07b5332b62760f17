"""The project's files say what is true of it."""

import re
import tomllib
from pathlib import Path

import pytest

import depthlaw

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
ROOMS = {"theory": "depthlaw.theory", "numerics": "depthlaw.numerics", "interface": "depthlaw"}
COMMANDS = [
    "python -m pip install '.[cli]' && depthlaw verify",
    "python -m pip install -e '.[test]' && python -m pytest",
]


def packages_in_the_tree() -> set[str]:
    found = set()
    for folder, name in ROOMS.items():
        for init in (ROOT / folder).rglob("__init__.py"):
            inside = init.parent.relative_to(ROOT / folder).parts
            found.add(".".join((name, *inside)))
    return found


def test_every_sub_package_is_listed_and_none_that_is_not_there() -> None:
    assert set(PROJECT["tool"]["setuptools"]["packages"]) == packages_in_the_tree()


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

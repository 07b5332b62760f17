"""The suite tries the same examples in every run."""

import ast
from pathlib import Path

import pytest
from hypothesis import find, settings
from hypothesis import strategies as st

HERE = Path(__file__).parent
OWN = [path for path in sorted(HERE.rglob("*.py")) if path.name != "conftest.py"]


def test_examples_are_derived_from_the_test_alone(pytestconfig: pytest.Config) -> None:
    if pytestconfig.getoption("--hypothesis-profile", default=None):
        pytest.skip("another profile was asked for")
    for chosen in (settings(), settings(max_examples=3), settings(settings(), deadline=None)):
        assert chosen.derandomize
        assert chosen.database is None


@pytest.mark.parametrize("profile", ["desk", "ci"])
def test_every_profile_repeats_its_examples(profile: str) -> None:
    assert settings.get_profile(profile).derandomize
    assert settings.get_profile(profile).database is None


def test_ci_tries_more_examples_than_the_desk() -> None:
    desk, ci = (settings.get_profile(name).max_examples for name in ("desk", "ci"))
    assert desk < ci
    assert "DEPTHLAW_EXAMPLES=ci" in (HERE.parent / ".ci" / "run").read_text(encoding="utf-8")


@pytest.mark.parametrize("path", OWN, ids=lambda path: path.stem)
def test_no_test_leaves_the_common_settings(path: Path) -> None:
    """Settings of one's own inherit what makes a run repeatable, as long as they do not name it."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            named = {keyword.arg for keyword in node.keywords}
            assert not named & {"derandomize", "database", "database_key"}, f"line {node.lineno}"
            called = node.func.attr if isinstance(node.func, ast.Attribute) else ""
            assert called not in {"register_profile", "load_profile"}, f"line {node.lineno}"


def test_finding_an_example_tries_the_same_ones(pytestconfig: pytest.Config) -> None:
    if pytestconfig.getoption("--hypothesis-profile", default=None):
        pytest.skip("another profile was asked for")

    def tried() -> list[float]:
        seen: list[float] = []

        def wanted(value: float) -> bool:
            seen.append(value)
            return value * 1000 % 7 > 6

        find(st.floats(0, 1), wanted)
        return seen

    assert len(tried()) > 5
    assert tried() == tried()

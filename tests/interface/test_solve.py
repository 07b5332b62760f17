"""Inverse questions on the command line."""

import json
from typing import Any

import pytest

from depthlaw.main import main

THEOREM = ["bound", "orthogonalization.theorem-1-corrected", "batch=4", "depth=1000", "alpha=0.25"]
NETWORK = ["--layer", "linear,rescale", "--batch", "2", "--width", "2000"]


def document(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    assert main([*arguments, "--json"]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def test_the_width_from_which_a_bound_says_something(capsys: pytest.CaptureFixture[str]) -> None:
    found = document([*THEOREM, "--solve", "width"], capsys)
    assert found["vacuous"] is False
    assert found["solved"]["parameter"] == "width"
    assert found["solved"]["smallest"] == 3073


def test_the_width_for_a_target_meets_it(capsys: pytest.CaptureFixture[str]) -> None:
    found = document([*THEOREM, "--solve", "width", "--target", "0.1"], capsys)
    assert found["bound"]["upper"] <= 0.1 * (1 + 2**-50)
    assert found["solved"]["smallest"] == 230400


def test_a_sentence_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*THEOREM, "--solve", "width", "--target", "1/10"]) == 0
    out = capsys.readouterr().out
    assert "width = 230400 is the smallest at which the bound is at most 1/10." in out


def test_measured_depth(capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["simulate", *NETWORK, "--depth", "8", "--replicas", "200", "--correlation", "0.99"]
    found = document([*asked, "--solve", "depth", "--target", "0.2"], capsys)
    solved = found["solved"]
    assert 0 < solved["above"] < solved["below"] <= 8


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ([*THEOREM, "--solve", "alpha"], "parameter to solve for = alpha"),
        ([*THEOREM, "--target", "0.1"], "target = 0.1"),
        ([*THEOREM, "--solve", "width", "--target", "0"], "target = 0"),
        ([*THEOREM, "--solve", "width", "--target", "nan"], "target = nan"),
        ([*THEOREM, "--solve", "width", "--target", "x"], "target = x"),
        ([*THEOREM, "width=5", "--solve", "width"], "width = 5"),
        (["simulate", *NETWORK, "--depth", "2", "--target", "0.1"], "solve = missing"),
        (["simulate", *NETWORK, "--depth", "2", "--solve", "depth"], "target = missing"),
        (
            ["simulate", *NETWORK, "--depth", "2", "--solve", "depth", "--target", "3"],
            "target = 3",
        ),
        (["simulate", *NETWORK, "--depth", "2", "--correlation", "1.1"], "correlation = 1.1"),
        (["simulate", *NETWORK, "--depth", "2", "--correlation", "-1.1"], "correlation = -1.1"),
    ],
)
def test_bad_questions_are_one_sentence(
    arguments: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert says in captured.err
    assert captured.err.count("\n") == 1

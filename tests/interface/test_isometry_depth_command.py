"""``depthlaw activation --gram``: the depth to isometry for one's own batch."""

import json
from pathlib import Path

import pytest

from depthlaw.main import main
from depthlaw.theory.activations import activation
from depthlaw.theory.isometry.depth import depth_to_isometry


def matrix(folder: Path, text: str) -> str:
    path = folder / "gram.csv"
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_the_command_gives_what_the_function_gives(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = matrix(tmp_path, "1, 0.5\n0.5, 1\n")
    assert main(["activation", "relu", "--gram", path, "--gap", "0.001", "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)["isometry"]
    found = depth_to_isometry([[1, 0.5], [0.5, 1]], activation("relu"), 0.001)
    assert found.exact is not None
    assert found.sharp is not None
    assert (shown["exact"], shown["sharp_bound"]) == (found.exact.depth, found.sharp.depth)
    assert shown["exact"] <= shown["sharp_bound"] <= shown["unconditional_bound"]


def test_a_page_for_people(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["activation", "tanh", "--gram", matrix(tmp_path, "1,0.9\n0.9,1")]) == 0
    assert "by the mean-field recursion itself" in capsys.readouterr().out


def test_equal_samples_never_part_and_the_reason_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = matrix(tmp_path, "1,1\n1,1")
    assert main(["activation", "relu", "--gram", path, "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)["isometry"]
    assert shown["exact"] is None
    assert shown["initial_gap"]["upper"] == "inf"
    assert shown["reason"]
    assert main(["activation", "relu", "--gram", path]) == 0
    assert "it starts at inf;" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("1,0.5\n0.5", "equally many numbers"),
        ("1,x\nx,1", "gram, line 1 = x"),
        ("1,2\n2,1", "eigenvalue"),
        ("1,0.5,0\n0.5,1,0", "square"),
        ("", "the file is empty"),
        ("2,0\n0,1", "diagonal"),
        ("1,nan\nnan,1", "finite"),
    ],
)
def test_bad_matrices_are_one_sentence(
    text: str, says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["activation", "relu", "--gram", matrix(tmp_path, text)]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert says in captured.err
    assert captured.err.count("\n") == 1


def test_a_missing_file_and_a_gap_without_a_matrix(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["activation", "relu", "--gram", str(tmp_path / "none.csv")]) == 2
    assert "cannot be read" in capsys.readouterr().err
    assert main(["activation", "relu", "--gap", "0.1"]) == 2
    assert "gap = 0.1" in capsys.readouterr().err

"""``depthlaw predict``: what it prints, the JSON that programs read, and what it refuses."""

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from depthlaw import Network, predict
from depthlaw.commands.start_file import read_samples
from depthlaw.theory.errors import ArgumentError
from depthlaw.theory.network.text import parse_layer
from tests.interface.conftest import Command

BLOCK = "residual(layernorm,linear:width=4x,gelu,linear)"
NUMBER = {"lower", "upper", "kind", "exact"}


def middle(number: dict[str, Any]) -> float:
    return float((number["lower"] + number["upper"]) / 2)


def test_json_has_the_contract_keys_and_the_numbers_of_the_library(command: Command) -> None:
    found = command("predict", "--layer", BLOCK, "--correlation", "0.25", "--depth", "5", "--json")
    assert (found.status, found.err) == (0, "")
    document = found.document
    assert {"network", "layers", "limit"} <= set(document)
    assert document["network"]["layer"] == BLOCK
    assert "width" not in document["network"]
    network = Network(width=64, batch=2, layer=parse_layer(BLOCK))
    layers = predict(network, depth=5, correlation=0.25).layers
    assert [layer["depth"] for layer in document["layers"]] == list(range(6))
    for shown, layer in zip(document["layers"], layers, strict=True):
        for name in ("second_moment", "correlation", "isometry_gap"):
            assert set(shown[name]) == NUMBER
            assert shown[name]["lower"] == getattr(layer, name).lower
    assert {"law", "correlation", "rate"} <= set(document["limit"])
    assert document["limit"]["law"] == "power"


def test_text_has_at_most_twenty_layers_and_says_how_numbers_are_known(command: Command) -> None:
    found = command("predict", "--layer", "linear,layernorm,tanh", "--depth", "300")
    assert found.status == 0
    rows = [line for line in found.out.splitlines() if line.endswith(("enclosed", "computed"))]
    assert len(rows) <= 21
    assert rows[-1].split()[0] == "300"
    assert rows[0].endswith("enclosed")
    assert rows[-1].endswith("computed")
    assert "Enclosed:" in found.out
    assert "Computed:" in found.out
    assert "Great depth" in found.out


def test_without_an_answer_there_is_a_sentence(command: Command) -> None:
    found = command("predict", "--layer", "linear:unit", "--depth", "3")
    assert found.status == 0
    assert "Theory has no answer in layer 1: linear:unit" in found.out
    assert "No law is known here" in found.out
    document = command("predict", "--layer", "linear:unit", "--depth", "3", "--json").document
    assert document["unanswered"].startswith("Theory has no answer")
    assert len(document["layers"]) == 1


def test_width_adds_the_spread(command: Command) -> None:
    words = ("predict", "--layer", "linear", "--depth", "1", "--correlation", "0.5", "--json")
    plain, wide = command(*words).document, command(*words, "--width", "900").document
    assert plain["layers"][1]["spread"] is None
    assert wide["network"]["width"] == 900
    assert middle(wide["layers"][1]["spread"]) == pytest.approx(0.75 / 30, rel=1e-3)


def test_stem_head_and_positions(command: Command) -> None:
    found = command(
        *("predict", "--layer", "conv:3:circular,relu", "--stem", "linear:variance=4"),
        *("--head", "average,linear:variance=2", "--positions", "2x3", "--depth", "2"),
        *("--batch", "5", "--json"),
    ).document
    assert found["network"]["positions"] == [2, 3]
    assert found["network"]["stem"] == "linear:variance=4.0"
    assert middle(found["layers"][0]["second_moment"]) == 4
    assert found["head"]["depth"] == 2
    assert middle(found["head"]["correlation"]) > middle(found["layers"][2]["correlation"])


@pytest.mark.parametrize("ending", ["csv", "npy"])
def test_a_batch_from_a_file(command: Command, tmp_path: Path, ending: str) -> None:
    X = np.array([[1.0, 2.0, 3.0], [0.0, -1.0, 0.5]])
    path = tmp_path / f"batch.{ending}"
    if ending == "npy":
        np.save(path, X)
    else:
        path.write_text("1,2,3\n\n0,-1,0.5\n", encoding="utf-8")
    words = ("predict", "--layer", "linear,relu", "--depth", "1", "--start", str(path), "--json")
    found = command(*words).document
    assert found["network"]["batch"] == 2
    K = X @ X.T / 3
    network = Network(width=64, batch=2, layer=parse_layer("linear,relu"))
    layers = predict(network, depth=1, initial_gram=K, gaussian=False).layers
    for shown, layer in zip(found["layers"], layers, strict=True):
        assert layer.correlation is not None
        assert shown["correlation"]["lower"] == layer.correlation.lower
    turned = command(*words, "--columns").document
    assert turned["network"]["batch"] == 3


def test_an_activation_on_data_asks_for_a_stem(command: Command, tmp_path: Path) -> None:
    path = tmp_path / "batch.csv"
    path.write_text("1,2\n3,4\n", encoding="utf-8")
    words = ("predict", "--layer", "relu,linear", "--depth", "1", "--start", str(path))
    assert "add a stem linear" in command(*words).out
    assert "no answer" not in command(*words, "--stem", "linear").out


@pytest.mark.parametrize("ending", ["csv", "json"])
def test_the_table_goes_to_a_file(command: Command, tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"table.{ending}"
    words = ("predict", "--layer", "linear,relu", "--depth", "30", "--out", str(path))
    found = command(*words)
    assert str(path) in found.out
    if ending == "csv":
        rows: list[dict[str, Any]] = list(csv.DictReader(path.read_text("utf-8").splitlines()))
        assert float(rows[0]["correlation_lower"]) == 0.5
        assert {row["correlation_kind"] for row in rows} == {"enclosure"}
    else:
        rows = json.loads(path.read_text(encoding="utf-8"))
        assert rows[0]["correlation_lower"] == 0.5
    assert len(rows) == 31


BAD = {
    ("--layer", "linear"): "depth = missing",
    ("--layer", "linear", "--depth", "-1"): "depth = -1",
    ("--layer", "linear", "--depth", "1", "--batch", "0"): "batch = 0",
    ("--layer", "linear", "--depth", "1", "--correlation", "2"): "correlation = 2",
    ("--layer", "linear", "--depth", "1", "--batch", "5", "--correlation", "-0.9"): "correlation",
    ("--layer", "linear", "--depth", "1", "--second-moment", "0"): "second_moment = 0",
    ("--layer", "lineer", "--depth", "1"): "did you mean linear",
    ("--layer", "residual(linear", "--depth", "1"): "never closed",
    ("--layer", "conv:3", "--depth", "1"): "positions = none",
    ("--layer", "linear", "--depth", "1", "--positions", "2xa"): "positions = 2xa",
    ("--layer", "linear", "--depth", "1", "--positions", "0x2"): "positions = 0x2",
    ("--layer", "linear", "--depth", "1", "--width", "0"): "width = 0",
    ("--layer", "linear", "--depth", "1", "--out", "table.txt"): "out = table.txt",
    ("--layer", "linear", "--depth", "1", "--out", "no/where/table.csv"): "cannot be written",
    ("--layer", "linear", "--depth", "1", "--columns"): "columns = True",
    ("--layer", "linear", "--depth", "1", "--stem", ""): "layer = ''",
    ("--layer", "linear", "--depth", "1", "--start", "batch.txt"): "name a .npy or a .csv file",
    ("--layer", "linear", "--depth", "1", "--start", "none.csv"): "cannot be read",
    ("--layer", "linear", "--depth", "1", "--start", "none.npy"): "cannot be read",
    ("--layer", "linear", "--depth", "1", "--start", "a.csv", "--correlation", "0"): "leave one",
    ("--layer", "attention:heads=7:uniform", "--depth", "1", "--width", "64"): "heads = 7",
}


@pytest.mark.parametrize("words", BAD)
def test_a_mistake_is_one_sentence(command: Command, words: tuple[str, ...]) -> None:
    found = command("predict", *words)
    assert (found.status, found.out) == (2, "")
    assert BAD[words] in found.err
    assert found.err.count("\n") == 1


FILES = {
    "nan.csv": ("1,2\n3,nan\n", "row 2, column 2"),
    "ragged.csv": ("1,2\n3\n", "line 2 has 1 numbers"),
    "words.csv": ("1,2\n3,four\n", "line 2 = four"),
    "empty.csv": ("", "empty"),
    "zero.csv": ("0,0\n0,0\n", "zero"),
    "text.npy": ("1,2\n", "cannot be read"),
}


@pytest.mark.parametrize("name", FILES)
def test_a_bad_file_is_one_sentence(command: Command, tmp_path: Path, name: str) -> None:
    content, said = FILES[name]
    (tmp_path / name).write_text(content, encoding="utf-8")
    found = command("predict", "--layer", "linear", "--depth", "1", "--start", str(tmp_path / name))
    assert (found.status, found.out) == (2, "")
    assert said in found.err
    assert found.err.count("\n") == 1


@pytest.mark.parametrize(
    "array",
    [
        np.array([[1, None]], dtype=object),
        np.array([["a", "b"]]),
        np.array([[1 + 2j]]),
        np.ones(3),
        np.ones((2, 2, 2)),
        np.ones((0, 3)),
        np.array([[np.inf, 1.0]]),
        np.array([[True, False]]),
    ],
    ids=["object", "text", "complex", "vector", "cube", "empty", "infinite", "truth"],
)
def test_an_array_that_is_no_table_of_numbers_is_refused(tmp_path: Path, array: Any) -> None:
    path = tmp_path / "batch.npy"
    np.save(path, array, allow_pickle=True)
    with pytest.raises(ArgumentError, match="start") as caught:
        read_samples(str(path))
    assert "\n" not in str(caught.value)


def test_a_folder_and_an_archive_are_no_arrays(tmp_path: Path) -> None:
    (tmp_path / "folder.npy").mkdir()
    np.savez(tmp_path / "many.npz", a=np.eye(2))
    (tmp_path / "many.npz").rename(tmp_path / "many.npy")
    for name in ("folder.npy", "many.npy"):
        with pytest.raises(ArgumentError, match="start"):
            read_samples(str(tmp_path / name))

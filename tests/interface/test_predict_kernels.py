"""``depthlaw predict --kernels``: what it prints, the JSON that programs read, what it refuses."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from depthlaw import Network, kernels
from depthlaw.theory.network.text import parse_layer
from tests.interface.conftest import Command

RELU = ("predict", "--kernels", "--layer", "linear:variance=2,relu", "--head", "linear")


def network(batch: int = 2) -> Network:
    layer = parse_layer("linear:variance=2,relu")
    return Network(64, batch, layer, head=parse_layer("linear"))


def test_json_has_the_contract_keys_and_the_numbers_of_the_library(command: Command) -> None:
    found = command(*RELU, "--depth", "3", "--correlation", "0.25", "--json")
    assert (found.status, found.err) == (0, "")
    document = found.document
    assert {"network", "start", "depth", "readout", "layers", "output"} <= set(document)
    assert {"parametrisation", "error", "unanswered", "remarks"} <= set(document)
    assert "width" not in document["network"]
    assert document["parametrisation"] == "ntk"
    wanted = kernels(network(), depth=3, correlation=0.25)
    for shown, layer in zip(
        [*document["layers"], document["output"]], [*wanted.layers, wanted.output], strict=True
    ):
        for name in ("nngp", "ntk"):
            assert set(shown[name]) == {"lower", "upper", "kind"}
            assert shown[name]["kind"] == "enclosure"
            for end in ("lower", "upper"):
                number = layer.number(name, 0, 1)
                assert shown[name][end][0][1] == getattr(number, end)


def test_text_names_both_kernels_and_the_parametrisation(command: Command) -> None:
    found = command(*RELU, "--depth", "30")
    assert found.status == 0
    rows = [line for line in found.out.splitlines() if line.endswith("enclosed")]
    assert len(rows) <= 23
    assert rows[-1].split()[0] == "output"
    for words in ("NNGP", "NTK", "NTK parametrisation", "Enclosed:"):
        assert words in found.out


def test_a_table_has_a_row_for_each_pair(command: Command, tmp_path: Path) -> None:
    batch, file = tmp_path / "batch.npy", tmp_path / "kernels.csv"
    X = np.random.default_rng(1).standard_normal((9, 4))
    np.save(batch, X)
    found = command(*RELU, "--depth", "2", "--start", str(batch), "--out", str(file))
    assert (found.status, found.err) == (0, "")
    rows = list(csv.DictReader(file.read_text().splitlines()))
    assert len(rows) == 9 * 10 / 2
    wanted = kernels(network(9), depth=2, initial_gram=X @ X.T / 4).output
    assert wanted.ntk is not None
    for row in rows:
        i, j = int(row["first"]), int(row["second"])
        assert row["depth"] == "output"
        assert row["ntk_kind"] == "computed"
        assert float(row["ntk_lower"]) <= wanted.ntk[i, j] <= float(row["ntk_upper"])
        assert float(row["nngp_lower"]) <= wanted.nngp[i, j] <= float(row["nngp_upper"])


def test_images_are_pooled_or_flattened(command: Command) -> None:
    words = ("predict", "--kernels", "--layer", "conv:3,relu", "--head", "linear", "--depth", "1")
    shown = {}
    for readout in ("average", "flatten"):
        found = command(*words, "--positions", "2x2", "--readout", readout, "--json")
        assert found.document["readout"] == readout
        shown[readout] = found.document["output"]["ntk"]
        assert len(shown[readout]["lower"]) == 2
    assert shown["average"] != shown["flatten"]


def test_where_there_is_no_tangent_kernel_json_says_why(command: Command) -> None:
    found = command(
        "predict", "--kernels", "--layer", "linear,step", "--depth", "1", "--json"
    ).document
    assert found["output"]["ntk"] is None
    assert "step jumps" in found["unanswered"]
    json.dumps(found, allow_nan=False)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ((*RELU, "--width", "64"), "width = 64: kernels are those of infinite width"),
        ((*RELU, "--seed", "1"), "seed = 1: kernels are those of infinite width"),
        ((*RELU, "--readout", "average"), "the network has no positions"),
        (("predict", "--layer", "linear", "--readout", "average"), "it belongs to --kernels"),
        (("predict", "--kernels", "--layer", "linear,batchnorm"), "take layernorm or rmsnorm"),
        (("predict", "--kernels", "--layer", "relu"), "begin with linear"),
        (("predict", "--kernels", "--layer", "linear,attention"), "attention:uniform"),
    ],
)
def test_what_cannot_be_answered_is_one_sentence(
    command: Command, words: tuple[str, ...], says: str
) -> None:
    found = command(*words, "--depth", "1")
    assert found.status == 2
    assert says in found.err
    assert found.err.count("\n") == 1

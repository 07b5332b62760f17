"""``depthlaw simulate`` for any network: its starts, what it shows and writes, what it refuses."""

from __future__ import annotations

import csv
import importlib
import json
import os
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from depthlaw.numerics.estimation.median import median_bounds
from depthlaw.numerics.sampling import plan
from depthlaw.numerics.simulate import simulate
from depthlaw.plots.profile import profile
from depthlaw.render.start import Start
from depthlaw.render.summary import RANGES, SHOWN, Summary, measured
from depthlaw.render.theory_curves import theory_curves
from depthlaw.theory.network import Network
from depthlaw.theory.network.gram import equicorrelated
from depthlaw.theory.network.text import parse_layer
from depthlaw.theory.prediction import predict

if TYPE_CHECKING:
    from tests.interface.conftest import Command, Outcome

BLOCK = (
    "residual(layernorm,attention:heads=2:causal),residual(layernorm,linear:width=4x,gelu,linear)"
)
GPT = ("--layer", BLOCK, "--stem", "linear", "--head", "layernorm,linear:width=3")
SIZES = ("--batch", "2", "--positions", "3", "--width", "8", "--depth", "2", "--replicas", "4")
IMAGES = (
    *("--layer", "residual(conv:3,batchnorm,relu,conv:3:circular,batchnorm),relu"),
    *("--stem", "conv:3", "--batch", "2", "--positions", "2x3", "--width", "6"),
    *("--depth", "2", "--replicas", "3"),
)
GLU = (
    *("--layer", "residual(rmsnorm,linear:width=4x,glu(silu),linear)"),
    *("--batch", "3", "--width", "6", "--depth", "2", "--replicas", "3"),
)
RELU = ("--layer", "linear:variance=2,relu", "--width", "30", "--depth", "2")


def ran(found: Outcome) -> Any:
    assert (found.status, found.err) == (0, "")
    return found.document


@pytest.fixture
def batch(tmp_path: Path) -> Path:
    """A file of 4 samples with 5 features."""
    path = tmp_path / "batch.npy"
    np.save(path, np.random.default_rng(0).standard_normal((4, 5)))
    return path


class TestNetworks:
    def test_stem_and_head_are_layers_of_their_own(self, command: Command) -> None:
        document = ran(command("simulate", *GPT, *SIZES, "--json"))
        parts = [layer["part"] for layer in document["layers"]]
        assert parts == ["start", "stem", "layer", "layer", "head"]
        # The depth is that of `predict`: how many layers are passed.
        assert [layer["depth"] for layer in document["layers"]] == [0, 0, 1, 2, 2]
        assert document["depth"] == 2
        # Six columns in three neurons.
        assert document["layers"][-1]["stable_rank"]["largest"] <= 3
        network = document["network"]
        assert (network["positions"], network["stem"]) == ([3], "linear")

    @pytest.mark.parametrize("words", [(*GPT, *SIZES), IMAGES, GLU], ids=["gpt", "images", "glu"])
    def test_the_document_alone_repeats_it(self, words: tuple[str, ...], command: Command) -> None:
        found = command("simulate", *words, "--seed", "7", "--json")
        program, *again = shlex.split(ran(found)["command"])
        assert program == "depthlaw"
        assert command(*again).out == found.out

    def test_features_of_the_start_are_asked_for_where_they_matter(self, command: Command) -> None:
        words = ("simulate", "--layer", "linear,relu", "--stem", "relu,linear", "--batch", "3")
        words += ("--width", "8", "--depth", "1", "--inputs", "40", "--json")
        found = command(*words)
        assert ran(found)["network"]["inputs"] == 40
        assert command(*shlex.split(found.document["command"])[1:]).out == found.out

    @pytest.mark.parametrize("correlation", ["1", "-1/2"])
    def test_the_ends_of_the_correlation_are_taken(
        self, correlation: str, command: Command
    ) -> None:
        words = ("simulate", *RELU, "--batch", "3", "--correlation", correlation, "--json")
        start, *layers = ran(command(*words))["layers"]
        assert start["isometry_gap"]["mean"] == "inf"
        assert start["mean_cosine"]["mean"] == pytest.approx(1 if correlation == "1" else -0.5)
        if correlation == "1":
            # Samples that are one sample stay it.
            assert all(layer["stable_rank"]["largest"] < 1 + 1e-12 for layer in layers)


class TestStartFiles:
    def test_it_is_the_start_of_the_library(self, batch: Path, command: Command) -> None:
        words = ("simulate", *RELU, "--stem", "linear", "--start", str(batch), "--replicas", "3")
        document = ran(command(*words, "--json"))
        start = document["start"]
        assert (start["name"], start["samples"], start["features"]) == ("file", 4, 5)
        relu = parse_layer("linear:variance=2,relu")
        network = Network(30, 4, relu, stem=parse_layer("linear"), inputs=5)
        assert document["network"] == network.to_json()
        run = simulate(network, depth=2, replicas=3, initial_state=np.load(batch).T)
        for stage, at in enumerate(document["layers"]):
            seen = run.values["isometry"][:, stage]
            assert (at["isometry"]["smallest"], at["isometry"]["largest"]) == (
                seen.min(),
                seen.max(),
            )

    def test_columns_and_the_other_format_are_the_same_batch(
        self, batch: Path, command: Command
    ) -> None:
        turned = batch.with_suffix(".csv")
        turned.write_text(
            "\n".join(",".join(map(repr, row)) for row in np.load(batch).T.tolist()), "utf-8"
        )
        words = ("simulate", *RELU, "--inputs", "5", "--replicas", "3", "--json", "--start")
        one = ran(command(*words, str(batch)))
        found = command(*words, str(turned), "--columns")
        two = ran(found)
        assert one["layers"] == two["layers"]
        assert one["start"]["sha256"] == two["start"]["sha256"]
        assert command(*shlex.split(two["command"])[1:]).out == found.out

    def test_rows_are_the_positions_of_one_sample_after_the_other(
        self, batch: Path, command: Command
    ) -> None:
        words = ("simulate", "--layer", "average", "--width", "5", "--depth", "1", "--json")
        document = ran(command(*words, "--positions", "2", "--start", str(batch)))
        assert document["network"]["batch"] == 2
        means = np.load(batch).reshape(2, 2, 5).mean(axis=1)
        moment = document["layers"][1]["second_moment"]["median"]
        assert moment == pytest.approx((means**2).mean())


class TestIntervals:
    def test_those_without_a_finite_range_are_of_the_median(self, command: Command) -> None:
        words = ("simulate", *RELU, "--batch", "3", "--replicas", "40", "--level", "0.1", "--json")
        document = ran(command(*words))
        network = Network(30, 3, parse_layer("linear:variance=2,relu"))
        run = simulate(
            network,
            depth=2,
            replicas=40,
            initial_gram=equicorrelated(3, 0.5),
            observables=measured(network, 2),
        )
        for layer in document["layers"]:
            for name, ends in RANGES.items():
                assert layer[name].get("of", "mean") == ("median" if ends is None else "mean")
        for name in ("second_moment", "isometry_gap"):
            for depth in (1, 2):
                shown, seen = document["layers"][depth][name], run.values[name][:, depth]
                bounds = median_bounds(seen, level=0.1 / (2 * len(RANGES)))
                assert (shown["lower"], shown["upper"]) == bounds
                assert shown["lower"] <= shown["median"] <= shown["upper"]

    def test_few_replicas_know_nothing_of_a_median(self, command: Command) -> None:
        document = ran(command("simulate", *RELU, "--batch", "3", "--replicas", "2", "--json"))
        moment = document["layers"][2]["second_moment"]
        assert (moment["lower"], moment["upper"]) == ("-inf", "inf")

    def test_dead_units_and_the_soft_rank_stay_in_their_ranges(self, command: Command) -> None:
        words = ("simulate", *RELU, "--batch", "3", "--head", "linear:width=2", "--json")
        start, *layers, head = ran(command(*words))["layers"]
        assert start["dead_units"]["mean"] is head["dead_units"]["mean"] is None
        for layer in layers:
            assert 0 < layer["dead_units"]["mean"] < 1
        assert head["soft_rank"]["upper"] <= 2 < layers[0]["soft_rank"]["largest"] <= 3

    def test_the_scale_that_a_run_brings_back_is_put_in_again(self, command: Command) -> None:
        words = ("--layer", "linear:variance=1e-30", "--batch", "2", "--width", "50")
        layers = ran(command("simulate", *words, "--depth", "9", "--json"))["layers"]
        assert 1e-272 < layers[-1]["second_moment"]["median"] < 1e-268


class TestTables:
    def test_observables_are_shown_in_the_order_asked_for(self, command: Command) -> None:
        words = ("simulate", *RELU, "--batch", "3", "--observables", "dead_units,isometry")
        heading = command(*words).out.splitlines()[1]
        assert heading.split() == ["depth", "dead", "units", "isometry"]
        usual = command(*words[:-2]).out.splitlines()[1]
        assert [name for name in SHOWN if name.replace("_", " ") not in usual] == []

    @pytest.mark.parametrize("ending", ["csv", "json"])
    def test_a_table_has_a_row_for_each_layer_and_observable(
        self, ending: str, tmp_path: Path, command: Command
    ) -> None:
        path = tmp_path / f"table.{ending}"
        document = ran(command("simulate", *GPT, *SIZES, "--out", str(path), "--json"))
        text = path.read_text("utf-8")
        rows = list(csv.DictReader(text.splitlines())) if ending == "csv" else json.loads(text)
        assert len(rows) == 5 * len(RANGES)
        for place, row in enumerate(rows):
            layer = document["layers"][place // len(RANGES)]
            assert (row["part"], int(row["depth"])) == (layer["part"], layer["depth"])
            expected = layer[row["observable"]]["mean"]
            if ending == "csv":
                assert row["mean"] == ("" if expected is None else str(expected))
            else:
                assert row["mean"] == expected

    def test_parquet_is_the_same_table(self, tmp_path: Path, command: Command) -> None:
        parquet = importlib.import_module("pyarrow.parquet")
        path = tmp_path / "table.parquet"
        assert command("simulate", *GLU, "--out", str(path)).status == 0
        assert parquet.read_table(path).num_rows == 3 * len(RANGES)

    def test_without_its_package_parquet_says_what_to_install(
        self, tmp_path: Path, command: Command, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setitem(__import__("sys").modules, "pyarrow", None)
        found = command("simulate", *GLU, "--out", str(tmp_path / "table.parquet"))
        assert (found.status, found.out) == (2, "")
        assert "depthlaw[frames]" in found.err
        assert not os.listdir(tmp_path)


class TestPictures:
    @pytest.mark.parametrize("ending", ["png", "svg", "pdf"])
    def test_a_picture_is_drawn(self, ending: str, tmp_path: Path, command: Command) -> None:
        path = tmp_path / f"picture.{ending}"
        found = command("simulate", *GLU, "--plot", str(path), "--observables", "isometry")
        assert (found.status, found.err) == (0, "")
        assert f"Drawn in {path}." in found.out
        assert len(path.read_bytes()) > 1000

    def test_each_observable_has_a_panel_with_theory_under_it(self) -> None:
        network = Network(40, 3, parse_layer("linear:variance=2,relu"), stem=parse_layer("linear"))
        run = simulate(
            network,
            depth=3,
            replicas=30,
            initial_gram=equicorrelated(3, 0.5),
            observables=measured(network, 3),
        )
        summary = Summary.of(run, Start("equicorrelated", 0.5), seed=0, level=0.1)
        curves = theory_curves(predict(network, depth=3, correlation=0.5), 3)
        names = ("second_moment", "mean_cosine", "dead_units", "soft_rank")
        panels = profile(summary, names, predicted=curves).axes
        assert len(panels) == len(names)
        labels = [{line.get_label() for line in panel.lines} for panel in panels]
        theory = ["theory, infinite width" in found for found in labels]
        assert theory == [True, True, False, False]
        # The start is no layer of the prediction: a stem comes before them.
        assert [curve[0] for curve in curves.values()] == [None] * len(curves)
        assert all(len(curve) == 5 for curve in curves.values())
        assert float(curves["stable_rank"][1] or 0) == pytest.approx(1.5 * 4 / 3)

    def test_where_theory_ends_it_is_said(self, tmp_path: Path, command: Command) -> None:
        found = command("simulate", *GPT, *SIZES, "--plot", str(tmp_path / "x.png"))
        assert (found.status, found.err) == (0, "")
        assert "Theory has no answer in layer 1: attention" in found.out


class TestWriting:
    def test_files_are_written_all_or_none(
        self, tmp_path: Path, command: Command, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        plot, out = tmp_path / "x.svg", tmp_path / "x.csv"
        out.mkdir()
        words = ("simulate", *GLU, "--plot", str(plot), "--out", str(out / "t.csv"))
        written = Path.write_bytes

        def full(path: Path, content: bytes) -> int:
            if "t.csv" in path.name:
                raise OSError(28, "No space left on device")
            return written(path, content)

        monkeypatch.setattr(Path, "write_bytes", full)
        found = command(*words)
        assert (found.status, found.out) == (2, "")
        assert "out = " in found.err
        assert "No space left" in found.err
        assert os.listdir(tmp_path) == ["x.csv"]
        assert not os.listdir(out)

    @pytest.mark.parametrize(
        ("option", "name", "advises"),
        [
            ("--plot", "x.gif", "must end in .pdf, .png, .svg"),
            ("--plot", "no/such/x.png", "No such file or directory"),
            ("--out", "x.txt", "must end in .csv, .json, .parquet"),
            ("--out", "no/such/x.csv", "No such file or directory"),
        ],
    )
    def test_a_wrong_name_is_refused_before_anything_is_simulated(
        self,
        option: str,
        name: str,
        advises: str,
        tmp_path: Path,
        command: Command,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr("depthlaw.numerics.simulate.simulate", None)
        monkeypatch.chdir(tmp_path)
        found = command("simulate", *GLU, option, name)
        assert (found.status, found.out) == (2, "")
        assert advises in found.err
        assert not os.listdir(tmp_path)


RUN = "--batch 4 --width 20 --depth 1 --layer "
DEEP = "residual(" * 300 + "linear" + ")" * 300
MISTAKES = [
    (RUN + "lineer,relu", "operation = lineer", "did you mean linear?"),
    (RUN + "linear:varience=2", "varience=2", "did you mean variance"),
    (RUN + "linear --stem linea", "operation = linea", "did you mean linear?"),
    (RUN + "linear --head linear((", "head = 'linear(('", "place 8 is never closed"),
    (RUN + "residual(linear,relu", "layer = ", "place 9 is never closed"),
    (RUN + "residual(linear))", "layer = ", "place 17 closes nothing"),
    (RUN + DEEP, "layer = ", "at most 64"),
    (RUN + "linear:width=" + "9" * 5000, "width = ", "write neurons"),
    (RUN + "attention:heads=" + "9" * 5000, "heads = ", "whole number"),
    (RUN + "attention:heads=3", "heads = 3", "do not divide the width 20"),
    (RUN + "residual(linear:width=2x)", "20 neurons enter", "end it with linear"),
    (RUN + "conv:3", "positions = none", "8x8"),
    (RUN + "conv:3x3 --positions 4", "kernel = 3x3", "1 axes"),
    (RUN + "conv:3 --positions 0x3", "positions = 0x3", "8x8 for an image"),
    (RUN + "conv:3 --positions 8x", "positions = 8x", "8x8 for an image"),
    (RUN + "conv:3 --positions 1e3", "positions = 1e3", "8x8 for an image"),
    (RUN + "linear,relu --inputs 30", "inputs = 30", "without effect"),
    (RUN + "relu,linear --inputs 0", "inputs = 0", "at least 1"),
    (RUN + "linear --columns", "columns = True", "--start FILE"),
    (RUN + "linear --start nowhere.csv", "start = nowhere.csv", "No such file"),
    (RUN + "linear --start batch.txt", "start = batch.txt", ".npy or a .csv"),
    (RUN + "linear --observables isometry_gp", "isometry_gp", "isometry_gap"),
    (RUN + "linear --observables isometry,isometry", "isometry,isometry", "twice"),
    (RUN + "linear --observables isometry --json", "observables = ", "leave it out"),
    (RUN + "linear --solve depth --target 0.1 --out x.csv", "out = x.csv", "leave it out"),
    (RUN + "linear --stem linear --solve depth --target 0.1", "stem = given", "leave it out"),
    ("--layer linear --width 9 --depth 1", "batch = missing", "--start FILE"),
    ("--layer linear --width 9 --depth 1 --batch 1 --positions 1", "batch = 1", "at least 2"),
    (
        "--layer residual(rmsnorm,linear) --width 3 --depth 1 --batch 4",
        "width = 3",
        "rank of at most 3; --stem linear",
    ),
]


class TestMistakes:
    @pytest.mark.parametrize(
        ("typed", "names", "advises"), MISTAKES, ids=[m[0][:60] for m in MISTAKES]
    )
    def test_a_mistake_gets_one_sentence(
        self, typed: str, names: str, advises: str, command: Command
    ) -> None:
        found = command("simulate", *typed.split())
        assert (found.status, found.out) == (2, "")
        assert found.err.startswith("depthlaw: ")
        assert found.err.count("\n") == 1
        assert names in found.err
        assert advises in found.err

    @pytest.mark.parametrize(
        ("options", "advises"),
        [
            ("--batch 3 --inputs 5", "batch = 3: the file has 4 samples"),
            ("--inputs 6", "inputs = 6: the file has 5 features"),
            ("--correlation 0.5", "correlation = 0.5"),
            ("--positions 3", "no multiple of 3 positions"),
            ("", "it has 5 features and the network a width of 30"),
            ("--solve depth --target 0.1 --inputs 5", "--solve starts from a Gram matrix"),
        ],
    )
    def test_what_contradicts_a_start_file_is_said(
        self, options: str, advises: str, batch: Path, command: Command
    ) -> None:
        found = command("simulate", *RELU, "--start", str(batch), *options.split())
        assert (found.status, found.out) == (2, "")
        assert advises in found.err
        assert found.err.count("\n") == 1

    @pytest.mark.parametrize(
        ("name", "array", "advises"),
        [
            ("nan", np.array([[1.0, np.nan]]), "row 1, column 2"),
            ("objects", np.array([[1, None]], dtype=object), "no array of numbers"),
            ("complex", np.ones((2, 2), dtype=complex), "complex"),
            ("vector", np.ones(3), "shape (3,)"),
            ("row", np.ones((1, 30)), "at least 2"),
        ],
    )
    def test_an_array_that_is_no_batch_is_one_sentence(
        self, name: str, array: Any, advises: str, tmp_path: Path, command: Command
    ) -> None:
        path = tmp_path / f"{name}.npy"
        np.save(path, array, allow_pickle=True)
        found = command("simulate", *RELU, "--start", str(path))
        assert (found.status, found.out) == (2, "")
        assert advises in found.err
        assert found.err.count("\n") == 1

    def test_rows_of_different_lengths_are_named(self, tmp_path: Path, command: Command) -> None:
        path = tmp_path / "ragged.csv"
        path.write_text("1,2,3\n4,5\n", encoding="utf-8")
        found = command("simulate", *RELU, "--start", str(path))
        assert (found.status, found.out) == (2, "")
        assert "line 2 has 2 numbers" in found.err

    @pytest.mark.parametrize(
        ("sizes", "names"),
        [
            ("--batch 2 --positions 50x50", "positions = 50x50"),
            ("--batch 5000 --positions 2", "batch = 5000"),
            ("--batch 100 --replicas 1000", "replicas = 1000"),
            ("--batch 1e60 --positions 999999999999999999", "batch = 1000"),
        ],
    )
    def test_columns_that_do_not_fit_are_refused_before_they_are_made(
        self, sizes: str, names: str, command: Command, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(plan, "memory_limit", lambda: 5e7)
        monkeypatch.setattr("depthlaw.theory.network.gram.equicorrelated", None)
        found = command("simulate", *RELU, *sizes.split())
        assert (found.status, found.out) == (2, "")
        assert names in found.err
        assert "GB of memory" in found.err

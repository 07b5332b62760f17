"""``simulate --gradients`` and ``predict --gradients``: what they show, write and refuse."""

from __future__ import annotations

import csv
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from depthlaw.numerics.estimation.median import median_bounds
from depthlaw.numerics.simulate import simulate
from depthlaw.plots.profile import profile
from depthlaw.render.start import Start
from depthlaw.render.summary import GRADIENTS, RANGES, STREAM, WEIGHTS, Summary, measured
from depthlaw.render.theory_curves import gradient_curves
from depthlaw.theory.network import Network
from depthlaw.theory.network.gram import equicorrelated
from depthlaw.theory.network.text import parse_layer
from depthlaw.theory.tangent import predict_gradients

if TYPE_CHECKING:
    from tests.interface.conftest import Command, Outcome

LAYER = "residual(rmsnorm,relu,linear:variance=2)"
RUN = ("simulate", "--layer", LAYER, "--batch", "3", "--width", "8", "--depth", "2", "--seed", "4")
WELL_KNOWN = ("--replicas", "20")


def ran(found: Outcome) -> Any:
    assert (found.status, found.err) == (0, "")
    return found.document


def refused(found: Outcome) -> str:
    assert (found.status, found.out) == (2, "")
    return str(found.err)


def network() -> Network:
    return Network(8, 3, parse_layer(LAYER))


def test_the_numbers_are_those_of_a_simulation_with_intervals_that_hold_together(
    command: Command,
) -> None:
    document = ran(command(*RUN, *WELL_KNOWN, "--gradients", "--json"))
    net = network()
    run = simulate(
        net,
        depth=2,
        replicas=20,
        seed=4,
        initial_gram=equicorrelated(3, 0.5),
        observables=measured(net, 2),
        gradients=True,
    )
    assert run.gradients is not None
    tables = {WEIGHTS: run.gradients.log_total_weight_norms, STREAM: run.gradients.log_norms}
    share = 1e-3 / (2 * (len(RANGES) + len(GRADIENTS)) + 1)
    for depth, layer in enumerate(document["layers"]):
        for name in GRADIENTS:
            values = tables[name][:, depth]
            if name == WEIGHTS and depth == 0:
                assert layer[name]["mean"] is None
                continue
            assert layer[name]["of"] == "median"
            assert layer[name]["mean"] == values.mean()
            bounds = layer[name]["lower"], layer[name]["upper"]
            assert bounds == pytest.approx(median_bounds(values, level=share))
        weights = layer["weight_gradient_norms"]
        assert set(weights) == ({"linear"} if depth else set())
    assert document["gradients"]["independent"] is False
    assert "--gradients" in document["command"]


@pytest.mark.parametrize("more", [(), ("--cotangent", "output"), ("--independent",)])
def test_the_command_in_the_document_gives_it_again(
    command: Command, more: tuple[str, ...]
) -> None:
    document = ran(command(*RUN, "--replicas", "3", "--gradients", *more, "--json"))
    words = shlex.split(document["command"])
    assert words[0] == "depthlaw"
    assert ran(command(*words[1:])) == document


def test_a_file_gives_the_gradient_at_the_output(command: Command, tmp_path: Path) -> None:
    path = tmp_path / "top.npy"
    C = np.random.default_rng(0).standard_normal((3, 8))
    np.save(path, C)
    document = ran(
        command(*RUN, "--replicas", "2", "--gradients", "--cotangent", str(path), "--json")
    )
    last = document["layers"][-1][STREAM]
    assert last["mean"] == pytest.approx(np.log((C**2).sum()))


def test_text_says_what_gradients_are_of(command: Command) -> None:
    text = command(*RUN, *WELL_KNOWN, "--gradients").out
    for words in ("gradient norm", "Natural logarithms", "random direction", "way forward"):
        assert words in " ".join(text.split())
    other = command(*RUN, *WELL_KNOWN, "--gradients", "--cotangent", "output", "--independent").out
    assert "½‖H‖²" in other
    assert "drawn anew" in " ".join(other.split())


def test_a_table_and_a_picture_have_them(command: Command, tmp_path: Path) -> None:
    table, picture = tmp_path / "rows.csv", tmp_path / "depth.svg"
    found = command(*RUN, *WELL_KNOWN, "--gradients", "--out", str(table), "--plot", str(picture))
    assert found.status == 0
    with table.open(newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert len(rows) == 3 * (len(RANGES) + len(GRADIENTS))
    assert {row["of"] for row in rows if row["observable"] in GRADIENTS} == {"median"}
    assert picture.stat().st_size > 1000


def test_a_picture_has_the_curve_of_theory_beside_them() -> None:
    net = network()
    run = simulate(
        net,
        depth=2,
        replicas=3,
        initial_gram=equicorrelated(3, 0.5),
        observables=measured(net, 2),
        gradients=True,
    )
    summary = Summary.of(run, Start("equicorrelated", 0.5), seed=0, level=0.1)
    curves = gradient_curves(predict_gradients(net, depth=2))
    figure = profile(summary, GRADIENTS, predicted=curves)
    for axes in figure.axes:
        assert any("theory" in str(line.get_label()) for line in axes.get_lines())


REFUSED = {
    "a route without gradients": (("--gradients", "--route", "gram"), "route = gram"),
    "a cotangent without gradients": (("--cotangent", "output"), "--gradients"),
    "weights anew without gradients": (("--independent",), "--gradients"),
    "an observable without gradients": (("--observables", STREAM), "--gradients"),
    "solve": (("--gradients", "--solve", "depth", "--target", "0.1"), "leave it out"),
    "a file that is none": (("--gradients", "--cotangent", "no.npy"), "cotangent = no.npy"),
    "a word": (("--gradients", "--cotangent", "sideways"), "sideways: it is random, output"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_is_refused_in_a_sentence(command: Command, name: str) -> None:
    words, expected = REFUSED[name]
    assert expected in refused(command(*RUN, "--replicas", "2", *words))


def test_a_file_of_another_shape_is_refused(command: Command, tmp_path: Path) -> None:
    path = tmp_path / "top.csv"
    path.write_text("1,2\n3,4\n")
    message = refused(command(*RUN, "--gradients", "--cotangent", str(path)))
    assert "2 samples" in message
    assert "the output 3 of 8" in message
    path.write_text("1,2\n3,x\n")
    message = refused(command(*RUN, "--gradients", "--cotangent", str(path)))
    assert "cotangent, line 2 = x" in message


PREDICT = ("predict", "--layer", LAYER, "--depth", "4", "--gradients")


def test_predict_shows_growth_layer_by_layer_and_with_depth(command: Command) -> None:
    document = ran(command(*PREDICT, "--json"))
    found = predict_gradients(Network(64, 2, parse_layer(LAYER)), depth=4)
    for layer, expected in zip(document["layers"], found.layers, strict=True):
        assert layer["gradient_norm"] is None
        for name, value in (
            ("gradient_growth", expected.growth),
            ("stream_gradient_norm", expected.log_norm),
        ):
            assert (layer[name] is None) == (value is None)
            if value is not None:
                assert layer[name]["lower"] == value.lower
                assert layer[name]["kind"] == "enclosure"
    assert document["limit"]["gradient_growth"] is None
    assert document["limit"]["gradient_power"]["lower"] == pytest.approx(1, rel=1e-3)
    with_width = ran(command(*PREDICT, "--width", "50", "--json"))
    # Behind ReLU a normalised stream has the second moment 1/2.
    assert with_width["layers"][-1]["gradient_norm"]["lower"] == pytest.approx(np.log(50 / 2))
    assert "depth^1" in command(*PREDICT).out


def test_predict_without_gradients_is_as_it_was(command: Command) -> None:
    document = ran(command("predict", "--layer", LAYER, "--depth", "1", "--json"))
    assert "gradient_growth" not in document["layers"][1]
    assert "gradient_growth" not in document["limit"]


def test_predict_refuses_what_has_no_gradient(command: Command) -> None:
    soft = ("predict", "--layer", "residual(layernorm,attention)", "--depth", "1")
    assert "simulate --gradients" in refused(command(*soft, "--width", "8", "--gradients"))
    assert "leave one out" in refused(command(*PREDICT, "--kernels"))

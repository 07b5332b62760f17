"""Attention with a softmax in the wide limit: its scores are drawn, and that is said."""

import json
from pathlib import Path

import numpy as np
import pytest

from depthlaw import Network, parse_layer, predict, predict_drawn, simulate
from depthlaw.drawn import DrawnPrediction, draws_attention
from depthlaw.theory.errors import ArgumentError
from depthlaw.theory.network.gram import equicorrelated, mean_cosine
from tests.interface.conftest import Command

TOKENS = 5
HEADS = "residual(layernorm:epsilon=0,attention:heads=2:head_width=4:causal:temperature=0.25)"
BLOCK = f"{HEADS},residual(layernorm:epsilon=0,linear:width=4x,relu,linear)"


def network(layer: str, width: int = 64) -> Network:
    return Network(width, 1, parse_layer(layer), positions=(TOKENS,))


@pytest.fixture(scope="module")
def drawn() -> DrawnPrediction:
    return predict_drawn(network(HEADS), depth=4, replicas=400, level=1e-4)


def test_it_is_what_wide_networks_do(drawn: DrawnPrediction) -> None:
    """Attention alone costs the same at any width: here it is simulated at a million."""
    run = simulate(
        network(HEADS, 10**6),
        depth=4,
        replicas=400,
        seed=3,
        initial_gram=equicorrelated(TOKENS, 0.5),
        observables={"cosine": mean_cosine},
        layers=[1, 4],
    )
    for depth in (1, 4):
        seen = drawn.layers[depth].correlation
        assert seen is not None
        simulated = np.sort(run.values["cosine"][:, depth])
        # Median of 400: within 40 places of the 200th with probability above 0.9999.
        assert simulated[160] < seen.upper
        assert seen.lower < simulated[240]
        assert seen.upper - seen.lower < 0.1


@pytest.mark.slow
def test_so_it_is_with_other_layers_between() -> None:
    drawn = predict_drawn(network(BLOCK), depth=6, replicas=300, level=1e-4)
    run = simulate(
        network(BLOCK, 8192),
        depth=6,
        replicas=300,
        seed=3,
        initial_gram=equicorrelated(TOKENS, 0.5),
        observables={"cosine": mean_cosine},
        layers=[6],
    )
    seen = drawn.layers[6].correlation
    assert seen is not None
    simulated = np.sort(run.values["cosine"][:, 6])
    assert simulated[115] < seen.upper
    assert seen.lower < simulated[185]


def test_uniform_attention_is_told_apart(drawn: DrawnPrediction) -> None:
    seen = drawn.layers[4].correlation
    uniform = HEADS.replace(":temperature=0.25", ":uniform")
    wide = predict(network(uniform), depth=4).layers[4].correlation
    assert seen is not None
    assert wide is not None
    assert not seen.lower <= wide.ball.mid() <= seen.upper


def test_a_draw_is_the_same_whatever_their_number() -> None:
    one = predict_drawn(network(BLOCK), depth=2, replicas=1, seed=5)
    again = predict_drawn(network(BLOCK), depth=2, replicas=1, seed=5)
    other = predict_drawn(network(BLOCK), depth=2, replicas=1, seed=6)
    assert one == again
    assert one.layers[2] != other.layers[2]
    assert one.layers[2].correlation is not None
    # One draw bounds no median.
    assert one.layers[2].correlation.upper == float("inf")


def test_only_scores_that_are_drawn_count() -> None:
    assert draws_attention(network(HEADS))
    for layer in ("attention:uniform", "attention:window=1", "residual(layernorm,linear)"):
        assert not draws_attention(network(layer))
    assert not draws_attention(Network(8, 1, parse_layer("attention")))


def test_heads_of_unknown_width_are_refused() -> None:
    wide = network("linear:width=2x,attention,linear")
    with pytest.raises(ArgumentError, match="128 neurons enter it"):
        predict_drawn(wide, depth=1)


WORDS = ("predict", "--layer", BLOCK, "--positions", "5", "--batch", "1", "--depth", "3")


def test_the_command_says_that_it_draws(command: Command) -> None:
    found = command(*WORDS, "--replicas", "5")
    assert (found.status, found.err) == (0, "")
    assert "Estimated: theory has no answer to the mean over softmax" in found.out
    document = json.loads(command(*WORDS, "--replicas", "20", "--json").out)
    assert (document["replicas"], document["seed"]) == (20, 0)
    number = document["layers"][3]["correlation"]
    assert (number["kind"], number["of"], number["exact"]) == ("estimate", "median", None)
    assert number["lower"] < number["median"] < number["upper"]
    assert [layer["depth"] for layer in document["layers"]] == [0, 1, 2, 3]


def test_the_table_has_a_row_for_each_depth(tmp_path: Path, command: Command) -> None:
    path = tmp_path / "table.csv"
    assert command(*WORDS, "--replicas", "5", "--out", str(path)).status == 0
    assert len(path.read_text("utf-8").splitlines()) == 5


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--layer", "attention", "--batch", "4", "--depth", "1"), "width = missing"),
        (("--layer", "linear", "--depth", "1", "--replicas", "3"), "nothing is drawn"),
        (("--layer", "linear", "--depth", "1", "--seed", "3"), "nothing is drawn"),
        (
            ("--layer", "attention", "--width", "4", "--depth", "1", "--replicas", "0"),
            "replicas = 0",
        ),
        (("--layer", "attention", "--width", "4", "--depth", "1", "--level", "2"), "level = 2"),
    ],
)
def test_a_mistake_is_one_sentence(words: tuple[str, ...], sentence: str, command: Command) -> None:
    found = command("predict", *words)
    assert (found.status, found.out) == (2, "")
    assert sentence in found.err
    assert found.err.count("\n") == 1

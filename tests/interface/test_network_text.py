"""Networks of all operations as text: what is written is read back, and mistakes are named."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from depthlaw.testing import architectures
from depthlaw.theory.activations import activation
from depthlaw.theory.errors import ArgumentError, DepthlawError, UnknownNameError
from depthlaw.theory.network import (
    GLU,
    Attention,
    Average,
    BatchNorm,
    Conv,
    LayerNorm,
    Linear,
    Network,
    Operation,
    Over,
    Padding,
    Recenter,
    Rescale,
    Residual,
    RMSNorm,
    Weights,
)
from depthlaw.theory.network.residual import describe
from depthlaw.theory.network.text import parse_layer

positive = st.floats(1e-300, 1e300)
nonnegative = st.just(0.0) | positive
widths = st.none() | st.integers(1, 10**6) | st.sampled_from(["4x", "1/2x", "3x"])
elementwise = st.sampled_from(("relu", "gelu", "elu(0.5)", "two_slope(0.1;1)")).map(
    lambda name: activation(name).operation()
)
simple: st.SearchStrategy[Operation] = st.one_of(
    elementwise,
    st.builds(
        Linear,
        weights=st.sampled_from([Weights.GAUSSIAN, Weights.UNIFORM]),
        variance=positive,
        residual=st.none() | positive,
        mean=st.floats(-1e9, 1e9),
        bias=nonnegative,
        width=widths,
    ),
    st.builds(
        Conv,
        kernel=st.sampled_from([1, 3, (3, 5), (1, 7, 3)]),
        variance=positive,
        bias=nonnegative,
        width=widths,
        padding=st.sampled_from(Padding),
    ),
    st.builds(BatchNorm, nonnegative),
    st.builds(LayerNorm, nonnegative),
    st.builds(RMSNorm, nonnegative),
    st.builds(Recenter, st.sampled_from(Over)),
    st.builds(Rescale, st.sampled_from(Over), nonnegative),
    st.builds(GLU, elementwise),
    st.builds(
        Attention,
        heads=st.integers(1, 100),
        head_width=st.none() | st.integers(1, 100),
        causal=st.booleans(),
        window=st.none() | st.integers(1, 100),
        temperature=positive,
        scale=st.none() | st.floats(-1e300, 1e300),
    ),
    st.builds(Attention, causal=st.booleans(), uniform=st.just(True)),
    st.just(Average()),
)
operations = st.recursive(
    simple,
    lambda inner: st.builds(
        Residual,
        st.lists(inner, min_size=1, max_size=3).map(tuple),
        st.floats(-1e9, 1e9).filter(bool),
        st.floats(-1e9, 1e9),
    ),
    max_leaves=8,
)


@given(st.lists(operations, min_size=1, max_size=4).map(tuple))
def test_parsing_undoes_describing(layer: tuple[Operation, ...]) -> None:
    assert parse_layer(describe(layer)) == layer


@given(architectures())
def test_a_network_is_its_texts_and_its_sizes(network: Network) -> None:
    """Made again from `to_json`, as a command does, it is the same network."""
    data = network.to_json()
    parts = {name: parse_layer(data[name]) for name in ("layer", "stem", "head") if name in data}
    rest: dict[str, Any] = {name: data[name] for name in data if name not in parts}
    again = Network(**rest, **parts)
    assert again.to_json() == data
    assert again.is_plain == network.is_plain


@given(st.text(alphabet="residual(),:=linear4x.glu ", max_size=40))
def test_text_is_read_or_refused_in_one_sentence(text: str) -> None:
    try:
        layer = parse_layer(text)
    except DepthlawError as error:
        sentence = str(error)
    else:
        sentence = ""
        assert parse_layer(describe(layer)) == layer
    assert "\n" not in sentence


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("residual(linear", "the parenthesis at place 9 is never closed"),
        ("linear)", "the parenthesis at place 7 closes nothing"),
        ("residual", "say what it is around"),
        ("glu()", "say what it is around"),
        ("residual(,linear)", "nothing between two of its commas"),
        ("conv:4", "an even length has no middle"),
        ("linear:width=0x", "write neurons"),
        ("linear:width=x", "write neurons"),
        ("linear:bias=-1", "must be ≥ 0"),
        ("linear:variance=0", "above 0"),
        ("layernorm:epsilon=-1", "must be ≥ 0"),
        ("attention:heads=0", "heads"),
        ("attention:heads=2.5", "whole number"),
        ("attention:uniform:temperature=2", "draws no scores"),
        ("attention:causal:causal", "twice"),
        ("conv:3:5", "twice"),
        ("residual(linear):scale=0", "without its branch"),
        ("gelu:epsilon=1", "takes no option"),
    ],
)
def test_a_mistake_is_named(text: str, sentence: str) -> None:
    with pytest.raises(ArgumentError, match=sentence.replace("(", r"\(")):
        parse_layer(text)


@pytest.mark.parametrize(
    ("text", "near"),
    [
        ("atention", "attention"),
        ("layer_norm", "layernorm"),
        ("residul(linear)", "residual"),
        ("attention:head=3", "heads"),
        ("linear:widht=3", "width"),
        ("conv:3:circle", "circular"),
        ("batchnorm:eps=1", "epsilon"),
    ],
)
def test_a_wrong_name_is_told_the_nearest_one(text: str, near: str) -> None:
    with pytest.raises(UnknownNameError, match=near):
        parse_layer(text)


@pytest.mark.parametrize(
    ("text", "width", "sentence"),
    [
        ("residual(linear:width=2x)", 6, "6 neurons enter the branch and 12 leave it"),
        ("attention:heads=4", 6, "do not divide the width 6"),
        ("glu(silu)", 7, "7 come in"),
        ("conv:3", 6, "needs the shape of a sample"),
        ("linear:width=1/4x", 6, "3/2 neurons"),
        ("linear:haar:width=3", 6, "6 neurons come in, and 3 cannot"),
        ("linear:residual=1:width=3", 6, "cannot be added"),
    ],
)
def test_operations_that_do_not_fit_a_network_are_refused(
    text: str, width: int, sentence: str
) -> None:
    with pytest.raises(ArgumentError, match=sentence):
        Network(width, 2, parse_layer(text))


def test_a_layer_that_changes_the_width_must_take_what_it_gives() -> None:
    assert next(iter(Network(6, 2, parse_layer("linear:width=2x,relu")).widths())) == 6
    with pytest.raises(ArgumentError, match="12 neurons enter"):
        Network(6, 2, parse_layer("residual(linear),linear:width=2x"))


def test_a_number_of_heads_may_come_with_a_width_of_its_own() -> None:
    assert Network(6, 2, parse_layer("attention:heads=4:head_width=5")).width == 6


def test_kernels_need_as_many_lengths_as_there_are_axes() -> None:
    with pytest.raises(ArgumentError, match="2 axes"):
        Network(6, 2, parse_layer("conv:3x3x3"), positions=(4, 4))
    assert Network(6, 2, parse_layer("conv:3"), positions=(4, 4)).columns == 32


@pytest.mark.parametrize("wrong", [("x", 3), ((Linear(),), 0), ((Linear(),), "a"), (3, 3)])
def test_a_width_after_nothing_that_is_known_is_refused(wrong: tuple[Any, Any]) -> None:
    with pytest.raises(ArgumentError):
        Network(4, 2, (Linear(),)).width_after(*wrong)

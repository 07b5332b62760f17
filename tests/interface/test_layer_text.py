"""A layer's text and the layer are the same thing."""

import contextlib

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from depthlaw.theory.activations import CATALOGUE, activation
from depthlaw.theory.errors import ArgumentError, DepthlawError, UnknownNameError
from depthlaw.theory.layer_text import parse_layer
from depthlaw.theory.network import (
    Activate,
    Linear,
    Network,
    Operation,
    Over,
    Recenter,
    Rescale,
    Variance,
    Weights,
)

ACTIVATIONS = ("relu", "gelu", "elu(0.5)", "two_slope(0.1;1)", "hermite(3)", "leaky_relu")

residuals = st.none() | st.floats(min_value=1e-300, max_value=1e300)
linears = st.builds(
    Linear,
    weights=st.sampled_from([Weights.GAUSSIAN, Weights.UNIFORM]),
    variance=st.sampled_from(Variance),
    residual=residuals,
) | st.builds(Linear, weights=st.just(Weights.HAAR), residual=residuals)
normalisations = st.builds(Recenter, st.sampled_from(Over)) | st.builds(
    Rescale, st.sampled_from(Over)
)
activations = st.sampled_from(ACTIVATIONS).map(lambda name: activation(name).operation())
layers = st.lists(linears | normalisations | activations, min_size=1, max_size=6).map(tuple)


@given(layers)
def test_parsing_undoes_describing(layer: tuple[Operation, ...]) -> None:
    text = Network(width=10, batch=3, layer=layer).describe()
    assert parse_layer(text) == layer
    assert parse_layer(text.replace(",", " , ").replace(":", " : ")) == layer


@pytest.mark.parametrize("name", ["relu", "gelu", "tanh", "sin", "selu", "leaky_relu", "elu"])
def test_names_of_the_catalogue_are_operations(name: str) -> None:
    assert name in CATALOGUE
    assert parse_layer(f"linear,{name}") == (Linear(), activation(name).operation())


def test_commas_inside_parentheses_do_not_separate() -> None:
    assert parse_layer("two_slope(0.1,1)") == parse_layer("two_slope(0.1;1)")
    assert len(parse_layer("linear,max(x,0),rescale")) == 3


def test_a_formula_is_the_function_it_writes() -> None:
    (formula,) = parse_layer("max(x,0)-max(-x,0)")
    (identity,) = parse_layer("identity")
    assert isinstance(formula, Activate)
    assert isinstance(identity, Activate)
    x = np.linspace(-3, 3, 7)
    assert np.array_equal(formula.function(x), identity.function(x))


@pytest.mark.parametrize(
    ("text", "near"),
    [
        ("linaer", "linear"),
        ("recentre", "recenter"),
        ("rescael", "rescale"),
        ("rellu", "relu"),
        ("linear:har", "haar"),
        ("rescale:feature", "features"),
    ],
)
def test_misspellings_get_the_nearest_name(text: str, near: str) -> None:
    with pytest.raises(UnknownNameError, match=f"did you mean .*{near}"):
        parse_layer(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "  ",
        "linear,,rescale",
        "linear,",
        "linear:haar:unit",
        "linear:haar:uniform",
        "linear:residual=1:residual=2",
        "linear:residual=nan",
        "linear:residual=inf",
        "linear:residual=0",
        "linear:residual=-1",
        "linear:residual=much",
        "rescale:batch:features",
        "relu:features",
        "relu(1)",
        "elu(",
    ],
)
def test_impossible_layers_are_refused(text: str) -> None:
    with pytest.raises(ArgumentError):
        parse_layer(text)


@given(st.text(max_size=12) | st.text("linearscu:=,()x+*.019 ", max_size=20))
@example("x.__class__")
@example("__import__('os').system('true')")
def test_any_text_is_a_layer_or_a_sentence(text: str) -> None:
    with contextlib.suppress(DepthlawError):
        assert parse_layer(text)

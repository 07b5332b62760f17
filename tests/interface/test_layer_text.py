"""A layer's text and the layer are the same thing."""

import contextlib
import subprocess
import sys
from fractions import Fraction
from functools import partial
from typing import Any

import numpy as np
import pytest
import sympy as sp
from hypothesis import example, given, settings
from hypothesis import strategies as st

from depthlaw.numerics.simulate import simulate
from depthlaw.theory.activations import CATALOGUE, activation
from depthlaw.theory.elementwise import Elementwise
from depthlaw.theory.errors import ArgumentError, DepthlawError, UnknownNameError
from depthlaw.theory.network import (
    Activate,
    Array,
    Linear,
    Network,
    Operation,
    Over,
    Recenter,
    Rescale,
    Variance,
    Weights,
)
from depthlaw.theory.network.text import parse_layer
from depthlaw.theory.network.weight_law import WeightLaw

ACTIVATIONS = ("relu", "gelu", "elu(0.5)", "two_slope(0.1;1)", "hermite(3)", "leaky_relu")

LAWS = (
    WeightLaw((1, -1), (Fraction(1, 2), Fraction(1, 2))),
    WeightLaw((-2, 0, 2), (Fraction(1, 8), Fraction(3, 4), Fraction(1, 8))),
    WeightLaw((-sp.sqrt(3), 0, sp.sqrt(3)), (Fraction(1, 6), Fraction(2, 3), Fraction(1, 6))),
)

residuals = st.none() | st.floats(min_value=1e-300, max_value=1e300)
linears = st.builds(
    Linear,
    weights=st.sampled_from([Weights.GAUSSIAN, Weights.UNIFORM, *LAWS]),
    variance=st.sampled_from(Variance),
    residual=residuals,
    mean=st.floats(min_value=-1e300, max_value=1e300),
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


@settings(max_examples=settings.default.max_examples // 4)
@given(st.lists(linears | normalisations | activations, min_size=1, max_size=3).map(tuple))
def test_what_is_described_is_what_is_simulated(layer: tuple[Operation, ...]) -> None:
    made = Network(width=10, batch=3, layer=layer)
    read = Network(width=10, batch=3, layer=parse_layer(made.describe()))
    outcomes = []
    for network in (made, read):
        try:
            run = simulate(network, depth=1, replicas=1, initial_gram=np.eye(3))
        except DepthlawError as error:
            outcomes.append(str(error))
        else:
            outcomes.append(run.final_gram.tobytes())
    assert outcomes[0] == outcomes[1]


@pytest.mark.parametrize("operation", [Recenter, Rescale])
def test_a_normalisation_takes_a_member_or_its_text_and_nothing_else(
    operation: type[Recenter] | type[Rescale],
) -> None:
    for over in Over:
        assert operation(str(over)) == operation(over)  # type: ignore[arg-type]
        assert operation(str(over)).over is over  # type: ignore[arg-type]
    for wrong in ("bogus", "Features", "", None, 0, True, 2.0, b"batch", Weights.HAAR):
        with pytest.raises(ArgumentError, match="over = "):
            operation(wrong)  # type: ignore[arg-type]


@pytest.mark.parametrize("wrong", ["banana", -2.0, None, "UNIT", Over.BATCH])
def test_a_variance_is_a_member_or_its_text_and_nothing_else(wrong: object) -> None:
    assert Linear(variance="unit") == Linear(variance=Variance.UNIT)  # type: ignore[arg-type]
    with pytest.raises(ArgumentError, match="variance = "):
        Linear(variance=wrong)  # type: ignore[arg-type]


@pytest.mark.parametrize("number", [0.5, np.float64(0.5), np.float32(0.5), Fraction(1, 2)])
def test_numbers_of_a_layer_are_plain_floats(number: float) -> None:
    linear = Linear(residual=number, mean=np.array(number))  # type: ignore[arg-type]
    assert (linear, linear.describe()) == (
        Linear(residual=0.5, mean=0.5),
        "linear:residual=0.5:mean=0.5",
    )


def test_whole_numbers_come_in_every_kind_but_the_boolean() -> None:
    for eight in (8, 8.0, np.int64(8), np.float32(8), np.array(8), Fraction(8)):
        assert Network(eight, eight, (Linear(),)) == Network(8, 8, (Linear(),))  # type: ignore[arg-type]
    with pytest.raises(ArgumentError, match="width = True: it must be a whole number"):
        Network(True, 8, (Linear(),))


@pytest.mark.parametrize("name", ["relu", "gelu", "tanh", "sin", "selu", "leaky_relu", "elu"])
def test_names_of_the_catalogue_are_operations(name: str) -> None:
    assert name in CATALOGUE
    assert parse_layer(f"linear,{name}") == (Linear(), activation(name).operation())


@given(st.lists(st.text("0123-/.*()sqrtx@e", max_size=12), max_size=4).map(";".join))
@example("10**50@1/2;-10**50@1/2")
@example("9**60**60@1")
@example("1/0@1")
@example("sqrt(-1)@1/2;-sqrt(-1)@1/2")
def test_any_law_is_a_law_or_a_sentence(text: str) -> None:
    with contextlib.suppress(DepthlawError):
        assert parse_layer(f"linear:law={text}")


def test_a_law_is_read_in_a_fresh_process() -> None:
    code = (
        "from depthlaw.theory.network.text import parse_layer\n"
        "print(parse_layer('linear:law=-sqrt(3)@1/6;0@2/3;sqrt(3)@1/6')[0].describe())"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "linear:law=-sqrt(3)@1/6;0@2/3;sqrt(3)@1/6\n"


def test_commas_inside_parentheses_do_not_separate() -> None:
    assert parse_layer("two_slope(0.1,1)") == parse_layer("two_slope(0.1;1)")
    assert len(parse_layer("linear,max(x,0),rescale")) == 3


def test_a_formula_is_the_function_it_writes() -> None:
    (formula,) = parse_layer("max(x,0)-max(-x,0)")
    (identity,) = parse_layer("identity")
    assert isinstance(formula, Elementwise)
    assert isinstance(identity, Elementwise)
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
        ("linear:maen=1", "mean"),
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
        "linear:mean=1:mean=2",
        "linear:mean=nan",
        "linear:mean=-inf",
        "linear:mean=some",
        "linear:haar:mean=1",
        "linear:law=1",
        "linear:law=1@1",
        "linear:law=-1@1/2;1@1/2:haar",
        "linear:law=-x@1/2;x@1/2",
        "linear:law=-2@1/2;2@1/2",
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


def _leaky(x: Array) -> Array:
    return np.where(x > 0, x, 0.01 * x)


@pytest.mark.parametrize(
    ("function", "name"),
    [(np.tanh, "relu"), (np.tanh, "swish"), (np.tanh, "max(x, 0)"), (np.abs, "monomial(1)"),
     (np.sum, "tanh"), (lambda x: x / 0, "relu"), (_leaky, "relu")],
)  # fmt: skip
def test_a_known_name_belongs_to_its_function(function: Any, name: str) -> None:
    with pytest.raises(ArgumentError, match="known activation with other values"):
        Activate(function, name)


@pytest.mark.parametrize(
    "name",
    ["linear", "recenter", "rescale", "a,b", "linear,rescale", "f:g", " f", "f ", "f(", "f)", "",
     " ", "f),(g,h"],
)  # fmt: skip
def test_a_name_is_one_operation_of_layer_text(name: str) -> None:
    with pytest.raises(ArgumentError, match="name"):
        Activate(np.tanh, name)


@pytest.mark.parametrize(
    ("function", "name"),
    [(np.tanh, "tanh"), (partial(np.maximum, 0.0), "ReLU"), (_leaky, "leaky_relu"),
     (np.cbrt, "my cube root(2; 3)"), (lambda x: x * x, "max(x, 0)**2 + min(x, 0)**2")],
)  # fmt: skip
def test_a_name_of_ones_own_or_the_right_one_is_kept(function: Any, name: str) -> None:
    assert Activate(function, name).describe() == name


@given(
    st.lists(st.sampled_from(["relu", "gelu", "elu(0.5)", "f", "max(x,0)", "(", ")", ",", ":", " ",
                              "linear", "2", "+", "sign"]), min_size=1, max_size=4).map("".join),
    st.sampled_from([np.tanh, partial(np.maximum, 0.0), np.abs]),
)  # fmt: skip
def test_text_of_own_functions_is_read_as_the_same_function_or_not_at_all(
    name: str, own: Any
) -> None:
    try:
        made = Activate(own, name)
    except ArgumentError:
        return
    x = np.array([-3.7, -0.2, 0.3, 2.9])
    try:
        read = parse_layer(f"linear,{made.describe()},rescale")
    except DepthlawError:
        return
    assert len(read) == 3
    assert isinstance(read[1], Elementwise)
    np.testing.assert_allclose(read[1].function(x), own(x))


def test_an_own_name_is_unknown_to_the_reader() -> None:
    with pytest.raises(UnknownNameError, match="cube root"):
        parse_layer(Activate(np.cbrt, "cube root").describe())

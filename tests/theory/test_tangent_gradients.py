"""Predicted gradients: known rates, what simulation says, and what theory does not know."""

from fractions import Fraction

import numpy as np
import pytest
from flint import arb
from hypothesis import given
from hypothesis import strategies as st

from depthlaw.numerics.simulate import simulate
from depthlaw.theory.errors import ArgumentError
from depthlaw.theory.network import Network
from depthlaw.theory.network.gram import equicorrelated
from depthlaw.theory.network.text import parse_layer
from depthlaw.theory.tangent import predict_gradients
from depthlaw.theory.values import Enclosure, Kind, Value


def network(layer: str, width: int = 64, batch: int = 2, **given: tuple[int, ...]) -> Network:
    return Network(width, batch, parse_layer(layer), **given)


def middle(value: Value | None) -> float:
    assert value is not None
    return (value.lower + value.upper) / 2


def test_layer_norm_behind_relu_has_the_growth_of_the_kernel_at_one() -> None:
    found = predict_gradients(network("relu,layernorm:epsilon=0,linear"), depth=5)
    pi = arb.pi()
    for layer in found.layers[1:]:
        assert isinstance(layer.growth, Enclosure)
        assert layer.growth.contains(pi / (pi - 1))
    assert found.growth is not None
    assert isinstance(found.layers[0].log_norm, Enclosure)
    assert found.layers[0].log_norm.contains(5 * (pi / (pi - 1)).log())


@given(
    variance=st.fractions(Fraction(1, 4), 4, max_denominator=8),
    skip=st.sampled_from([0.5, 1.0]),
    scale=st.sampled_from([0.25, 1.0, 2.0]),
)
def test_linear_streams_grow_by_their_variance(
    variance: Fraction, skip: float, scale: float
) -> None:
    v = float(variance)
    layer = f"residual(linear:variance={v!r}):skip={skip}:scale={scale}"
    found = predict_gradients(network(layer), depth=3)
    expected = Fraction(skip) ** 2 + Fraction(scale) ** 2 * Fraction(v)
    for layer_ in found.layers[1:]:
        assert isinstance(layer_.growth, Enclosure)
        assert layer_.growth.contains(expected)


@pytest.mark.parametrize(
    ("branch", "power", "norms"),
    [
        ("rmsnorm:epsilon=0,relu,linear:variance=2", 1, (4.174, 5.549)),
        ("rmsnorm:epsilon=0,tanh,linear:variance=2.5361785", 1.17781, (4.833, 6.451)),
        ("relu,layernorm:epsilon=0,linear", np.pi / (np.pi - 1), (5.867, 7.880)),
    ],
)
def test_pre_norm_streams_grow_like_a_power_of_depth(
    branch: str, power: float, norms: tuple[float, float]
) -> None:
    for depth, norm in zip((64, 256), norms, strict=True):
        found = predict_gradients(network(f"residual({branch})"), depth=depth)
        assert middle(found.layers[0].log_norm) == pytest.approx(norm, abs=6e-4)
    assert middle(found.power) == pytest.approx(power, rel=1e-5)
    assert found.growth is None


SIMULATED = {
    "plain": network("relu,linear:variance=2", 400, 3),
    "biased": network("linear:variance=1.5:bias=0.2,tanh", 400, 3),
    "pre-norm": network("residual(rmsnorm,linear:width=2x,gelu,linear):scale=0.7", 400, 3),
    "gated": network("residual(layernorm,linear:width=4x,glu(silu),linear)", 300, 2),
    "normed": network("linear,relu,layernorm", 400, 3),
    "images": network("conv:3:variance=2,relu", 200, 2, positions=(5,)),
    "attention": network("residual(layernorm,attention:uniform:causal)", 200, 1, positions=(4,)),
}


@pytest.mark.parametrize("name", SIMULATED)
def test_wide_networks_agree(name: str) -> None:
    net = SIMULATED[name]
    found = predict_gradients(net, depth=3)
    assert found.unanswered is None
    run = simulate(
        net,
        depth=3,
        replicas=120,
        initial_gram=equicorrelated(net.columns, 0.5),
        gradients=True,
        observables={},
    ).gradients
    assert run is not None
    for depth, layer in enumerate(found.layers):
        pairs = [(layer.log_norm, run.norms[:, depth])]
        if layer.log_weight_norm is not None:
            (weights,) = run.weights.values()
            pairs.append((layer.log_weight_norm, weights[:, depth]))
        for expected, seen in pairs:
            error = seen.std() / 120**0.5
            # The wide limit itself is off by a few per cent of 1/width times depth.
            assert abs(seen.mean() - np.exp(middle(expected))) < 5 * error + 0.02 * seen.mean()


def test_samples_of_different_size_are_followed_one_by_one() -> None:
    G = np.diag([1.0, 4.0])
    both = predict_gradients(network("linear,tanh"), depth=2, initial_gram=G)
    each = [predict_gradients(network("linear,tanh"), depth=2, second_moment=q) for q in (1, 4)]
    mean = np.mean([np.exp(middle(one.layers[0].log_norm)) for one in each])
    assert np.exp(middle(both.layers[0].log_norm)) == pytest.approx(float(mean), rel=1e-9)
    assert both.layers[1].growth is not None
    assert both.layers[1].growth.kind is Kind.COMPUTED


def test_no_answer_is_a_sentence() -> None:
    for layer in ("residual(layernorm,attention)", "linear,sign"):
        found = predict_gradients(network(layer), depth=2)
        assert found.unanswered is not None
        assert all(one.growth is None and one.log_norm is None for one in found.layers)
    with pytest.raises(ArgumentError):
        predict_gradients(network("linear"), depth=1, correlation=2)

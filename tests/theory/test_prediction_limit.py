"""Where deep networks go: each law against the layers themselves, far out."""

import math

import numpy as np
import pytest
import sympy as sp

from depthlaw import Network, predict
from depthlaw.theory.network.text import parse_layer
from depthlaw.theory.prediction import Law, Prediction
from depthlaw.theory.values import Exact, Kind, Value


def ran(text: str, depth: int, batch: int = 2, correlation: float = 0.5) -> Prediction:
    network = Network(width=5040, batch=batch, layer=parse_layer(text))
    return predict(network, depth=depth, correlation=correlation)


def middle(value: Value | None) -> float:
    assert value is not None
    return (value.lower + value.upper) / 2


def rho(found: Prediction, depth: int) -> float:
    return middle(found.layers[depth].correlation)


def exact(value: Value | None) -> sp.Expr:
    assert isinstance(value, Exact)
    return value.expression


# --- streams


@pytest.mark.parametrize(
    ("text", "measured"),
    [
        pytest.param(
            "residual(rmsnorm:epsilon=0,tanh,linear:variance=2.536178587551419)",
            -0.0631,
            marks=pytest.mark.slow,
        ),
        ("residual(relu,layernorm:epsilon=0,linear)", -0.2362),
        pytest.param(
            "residual(rmsnorm:epsilon=0,gelu,layernorm:epsilon=0,linear)",
            -0.2438,
            marks=pytest.mark.slow,
        ),
    ],
)
def test_streams_that_decorrelate(text: str, measured: float) -> None:
    found = ran(text, 4096)
    slope = math.log(rho(found, 4096) / rho(found, 512)) / math.log(8)
    assert slope == pytest.approx(measured, abs=6e-5)
    limit = found.limit
    assert (limit.law, exact(limit.correlation)) == (Law.POWER, 0)
    # The exponent is met from one side, ever more slowly.
    early = math.log(rho(found, 512) / rho(found, 64)) / math.log(8)
    assert abs(-middle(limit.rate) - slope) < abs(-middle(limit.rate) - early)
    assert limit.growth is not None
    assert limit.growth.ball.overlaps((found.layers[9].second_moment.ball - 1) / 9)


def test_relu_streams_have_a_logarithm_with_a_shift() -> None:
    found = ran("residual(rmsnorm:epsilon=0,relu,linear:variance=2)", 1024)
    limit = found.limit
    assert (limit.law, limit.power) == (Law.LOGARITHM, 2)
    assert sp.simplify(exact(limit.rate) - 9 * sp.pi**2 / 2) == 0
    assert middle(limit.shift) == pytest.approx(9.21, abs=0.005)
    # With c from L = 128 the law is right at L = 1024, where without c it is far off.
    before = ran("residual(rmsnorm:epsilon=0,relu,linear:variance=2)", 128).limit
    law = middle(limit.rate) / (math.log(1024) + middle(before.shift)) ** 2
    assert law == pytest.approx(1 - rho(found, 1024), rel=5e-3)
    assert middle(limit.rate) / math.log(1024) ** 2 > 4 * (1 - rho(found, 1024))


def test_a_stream_towards_a_fixed_point_between() -> None:
    limit = ran("residual(layernorm,linear:width=4x,gelu,linear)", 8).limit
    assert limit.law is Law.POWER
    assert middle(limit.correlation) == pytest.approx(0.760402, abs=1e-6)
    assert middle(limit.rate) == pytest.approx(1 - 0.93273, abs=1e-5)


def test_blocks_with_different_maps_have_no_law_here() -> None:
    text = "residual(rmsnorm,linear,gelu,linear),residual(rmsnorm,linear,relu,linear)"
    assert ran(text, 3).limit.law is Law.UNKNOWN
    same = "residual(rmsnorm,linear,gelu,linear),residual(rmsnorm,linear,gelu,linear):scale=2"
    assert ran(same, 3).limit.law is Law.POWER


# --- a skip, and a norm behind it


def test_post_norm_relu_is_slower_by_four() -> None:
    found = ran("residual(relu,linear:variance=2),rmsnorm:epsilon=0", 1000)
    limit = found.limit
    assert (limit.law, limit.power) == (Law.POLYNOMIAL, 2)
    assert sp.simplify(exact(limit.rate) - 18 * sp.pi**2) == 0
    measured = (1 - rho(found, 1000)) * 1000**2
    assert measured < 18 * math.pi**2
    assert measured == pytest.approx(18 * math.pi**2, rel=0.08)


@pytest.mark.slow
def test_post_norm_relu_after_twenty_thousand_layers() -> None:
    found = ran("residual(relu,linear:variance=2),rmsnorm:epsilon=0", 20_000)
    assert (1 - rho(found, 20_000)) * 20_000**2 == pytest.approx(177.1, abs=0.05)


@pytest.mark.parametrize("text", ["residual(linear,relu)", "residual(rmsnorm,linear,relu)"])
def test_a_branch_with_a_mean_has_no_law_of_branches_without(text: str) -> None:
    """Means of stream and branch multiply, and all correlations tend to 1 faster."""
    assert ran(text, 6).limit.law is Law.UNKNOWN
    found = ran(f"{text},rmsnorm:epsilon=0", 60)
    if found.limit.correlation is not None:
        assert middle(found.limit.correlation) == pytest.approx(rho(found, 60), abs=1e-3)
        assert found.limit.correlation.kind is Kind.COMPUTED


def test_a_weak_skip_keeps_the_second_moment() -> None:
    found = ran("residual(rmsnorm:epsilon=0,gelu,linear:variance=2):skip=0.5", 300)
    limit = found.limit
    assert limit.law is Law.GEOMETRIC
    assert middle(limit.second_moment) == pytest.approx(middle(found.layers[300].second_moment))
    assert middle(limit.correlation) == pytest.approx(rho(found, 300), abs=1e-4)
    gaps = [abs(rho(found, ell) - middle(limit.correlation)) for ell in (200, 201)]
    assert gaps[1] / gaps[0] == pytest.approx(middle(limit.rate), rel=1e-4)


# --- chains


@pytest.mark.parametrize(
    "text",
    [
        "linear,rmsnorm:epsilon=0,gelu",
        "linear,gelu,rmsnorm:epsilon=0",
        pytest.param("rmsnorm:epsilon=0,elu,linear:variance=2", marks=pytest.mark.slow),
        "linear,relu,layernorm:epsilon=0",
        "linear,relu,layernorm",
        "linear,tanh,rmsnorm:epsilon=0,linear:variance=0.5",
        "linear:variance=1.5:bias=0.05,tanh",
        "linear:variance=3:bias=0.05,tanh",
        "tanh,linear:variance=3:bias=0.05",
        "linear:variance=2:bias=0.1,layernorm:epsilon=0,silu",
        "residual(relu,linear)",
    ],
)
def test_a_fixed_point_and_its_factor_are_those_of_the_layers(text: str) -> None:
    found = ran(text, 120, correlation=0.7)
    limit = found.limit
    assert limit.correlation is not None
    assert limit.correlation.kind is not Kind.COMPUTED or "tanh" in text or "silu" in text
    where = middle(limit.correlation)
    if limit.law is Law.GEOMETRIC:
        gaps = [abs(rho(found, ell) - where) for ell in range(121)]
        ell = next(e for e in range(1, 121) if gaps[e] < 1e-5 or e == 120)
        assert gaps[ell] / gaps[ell - 1] == pytest.approx(middle(limit.rate), rel=0.02)
    if limit.second_moment is not None:
        last = middle(found.layers[120].second_moment)
        assert middle(limit.second_moment) == pytest.approx(last, rel=1e-3)
    if limit.factor is not None:
        moments = [middle(found.layers[ell].second_moment) for ell in (50, 51)]
        assert moments[1] / moments[0] == pytest.approx(middle(limit.factor))


def test_he_relu_is_critical_and_keeps_its_scale() -> None:
    limit = ran("linear:variance=2,relu", 10).limit
    assert (limit.law, limit.power) == (Law.POLYNOMIAL, 2)
    assert exact(limit.factor) == 1
    assert sp.simplify(exact(limit.rate) - 9 * sp.pi**2 / 2) == 0


def test_batch_norm_reaches_its_fixed_point_in_one_layer() -> None:
    limit = ran("linear,batchnorm:epsilon=0,tanh", 4, batch=8).limit
    assert limit.law is Law.REACHED
    assert "one layer" in limit.sentences[0]
    relu = ran("linear,batchnorm:epsilon=0,relu", 2, batch=8).limit
    assert relu.correlation is not None
    assert relu.correlation.kind is Kind.ENCLOSURE
    assert middle(relu.second_moment) == 0.5
    assert middle(limit.correlation) == pytest.approx(-0.13365, abs=1e-5)


def test_linear_batch_norm_without_mean_contracts_like_n_over_n_plus_two() -> None:
    limit = ran("linear,rescale", 60, batch=8).limit
    assert (limit.law, middle(limit.rate)) == (Law.GEOMETRIC, pytest.approx(8 / 10, abs=1e-4))


def test_uniform_attention_with_a_skip_makes_tokens_equal() -> None:
    found = ran("residual(average,linear:variance=0.5)", 24, batch=6, correlation=0.1)
    limit = found.limit
    assert (limit.law, exact(limit.correlation)) == (Law.GEOMETRIC, 1)
    gaps = [1 - rho(found, ell) for ell in (23, 24)]
    assert gaps[1] / gaps[0] == pytest.approx(middle(limit.rate), rel=1e-3)
    moments = [middle(found.layers[ell].second_moment) for ell in (23, 24)]
    assert moments[1] / moments[0] == pytest.approx(middle(limit.factor), rel=1e-3)


def test_what_is_met_agrees_with_what_is_proved() -> None:
    """ε is the only difference, and only without it the map is exact."""
    met = ran("linear,rmsnorm:epsilon=1e-9,gelu", 20).limit
    proved = ran("linear,rmsnorm:epsilon=0,gelu", 20).limit
    assert met.correlation is not None
    assert met.correlation.kind is Kind.COMPUTED
    assert middle(met.correlation) == pytest.approx(middle(proved.correlation), abs=1e-8)
    assert middle(met.rate) == pytest.approx(middle(proved.rate), abs=1e-4)


def test_a_linear_network_leaves_everything_as_it_is() -> None:
    assert ran("linear", 5).limit.law is Law.STANDS
    assert ran("linear,rmsnorm:epsilon=0,gelu", 5, correlation=1.0).limit.law is Law.STANDS


def test_the_whole_matrix_has_the_limit_of_its_pairs() -> None:
    network = Network(width=64, batch=3, layer=parse_layer("linear,gelu,rmsnorm:epsilon=0"))
    gram = np.array([[1.0, 0.2, -0.3], [0.2, 2.0, 0.1], [-0.3, 0.1, 0.5]])
    whole = predict(network, depth=3, initial_gram=gram).limit
    assert middle(whole.correlation) == pytest.approx(0.760402, abs=1e-6)

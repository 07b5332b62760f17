"""Batch normalisation's mean field: rates in two ways, bounds, and simulated networks."""

import numpy as np
import pytest
import sympy as sp
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import eval_gegenbauer

from depthlaw.numerics.simulate import simulate
from depthlaw.theory.activations import activation
from depthlaw.theory.errors import ArgumentError
from depthlaw.theory.mean_field_bn import rates as closed
from depthlaw.theory.mean_field_bn.integrals import FINE, one, two
from depthlaw.theory.mean_field_bn.rates import rates
from depthlaw.theory.network import Activate, Network
from depthlaw.theory.network.gram import equicorrelated
from depthlaw.theory.network.text import parse_layer
from depthlaw.theory.tangent import predict_gradients
from depthlaw.theory.values import Value

NAMES = ("growth", "at_the_output", "spread")


def middle(value: Value | None) -> float:
    assert value is not None
    return float(value.lower + value.upper) / 2


@pytest.mark.parametrize(
    ("name", "batch", "growth"),
    [
        *[("relu", n, g) for n, g in ((6, 2.0038), (8, 1.7882), (16, 1.5900), (32, 1.5220))],
        *[("tanh", n, g) for n, g in ((6, 1.4831), (16, 1.2463), (32, 1.2083))],
        *[("gelu", n, g) for n, g in ((6, 1.8234), (16, 1.4357), (32, 1.3712))],
    ],
)
def test_rates_have_their_known_values(name: str, batch: int, growth: float) -> None:
    found = rates(batch, activation(name).operation()).growth
    assert middle(found) == pytest.approx(growth, abs=6e-5)


@pytest.mark.parametrize("batch", [4, 6, 17])
@pytest.mark.parametrize("name", ["relu", "identity"])
def test_closed_forms_are_the_integrals(batch: int, name: str) -> None:
    phi = activation(name).operation()
    exact = rates(batch, phi if name == "relu" else None)
    computed = closed._computed(batch, phi)
    for each in NAMES:
        one_way, other = middle(getattr(exact, each)), middle(getattr(computed, each))
        assert one_way == pytest.approx(other, rel=1e-7)


@pytest.mark.parametrize("name", ["tanh", "gelu", "sin"])
@pytest.mark.parametrize("batch", [5, 8])
def test_the_gegenbauer_form_is_the_same_number(name: str, batch: int) -> None:
    phi = activation(name).operation()
    a, s, r = (batch - 3) / 2, -1 / (batch - 1), np.sqrt(batch - 1)
    top = bottom = 0.0
    for k in range(1, 40):
        square = one(lambda t, k=k: eval_gegenbauer(k, a, t) ** 2, batch, (), FINE)
        c = one(lambda t, k=k: phi.function(r * t) * eval_gegenbauer(k, a, t), batch, (), FINE)
        share = 1 - eval_gegenbauer(k, a, s) / eval_gegenbauer(k, a, 1)
        weight = share * c**2 / square
        top += k * (batch - 3 + k) / (batch - 3) * weight
        bottom += weight
    assert middle(rates(batch, phi).growth) == pytest.approx(top / bottom, rel=1e-9)


@given(
    batch=st.integers(4, 40),
    coefficients=st.lists(st.integers(-4, 4), min_size=2, max_size=5).filter(lambda c: any(c[1:])),
)
def test_no_activation_grows_less_than_none_at_all(batch: int, coefficients: list[int]) -> None:
    polynomial = np.polynomial.Polynomial([c / 4**k for k, c in enumerate(coefficients)])
    slope = polynomial.deriv()
    phi = Activate(
        lambda x: np.asarray(polynomial(x)),
        "mine",
        derivative=lambda x: np.asarray(slope(x) + 0 * x),
    )
    found = middle(rates(batch, phi).growth)
    assert found >= (batch - 2) / (batch - 3) * (1 - 1e-9)


@pytest.mark.parametrize(("name", "limit"), [("relu", np.pi / (np.pi - 1)), ("gelu", 1.31884)])
def test_wide_batches_have_the_growth_of_layer_norm_behind_the_activation(
    name: str, limit: float
) -> None:
    phi = activation(name).operation()
    near, nearer = (middle(rates(n, phi).growth) - limit for n in (50, 200))
    assert near > nearer > 0
    assert near / nearer == pytest.approx(4, rel=0.1)


def test_the_sphere_has_the_moments_that_it_must() -> None:
    for batch in (4, 9):
        s = -1 / (batch - 1)
        assert one(lambda t: 1 + 0 * t, batch, (0.3,), FINE) == pytest.approx(1, abs=1e-13)
        assert two(lambda t, u: t * u, batch, (0.2,), FINE) == pytest.approx(s / (batch - 1))


@pytest.mark.parametrize(
    "layer",
    [
        "linear,batchnorm:epsilon=0,relu",
        "batchnorm:epsilon=0,tanh,linear:variance=3",
        "linear,recenter,rescale",
    ],
)
def test_predicted_gradients_are_those_of_wide_networks(layer: str) -> None:
    net = Network(1000, 8, parse_layer(layer))
    found = predict_gradients(net, depth=4, correlation=0.3)
    assert found.unanswered is None
    run = simulate(
        net,
        depth=4,
        replicas=60,
        initial_gram=equicorrelated(8, 0.3),
        gradients=True,
        observables={},
    ).gradients
    assert run is not None
    for depth, each in enumerate(found.layers):
        seen = run.norms[:, depth]
        error = seen.std() / 60**0.5
        assert abs(seen.mean() - np.exp(middle(each.log_norm))) <= 5 * error + 0.02 * seen.mean()


def test_what_is_not_known_is_said() -> None:
    for layer, batch, words in (
        ("linear,batchnorm,relu", 6, "epsilon=0"),
        ("linear,batchnorm:epsilon=0,relu", 3, "infinite"),
        ("residual(linear,batchnorm:epsilon=0)", 6, "in this order"),
        ("linear,rescale", 6, "without recentring"),
    ):
        found = predict_gradients(Network(64, batch, parse_layer(layer)), depth=2)
        assert found.unanswered is not None
        assert words in found.unanswered
    with pytest.raises(ArgumentError, match="infinite"):
        rates(3, None)


def test_closed_forms_of_relu_are_those_of_its_kernel() -> None:
    c = sp.Symbol("c")
    kernel = (sp.sqrt(1 - c**2) + (sp.pi - sp.acos(c)) * c) / sp.pi
    for expression, function in ((closed.KERNEL, kernel), (closed.SLOPE, sp.diff(kernel, c))):
        difference = expression.subs(closed.B, 7) - function.subs(c, sp.Rational(-1, 6))
        assert abs(sp.N(difference, 30)) < 1e-25

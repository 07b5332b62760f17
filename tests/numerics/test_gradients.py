"""Gradients: explicit weights agree with differences, and every other way has their law."""

from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from functools import partial
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from scipy import stats

from depthlaw.numerics.sampling.backward import chunks, conditioned, passes, record
from depthlaw.numerics.simulate import simulate
from depthlaw.numerics.trajectory import Trajectory
from depthlaw.testing import architectures
from depthlaw.theory.activations import CATALOGUE, activation
from depthlaw.theory.activations.catalogue import PARAMETRIC
from depthlaw.theory.errors import ArgumentError, UnknownNameError
from depthlaw.theory.network import Activate, Array, Linear, Network
from depthlaw.theory.network.text import parse_layer

LEVEL = 1e-6
"""Of one comparison of two laws. The tests make some dozen, always with the same numbers."""


ROUNDING = -62
"""Logarithm of a squared gradient, beside that at the output, below which it is rounding."""


def network(layer: str, width: int, batch: int = 4, **given: Any) -> Network:
    for part in ("stem", "head"):
        if part in given:
            given[part] = parse_layer(given[part])
    return Network(width, batch, parse_layer(layer), **given)


CASES = {
    "plain": network("linear,relu", 12),
    "with a bias, narrower than the batch": network("linear:variance=2:bias=0.1,relu", 3, 5),
    "batch norm, narrower than the batch": network("linear,batchnorm:epsilon=0,relu", 6, 8),
    "batch norm with epsilon": network("linear,batchnorm:epsilon=0.1,tanh", 5, 4),
    "norm after the activation": network("relu,layernorm,linear", 8, 5),
    "pre-norm block": network("residual(layernorm,linear:width=2x,gelu,linear)", 12, 5),
    "GPT block": network(
        "residual(layernorm,attention:heads=2:causal),"
        "residual(layernorm,linear:width=8x,glu(silu),linear)",
        6,
        2,
        positions=(3,),
    ),
    "uniform attention": network(
        "residual(layernorm,attention:uniform:heads=2,rmsnorm):scale=0.5:skip=0.9", 6
    ),
    "activation on the stream": network("residual(linear,tanh),layernorm", 6, 5),
    "ResNet v1": network(
        "residual(conv:3,batchnorm,relu,conv:3,batchnorm),relu", 5, 2, positions=(4,)
    ),
    "convolution with a bias": network("conv:3:bias=0.1,batchnorm,relu", 6, 2, positions=(4,)),
    "images, circular, pooled": network("conv:3:circular,relu,average", 3, 2, positions=(2, 3)),
    "orthogonal": network("linear:haar,batchnorm", 16, 5),
    "weights with a mean": network("linear:mean=1.5,tanh", 6),
    "residual weights": network("rmsnorm,relu,linear:residual=0.7", 6),
    "stem, gates and head": network(
        "linear:width=4x,glu(relu),linear:width=4x,glu(tanh)",
        4,
        3,
        stem="linear:width=8",
        head="recenter,linear:width=3,tanh",
        inputs=5,
    ),
}
QUICK = ("batch norm, narrower than the batch", "GPT block", "ResNet v1", "orthogonal")
"""What the default run compares; the slow run takes all."""


def start(net: Network) -> Array:
    """A batch that is not isotropic, with two equal columns where there are more than four."""
    found = np.random.default_rng(5).standard_normal((net.entry, net.columns)) + 0.3
    if net.columns > 4:
        found[:, 1] = found[:, 0]
    return found


def go(net: Network, route: str | None = None, **given: Any) -> Trajectory:
    given = {"depth": 3, "replicas": 700, "seed": 1, "observables": {}, **given}
    if "initial_gram" not in given:
        given.setdefault("initial_state", start(net))
    return simulate(net, gradients=True, route=route, **given)


def seen(run: Trajectory) -> Iterator[Array]:
    """What gradients are compared by: norms, weights, and entries of Gram matrices."""
    g = run.gradients
    assert g is not None
    shares = g.grams / np.maximum(np.trace(g.grams, axis1=-2, axis2=-1), 1e-300)[..., None, None]
    # What is so far below the gradient at the output is the rounding of zero.
    gone = g.log_norms < g.log_norms[:, -1:] + ROUNDING
    shares[gone] = 0
    for layer in range(g.log_norms.shape[1]):
        yield np.where(gone[:, layer], -np.inf, g.log_norms[:, layer])
        for i, j in ((0, 0), (0, shares.shape[-1] // 2), (0, -1), (-1, -1)):
            yield shares[:, layer, i, j]
    for values in g.log_weight_norms.values():
        values = np.where(values < g.log_norms[:, -1:] + ROUNDING, -np.inf, values)
        yield from values.T[~np.isnan(values).all(axis=0)]
    yield from np.diagonal(run.final_gram, axis1=1, axis2=2).T


def p_value(one: Trajectory, two: Trajectory) -> float:
    """The p value that two runs have one law, for all that was seen together."""
    found = []
    for x, y in zip(seen(one), seen(two), strict=True):
        # Atoms, like a vanishing gradient or equal samples, may differ by rounding.
        x, y = (np.round(np.where(np.isfinite(v), v, -1e3), 9) for v in (x, y))
        if np.ptp(np.concatenate([x, y])) > 1e-8:
            found.append(float(stats.ks_2samp(x, y, method="asymp").pvalue))
    return min(found, default=1.0) * max(1, len(found))


def itself(H: Array) -> Array:
    return H + 1


@pytest.mark.parametrize("name", QUICK)
def test_rows_have_the_law_of_explicit_weights(name: str) -> None:
    net = CASES[name]
    for cotangent in (None, itself):
        one = go(net, "state", seed=11, cotangent=cotangent)
        assert p_value(one, go(net, "explicit", seed=12, cotangent=cotangent)) > LEVEL


@pytest.mark.slow
@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("independent", [False, True])
def test_rows_have_the_law_of_explicit_weights_everywhere(name: str, independent: bool) -> None:
    net = CASES[name]
    for cotangent in (None, itself):
        one, two = (
            go(net, route, seed=seed, replicas=6000, cotangent=cotangent, independent=independent)
            for route, seed in (("state", 21), ("explicit", 22))
        )
        assert p_value(one, two) > LEVEL


@pytest.mark.slow
@settings(max_examples=60, suppress_health_check=list(HealthCheck))
@given(architectures())
def test_random_compositions_have_the_law_of_explicit_weights(net: Network) -> None:
    one, two = (
        go(net, r, seed=s, depth=2, replicas=500) for r, s in (("state", 1), ("explicit", 2))
    )
    assert p_value(one, two) > LEVEL


WRONG: dict[str, Callable[[pytest.MonkeyPatch], None]] = {
    "no projection": lambda patch: patch.setattr(
        conditioned, "projected", lambda M, R, T: conditioned.transpose(M)
    ),
    "the first term dropped": lambda patch: patch.setattr(
        conditioned, "projected", lambda M, R, T: -R @ T
    ),
    "without the bias": lambda patch: patch.setattr(
        conditioned, "with_bias", lambda law, T, P, draws: T
    ),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_wrong_samplers_are_rejected(wrong: str, monkeypatch: pytest.MonkeyPatch) -> None:
    # What a neuron draws is one number, and its weight and its bias have equal parts in it.
    net = network("linear:bias=1", 1, 1)
    one = np.ones((1, 1))
    more = {"replicas": 20_000, "cotangent": itself, "depth": 1, "initial_state": one}
    right = go(net, "explicit", seed=32, **more)
    assert p_value(go(net, "state", seed=31, **more), right) > LEVEL
    WRONG[wrong](monkeypatch)
    assert p_value(go(net, "state", seed=31, **more), right) < LEVEL


def test_gradient_independence_is_rejected_for_a_gradient_that_knows_the_stream() -> None:
    net = network("residual(layernorm,linear,relu,linear)", 16, 3)
    one, two = (
        go(net, "state", seed=s, replicas=3000, cotangent=itself, independent=i)
        for s, i in ((41, False), (42, True))
    )
    assert p_value(one, two) < LEVEL


class Perturbed:
    """Draws the weights that it wraps, and moves one entry of one matrix."""

    def __init__(self, draw: Callable[..., Array]) -> None:
        self._draw, self.shapes = draw, list[tuple[int, ...]]()
        self.call, self.entry, self.size = -1, (0, 0), 0.0

    def __call__(self, *given: Any) -> Array:
        W = self._draw(*given)
        self.shapes.append(W.shape[1:])
        if len(self.shapes) - 1 == self.call:
            W[0][self.entry] += self.size
        return W


def differences(loss: Callable[[float], float]) -> float:
    h = 2.0**-17
    return (loss(h) - loss(-h)) / (2 * h)


SMALL = {
    "batch norm": network("linear:bias=0.2,batchnorm:epsilon=0.01,tanh", 3, 4),
    "GPT block": network(
        "residual(layernorm:epsilon=0.1,attention:heads=2:temperature=0.3),"
        "residual(rmsnorm,linear:width=4x,glu(gelu),linear:mean=0.3):skip=0.8",
        4,
        3,
    ),
    "convolution": network(
        "residual(conv:3,rescale:epsilon=0.1,silu,conv:3:circular):scale=0.6,softplus,average",
        2,
        2,
        positions=(3,),
    ),
    "features": network("recenter:features,linear:uniform,silu,rescale:features,linear:haar", 3),
}


@pytest.mark.parametrize("name", SMALL)
def test_explicit_gradients_are_those_of_differences(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    net, d = SMALL[name], SMALL[name].entry
    outputs: list[Array] = []
    C = np.random.default_rng(0).standard_normal((net.width, net.columns))

    def watch(H: Array) -> Array:
        outputs.append(H)
        return C

    draws = {
        place: Perturbed(getattr(record, place)) for place in ("_linear_weights", "_normal_weights")
    }
    for place, draw in draws.items():
        monkeypatch.setattr(record, place, draw)

    def loss(initial: Array) -> float:
        for draw in draws.values():
            draw.shapes.clear()
        go(net, "explicit", depth=2, replicas=1, initial_state=initial, cotangent=watch)
        return float((C * outputs[-1]).sum())

    H = start(net)
    run = go(net, "explicit", depth=2, replicas=1, cotangent=watch)
    g = run.gradients
    assert g is not None
    slopes = np.zeros(H.shape)
    for place in np.ndindex(H.shape):

        def moved(h: float, place: tuple[int, ...] = place) -> float:
            there = H.copy()
            there[place] += h
            return loss(there)

        slopes[place] = differences(moved)
    assert np.allclose(slopes.T @ slopes, g.grams[0, 0], rtol=1e-6, atol=1e-6 * g.norms[0, 0])
    expected = {name: values[0, 1:] for name, values in g.weights.items()}
    for draw in draws.values():
        first = list(draw.shapes)
        found = []
        for call, shape in enumerate(first):
            total = 0.0
            for entry in np.ndindex(shape):

                def bent(h: float, call: int = call, entry: tuple[int, ...] = entry) -> float:
                    draw.call, draw.entry, draw.size = call, entry, h  # noqa: B023
                    value = loss(H)
                    draw.call = -1  # noqa: B023
                    return value

                total += differences(bent) ** 2
            found.append(total)
        # Queries, keys and values are drawn as one matrix.
        assert d
        for total in found:
            assert any(np.isclose(total, value, rtol=1e-5) for value in _sums(expected))


def _sums(weights: dict[str, Array]) -> Iterator[float]:
    """Norms of the matrices of each layer, those that are drawn as one together."""
    for layer in range(2):
        yield from (values[layer] for values in weights.values())
        yield sum(
            values[layer]
            for name, values in weights.items()
            if name.rpartition(" ")[2] in ("query", "key", "value")
        )


def test_nothing_changes_where_stages_are_drawn_again(monkeypatch: pytest.MonkeyPatch) -> None:
    for net in (
        CASES["GPT block"],
        CASES["ResNet v1"],
        CASES["plain"],
        CASES["stem, gates and head"],
    ):
        one = go(net, replicas=3)
        monkeypatch.setattr(passes, "KEPT", 0)
        two = go(net, replicas=3)
        monkeypatch.undo()
        for x, y in zip(seen(one), seen(two), strict=True):
            assert np.array_equal(x, y, equal_nan=True)


@pytest.mark.parametrize("route", ["state", "explicit"])
def test_replicas_are_the_same_however_they_are_grouped(route: str) -> None:
    net = network("linear:bias=0.1,batchnorm,gelu", 200, 3)
    whole = go(net, route, replicas=5)
    first, rest = go(net, route, replicas=2), go(net, route, replicas=3, first_replica=2)
    with ThreadPoolExecutor(3) as threads:
        shared = go(net, route, replicas=5, executor=threads)
    for other in (first.join(rest), shared):
        for x, y in zip(seen(whole), seen(other), strict=True):
            assert np.array_equal(x, y, equal_nan=True)


@pytest.mark.slow
def test_processes_give_the_same() -> None:
    net = CASES["GPT block"]
    with ProcessPoolExecutor(2) as pool:
        shared = go(net, replicas=300, executor=pool, cotangent=itself)
    for x, y in zip(seen(go(net, replicas=300, cotangent=itself)), seen(shared), strict=True):
        assert np.array_equal(x, y, equal_nan=True)


def test_several_chunks_have_the_law_of_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chunks, "chunk_width", lambda columns: 5)
    for name in ("pre-norm block", "convolution with a bias", "stem, gates and head"):
        one = go(CASES[name], "state", depth=2)
        assert p_value(one, go(CASES[name], "explicit", depth=2, seed=2)) > LEVEL


def test_a_random_direction_has_length_1_and_a_linear_map_keeps_it_on_average() -> None:
    run = go(network("linear", 30, 3), replicas=4000, depth=2)
    g = run.gradients
    assert g is not None
    assert np.allclose(g.log_norms[:, -1], 0, atol=1e-12)
    means = g.norms.mean(axis=0)
    errors = g.norms.std(axis=0) / 4000**0.5
    assert (np.abs(means - 1) <= 5 * errors + 1e-12).all()


def test_gradients_of_one_sample_in_relu_networks_are_products_of_chi_squares() -> None:
    d, depth, R = 6, 4, 4000
    run = go(network("linear:variance=2,relu", d, 1), depth=depth, replicas=R, initial_gram=[[1.0]])
    g = run.gradients
    assert g is not None
    rng = np.random.default_rng(0)
    active = rng.binomial(d, 0.5, (R, depth))
    law = 2 / d * rng.chisquare(np.maximum(active, 1)) * (active > 0)
    # The sizes of the last layer's dead neurons say nothing of a direction at the output.
    seen, expected = g.norms[:, 0], law.prod(axis=1)
    assert abs((seen == 0).mean() - (expected == 0).mean()) < 0.05
    one, two = seen[seen > 0], expected[expected > 0]
    assert stats.ks_2samp(one, two).pvalue > LEVEL


def test_orthogonal_weights_keep_the_length_of_every_gradient() -> None:
    for width in (3, 40):
        g = go(network("linear:haar", width, 4), replicas=20).gradients
        assert g is not None
        assert np.allclose(g.log_norms, 0, atol=1e-9)


def test_queries_and_keys_of_equal_tokens_get_no_gradient() -> None:
    net = network("residual(attention:heads=2)", 8, 4)
    same = np.tile(np.arange(1.0, 9.0)[:, None], 4)
    for route in ("state", "explicit"):
        g = go(net, route, replicas=5, initial_state=same).gradients
        assert g is not None
        assert (
            g.weights["attention query"][:, 1:] < 1e-24 * g.weights["attention value"][:, 1:]
        ).all()
        assert (
            g.weights["attention key"][:, 1:] < 1e-24 * g.weights["attention value"][:, 1:]
        ).all()


@pytest.mark.parametrize("route", ["state", "explicit"])
def test_norms_of_two_entries_are_signs_and_pass_no_gradient(route: str) -> None:
    for layer, width, batch in (
        ("linear,batchnorm:epsilon=0", 6, 2),
        ("linear,layernorm:epsilon=0", 2, 5),
    ):
        g = go(network(layer, width, batch), route, replicas=50).gradients
        assert g is not None
        assert (g.log_norms[:, :-1] == -np.inf).all()


def test_a_dead_network_has_no_gradient() -> None:
    net = network("linear,relu", 2, 2)
    for route in ("state", "explicit"):
        run = go(net, route, depth=8, replicas=300)
        g = run.gradients
        assert g is not None
        dead = run.dead_units[:, 1:-1].max(axis=1) == 1
        assert dead.any()
        assert not dead.all()
        assert (g.log_norms[dead, 0] == -np.inf).all()
        assert np.isfinite(g.log_norms[~dead, -1]).all()


def test_scales_beyond_doubles_are_followed() -> None:
    net = network("linear,batchnorm:epsilon=0,relu", 8, 4)
    g = go(net, depth=2200, replicas=2, initial_gram=np.eye(4) + 1).gradients
    assert g is not None
    assert np.isfinite(g.log_norms).all()
    assert (g.log_norms[:, 0] > 750).all()
    assert (g.exponents[:, 0] > 0).all()
    assert (g.exponents[:, -1] == 0).all()
    trace = np.trace(g.grams[:, 0], axis1=-2, axis2=-1)
    assert np.allclose(np.log(trace) + g.exponents[:, 0] * np.log(2), g.log_norms[:, 0])
    small = network("linear:variance=1e-3,tanh", 8, 4)
    tiny = go(small, depth=60, replicas=2, initial_gram=1e3 * (np.eye(4) + 1)).gradients
    assert tiny is not None
    assert np.isfinite(tiny.log_norms).all()
    assert (tiny.log_norms[:, 0] < -400).all()


def test_a_start_that_no_batch_has_gives_no_gradient_there() -> None:
    for route in ("state", "explicit"):
        g = go(network("linear,relu", 3, 6), route, replicas=4, initial_gram=np.eye(6)).gradients
        assert g is not None
        assert np.isnan(g.log_norms[:, 0]).all()
        assert np.isfinite(g.log_norms[:, 1:]).all()
        assert np.isfinite(g.log_weight_norms["linear"][:, 1:]).all()


def test_depth_0_gives_the_gradient_at_the_output_back() -> None:
    net = network("linear,relu", 5, 3)
    g = go(net, depth=0, replicas=2, cotangent=start(net)).gradients
    assert g is not None
    assert np.allclose(g.grams[:, 0], start(net).T @ start(net))


@pytest.mark.parametrize("route", ["state", "explicit"])
def test_gradients_are_linear_in_the_one_at_the_output_however_large_or_small_that_is(
    route: str,
) -> None:
    net = network("residual(layernorm,linear,tanh)", 5, 3)
    C = np.sign(start(net))
    one = go(net, route, replicas=2, cotangent=C).gradients
    assert one is not None
    for power in (1020, -1060):
        other = go(net, route, replicas=2, cotangent=np.ldexp(C, power)).gradients
        assert other is not None
        moved = 2 * power * np.log(2)
        assert other.log_norms - moved == pytest.approx(one.log_norms, abs=1e-11)
        before, after = (g.log_weight_norms["linear"][:, 1:] for g in (one, other))
        assert after - moved == pytest.approx(before, abs=1e-11)
        powers = other.exponents[..., None, None] - 2 * power
        assert np.ldexp(other.grams, powers) == pytest.approx(one.grams)


def test_a_dead_output_has_no_gradient_of_its_size() -> None:
    net = network("linear,relu", 2, 1)
    run = go(net, depth=4, replicas=40, initial_gram=np.eye(1), cotangent=lambda H: H)
    dead = run.final_gram[:, 0, 0] == 0
    assert 0 < dead.sum() < 40
    assert run.gradients is not None
    assert (np.isneginf(run.gradients.log_norms[:, -1]) == dead).all()
    assert np.isneginf(run.gradients.log_norms[dead]).all()


def test_a_batch_that_leaves_the_range_of_doubles_is_said_to() -> None:
    net = network("linear:variance=0.001,relu", 64, 3)
    with pytest.raises(ArgumentError, match="take fewer layers, or rescale"):
        go(net, depth=200, replicas=1)


@pytest.mark.parametrize("name", [name for name in CATALOGUE if name not in PARAMETRIC])
def test_slopes_are_those_of_differences(name: str) -> None:
    phi = activation(name)
    operation = phi.operation()
    assert operation.derivative is not None
    x = np.concatenate([np.linspace(-7.003, 6.997, 101), [-900.0, 900.0]])
    slopes = operation.derivative(x.reshape(1, -1))[0]
    assert np.isfinite(slopes[np.isfinite(operation.function(x))]).all()
    h = 2.0**-18
    with np.errstate(invalid="ignore"):
        expected = (operation.function(x + h) - operation.function(x - h)) / (2 * h)
    near = np.isfinite(expected)
    for point in phi.breakpoints:
        near &= np.abs(x - float(point)) > 2 * h
    scale = 1 + np.abs(expected) + np.abs(operation.function(x))
    assert (np.abs(slopes - expected)[near] <= 1e-7 * scale[near]).all()


def test_a_kink_has_the_slope_of_its_left() -> None:
    left = {"relu": 0.0, "leaky_relu": 0.01, "abs": -1.0, "hard_tanh": 0.0}
    for name, slope in left.items():
        derivative = activation(name).operation().derivative
        assert derivative is not None
        place = -1.0 if name == "hard_tanh" else 0.0
        assert derivative(np.full((1, 1), place))[0, 0] == slope


NET = network("linear,relu", 4, 3)
BAD: dict[str, tuple[dict[str, Any], str]] = {
    "a route without neurons": ({"route": "wishart"}, "has no gradients"),
    "a route without rows": ({"route": "gram"}, "has no gradients"),
    "another shape": ({"cotangent": np.ones((3, 4))}, r"\(4, 3\)"),
    "zero": ({"cotangent": np.zeros((4, 3))}, "zero"),
    "NaN": ({"cotangent": np.full((4, 3), np.nan)}, "finite"),
    "words": ({"cotangent": "up"}, "cotangent"),
    "a function of another shape": ({"cotangent": lambda H: H.T}, r"\(4, 3\)"),
    "a function that gives zero": ({"cotangent": lambda H: 0 * H}, "zero"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_requests_end_in_one_sentence(name: str) -> None:
    given, words = BAD[name]
    with pytest.raises(ArgumentError, match=words):
        go(NET, **{"replicas": 2, **given})


def test_what_is_for_gradients_needs_them() -> None:
    for name, value in (("cotangent", np.ones((4, 3))), ("independent", True)):
        with pytest.raises(ArgumentError, match="gradients=True"):
            simulate(NET, depth=1, replicas=1, initial_gram=np.eye(3), **{name: value})
    with pytest.raises(UnknownNameError):
        go(NET, "diagonal")


def test_own_activations_need_a_derivative_that_is_theirs() -> None:
    mine = partial(Activate, np.sin, "wave")
    for derivative, words in ((None, "derivative"), (np.sin, "differences"), (np.sum, "shape")):
        net = Network(4, 3, (Linear(), mine(derivative=derivative)))
        with pytest.raises(ArgumentError, match=words):
            go(net, replicas=1)
    g = go(Network(4, 3, (Linear(), mine(derivative=np.cos))), replicas=1).gradients
    assert g is not None
    assert np.isfinite(g.log_norms).all()

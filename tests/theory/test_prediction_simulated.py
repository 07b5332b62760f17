"""`predict` against explicit networks of large width: weights drawn, layers applied one by one."""

import math
from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from depthlaw import Network, predict
from depthlaw.theory.network.text import parse_layer

Array = NDArray[np.float64]
Draw = Callable[[np.random.Generator, int, Array], Array]


def dense(rng: np.random.Generator, out: int, H: Array, variance: float = 1.0) -> Array:
    return math.sqrt(variance / len(H)) * rng.normal(size=(out, len(H))) @ H


def rms(H: Array) -> Array:
    return np.asarray(H / np.sqrt((H**2).mean(axis=0)))


def layer_norm(H: Array, epsilon: float = 1e-5) -> Array:
    centred = H - H.mean(axis=0)
    return np.asarray(centred / np.sqrt((centred**2).mean(axis=0) + epsilon))


def batch_norm(H: Array, epsilon: float = 1e-5) -> Array:
    centred = H - H.mean(axis=1, keepdims=True)
    return np.asarray(centred / np.sqrt((centred**2).mean(axis=1, keepdims=True) + epsilon))


def silu(H: Array) -> Array:
    return np.asarray(H / (1 + np.exp(-H)))


def gated(rng: np.random.Generator, d: int, H: Array) -> Array:
    Z = dense(rng, 2 * d, H)
    return dense(rng, d, silu(Z[:d]) * Z[d:])


def convolved(rng: np.random.Generator, d: int, H: Array) -> Array:
    """Return relu of a convolution of length 3, zero padding, over 4 positions of each sample."""
    X = H.reshape(len(H), -1, 4)
    padded = np.pad(X, ((0, 0), (0, 0), (1, 1)))
    unfolded = np.concatenate([padded[:, :, k : k + 4] for k in range(3)])
    W = math.sqrt(2 / len(unfolded)) * rng.normal(size=(d, len(unfolded)))
    return np.asarray(np.maximum(np.tensordot(W, unfolded, 1), 0.0).reshape(d, -1))


LAYERS: dict[str, tuple[Draw, int, tuple[int, ...]]] = {
    "residual(rmsnorm:epsilon=0,relu,linear:variance=2)": (
        lambda rng, d, H: H + dense(rng, d, np.maximum(rms(H), 0), 2),
        3,
        (),
    ),
    "residual(relu,linear:variance=2),rmsnorm:epsilon=0": (
        lambda rng, d, H: rms(H + dense(rng, d, np.maximum(H, 0), 2)),
        3,
        (),
    ),
    "residual(layernorm,linear:width=2x,tanh,linear):scale=0.5:skip=0.9": (
        lambda rng, d, H: 0.9 * H + 0.5 * dense(rng, d, np.tanh(dense(rng, 2 * d, layer_norm(H)))),
        3,
        (),
    ),
    "linear,batchnorm,relu": (
        lambda rng, d, H: np.maximum(batch_norm(dense(rng, d, H)), 0),
        4,
        (),
    ),
    "linear,batchnorm:epsilon=0.5,tanh": (
        lambda rng, d, H: np.tanh(batch_norm(dense(rng, d, H), 0.5)),
        5,
        (),
    ),
    "linear,batchnorm:epsilon=0.2,tanh": (
        lambda rng, d, H: np.tanh(batch_norm(dense(rng, d, H), 0.2)),
        2,
        (),
    ),
    "linear:width=2x,glu(silu),linear": (gated, 3, ()),
    "linear,tanh,layernorm,abs": (
        lambda rng, d, H: np.abs(layer_norm(np.tanh(dense(rng, d, H)))),
        2,
        (),
    ),
    "linear,relu,layernorm": (
        lambda rng, d, H: layer_norm(np.maximum(dense(rng, d, H), 0)),
        3,
        (),
    ),
    "residual(linear,relu)": (
        lambda rng, d, H: H + np.maximum(dense(rng, d, H), 0),
        2,
        (),
    ),
    "linear,batchnorm:epsilon=0,gelu,layernorm,linear": (
        lambda rng, d, H: dense(rng, d, layer_norm(_gelu(batch_norm(dense(rng, d, H), 0)))),
        4,
        (),
    ),
    "conv:3:variance=2,relu": (convolved, 2, (4,)),
    "linear,rescale,relu": (
        lambda rng, d, H: np.maximum(_rescaled(dense(rng, d, H)), 0),
        4,
        (),
    ),
    "linear,rescale,tanh": (
        lambda rng, d, H: np.tanh(_rescaled(dense(rng, d, H))),
        2,
        (),
    ),
    "linear,rescale": (
        lambda rng, d, H: _rescaled(dense(rng, d, H)),
        3,
        (),
    ),
}


def _gelu(H: Array) -> Array:
    return np.asarray(H * np.vectorize(lambda x: math.erfc(-x / math.sqrt(2)) / 2)(H))


def _rescaled(H: Array) -> Array:
    return np.asarray(H / np.sqrt((H**2).mean(axis=1, keepdims=True)))


@pytest.mark.parametrize("text", LAYERS)
def test_wide_networks_are_near_their_limit(text: str) -> None:
    """Means of `replicas` Gram matrices, within six standard errors and a term of order 1/width."""
    apply, samples, positions = LAYERS[text]
    rng = np.random.default_rng(11)
    n, d, depth, replicas = samples * math.prod(positions), 400, 3, 24
    start = 0.4 * np.ones((n, n)) + 0.6 * np.eye(n)
    if not positions and "batchnorm" not in text and "rescale," not in text:
        start[0, 0] = 2.0
    root = np.linalg.cholesky(start)
    network = Network(width=d, batch=samples, layer=parse_layer(text), positions=positions)
    found = predict(network, depth=depth, initial_gram=start)
    assert found.unanswered is None
    grams = []
    for _ in range(replicas):
        H = rng.normal(size=(d, n)) @ root.T
        for _ in range(depth):
            H = apply(rng, d, H)
        grams.append(H.T @ H / d)
    mean, spread = np.mean(grams, axis=0), np.std(grams, axis=0) / math.sqrt(replicas)
    predicted = found.layers[depth].gram
    assert predicted is not None
    if predicted.shape != mean.shape:
        predicted = np.full((n, n), predicted[0, 1]) + (predicted[0, 0] - predicted[0, 1]) * np.eye(
            n
        )
    assert (np.abs(mean - predicted) <= 6 * spread + 12 * predicted[0, 0] / d).all()


def test_an_angle_that_is_wrong_would_be_noticed() -> None:
    """Without the term that a mean leaves, the sum of stream and branch is far off."""
    network = Network(width=400, batch=2, layer=parse_layer("residual(linear,relu)"))
    found = predict(network, depth=3, correlation=0.4)
    wrong = Network(width=400, batch=2, layer=parse_layer("residual(linear,relu,linear)"))
    other = predict(wrong, depth=3, correlation=0.4)
    assert found.layers[3].gram is not None
    assert other.layers[3].gram is not None
    assert np.abs(found.layers[3].gram - other.layers[3].gram).max() > 0.3


# --- the spread at finite width


def deviation(apply: Draw, start: Array, d: int, depth: int, replicas: int) -> tuple[Array, Array]:
    """Return standard deviations of the cosine after each layer, and their relative errors."""
    rng = np.random.default_rng(5)
    root = np.linalg.cholesky(start)
    basis = np.zeros((d, 2))
    basis[:2] = root.T * math.sqrt(d)
    found = np.empty((replicas, depth))
    for r in range(replicas):
        H = basis
        for ell in range(depth):
            H = apply(rng, d, H)
            G = H.T @ H
            found[r, ell] = G[0, 1] / math.sqrt(G[0, 0] * G[1, 1])
    return found.std(axis=0), np.full(depth, 1 / math.sqrt(2 * replicas))


@pytest.mark.slow
@pytest.mark.parametrize(
    "text",
    ["linear", "linear:variance=2,relu", "linear,tanh", "linear,relu,linear:variance=3,rmsnorm",
     "residual(rmsnorm:epsilon=0,linear,relu,linear:variance=2)", "linear,rmsnorm,gelu"],
)  # fmt: skip
def test_the_spread_is_that_of_explicit_networks(text: str) -> None:
    layers: dict[str, Draw] = {
        "linear": dense,
        "linear:variance=2,relu": lambda rng, d, H: np.maximum(dense(rng, d, H, 2), 0),
        "linear,tanh": lambda rng, d, H: np.tanh(dense(rng, d, H)),
        "linear,relu,linear:variance=3,rmsnorm": lambda rng, d, H: rms(
            dense(rng, d, np.maximum(dense(rng, d, H), 0), 3)
        ),
        "residual(rmsnorm:epsilon=0,linear,relu,linear:variance=2)": lambda rng, d, H: (
            H + dense(rng, d, np.maximum(dense(rng, d, rms(H)), 0), 2)
        ),
        "linear,rmsnorm,gelu": lambda rng, d, H: _gelu(rms(dense(rng, d, H))),
    }
    start, d, depth, replicas = np.array([[1.0, 0.3], [0.3, 1.0]]), 300, 3, 1500
    measured, error = deviation(layers[text], start, d, depth, replicas)
    network = Network(width=d, batch=2, layer=parse_layer(text))
    found = predict(network, depth=depth, initial_gram=start, spread=True)
    for ell in range(1, depth + 1):
        spread = found.layers[ell].spread
        if spread is None:
            assert "gelu" in text
            assert any("rmsnorm" in remark or "gelu" in remark for remark in found.remarks)
            continue
        expected = (spread.lower + spread.upper) / 2
        assert measured[ell - 1] == pytest.approx(expected, rel=5 * error[0] + 5 * ell / d)


def test_the_spread_of_a_linear_layer_is_closed() -> None:
    network = Network(width=500, batch=2, layer=parse_layer("linear"))
    spread = predict(network, depth=1, correlation=0.3, spread=True).layers[1].spread
    assert spread is not None
    assert spread.lower <= (1 - 0.3**2) / math.sqrt(500) <= spread.upper


def test_the_spread_falls_like_the_root_of_the_width() -> None:
    sizes = []
    for width in (100, 400):
        layer = parse_layer("residual(rmsnorm,linear:width=2x,relu,linear)")
        network = Network(width=width, batch=2, layer=layer)
        last = predict(network, depth=4, correlation=0.3, spread=True).layers[4].spread
        assert last is not None
        sizes.append(last.lower)
    assert sizes[0] / sizes[1] == pytest.approx(2, rel=1e-9)


@pytest.mark.parametrize("text", ["relu,linear", "linear,batchnorm", "linear:haar", "linear,relu,layernorm"])  # fmt: skip # noqa: E501
def test_a_spread_that_is_not_known_is_said(text: str) -> None:
    network = Network(width=100, batch=2, layer=parse_layer(text))
    found = predict(network, depth=2, correlation=0.3, spread=True)
    assert found.layers[-1].spread is None
    assert "spread" in " ".join(found.remarks)

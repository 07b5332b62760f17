"""NNGP and NTK of whole networks: what every one of them must obey, and what is refused."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import ndtr

from depthlaw import Network, parse_layer, predict
from depthlaw.testing import architectures
from depthlaw.theory.activations import activation
from depthlaw.theory.errors import ArgumentError
from depthlaw.theory.tangent import KernelLayer, kernels
from depthlaw.theory.values import Kind


@pytest.mark.parametrize("phi", ["relu", "abs", "two_slope(-0.25;1.5)", "sin", "erf", "tanh"])
@pytest.mark.parametrize("factor", [1.0, -1.0, 2.0, -2.0])
def test_inputs_in_one_direction_lose_nothing(phi: str, factor: float) -> None:
    """x and ax: the pair is a function of one Gaussian, for which one integral is enough."""
    gram = np.array([[1.0, factor], [factor, factor**2]])
    layer = parse_layer(f"linear,{phi}")
    run = kernels(Network(8, 2, layer), depth=1, initial_gram=gram)
    found, function = run.layers[1], activation(phi).function
    slope = activation(phi).derivative().function
    x, w = np.polynomial.legendre.leggauss(400)
    nodes = np.concatenate([6 + 6 * x, -6 + 6 * x])
    weights = np.tile(6 * w, 2) * np.exp(-(nodes**2) / 2) / np.sqrt(2 * np.pi)
    value = weights @ (function(nodes) * function(factor * nodes))
    steep = weights @ (slope(nodes) * slope(factor * nodes)) * factor
    assert found.ntk is not None
    # That integral is in floats; where the kernels are computed they say themselves how well.
    room = 1e-12 if run.error is None else 1e-12 + run.error * abs(factor)
    assert found.nngp[0, 1] == pytest.approx(value, abs=room)
    assert found.ntk[0, 1] == pytest.approx(steep, abs=room)


def test_inputs_in_one_direction_keep_their_digits_in_floats() -> None:
    """Relu(3x) = 3 relu(x): where ρ is 1 but for rounding, κ′ would lose half of them."""
    X = np.random.default_rng(1).integers(-9, 9, (9, 6)).astype(float)
    X[1], X[2] = 3 * X[0], -5 * X[0]
    layer = parse_layer("linear:variance=2,relu")
    found = kernels(Network(8, 9, layer), depth=3, initial_gram=X @ X.T)
    assert found.kind is Kind.COMPUTED
    ntk = found.output.ntk
    assert ntk is not None
    assert ntk[0, 1] == pytest.approx(3 * ntk[0, 0], rel=1e-13)
    first = kernels(Network(8, 9, layer), depth=1, initial_gram=X @ X.T).output
    assert first.ntk is not None
    assert first.ntk[0, 2] == pytest.approx(0, abs=1e-12 * first.ntk[0, 0])


@pytest.mark.parametrize("factor", [3.0, 0.625, 1.25, 7.0, 11.0, 0.1875])
def test_inputs_in_one_direction_stay_enclosed_through_many_layers(factor: float) -> None:
    gram = np.array([[1.0, factor], [factor, factor**2]])
    network = Network(8, 2, parse_layer("linear:variance=2,relu"), head=parse_layer("linear"))
    found = kernels(network, depth=40, initial_gram=gram)
    assert found.kind is Kind.ENCLOSURE
    assert found.output.number("nngp").contains(factor)
    # Θ = K + 2 κ′(1) Θ with κ′(1) = 1/2: one K for every layer, and the head's.
    assert found.output.number("ntk").contains(factor * 41)


def test_equal_inputs_stay_equal_and_enclosed() -> None:
    network = Network(8, 3, parse_layer("linear:variance=0.3:bias=0.2,relu_squared"))
    gram = [[1.0, 1.0, 0.5], [1.0, 1.0, 0.5], [0.5, 0.5, 2.0]]
    found = kernels(network, depth=14, initial_gram=gram)
    assert found.kind is Kind.ENCLOSURE
    for name in ("nngp", "ntk"):
        pair, alone = (found.output.number(name, 0, j) for j in (1, 0))
        assert (pair.lower, pair.upper) == (alone.lower, alone.upper)


def test_closer_to_opposite_than_any_float_is_not_opposite() -> None:
    """κ(−1 + ε) = (2ε)^{3/2}/(6π) to leading order, and κ(−1) = 0."""
    network = Network(8, 2, parse_layer("linear,relu"))
    found = kernels(network, depth=1, correlation=Fraction(1, 10**60) - 1).output
    ratio = found.number("nngp").lower / ((2e-60) ** 1.5 / (6 * np.pi))
    assert ratio == pytest.approx(1, rel=1e-12)


def test_a_thousand_layers_stay_enclosed() -> None:
    """Where 1 − ρ is 18π²/ℓ² the parts of the formula cancel in every layer."""
    network = Network(8, 2, parse_layer("linear:variance=2,relu"), head=parse_layer("linear"))
    found = kernels(network, depth=1000, correlation=0.5)
    assert found.kind is Kind.ENCLOSURE
    assert found.output.number("nngp").upper < 1
    assert found.output.number("ntk", 0, 0).contains(1001)


@given(depth=st.integers(1, 5), correlation=st.fractions(-1, 1))
def test_a_deep_linear_network_has_depth_times_its_kernel(
    depth: int, correlation: Fraction
) -> None:
    network = Network(8, 2, parse_layer("linear"))
    found = kernels(network, depth=depth, correlation=correlation).output
    assert found.number("nngp").contains(correlation)
    assert found.number("ntk").contains(depth * correlation)


TEXTS = (
    "linear:bias=0.1,tanh",
    "linear:variance=2,relu,layernorm",
    "residual(layernorm,linear:width=4x,gelu,linear):scale=0.5",
    "linear:width=2x,glu(silu),rmsnorm",
    "linear,relu,residual(linear,relu,linear),linear",
    "linear:residual=0.3",
    "linear,-cos(x),residual(linear,cos),linear",
    "linear:width=2x,glu(erf),rmsnorm,linear",
)


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("columns", [2, 9])
def test_the_nngp_is_what_predict_follows(text: str, columns: int) -> None:
    stem = parse_layer("linear")
    network = Network(16, columns, parse_layer(text), stem, parse_layer("linear"))
    X = np.random.default_rng(2).standard_normal((columns, 12))
    G = X @ X.T / 12
    found = kernels(network, depth=2, initial_gram=G)
    wide = predict(network, depth=2, initial_gram=G)
    assert wide.output is not None
    assert wide.output.gram is not None
    assert np.allclose(found.output.nngp, wide.output.gram, rtol=0, atol=1e-11)
    for layer, seen in zip(found.layers, wide.layers, strict=True):
        assert layer.depth == seen.depth
        assert seen.gram is not None
        assert np.allclose(layer.nngp, seen.gram, rtol=0, atol=1e-11)


@given(network=architectures())
def test_any_network_has_the_nngp_that_predict_follows_or_none(network: Network) -> None:
    try:
        found = kernels(network, depth=2, correlation=0.3)
    except ArgumentError:
        return
    wide = predict(network, depth=2, correlation=0.3)
    if wide.unanswered is None:
        seen = wide.layers[-1] if wide.output is None else wide.output
        assert seen.gram is not None
        size = max(1.0, float(np.abs(seen.gram).max()))
        assert np.allclose(found.output.nngp[:2, :2] / size, seen.gram[:2, :2] / size, atol=1e-9)


@pytest.mark.parametrize("text", TEXTS)
def test_both_kernels_are_positive_and_the_tangent_kernel_is_the_larger(text: str) -> None:
    """Behind fresh neurons Θ − K is the kernel of what came before them: it is positive too."""
    network = Network(16, 6, parse_layer(text), parse_layer("linear"), parse_layer("linear"))
    X = np.random.default_rng(3).standard_normal((6, 4))
    found = kernels(network, depth=2, initial_gram=X @ X.T / 4).output
    assert found.ntk is not None
    for matrix in (found.nngp, found.ntk, found.ntk - found.nngp):
        assert np.linalg.eigvalsh(matrix).min() > -1e-12 * matrix.trace()


POSITIONED = (
    ("conv:3:variance=2:bias=0.1,relu", "linear", "average"),
    ("conv:3:circular,gelu", "linear:bias=0.3", "flatten"),
    ("linear,relu,layernorm,attention:uniform:causal", "linear", "average"),
    ("linear,residual(rmsnorm,conv:3,relu,conv:3),layernorm", "linear", None),
    ("linear,relu,residual(linear,relu,linear):skip=0.5,average", "linear", None),
    ("linear:width=2x,glu(erf),rmsnorm", "linear,relu,layernorm", "average"),
)


@pytest.mark.parametrize(("text", "head", "readout"), POSITIONED)
def test_other_samples_change_nothing(text: str, head: str, readout: str | None) -> None:
    """Two samples are followed in balls, five in floats: the first two have the same kernels."""
    X = np.random.default_rng(6).standard_normal((15, 8))
    X[9:12] = X[:3]  # the fourth sample is the first one
    G = X @ X.T / 8
    G[9:12], G[:, 9:12] = G[:3], G[:, :3]
    found = []
    for samples in (2, 5):
        network = Network(
            16, samples, parse_layer(text), parse_layer("linear"), parse_layer(head), (3,)
        )
        gram = G[: 3 * samples, : 3 * samples]
        found.append(kernels(network, depth=2, initial_gram=gram, readout=readout))
    few, many = found
    assert (few.kind, many.kind) == (Kind.ENCLOSURE, Kind.COMPUTED)
    assert many.error is not None
    assert many.error < 1e-12
    n = len(few.output.nngp)
    for name in ("nngp", "ntk"):
        one, two = getattr(few.output, name), getattr(many.output, name)
        assert np.allclose(one, two[:n, :n], rtol=1e-12, atol=1e-13)
        width = n // 2
        assert np.allclose(two[:width, :width], two[:width, 3 * width : 4 * width], atol=1e-13)


def test_a_picture_of_one_row_is_a_signal() -> None:
    X = np.random.default_rng(4).standard_normal((6, 8))
    found = [
        kernels(
            Network(16, 2, parse_layer(text), head=parse_layer("linear"), positions=shape),
            depth=2,
            initial_gram=X @ X.T / 8,
            readout="flatten",
        ).output.ntk
        for text, shape in (("conv:3,relu", (3,)), ("conv:1x3,relu", (1, 3)))
    ]
    assert found[0] is not None
    assert found[1] is not None
    assert (found[0] == found[1]).all()


def test_what_is_computed_says_how_far_two_resolutions_differ() -> None:
    network = Network(16, 2, parse_layer("linear:bias=0.2,tanh"), head=parse_layer("linear"))
    found = kernels(network, depth=3, correlation=0.3)
    assert found.kind is Kind.COMPUTED
    assert found.error is not None
    assert 0 < found.error < 1e-12
    number = found.output.number("ntk")
    assert number.kind is Kind.COMPUTED


@pytest.mark.parametrize("correlation", [0.3, 0.999])
def test_kinks_without_a_closed_kernel_are_integrated(correlation: float) -> None:
    """For hard tanh E φ′φ′ is P(|X| < 1, |Y| < 1), which the normal distribution knows."""
    layer = parse_layer("linear,hard_tanh")
    found = kernels(Network(8, 2, layer), depth=1, correlation=correlation)
    assert found.kind is Kind.ENCLOSURE
    spread = np.sqrt(1 - correlation**2)
    x, w = np.polynomial.legendre.leggauss(200)
    ends = [(sign - correlation * x) / spread for sign in (1, -1)]
    inside = np.exp(-(x**2) / 2) / np.sqrt(2 * np.pi) * (ndtr(ends[0]) - ndtr(ends[1]))
    assert found.output.ntk is not None
    assert found.output.ntk[0, 1] == pytest.approx(correlation * w @ inside, rel=1e-13)
    # The same in floats, by a series that is slow where inputs are alike; the diagonal is not.
    many = kernels(Network(8, 9, layer), depth=1, correlation=correlation)
    assert many.kind is Kind.COMPUTED
    assert many.output.ntk is not None
    assert many.output.ntk[0, 0] == pytest.approx(2 * ndtr(1) - 1, rel=1e-13)
    assert many.error is not None
    assert many.error < (1e-14 if correlation < 0.5 else 1e-3)


@pytest.mark.parametrize("phi", ["elu", "relu6"])
def test_integrals_and_series_agree(phi: str) -> None:
    layer = parse_layer(f"linear:bias=0.2,{phi},layernorm")
    few, many = (
        kernels(Network(8, n, layer, head=parse_layer("linear")), depth=1, correlation=0.2)
        for n in (2, 9)
    )
    assert (few.kind, many.kind) == (Kind.ENCLOSURE, Kind.COMPUTED)
    for name in ("nngp", "ntk"):
        one, two = getattr(few.output, name), getattr(many.output, name)
        assert np.allclose(one, two[:2, :2], rtol=1e-9)


def test_equal_tokens_part_behind_a_mask() -> None:
    """The third token is the first one, and sees the second as well."""
    network = Network(8, 3, parse_layer("linear,attention:uniform:causal,relu"))
    gram = [[1.0, 0.2, 1.0], [0.2, 1.0, 0.2], [1.0, 0.2, 1.0]]
    found = kernels(network, depth=1, initial_gram=gram).output
    wide = predict(network, depth=1, initial_gram=gram).layers[1].gram
    assert wide is not None
    assert np.allclose(found.nngp, wide, atol=1e-12)
    assert found.nngp[0, 2] < found.nngp[0, 0]


def test_a_second_moment_belongs_to_the_correlation() -> None:
    network = Network(8, 2, parse_layer("linear,erf"))
    one = kernels(network, depth=2, correlation=0.5, second_moment=3)
    two = kernels(network, depth=2, initial_gram=[[3, 1.5], [1.5, 3]])
    assert one.output.number("ntk").ball.overlaps(two.output.number("ntk").ball)


def test_where_a_function_jumps_there_is_an_nngp_alone() -> None:
    network = Network(16, 2, parse_layer("linear,sign"), head=parse_layer("linear"))
    found = kernels(network, depth=1, correlation=0.5)
    assert found.output.number("nngp").contains(Fraction(1, 3))
    assert found.output.ntk is None
    assert found.lost is not None
    assert "sign jumps" in found.lost
    with pytest.raises(ArgumentError, match="does not exist"):
        found.output.number("ntk")


def test_only_the_last_of_many_large_matrices_is_kept() -> None:
    network = Network(16, 1000, parse_layer("linear"))
    found = kernels(network, depth=30, correlation=0.5)
    assert [layer.depth for layer in found.layers] == [30]
    assert found.output.ntk is not None
    assert found.output.ntk[0, 1] == 15


REFUSED = [
    ("linear,batchnorm", {}, "a kernel of two inputs does not exist"),
    ("linear,recenter:batch", {}, "a kernel of two inputs does not exist"),
    ("linear:unit", {}, "multiply the kernel by the width"),
    ("linear:mean=1", {}, "has no wide limit here"),
    ("relu", {}, "the inputs are data: begin with linear"),
    ("linear,attention", {}, "its scores stay random"),
    ("linear,residual(relu)", {}, "no fresh neurons"),
    ("linear,residual(linear,relu),relu", {}, "not Gaussian"),
    ("linear,relu", {"initial_gram": [[0.0, 0.0], [0.0, 1.0]]}, "an input is 0 there"),
    ("linear,relu", {"readout": "average"}, "the network has no positions"),
    ("linear,relu", {"initial_gram": np.eye(3)}, "the network has 2 columns"),
    ("linear,relu", {"initial_gram": np.eye(2), "correlation": 0.5}, "leave one out"),
    ("linear,relu", {"correlation": 2}, "can only share one between"),
]


@pytest.mark.parametrize(("text", "options", "words"), REFUSED)
def test_what_has_no_kernel_is_refused_in_a_sentence(
    text: str, options: dict[str, object], words: str
) -> None:
    network = Network(16, 2, parse_layer(text))
    with pytest.raises(ArgumentError, match=words) as caught:
        kernels(network, depth=1, **options)  # type: ignore[arg-type]
    assert "\n" not in str(caught.value)


def test_a_layer_gives_entries_that_exist() -> None:
    layer = kernels(Network(8, 2, parse_layer("linear")), depth=0).layers[0]
    assert isinstance(layer, KernelLayer)
    for wrong in (
        {"kernel": "rbf"},
        {"kernel": "ntk", "second": 2},
        {"kernel": "ntk", "first": -1},
    ):
        with pytest.raises(ArgumentError):
            layer.number(**wrong)  # type: ignore[arg-type]

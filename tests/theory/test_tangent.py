"""NNGP and NTK against formulas of their own in 50 digits, and what every network's must obey."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

import mpmath
import numpy as np
import pytest
from flint import arb
from hypothesis import given
from hypothesis import strategies as st
from mpmath import mpf
from numpy.typing import NDArray

from depthlaw import Network, parse_layer, predict
from depthlaw.theory.activations import activation
from depthlaw.theory.errors import ArgumentError
from depthlaw.theory.kernels import KernelMap
from depthlaw.theory.tangent import KernelLayer, kernels
from depthlaw.theory.values import Enclosure, Kind

Array = NDArray[np.float64]
Pair = tuple[mpf, mpf]
Dual = Callable[[mpf, mpf, mpf], Pair]
"""From q₁, q₂, r to E φ(X)φ(Y) and E φ′(X)φ′(Y)."""
DIGITS = 80


def angle(q1: mpf, q2: mpf, r: mpf) -> tuple[mpf, mpf]:
    """√(q₁q₂) and the angle, which next to 0 and π keeps its digits."""
    size = mpmath.sqrt(q1 * q2)
    return size, mpmath.acos(min(mpf(1), max(mpf(-1), r / size)))


def arc(degree: int, theta: mpf) -> mpf:
    """J_k of Cho and Saul (2009), k ≤ 3: E max(X,0)ᵏ max(Y,0)ᵏ = (q₁q₂)^{k/2} J_k/(2π)."""
    c, s, rest = mpmath.cos(theta), mpmath.sin(theta), mpmath.pi - theta
    return (
        rest,
        s + rest * c,
        3 * s * c + rest * (1 + 2 * c**2),
        s * (4 + 11 * c**2) + rest * c * (9 + 6 * c**2),
    )[degree]


def rectified(degree: int) -> Dual:
    def dual(q1: mpf, q2: mpf, r: mpf) -> Pair:
        size, theta = angle(q1, q2, r)
        value = size**degree * arc(degree, theta) / (2 * mpmath.pi)
        slope = degree**2 * size ** (degree - 1) * arc(degree - 1, theta) / (2 * mpmath.pi)
        return value, slope

    return dual


def two_slope(a: mpf, b: mpf) -> Dual:
    """A min(x, 0) + b max(x, 0): relu and its mirror image have products at r and −r."""

    def dual(q1: mpf, q2: mpf, r: mpf) -> Pair:
        same, other = rectified(1)(q1, q2, r), rectified(1)(q1, q2, -r)
        value = (a**2 + b**2) * same[0] - 2 * a * b * other[0]
        slope = (a**2 + b**2) * same[1] + 2 * a * b * other[1]
        return value, slope

    return dual


def erf(q1: mpf, q2: mpf, r: mpf) -> Pair:
    d = (1 + 2 * q1) * (1 + 2 * q2)
    value = 2 / mpmath.pi * mpmath.asin(2 * r / mpmath.sqrt(d))
    return value, 4 / mpmath.pi / mpmath.sqrt(d - 4 * r**2)


def gelu(q1: mpf, q2: mpf, r: mpf) -> Pair:
    def value(r: mpf) -> mpf:
        P = (1 + q1) * (1 + q2)
        root = mpmath.sqrt(P - r**2)
        inner = (r**2 + q1 * q2 * root**2) / (P * root) + r * mpmath.atan(r / root)
        return r / 4 + inner / (2 * mpmath.pi)

    return value(r), mpmath.diff(value, r, h=mpf(10) ** -25)


def wave(frequency: mpf, cosine: int) -> Dual:
    """√2-free: sin or cos of a frequency."""

    def dual(q1: mpf, q2: mpf, r: mpf) -> Pair:
        damped = mpmath.exp(-(frequency**2) * (q1 + q2) / 2)
        odd, even = (damped * f(frequency**2 * r) for f in (mpmath.sinh, mpmath.cosh))
        return (even, frequency**2 * odd) if cosine else (odd, frequency**2 * even)

    return dual


def radial(q1: mpf, q2: mpf, r: mpf) -> Pair:
    """√2 sin(√2 x + π/4), whose kernel is exp(−|x − y|²)."""
    value = mpmath.exp(-(q1 + q2 - 2 * r))
    return value, 2 * value


def gaussian(q1: mpf, q2: mpf, r: mpf) -> Pair:
    d = (1 + 2 * q1) * (1 + 2 * q2) - 4 * r**2
    return 1 / mpmath.sqrt(d), 4 * r / d ** mpf("1.5")


def cube(q1: mpf, q2: mpf, r: mpf) -> Pair:
    return 9 * q1 * q2 * r + 6 * r**3, 9 * (q1 * q2 + 2 * r**2)


def exponential(q1: mpf, q2: mpf, r: mpf) -> Pair:
    value = mpmath.exp((q1 + q2) / 2 + r)
    return value, value


DUALS: dict[str, Dual] = {
    "relu": rectified(1),
    "abs": two_slope(mpf(-1), mpf(1)),
    "two_slope(-0.25;1.5)": two_slope(mpf("-0.25"), mpf("1.5")),
    "relu_squared": rectified(2),
    "max(x,0)**3": rectified(3),
    "erf": erf,
    "gelu": gelu,
    "sin": wave(mpf(1), 0),
    "cos": wave(mpf(1), 1),
    "sqrt(2)*sin(sqrt(2)*x+pi/4)": radial,
    "gaussian": gaussian,
    "monomial(3)": cube,
    "exp": exponential,
}
Table = list[list[mpf]]


@dataclass
class Reference:
    """Two rows: K and Θ, as tables of two by two."""

    K: Table
    T: Table

    def dense(self, variance: mpf, bias: mpf) -> Reference:
        K = [[variance * x + bias for x in row] for row in self.K]
        pairs = zip(K, self.T, strict=True)
        T = [[x + variance * t for x, t in zip(*rows, strict=True)] for rows in pairs]
        return Reference(K, T)

    def apply(self, dual: Dual) -> Reference:
        K, T = [[mpf(0)] * 2 for _ in range(2)], [[mpf(0)] * 2 for _ in range(2)]
        for i in range(2):
            for j in range(2):
                value, slope = dual(self.K[i][i], self.K[j][j], self.K[i][j])
                K[i][j], T[i][j] = value, slope * self.T[i][j]
        return Reference(K, T)


def reference(gram: Array, dual: Dual, depth: int, variance: float, bias: float) -> Reference:
    zero = [[mpf(0)] * 2 for _ in range(2)]
    found = Reference([[mpf(float(x)) for x in row] for row in gram], zero)
    for _ in range(depth):
        found = found.dense(mpf(variance), mpf(bias)).apply(dual)
    return found.dense(mpf(1), mpf(0))


def dense(phi: str, variance: float, bias: float, batch: int = 2) -> Network:
    layer = parse_layer(f"linear:variance={variance!r}:bias={bias!r},{phi}")
    return Network(16, batch, layer, head=parse_layer("linear"))


def ball_of(number: mpf) -> arb:
    """A ball of 40 digits around a number of more."""
    with mpmath.workdps(60):
        return arb(mpmath.nstr(number, 55)) + arb(0, 1) * arb(float(abs(number)) * 1e-40)


def close(found: Array, expected: Table) -> None:
    wanted = np.array([[float(x) for x in row] for row in expected])
    size = np.sqrt(np.outer(np.diagonal(wanted), np.diagonal(wanted)))
    assert (np.abs(found - wanted) <= 1e-12 * size).all()


COSINES = st.integers(-(10**6) + 1, 10**6 - 1).map(lambda k: k / 10**6)
GRAMS = st.tuples(st.floats(0.05, 4), st.floats(0.05, 4), COSINES).map(lambda t: _matrix(*t))


def _matrix(p: float, q: float, c: float) -> Array:
    r = c * (p * q) ** 0.5
    return np.array([[p, r], [r, q]])


@pytest.mark.parametrize("phi", DUALS)
@given(gram=GRAMS, variance=st.floats(0.1, 2), bias=st.floats(0, 1))
def test_two_inputs_are_enclosed(phi: str, gram: Array, variance: float, bias: float) -> None:
    depth = 1 if phi in ("max(x,0)**3", "exp", "monomial(3)", "relu_squared") else 2
    found = kernels(dense(phi, variance, bias), depth=depth, initial_gram=gram)
    assert found.kind is Kind.ENCLOSURE
    with mpmath.workdps(DIGITS):
        wanted = reference(gram, DUALS[phi], depth, variance, bias)
        for i in range(2):
            for j in range(2):
                for name, table in (("nngp", wanted.K), ("ntk", wanted.T)):
                    number = found.output.number(name, i, j)
                    assert isinstance(number, Enclosure)
                    assert number.ball.overlaps(ball_of(table[i][j]))
                    assert number.ball == 0 or number.ball.rel_accuracy_bits() >= 60
    close(found.output.nngp, wanted.K)
    assert found.output.ntk is not None
    close(found.output.ntk, wanted.T)


@pytest.mark.parametrize("phi", DUALS)
def test_matrices_in_floats_are_as_good(phi: str) -> None:
    """Nine inputs are more than balls follow: each pair has the kernels that it has by itself."""
    X = np.random.default_rng(5).standard_normal((9, 6))
    X[8] = X[7]  # a pair at r = q
    G = X @ X.T / 6
    found = kernels(dense(phi, 0.5, 0.2, batch=9), depth=2, initial_gram=G)
    assert found.kind is Kind.COMPUTED
    assert found.error is not None
    assert found.error < 1e-13
    assert found.output.ntk is not None
    for pair in ([0, 1], [2, 7], [7, 8]):
        place = np.ix_(pair, pair)
        with mpmath.workdps(40):
            wanted = reference(G[place], DUALS[phi], 2, 0.5, 0.2)
        close(found.output.nngp[place], wanted.K)
        close(found.output.ntk[place], wanted.T)


@pytest.mark.parametrize("phi", DUALS)
@given(gram=GRAMS)
def test_derivative_kernels_are_those_of_the_kernel_map(phi: str, gram: Array) -> None:
    from depthlaw.theory.network.names import read_activation

    found = KernelMap(read_activation(phi)).derivative_covariance(
        gram[0, 0], gram[1, 1], gram[0, 1]
    )
    with mpmath.workdps(DIGITS):
        wanted = DUALS[phi](*(mpf(float(x)) for x in (gram[0, 0], gram[1, 1], gram[0, 1])))[1]
        assert found.ball.overlaps(ball_of(wanted))


HARD = (0.00012077202790776411, 10.252466806858866, -0.03518822540739134)
"""Where 1 + ρ is 10⁻¹⁵, and formulas in floats keep no digit."""


def test_next_to_opposite_inputs_no_digit_is_lost() -> None:
    phi = activation("relu_squared")
    found = KernelMap(phi).derivative_covariance(*HARD)
    assert float(found.ball) == pytest.approx(8.0378407226514051e-25, rel=1e-15)
    layer = parse_layer("linear,relu_squared")
    gram = np.array([[HARD[0], HARD[2]], [HARD[2], HARD[1]]])
    number = kernels(Network(8, 2, layer), depth=1, initial_gram=gram).layers[1].number("ntk")
    assert isinstance(number, Enclosure)
    assert number.ball.overlaps(found.ball * arb(HARD[2]))
    assert number.ball.rel_accuracy_bits() >= 60


@pytest.mark.parametrize("phi", ["relu", "abs", "two_slope(-0.25;1.5)", "gelu", "erf", "tanh"])
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


def test_inputs_in_one_direction_stay_enclosed_through_many_layers() -> None:
    gram = np.array([[1.0, 3.0], [3.0, 9.0]])
    network = Network(8, 2, parse_layer("linear:variance=2,relu"), head=parse_layer("linear"))
    found = kernels(network, depth=40, initial_gram=gram)
    assert found.kind is Kind.ENCLOSURE
    assert found.output.number("nngp").contains(3)
    # Θ = K + 2 κ′(1) Θ with κ′(1) = 1/2: one K for every layer, and the head's.
    assert found.output.number("ntk").contains(3 * 41)


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


def test_what_is_computed_says_how_far_two_resolutions_differ() -> None:
    network = Network(16, 2, parse_layer("linear:bias=0.2,tanh"), head=parse_layer("linear"))
    found = kernels(network, depth=3, correlation=0.3)
    assert found.kind is Kind.COMPUTED
    assert found.error is not None
    assert 0 < found.error < 1e-12
    number = found.output.number("ntk")
    assert number.kind is Kind.COMPUTED


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

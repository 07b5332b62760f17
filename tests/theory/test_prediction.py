"""`predict` against independent routes: recursions of high precision, quadrature, brute force."""

import math

import mpmath
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.integrate import dblquad, quad

from depthlaw import Network, predict
from depthlaw.testing import gram_matrices
from depthlaw.theory.activations import activation
from depthlaw.theory.errors import ArgumentError
from depthlaw.theory.network.text import parse_layer
from depthlaw.theory.orthogonalization.spectral_map import expected_spectrum
from depthlaw.theory.prediction import Layer, Prediction
from depthlaw.theory.values import Kind, Value

Array = NDArray[np.float64]
NOMINAL = 5040
PRE_RELU = "residual(rmsnorm:epsilon=0,relu,linear:variance=2)"
PRE_LN_RELU = "residual(relu,layernorm:epsilon=0,linear)"


def network(text: str, batch: int = 2, **named: object) -> Network:
    return Network(width=NOMINAL, batch=batch, layer=parse_layer(text), **named)  # type: ignore[arg-type]


def ran(text: str, depth: int, batch: int = 2, correlation: float = 0.5, **named: object) -> Layer:
    found = predict(network(text, batch, **named), depth=depth, correlation=correlation)
    assert found.unanswered is None
    return found.layers[-1]


def rho(layer: Layer) -> Value:
    assert layer.correlation is not None
    return layer.correlation


def middle(value: Value) -> float:
    return (value.lower + value.upper) / 2


def holds(value: Value, number: object) -> bool:
    """Whether an enclosure contains a number of high precision."""
    assert value.kind is Kind.ENCLOSURE
    exact = mpmath.mpf(number)
    return bool(mpmath.mpf(value.lower) <= exact <= mpmath.mpf(value.upper))


# --- recursions of high precision


def arccosine(c: mpmath.mpf) -> mpmath.mpf:
    """κ(ρ)/κ(1) of ReLU."""
    c = min(max(c, mpmath.mpf(-1)), mpmath.mpf(1))
    return (mpmath.sqrt(1 - c**2) + (mpmath.pi - mpmath.acos(c)) * c) / mpmath.pi


def gelu_mean(p: mpmath.mpf, q: mpmath.mpf, r: mpmath.mpf) -> mpmath.mpf:
    """E φ(X)φ(Y) of GELU, for variances p, q and covariance r."""
    P, pq = (1 + p) * (1 + q), p * q
    root = mpmath.sqrt(P - r**2)
    inner = (r**2 + pq * root**2) / (P * root) + r * mpmath.atan(r / root)
    return r / 4 + inner / (2 * mpmath.pi)


@pytest.mark.parametrize("depth", [1, 7, 64, 256])
def test_pre_norm_relu_contains_the_recursion(depth: int) -> None:
    with mpmath.workdps(50):
        c, K = mpmath.mpf(1) / 2, mpmath.mpf(1)
        for _ in range(depth):
            c, K = (K * c + arccosine(c)) / (K + 1), K + 1
        layer = ran(PRE_RELU, depth)
        assert holds(rho(layer), c)
        assert holds(layer.second_moment, K)
        assert holds(layer.isometry_gap, -mpmath.log(1 - c**2) / 2)


@given(start=st.integers(-9, 9).map(lambda k: k / 10), depth=st.integers(1, 12))
def test_layer_norm_behind_relu_contains_the_recursion(start: float, depth: int) -> None:
    with mpmath.workdps(40):
        c = mpmath.mpf(start)
        for _ in range(depth):
            c = (arccosine(c) - 1 / mpmath.pi) / (1 - 1 / mpmath.pi)
        assert holds(rho(ran("linear,relu,layernorm:epsilon=0", depth, correlation=start)), c)


@pytest.mark.parametrize("text", ["gelu,linear:variance=1.5:bias=0.25", "gelu,rmsnorm:epsilon=0.5"])
def test_gelu_at_changing_variances_contains_the_recursion(text: str) -> None:
    with mpmath.workdps(40):
        p, q, r = mpmath.mpf(3), mpmath.mpf("0.25"), mpmath.mpf("0.5")
        found = predict(
            network(f"linear,{text}" if "rms" in text else text),
            depth=9,
            initial_gram=[[3.0, 0.5], [0.5, 0.25]],
        )
        for layer in found.layers[1:]:
            p, q, r = gelu_mean(p, p, p), gelu_mean(q, q, q), gelu_mean(p, q, r)
            if "rms" in text:
                one, two = (1 / mpmath.sqrt(x + 0.5) for x in (p, q))
                p, q, r = p * one**2, q * two**2, r * one * two
            else:
                p, q, r = (1.5 * x + 0.25 for x in (p, q, r))
            assert holds(layer.second_moment, (p + q) / 2)
            assert holds(rho(layer), r / mpmath.sqrt(p * q))


def test_a_wrong_recursion_is_told_apart() -> None:
    """Without the mean that layer norm subtracts, and with the branch weighted by the wrong K."""
    with mpmath.workdps(40):
        c = wrong = mpmath.mpf(1) / 2
        for ell in range(5):
            K = mpmath.mpf(1 + ell)
            c = (K * c + arccosine(c)) / (K + 1)
            wrong = ((K + 1) * wrong + arccosine(wrong)) / (K + 2)
        layer = ran(PRE_RELU, 5)
        assert holds(rho(layer), c)
        assert not holds(rho(layer), wrong)
        assert not holds(rho(ran("linear,relu,layernorm:epsilon=0", 1)), arccosine(c))


# --- numbers of the sheets


@pytest.mark.parametrize(
    ("text", "shallow", "deep"),
    [
        (PRE_RELU, 0.7511, 0.7957),
        (PRE_LN_RELU, 0.2544, 0.1896),
        ("residual(rmsnorm:epsilon=0,tanh,linear:variance=2.536178587551419)", 0.4023, 0.3700),
    ],
)
def test_pre_norm_streams(text: str, shallow: float, deep: float) -> None:
    found = predict(network(text), depth=256, correlation=0.5).layers
    assert middle(rho(found[64])) == pytest.approx(shallow, abs=6e-5)
    assert middle(rho(found[256])) == pytest.approx(deep, abs=6e-5)


@pytest.mark.parametrize(
    ("batch", "name", "square", "cosine"),
    [
        (4, "relu", 0.5, 0.1695),
        (8, "relu", 0.5, 0.2501),
        (16, "relu", 0.5, 0.2857),
        (4, "tanh", 0.4577, -0.3162),
        (8, "tanh", 0.4202, -0.1336),
        (16, "tanh", 0.4060, -0.0621),
        (4, "gelu", 0.4075, -0.0200),
        (8, "gelu", 0.4188, 0.0947),
        (16, "gelu", 0.4225, 0.1434),
    ],
)
def test_batch_norm_and_activation(batch: int, name: str, square: float, cosine: float) -> None:
    for start in (0.2, 0.9):
        layer = ran(f"linear,batchnorm:epsilon=0,{name}", 1, batch, start)
        assert middle(layer.second_moment) == pytest.approx(square, abs=6e-5)
        assert middle(rho(layer)) == pytest.approx(cosine, abs=6e-5)


# --- batch normalisation by other routes


@pytest.mark.parametrize("n", [5, 8])
@pytest.mark.parametrize("name", ["tanh", "gelu", "sin"])
def test_sphere_integrals_by_two_angles(n: int, name: str) -> None:
    """Yang et al. 2019, in the angles of the paper."""
    phi = activation(name).function

    def first(a: float) -> float:
        return -math.sqrt((n - 1) / n) * math.cos(a)

    def second(a: float, b: float) -> float:
        inner = math.cos(a) / math.sqrt(n) - math.sqrt(n - 2) * math.sin(a) * math.cos(b)
        return inner / math.sqrt(n - 1)

    def at(x: float) -> float:
        return float(phi(np.array(math.sqrt(n) * x)))

    mass = quad(lambda a: math.sin(a) ** (n - 3), 0, math.pi)[0]
    square = quad(lambda a: math.sin(a) ** (n - 3) * at(first(a)) ** 2, 0, math.pi)[0] / mass
    cross = dblquad(
        lambda b, a: (
            math.sin(a) ** (n - 3) * math.sin(b) ** (n - 4) * at(first(a)) * at(second(a, b))
        ),
        0,
        math.pi,
        0,
        math.pi,
        epsabs=1e-9,
    )[0]
    cross *= (n - 3) / (2 * math.pi)
    layer = ran(f"linear,batchnorm:epsilon=0,{name}", 1, n)
    assert middle(layer.second_moment) == pytest.approx(square, abs=1e-8)
    assert middle(rho(layer)) == pytest.approx(cross / square, abs=1e-7)


def test_in_a_large_batch_the_sphere_is_gaussian() -> None:
    n = 10**5
    layer = ran("linear,batchnorm:epsilon=0,tanh", 1, n)
    square = quad(lambda x: math.tanh(x) ** 2 * math.exp(-(x**2) / 2), -12, 12)[0]
    slope = quad(lambda x: x * math.tanh(x) * math.exp(-(x**2) / 2), -12, 12)[0]
    size = math.sqrt(2 * math.pi)
    assert middle(layer.second_moment) == pytest.approx(square / size, abs=5 / n)
    # κ(ρ)/κ(1) = κ′(0)ρ/κ(1) + O(ρ³)
    assert middle(rho(layer)) * (n - 1) == pytest.approx(-(slope**2) / size / square, rel=1e-4)
    unlike = ran("linear,rescale,tanh", 1, n)
    assert middle(unlike.second_moment) == pytest.approx(square / size, rel=0.2)


def test_three_samples_lie_on_a_circle() -> None:
    angles = np.linspace(0, 2 * np.pi, 4096, endpoint=False)
    rows = [np.tanh(math.sqrt(2) * np.cos(angles + turn)) for turn in (0, 2 * np.pi / 3)]
    layer = ran("linear,batchnorm:epsilon=0,tanh", 1, 3)
    assert middle(layer.second_moment) == pytest.approx(np.mean(rows[0] ** 2), abs=1e-12)
    ratio = np.mean(rows[0] * rows[1]) / np.mean(rows[0] ** 2)
    assert middle(rho(layer)) == pytest.approx(ratio, abs=1e-12)


@pytest.mark.parametrize("epsilon", [1e-5, 0.1, 3.0])
@pytest.mark.parametrize("n", [2, 3, 6])
def test_batch_norm_with_epsilon(n: int, epsilon: float) -> None:
    """E x/(x + nε) for x ~ λχ²_{n−1}, λ = 1/2, by quadrature."""
    size = 2 ** ((n - 1) / 2) * math.gamma((n - 1) / 2)

    def density(u: float) -> float:
        return u ** ((n - 1) / 2 - 1) * math.exp(-u / 2) / size

    expected = quad(
        lambda y: density(math.exp(y)) * math.exp(y) / (1 + 2 * n * epsilon * math.exp(-y)),
        -60,
        6,
        limit=400,
    )[0]
    layer = ran(f"linear,batchnorm:epsilon={epsilon!r}", 1, n)
    assert middle(layer.second_moment) == pytest.approx(expected, rel=1e-7)
    assert middle(rho(layer)) == pytest.approx(-1 / (n - 1), rel=1e-12)
    # ReLU only changes the correlation, and tanh is a sphere integral for each radius.
    scaled = ran(f"linear,batchnorm:epsilon={epsilon!r},relu", 1, n)
    assert middle(scaled.second_moment) == pytest.approx(expected / 2, rel=1e-7)


def test_two_samples_become_opposite() -> None:
    layer = ran("linear,batchnorm:epsilon=0", 1)
    assert (middle(rho(layer)), middle(layer.second_moment)) == (-1.0, 1.0)
    cubed = ran("linear,batchnorm:epsilon=0,relu", 1)
    assert (middle(rho(cubed)), middle(cubed.second_moment)) == (0.0, 0.5)


@given(gram=gram_matrices(2, 5))
def test_rescaling_over_the_batch_has_the_spectrum_of_sawa(gram: Array) -> None:
    found = predict(network("linear,rescale", len(gram)), depth=1, initial_gram=gram)
    after = found.layers[1].gram
    assert after is not None
    if len(after) < len(gram):  # two columns stand for all
        off = after[0, 1]
        after = np.full(gram.shape, off) + (after[0, 0] - off) * np.eye(len(gram))
    lam = np.maximum(np.linalg.eigvalsh(gram / np.trace(gram)), 0.0)
    lam[lam < 1e-13] = 0.0
    p = [float(value.mid()) for value in expected_spectrum(lam.tolist())]
    assert np.linalg.eigvalsh(after / len(gram)) == pytest.approx(sorted(p), abs=1e-6)


# --- operations that mix columns


def convolved(K: Array, shape: tuple[int, ...], kernel: int, *, circular: bool) -> Array:
    """Return 𝒜(K) term by term."""
    places = list(np.ndindex(*shape))
    samples = len(K) // len(places)
    reach = kernel // 2
    shifts = list(np.ndindex(*[kernel] * len(shape)))
    found = np.zeros_like(K)
    index = {place: i for i, place in enumerate(places)}
    for s, t in np.ndindex(samples, samples):
        for p in places:
            for q in places:
                for shift in shifts:
                    ends = []
                    for place in (p, q):
                        moved = tuple(x + d - reach for x, d in zip(place, shift, strict=True))
                        if circular:
                            moved = tuple(x % m for x, m in zip(moved, shape, strict=True))
                        ends.append(index.get(moved))
                    if None not in ends:
                        one, two = (int(e) for e in ends if e is not None)
                        at = s * len(places) + index[p], t * len(places) + index[q]
                        found[at] += K[s * len(places) + one, t * len(places) + two]
    return found / len(shifts)


@pytest.mark.parametrize("padding", ["", ":circular"])
@pytest.mark.parametrize("shape", [(5,), (3, 4)])
def test_convolution_averages_over_the_kernel(shape: tuple[int, ...], padding: str) -> None:
    n = 2 * math.prod(shape)
    H = np.random.default_rng(3).normal(size=(7, n))
    K = H.T @ H
    found = predict(
        network(f"conv:3:variance=2:bias=0.5{padding}", positions=shape), depth=1, initial_gram=K
    ).layers[1]
    expected = 2 * convolved(K, shape, 3, circular=bool(padding)) + 0.5
    assert found.gram == pytest.approx(expected, rel=1e-12)
    assert found.second_moment.contains(float(np.trace(expected) / n)) or middle(
        found.second_moment
    ) == pytest.approx(np.trace(expected) / n, rel=1e-13)


def test_uniform_attention_under_a_mask() -> None:
    H = np.random.default_rng(4).normal(size=(9, 8))
    K = H.T @ H
    A = np.kron(np.eye(2), np.tril(np.ones((4, 4))) / np.arange(1, 5)[:, None])
    for text in (
        "attention:heads=4:uniform:causal",
        "attention:heads=4:causal:scale=0.000793650794",
    ):
        made = network(text, positions=(4,))
        if "scale" in text:
            made = network(f"attention:heads=4:causal:scale={1 / (NOMINAL / 4)!r}", positions=(4,))
        found = predict(made, depth=1, initial_gram=K).layers[1]
        assert found.gram == pytest.approx(A @ K @ A.T, rel=1e-12)


def test_uniform_attention_with_a_skip_keeps_the_centred_part() -> None:
    H = np.random.default_rng(5).normal(size=(30, 6))
    K = H.T @ H / 30
    found = predict(network("residual(average,linear)", 6), depth=7, initial_gram=K).layers[7]
    expected = K + K.mean() * (2**7 - 1)
    assert found.gram == pytest.approx(expected, rel=1e-12)


def test_a_gated_unit_multiplies_two_independent_rows() -> None:
    with mpmath.workdps(30):
        layer = ran("linear:width=2x,glu(relu)", 1)
        assert holds(rho(layer), arccosine(mpmath.mpf(1) / 2) / 2)
        assert holds(layer.second_moment, mpmath.mpf(1) / 2)


def test_a_dense_layer_with_a_skip_of_its_own_is_a_residual() -> None:
    own = ran("linear:variance=2:bias=0.5:residual=0.5", 3)
    spelt = ran("residual(linear:variance=2:bias=0.5):scale=0.5", 3)
    for name in ("second_moment", "correlation"):
        assert getattr(own, name).ball.overlaps(getattr(spelt, name).ball)


# --- states are the same however they are written

TEXTS = [
    "linear,relu",
    "linear:variance=1.5:bias=0.1,gelu,linear",
    "linear,tanh,layernorm",
    PRE_RELU,
    "residual(layernorm,linear:width=4x,silu,linear):scale=0.5:skip=0.9",
    "linear,relu,linear,abs",
    "linear:width=2x,glu(silu),linear,rmsnorm",
    "linear,rescale,linear",
    "linear,batchnorm",
]


@pytest.mark.parametrize("text", TEXTS)
@given(correlation=st.integers(-20, 100).map(lambda k: k / 100))
def test_equal_columns_and_the_whole_matrix_agree(text: str, correlation: float) -> None:
    if "rescale" in text:  # steep like a root at rank one, where the two differ in earnest
        correlation = min(correlation, 0.9)
    short = predict(network(text, 4), depth=2, correlation=correlation)
    # The last column has another size, so that nothing is taken for alike; it is not looked at.
    gram = np.full((4, 4), correlation) + (1 - correlation) * np.eye(4)
    size = 1 + 2.0**-40 if "batch" in text or "rescale" in text else 2.0
    gram[3] *= size
    gram[:, 3] *= size
    whole = predict(network(text, 4), depth=2, initial_gram=gram)
    for one, two in zip(short.layers, whole.layers, strict=True):
        assert one.gram is not None
        assert two.gram is not None
        assert two.gram[:2, :2] == pytest.approx(one.gram, rel=1e-7, abs=1e-7)


PARTS = [
    "linear",
    "linear:variance=2:bias=0.5",
    "relu",
    "tanh",
    "gelu",
    "layernorm",
    "rmsnorm:epsilon=0",
    "residual(rmsnorm,linear,relu,linear)",
    "linear:width=2x,glu(silu)",
    "linear,batchnorm:epsilon=0",
    "recenter",
]


@given(
    first=st.lists(st.sampled_from(PARTS), min_size=1, max_size=3),
    second=st.lists(st.sampled_from(PARTS), min_size=1, max_size=3),
)
def test_a_composed_network_is_predicted_by_composing(first: list[str], second: list[str]) -> None:
    def made(layer: list[str], stem: list[str]) -> Prediction:
        return predict(
            Network(
                width=NOMINAL,
                batch=3,
                layer=parse_layer(",".join(layer)),
                stem=parse_layer(",".join(stem)) if stem else (),
            ),
            depth=1,
            correlation=0.25,
        )

    together, apart = made(first + second, []), made(second, first)
    assert (together.unanswered is None) == (apart.unanswered is None)
    if together.unanswered is None:
        one, two = together.layers[-1], apart.layers[-1]
        assert one.second_moment == two.second_moment or middle(one.second_moment) == middle(
            two.second_moment
        )
        assert middle(rho(one)) == middle(rho(two))


# --- the boundary


@pytest.mark.parametrize(
    ("named", "argument"),
    [
        ({"depth": -1}, "depth"),
        ({"correlation": 1.5}, "correlation"),
        ({"correlation": math.nan}, "correlation"),
        ({"second_moment": 0}, "second_moment"),
        ({"correlation": 0.5, "initial_gram": np.eye(2)}, "correlation"),
        ({"second_moment": 1.0, "initial_gram": np.eye(2)}, "second_moment"),
        ({"initial_gram": np.eye(3)}, "initial_gram"),
        ({"initial_gram": [[1.0, 2.0], [2.0, 1.0]]}, "initial_gram"),
        ({"initial_gram": [[math.nan, 0.0], [0.0, 1.0]]}, "initial_gram"),
        ({"gaussian": "yes"}, "gaussian"),
        ({"spread": 1}, "spread"),
    ],
)
def test_a_wrong_argument_is_an_error_in_one_sentence(
    named: dict[str, object], argument: str
) -> None:
    with pytest.raises(ArgumentError, match=argument) as caught:
        predict(network("linear"), **{"depth": 1, **named})  # type: ignore[arg-type]
    assert "\n" not in str(caught.value)


def test_only_a_network_is_predicted() -> None:
    with pytest.raises(ArgumentError, match="network"):
        predict("linear", depth=1)  # type: ignore[arg-type]


UNANSWERED = {
    "linear:unit": "no wide limit",
    "linear:mean=1": "mean",
    "attention:heads=8": "softmax",
    "linear,attention:heads=8:head_width=4": "softmax",
    "residual(linear,relu),relu": "law of a row",
    "residual(relu)": "no fresh neurons",
    "linear,relu,batchnorm": "not Gaussian",
    "linear,glu(silu),relu": "product of two rows",
    "linear,recenter,rescale,relu,rescale": "not Gaussian",
    "linear,threshold(1, 0),layernorm,x**0-1": "zero",
}


@pytest.mark.parametrize("text", UNANSWERED)
def test_where_theory_has_no_answer_it_says_so(text: str) -> None:
    found = predict(network(text, 4), depth=3, correlation=0.25)
    assert found.unanswered is not None
    assert UNANSWERED[text] in found.unanswered
    assert found.unanswered.endswith(".")
    assert len(found.layers) < 4


def test_data_are_not_gaussian_rows() -> None:
    found = predict(network("relu,linear"), depth=1, initial_gram=np.eye(2), gaussian=False)
    assert found.unanswered is not None
    behind = network("relu,linear", stem=parse_layer("linear"))
    assert predict(behind, depth=1, initial_gram=np.eye(2), gaussian=False).unanswered is None


OPERATIONS = [
    "linear",
    "linear:haar",
    "linear:uniform:variance=3",
    "linear:residual=0.5",
    "linear:residual=0.5:bias=1",
    "linear:law=-1@1/2;1@1/2",
    "linear:unit",
    "linear:mean=1",
    "conv:3",
    "conv:3:circular",
    "batchnorm",
    "layernorm",
    "rmsnorm",
    "recenter",
    "recenter:features",
    "rescale",
    "rescale:features:epsilon=0.1",
    "relu",
    "tanh(2*x)",
    "exp(x)",
    "sign(x)",
    "x*0",
    "linear:width=2x,glu(silu)",
    "attention",
    "attention:uniform:window=2",
    "average",
    "residual(linear)",
    "residual(relu,linear):scale=0.5:skip=0",
    "residual(average,linear)",
    "residual(linear,relu)",
]


@given(
    parts=st.lists(st.sampled_from(OPERATIONS), min_size=1, max_size=4),
    correlation=st.sampled_from([0.0, 0.5, 1.0, -1 / 7]),
    batch=st.integers(1, 2),
)
def test_every_operation_gives_a_number_or_a_sentence(
    parts: list[str], correlation: float, batch: int
) -> None:
    made = Network(width=2**12, batch=batch, layer=parse_layer(",".join(parts)), positions=(2, 2))
    found = predict(made, depth=2, correlation=correlation)
    assert (found.unanswered is None) == (len(found.layers) == 3)
    assert found.limit.sentences
    for layer in found.layers:
        assert layer.second_moment.lower <= layer.second_moment.upper
        assert not math.isnan(middle(layer.second_moment))

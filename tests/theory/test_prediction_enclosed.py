"""What is called enclosed contains the number, whatever the operations: a second engine tells.

The engine of this file follows two Gaussian rows in 40 digits, with the closed kernels of ReLU and
GELU and of nothing else. It shares no line with the package.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import mpmath
from hypothesis import example, given
from hypothesis import strategies as st

from depthlaw import Network, predict
from depthlaw.theory.network.text import parse_layer
from depthlaw.theory.values import Kind, Value

mpf = mpmath.mpf
ZERO = mpf(0)


@dataclass(frozen=True)
class Pair:
    """Variances p and q, covariance r (means included), and the two means."""

    p: mpf
    q: mpf
    r: mpf
    one: mpf = ZERO
    two: mpf = ZERO

    def linear(self, variance: mpf, bias: mpf) -> Pair:
        return Pair(*(variance * x + bias for x in (self.p, self.q, self.r)))

    def relu(self) -> Pair:
        size = mpmath.sqrt(self.p * self.q)
        c = min(mpf(1), max(mpf(-1), self.r / size))
        angle = mpmath.acos(c)
        r = size * (mpmath.sin(angle) + (mpmath.pi - angle) * c) / (2 * mpmath.pi)
        means = [mpmath.sqrt(x / (2 * mpmath.pi)) for x in (self.p, self.q)]
        return Pair(self.p / 2, self.q / 2, r, *means)

    def gelu(self) -> Pair:
        def kernel(p: mpf, q: mpf, r: mpf) -> mpf:
            P = (1 + p) * (1 + q)
            root = mpmath.sqrt(P - r**2)
            inner = (r**2 + p * q * root**2) / (P * root) + r * mpmath.atan(r / root)
            return r / 4 + inner / (2 * mpmath.pi)

        means = [x / mpmath.sqrt(2 * mpmath.pi * (1 + x)) for x in (self.p, self.q)]
        diagonal = [kernel(x, x, x) for x in (self.p, self.q)]
        return Pair(*diagonal, kernel(self.p, self.q, self.r), *means)

    def centred(self) -> Pair:
        a, b = self.one, self.two
        return Pair(self.p - a**2, self.q - b**2, self.r - a * b)

    def rescaled(self, epsilon: mpf) -> Pair:
        a, b = (1 / mpmath.sqrt(x + epsilon) for x in (self.p, self.q))
        return Pair(self.p * a**2, self.q * b**2, self.r * a * b, self.one * a, self.two * b)

    def plus(self, other: Pair, skip: mpf, scale: mpf) -> Pair:
        a, b = skip**2, scale**2
        return Pair(a * self.p + b * other.p, a * self.q + b * other.q, a * self.r + b * other.r)


LINEARS = [
    (Fraction(1), Fraction(0)),
    (Fraction(2), Fraction(0)),
    (Fraction(3, 2), Fraction(1, 4)),
    (Fraction(1, 8), Fraction(1)),
]
NORMS = ["", "rmsnorm:epsilon=0", "rmsnorm:epsilon=0.125", "layernorm:epsilon=0.0009765625"]
AFTER = ["", "layernorm:epsilon=0", "layernorm:epsilon=0.25", "rmsnorm:epsilon=0"]


@dataclass(frozen=True)
class Branch:
    """norm, φ, norm, dense: text, and the same in 40 digits."""

    norm: str
    phi: str
    after: str
    variance: Fraction
    bias: Fraction

    @property
    def text(self) -> str:
        dense = f"linear:variance={float(self.variance)!r}:bias={float(self.bias)!r}"
        return ",".join(part for part in (self.norm, self.phi, self.after, dense) if part)

    def __call__(self, pair: Pair) -> Pair:
        pair = _normed(pair, self.norm)
        pair = pair.relu() if self.phi == "relu" else pair.gelu()
        pair = _normed(pair, self.after)
        return pair.linear(*(mpf(x.numerator) / x.denominator for x in (self.variance, self.bias)))


def _normed(pair: Pair, norm: str) -> Pair:
    if norm.startswith("layernorm"):
        pair = pair.centred()
    return pair.rescaled(mpf(float(norm.partition("=")[2]))) if norm else pair


branches = st.builds(
    lambda norm, phi, after, dense: Branch(norm, phi, after, *dense),
    st.sampled_from(NORMS),
    st.sampled_from(["relu", "gelu"]),
    st.sampled_from(AFTER),
    st.sampled_from(LINEARS),
)


def inside(value: Value | None, number: mpf) -> bool:
    assert value is not None
    assert value.kind is Kind.ENCLOSURE
    room = mpf(10) ** -40  # what the digits of this file have lost
    return bool(mpf(value.lower) - room <= number <= mpf(value.upper) + room)


@given(
    parts=st.lists(st.tuples(branches, st.booleans()), min_size=1, max_size=2),
    sizes=st.tuples(st.sampled_from([1.0, 0.25, 3.0]), st.sampled_from([1.0, 2.0])),
    cosine=st.sampled_from([-0.75, -0.25, 0.0, 0.125, 0.5, 0.875, 1 - 2.0**-20]),
    depth=st.sampled_from([1, 2, 5, 30]),
)
@example(
    parts=[(Branch("", "gelu", "layernorm:epsilon=0.25", Fraction(1), Fraction(0)), True)],
    sizes=(1.0, 1.0),
    cosine=0.5,
    depth=200,
)
def test_enclosures_contain_forty_digits(
    parts: list[tuple[Branch, bool]], sizes: tuple[float, float], cosine: float, depth: int
) -> None:
    text = ",".join(
        f"residual({branch.text}):scale=0.5" if skip else branch.text for branch, skip in parts
    )
    r = cosine * min(sizes)
    network = Network(width=64, batch=2, layer=parse_layer(text))
    found = predict(network, depth=depth, initial_gram=[[sizes[0], r], [r, sizes[1]]])
    assert found.unanswered is None
    with mpmath.workdps(60):
        pair = Pair(mpf(sizes[0]), mpf(sizes[1]), mpf(r))
        for layer in found.layers[1:]:
            for branch, skip in parts:
                after = branch(pair)
                pair = pair.plus(after, mpf(1), mpf(1) / 2) if skip else after
            assert inside(layer.second_moment, (pair.p + pair.q) / 2)
            assert inside(layer.correlation, pair.r / mpmath.sqrt(pair.p * pair.q))
        # What is enclosed is known: better than a float could be by chance.
        if depth <= 5:
            last = found.layers[-1].second_moment
            assert last.upper - last.lower <= 1e-9 * last.upper

"""NNGP and NTK against formulas of their own in 50 digits, and what every network's must obey."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import mpmath
import numpy as np
import pytest
from flint import arb
from hypothesis import given
from hypothesis import strategies as st
from mpmath import mpf
from numpy.typing import NDArray

from depthlaw import Network, parse_layer
from depthlaw.theory.activations import activation
from depthlaw.theory.kernels import KernelMap
from depthlaw.theory.rigorous.balls import precision
from depthlaw.theory.tangent import kernels
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


def test_errors_are_carried_through_many_layers() -> None:
    """A reference of 300 digits lies in balls of some 35, two hundred layers on."""
    gram = np.array([[1.0, 0.3], [0.3, 2.0]])
    network = Network(8, 2, parse_layer("linear:variance=2,relu"), head=parse_layer("linear"))
    found = kernels(network, depth=200, initial_gram=gram).output
    with mpmath.workdps(300):
        wanted = reference(gram, DUALS["relu"], 200, 2.0, 0.0)
        for name, table in (("nngp", wanted.K), ("ntk", wanted.T)):
            number = found.number(name)
            assert isinstance(number, Enclosure)
            with precision(600):
                exact = arb(mpmath.nstr(table[0][1], 150))
                assert number.ball.overlaps(exact)
                assert number.ball.rad() > exact.rad() * arb(2) ** 200

"""Explicit networks, with weights and exact derivatives, have the kernels that theory says.

The engine of this file draws ω and β, goes forward, and goes back once for every output column. It
shares no line with the package.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from depthlaw import Network, parse_layer
from depthlaw.theory.tangent import kernels

Array = NDArray[np.float64]
Back = Callable[[Array], tuple[Array, Array]]
"""From ∂f_i/∂H′, shape (m, d′, n), to ∂f_i/∂H and what the parameters between add to Θ."""


@dataclass
class Tape:
    """Draws parameters, and remembers them to be moved."""

    rng: np.random.Generator
    drawn: list[Array] = field(default_factory=list)
    moved: list[Array] = field(default_factory=list)

    def draw(self, *shape: int) -> Array:
        new = self.rng.standard_normal(shape)
        place = len(self.drawn)
        self.drawn.append(new)
        return new + self.moved[place] if self.moved else new


Operation = Callable[[Array, Tape], tuple[Array, Back]]


def seen(E: Array, H: Array, size: float) -> Array:
    """⟨∂f_i/∂ω, ∂f_j/∂ω⟩ for Z = √size ω H: the gradient is √size E_i Hᵀ."""
    inner = np.einsum("iab,jac->ijbc", E, E)
    return size * np.einsum("ijbc,bc->ij", inner, H.T @ H)


def linear(width: int, variance: float = 1.0, bias: float = 0.0) -> Operation:
    def run(H: Array, tape: Tape) -> tuple[Array, Back]:
        scale = np.sqrt(variance / len(H))
        W, b = tape.draw(width, len(H)), tape.draw(width)
        Z = scale * W @ H + np.sqrt(bias) * b[:, None]

        def back(E: Array) -> tuple[Array, Array]:
            total = E.sum(axis=2)
            return scale * W.T @ E, seen(E, H, scale**2) + bias * total @ total.T

        return Z, back

    return run


def conv(width: int, variance: float, bias: float, circular: bool, places: int) -> Operation:
    """Three places along one axis."""

    def run(H: Array, tape: Tape) -> tuple[Array, Back]:
        n = H.shape[1]
        scale = np.sqrt(variance / (3 * len(H)))
        shifts = []
        for step in (-1, 0, 1):
            S = np.zeros((n, n))
            for column in range(n):
                sample, p = divmod(column, places)
                other = p + step
                if circular or 0 <= other < places:
                    S[sample * places + other % places, column] = 1
            shifts.append(S)
        weights, b = [tape.draw(width, len(H)) for _ in shifts], tape.draw(width)
        Z = np.sqrt(bias) * b[:, None] + scale * sum(
            W @ H @ S for W, S in zip(weights, shifts, strict=True)
        )

        def back(E: Array) -> tuple[Array, Array]:
            total = E.sum(axis=2)
            found = bias * total @ total.T
            for S in shifts:
                found = found + seen(E, H @ S, scale**2)
            down = scale * sum(W.T @ E @ S.T for W, S in zip(weights, shifts, strict=True))
            return np.asarray(down), found

        return Z, back

    return run


def free(function: Callable[[Array], Array], slope: Callable[[Array], Array]) -> Operation:
    def run(H: Array, tape: Tape) -> tuple[Array, Back]:
        return function(H), lambda E: (E * slope(H), np.zeros((len(E), len(E))))

    return run


relu = free(lambda x: np.maximum(x, 0), lambda x: (x > 0).astype(float))
tanh = free(np.tanh, lambda x: 1 - np.tanh(x) ** 2)
sine = free(np.sin, np.cos)


def norm(centred: bool, epsilon: float) -> Operation:
    def run(H: Array, tape: Tape) -> tuple[Array, Back]:
        less = H - H.mean(axis=0) if centred else H
        s = np.sqrt((less**2).mean(axis=0) + epsilon)
        y = less / s

        def back(E: Array) -> tuple[Array, Array]:
            D = E - E.mean(axis=1, keepdims=True) if centred else E
            return (D - y * (E * y).mean(axis=1, keepdims=True)) / s, np.zeros((len(E), len(E)))

        return y, back

    return run


def mixed(A: Array) -> Operation:
    def run(H: Array, tape: Tape) -> tuple[Array, Back]:
        return H @ A.T, lambda E: (E @ A, np.zeros((len(E), len(E))))

    return run


def glu(H: Array, tape: Tape) -> tuple[Array, Back]:
    gate, value = np.split(H, 2)

    def back(E: Array) -> tuple[Array, Array]:
        down = np.concatenate([E * value * (1 - np.tanh(gate) ** 2), E * np.tanh(gate)], axis=1)
        return down, np.zeros((len(E), len(E)))

    return np.tanh(gate) * value, back


def chain(*operations: Operation) -> Operation:
    def run(H: Array, tape: Tape) -> tuple[Array, Back]:
        backs = []
        for operation in operations:
            H, back = operation(H, tape)
            backs.append(back)

        def down(E: Array) -> tuple[Array, Array]:
            total = np.zeros((len(E), len(E)))
            for back in reversed(backs):
                E, part = back(E)
                total = total + part
            return E, total

        return H, down

    return run


def skip(*branch: Operation, scale: float = 1.0, keep: float = 1.0) -> Operation:
    inner = chain(*branch)

    def run(H: Array, tape: Tape) -> tuple[Array, Back]:
        N, back = inner(H, tape)

        def down(E: Array) -> tuple[Array, Array]:
            below, total = back(scale * E)
            return keep * E + below, total

        return keep * H + scale * N, down

    return run


D, PLACES, RUNS = 128, 3, 120
CAUSAL = np.tril(np.ones((PLACES, PLACES))) / np.arange(1, PLACES + 1)[:, None]
ONE = np.eye(2)


@dataclass(frozen=True)
class Case:
    explicit: Operation
    layer: str
    head: str = "linear"
    depth: int = 1
    stem: str = ""
    places: int = 0
    readout: str | None = None

    @property
    def network(self) -> Network:
        parts = [parse_layer(text) if text else () for text in (self.stem, self.head)]
        shape = (self.places,) if self.places else ()
        return Network(D, 2, parse_layer(self.layer), *parts, shape)


CASES = {
    "dense": Case(
        chain(*[linear(D, 2, 0.1), relu] * 2, linear(1, 1.5)),
        "linear:variance=2:bias=0.1,relu",
        "linear:variance=1.5",
        2,
    ),
    "computed": Case(
        chain(linear(D, 1.5, 0.2), tanh, linear(D), tanh, linear(1)),
        "linear:variance=1.5:bias=0.2,tanh,linear,tanh",
    ),
    "layer norm": Case(
        chain(linear(D, 2), relu, norm(True, 0.1), linear(D), sine, linear(1)),
        "linear:variance=2,relu,layernorm:epsilon=0.1,linear,sin",
    ),
    "RMS norm, two functions": Case(
        chain(linear(D), relu, norm(False, 0.0), tanh, linear(1)),
        "linear,relu,rmsnorm:epsilon=0,tanh",
    ),
    "layer norm, two functions": Case(
        chain(linear(D), relu, norm(True, 0.0), tanh, linear(1)),
        "linear,relu,layernorm:epsilon=0,tanh",
    ),
    "gate": Case(
        chain(linear(2 * D, 1, 0.3), glu, linear(1)), "linear:width=2x:bias=0.3,glu(tanh)"
    ),
    "gate on a function": Case(
        chain(linear(2 * D), sine, glu, linear(1)), "linear:width=2x,sin,glu(tanh)"
    ),
    "skip": Case(
        chain(
            linear(D, 2),
            *[skip(norm(True, 0.0), linear(2 * D), relu, linear(D, 2), scale=0.7, keep=0.9)] * 2,
            linear(1),
        ),
        "residual(layernorm:epsilon=0,linear:width=2x,relu,linear:variance=2):scale=0.7:skip=0.9",
        depth=2,
        stem="linear:variance=2",
    ),
    "skip with means": Case(
        chain(linear(D), relu, skip(linear(D), relu), norm(True, 0.0), linear(1)),
        "linear,relu,residual(linear,relu),layernorm:epsilon=0",
    ),
    "skip of a linear map": Case(
        chain(linear(D), skip(linear(D, 2, 0.3), scale=0.5), linear(1)),
        "linear:variance=2:bias=0.3:residual=0.5",
        "linear",
        stem="linear",
    ),
    "nested skips": Case(
        chain(linear(D), skip(linear(D), skip(linear(D), sine, linear(D)), linear(D)), linear(1)),
        "residual(linear,residual(linear,sin,linear),linear)",
        stem="linear",
    ),
    "convolution, pooled": Case(
        chain(
            *[conv(D, 2, 0.1, False, PLACES), relu] * 2,
            mixed(np.kron(ONE, np.full((1, PLACES), 1 / PLACES))),
            norm(True, 0.0),
            linear(1),
        ),
        "conv:3:variance=2:bias=0.1,relu",
        "layernorm:epsilon=0,linear",
        depth=2,
        places=PLACES,
        readout="average",
    ),
    "circular convolution": Case(
        chain(conv(D, 2, 0.1, True, PLACES), relu, conv(1, 1, 0, True, PLACES)),
        "conv:3:variance=2:bias=0.1:circular,relu",
        "conv:3:circular",
        places=PLACES,
    ),
    "uniform attention": Case(
        chain(
            linear(D),
            *[skip(norm(False, 0.0), linear(D), mixed(np.kron(ONE, CAUSAL)), linear(D)), relu],
            linear(1),
        ),
        "residual(rmsnorm:epsilon=0,attention:uniform:causal),relu",
        stem="linear",
        places=PLACES,
    ),
    "mean over tokens": Case(
        chain(
            linear(D),
            relu,
            mixed(np.kron(ONE, np.full((3, 3), 1 / 3))),
            norm(True, 0.0),
            linear(D),
            linear(1),
        ),
        "linear,relu,average,layernorm:epsilon=0,linear",
        places=PLACES,
    ),
}


def flattened(H: Array, tape: Tape) -> tuple[Array, Back]:
    samples = H.shape[1] // PLACES
    table = H.reshape(len(H), samples, PLACES)

    def back(E: Array) -> tuple[Array, Array]:
        down = E.reshape(len(E), len(H), PLACES, samples).transpose(0, 1, 3, 2)
        return down.reshape(len(E), *H.shape), np.zeros((len(E), len(E)))

    return table.transpose(0, 2, 1).reshape(-1, samples), back


CASES["convolution, flattened"] = Case(
    chain(conv(D, 2, 0.1, False, PLACES), relu, flattened, norm(True, 0.0), linear(1, 1.3, 0.2)),
    "conv:3:variance=2:bias=0.1,relu",
    "layernorm:epsilon=0,linear:variance=1.3:bias=0.2",
    places=PLACES,
    readout="flatten",
)


@cache
def inputs(columns: int) -> Array:
    X = np.random.default_rng(8).standard_normal((5, columns))
    X[:, 1] += X[:, 0]
    return X


def tangent(explicit: Operation, X: Array, tape: Tape) -> tuple[Array, Array]:
    """The first outputs of one network, shape (m,), and their Θ, shape (m, m)."""
    out, back = explicit(X, tape)
    m = out.shape[1]
    E = np.zeros((m, len(out), m))
    E[:, 0, :] = np.eye(m)
    return out[0], back(E)[1]


@pytest.mark.parametrize("name", CASES)
def test_the_gradients_of_this_file_are_derivatives(name: str) -> None:
    """Θ uu = Σ_θ (∂(f·u)/∂θ)² is the mean of squared directional derivatives, by differences."""
    case = CASES[name]
    X = inputs(2 * max(case.places, 1))
    tape = Tape(np.random.default_rng(3))
    _, T = tangent(case.explicit, X, tape)
    shapes = [part.shape for part in tape.drawn]
    rng, h = np.random.default_rng(4), 1e-5
    squares = []
    for _ in range(24):
        direction = [rng.standard_normal(shape) for shape in shapes]
        ends = []
        for sign in (1, -1):
            moved = [sign * h * part for part in direction]
            ends.append(case.explicit(X, Tape(np.random.default_rng(3), moved=moved))[0][0])
        squares.append((ends[0] - ends[1]) / (2 * h))
    # Directional derivatives are Gaussian over directions, with the covariance Θ.
    ratio = np.mean([u[0] ** 2 for u in squares]) / T[0, 0]
    assert stats.chi2.cdf(24 * ratio, 24) == pytest.approx(0.5, abs=0.4999)


@pytest.mark.parametrize("name", CASES)
def test_the_kernels_are_those_of_explicit_networks(name: str) -> None:
    case = CASES[name]
    X = inputs(2 * max(case.places, 1))
    found = kernels(
        case.network, depth=case.depth, initial_gram=X.T @ X / len(X), readout=case.readout
    ).output
    theory = found.ntk
    assert theory is not None
    runs = np.array(
        [tangent(case.explicit, X, Tape(np.random.default_rng((11, k))))[1] for k in range(RUNS)]
    )
    # A two-sided test for each entry, 10⁻³ over all of them, beside a bias of order 1/width.
    upper = np.triu_indices(len(theory))
    mean, spread = runs.mean(axis=0), runs.std(axis=0, ddof=1) / np.sqrt(RUNS)
    size = np.sqrt(np.outer(np.diagonal(theory), np.diagonal(theory)))
    allowed: Any = stats.t.ppf(1 - 1e-3 / 2 / len(upper[0]), RUNS - 1) * spread
    assert (np.abs(mean - theory) <= allowed + size / D)[upper].all()
    assert (spread <= 0.03 * size).all()  # so that a missing term is seen

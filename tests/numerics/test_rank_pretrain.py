"""The gradient of r against exact differences, and pre-training that never lowers r."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from operator import mul
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from depthlaw.numerics.chains.pretrain import (
    Stopped,
    hidden_layers,
    pretrain,
    stable_rank_gradient,
    weight_gradients,
)
from depthlaw.numerics.streams import stream
from depthlaw.theory.errors import ArgumentError

Array = NDArray[np.float64]
Exact = list[list[Fraction]]

EPS = float(np.finfo(np.float64).eps)
STEP = Fraction(1, 2**20)


def exact(matrix: Array) -> Exact:
    return [[Fraction(float(x)) for x in row] for row in matrix]


def product(A: Exact, B: Exact) -> Exact:
    columns = list(zip(*B, strict=True))
    return [[sum(map(mul, row, column), Fraction(0)) for column in columns] for row in A]


def exact_rank(H: Exact) -> Fraction:
    """Return r(H) = (tr HHᵀ)²/‖HHᵀ‖_F² without rounding."""
    M = product(H, [list(column) for column in zip(*H, strict=True)])
    trace = sum(M[i][i] for i in range(len(M)))
    return Fraction(trace**2) / sum(x * x for row in M for x in row)


def derivative(f: Callable[[Fraction], Fraction]) -> tuple[float, float]:
    """Return f'(0) by exact central differences, with a bound from the step.

    The error is h²/6 f''' to leading order, of which two steps tell three quarters; twice that
    difference covers it with what the next order, h² smaller, adds.
    """

    def difference(h: Fraction) -> Fraction:
        return (f(h) - f(-h)) / (2 * h)

    coarse, fine = difference(STEP), difference(STEP / 2)
    return float(fine), float(2 * abs(coarse - fine))


@st.composite
def matrices(draw: st.DrawFn, rows: int | None = None, columns: int | None = None) -> Array:
    d, n = rows or draw(st.integers(1, 4)), columns or draw(st.integers(1, 4))
    entries = draw(st.lists(st.integers(-6, 6), min_size=d * n, max_size=d * n))
    H = np.array(entries, dtype=np.float64).reshape(d, n)
    return H if H.any() else H + 1


@given(matrices(), st.data())
def test_the_gradient_is_the_limit_of_exact_differences(H: Array, data: st.DataObject) -> None:
    E = data.draw(matrices(*H.shape))
    r, gradient = stable_rank_gradient(H)
    h, e = exact(H), exact(E)

    def along(t: Fraction) -> Fraction:
        moved = [[x + t * y for x, y in zip(a, b, strict=True)] for a, b in zip(h, e, strict=True)]
        return exact_rank(moved)

    slope, error = derivative(along)
    rounding = 8 * H.size * EPS
    assert abs(r - float(along(Fraction(0)))) <= rounding * r
    # The two terms of the gradient are at most 4r/‖H‖ large, and may cancel.
    size = 8 * r / float(np.linalg.norm(H)) * float(np.linalg.norm(E))
    assert abs(float((gradient * E).sum()) - slope) <= error + rounding * size


@given(matrices())
def test_the_gradient_does_not_see_the_scale(H: Array) -> None:
    r, gradient = stable_rank_gradient(H)
    rounding = 8 * H.size * EPS
    assert abs((gradient * H).sum()) <= rounding * 8 * r
    far, there = stable_rank_gradient(H * 2.0**400)
    assert far == r
    assert np.array_equal(there * 2.0**400, gradient)
    # Equal singular values: nothing to gain.
    if r == min(H.shape):
        assert np.abs(gradient).max() <= rounding * 8 * r / np.linalg.norm(H)


def exact_last(X: Exact, weights: Sequence[Exact]) -> tuple[Exact, list[list[list[bool]]]]:
    signs = []
    for W in weights:
        Z = product(W, X)
        signs.append([[z > 0 for z in row] for row in Z])
        X = [[max(z, Fraction(0)) for z in row] for row in Z]
    return X, signs


def test_back_propagation_is_the_limit_of_exact_differences() -> None:
    generator = stream(3, 0)
    X = generator.standard_normal((3, 5))
    weights = [generator.standard_normal(shape) for shape in ((4, 3), (4, 4), (3, 4))]
    r, gradients = weight_gradients(X, weights)
    fixed = [exact(W) for W in weights]
    start, pattern = exact_last(exact(X), fixed)
    assert abs(r - float(exact_rank(start))) <= 64 * EPS * r
    checked = 0
    for layer, gradient in enumerate(gradients):
        for place in np.ndindex(gradient.shape):

            def along(t: Fraction, layer: int = layer, place: tuple[int, ...] = place) -> Fraction:
                moved = [[list(row) for row in W] for W in fixed]
                moved[layer][place[0]][place[1]] += t
                last, signs = exact_last(exact(X), moved)
                assert signs == pattern, "the step must not cross a kink"
                return exact_rank(last)

            slope, error = derivative(along)
            scale = float(np.abs(gradient).max()) + r
            assert abs(gradient[place] - slope) <= error + 256 * EPS * scale
            checked += 1
    assert checked == 12 + 16 + 12


def random_network(width: int, layers: int, seed: int) -> list[Array]:
    generator = stream(seed, 1)
    return [generator.standard_normal((width, width)) * (2 / width) ** 0.5 for _ in range(layers)]


@given(st.integers(0, 10**6), st.integers(2, 8), st.integers(1, 4))
def test_r_never_falls_and_is_what_the_weights_give(seed: int, width: int, layers: int) -> None:
    X = stream(seed, 0).standard_normal((width, 6))
    weights = random_network(width, layers, seed)
    if not hidden_layers(X, weights)[-1].any():
        with pytest.raises(ArgumentError, match="all dead"):
            pretrain(X, weights)
        return
    before = [W.copy() for W in weights]
    made = pretrain(X, weights, steps=8)
    assert all(np.array_equal(a, b) for a, b in zip(before, weights, strict=True))
    assert (np.diff(made.history) > 0).all()
    assert len(made.lengths) == len(made.history) - 1
    assert (made.stopped is Stopped.STEPS) == (len(made.lengths) == 8)
    last = hidden_layers(X, made.weights)[-1]
    assert stable_rank_gradient(last)[0] == made.history[-1]
    again = pretrain(X, weights, steps=8)
    assert all(np.array_equal(a, b) for a, b in zip(made.weights, again.weights, strict=True))


def test_a_deep_network_gains_rank() -> None:
    width, layers = 16, 20
    X = stream(0, 0).standard_normal((width, 32))
    made = pretrain(X, random_network(width, layers, 0), steps=60)
    # Twenty ReLU layers leave little more than one direction, r near 1.
    assert made.history[0] < 1.01
    assert made.history[-1] > 1.5


def test_equal_singular_values_are_the_end() -> None:
    made = pretrain(np.eye(3), [np.eye(3)], steps=5)
    assert made.stopped is Stopped.FLAT
    assert made.history.tolist() == [3.0]
    assert made.lengths.shape == (0,)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"batch": np.ones(3)}, "batch = an array of shape"),
        ({"batch": np.zeros((2, 3))}, "batch = a zero matrix"),
        ({"batch": np.full((2, 2), np.inf)}, "batch = an array with NaN or infinity"),
        ({"weights": []}, "give at least one matrix"),
        ({"weights": [np.eye(3)]}, "gets 2 features"),
        ({"weights": [-np.eye(2)]}, "all dead"),
        ({"steps": 0}, "steps = 0"),
        ({"first_step": 0.0}, "first_step = 0.0"),
        ({"first_step": float("nan")}, "first_step = nan"),
    ],
)
def test_impossible_arguments_are_refused(options: dict[str, Any], words: str) -> None:
    given = {"batch": np.eye(2), "weights": [np.eye(2)], **options}
    with pytest.raises(ArgumentError, match=words):
        pretrain(given.pop("batch"), given.pop("weights"), **given)

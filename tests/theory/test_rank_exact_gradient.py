"""The gradient of the stable rank, and chains whose row norms are rational."""

from collections.abc import Sequence
from fractions import Fraction

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from depthlaw.theory.decomposition.exact_layer import activated, product, recentred
from depthlaw.theory.errors import ArgumentError
from depthlaw.theory.rank.covariance import covariance, stable_rank
from depthlaw.theory.rank.gradient import directional_derivative, stable_rank_gradient
from depthlaw.theory.rank.rational_chain import Rows, layer_matrix, rational_root, rescaled

ENTRIES = st.integers(-9, 9)


@st.composite
def pairs(draw: st.DrawFn) -> tuple[list[list[int]], list[list[int]]]:
    """(H, E) of the same shape, H ≠ 0."""
    d, N = draw(st.integers(1, 4)), draw(st.integers(1, 4))
    row = st.lists(ENTRIES, min_size=N, max_size=N)
    H, E = (draw(st.lists(row, min_size=d, max_size=d)) for _ in range(2))
    assume(any(any(r) for r in H))
    return H, E


@given(pairs())
def test_the_closed_form_is_the_gradient_in_every_direction(
    case: tuple[list[list[int]], list[list[int]]],
) -> None:
    H, E = case
    G = stable_rank_gradient(H)
    along = sum(g * e for u, v in zip(G, E, strict=True) for g, e in zip(u, v, strict=True))
    assert directional_derivative(H, E) == along


@given(pairs())
def test_a_small_step_along_the_gradient_raises_r(
    case: tuple[list[list[int]], list[list[int]]],
) -> None:
    H, _ = case
    G = stable_rank_gradient(H)
    slope = directional_derivative(H, G)
    assert slope >= 0
    assume(slope > 0)
    before, step = stable_rank(covariance(H)), Fraction(1)
    while True:
        moved = [
            [h + step * g for h, g in zip(u, v, strict=True)] for u, v in zip(H, G, strict=True)
        ]
        if stable_rank(covariance(moved)) > before:
            break
        step /= 2
        assert step > Fraction(1, 10**30), "no step along the gradient raises r"


@given(st.lists(st.lists(st.integers(1, 9), min_size=3, max_size=3), min_size=1, max_size=1))
def test_one_neuron_has_nothing_to_gain(H: list[list[int]]) -> None:
    assert not any(stable_rank_gradient(H)[0])


def test_directions_of_another_shape_are_refused() -> None:
    with pytest.raises(ArgumentError, match="direction = 1 rows: it needs the shape of the batch"):
        directional_derivative([[1, 2], [3, 4]], [[1, 2]])
    with pytest.raises(ArgumentError, match="batch = a zero matrix"):
        stable_rank_gradient([[0, 0]])


@st.composite
def rational_batches(draw: st.DrawFn) -> list[list[int]]:
    """Rows whose recentred form is a multiple of (1, 7, −7, −1) or of signs: rational norms."""
    shapes = [[1, -1, 1, -1], [1, 1, -1, -1], [1, 7, -7, -1], [-7, 1, -1, 7]]
    d = draw(st.integers(1, 3))
    rows = []
    for _ in range(d):
        scale, shift = draw(st.integers(1, 4)), draw(st.integers(-6, 6))
        rows.append([scale * x + shift for x in draw(st.sampled_from(shapes))])
    return rows


def agreeing(batch: Sequence[Sequence[int]], depth: int) -> int:
    """Return in how many entries of the first `depth` layers the two chains agree.

    `batch` is X, shape (d, N); the norms of its recentred rows are rational.
    """
    with_mean: Rows = [[Fraction(x) for x in row] for row in batch]
    without = recentred(batch)
    total = 0
    for layer in range(depth):
        A = layer_matrix(recentred(with_mean), layer)
        with_mean = rescaled(recentred(product(A, with_mean)))
        without = rescaled(product(A, without))
        total += sum(
            x == y
            for u, v in zip(with_mean, without, strict=True)
            for x, y in zip(u, v, strict=True)
        )
    return total


@settings(max_examples=settings.default.max_examples // 2)
@given(rational_batches(), st.integers(1, 3))
def test_recentring_acts_once_in_a_linear_chain(X: list[list[int]], depth: int) -> None:
    assert agreeing(X, depth) == len(X) * len(X[0]) * depth


@given(rational_batches())
def test_recentring_acts_in_every_layer_after_relu(X: list[list[int]]) -> None:
    """Negative control: both chains share their first layer, and no second layer of one neuron."""
    first = rescaled(recentred(X))
    hidden = activated(first)
    A = [[Fraction(1)] * len(X)]
    plain = product(A, hidden)
    assert any(plain[0])
    assert recentred(plain) != plain


@given(rational_batches(), st.integers(0, 30))
def test_weights_keep_row_norms_rational(X: list[list[int]], layer: int) -> None:
    H = rescaled(recentred(X))
    after = rescaled(product(layer_matrix(H, layer), H))
    for row in after:
        assert sum(x * x for x in row) in (0, len(row))


@given(st.fractions(0, 100, max_denominator=50))
def test_roots_of_squares(x: Fraction) -> None:
    assert rational_root(x * x) == x


@pytest.mark.parametrize("square", [Fraction(2), Fraction(1, 3), Fraction(-4)])
def test_irrational_roots_are_refused(square: Fraction) -> None:
    with pytest.raises(ArgumentError, match="its root must be rational"):
        rational_root(square)

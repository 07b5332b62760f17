"""Exact statements about recentring and ReLU, on arbitrary rational batches and weights."""

from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from depthlaw.theory.claim.registry import claim
from depthlaw.theory.claims.decomposition import rank_growth
from depthlaw.theory.decomposition import exact_layer
from depthlaw.theory.errors import ArgumentError
from depthlaw.theory.rigorous.balls import ball, precision

Rows = list[list[Fraction]]
ENTRIES = st.fractions(-50, 50, max_denominator=12)
SLOPES = st.fractions(-2, 2, max_denominator=9)


def matrices(rows: int, columns: int) -> st.SearchStrategy[Rows]:
    return st.lists(
        st.lists(ENTRIES, min_size=columns, max_size=columns), min_size=rows, max_size=rows
    )


@st.composite
def two_value_layers(draw: st.DrawFn) -> tuple[Rows, Rows, int, int]:
    """(W, X, n, k): any weights, and n − k copies of y and k copies of z ≠ y, in any order of k."""
    n = draw(st.integers(2, 7))
    k = draw(st.integers(1, n - 1))
    inputs, width = draw(st.integers(1, 3)), draw(st.integers(1, 5))
    (y, z) = draw(matrices(2, inputs))
    assume(y != z)
    X = [[y[i]] * (n - k) + [z[i]] * k for i in range(inputs)]
    return draw(matrices(width, inputs)), X, n, k


@given(two_value_layers(), SLOPES)
def test_two_values_stay_two_values(case: tuple[Rows, Rows, int, int], slope: Fraction) -> None:
    W, X, n, k = case
    points = exact_layer.columns(exact_layer.layer(W, X, slope))
    assert len(set(points)) <= 2
    assert len(set(points[: n - k])) == len(set(points[n - k :])) == 1


@given(two_value_layers())
def test_they_are_the_two_halves_of_v_and_orthogonal(case: tuple[Rows, Rows, int, int]) -> None:
    W, X, n, k = case
    after = exact_layer.columns(exact_layer.layer(W, X))
    z = exact_layer.product(W, X)
    v = [row[0] - row[-1] for row in z]
    assert list(after[0]) == [Fraction(k, n) * max(x, Fraction(0)) for x in v]
    assert list(after[-1]) == [Fraction(n - k, n) * max(-x, Fraction(0)) for x in v]
    assert exact_layer.inner(after[0], after[-1]) == 0


@given(two_value_layers())
def test_recentring_alone_leaves_them_antipodal(case: tuple[Rows, Rows, int, int]) -> None:
    W, X, n, k = case
    first, *_, last = exact_layer.columns(exact_layer.recentred(exact_layer.product(W, X)))
    assert [(n - k) * x for x in first] == [-k * x for x in last]


@given(two_value_layers())
def test_a_positive_direction_sends_one_value_to_zero(case: tuple[Rows, Rows, int, int]) -> None:
    W, X, _, _ = case
    z = exact_layer.product(W, X)
    signed = [row if zs[0] >= zs[-1] else [-w for w in row] for row, zs in zip(W, z, strict=True)]
    assert not any(exact_layer.columns(exact_layer.layer(signed, X))[-1])


@given(two_value_layers(), st.fractions(Fraction(1, 20), 3, max_denominator=20))
def test_the_leaky_cosine_bound_holds_for_every_matrix(
    case: tuple[Rows, Rows, int, int], slope: Fraction
) -> None:
    W, X, _, _ = case
    first, *_, last = exact_layer.columns(exact_layer.layer(W, X, slope))
    assume(any(first) and any(last))
    inner = exact_layer.inner
    # cos ≤ −2a/(1+a²) < 0, squared: no root, no rounding.
    assert inner(first, last) < 0
    left = inner(first, last) ** 2 * (1 + slope**2) ** 2
    assert left >= 4 * slope**2 * inner(first, first) * inner(last, last)


def test_the_leaky_cosine_bound_is_attained_and_no_smaller_one_holds() -> None:
    X = [[Fraction(1), Fraction(0)], [Fraction(0), Fraction(1)]]
    first, last = exact_layer.columns(exact_layer.layer([[1, 0], [0, 1]], X, Fraction(1, 3)))
    with precision(128):
        cosine = exact_layer.inner(first, last) / exact_layer.inner(first, first)
        bound = claim("decomposition.leaky-cosine-bound").bound(slope=Fraction(1, 3)).ball
        assert bound.contains(ball(cosine))
        assert not bound * ball(Fraction(101, 100)) >= ball(cosine)


@given(matrices(4, 5))
def test_recentring_costs_one_rank_exactly_if_1_is_in_the_row_space(H: Rows) -> None:
    before, after = exact_layer.rank(H), exact_layer.rank(exact_layer.recentred(H))
    holds_one = exact_layer.rank([*H, [Fraction(1)] * 5]) == before
    assert after == before - holds_one


@st.composite
def batches_with_pairs(draw: st.DrawFn) -> tuple[list[list[int]], int, int]:
    """(X, m_a, q): nonzero points, none positively parallel, m_a pairs whose representatives have
    rank q; also pairs beside points near them."""
    inputs = draw(st.integers(1, 3))
    primitive = st.tuples(*[st.integers(-6, 6)] * inputs).filter(any)
    found = draw(st.lists(primitive, min_size=1, max_size=6))
    lines: list[tuple[int, ...]] = []
    for point in found:
        if all(exact_layer.rank([list(point), list(other)]) == 2 for other in lines):
            lines.append(point)
    pairs = draw(st.integers(0, len(lines)))
    X = rank_growth.points([list(p) for p in lines[:pairs]], [list(p) for p in lines[pairs:]])
    q = exact_layer.rank([list(p) for p in lines[:pairs]]) if pairs else 0
    return X, pairs, q


@given(batches_with_pairs(), st.data())
def test_no_matrix_exceeds_the_rank_of_the_claim(
    case: tuple[list[list[int]], int, int], data: st.DataObject
) -> None:
    X, pairs, q = case
    W = data.draw(matrices(8, len(X)))
    grown = exact_layer.rank(exact_layer.activated(exact_layer.product(W, X)))
    assert grown <= len(X[0]) - (pairs - q)


@given(batches_with_pairs())
def test_a_wide_matrix_attains_it(case: tuple[list[list[int]], int, int]) -> None:
    X, pairs, q = case
    inputs, n = len(X), len(X[0])
    # All directions of a grid finer than the angles between the points' hyperplanes.
    if inputs == 1:
        W = [[1], [-1]]
    elif inputs == 2:
        W = [[i, j] for i in range(-13, 14) for j in range(-13, 14)]
    else:
        grid = range(-7, 8)
        W = [[i, j, 2 * k + 1] for i in grid for j in grid for k in range(-4, 4)]
    assert exact_layer.rank(exact_layer.activated(exact_layer.product(W, X))) == n - (pairs - q)


def test_equal_points_are_refused_with_the_reason() -> None:
    with pytest.raises(ArgumentError, match="the batch recentres to zero"):
        exact_layer.layer([[1, 2]], [[3, 3, 3], [4, 4, 4]])


@pytest.mark.parametrize(
    ("name", "arguments", "message"),
    [
        ("orthogonality", {"batch": 1, "odd": 1}, "batch = 1: it must be at least 2"),
        (
            "orthogonality",
            {"batch": 5, "odd": 5},
            "odd = 5: it must satisfy k ≤ n − 1 .n is batch., here k ≤ 4",
        ),
        ("orthogonality", {"batch": 5, "odd": 0}, "odd = 0: it must be at least 1"),
        ("leaky-cosine", {"batch": 5, "odd": 1, "slope": 1}, "slope = 1: it must satisfy a ≠ 1"),
        ("leaky-cosine", {"batch": 5, "odd": 1, "slope": float("nan")}, "slope = nan"),
        (
            "slope-universality",
            {"batch": 9, "slope": 1},
            "slope = 1: it must satisfy a ≠ 1: with slope 1 the layer is",
        ),
        ("cluster-angle", {"batch": 6}, "batch = 6: it must satisfy n ≥ 7: fewer than 7 points"),
        ("rank-growth", {"batch": 5, "pairs": 3, "rank": 1}, "pairs = 3: it must satisfy 2 p ≤ n"),
        ("rank-growth", {"batch": 5, "pairs": 2, "rank": 3}, "rank = 3: it must satisfy q "),
        ("exact-cluster-repels", {"batch": 4, "odd": 3}, "odd = 3: it must satisfy k ≤ n − 2"),
    ],
)
def test_bad_input_is_a_sentence(name: str, arguments: dict[str, float], message: str) -> None:
    with pytest.raises(ArgumentError, match=message):
        claim(f"decomposition.{name}").bound(**arguments)

"""Attention on exact tokens: against NumPy, and a batch of many tokens against its symmetry."""

from fractions import Fraction

import numpy as np
import pytest
from flint import arb

from depthlaw.theory.attention import (
    centred,
    largest_singular_value,
    norm,
    plain_matrix,
    product,
    self_attention,
    spread_norm,
)
from depthlaw.theory.claims.attention import _masks as masks
from depthlaw.theory.claims.attention._many_tokens import ManyTokens
from depthlaw.theory.claims.attention._norms import composite, largest_column, largest_row
from depthlaw.theory.rigorous.balls import precision


def floats(rows: object) -> np.ndarray:
    return np.array([[float(x) for x in row] for row in rows])  # type: ignore[attr-defined]


def test_attention_is_what_numpy_finds() -> None:
    X, W, V = (
        plain_matrix(rows, columns, number, Fraction(1, 9))
        for rows, columns, number in ((5, 3, 0), (3, 3, 1), (3, 4, 2))
    )
    scores = floats(X) @ floats(W) @ floats(X).T / np.sqrt(7)
    weights = np.exp(scores)
    weights /= weights.sum(axis=1, keepdims=True)
    expected = weights @ floats(X) @ floats(V)
    found = floats(self_attention(X, W, V, 7))
    assert np.allclose(found, expected, rtol=1e-12, atol=1e-12)


def test_norms_are_what_numpy_finds() -> None:
    M = plain_matrix(4, 3, 5)
    as_floats = floats(M)
    assert float(norm(M)) == pytest.approx(np.linalg.norm(as_floats))
    assert float(largest_singular_value(M)) == pytest.approx(np.linalg.norm(as_floats, 2))
    assert float(largest_row(M)) == pytest.approx(np.linalg.norm(as_floats, np.inf))
    assert float(largest_column(M)) == pytest.approx(np.linalg.norm(as_floats, 1))
    assert float(spread_norm(M)) == pytest.approx(np.linalg.norm(as_floats - as_floats.mean(0)))


def test_many_tokens_in_full_are_what_their_symmetry_says() -> None:
    with precision(128):
        batch = ManyTokens(7, Fraction(3), Fraction(2))
        tokens, scores = batch.rows()
        weights = []
        for row in scores:
            powers = [score.exp() for score in row]
            total = sum(powers, start=arb(0))
            weights.append([power / total for power in powers])
        out = product(weights, tokens)
        copies = out[batch.pairs]
        around = [[x - c for x, c in zip(row, copies, strict=True)] for row in out]
        known = batch.norm().ball
        # The end of a ball is known to its radius, of 30 bits.
        assert abs(composite(around) - known.upper()) < arb(2) ** -28
        assert composite(centred(out)) >= known.lower()
        # The input has norm 1 about x̄, and W_QK is t√d_qk on N axes.
        assert composite(tokens) == 1


@pytest.mark.parametrize("mask", ["all", "causal", "window 2", "window 3"])
def test_masks_hide_what_they_should(mask: str) -> None:
    for matrix in (masks.uniform(6, mask), masks.uneven(6, mask, 1)):
        for i, row in enumerate(matrix):
            assert sum(row) == 1
            assert [entry > 0 for entry in row] == [masks.allowed(mask, i, k) for k in range(6)]


def test_dobrushins_coefficient_of_a_product_is_at_most_the_product() -> None:
    first, second = masks.uneven(6, "all", 1), masks.uneven(6, "causal", 2)
    together = masks.coefficient(masks.times(first, second))
    assert together <= masks.coefficient(first) * masks.coefficient(second)

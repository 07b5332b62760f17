"""Batches of two values, y (n − k copies) and z (k copies): what the exact claims share."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import sympy as sp
from flint import arb

from depthlaw.theory.claim import Identity, Step
from depthlaw.theory.decomposition import closed_forms, exact_layer
from depthlaw.theory.decomposition.exact_layer import Rational, Rows
from depthlaw.theory.writing.symbols import n

INPUTS = 3
WIDTHS = (1, 2, 5, 24)
"""Widths of the layers that are tried: also far narrower than any limit."""


def batch_of_two(batch: int, odd: int) -> Rows:
    """Return n − k copies of one point and k copies of another, shape (3, n)."""
    first, second = (
        (Fraction(2), Fraction(-1), Fraction(5)),
        (Fraction(1), Fraction(3), Fraction(0)),
    )
    points = [first] * (batch - odd) + [second] * odd
    return [list(row) for row in zip(*points, strict=True)]


def after(batch: int, odd: int, width: int, slope: Fraction = Fraction(0), depth: int = 1) -> Rows:
    """Return the batch after `depth` layers of exact weights."""
    X = batch_of_two(batch, odd)
    for ell in range(depth):
        X = exact_layer.layer(exact_layer.spread_weights(width, len(X), shift=7 * ell), X, slope)
    return X


def cosine(first: Sequence[Rational], second: Sequence[Rational]) -> arb:
    """Return the cosine between two samples that are not zero."""
    inner = exact_layer.inner
    scale = arb(1)
    for point in (first, second):
        square = inner(point, point)
        scale *= (arb(square.numerator) / square.denominator).sqrt()
    value = inner(first, second)
    return arb(value.numerator) / value.denominator / scale


def steps() -> tuple[Step, ...]:
    """Return the invariance: after recentring the two values are antipodal."""
    y, z = sp.symbols("y z", real=True)
    k = closed_forms.k
    mean = ((n - k) * y + k * z) / n
    return (
        Identity("recentring moves y to (k/n)(y − z)", y - mean, k / n * (y - z)),
        Identity("and z to −((n−k)/n)(y − z)", z - mean, -(n - k) / n * (y - z)),
    )

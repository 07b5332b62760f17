"""The norms of dong2021: largest column and row sums, and their geometric mean."""

from __future__ import annotations

from functools import reduce

from flint import arb

from depthlaw.theory.attention import Rows
from depthlaw.theory.attention.softmax import transposed
from depthlaw.theory.rigorous.balls import ball


def _largest(values: list[arb]) -> arb:
    return reduce(lambda a, b: a.max(b), values)


def largest_row(rows: Rows) -> arb:
    """Return ‖M‖_∞, the largest sum of absolute values in a row."""
    return _largest(
        [
            sum((abs(x if isinstance(x, arb) else ball(x)) for x in row), start=arb(0))
            for row in rows
        ]
    )


def largest_column(rows: Rows) -> arb:
    """Return ‖M‖₁, the largest sum of absolute values in a column."""
    return largest_row(transposed(rows))


def composite(rows: Rows) -> arb:
    """Return ‖M‖_{1,∞} = √(‖M‖₁‖M‖_∞).

    >>> from fractions import Fraction
    >>> composite(((Fraction(2), Fraction(2)),)).overlaps(arb(8).sqrt())
    True
    """
    return (largest_row(rows) * largest_column(rows)).sqrt()

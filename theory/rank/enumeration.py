"""Means over all weight matrices with finitely many values: exact, and free of any expansion rule.

The coefficients of E‖M⁺‖_F² and of E log pdet(M⁺) in γ are rational and found without a moment ever
being replaced; at a given γ the first mean is rational and the second a ball.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from itertools import product
from math import prod

from flint import arb, fmpq

from depthlaw.theory.errors import ArgumentError, positive
from depthlaw.theory.network.weight_law import WeightLaw
from depthlaw.theory.rank.layer import (
    Entry,
    Neuron,
    neuron,
    range_basis,
    share,
    square_cosine,
    volume,
)
from depthlaw.theory.rank.series import Series, fraction, rational
from depthlaw.theory.rank.weights import rows
from depthlaw.theory.rigorous.matrices import RationalMatrix

MOST_TERMS = 2**16
"""Sums of more terms than this are refused."""


def _neurons(
    matrix: RationalMatrix, law: WeightLaw, residual: Entry, together: int
) -> list[list[tuple[fmpq, Neuron]]]:
    """Return, for each neuron, all that it can become, with probabilities.

    Raises
    ------
    ArgumentError
        If `together` rows of weights have more than `MOST_TERMS` values.
    """
    d = len(matrix)
    if len(law.values) ** (d * together) > MOST_TERMS:
        raise ArgumentError(
            "width",
            d,
            f"the mean has {len(law.values)}^{d * together} terms, for at most {MOST_TERMS}: "
            "narrow the layer",
        )
    choices = [(rational(p), [rational(w) for w in row]) for p, row in rows(law, d)]
    return [[(p, neuron(matrix, i, row, residual)) for p, row in choices] for i in range(d)]


def _mean_square_norm(matrix: RationalMatrix, law: WeightLaw, residual: Entry) -> Entry:
    """Return E‖M⁺‖_F²: a pair of neurons needs the two rows of weights that it has."""
    choices = _neurons(matrix, law, residual, together=2)
    pairs = (
        p * q * square_cosine(u, v)
        for i, first in enumerate(choices)
        for second in choices[:i]
        for p, u in first
        for q, v in second
    )
    return 2 * sum(pairs, 0 * residual) + len(matrix)


def _mean_over_volumes(
    matrix: RationalMatrix,
    law: WeightLaw,
    residual: Entry,
    basis: RationalMatrix,
    log: Callable[[fmpq, Entry], Entry | arb],
    zero: Entry | arb,
) -> Entry | arb:
    """Return the sum of log(p, volume) over all weight matrices, p their probability."""
    shares = [
        [(p, share(found, basis)) for p, found in choices]
        for choices in _neurons(matrix, law, residual, together=len(matrix))
    ]
    terms = (
        log(prod((p for p, _ in chosen), start=fmpq(1)), volume([s for _, s in chosen], basis))
        for chosen in product(*shares)
    )
    return sum(terms, zero)


def square_norm_series(matrix: RationalMatrix, law: WeightLaw, order: int) -> tuple[Fraction, ...]:
    """Return the coefficients of E[‖M⁺‖_F² | M] in γ, up to γ^`order`.

    Parameters
    ----------
    matrix
        M, unit diagonal, shape (d, d).
    law
        Law of a weight.
    order
        At least 1.

    Raises
    ------
    ArgumentError
        If two rows of weights have more than `MOST_TERMS` values.

    Examples
    --------
    A symmetric law has no odd terms:

    >>> from depthlaw.theory.rank.weights import RADEMACHER
    >>> half = Fraction(1, 2)
    >>> square_norm_series(((1, half), (half, 1)), RADEMACHER, 3)[1::2] == (0, 0)
    True
    """
    found = _mean_square_norm(matrix, law, Series.variable(order))
    assert isinstance(found, Series)
    return found.fractions()


def mean_square_norm(matrix: RationalMatrix, law: WeightLaw, residual: Fraction) -> Fraction:
    """Return E[‖M⁺‖_F² | M] at γ = `residual` > 0, exactly.

    >>> from depthlaw.theory.rank.weights import RADEMACHER
    >>> mean_square_norm(((1, 1), (1, 1)), RADEMACHER, Fraction(1, 10)) == 4
    True
    """
    return fraction(_mean_square_norm(matrix, law, rational(positive("residual", residual))))


def log_volume_series(
    matrix: RationalMatrix, law: WeightLaw, order: int, basis: RationalMatrix | None = None
) -> tuple[Fraction, ...]:
    """Return the coefficients of E[log pdet(M⁺) − log pdet(M) | M] in γ, up to γ^`order`.

    Parameters
    ----------
    matrix
        M, unit diagonal, shape (d, d).
    law
        Law of a weight.
    order
        At least 1.
    basis
        Vectors (as rows) whose volume is followed instead of that of M's range: the linearised
        layer at M.

    Raises
    ------
    ArgumentError
        If there are more than `MOST_TERMS` weight matrices.

    Examples
    --------
    Rank one stays rank one, with trace d:

    >>> from depthlaw.theory.rank.weights import SKEWED
    >>> log_volume_series(((1, -1), (-1, 1)), SKEWED, 3) == (0, 0, 0, 0)
    True
    """
    gamma = Series.variable(order)
    B = range_basis(matrix) if basis is None else basis
    found = _mean_over_volumes(matrix, law, gamma, B, lambda p, v: p * v.log(), 0 * gamma)
    assert isinstance(found, Series)
    return found.fractions()


def mean_log_volume(matrix: RationalMatrix, law: WeightLaw, residual: Fraction) -> arb:
    """Return a ball around E[log pdet(M⁺) − log pdet(M) | M] at γ = `residual`.

    Raises
    ------
    ArgumentError
        If γ is not below 1/(d max|w|), where I + γW may be singular, or there are more than
        `MOST_TERMS` weight matrices.

    Examples
    --------
    >>> from depthlaw.theory.rank.weights import RADEMACHER
    >>> mean_log_volume(((1, 1), (1, 1)), RADEMACHER, Fraction(1, 10)).contains(0)
    True
    """
    limit = 1 / (len(matrix) * law.largest)
    if positive("residual", residual) >= limit:
        raise ArgumentError(
            "residual", residual, f"it must be below 1/(width·max|w|) = {limit}, or I + γW may be "
            "singular"
        )  # fmt: skip
    return _mean_over_volumes(
        matrix,
        law,
        rational(residual),
        range_basis(matrix),
        lambda p, v: arb(p) * arb(v).log(),
        arb(0),
    )

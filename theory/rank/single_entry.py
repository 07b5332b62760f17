"""Weights with a single entry: what second and third order in γ need, at any width.

Let f(γW) be smooth with W = 0 unchanged. Its term of order two is a quadratic form in the entries
of W, and its term of order three a cubic one. If the entries are independent with mean 0, variance
1 and third moment κ₃, only squares and cubes of single entries have a mean: with E_ab the matrix
whose one entry is 1,

    E[γ²] f(γW) = Σ_ab [γ²] f(γE_ab),    E[γ³] f(γW) = κ₃ Σ_ab [γ³] f(γE_ab).

Nothing else of the law of W enters. The sums have d² terms, so the width is not limited as it is
where weight matrices are enumerated.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

from flint import fmpq

from depthlaw.theory.rank.layer import Neuron, neuron, range_basis, share, square_norm, volume
from depthlaw.theory.rank.series import Series
from depthlaw.theory.rigorous.matrices import RationalMatrix


def _total(
    matrix: RationalMatrix, order: int, functional: Callable[[Sequence[Neuron]], Series]
) -> Fraction:
    """Return Σ_ab [γ^`order`] of a functional of the next layer's neurons."""
    d, gamma = len(matrix), Series.variable(order)
    still = [neuron(matrix, i, [fmpq(0)] * d, gamma) for i in range(d)]
    total = 0 * gamma
    for a in range(d):
        for b in range(d):
            changed = neuron(matrix, a, [fmpq(int(k == b)) for k in range(d)], gamma)
            total = total + functional([*still[:a], changed, *still[a + 1 :]])
    return total.fractions()[order]


def square_norm_coefficient(matrix: RationalMatrix, order: int) -> Fraction:
    """Return Σ_ab [γ^`order`] ‖M⁺‖_F² over single-entry weights, `order` 2 or 3.

    >>> from depthlaw.theory.rank.weights import SKEWED
    >>> from depthlaw.theory.rank.enumeration import square_norm_series
    >>> M = ((1, Fraction(1, 3)), (Fraction(1, 3), 1))
    >>> skew = SKEWED.moment(3)
    >>> square_norm_series(M, SKEWED, 3)[3] == skew * square_norm_coefficient(M, 3)
    True
    """
    if len(matrix) == 1:
        return Fraction(0)  # one neuron has no pair
    return _total(matrix, order, square_norm)


def log_volume_coefficient(
    matrix: RationalMatrix, order: int, basis: RationalMatrix | None = None
) -> Fraction:
    """Return Σ_ab [γ^`order`] log(pdet M⁺/pdet M) over single-entry weights, `order` 2 or 3.

    `basis` as in `depthlaw.theory.rank.enumeration.log_volume_series`.

    >>> log_volume_coefficient(((1, 0), (0, 1)), 2) == 2 * 2 - 2**2 - 2
    True
    """
    B = range_basis(matrix) if basis is None else basis
    return _total(
        matrix, order, lambda neurons: volume([share(found, B) for found in neurons], B).log()
    )

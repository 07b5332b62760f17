"""Moments in balls by one integral for each pair, for sums of exponentials on intervals.

ELU, SELU, hard tanh and their kin have kinks and no closed kernel: the Hermite series of φ′ is slow
where the inputs are alike, and E[φ(Y) | X] is closed.
"""

from __future__ import annotations

import numpy as np
from flint import arb, ctx
from numpy.typing import NDArray

from depthlaw.theory.activations.definition import Activation
from depthlaw.theory.errors import DepthlawError
from depthlaw.theory.kernels.conditional import conditional_covariance, smoothable
from depthlaw.theory.kernels.scaled import scaled_coefficients, square_mean
from depthlaw.theory.tangent.features import Entries, Moments
from depthlaw.theory.tangent.formulas import why_no_slope

_GUARD = 28
"""Bits of the working precision that an integral need not reach."""


def integral_moments(phi: Activation, K: Entries, same: NDArray[np.bool_]) -> Moments | None:
    """Return the moments of φ, or None where φ or φ′ is not of the form.

    >>> from depthlaw.theory.activations import activation
    >>> from depthlaw.theory.rigorous.balls import precision
    >>> K = np.array([[arb(1), arb(0)], [arb(0), arb(1)]], dtype=object)
    >>> with precision(128):
    ...     found = integral_moments(activation("hard_tanh"), K, np.eye(2, dtype=bool))
    >>> mass = (arb(1) / arb(2).sqrt()).erf()  # P(|X| < 1)
    >>> found.slope[0, 0].overlaps(mass), found.slope[0, 1].overlaps(mass**2)
    (True, True)
    """
    lost = why_no_slope(phi)
    functions = [phi] if lost is not None else [phi, phi.derivative()]
    if any(smoothable(function) is None for function in functions):
        return None
    bits = ctx.prec - _GUARD
    tables = []
    for function in functions:
        table = np.empty(K.shape, dtype=object)
        for i in range(len(K)):
            table[i, i] = square_mean(function, K[i, i], bits)
            for j in range(i):
                value = table[i, i] if same[i, j] else _pair(function, K, i, j, bits)
                table[i, j] = table[j, i] = value
        tables.append(table)
    means = np.empty(len(K), dtype=object)
    for i in range(len(K)):
        means[i] = scaled_coefficients(phi, K[i, i], 0, bits)[0]
    return Moments(tables[0], tables[1] if lost is None else None, means, lost)


def _pair(function: Activation, K: Entries, i: int, j: int, bits: int) -> arb:
    q1, q2, r = K[i, i], K[j, j], K[i, j]
    given = q2 - r * r / q1
    if not given > 0:
        return arb.nan()
    try:
        value = conditional_covariance(function, q1, r / q1.sqrt(), given, q2, bits)
    except DepthlawError:
        value = None
    return arb.nan() if value is None else value

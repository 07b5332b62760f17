"""Three independent routes to the same coefficients c_k = E[φ(x) h_k(x)], x ~ N(0, 1).

=============  =====================================================================================
route          what it stands on
=============  =====================================================================================
`exact`        the rule table: integration by parts and generating functions, term by term (SymPy)
`enclosed`     quadrature in ball arithmetic on φ itself, split at its breakpoints, explicit tail
`quadrature`   the function of arrays at Gauss–Legendre nodes, split at its breakpoints (floats)
=============  =====================================================================================
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import pairwise

import numpy as np
import sympy as sp
from flint import arb
from numpy.typing import NDArray

from depthlaw.theory.activations.definition import Activation, Parity, takes_activation
from depthlaw.theory.errors import ArgumentError, integer
from depthlaw.theory.hermite.mean import segments
from depthlaw.theory.rigorous.balls import ball, float_bounds, precision
from depthlaw.theory.rigorous.gaussian import Segment
from depthlaw.theory.rigorous.panels import hermite_integrals, working_bits
from depthlaw.theory.rigorous.zero import ball_of, sign_of
from depthlaw.theory.terms.rule_table import Term, decompose

HIGHEST_ORDER = 200
"""The highest order of a Hermite coefficient that is computed."""

Array = NDArray[np.float64]


def check_order(order: int) -> int:
    """Return `order` if it is a whole number from 0 to `HIGHEST_ORDER`."""
    value = integer("order", order, at_least=0)
    if value > HIGHEST_ORDER:
        raise ArgumentError("order", value, f"it may be at most {HIGHEST_ORDER}")
    return value


@takes_activation
def exact(activation: Activation, order: int) -> tuple[sp.Expr, ...] | None:
    """Return c_0, …, c_`order` in closed form, or None where the rule table has none.

    Raises
    ------
    ArgumentError
        If `order` is negative or above `HIGHEST_ORDER`.

    Examples
    --------
    >>> from depthlaw.theory.activations import activation
    >>> c = exact(activation("exp"), 3)
    >>> [sp.simplify(c[k] * sp.sqrt(sp.factorial(k)) - sp.exp(sp.Rational(1, 2))) for k in range(4)]
    [0, 0, 0, 0]
    """
    terms = decompose(activation.pieces)
    if terms is None:
        return None
    K = check_order(order)
    parity = activation.parity
    sums = [sp.Integer(0)] * (K + 1)
    for term in terms:
        sums = [a + b for a, b in zip(sums, term.moments(K), strict=True)]
    return tuple(
        sp.Integer(0)
        if vanishes(parity, k) or _is_zero(value)
        else value.doit() / sp.sqrt(sp.factorial(k))
        for k, value in enumerate(sums)
    )


def _is_zero(number: sp.Expr) -> bool:
    """Whether a number is zero: algebra is only tried where a ball does not refute it."""
    if number == 0:
        return True
    with precision(128):
        return bool(ball_of(number).contains(0)) and sign_of(number) == 0


def vanishes(parity: Parity, k: int) -> bool:
    """Whether c_k is zero because φ is even and k odd, or the reverse."""
    return (parity is Parity.EVEN and k % 2 == 1) or (parity is Parity.ODD and k % 2 == 0)


def recurrence(terms: Sequence[Term], order: int, bits: int) -> tuple[arb, ...]:
    """Return balls around c_0, …, c_`order` of a sum of terms, by the recurrences of their rules.

    They are narrower than 2^{−`bits`}: the working precision is doubled until they are.
    """
    working = bits + 64
    while True:
        with precision(working):
            sums = [arb(0)] * (order + 1)
            for term in terms:
                sums = [a + b for a, b in zip(sums, term.coefficients(order), strict=True)]
            if all(value.rad() < arb(2) ** -bits for value in sums):
                return tuple(sums)
        working *= 2


@takes_activation
def enclosed(activation: Activation, order: int, bits: int = 90) -> tuple[arb, ...]:
    """Return balls around c_0, …, c_`order`, of absolute width about 2^{−`bits`}.

    Beyond |x| = R, |E[φ h_k; |x| > R]| ≤ √E[φ²; |x| > R] by Cauchy and Schwarz, and the growth
    bound of φ bounds that. Coefficients that vanish by parity are exactly 0.

    Raises
    ------
    ArgumentError
        If `order` is negative or above `HIGHEST_ORDER`.

    Examples
    --------
    >>> from depthlaw.theory.activations import activation
    >>> c = enclosed(activation("abs"), 2)
    >>> bool(c[0].overlaps((2 / arb.pi()).sqrt())), c[1] == 0
    (True, True)
    """
    return enclosed_to(activation, check_order(order), integer("bits", bits, at_least=2))


@lru_cache(maxsize=256)
def enclosed_to(activation: Activation, order: int, bits: int) -> tuple[arb, ...]:
    """Return what `enclosed` does, to any order."""
    K = order
    radius = activation.growth.radius(bits)
    with precision(working_bits(float(radius), K, bits)):
        parts = segments(activation.pieces, ball(radius))
    folded = activation.parity is not Parity.NEITHER
    if folded:
        parts = _positive_half(parts)
    sums = hermite_integrals(parts, K, bits)
    tail = activation.growth.square_beyond(radius).sqrt()
    with precision(2 * bits):
        result = [value + arb(0, tail.abs_upper()) / (2 if folded else 1) for value in sums]
        if folded:
            parity = activation.parity
            result = [arb(0) if vanishes(parity, k) else 2 * c for k, c in enumerate(result)]
    return tuple(result)


def _positive_half(parts: list[Segment]) -> list[Segment]:
    zero = arb(0)
    return [replace(part, lower=part.lower.max(zero)) for part in parts if part.upper > 0]


@takes_activation
def quadrature(activation: Activation, order: int) -> tuple[Array, Array]:
    """Return c_0, …, c_`order` as floats and a bound on their rounding, of shape (order + 1,).

    40 Gauss–Legendre nodes on every unit of the line between −R and R, split at the breakpoints.
    The bound counts rounding only: 4(k + 40)ε times the sum of the absolute values of the terms.

    Raises
    ------
    ArgumentError
        If `order` is negative or above `HIGHEST_ORDER`.
    """
    K = check_order(order)
    reach = float(activation.growth.radius(60))
    cuts = [float_bounds(ball_of(cut))[0] for cut in activation.breakpoints]
    ends = [-reach, *(cut for cut in cuts if -reach < cut < reach), reach]
    nodes, weights = np.polynomial.legendre.leggauss(40)
    points, masses = [], []
    for lower, upper in pairwise(ends):
        panels = np.linspace(lower, upper, max(1, int(np.ceil(upper - lower))) + 1)
        half, centre = np.diff(panels)[:, None] / 2, (panels[1:] + panels[:-1])[:, None] / 2
        points.append((centre + half * nodes).ravel())
        masses.append((half * weights).ravel())
    x, w = np.concatenate(points), np.concatenate(masses)
    value = activation.function(x) * w * np.exp(-x * x / 2) / np.sqrt(2 * np.pi)
    result, rounding = np.empty(K + 1), np.empty(K + 1)
    before, now = np.zeros_like(x), np.ones_like(x)
    for k in range(K + 1):
        result[k] = value @ now
        rounding[k] = 4 * (k + 40) * np.finfo(float).eps * (np.abs(value) @ np.abs(now))
        before, now = now, (x * now - np.sqrt(k) * before) / np.sqrt(k + 1)
    return result, rounding

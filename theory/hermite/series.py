"""The Hermite expansion of an activation, with its remainder by Parseval's identity.

Σ_{k≥0} c_k² = E φ², so that what K + 1 coefficients leave out is known: E φ² − Σ_{k≤K} c_k². A
truncated series without it is not a number.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache

import sympy as sp
from flint import arb

from depthlaw.theory.activations.definition import Activation, takes_activation
from depthlaw.theory.errors import integer
from depthlaw.theory.hermite.mean import second_moment
from depthlaw.theory.hermite.routes import (
    HIGHEST_ORDER,
    check_order,
    enclosed_to,
    exact,
    recurrence,
    vanishes,
)
from depthlaw.theory.rigorous.balls import precision
from depthlaw.theory.rigorous.zero import ball_of
from depthlaw.theory.terms.rule_table import decompose
from depthlaw.theory.values import Enclosure, Exact

ACCURACY = 90
"""Bits of the default expansion: coefficients to about 2^{−90}."""


@dataclass(frozen=True)
class HermiteSeries:
    """Balls around c_0, …, c_K and the remainder Σ_{k>K} c_k².

    Attributes
    ----------
    coefficients
        K + 1 balls.
    second_moment
        A ball around E φ².
    remainder
        An upper bound on Σ_{k>K} c_k², from Parseval's identity.
    bits
        The precision at which sums of the coefficients keep their accuracy.
    """

    coefficients: tuple[arb, ...]
    second_moment: arb
    remainder: arb
    bits: int

    @property
    def order(self) -> int:
        """K."""
        return len(self.coefficients) - 1

    @cached_property
    def squares(self) -> tuple[arb, ...]:
        """Balls around c_k²."""
        with precision(self.bits):
            return tuple(c * c for c in self.coefficients)

    @cached_property
    def captured(self) -> arb:
        """A ball around Σ_{k≤K} c_k²."""
        with precision(self.bits):
            return sum(self.squares, start=arb(0))


@takes_activation
def series(
    activation: Activation, order: int = HIGHEST_ORDER, bits: int = ACCURACY
) -> HermiteSeries:
    """Return the expansion of `activation` to `order`.

    Raises
    ------
    ArgumentError
        If `order` is negative or above `HIGHEST_ORDER`.

    Examples
    --------
    >>> from depthlaw.theory.activations import activation
    >>> s = series(activation("tanh"))
    >>> s.captured < s.second_moment, s.remainder < arb("1e-15")
    (True, True)
    """
    return expansion(activation, check_order(order), integer("bits", bits, at_least=2))


@lru_cache(maxsize=256)
def expansion(activation: Activation, order: int, bits: int) -> HermiteSeries:
    """Return the expansion to any order, for those who ask for more digits than usual."""
    K = order
    working = 2 * bits + 76
    terms = decompose(activation.pieces)
    if terms is None:
        balls = enclosed_to(activation, K, bits)
    else:
        known, parity = recurrence(terms, K, bits), activation.parity
        balls = tuple(arb(0) if vanishes(parity, k) else c for k, c in enumerate(known))
    with precision(working):
        total = ball_of(second_moment(activation))
        left = total - sum((c * c for c in balls), start=arb(0))
        remainder = left.upper().max(arb(0))
        if terms is not None and all(term.terminates and term.power <= K for term in terms):
            # A polynomial of at most that degree: its expansion ends.
            remainder = arb(0)
    return HermiteSeries(balls, total, remainder, working)


@takes_activation
def coefficients(activation: Activation, order: int) -> tuple[Exact | Enclosure, ...]:
    """Return c_0, …, c_`order`: exact where the rule table has them, else enclosed.

    Raises
    ------
    ArgumentError
        If `order` is negative or above `HIGHEST_ORDER`.

    Examples
    --------
    >>> from depthlaw.theory.activations import activation
    >>> [c.lower for c in coefficients(activation("identity"), 3)]
    [0.0, 1.0, 0.0, 0.0]
    """
    closed = exact(activation, order)
    if closed is not None:
        return tuple(Exact(value) for value in closed)
    K = check_order(order)
    return tuple(
        Exact(sp.Integer(0)) if ball == 0 else Enclosure(ball)
        for ball in series(activation, max(K, 1)).coefficients[: K + 1]
    )

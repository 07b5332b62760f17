"""Laws of a weight with finitely many rational values: every mean over a layer is a finite sum."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from math import prod

from depthlaw.theory.errors import ArgumentError, positive


@dataclass(frozen=True)
class WeightLaw:
    """The law of one entry of W: mean 0 and variance 1, as the paper assumes.

    Parameters
    ----------
    name
        What reports call it.
    values, probabilities
        Different values that an entry takes, and with which probabilities; of equal length.

    Raises
    ------
    ArgumentError
        If a value occurs twice, the probabilities are not positive with sum 1, the mean is not 0
        or the variance is not 1.

    Examples
    --------
    >>> WeightLaw("coin", (Fraction(0), Fraction(1)), (Fraction(1, 2), Fraction(1, 2)))
    Traceback (most recent call last):
    ...
    depthlaw.theory.errors.ArgumentError: values = 0, 1: their mean is 1/2, it must be 0
    """

    name: str
    values: tuple[Fraction, ...]
    probabilities: tuple[Fraction, ...]

    def __post_init__(self) -> None:
        shown = ", ".join(map(str, self.values))
        weights = self.probabilities
        if len(set(self.values)) < len(self.values):
            raise ArgumentError("values", shown, "a value occurs twice: add its probabilities up")
        if len(self.values) != len(weights) or sum(weights) != 1 or min(weights) <= 0:
            raise ArgumentError(
                "probabilities",
                ", ".join(map(str, weights)),
                "give one above 0 for each value, with sum 1",
            )
        if self.moment(1) != 0:
            raise ArgumentError("values", shown, f"their mean is {self.moment(1)}, it must be 0")
        if self.moment(2) != 1:
            raise ArgumentError(
                "values", shown, f"their variance is {self.moment(2)}, it must be 1 (not 1/width)"
            )

    def moment(self, order: int) -> Fraction:
        """Return E w^`order`."""
        pairs = zip(self.values, self.probabilities, strict=True)
        return sum((p * value**order for value, p in pairs), start=Fraction(0))

    @property
    def largest(self) -> Fraction:
        """The largest |w|."""
        return max(abs(value) for value in self.values)

    def rows(self, width: int) -> Iterator[tuple[Fraction, tuple[Fraction, ...]]]:
        """Yield every row of `width` independent entries, with its probability.

        >>> sum(p for p, _ in THREE_VALUED.rows(2)) == 1
        True
        """
        weighted = list(zip(self.values, self.probabilities, strict=True))
        for entries in product(weighted, repeat=width):
            yield prod((p for _, p in entries), start=Fraction(1)), tuple(w for w, _ in entries)


def symmetric(law: WeightLaw) -> WeightLaw:
    """Return the law if w and −w have it alike.

    Raises
    ------
    ArgumentError
        If not: the odd terms in γ, from γ³ on, do not vanish then.

    Examples
    --------
    >>> symmetric(SKEWED)
    Traceback (most recent call last):
    ...
    depthlaw.theory.errors.ArgumentError: law = 2 or −1/2: it is not symmetric, and leaves terms \
of order γ³: take a law that w and −w share
    """
    chances = dict(zip(law.values, law.probabilities, strict=True))
    if any(chances.get(-value) != chance for value, chance in chances.items()):
        raise ArgumentError(
            "law",
            law.name,
            "it is not symmetric, and leaves terms of order γ³: take a law that w and −w share",
        )
    return law


def two_valued(high: Fraction | int) -> WeightLaw:
    """Return the law on `high` > 0 and −1/`high`: every law with two values is one of these.

    Its third moment is `high` − 1/`high`; it is symmetric iff `high` is 1.

    >>> two_valued(Fraction(5, 3)).moment(3) == Fraction(5, 3) - Fraction(3, 5)
    True
    """
    a = positive("high", Fraction(high))
    if a == 1:
        return WeightLaw("±1", (-a, a), (Fraction(1, 2), Fraction(1, 2)))
    rare = 1 / (1 + a * a)
    return WeightLaw(f"{a} or −{1 / a}", (a, -1 / a), (rare, 1 - rare))


def three_valued(high: Fraction | int) -> WeightLaw:
    """Return the symmetric law on 0 and ±`high`, `high` > 1, of fourth moment `high`².

    >>> three_valued(Fraction(3, 2)).moment(4) == Fraction(9, 4)
    True
    """
    a = Fraction(high)
    if a <= 1:
        raise ArgumentError("high", high, "it must be above 1, since the variance is 1")
    rare = 1 / (2 * a * a)
    return WeightLaw(f"0 or ±{a}", (-a, Fraction(0), a), (rare, 1 - 2 * rare, rare))


RADEMACHER = two_valued(1)
"""Symmetric, the smallest fourth moment at variance 1."""
THREE_VALUED = three_valued(2)
"""Symmetric, fourth moment 4: the γ⁴ term is not that of ±1."""
SKEWED = two_valued(2)
"""Not symmetric: third moment 3/2."""

"""A law of weights of one's own: finitely many values with exact probabilities."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import accumulate
from typing import Any

from depthlaw.theory.errors import ArgumentError, finite, instance, items, plain, text

LARGEST_DENOMINATOR = 2**62
"""Of all probabilities together: draws are whole numbers below it, so that no probability is
rounded."""


@dataclass(frozen=True)
class WeightLaw:
    """Independent entries that take finitely many values, with mean 0 and variance 1.

    Parameters
    ----------
    values
        Distinct real numbers: int, `Fraction`, float (taken exactly) or SymPy numbers such as
        ``sympy.sqrt(3)``.
    probabilities
        Of the values, in the same order: int or `Fraction` above 0, of sum 1.
    name
        What reports call the law; its values unless given.

    Raises
    ------
    ArgumentError
        If these are no probabilities, or the law has another mean or variance: the message gives
        it. A law that is not symmetric is a law, but no network takes it (`symmetric`).

    Examples
    --------
    Rademacher weights are the symmetric law on two points with variance 1:

    >>> half = Fraction(1, 2)
    >>> rademacher = WeightLaw((-1, 1), (half, half))
    >>> rademacher.moment(2) == rademacher.moment(4) == 1
    True
    >>> WeightLaw((-2, 2), (half, half))
    Traceback (most recent call last):
    ...
    depthlaw.theory.errors.ArgumentError: weights = a law of variance 4: divide its values by \
the square root of that, for variance 1
    """

    values: tuple[Any, ...]
    probabilities: tuple[Fraction, ...]
    name: str = field(default="", compare=False)

    def __post_init__(self) -> None:
        values = [_exact(value) for value in items("values", self.values, "numbers")]
        shares = [_share(share) for share in items("probabilities", self.probabilities, "numbers")]
        text("name", self.name)
        if len(values) != len(shares):
            raise ArgumentError(
                "probabilities", f"{len(shares)} of them", "give one for each value"
            )
        if not values or sum(shares) != 1:
            raise ArgumentError("probabilities", f"a sum of {sum(shares)}", "they must add up to 1")
        law = sorted(zip(values, shares, strict=True), key=lambda pair: float(pair[0]))
        object.__setattr__(self, "values", tuple(value for value, _ in law))
        object.__setattr__(self, "probabilities", tuple(share for _, share in law))
        if any(_is_zero(a - b) for a, b in zip(self.values, self.values[1:], strict=False)):
            raise ArgumentError("values", self.describe(), "name each value once")
        mean, variance = self.moment(1), self.moment(2)
        if not _is_zero(mean):
            raise ArgumentError("weights", f"a law of mean {mean}", "subtract that from its values")
        if not _is_zero(variance - 1):
            raise ArgumentError(
                "weights",
                f"a law of variance {variance}",
                "divide its values by the square root of that, for variance 1",
            )
        if self.denominator > LARGEST_DENOMINATOR:
            raise ArgumentError(
                "probabilities", self.denominator, "their common denominator is at most 2⁶²"
            )
        if not self.name:
            object.__setattr__(self, "name", " or ".join(map(str, self.values)))

    def moment(self, order: int) -> Any:
        """Return E w^order, order ≥ 0, exactly: a `Fraction` or a SymPy number."""
        terms = zip(self.values, self.probabilities, strict=True)
        return sum((_times(share, value**order) for value, share in terms), Fraction(0))

    @property
    def largest(self) -> Any:
        """The largest |w|."""
        return max(-self.values[0], self.values[-1], key=float)

    @property
    def asymmetry(self) -> Any:
        """A value that occurs more or less often than its negative; None for a symmetric law."""
        law = list(zip(self.values, self.probabilities, strict=True))
        for (low, share), (high, mirrored) in zip(law, reversed(law), strict=True):
            if not _is_zero(low + high) or share != mirrored:
                return low
        return None

    @property
    def denominator(self) -> int:
        """The least common denominator of the probabilities."""
        return math.lcm(*(share.denominator for share in self.probabilities))

    @property
    def thresholds(self) -> tuple[int, ...]:
        """Cumulative probabilities times `denominator`; the last is the denominator itself."""
        scale = self.denominator
        return tuple(accumulate(int(share * scale) for share in self.probabilities))

    def describe(self) -> str:
        """Return the text that `parse_layer` reads back, ``law=value@probability;…``."""
        pairs = zip(self.values, self.probabilities, strict=True)
        return "law=" + ";".join(f"{value}@{share}".replace(" ", "") for value, share in pairs)

    def __str__(self) -> str:
        return self.describe()


def symmetric(law: WeightLaw) -> WeightLaw:
    """Return the law if w and −w have it alike.

    Raises
    ------
    ArgumentError
        If not: the theory of daneshmand2020 assumes it.

    Examples
    --------
    >>> symmetric(WeightLaw((2, Fraction(-1, 2)), (Fraction(1, 5), Fraction(4, 5))))
    Traceback (most recent call last):
    ...
    depthlaw.theory.errors.ArgumentError: weights = a law with the value -1/2: give 1/2 the same \
probability
    """
    value = instance("law", law, WeightLaw, "a WeightLaw").asymmetry
    if value is not None:
        raise ArgumentError(
            "weights", f"a law with the value {value}", f"give {-value} the same probability"
        )
    return law


def _share(given: object) -> Fraction:
    share = finite("probabilities", given)
    if (isinstance(share, float) and not share.is_integer()) or share <= 0:
        raise ArgumentError(
            "probabilities", given, "give exact ones above 0, such as Fraction(1, 2)"
        )
    return Fraction(share)


def _exact(value: Any) -> Any:
    """Return a `Fraction` where the value is rational, else the SymPy number."""
    number = _rational_or_symbolic(value)
    if abs(number) > LARGEST_DENOMINATOR:
        # With a probability of at least 1/LARGEST_DENOMINATOR its variance is far above 1.
        raise ArgumentError("values", value, "variance 1 leaves no room for one above 2⁶²")
    return number


def _rational_or_symbolic(value: Any) -> Any:
    value = plain(value)
    if isinstance(value, int | float | Fraction):
        return Fraction(finite("values", value))
    # SymPy is only looked at where one of its numbers is given.
    if not (getattr(value, "is_number", False) and getattr(value, "is_real", False)):
        raise ArgumentError("values", value, "give real numbers: int, Fraction or SymPy's")
    if value.is_Rational:
        return Fraction(int(value.p), int(value.q))
    return value


def _times(share: Fraction, value: Any) -> Any:
    if isinstance(value, Fraction):
        return share * value
    # SymPy does not know the fractions of the standard library.
    return value * share.numerator / share.denominator


def _is_zero(number: Any) -> bool:
    return bool(number == 0 if isinstance(number, Fraction) else number.equals(0))

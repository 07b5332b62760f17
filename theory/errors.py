"""What a user did wrong, in one sentence: the argument, its value, what to do.

Every check of an argument in the package goes through the functions below, once, at the boundary;
past it the code trusts its input.
"""

from __future__ import annotations

import math
from difflib import get_close_matches
from fractions import Fraction
from typing import TYPE_CHECKING, Any, SupportsIndex, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable

Real = TypeVar("Real", int, float, Fraction)


class DepthlawError(ValueError):
    """A mistake in what was asked; the message is one sentence meant for the user."""


class ArgumentError(DepthlawError):
    """An argument has an impossible value.

    The message always has the same shape.

    >>> raise ArgumentError("width", -3, "it must be at least 1")
    Traceback (most recent call last):
    ...
    depthlaw.theory.errors.ArgumentError: width = -3: it must be at least 1
    """

    def __init__(self, argument: str, value: object, advice: str) -> None:
        super().__init__(f"{argument} = {value}: {advice}")
        self.argument = argument
        self.value = value
        self.advice = advice

    def __reduce__(self) -> tuple[Any, ...]:
        # Exceptions are rebuilt from ``args`` when they cross a process boundary; ours has three.
        return type(self), (self.argument, self.value, self.advice)


class UnknownNameError(DepthlawError):
    """A name that does not exist, with the nearest ones that do."""

    def __init__(self, what: str, name: str, known: Iterable[str]) -> None:
        names = sorted(known)
        near = get_close_matches(name, names, n=3, cutoff=0.6)
        if near:
            advice = f"did you mean {' or '.join(near)}?"
        else:
            shown = ", ".join(names[:8]) + (", …" if len(names) > 8 else "")
            advice = f"known are {shown}" if names else "none is known"
        super().__init__(f"{what} = {name}: there is no such {what}; {advice}")
        self.what, self.name, self.known = what, name, names

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.what, self.name, self.known)


def integer(argument: str, value: object, *, at_least: int = 1) -> int:
    """Return `value` as an int no smaller than `at_least`; booleans and floats are refused."""
    if isinstance(value, bool) or not isinstance(value, SupportsIndex):
        raise ArgumentError(argument, value, f"it must be a whole number of at least {at_least}")
    number = value.__index__()
    if number < at_least:
        raise ArgumentError(argument, number, f"it must be at least {at_least}")
    return number


def finite(argument: str, value: Real) -> Real:
    """Return `value` if it is a finite real number."""
    if isinstance(value, bool) or not isinstance(value, int | float | Fraction):
        raise ArgumentError(argument, value, "it must be a real number")
    if isinstance(value, float) and not math.isfinite(value):
        raise ArgumentError(argument, value, "it must be finite")
    return value


def positive(argument: str, value: Real) -> Real:
    """Return `value` if it is a finite real number above zero."""
    if finite(argument, value) <= 0:
        raise ArgumentError(argument, value, "it must be above 0")
    return value


def probability(argument: str, value: float) -> float:
    """Return `value` if it lies strictly between 0 and 1."""
    if not 0 < finite(argument, float(value)) < 1:
        raise ArgumentError(argument, value, "it must lie strictly between 0 and 1")
    return float(value)

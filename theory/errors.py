"""What a user did wrong, in one sentence: the argument, its value, what to do.

Every check of an argument in the package goes through the functions below, once, at the boundary;
past it the code trusts its input. Each returns the argument as a plain Python value: NumPy scalars
and arrays without axes are numbers like any other, a whole float is a whole number, a boolean is
no number at all. Use what they return, not what was given.
"""

from __future__ import annotations

import math
import numbers
from difflib import get_close_matches
from enum import StrEnum
from fractions import Fraction
from typing import TYPE_CHECKING, Any, SupportsIndex, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable

Real = int | float | Fraction
Member = TypeVar("Member", bound=StrEnum)
Thing = TypeVar("Thing")


class DepthlawError(ValueError):
    """A mistake in what was asked; the message is one sentence meant for the user."""


def _shown(value: object) -> str:
    """Return `value` as text on one line that no argument can make long."""
    try:
        text = " ".join(str(value).split())
    except Exception:  # a value whose own text fails is still somebody's argument
        text = f"a {type(value).__name__}"
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


_LONGEST = 200


class ArgumentError(DepthlawError):
    """An argument has an impossible value.

    The message always has the same shape.

    >>> raise ArgumentError("width", -3, "it must be at least 1")
    Traceback (most recent call last):
    ...
    depthlaw.theory.errors.ArgumentError: width = -3: it must be at least 1
    """

    def __init__(self, argument: str, value: object, advice: str) -> None:
        super().__init__(f"{argument} = {_shown(value)}: {advice}")
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


def plain(value: object) -> object:
    """Return a NumPy scalar, or an array without axes, as the Python value it holds.

    >>> import numpy as np
    >>> type(plain(np.int64(3))), type(plain(np.array(0.5))), plain("text")
    (<class 'int'>, <class 'float'>, 'text')
    """
    if getattr(value, "ndim", None) == 0 and callable(item := getattr(value, "item", None)):
        return item()
    return value


def integer(argument: str, value: object, *, at_least: int = 1) -> int:
    """Return `value` as an int no smaller than `at_least`.

    >>> integer("width", 8.0)
    8
    """
    number = plain(value)
    if isinstance(number, float | Fraction) and math.isfinite(number) and number == int(number):
        number = int(number)
    if isinstance(number, bool) or not isinstance(number, SupportsIndex):
        raise ArgumentError(argument, value, f"it must be a whole number of at least {at_least}")
    number = number.__index__()
    if number < at_least:
        raise ArgumentError(argument, number, f"it must be at least {at_least}")
    return number


def finite(argument: str, value: object) -> Real:
    """Return `value` as an int, `fractions.Fraction` or float, if it is a finite real number.

    >>> finite("alpha", Fraction(1, 3))
    Fraction(1, 3)
    """
    number = plain(value)
    if isinstance(number, bool) or not isinstance(number, numbers.Real):
        raise ArgumentError(argument, value, "it must be a real number")
    if isinstance(number, numbers.Integral):
        return int(number)
    if isinstance(number, numbers.Rational):
        return Fraction(int(number.numerator), int(number.denominator))
    number = float(number)
    if not math.isfinite(number):
        raise ArgumentError(argument, value, "it must be finite")
    return number


def positive(argument: str, value: object) -> Real:
    """Return `value` if it is a finite real number above zero."""
    number = finite(argument, value)
    if number <= 0:
        raise ArgumentError(argument, value, "it must be above 0")
    return number


def probability(argument: str, value: object) -> float:
    """Return `value` as a float that lies strictly between 0 and 1."""
    number = double(argument, value)
    if not 0 < number < 1:
        raise ArgumentError(argument, value, "it must lie strictly between 0 and 1")
    return number


def double(argument: str, value: object) -> float:
    """Return a finite real number as a float; one that a float cannot hold is refused."""
    try:
        return float(finite(argument, value))
    except OverflowError:
        raise ArgumentError(argument, value, "it must be below 1.8e308 in size") from None


def member(argument: str, value: object, enumeration: type[Member]) -> Member:
    """Return the member of `enumeration` that `value` is, or whose text it is.

    >>> from depthlaw.theory.network import Over
    >>> member("over", "batch", Over) is Over.BATCH
    True
    """
    if isinstance(value, str):
        try:
            return enumeration(value)
        except ValueError:
            pass
    known = [str(each) for each in enumeration]
    near = get_close_matches(value, known, n=1) if isinstance(value, str) else []
    advice = f"did you mean {near[0]}?" if near else f"it must be one of {', '.join(known)}"
    raise ArgumentError(argument, value, advice)


def flag(argument: str, value: object) -> bool:
    """Return `value` if it is True or False; nothing else counts as either."""
    truth = plain(value)
    if not isinstance(truth, bool):
        raise ArgumentError(argument, value, "it must be True or False")
    return truth


def instance(argument: str, value: object, kind: type[Thing], what: str) -> Thing:
    """Return `value` if it is a `kind`; `what` says in words which thing is wanted."""
    if not isinstance(value, kind):
        raise ArgumentError(argument, value, f"it must be {what}")
    return value

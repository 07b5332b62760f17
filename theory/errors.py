"""What a user did wrong, in one sentence: the argument, its value, what to do.

Every check of an argument in the package goes through the functions below, once, at the boundary;
past it the code trusts its input. Each returns the argument as a plain Python value: NumPy scalars
and arrays without axes are numbers like any other, a whole float is a whole number, a boolean is
no number at all. Use what they return, not what was given.
"""

from __future__ import annotations

import math
import numbers
import operator
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from enum import StrEnum
from fractions import Fraction
from functools import wraps
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy as np
    from numpy.typing import NDArray

Real = int | float | Fraction
Member = TypeVar("Member", bound=StrEnum)
Thing = TypeVar("Thing")
Result = TypeVar("Result")
P = ParamSpec("P")


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

    def __init__(self, what: str, name: object, known: Iterable[str]) -> None:
        names = sorted(known)
        given, name = name, _shown(name)
        near = get_close_matches(name, names, n=3, cutoff=0.6) if isinstance(given, str) else []
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


ROUNDINGS = 4
"""A float this many roundings outside an exact end of a range is that end."""


def at_ends(value: Real, *ends: Real, of: object = None) -> Real:
    """Return the end for which a float stands that lies outside it by a few roundings only.

    The end of a range is rarely a float: −1/(n−1), computed in any way, falls on either side of it.
    Inside the range a float is what it says.

    Parameters
    ----------
    value
        As `finite` returns it.
    ends
        The lower and the upper end of the range; one alone is the end on both sides.
    of
        What was given, whose own precision counts: a `numpy.float32` has coarser roundings.

    Examples
    --------
    >>> at_ends(-100 * (1 / 49) / 100, Fraction(-1, 49), 1)
    Fraction(-1, 49)
    >>> at_ends(0.02, Fraction(-1, 49), 1)
    0.02
    """
    if not isinstance(value, float):
        return value
    lower, upper = ends[0], ends[-1]
    for end, outside in ((lower, value < lower), (upper, value > upper)):
        if outside and abs(Fraction(value) - Fraction(end)) <= rounding(of) * abs(Fraction(end)):
            return end
    return value


def rounding(of: object = None) -> Fraction:
    """Return the relative error of `ROUNDINGS` operations in the precision of `of`."""
    size = getattr(getattr(of, "dtype", None), "itemsize", 8)
    return ROUNDINGS * Fraction(1, 2 ** {2: 11, 4: 24}.get(size, 53))


def integer(argument: str, value: object, *, at_least: int = 1, at_most: int | None = None) -> int:
    """Return `value` as an int no smaller than `at_least`.

    >>> integer("width", 8.0)
    8
    """
    number = plain(value)
    if isinstance(number, float) and number.is_integer():
        number = int(number)
    elif isinstance(number, Fraction) and number.denominator == 1:
        number = number.numerator
    try:
        number = None if isinstance(number, bool) else operator.index(number)  # type: ignore[arg-type]
    except TypeError:
        number = None
    if number is None:
        raise ArgumentError(argument, value, f"it must be a whole number of at least {at_least}")
    if number < at_least:
        raise ArgumentError(argument, number, f"it must be at least {at_least}")
    if at_most is not None and number > at_most:
        raise ArgumentError(argument, number, f"it may be at most {at_most}")
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


def positive_double(argument: str, value: object) -> float:
    """Return a finite real number above zero as a float, in which it must not vanish."""
    positive(argument, value)
    number = double(argument, value)
    if number == 0:
        raise ArgumentError(argument, value, "it must be above 5e-324")
    return number


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


def instance(
    argument: str, value: object, kind: type[Thing] | tuple[type[Thing], ...], what: str
) -> Thing:
    """Return `value` if it is a `kind`; `what` says in words which thing is wanted."""
    if not isinstance(value, kind):
        raise ArgumentError(argument, value, f"it must be {what}")
    return value


def function(argument: str, value: Thing, what: str = "a function") -> Thing:
    """Return `value` if it can be called; `what` says in words which function is wanted."""
    if not callable(value):
        raise ArgumentError(argument, value, f"it must be {what}")
    return value


def takes(
    argument: str, kind: type | tuple[type, ...], what: str
) -> Callable[[Callable[P, Result]], Callable[P, Result]]:
    """Decorate a function whose first argument must be a `kind`; caches go below.

    >>> @takes("name", str, "text")
    ... def length(name: str) -> int:
    ...     return len(name)
    >>> length(7)
    Traceback (most recent call last):
    ...
    depthlaw.theory.errors.ArgumentError: name = 7: it must be text
    """

    def decorate(called: Callable[P, Result]) -> Callable[P, Result]:
        @wraps(called)
        def checked(*given: P.args, **named: P.kwargs) -> Result:
            if given or argument in named:
                instance(argument, given[0] if given else named[argument], kind, what)
            return called(*given, **named)

        return checked

    return decorate


def text(argument: str, value: object) -> str:
    """Return `value` if it is text."""
    if not isinstance(value, str):
        raise ArgumentError(argument, value, "it must be text")
    return str(value)


def mapping(argument: str, value: object, what: str) -> Mapping[str, Any]:
    """Return `value` if it is a mapping; `what` says in words what it maps names to."""
    if not isinstance(value, Mapping):
        raise ArgumentError(argument, value, f"it must be a mapping from names to {what}")
    return value


def known_name(what: str, name: object, known: Iterable[str]) -> str:
    """Return `name` if it is one of the known ones.

    >>> known_name("observable", "isometry", ["isometry", "lyapunov"])
    'isometry'
    """
    names = list(known)
    if not isinstance(name, str) or name not in names:
        raise UnknownNameError(what, name, names)
    return name


def items(argument: str, value: object, what: str) -> tuple[Any, ...]:
    """Return the entries of a list, tuple or other iterable that is no text and no mapping.

    >>> items("widths", range(3), "whole numbers")
    (0, 1, 2)
    """
    if not isinstance(value, str | bytes | Mapping):
        try:
            return tuple(value)  # type: ignore[arg-type]
        except TypeError:
            pass
    raise ArgumentError(argument, value, f"it must be a list of {what}")


def real_array(argument: str, value: object) -> NDArray[np.float64]:
    """Return `value` as an array of floats: numbers only, NaN and infinity are left to the caller.

    >>> real_array("samples", [[1, Fraction(1, 2)]]).tolist()
    [[1.0, 0.5]]
    """
    import numpy as np  # here, so that a mistake on the command line need not wait for it

    try:
        given = np.asarray(value)
        if given.dtype.kind == "O" and all(
            isinstance(entry, numbers.Real) and not isinstance(entry, bool) for entry in given.flat
        ):
            given = given.astype(np.float64)
    except (ValueError, TypeError, OverflowError):
        pass
    else:
        if given.dtype.kind in "iuf":
            return np.asarray(given, dtype=np.float64)
    raise ArgumentError(argument, value, "it must be an array of real numbers")


def nonzero_matrix(argument: str, value: object) -> NDArray[np.float64]:
    """Return `value` as a finite matrix with an entry that is not 0.

    >>> nonzero_matrix("state", [[1, 2]]).shape
    (1, 2)
    """
    import numpy as np

    matrix = real_array(argument, value)
    if matrix.ndim != 2 or 0 in matrix.shape:
        shape = f"an array of shape {matrix.shape}"
        raise ArgumentError(argument, shape, "it must be a matrix: rows neurons, columns samples")
    if not np.isfinite(matrix).all():
        raise ArgumentError(argument, "an array with NaN or infinity", "all entries must be finite")
    if not matrix.any():
        raise ArgumentError(argument, "a zero matrix", "at least one entry must not be 0")
    return matrix

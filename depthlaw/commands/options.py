"""Options that several commands share, and how their text becomes a number.

Only the form of a number is read here. Whether it is possible is decided where it is used.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction
from typing import Annotated, Any

from cyclopts import Parameter, Token

from depthlaw.theory.errors import ArgumentError


def read_whole(name: str, text: str) -> int:
    """Return the whole number written as ``8``, ``-3`` or ``1e6``.

    >>> read_whole("width", "1e6") == 10**6
    True

    Raises
    ------
    ArgumentError
        If `text` is anything else.
    """
    # The lengths keep a short text from asking for a number that fills the memory.
    if re.fullmatch(r"[+-]?\d{1,400}(\.\d{1,400})?([eE][+-]?\d{1,2})?", text, re.ASCII):
        number = Fraction(text)
        if number.denominator == 1:
            return number.numerator
    raise ArgumentError(
        name, text or "''", "it must be a whole number, like 8 or 1e6, with an exponent up to 99"
    )


def read_real(name: str, text: str) -> float:
    """Return the real number written as ``0.5``, ``1e-3`` or ``-1/7``, or nan or inf.

    >>> read_real("correlation", "-1/8") == -0.125
    True

    Raises
    ------
    ArgumentError
        If `text` is not a number.
    """
    try:
        return float(Fraction(text)) if "/" in text else float(text)
    except (ValueError, ArithmeticError):
        raise ArgumentError(name, text or "''", "it must be a number, like 0.5 or 1/8") from None


def _whole(_: Any, tokens: Sequence[Token]) -> int:
    return read_whole(_name(tokens[0]), tokens[0].value)


def _real(_: Any, tokens: Sequence[Token]) -> float:
    return read_real(_name(tokens[0]), tokens[0].value)


def _name(token: Token) -> str:
    return (token.keyword or "").lstrip("-")


Whole = Annotated[int, Parameter(converter=_whole, allow_leading_hyphen=True)]
Real = Annotated[float, Parameter(converter=_real, allow_leading_hyphen=True)]
Flag = Annotated[bool, Parameter(show_default=False)]
Json = Flag

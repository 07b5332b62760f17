"""How wide a layer comes out: a number of neurons, or a multiple of the network's width."""

from __future__ import annotations

import re
from fractions import Fraction

from depthlaw.theory.errors import ArgumentError, integer

MOST_DIGITS = 18
"""Of a number of neurons, heads or positions that is written as text."""
_DIGITS = rf"(\d{{1,{MOST_DIGITS}}})"
_MULTIPLE = re.compile(rf"\s*{_DIGITS}(?:/{_DIGITS})?\s*x\s*", re.ASCII)


def check_width(width: object) -> int | str:
    """Return a width as it is written: neurons ≥ 1, or a multiple like ``"4x"`` or ``"1/2x"``.

    Raises
    ------
    ArgumentError
        If it is neither.

    Examples
    --------
    >>> check_width("8/2x") == check_width(" 4x")
    True
    """
    if isinstance(width, str):
        match = _MULTIPLE.fullmatch(width)
        if match is None or int(match[1]) == 0 or (match[2] and int(match[2]) == 0):
            raise ArgumentError(
                "width", repr(width), "write neurons, like 512, or a multiple, like 4x or 1/2x"
            )
        return f"{Fraction(int(match[1]), int(match[2] or 1))}x"
    return integer("width", width)


def neurons(width: int | str | None, base: int) -> int:
    """Return the neurons that `width` means in a network of width `base`; None means that width.

    Raises
    ------
    ArgumentError
        If the multiple is no whole number.

    Examples
    --------
    >>> neurons("3/2x", 8) == neurons(12, 8)
    True
    """
    if width is None:
        return base
    if isinstance(width, int):
        return width
    found = Fraction(width[:-1]) * base
    if found.denominator != 1:
        raise ArgumentError(
            "width", width, f"it is {found} neurons at width {base}: no whole number"
        )
    return int(found)

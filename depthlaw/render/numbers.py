"""Numbers with as many digits as are known, and no more than a reader wants."""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from depthlaw.theory.values import Asymptotic, Estimate, Value

if TYPE_CHECKING:
    from depthlaw.theory.claim.check import ParameterValue, Scalar

LONGEST = 6
"""Entries of a list of eigenvalues that are shown."""
MANY = 10**7
"""Whole numbers from here on are written with an exponent, if that loses nothing."""


def number_text(value: Value, digits: int = 4) -> str:
    """Return a number with what is known of it, in `digits` digits (at least 3).

    Wide enclosures have both ends, in one digit less; a leading term is marked ``≈``; an estimate
    has its margin, in two digits less.

    >>> from depthlaw.theory.values import Enclosure
    >>> number_text(Enclosure.of(0.25)) == short(0.25)
    True
    """
    if isinstance(value, Estimate):
        return margin_text(value.mean, value.lower, value.upper, digits - 2)
    text = short(value.lower, digits)
    if text != short(value.upper, digits):
        low = outwards(value.lower, digits - 1, up=False)
        text = f"{low} … {outwards(value.upper, digits - 1, up=True)}"
    return f"≈ {text}" if isinstance(value, Asymptotic) else text


def short(number: float, digits: int = 4) -> str:
    """Return a float in `digits` digits.

    >>> float(short(1 / 3)) == 0.3333
    True
    """
    return f"{number:.{digits}g}"


def margin_text(mean: float, lower: float, upper: float, digits: int = 2) -> str:
    """Return ``mean ± margin``, the margin rounded up to `digits` digits to cover the interval.

    >>> margin_text(0.31052, 0.3088, 0.3131) == "0.3105 ± 0.0026"
    True
    """
    margin = max(upper - mean, mean - lower)
    if not math.isfinite(margin):
        return f"{short(mean)} in [{short(lower)}, {short(upper)}]"
    if margin <= 0:
        return short(mean)
    rounded = Context(prec=digits, rounding=ROUND_CEILING).create_decimal(Decimal(margin))
    place = rounded.adjusted() - digits + 1
    if -8 < place <= 0 and abs(mean) < 1e6:
        return f"{mean:.{-place}f} ± {rounded:.{-place}f}"
    # The mean goes as far as the margin's last digit here, too.
    decimals = max(0, Decimal(mean).adjusted() - place)
    return f"{mean:.{decimals}e} ± {rounded:.{digits - 1}e}"


def interval_text(lower: float, upper: float, digits: int = 3) -> str:
    """Return ``[lower, upper]``, rounded outwards to so many digits.

    >>> interval_text(0.12345, 0.12345) == "[0.123, 0.124]"
    True
    """
    return f"[{outwards(lower, digits, up=False)}, {outwards(upper, digits, up=True)}]"


def outwards(number: float, digits: int, *, up: bool) -> str:
    """Return a float in at most `digits` digits, rounded up or down.

    >>> outwards(-0.125, 2, up=False) == "-0.13"
    True
    """
    if number == 0 or not math.isfinite(number):
        return f"{number:g}"
    context = Context(prec=digits, rounding=ROUND_CEILING if up else ROUND_FLOOR)
    return f"{float(context.create_decimal(Decimal(number))):.{digits}g}"


def parameter_text(value: ParameterValue | float | Sequence[Scalar | float]) -> str:
    """Return a parameter as a person would write it; a long list is cut.

    >>> parameter_text(Fraction(1, 8)), parameter_text((1,) * 9)
    ('1/8', '1, 1, 1, 1, 1, 1, … (9 in all)')
    """
    if isinstance(value, Sequence):
        shown = ", ".join(parameter_text(entry) for entry in value[:LONGEST])
        return f"{shown}, … ({len(value)} in all)" if len(value) > LONGEST else shown
    if isinstance(value, Fraction):
        return str(value) if value.denominator < 1000 else short(float(value), 6)
    if isinstance(value, float):
        return f"{value:g}"
    # Widths such as 10¹⁴ are counted in zeros by nobody.
    brief = f"{value:g}" if MANY <= value <= 10**300 else ""
    return brief if brief and int(float(brief)) == value else str(value)


def typed(value: ParameterValue) -> str:
    """Return a parameter as it is typed on the command line, with nothing lost.

    >>> typed(Fraction(1, 8)), typed((Fraction(1, 3), Fraction(2, 3)))
    ('0.125', '1/3,2/3')
    """
    if isinstance(value, tuple):
        return ",".join(typed(entry) for entry in value)
    if isinstance(value, Fraction) and abs(value) < 10**6:
        text = f"{float(value):.6g}"
        return text if Fraction(text) == value else str(value)
    return str(value)
